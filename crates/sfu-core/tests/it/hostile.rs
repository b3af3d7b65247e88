//! Datagrams that mean harm, and bugs.

use model::TrackKind;
use proptest::prelude::*;
use sfu_core::{DropReason, testing::World};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use wire::engine::Event;

fn stranger() -> SocketAddr {
    ([203, 0, 113, 9], 999).into()
}

fn talking_pair(seed: u64) -> World {
    let mut world = World::pair(Instant::now(), seed);
    world.clients.iter_mut().for_each(|client| client.speak(true));
    world.run_for(Duration::from_secs(1));
    world
}

fn heard(world: &World, client: usize) -> usize {
    world.clients[client].received(TrackKind::Audio).count()
}

/// A binding request that only the leg's page can make, and that did not arrive yet.
fn a_binding_request(world: &mut World) -> Vec<u8> {
    world.sfu.binding_request_of(World::leg(0), true).expect("the leg has a transport")
}

#[test]
fn stun_is_answered_only_to_who_knows_the_password() {
    let mut world = talking_pair(1);
    let request = a_binding_request(&mut world);
    assert_eq!(world.inject_for_answer(stranger(), &request).len(), 1, "an authentic one is answered");
    let mut forged = request.clone();
    let last = forged.len() - 9;
    forged[last] ^= 1;
    assert!(world.inject_for_answer(stranger(), &forged).is_empty());
    assert_eq!(world.sfu.totals().dropped(DropReason::BadIntegrity), 1);
    let mut unknown = request;
    let name = unknown.windows(2).position(|pair| pair == [0, 6]).expect("a user name") + 4;
    unknown[name] ^= 1;
    assert!(world.inject_for_answer(stranger(), &unknown).is_empty());
    assert_eq!(world.sfu.totals().dropped(DropReason::UnknownUfrag), 1);
}

#[test]
fn forged_requests_are_limited_by_address_and_others_are_not() {
    let mut world = talking_pair(2);
    let request = a_binding_request(&mut world);
    let mut forged = request.clone();
    let last = forged.len() - 9;
    forged[last] ^= 1;
    for _ in 0..1000 {
        world.inject(stranger(), &forged);
    }
    let totals = world.sfu.totals();
    assert!(totals.dropped(DropReason::RateLimited) > 700, "{totals:?}");
    assert!(world.inject_for_answer(stranger(), &request).is_empty(), "the address has to wait");
    // Whoever heard one request already makes no use of it again.
    let later = a_binding_request(&mut world);
    let elsewhere: SocketAddr = ([203, 0, 113, 10], 999).into();
    assert_eq!(world.inject_for_answer(elsewhere, &request).len(), 1);
    world.run_for(Duration::from_millis(1100));
    assert_eq!(world.inject_for_answer(stranger(), &later).len(), 1, "a second later it may try again");
}

#[test]
fn an_overheard_request_makes_no_address_the_legs() {
    let mut world = talking_pair(13);
    let own = world.datagrams_up(0, Duration::from_secs(10));
    let requests: Vec<&Vec<u8>> = own.iter().filter(|bytes| bytes.starts_with(&[0, 1])).collect();
    assert!(requests.len() > 2, "{} requests in 10 s", requests.len());
    for port in 1..=30 {
        for request in &requests {
            let source: SocketAddr = ([203, 0, 113, 60 + port as u8], port).into();
            assert!(world.inject_for_answer(source, request).is_empty(), "it came before");
        }
    }
    assert_eq!(world.sfu.totals().dropped(DropReason::Replayed), 30 * requests.len() as u64);
    let before = [heard(&world, 0), heard(&world, 1)];
    world.run_for(Duration::from_secs(2));
    for client in [0, 1] {
        let more = heard(&world, client) - before[client];
        assert!((98..=102).contains(&more), "client {client} heard {more} packets in 2 s");
    }
    assert_eq!(world.bytes_to_strangers, 0);
}

#[test]
fn an_overheard_request_is_no_consent() {
    let mut world = talking_pair(14);
    let source = world.clients[0].address();
    let own = world.datagrams_up(0, Duration::from_secs(5));
    let request = own.iter().find(|bytes| bytes.starts_with(&[0, 1])).expect("clients ask every few seconds");
    world.up[0].is_cut = true;
    for _ in 0..40 {
        world.run_for(Duration::from_secs(1));
        world.inject(source, request);
    }
    let closed = world.count_events(|event| matches!(event, Event::LegClosed { leg, .. } if *leg == World::leg(0)));
    assert_eq!(closed, 1, "the page is silent for longer than its consent lasts");
}

#[test]
fn dtls_and_media_count_only_from_validated_addresses() {
    let mut world = talking_pair(3);
    let own = world.datagrams_up(0, Duration::from_secs(1));
    let media: Vec<&Vec<u8>> = own.iter().filter(|bytes| bytes[0] & 0xc0 == 0x80).collect();
    assert!(media.len() > 40);
    let before = heard(&world, 1);
    for bytes in media {
        world.inject(stranger(), bytes);
    }
    let hello = [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1];
    assert!(world.inject_for_answer(stranger(), &hello).is_empty());
    let totals = world.sfu.totals();
    assert!(totals.dropped(DropReason::UnknownAddress) > 40, "{totals:?}");
    world.run_for(Duration::from_secs(1));
    let more = heard(&world, 1) - before;
    assert!(more <= 55, "a stolen packet is not forwarded: {more} in a second");
}

