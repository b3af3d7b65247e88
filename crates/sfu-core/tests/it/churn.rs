//! Legs that come and go leave nothing behind.

use model::TrackKind;
use netio::testing::live_bytes;
use sfu_core::testing::{ClientOptions, World};
use std::time::{Duration, Instant};
use wire::engine::{Command, Patch};

/// Legs of the gate; a soak runs as many times more. 10 times are the 10 000 that must leave nothing.
const LEGS: usize = 1000;
/// Legs that are there at a time.
const AT_ONCE: usize = 10;
/// What a table keeps when its entries have gone depends on how far it once grew, by steps of twice the size. Ten bytes
/// a leg would be a leak; this is none at 1000 legs, and must still hold at a hundred times as many.
const KEPT_BYTES: i64 = 16 * 1024;

/// How legs go.
#[derive(Debug, Clone, Copy)]
enum End {
    Removed,
    RoomClosed,
    /// The pages are gone without a word, and signaling notices after the engine.
    Silence,
}

fn come_and_go(world: &mut World, end: End) {
    for client in 0..AT_ONCE {
        world.join(ClientOptions::new(World::client_address(client, 6000)));
    }
    let next = |client: usize| World::leg((client + 1) % AT_ONCE);
    let ring = |client| {
        [TrackKind::Audio, TrackKind::Camera].map(|track| Patch {
            source: World::leg(client).into(),
            sink: next(client),
            track,
        })
    };
    world.set_patches((0..AT_ONCE).flat_map(ring).collect());
    let connected = world.run_until(Duration::from_secs(5), |world| world.clients.iter().all(|c| c.is_connected));
    assert!(connected, "all connect");
    for client in &mut world.clients {
        client.speak(true);
        client.film(TrackKind::Camera, true);
    }
    world.run_for(Duration::from_millis(150));
    assert!(world.clients.iter().all(|client| client.received.len() > 5), "all hear");
    match end {
        End::Removed => {
            for client in 0..AT_ONCE {
                world.command(Command::RemoveLeg { leg: World::leg(client) });
            }
        }
        End::RoomClosed => {}
        End::Silence => {
            world.forget_clients();
            world.run_for(Duration::from_secs(40));
        }
    }
    world.forget_clients();
    world.command(Command::CloseRoom { room: World::room() });
    world.run_for(Duration::from_secs(1));
    world.forget_clients();
    assert_eq!(world.sfu.entries(), 0, "after {end:?}");
    assert_eq!(world.sfu.poll_timeout(), None);
}

#[test]
fn legs_that_come_and_go_leave_nothing_behind() {
    let times = std::env::var("SWITCHROOM_SOAK").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let mut world = World::new(Instant::now(), 31);
    let ends = [End::Removed, End::RoomClosed, End::Silence];
    ends.iter().for_each(|end| come_and_go(&mut world, *end));
    let before = live_bytes();
    let rounds = LEGS * times / AT_ONCE;
    for end in ends.iter().cycle().take(rounds) {
        come_and_go(&mut world, *end);
    }
    let kept = live_bytes() - before;
    assert!(kept <= KEPT_BYTES, "{} legs leave {kept} bytes", rounds * AT_ONCE);
    assert_eq!(world.sfu.totals().panics, 0);
}
