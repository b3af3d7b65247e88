//! Where an event goes: an address of the outside world, unless the configuration allows inner ones.

use super::limits::URL_CHARS;
use crate::config::Cidr;
use axum::http::Uri;
use axum::http::uri::Scheme;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A receiver's address, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// TLS is spoken.
    pub(crate) secure: bool,
    /// Name or address, without brackets.
    pub(crate) host: String,
    /// For the Host header: with brackets, and with the port if one was given.
    pub(crate) authority: String,
    port: u16,
    /// What is asked for.
    pub(crate) path: String,
}

/// Why an address cannot be a receiver's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TargetError {
    #[error(
        "must be an address like https://crm.example.com/events, without a user name and of at most {URL_CHARS} characters"
    )]
    Malformed,
    #[error(
        "must begin with https://; http:// is for networks in webhooks.allow_networks of the server's configuration"
    )]
    Plain,
    #[error(
        "{0} is an address of an inner network; the server's configuration can allow it in webhooks.allow_networks"
    )]
    Inner(IpAddr),
    #[error("the name cannot be resolved: {0}")]
    Unresolved(String),
}

impl Target {
    /// Reads an address. One that names a host by number is checked at once.
    pub(crate) fn parse(url: &str, allowed: &[Cidr]) -> Result<Self, TargetError> {
        let target = Self::read(url).ok_or(TargetError::Malformed)?;
        if let Ok(address) = target.host.parse() {
            target.check(address, allowed)?;
        } else if !target.secure && allowed.is_empty() {
            return Err(TargetError::Plain);
        }
        Ok(target)
    }

    fn read(url: &str) -> Option<Self> {
        if url.chars().count() > URL_CHARS {
            return None;
        }
        let uri: Uri = url.parse().ok()?;
        let secure = match uri.scheme()? {
            scheme if *scheme == Scheme::HTTPS => true,
            scheme if *scheme == Scheme::HTTP => false,
            _ => return None,
        };
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return None;
        }
        let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Some(Self { secure, host, authority: authority.as_str().to_owned(), port, path })
    }

    /// Resolves the name once: the connection goes to one of the very addresses that were checked.
    pub(crate) async fn resolve(&self, allowed: &[Cidr]) -> Result<Vec<SocketAddr>, TargetError> {
        let unresolved = |why: std::io::Error| TargetError::Unresolved(why.to_string());
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await.map_err(unresolved)?;
        let addresses: Vec<SocketAddr> = found.collect();
        // A name with one inner address among others is not trusted with the others either.
        addresses.iter().try_for_each(|address| self.check(address.ip(), allowed))?;
        Ok(addresses)
    }

    fn check(&self, address: IpAddr, allowed: &[Cidr]) -> Result<(), TargetError> {
        if allowed.iter().any(|network| network.contains(address)) {
            return Ok(());
        }
        match (is_public(address), self.secure) {
            (false, _) => Err(TargetError::Inner(address)),
            (true, false) => Err(TargetError::Plain),
            (true, true) => Ok(()),
        }
    }
}

/// Whether the address is one of the open internet (RFC 6890 and the registries that follow it).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let inner = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || matches!((a, b, c), (0 | 240..=255, _, _) | (100, 64..=127, _) | (192, 0, 0) | (198, 18..=19, _));
    !inner
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let words = address.segments();
    // Global unicast alone, without 6to4, Teredo and documentation, behind which there may be any IPv4 address.
    let global = words[0] & 0xe000 == 0x2000;
    let tunnels = words[0] == 0x2002 || (words[0] == 0x2001 && (words[1] == 0 || words[1] == 0x0db8));
    global && !tunnels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_addresses_are_refused_however_they_are_written() {
        for inner in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fd00::1]",
            "[::ffff:10.0.0.1]",
            "[64:ff9b::a00:1]",
            "[2002:a00:1::]",
            "[ff02::1]",
        ] {
            let refused = Target::parse(&format!("https://{inner}/x"), &[]);
            assert!(matches!(refused, Err(TargetError::Inner(_))), "{inner}: {refused:?}");
        }
        for outer in ["93.184.215.14", "[2606:2800:220:1::1]", "172.32.0.1"] {
            assert!(Target::parse(&format!("https://{outer}/x"), &[]).is_ok(), "{outer}");
        }
    }

    #[test]
    fn networks_can_be_allowed_and_then_without_tls() {
        let allowed = ["10.0.0.0/8".parse().expect("a network")];
        assert!(Target::parse("http://10.1.2.3:8000/x", &allowed).is_ok());
        assert!(matches!(Target::parse("http://127.0.0.1/", &allowed), Err(TargetError::Inner(_))));
        assert_eq!(Target::parse("http://93.184.215.14/", &allowed), Err(TargetError::Plain));
        assert_eq!(Target::parse("http://crm.example.com/", &[]), Err(TargetError::Plain));
    }

    #[test]
    fn addresses_are_taken_apart() {
        let target = Target::parse("https://crm.example.com:8443/in?x=1", &[]).expect("an address");
        let parts = (target.host.as_str(), target.authority.as_str(), target.port, target.path.as_str());
        assert_eq!(parts, ("crm.example.com", "crm.example.com:8443", 8443, "/in?x=1"));
        assert_eq!(
            Target::parse("https://crm.example.com", &[]).map(|target| (target.port, target.path)),
            Ok((443, "/".to_owned()))
        );
        let long = format!("https://a.example/{}", "x".repeat(URL_CHARS));
        for wrong in ["", "crm.example.com", "ftp://a.example", "https://", "https://user:pass@a.example", "/x", &long]
        {
            assert_eq!(Target::parse(wrong, &[]), Err(TargetError::Malformed), "{wrong:?}");
        }
    }

    #[tokio::test]
    async fn a_name_is_checked_by_what_it_resolves_to() {
        let target = Target::parse("https://localhost/x", &[]).expect("names are checked when they are resolved");
        assert!(matches!(target.resolve(&[]).await, Err(TargetError::Inner(_))));
        let allowed = ["127.0.0.0/8", "::1"].map(|network| network.parse().expect("a network"));
        assert_eq!(target.resolve(&allowed).await.map(|addresses| addresses[0].port()), Ok(443));
    }
}
