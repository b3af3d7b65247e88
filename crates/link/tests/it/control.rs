//! Messages arrive once and in order, whatever happens to the connection.

use crate::rig::{
    Authority, Note, Relay, anywhere, dial, engine, next_number, number, settings, soon, until_free, until_up,
};
use link::{ControlSettings, LinkState, WhenFull, control, limits};
use std::time::{Duration, Instant};
use wire::link::Role;

#[tokio::test]
async fn messages_go_both_ways_in_order() {
    let authority = Authority::new();
    let (mut engine, _listening, address) = engine(&authority.node(Role::Engine), anywhere(), settings());
    let mut signaling = control(dial(&authority.node(Role::Signaling), Role::Engine, address), settings());
    for value in 0..3_000 {
        signaling.messages.send(number(value)).await.expect("the line lives");
        engine.messages.send(number(value + 10_000)).await.expect("the line lives");
        if value % 10 == 9 {
            for read in value - 9..=value {
                assert_eq!(next_number(&mut engine).await, read);
                assert_eq!(next_number(&mut signaling).await, read + 10_000);
            }
        }
    }
    let up = LinkState::Up { build: "test/1".into() };
    assert_eq!((&*signaling.state.borrow(), &*engine.state.borrow()), (&up, &up));
}

#[tokio::test]
async fn a_torn_connection_loses_and_repeats_nothing() {
    let authority = Authority::new();
    let (mut engine, _listening, address) = engine(&authority.node(Role::Engine), anywhere(), settings());
    let relay = Relay::open(address).await;
    let mut signaling = control(dial(&authority.node(Role::Signaling), Role::Engine, relay.address), settings());
    until_up(&mut signaling.state).await;
    signaling.messages.send(number(0)).await.expect("the line lives");
    assert_eq!(next_number(&mut engine).await, 0);
    // Some are on their way when the network goes, some come while it is away.
    for value in 1..500 {
        signaling.messages.send(number(value)).await.expect("the line lives");
        engine.messages.send(number(value)).await.expect("the line lives");
        if value == 100 {
            relay.cut(true);
        }
        if value % 50 == 0 {
            tokio::task::yield_now().await;
        }
    }
    let down = signaling.state.wait_for(|state| !state.is_up());
    soon("the silence to be noticed", down).await.expect("the line lives");
    relay.cut(false);
    for value in 1..500 {
        assert_eq!(next_number(&mut engine).await, value);
        assert_eq!(next_number(&mut signaling).await, value);
    }
}

#[tokio::test]
async fn a_process_that_starts_anew_is_found_at_once_and_greets() {
    let authority = Authority::new();
    let node = authority.node(Role::Engine);
    let greets = || ControlSettings { greeting: Some(Box::new(|| Note::Greeting)), ..settings() };
    let (mut engine_before, listening, address) = engine(&node, anywhere(), greets());
    let mut signaling = control(dial(&authority.node(Role::Signaling), Role::Engine, address), settings());
    signaling.messages.send(number(1)).await.expect("the line lives");
    assert_eq!(next_number(&mut engine_before).await, 1);
    assert_eq!(soon("a greeting", signaling.incoming.recv()).await, Some(Note::Greeting));
    drop(engine_before);
    listening.close().await;
    until_free(address).await;
    soon("the end", signaling.state.wait_for(|state| !state.is_up())).await.expect("the line lives");
    signaling.messages.send(number(2)).await.expect("it is kept");
    signaling.messages.send(number(3)).await.expect("it is kept");

    let (mut engine_after, _listening, _) = engine(&node, address, greets());
    let started = Instant::now();
    assert_eq!(next_number(&mut engine_after).await, 2);
    assert_eq!(next_number(&mut engine_after).await, 3);
    assert!(started.elapsed() < Duration::from_secs(3), "found after {:?}", started.elapsed());
    assert_eq!(soon("a greeting", signaling.incoming.recv()).await, Some(Note::Greeting));
}

#[tokio::test]
async fn what_only_informs_of_the_moment_is_not_kept_for_later() {
    let authority = Authority::new();
    let (engine, _listening, address) = engine(&authority.node(Role::Engine), anywhere(), settings());
    engine.messages.send(Note::Passing).await.expect("taken");
    engine.messages.send(number(1)).await.expect("taken");
    // Once the queue is empty, the connection has seen both.
    let seen = async {
        while engine.messages.capacity() < engine.messages.max_capacity() {
            tokio::task::yield_now().await;
        }
    };
    soon("both to be taken", seen).await;
    let mut signaling = control(dial(&authority.node(Role::Signaling), Role::Engine, address), settings());
    assert_eq!(soon("the first", signaling.incoming.recv()).await, Some(number(1)));
    engine.messages.send(Note::Passing).await.expect("taken");
    assert_eq!(soon("the second", signaling.incoming.recv()).await, Some(Note::Passing));
}

#[tokio::test]
async fn for_a_role_that_stays_away_the_newest_messages_are_kept() {
    let authority = Authority::new();
    let node = authority.node(Role::Engine);
    let (_, listening, address) = engine(&node, anywhere(), settings());
    listening.close().await;
    until_free(address).await;
    let losing = ControlSettings { when_full: WhenFull::LoseOldest, ..settings() };
    let signaling = control::<Note, Note>(dial(&authority.node(Role::Signaling), Role::Engine, address), losing);
    let all = limits::KEPT as u32 + 10;
    for value in 0..all {
        soon("room", signaling.messages.send(number(value))).await.expect("the line lives");
    }
    let (mut engine, _listening, _) = engine(&node, address, settings());
    let first = next_number(&mut engine).await;
    assert!(first >= 10, "the oldest were lost, but {first} came");
    for value in first + 1..all {
        assert_eq!(next_number(&mut engine).await, value);
    }
}

#[tokio::test]
async fn a_message_of_a_later_release_is_answered_and_the_talk_goes_on() {
    let authority = Authority::new();
    let (mut engine, _listening, address) = engine(&authority.node(Role::Engine), anywhere(), settings());
    let line = dial(&authority.node(Role::Signaling), Role::Engine, address);
    let later = ControlSettings {
        when_full: WhenFull::Wait,
        is_passing: |_: &serde_json::Value| false,
        greeting: None,
        unsupported: |_| None,
        files: None,
    };
    let mut signaling = control::<_, Note>(line, later);
    for message in [
        serde_json::json!({"type": "dance", "steps": 3}),
        serde_json::json!({"type": "number", "value": 1, "unit": "an unknown field"}),
    ] {
        signaling.messages.send(message).await.expect("the line lives");
    }
    let answer = soon("an answer", signaling.incoming.recv()).await;
    assert_eq!(answer, Some(Note::Unsupported { name: "\"dance\"".into() }));
    assert_eq!(next_number(&mut engine).await, 1, "unknown fields are ignored");
}
