//! What every request passes: who it comes from, where its page came from, and the headers that go back.

use super::errors::ApiError;
use super::limits::{REQUEST_TIMEOUT, UPLOAD_TIMEOUT};
use super::subdomains;
use crate::auth::cookies;
use crate::config::Config;
use crate::serve::Peer;
use crate::state::AppState;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    UPGRADE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::time::Duration;
use tracing::Instrument;

/// Paths that take files, which slow lines take their time for.
const UPLOADS: [&str; 2] = ["/ccaas/voice/2/audio-files", "/call-link/1/images/upload/{type}"];

/// Where a request comes from, proxies taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client {
    /// The client's own address.
    pub(crate) address: IpAddr,
    /// It reached us, or our proxy, over TLS.
    pub(crate) secure: bool,
    /// Host and port as the client named them; absent when missing or not a host's name.
    pub(crate) host: Option<String>,
}

impl Client {
    fn of(config: &Config, peer: Peer, headers: &HeaderMap) -> Self {
        let mut client = Self {
            address: peer.address.ip().to_canonical(),
            secure: peer.tls,
            host: host(headers).map(str::to_owned),
        };
        let trusted = |address: IpAddr| config.behind_proxy.iter().any(|network| network.contains(address));
        if trusted(client.address) {
            client.address = forwarded_for(headers, trusted).unwrap_or(client.address);
            let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
            client.secure |= proto.is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"));
        }
        client
    }

    /// The origin of our own pages as this client sees it.
    pub(crate) fn own_origin(&self) -> Option<String> {
        let scheme = if self.secure { "https" } else { "http" };
        self.host.as_ref().map(|host| format!("{scheme}://{host}"))
    }
}

/// The last address that a proxy of ours did not add itself: everything before it the client may have made up.
fn forwarded_for(headers: &HeaderMap, trusted: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let chain: Vec<IpAddr> = lines.flat_map(|line| line.split(',')).map_while(|one| one.trim().parse().ok()).collect();
    chain.into_iter().map(|one| one.to_canonical()).rfind(|one| !trusted(*one))
}

fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
    (plain && !host.is_empty() && host.len() <= 255).then_some(host)
}

/// Finds out where the request comes from, refuses pages of strangers, sets a time limit, and counts.
pub(crate) async fn enter(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let Some(peer) = request.extensions().get::<Peer>().copied() else {
        return ApiError::internal(&"a request came without its peer's address").into_response();
    };
    let client = Client::of(&state.config, peer, request.headers());
    let method = request.method().clone();
    // The pattern, never the path: ids and a call link's secret stay out of logs and metrics.
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let span = tracing::debug_span!("request", %method, route);
    let allowed = check_origin(&state.config, &client, &method, request.headers());
    let secure = client.secure;
    let csp = content_security_policy(&client);
    request.extensions_mut().insert(client.clone());
    let answer = async {
        let allowed = match allowed {
            Ok(Page::Own) => subdomains::check(&state, &client).await,
            Ok(Page::ListedOrNone) => Ok(()),
            Err(error) => Err(error),
        };
        match allowed {
            Ok(()) => tokio::time::timeout(time_limit(&route), next.run(request))
                .await
                .unwrap_or_else(|_| ApiError::unavailable("This took too long; try again.").into_response()),
            Err(error) => error.into_response(),
        }
    };
    let mut response = answer.instrument(span.clone()).await;
    tracing::debug!(parent: &span, status = response.status().as_u16(), "answered");
    state.metrics.http_request(method_label(&method), &route, response.status().as_u16());
    set_headers(response.headers_mut(), secure, csp);
    response
}

fn time_limit(route: &str) -> Duration {
    if UPLOADS.contains(&route) { UPLOAD_TIMEOUT } else { REQUEST_TIMEOUT }
}

/// A stranger may send any word as method: only known ones become labels.
fn method_label(method: &Method) -> &str {
    match *method {
        Method::GET | Method::HEAD | Method::POST | Method::PUT | Method::PATCH | Method::DELETE | Method::OPTIONS => {
            method.as_str()
        }
        _ => "other",
    }
}

/// Which page a request that changes something comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    /// One that came under the same name as the request.
    Own,
    /// One that the configuration lists, or no page at all, or the request changes nothing.
    ListedOrNone,
}

