//! A port over loopback: what a peer sends arrives, what is queued leaves, and no peer takes more than its share.

mod batching;
mod tcp;
mod udp;

use netio::{Port, Protocol};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// How long anything may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, PartialEq, Eq)]
struct Arrived {
    protocol: Protocol,
    source: SocketAddr,
    destination: SocketAddr,
    bytes: Vec<u8>,
}

fn loopback_port() -> Port {
    Port::bind("127.0.0.1:0".parse().expect("valid")).expect("loopback can be bound")
}

/// Runs turns of `port` until `done` says so of what has arrived.
fn turns(port: &mut Port, mut done: impl FnMut(&mut Port, &[Arrived]) -> bool) -> Vec<Arrived> {
    let mut arrived = Vec::new();
    let deadline = Instant::now() + PATIENCE;
    while !done(port, &arrived) {
        assert!(Instant::now() < deadline, "nothing more came, after {} datagrams", arrived.len());
        port.wait(Duration::from_millis(20));
        port.receive(&mut |datagram| {
            arrived.push(Arrived {
                protocol: datagram.protocol,
                source: datagram.source,
                destination: datagram.destination,
                bytes: datagram.bytes.to_vec(),
            });
        });
        port.flush();
    }
    arrived
}

#[global_allocator]
static ALLOCATOR: netio::testing::CountingAllocator = netio::testing::CountingAllocator;
