//! IPv4, IPv6, and several addresses at once.

use crate::{
    calls::talk,
    harness::{Bench, Caller, loopback, loopback_v6},
};
use media_engine::EngineConfig;
use sfu_core::Protocol;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Taken by UDP and TCP for both families.
fn anywhere() -> SocketAddr {
    (Ipv6Addr::UNSPECIFIED, 0).into()
}

/// Addresses and transports of an answer's candidates.
fn candidates(sdp: &str) -> Vec<(String, String)> {
    let fields = sdp.lines().filter_map(|line| line.strip_prefix("a=candidate:"));
    let mut all: Vec<_> = fields
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .map(|fields| (fields[4].to_owned(), fields[2].to_lowercase()))
        .collect();
    // Each m-line has them.
    all.sort();
    all.dedup();
    all
}

#[test]
fn a_call_over_ipv6() {
    let mut bench = Bench::new(EngineConfig::new(loopback_v6()));
    assert_eq!(bench.engine.announced()[0].ip(), Ipv6Addr::LOCALHOST);
    let mut callers = bench.pair([Protocol::Udp, Protocol::Tcp]);
    assert_eq!(candidates(&bench.last_answer), [("::1", "tcp"), ("::1", "udp")].map(|(a, b)| (a.into(), b.into())));
    talk(&mut callers);
    bench.engine.shutdown();
}

#[test]
fn one_port_takes_callers_of_both_families() {
    let announce: Vec<IpAddr> = vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    let mut bench = Bench::new(EngineConfig { announce, ..EngineConfig::new(anywhere()) });
    let [v4, v6] = bench.engine.announced()[..] else { panic!("two addresses were asked for") };
    assert_eq!((v4.is_ipv4(), v6.is_ipv6(), v4.port()), (true, true, v6.port()));
    for protocol in [Protocol::Udp, Protocol::Tcp] {
        let callers = [v4, v6].map(|address| Caller::new(protocol, address));
        let mut leg = 10;
        let callers = callers.map(|caller| {
            leg += 1;
            bench.join_as(caller, 1, leg)
        });
        talk(&mut bench.connect(callers));
    }
    bench.engine.shutdown();
}

#[test]
fn every_announced_address_is_a_candidate() {
    let announce: Vec<IpAddr> = ["127.0.0.1", "127.0.0.2", "::1"].map(|ip| ip.parse().expect("an address")).into();
    let mut bench = Bench::new(EngineConfig { announce, ..EngineConfig::new(anywhere()) });
    // The first is not the one that this caller can use.
    let port = bench.engine.local_addrs()[0].port();
    let first = Caller::new(Protocol::Udp, SocketAddr::new([127, 0, 0, 2].into(), port));
    let callers = [bench.join_as(first, 1, 11), bench.join(1, 12, Protocol::Udp)];
    let expected =
        ["127.0.0.1", "127.0.0.2", "::1"].map(|ip| ["tcp", "udp"].map(|kind| (ip.to_owned(), kind.to_owned())));
    assert_eq!(candidates(&bench.last_answer), expected.concat());
    talk(&mut bench.connect(callers));
    bench.engine.shutdown();
}

#[test]
fn a_port_of_ipv4_alone_has_no_ipv6() {
    let bench = Bench::new(EngineConfig::new(loopback()));
    assert!(bench.engine.announced().iter().all(SocketAddr::is_ipv4));
    bench.engine.shutdown();
}