/// Unsafe methods and WebSockets are for pages of our own origin or of those that the configuration lists. Programs
/// send no Origin; then there must be no cookie either, since a browser would add that one by itself.
fn check_origin(config: &Config, client: &Client, method: &Method, headers: &HeaderMap) -> Result<Page, ApiError> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) && !headers.contains_key(UPGRADE) {
        return Ok(Page::ListedOrNone);
    }
    let Some(origin) = headers.get(ORIGIN) else {
        return if cookies::secret(headers).is_none() {
            Ok(Page::ListedOrNone)
        } else {
            Err(ApiError::forbidden("Requests with a session cookie need an Origin header."))
        };
    };
    let origin = origin.to_str().unwrap_or_default();
    if config.allows_origin(origin) {
        Ok(Page::ListedOrNone)
    } else if client.own_origin().is_some_and(|own| own.eq_ignore_ascii_case(origin)) {
        Ok(Page::Own)
    } else {
        Err(ApiError::forbidden(
            "Pages of this origin may not do that. If it is yours, add it to http.allowed_origins; behind a proxy, \
             check that it passes Host and X-Forwarded-Proto on and is listed in http.behind_proxy.",
        ))
    }
}

fn content_security_policy(client: &Client) -> HeaderValue {
    // 'self' alone does not cover WebSockets in every browser.
    let sockets = client.host.as_ref().map(|host| format!(" ws://{host} wss://{host}")).unwrap_or_default();
    let policy = format!(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
         connect-src 'self'{sockets}; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("a host's name is plain ASCII")
}

fn set_headers(headers: &mut HeaderMap, secure: bool, csp: HeaderValue) {
    headers.insert(CONTENT_SECURITY_POLICY, csp);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), microphone=(self), display-capture=(self), geolocation=()"),
    );
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    if secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config {
            behind_proxy: vec!["10.0.0.0/8".parse().expect("a network")],
            allowed_origins: vec!["https://shop.example/".to_owned()],
            ..crate::config::for_tests("127.0.0.1:0")
        }
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    fn client(peer: &str, pairs: &[(&'static str, &'static str)]) -> Client {
        let peer = Peer { address: peer.parse().expect("an address"), tls: false };
        Client::of(&config(), peer, &headers(pairs))
    }

    #[test]
    fn forwarded_headers_are_believed_from_proxies_alone() {
        let forged = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-proto", "https")];
        let direct = client("203.0.113.5:1", &forged);
        assert_eq!((direct.address.to_string().as_str(), direct.secure), ("203.0.113.5", false));
        let proxied = client("10.1.1.1:1", &forged);
        assert_eq!((proxied.address.to_string().as_str(), proxied.secure), ("198.51.100.1", true));
    }

    #[test]
    fn what_the_client_wrote_into_the_chain_is_not_its_address() {
        let chain = [("x-forwarded-for", "127.0.0.1, 198.51.100.1, 10.2.2.2")];
        assert_eq!(client("10.1.1.1:1", &chain).address.to_string(), "198.51.100.1");
        assert_eq!(client("10.1.1.1:1", &[]).address.to_string(), "10.1.1.1");
    }

    #[test]
    fn only_own_and_listed_origins_change_anything() {
        let from = client("203.0.113.5:1", &[("host", "calls.example:8080")]);
        let check = |method: Method, pairs: &[(&'static str, &'static str)]| {
            check_origin(&config(), &from, &method, &headers(pairs)).is_ok()
        };
        assert!(check(Method::POST, &[("origin", "http://calls.example:8080")]));
        assert!(check(Method::POST, &[("origin", "https://shop.example")]));
        for strange in ["https://calls.example:8080", "http://calls.example", "http://evil.example", "null"] {
            assert!(!check(Method::POST, &[("origin", strange)]), "{strange}");
            assert!(!check(Method::GET, &[("origin", strange), ("upgrade", "websocket")]), "{strange}");
            assert!(check(Method::GET, &[("origin", strange)]), "{strange}");
        }
        assert!(check(Method::POST, &[("authorization", "App key")]));
        assert!(!check(Method::POST, &[("cookie", "__Host-switchroom=secret")]));
    }

    #[test]
    fn a_host_that_is_no_name_gets_into_no_header() {
        assert_eq!(client("203.0.113.5:1", &[("host", "a; script-src *")]).host, None);
        let policy = content_security_policy(&client("203.0.113.5:1", &[("host", "[::1]:80")]));
        assert!(policy.to_str().expect("plain").contains("ws://[::1]:80 wss://[::1]:80"));
    }
}
