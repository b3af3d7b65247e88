//! The side that connects: again and again, with pauses that grow and vary.

use crate::error::{DONE, Ends, LinkError, NO_PROTOCOL};
use crate::frame;
use crate::limits;
use crate::line::{Line, LinkState, Opened};
use crate::node::Node;
use quinn::{Connection, Endpoint, default_runtime};
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::str::FromStr;
use std::time::Duration;
use tokio::net::lookup_host;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use wire::link::{Hello, Role};

/// Where a role listens: `HOST:PORT`. The name is looked up at each attempt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address(String);

/// A text that is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address like 127.0.0.1:8082, [::1]:8082 or engine.example.com:8082")]
pub struct NotAddress;

impl FromStr for Address {
    type Err = NotAddress;

    fn from_str(text: &str) -> Result<Self, NotAddress> {
        let (host, port) = text.rsplit_once(':').ok_or(NotAddress)?;
        let port: u16 = port.parse().map_err(|_| NotAddress)?;
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let valid = match bracketed {
            Some(ip) => ip.parse::<Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.'),
        };
        if valid && port != 0 { Ok(Self(text.to_owned())) } else { Err(NotAddress) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Connects to a role and, whenever that ends, again. Ends when the line is dropped.
pub fn dial(node: &Node, role: Role, address: Address) -> Line {
    let (open, state, line) = Line::new();
    let ends = Ends { own: node.role(), other: role, address: address.to_string() };
    tokio::spawn(Dialer { node: node.clone(), ends, open, state }.run());
    line
}

struct Dialer {
    node: Node,
    ends: Ends,
    open: mpsc::Sender<Opened>,
    state: watch::Sender<LinkState>,
}

impl Dialer {
    async fn run(self) {
        let mut pauses = Pauses::default();
        loop {
            let attempt = tokio::select! {
                () = self.open.closed() => return,
                attempt = self.connect() => attempt,
            };
            let error = match attempt {
                Ok(opened) => {
                    pauses = Pauses::default();
                    match self.stay(opened).await {
                        Some(error) => error,
                        None => return,
                    }
                }
                Err(error) => error,
            };
            self.tell_down(&error);
            tokio::select! {
                () = self.open.closed() => return,
                () = sleep(pauses.next(error.is_refusal())) => {}
            }
        }
    }

    /// Hands the connection over and waits for its end; nothing when nobody wants one any more.
    async fn stay(&self, opened: Opened) -> Option<LinkError> {
        let Ends { other, address, .. } = &self.ends;
        tracing::info!(role = %other, address, build = opened.hello.build, "connected");
        self.state.send_replace(LinkState::Up { build: opened.hello.build.clone() });
        let connection = opened.connection.clone();
        self.open.send(opened).await.ok()?;
        tokio::select! {
            reason = connection.closed() => Some(self.ends.of_connection(&reason)),
            () = self.open.closed() => {
                connection.close(DONE, b"the role ends");
                None
            }
        }
    }

    fn tell_down(&self, error: &LinkError) {
        let down = LinkState::Down { reason: Some(error.clone()) };
        // The same trouble is told once.
        if *self.state.borrow() == down {
            tracing::debug!(%error, "still not connected");
        } else {
            tracing::warn!(%error, "not connected; trying again");
        }
        self.state.send_replace(down);
    }

    async fn connect(&self) -> Result<Opened, LinkError> {
        let unreachable = |reason: &dyn fmt::Display| self.ends.unreachable(reason);
        let found = timeout(limits::DIAL_TIME, lookup_host(&self.ends.address)).await;
        let addresses = found.map_err(|_| unreachable(&"its name was not found in time"))?;
        let mut last = unreachable(&"its name has no address");
        for address in addresses.map_err(|error| unreachable(&error))? {
            match self.connect_to(address).await {
                Ok(opened) => return Ok(opened),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn connect_to(&self, address: SocketAddr) -> Result<Opened, LinkError> {
        let unreachable = |reason: &dyn fmt::Display| self.ends.unreachable(reason);
        let endpoint = endpoint(&self.node, address).map_err(|error| unreachable(&error))?;
        let connecting = endpoint
            .connect_with(self.node.client_config(), address, self.ends.other.certificate_name())
            .map_err(|error| unreachable(&error))?;
        let connected = timeout(limits::DIAL_TIME, connecting).await;
        let connection =
            connected.map_err(|_| unreachable(&"nobody answers"))?.map_err(|error| self.ends.of_connection(&error))?;
        let greeted = timeout(limits::HELLO_TIME, self.greet(&connection)).await;
        greeted.unwrap_or_else(|_| Err(self.ends.nonsense("it does not say hello")))
    }

    async fn greet(&self, connection: &Connection) -> Result<Opened, LinkError> {
        let broken = |error: quinn::ConnectionError| self.ends.of_connection(&error);
        let (mut send, mut receive) = connection.open_bi().await.map_err(broken)?;
        // A write that fails shows in the read that follows, with its reason.
        let _ = frame::write_json(&mut send, &self.node.hello).await;
        let hello: Hello = match frame::read_json(&mut receive, limits::OPENING_BYTES).await {
            Ok(hello) => hello,
            Err(error) => return Err(self.ends.of_frame(&error, connection)),
        };
        if let Err(error) = self.node.hello.agree(&hello) {
            connection.close(NO_PROTOCOL, error.to_string().as_bytes());
            return Err(error.into());
        }
        Ok(Opened { connection: connection.clone(), send, receive, hello, ends: self.ends.clone() })
    }
}

/// A socket of its own for each attempt, on loopback where the other side is.
fn endpoint(node: &Node, to: SocketAddr) -> std::io::Result<Endpoint> {
    let from: SocketAddr = match to {
        SocketAddr::V4(to) if to.ip().is_loopback() => (Ipv4Addr::LOCALHOST, 0).into(),
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(to) if to.ip().is_loopback() => (Ipv6Addr::LOCALHOST, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let runtime = default_runtime().expect("a link works within Tokio");
    Endpoint::new(node.endpoint_config(), None, UdpSocket::bind(from)?, runtime)
}

/// Pauses between attempts: each about twice as long as the one before, up to a limit, and never the same for two
/// roles that lost the same third.
#[derive(Default)]
struct Pauses {
    attempts: u32,
}

impl Pauses {
    fn next(&mut self, refused: bool) -> Duration {
        let longest = if refused { limits::REFUSED_PAUSE } else { limits::LONGEST_PAUSE };
        let pause = (limits::FIRST_PAUSE * 2_u32.pow(self.attempts.min(10))).min(longest);
        self.attempts += 1;
        pause.mul_f64(0.75 + 0.5 * share())
    }
}

/// Of one, at random.
fn share() -> f64 {
    let mut byte = [0];
    aws_lc_rs::rand::fill(&mut byte).expect("the system has randomness");
    f64::from(byte[0]) / 256.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_limit() {
        let mut pauses = Pauses::default();
        let first = pauses.next(false);
        assert!(first >= limits::FIRST_PAUSE.mul_f64(0.75) && first <= limits::FIRST_PAUSE.mul_f64(1.25));
        let last = (0..40).map(|_| pauses.next(false)).last().expect("forty pauses");
        assert!(last >= limits::LONGEST_PAUSE.mul_f64(0.75) && last <= limits::LONGEST_PAUSE.mul_f64(1.25));
        assert!(pauses.next(true) >= limits::REFUSED_PAUSE.mul_f64(0.75));
    }

    #[test]
    fn addresses_have_a_host_and_a_port() {
        for good in ["127.0.0.1:8082", "[::1]:8082", "engine.example.com:1", "engine-0:65535"] {
            assert!(good.parse::<Address>().is_ok(), "{good}");
        }
        for bad in ["", "127.0.0.1", "engine:", ":8082", "engine:0", "engine:65536", "::1:8082", "a b:1", "[x]:1"] {
            assert_eq!(bad.parse::<Address>(), Err(NotAddress), "{bad}");
        }
    }
}
