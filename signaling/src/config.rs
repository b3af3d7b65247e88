//! What signaling is told at start. Reading it from flags, environment and files is the program's part.

use crate::TurnServers;
use std::{
    net::{IpAddr, SocketAddr, TcpListener},
    path::PathBuf,
    str::FromStr,
    sync::Arc,
};

/// Configuration of the signaling role. Every value was checked by the program.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder for keys and the database.
    pub data: PathBuf,
    /// Address of pages, API and signaling; port 0 picks a free one.
    pub http: SocketAddr,
    /// Address of metrics and health for operators; port 0 picks a free one.
    pub admin: SocketAddr,
    /// Certificate files; without them HTTP is plain.
    pub tls: Option<TlsFiles>,
    /// Reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub behind_proxy: Vec<Cidr>,
    /// Origins besides the server's own whose pages may connect, for example `https://shop.example.com`.
    pub allowed_origins: Vec<String>,
    /// How people reach this server, without a slash at the end; the bound address when absent.
    pub public_url: Option<String>,
    /// TURN servers that pages are told of.
    pub turn: Option<TurnServers>,
    /// Bearer token that `/metrics` asks for when it is not read from loopback; loopback alone when absent.
    pub metrics_token: Option<String>,
    /// WebSocket connections at once; 1 to 1 000 000.
    pub connections: usize,
    /// What webhooks may reach.
    pub webhooks: WebhookConfig,
    /// The process runs with demo data.
    pub demo: bool,
    /// Addresses and ports that pages are told to send media to, for `/readyz`.
    pub announced: Vec<String>,
    /// Sockets that listen already and are used instead of binding.
    pub sockets: GivenSockets,
}

impl Config {
    /// Whether the configuration lists this origin among those whose pages may connect.
    pub(crate) fn allows_origin(&self, origin: &str) -> bool {
        self.allowed_origins.iter().any(|one| one.trim_end_matches('/').eq_ignore_ascii_case(origin))
    }
}

/// What webhooks may reach, and whom they trust.
#[derive(Debug, Clone, Default)]
pub struct WebhookConfig {
    /// Inner networks that may be reached, also without TLS. The open internet may always be reached by https.
    pub allow_networks: Vec<Cidr>,
    /// PEM file of the authorities that receivers' certificates are checked with; the system's when absent.
    pub ca: Option<PathBuf>,
}

/// Sockets that a service manager keeps open while the process is replaced, so that no connection is refused meanwhile:
/// those that come wait in the socket's queue.
#[derive(Debug, Clone, Default)]
pub struct GivenSockets {
    /// For pages, API and signaling: [`Config::http`] is its address.
    pub http: Option<Arc<TcpListener>>,
    /// For metrics and health: [`Config::admin`] is its address.
    pub admin: Option<Arc<TcpListener>>,
}

/// Certificate chain and private key, PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// Certificate chain, the server's own first.
    pub cert: PathBuf,
    /// Private key.
    pub key: PathBuf,
}

/// A network: an address and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    network: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// Whether the address lies in the network. An IPv4 address mapped into IPv6 counts as IPv4.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                u32::from(network) & mask == u32::from(address) & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                u128::from(network) & mask == u128::from(address) & mask
            }
            _ => false,
        }
    }
}

/// Why a text is not a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a network like 10.0.0.0/8 or an address like 192.0.2.1")]
pub struct NotCidr;

impl FromStr for Cidr {
    type Err = NotCidr;

    fn from_str(text: &str) -> Result<Self, NotCidr> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let network: IpAddr = address.parse().map_err(|_| NotCidr)?;
        let longest = if network.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), |prefix| prefix.parse().map_err(|_| NotCidr))?;
        if prefix > longest { Err(NotCidr) } else { Ok(Self { network, prefix }) }
    }
}

/// A configuration that listens on `http` and nowhere else of use.
#[cfg(test)]
pub(crate) fn for_tests(http: &str) -> Config {
    Config {
        data: PathBuf::from("unused"),
        http: http.parse().expect("an address"),
        admin: SocketAddr::from(([127, 0, 0, 1], 0)),
        tls: None,
        behind_proxy: Vec::new(),
        allowed_origins: Vec::new(),
        public_url: None,
        metrics_token: None,
        connections: 100,
        turn: None,
        webhooks: WebhookConfig::default(),
        demo: false,
        announced: Vec::new(),
        sockets: GivenSockets::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(network: &str, address: &str) -> bool {
        let network: Cidr = network.parse().expect("a network");
        network.contains(address.parse().expect("an address"))
    }

    #[test]
    fn networks_hold_their_addresses() {
        assert!(is_in("10.0.0.0/8", "10.255.0.1"));
        assert!(!is_in("10.0.0.0/8", "11.0.0.1"));
        assert!(is_in("0.0.0.0/0", "203.0.113.9"));
        assert!(is_in("192.0.2.1", "192.0.2.1"));
        assert!(is_in("192.0.2.1", "::ffff:192.0.2.1"), "mapped");
        assert!(is_in("2001:db8::/32", "2001:db8:ffff::1"));
        assert!(!is_in("2001:db8::/32", "10.0.0.1"));
        assert!(is_in("::/0", "2001:db8::1"));
    }

    #[test]
    fn nonsense_is_no_network() {
        for text in ["", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "::/129", "example.com"] {
            assert_eq!(text.parse::<Cidr>(), Err(NotCidr), "{text:?}");
        }
    }
}