#[test]
fn replayed_packets_are_heard_once() {
    let mut world = talking_pair(4);
    let source = world.clients[0].address();
    let own = world.datagrams_up(0, Duration::from_secs(1));
    world.run_for(Duration::from_millis(500));
    let before = heard(&world, 1);
    for bytes in own.iter().filter(|bytes| bytes[0] & 0xc0 == 0x80) {
        world.inject(source, bytes);
    }
    world.run_for(Duration::from_secs(1));
    let more = heard(&world, 1) - before;
    assert!((48..=52).contains(&more), "{more} in a second");
}

#[test]
fn a_panic_costs_one_participant() {
    let mut world = talking_pair(5);
    world.sfu.panic_at_next_work(World::leg(0));
    let before = heard(&world, 1);
    world.run_for(Duration::from_secs(2));
    let closed = world.count_events(|event| matches!(event, Event::LegClosed { leg, .. } if *leg == World::leg(0)));
    assert_eq!((closed, world.sfu.totals().panics), (1, 1));
    assert!(heard(&world, 1) <= before + 2, "it is gone");
    let others = world.count_events(|event| matches!(event, Event::LegClosed { leg, .. } if *leg == World::leg(1)));
    assert_eq!(others, 0);
    world.rejoin(0, sfu_core::testing::ClientOptions::new(World::client_address(0, 7000)));
    world.run_for(Duration::from_secs(2));
    assert!(heard(&world, 0) > 50, "and may come back to a leg that goes on");
}

#[test]
fn a_leg_cannot_fill_the_table_of_addresses() {
    let mut world = talking_pair(6);
    let mut answered = 0;
    for port in 1..2000 {
        let request = a_binding_request(&mut world);
        let source: SocketAddr = ([203, 0, 113, 50], port).into();
        answered += world.inject_for_answer(source, &request).len();
    }
    assert!(answered < sfu_core::limits::PATHS_PER_TRANSPORT, "{answered}");
}

fn datagram() -> impl Strategy<Value = Vec<u8>> {
    let body = prop::collection::vec(any::<u8>(), 0..1400);
    let first = prop_oneof![Just(0_u8), Just(1), 20..64_u8, Just(0x80), Just(0x90), Just(0xb1), any::<u8>(),];
    (first, prop_oneof![Just(111_u8), Just(200), Just(201), Just(205), Just(206), any::<u8>()], body).prop_map(
        |(first, second, body)| {
            let mut bytes = vec![first, second];
            bytes.extend(body);
            bytes
        },
    )
}

fn check_garbage(datagrams: &[Vec<u8>], from_leg: bool) {
    let mut world = talking_pair(7);
    let source = if from_leg { world.clients[0].address() } else { stranger() };
    let before = [heard(&world, 0), heard(&world, 1)];
    for bytes in datagrams {
        world.inject(source, bytes);
    }
    world.run_for(Duration::from_secs(1));
    for client in [0, 1] {
        let more = heard(&world, client) - before[client];
        assert!((48..=52).contains(&more), "client {client} heard {more} packets in a second");
    }
    assert_eq!(world.sfu.totals().panics, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn garbage_of_strangers_changes_nothing(datagrams in prop::collection::vec(datagram(), 1..40)) {
        check_garbage(&datagrams, false);
    }

    #[test]
    fn garbage_from_a_legs_own_address_changes_nothing(datagrams in prop::collection::vec(datagram(), 1..40)) {
        check_garbage(&datagrams, true);
    }

    #[test]
    fn changed_datagrams_of_a_leg_change_nothing(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1..=255_u8), 1..60),
    ) {
        let mut world = talking_pair(8);
        let source = world.clients[0].address();
        let own = world.datagrams_up(0, Duration::from_millis(500));
        let changed: Vec<Vec<u8>> = changes
            .iter()
            .map(|(which, at, by)| {
                let mut bytes = which.get(&own).clone();
                let at = at.index(bytes.len());
                bytes[at] ^= by;
                bytes
            })
            .collect();
        let before = heard(&world, 0);
        for bytes in &changed {
            world.inject(source, bytes);
        }
        world.run_for(Duration::from_secs(1));
        let more = heard(&world, 0) - before;
        prop_assert!((48..=52).contains(&more), "the other leg is heard: {more} packets in a second");
        prop_assert_eq!(world.sfu.totals().panics, 0);
    }
}

#[test]
fn a_packet_that_fits_no_datagram_harms_nobody() {
    let mut world = World::pair(Instant::now(), 12);
    for size in (1300..1600).step_by(7) {
        let timestamp = size as u32 * 960;
        let now = world.now;
        world.clients[0].send(now, TrackKind::Audio, timestamp, false, 100, &vec![7; size]);
        world.run_for(Duration::from_millis(20));
    }
    assert_eq!(world.sfu.totals().panics, 0);
    assert_eq!(world.count_events(|event| matches!(event, Event::LegClosed { .. })), 0);
    world.clients[0].speak(true);
    let before = world.clients[1].received(TrackKind::Audio).count();
    world.run_for(Duration::from_secs(1));
    assert!(world.clients[1].received(TrackKind::Audio).count() > before + 40, "the other leg still hears");
}
