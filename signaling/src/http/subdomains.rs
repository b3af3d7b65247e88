//! Names before the server's own: what they are made of, and which of them are there.

use super::doors::Client;
use super::errors::ApiError;
use crate::config::Config;
use crate::state::AppState;
use axum::http::Uri;
use std::net::IpAddr;

/// How people reach the server, where that is by a name that others can stand before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnName {
    scheme: String,
    /// In lower case.
    host: String,
    /// With its colon; empty when the scheme's own.
    port: String,
    path: String,
}

/// Why no name can stand before the server's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoName {
    #[error(
        "A subdomain stands before the name that people reach this server by: set http.public_url (--public-url) to \
         it, for example https://calls.example.com."
    )]
    NotConfigured,
    #[error(
        "People reach this server by {0}, which is an address and no name, so that no subdomain can stand before it: \
         set http.public_url (--public-url) to a name."
    )]
    Address(String),
}

impl OwnName {
    /// Reads it from the configured address.
    pub(crate) fn of(config: &Config) -> Result<Self, NoName> {
        let uri: Uri = config.public_url.as_ref().and_then(|url| url.parse().ok()).ok_or(NoName::NotConfigured)?;
        let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else { return Err(NoName::NotConfigured) };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if bare.parse::<IpAddr>().is_ok() {
            return Err(NoName::Address(host.to_owned()));
        }
        Ok(Self {
            scheme: scheme.to_owned(),
            host: host.to_ascii_lowercase(),
            port: uri.port().map(|port| format!(":{port}")).unwrap_or_default(),
            path: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// The server's address under this subdomain, without a slash at its end.
    pub(crate) fn under(&self, label: &str) -> String {
        format!("{}://{label}.{}{}{}", self.scheme, self.host, self.port, self.path)
    }

    /// What a client's `Host` has before the server's own name, in lower case; `None` when it is another name.
    fn before(&self, host: &str) -> Option<String> {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
        name.strip_suffix(&self.host)?.strip_suffix('.').map(str::to_owned)
    }
}

/// Refuses a page under a subdomain that is not there: names below the server's own are the accounts' to give.
pub(crate) async fn check(state: &AppState, client: &Client) -> Result<(), ApiError> {
    let Some(unknown) = unknown(state, client).await? else { return Ok(()) };
    Err(ApiError::forbidden(format!(
        "There is no subdomain '{unknown}' here. If the name is this server's all the same, add its origin to \
         http.allowed_origins."
    )))
}

/// Where a link's page is, when it was opened under a subdomain that is not there (any more).
pub(crate) async fn moved_to(state: &AppState, client: &Client) -> Option<String> {
    let is_listed = client.own_origin().is_some_and(|own| state.config.allows_origin(&own));
    let unknown = if is_listed { None } else { unknown(state, client).await.ok()? };
    unknown.and(state.config.public_url.clone())
}

async fn unknown(state: &AppState, client: &Client) -> Result<Option<String>, ApiError> {
    let before = OwnName::of(&state.config).ok().zip(client.host.as_ref()).and_then(|(own, host)| own.before(host));
    match before {
        Some(label) if !state.store.is_subdomain(&label).await? => Ok(Some(label)),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(public_url: &str) -> Result<OwnName, NoName> {
        let public_url = Some(public_url.to_owned()).filter(|url| !url.is_empty());
        OwnName::of(&Config { public_url, ..crate::config::for_tests("127.0.0.1:0") })
    }

    #[test]
    fn a_label_stands_before_the_name_and_the_rest_stays() {
        let under = |url: &str| own(url).expect("a name").under("acme");
        assert_eq!(under("https://calls.example.com"), "https://acme.calls.example.com");
        assert_eq!(under("http://Localhost:8080"), "http://acme.localhost:8080");
        assert_eq!(under("https://example.com:8443/calls"), "https://acme.example.com:8443/calls");
    }

    #[test]
    fn nothing_stands_before_an_address() {
        for address in ["http://127.0.0.1:8080", "https://[2001:db8::1]"] {
            assert!(matches!(own(address), Err(NoName::Address(_))), "{address}");
        }
        for none in ["", "calls.example.com", "/c"] {
            assert_eq!(own(none), Err(NoName::NotConfigured), "{none}");
        }
    }

    #[test]
    fn hosts_below_the_own_name_are_told_from_others() {
        let own = own("https://calls.example.com").expect("a name");
        assert_eq!(own.before("ACME.calls.example.com:8443").as_deref(), Some("acme"));
        assert_eq!(own.before("a.b.calls.example.com").as_deref(), Some("a.b"));
        for other in ["calls.example.com", "calls.example.com:8080", "evilcalls.example.com", "[::1]:80", "10.0.0.1"] {
            assert_eq!(own.before(other), None, "{other}");
        }
    }
}
