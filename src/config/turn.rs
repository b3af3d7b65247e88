//! TURN servers, for pages whose networks let nothing else through.

use super::empty_is_none;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::net::SocketAddr;

/// TURN servers that pages are told of at most.
const URLS: usize = 8;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turn {
    #[serde(deserialize_with = "address_or_none")]
    pub(crate) bind: Option<SocketAddr>,
    pub(crate) urls: Vec<String>,
    #[serde(deserialize_with = "empty_is_none")]
    pub(crate) secret_file: Option<String>,
}

impl Turn {
    /// What is wrong with the URLs.
    pub(super) fn wrong_urls(&self) -> Option<String> {
        if self.urls.len() > URLS {
            return Some(format!("at most {URLS} URLs"));
        }
        let wrong = self.urls.iter().find(|url| !is_turn_url(url))?;
        Some(format!("{wrong:?} is no URL like turn:turn.example.com:3478?transport=udp or turns:turn.example.com:443"))
    }
}

/// RFC 7065 §3.1, as far as browsers take it: scheme, host, port, transport.
fn is_turn_url(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("turn:").or_else(|| url.strip_prefix("turns:")) else { return false };
    let (place, transport) = rest.split_once('?').unwrap_or((rest, "transport=udp"));
    let (host, port) = match place.rsplit_once(':') {
        // Colons of an IPv6 address are inside its brackets.
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (place, "3478"),
    };
    let is_ipv6 = host.starts_with('[') && host.ends_with(']') && host.contains(':');
    let is_name = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
    let has_port = port.parse::<u16>().is_ok_and(|port| port != 0);
    (is_name || is_ipv6) && has_port && ["transport=udp", "transport=tcp"].contains(&transport)
}

fn address_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let parsed = (!text.is_empty()).then(|| text.parse()).transpose();
    parsed.map_err(|_| D::Error::custom(format!("{text:?} is not an address like 127.0.0.1:3478")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_those_that_browsers_take() {
        for good in [
            "turn:turn.example.com",
            "turn:turn.example.com:3478?transport=udp",
            "turns:turn.example.com:443?transport=tcp",
            "turn:192.0.2.1:3478?transport=tcp",
            "turn:[2001:db8::1]:3478?transport=udp",
            "turn:[2001:db8::1]",
        ] {
            assert!(is_turn_url(good), "{good}");
        }
        for bad in [
            "",
            "turn:",
            "stun:stun.example.com",
            "https://turn.example.com",
            "turn://turn.example.com",
            "turn:turn.example.com:0",
            "turn:turn.example.com:port",
            "turn:turn.example.com?transport=sctp",
            "turn:user@turn.example.com",
        ] {
            assert!(!is_turn_url(bad), "{bad}");
        }
    }
}
