use model::TrackKind;
use sfu_core::testing::{ClientOptions, Sealer, World};
use std::time::{Duration, Instant};
use wire::engine::Patch;

/// Inputs after which the call is looked at.
const LOOK_EVERY: u32 = 200;
/// The client of bad will.
pub(crate) const HOSTILE: usize = 0;

/// A leg of bad will and one that it talks with, and beside them two that talk with each other. They outlive many inputs: a
/// handshake for each would leave no time for anything else.
pub(crate) struct HostileCall {
    pub(crate) world: World,
    pub(crate) sealer: Sealer,
    /// Of the hostile leg's downlinks.
    pub(crate) downlinks: Vec<u32>,
    inputs: u32,
}

impl HostileCall {
    pub(crate) fn new() -> Self {
        let mut world = World::new(Instant::now(), 1);
        for client in 0..4 {
            world.join(ClientOptions::new(World::client_address(client, 6000)));
        }
        let patch = |source, sink, track| Patch { source: World::leg(source).into(), sink: World::leg(sink), track };
        let pairs = [(HOSTILE, 1), (1, HOSTILE), (2, 3), (3, 2)];
        world.set_patches(pairs.iter().flat_map(|(a, b)| TrackKind::ALL.map(|track| patch(*a, *b, track))).collect());
        world.run_for(Duration::from_secs(2));
        assert!(world.clients.iter().all(|client| client.is_connected), "all connect");
        for client in &mut world.clients {
            client.speak(true);
            client.film(TrackKind::Camera, true);
        }
        world.run_for(Duration::from_secs(1));
        let sealer = world.sfu.sealer_of(World::leg(HOSTILE)).expect("its handshake is through");
        let mut downlinks: Vec<u32> = world.clients[HOSTILE].received.iter().map(|packet| packet.ssrc).collect();
        downlinks.sort_unstable();
        downlinks.dedup();
        Self { world, sealer, downlinks, inputs: 0 }
    }

    /// A datagram of the hostile leg.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.world.inject(self.world.clients[HOSTILE].address(), bytes);
    }

    /// The input is through: nothing has failed, and now and then the others must still be heard.
    pub(crate) fn look(&mut self) {
        let world = &mut self.world;
        assert_eq!(world.sfu.totals().panics, 0);
        self.inputs += 1;
        if self.inputs.is_multiple_of(LOOK_EVERY) {
            let heard = |world: &World| [2, 3].map(|client| world.clients[client].received(TrackKind::Audio).count());
            let before = heard(world);
            world.run_for(Duration::from_millis(200));
            let after = heard(world);
            assert!(after[0] >= before[0] + 8 && after[1] >= before[1] + 8, "{before:?} packets, then {after:?}");
        }
        for client in &mut world.clients {
            client.received.clear();
            client.keyframe_requests.clear();
        }
        world.events.clear();
        world.taps.clear();
    }
}
