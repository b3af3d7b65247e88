//! Random lives of a room: whatever happened before, in the end everybody hears who is patched to them.

use model::{LegId, TrackKind};
use proptest::prelude::*;
use sfu_core::testing::{ClientOptions, Link, World};
use std::time::{Duration, Instant};
use wire::engine::{Command, Event, Patch};

const CLIENTS: usize = 3;

#[derive(Debug, Clone)]
enum Act {
    Reload { client: usize },
    RestartIce { client: usize },
    Cut { client: usize, seconds: u64 },
    Lose { client: usize, percent: u8 },
    Speak { client: usize, on: bool },
    Film { client: usize, on: bool },
    Patch { pairs: Vec<(usize, usize)> },
    Leave { client: usize },
    Panic { client: usize },
    Wait { milliseconds: u64 },
}

fn act() -> impl Strategy<Value = Act> {
    let client = 0..CLIENTS;
    prop_oneof![
        client.clone().prop_map(|client| Act::Reload { client }),
        client.clone().prop_map(|client| Act::RestartIce { client }),
        (client.clone(), 1..40_u64).prop_map(|(client, seconds)| Act::Cut { client, seconds }),
        (client.clone(), 0..30_u8).prop_map(|(client, percent)| Act::Lose { client, percent }),
        (client.clone(), any::<bool>()).prop_map(|(client, on)| Act::Speak { client, on }),
        (client.clone(), any::<bool>()).prop_map(|(client, on)| Act::Film { client, on }),
        prop::collection::vec((0..CLIENTS, 0..CLIENTS), 0..5).prop_map(|pairs| Act::Patch { pairs }),
        client.clone().prop_map(|client| Act::Leave { client }),
        client.prop_map(|client| Act::Panic { client }),
        (1..3000_u64).prop_map(|milliseconds| Act::Wait { milliseconds }),
    ]
}

struct Life {
    world: World,
    port: u16,
    panics: u64,
}

impl Life {
    fn new() -> Self {
        let mut world = World::new(Instant::now(), 1);
        for client in 0..CLIENTS {
            world.join(ClientOptions::new(World::client_address(client, 6000)));
        }
        world.run_for(Duration::from_secs(2));
        Self { world, port: 6000, panics: 0 }
    }

    fn act(&mut self, act: &Act) {
        let world = &mut self.world;
        match *act {
            Act::Reload { client } => self.reload(client),
            Act::RestartIce { client } => {
                let offer = world.clients[client].restart_ice();
                let id = world.command(Command::Negotiate { leg: World::leg(client), offer });
                // A leg that was closed has to rejoin instead.
                world.accept_if_answered(client, id);
            }
            Act::Cut { client, seconds } => {
                world.up[client].is_cut = true;
                world.down[client].is_cut = true;
                world.run_for(Duration::from_secs(seconds));
                world.up[client] = Link::default();
                world.down[client] = Link::default();
            }
            Act::Lose { client, percent } => {
                world.up[client].loss = f64::from(percent) / 100.0;
                world.down[client].loss = f64::from(percent) / 100.0;
            }
            Act::Speak { client, on } => world.clients[client].speak(on),
            Act::Film { client, on } => world.clients[client].film(TrackKind::Camera, on),
            Act::Patch { ref pairs } => world.set_patches(patches(pairs)),
            Act::Leave { client } => {
                world.command(Command::RemoveLeg { leg: World::leg(client) });
            }
            Act::Panic { client } => {
                world.sfu.panic_at_next_work(World::leg(client));
                self.panics += 1;
            }
            Act::Wait { milliseconds } => world.run_for(Duration::from_millis(milliseconds)),
        }
    }

    fn reload(&mut self, client: usize) {
        self.port += 1;
        self.world.rejoin(client, ClientOptions::new(World::client_address(client, self.port)));
    }
}

fn patches(pairs: &[(usize, usize)]) -> Vec<Patch> {
    let patch = |&(source, sink): &(usize, usize)| {
        let (source, sink): (LegId, LegId) = (World::leg(source), World::leg(sink));
        [TrackKind::Audio, TrackKind::Camera].map(|track| Patch { source: source.into(), sink, track })
    };
    pairs.iter().flat_map(patch).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn in_the_end_everybody_hears_and_sees(acts in prop::collection::vec(act(), 1..30)) {
        let mut life = Life::new();
        for act in &acts {
            life.act(act);
        }
        let asked_for = life.panics;
        for client in 0..CLIENTS {
            life.world.up[client] = Link::default();
            life.world.down[client] = Link::default();
            life.reload(client);
        }
        let world = &mut life.world;
        let ring: Vec<(usize, usize)> = (0..CLIENTS).map(|source| (source, (source + 1) % CLIENTS)).collect();
        world.set_patches(patches(&ring));
        let connected = |world: &World| world.clients.iter().all(|client| client.is_connected);
        prop_assert!(world.run_until(Duration::from_secs(5), connected), "all connect");
        world.events.clear();
        for client in &mut world.clients {
            client.speak(true);
            client.film(TrackKind::Camera, true);
        }
        world.run_for(Duration::from_secs(3));
        for (index, client) in world.clients.iter().enumerate() {
            let sound = client.received(TrackKind::Audio).count();
            prop_assert!((145..=153).contains(&sound), "client {} heard {} packets in 3 s", index, sound);
            let pictures = client.received(TrackKind::Camera).filter(|packet| packet.marker).count();
            prop_assert!((55..=62).contains(&pictures), "client {} saw {} pictures in 3 s", index, pictures);
        }
        let totals = world.sfu.totals();
        prop_assert!(totals.panics <= asked_for, "{:?}", totals);
        prop_assert_eq!((totals.legs, totals.connected_legs, totals.one_way_legs), (3, 3, 0));
        let broken = world.count_events(|event| matches!(event, Event::LegClosed { .. } | Event::PathLost { .. }));
        prop_assert_eq!(broken, 0);
        world.command(Command::CloseRoom { room: World::room() });
        world.run_for(Duration::from_secs(1));
        prop_assert_eq!(world.sfu.poll_timeout(), None);
    }
}
