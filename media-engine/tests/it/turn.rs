//! Calls through the engine's own TURN server.

use crate::{
    calls::talk,
    harness::{Bench, Caller, loopback, loopback_v6},
    turn_socket::TurnSocket,
};
use media_engine::{EngineConfig, StartError, TurnConfig, start};
use model::WallTime;
use sfu_core::Protocol;
use std::{
    net::{SocketAddr, UdpSocket},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};
use telemetry::Metrics;
use turn::{Credentials, Secret, SharedSecret};

fn secret() -> SharedSecret {
    SharedSecret::new(Secret::random())
}

fn credentials(secret: &SharedSecret) -> Credentials {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("it is later than 1970");
    secret.credentials("somebody", WallTime(since.as_millis() as i64), Duration::from_secs(60))
}

fn bench(bind: SocketAddr, turn: SocketAddr) -> (Bench, SharedSecret) {
    let secret = secret();
    let turn = Some(TurnConfig { bind: turn, secret: secret.clone() });
    (Bench::new(EngineConfig { turn, ..EngineConfig::new(bind) }), secret)
}

fn relay(bench: &Bench, secret: &SharedSecret) -> TurnSocket {
    TurnSocket::open(bench.engine.turn().expect("it has a TURN server"), credentials(secret))
}

/// Waits until a number of `/metrics`, named with its labels, is above `before`, and returns it.
fn metric_above(bench: &Bench, before: u64, name: &str) -> u64 {
    let deadline = Instant::now() + Duration::from_secs(10);
    let read = || {
        let text = bench.metrics.encode();
        let mut values =
            text.lines().filter_map(|line| line.strip_prefix(&format!("switchroom_{name} "))?.parse().ok());
        values.next_back().unwrap_or(0)
    };
    loop {
        let value = read();
        if value > before {
            return value;
        }
        assert!(Instant::now() < deadline, "{name} stays at {value}");
        std::thread::yield_now();
    }
}

fn calls_through_the_relay(bind: SocketAddr) {
    let (mut bench, secret) = bench(bind, bind);
    let engine = bench.engine.announced()[0];
    let mut turn = relay(&bench, &secret);
    assert_eq!(turn.permit(engine), Ok(()));
    let relayed = bench.join_as(Caller::relayed(turn), 1, 11);
    let direct = bench.join(1, 12, Protocol::Udp);
    talk(&mut bench.connect([relayed, direct]));
    for name in
        ["turn_allocations", "turn_bytes_total{direction=\"ingress\"}", "turn_bytes_total{direction=\"egress\"}"]
    {
        metric_above(&bench, 0, name);
    }
    bench.engine.shutdown();
}

#[test]
fn a_call_through_the_relay() {
    calls_through_the_relay(loopback());
}

#[test]
fn a_call_through_the_relay_over_ipv6() {
    calls_through_the_relay(loopback_v6());
}

#[test]
fn the_relay_reaches_nothing_else_on_the_machine() {
    let (bench, secret) = bench(loopback(), loopback());
    let bystander = UdpSocket::bind(loopback()).expect("a free port");
    bystander.set_nonblocking(true).expect("a socket's mode can be set");
    let bystander_address = bystander.local_addr().expect("it is bound");
    let mut turn = relay(&bench, &secret);
    let refusal = turn.permit(bystander_address).expect_err("it is not the engine");
    assert!(refusal.contains("403"), "{refusal}");
    assert_eq!(turn.permit(bench.engine.announced()[0]), Ok(()), "the same machine's engine");
    let refused = metric_above(&bench, 0, "turn_refused_total{reason=\"peer\"}");
    // Nor is anything of it let in.
    bystander.send_to(b"hello", turn.relayed()).expect("loopback takes it");
    metric_above(&bench, refused, "turn_refused_total{reason=\"peer\"}");
    assert!(turn.receive().is_none() && bystander.recv_from(&mut [0; 1]).is_err());
    bench.engine.shutdown();
}

#[test]
fn an_address_that_cannot_be_used_is_named() {
    let refusal = |bind: SocketAddr| {
        let metrics = Arc::new(Metrics::new("test").expect("the metrics' names differ"));
        let turn = Some(TurnConfig { bind, secret: secret() });
        let config = EngineConfig { turn, ..EngineConfig::new(loopback()) };
        start(config, netio::Clock::new(), Arc::new(|_| {}), metrics).map(|_| ()).expect_err("it does not start")
    };
    let wildcard = refusal(([0, 0, 0, 0], 3478).into());
    assert!(matches!(wildcard, StartError::TurnWildcard(_)) && wildcard.to_string().contains("--turn"), "{wildcard}");
    let taken = UdpSocket::bind(loopback()).expect("a free port");
    let address = taken.local_addr().expect("it is bound");
    let error = refusal(address);
    assert!(
        matches!(error, StartError::BindTurn { .. }) && error.to_string().contains(&address.to_string()),
        "{error}"
    );
}
