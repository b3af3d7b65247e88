//! The server with a client that somebody else wrote.

mod client;

use client::{ENGINE, World, address};
use std::time::Duration;

#[test]
fn an_independent_client_is_relayed_both_ways() {
    let mut world = World::new("ada");
    let relayed = world.allocate().expect("an allocation");
    assert_eq!(relayed, address("192.0.2.1:50000"));
    assert_eq!(world.permit(relayed, ENGINE), Ok(()));
    // The first goes as an indication while a channel is bound; what comes after it goes over the channel.
    for payload in [&b"first"[..], b"second"] {
        world.send(relayed, payload, ENGINE);
        assert_eq!(world.take_relayed(), [(address(ENGINE), payload.to_vec())]);
        world.engine_sends(payload);
        assert_eq!(world.take_received(), [(address(ENGINE), payload.to_vec())]);
    }
    assert_eq!(world.channel_datagrams, 3);
    // The client renews its allocation and its permission by itself.
    for _ in 0..60 {
        world.pass(Duration::from_secs(30));
    }
    world.send(relayed, b"after half an hour", ENGINE);
    assert_eq!(world.take_relayed().len(), 1);
}

#[test]
fn an_independent_client_is_refused_other_peers_and_wrong_passwords() {
    let mut world = World::new("ada");
    let relayed = world.allocate().expect("an allocation");
    let error = world.permit(relayed, "192.0.2.11:22").expect_err("not the engine");
    assert!(error.contains("403"), "{error}");
    let mut world = World::with_password("1:ada", "guessed");
    assert!(world.allocate().is_err());
}
