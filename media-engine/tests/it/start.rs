use crate::harness::{Bench, loopback};
use media_engine::{EngineConfig, SendError, StartError, start};
use model::{CallId, CommandId};
use std::{net::UdpSocket, sync::Arc};
use telemetry::Metrics;
use wire::engine::{Command, Request};

fn refusal(config: EngineConfig) -> StartError {
    let metrics = Arc::new(Metrics::new("test").expect("the metrics' names differ"));
    start(config, netio::Clock::new(), Arc::new(|_| {}), metrics).map(|_| ()).expect_err("it does not start")
}

#[test]
fn a_port_in_use_is_named() {
    let taken = UdpSocket::bind(loopback()).expect("a free port");
    let address = taken.local_addr().expect("it is bound");
    let error = refusal(EngineConfig::new(address));
    assert!(matches!(error, StartError::Bind { .. }));
    let text = error.to_string();
    assert!(text.contains(&address.to_string()) && text.contains("--media"), "{text}");
}

#[test]
fn impossible_settings_are_named() {
    assert!(matches!(refusal(EngineConfig { shards: 0, ..EngineConfig::new(loopback()) }), StartError::Shards));
    let high = EngineConfig { shards: 9, ..EngineConfig::new(([127, 0, 0, 1], 65_530).into()) };
    assert!(matches!(refusal(high), StartError::PortRange { .. }));
    let nowhere = EngineConfig { announce: vec![[0, 0, 0, 0].into()], ..EngineConfig::new(loopback()) };
    assert!(matches!(refusal(nowhere), StartError::Unannounceable(_)));
}

#[test]
fn a_stopped_engine_frees_its_port_and_says_that_it_is_stopped() {
    let bench = Bench::new(EngineConfig::new(loopback()));
    let address = bench.engine.local_addrs()[0];
    bench.engine.shutdown();
    let command = Command::CloseRoom { room: CallId::of(1) };
    assert_eq!(bench.engine.send(Request { id: CommandId::of(1), command }), Err(SendError::Stopped));
    Bench::new(EngineConfig::new(address)).engine.shutdown();
}
