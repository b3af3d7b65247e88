//! Networks that fail, pages that are loaded anew.

use crate::calls::assert_one_numbering;
use model::TrackKind;
use sfu_core::testing::{ClientOptions, World};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};
use wire::engine::{Command, Event};

fn talking_pair(seed: u64) -> World {
    let mut world = World::pair(Instant::now(), seed);
    world.clients.iter_mut().for_each(|client| client.speak(true));
    world.run_for(Duration::from_secs(1));
    world
}

fn cut(world: &mut World, client: usize, is_cut: bool) {
    world.up[client].is_cut = is_cut;
    world.down[client].is_cut = is_cut;
}

#[test]
fn a_network_cut_of_ten_seconds_is_seen_and_survived() {
    let mut world = talking_pair(1);
    cut(&mut world, 0, true);
    world.run_for(Duration::from_secs(10));
    let lost = |event: &Event| matches!(event, Event::PathLost { leg } if *leg == World::leg(0));
    let back = |event: &Event| matches!(event, Event::PathBack { leg } if *leg == World::leg(0));
    assert_eq!((world.count_events(lost), world.count_events(back)), (1, 0));
    let at = world.events.iter().find(|(_, event)| lost(event)).expect("just counted").0;
    let after = at.duration_since(world.start);
    assert!(after < Duration::from_secs(9), "{after:?} from the start, cut after 2 to 5 s");
    cut(&mut world, 0, false);
    world.run_for(Duration::from_secs(5));
    assert_eq!(world.count_events(back), 1);
    let heard = world.clients[1].received(TrackKind::Audio).last().expect("sound").at;
    assert!(world.now.duration_since(heard) < Duration::from_millis(50), "sound flows again");
    let heard = world.clients[0].received(TrackKind::Audio).last().expect("sound").at;
    assert!(world.now.duration_since(heard) < Duration::from_millis(50), "and the other way");
    assert_eq!(world.count_events(|event| matches!(event, Event::PathLost { leg } if *leg == World::leg(1))), 0);
}

#[test]
fn a_leg_that_is_gone_for_the_window_is_closed_and_sent_nothing_more() {
    let mut world = talking_pair(2);
    cut(&mut world, 0, true);
    let cut_at = world.now;
    let closed = |event: &Event| matches!(event, Event::LegClosed { leg, .. } if *leg == World::leg(0));
    assert!(world.run_until(Duration::from_secs(40), |world| world.count_events(closed) > 0));
    let waited = world.now.duration_since(cut_at);
    assert!((Duration::from_secs(25)..Duration::from_secs(31)).contains(&waited), "{waited:?}");
    let before = world.sfu.totals().media_out[0];
    world.run_for(Duration::from_secs(2));
    assert_eq!(world.sfu.totals().media_out[0], before);
}

#[test]
fn an_ice_restart_keeps_the_call_going() {
    let mut world = talking_pair(3);
    let offer = world.clients[0].restart_ice();
    world.renegotiate(0, offer);
    world.run_for(Duration::from_secs(3));
    let offer = world.clients[0].restart_ice();
    world.renegotiate(0, offer);
    world.run_for(Duration::from_secs(40));
    for client in &world.clients {
        let heard = client.received(TrackKind::Audio).count();
        assert!((2180..=2215).contains(&heard), "{heard} packets in 44 s");
        assert_one_numbering(client.received(TrackKind::Audio));
    }
    assert_eq!(world.count_events(|event| matches!(event, Event::LegClosed { .. } | Event::PathLost { .. })), 0);
}

#[test]
fn an_ice_restart_ends_a_long_cut() {
    let mut world = talking_pair(7);
    cut(&mut world, 0, true);
    world.run_for(Duration::from_secs(22));
    cut(&mut world, 0, false);
    let offer = world.clients[0].restart_ice();
    world.renegotiate(0, offer);
    world.run_for(Duration::from_secs(3));
    for client in &world.clients {
        let heard = client.received(TrackKind::Audio).last().expect("sound").at;
        assert!(world.now.duration_since(heard) < Duration::from_millis(50), "sound flows again");
        assert_one_ssrc(client.received(TrackKind::Audio));
    }
}

fn assert_one_ssrc<'a>(received: impl Iterator<Item = &'a sfu_core::testing::Received>) {
    let sources: BTreeSet<u32> = received.map(|packet| packet.ssrc).collect();
    assert_eq!(sources.len(), 1);
}

#[test]
fn a_call_is_set_up_over_a_bad_network() {
    for seed in 1..=5 {
        let mut world = World::new(Instant::now(), seed);
        for client in 0..2 {
            world.join(ClientOptions::new(World::client_address(client, 6000)));
        }
        for link in world.up.iter_mut().chain(&mut world.down) {
            link.loss = 0.25;
            link.jitter = Duration::from_millis(100);
        }
        world.patch_all();
        let connected = |world: &World| world.clients.iter().all(|client| client.is_connected);
        assert!(world.run_until(Duration::from_secs(20), connected), "within 20 s (seed {seed})");
    }
}

#[test]
fn a_reloaded_page_takes_its_place_again() {
    let mut world = talking_pair(4);
    world.command(Command::SetTaps { room: World::room(), legs: vec![World::leg(0)] });
    world.run_for(Duration::from_secs(1));
    let before = world.clients[1].received(TrackKind::Audio).count();
    world.rejoin(0, ClientOptions::new(World::client_address(0, 7000)));
    let began = world.now;
    let connected = world.run_until(Duration::from_secs(3), |world| world.clients[0].is_connected);
    assert!(connected, "the new page connects");
    world.clients[0].speak(true);
    world.run_for(Duration::from_secs(2));
    let took = world.now.duration_since(began);
    let heard_by_new = world.clients[0].received(TrackKind::Audio).count();
    assert!(heard_by_new > 90, "{heard_by_new} packets after {took:?}");
    assert!(world.clients[1].received(TrackKind::Audio).count() > before + 90);
    assert_one_numbering(world.clients[1].received(TrackKind::Audio));
    let sources: BTreeSet<u32> = world.taps.iter().map(|frame| frame.ssrc).collect();
    assert_eq!(sources.len(), 2, "the tap goes on with the new page's source");
    assert_eq!(world.count_events(|event| matches!(event, Event::LegClosed { .. })), 0);
    assert_eq!(world.sfu.totals().legs, 2);
}

#[test]
fn a_closed_leg_may_rejoin() {
    let mut world = talking_pair(5);
    cut(&mut world, 0, true);
    let closed = |event: &Event| matches!(event, Event::LegClosed { .. });
    assert!(world.run_until(Duration::from_secs(40), |world| world.count_events(closed) > 0));
    cut(&mut world, 0, false);
    world.rejoin(0, ClientOptions::new(World::client_address(0, 7000)));
    world.run_for(Duration::from_secs(3));
    assert!(world.clients[0].received(TrackKind::Audio).count() > 50);
}

#[test]
fn a_page_that_changes_its_address_goes_on() {
    let mut world = talking_pair(6);
    // What a NAT does that gives the page another port: the engine sees requests and media from elsewhere.
    let before = world.clients[0].received(TrackKind::Audio).count();
    world.move_client(0, World::client_address(0, 6500));
    world.run_for(Duration::from_secs(10));
    let heard = world.clients[0].received(TrackKind::Audio).count() - before;
    assert!(heard > 200, "{heard} packets in 10 s");
    let last = world.clients[1].received(TrackKind::Audio).last().expect("sound").at;
    assert!(world.now.duration_since(last) < Duration::from_millis(50));
}
