use model::TrackKind;
use sfu_core::testing::{Sealer, World};
use std::time::{Duration, Instant};

/// Inputs after which the call is looked at.
const LOOK_EVERY: u32 = 200;

/// A call of two in which the first leg is of bad will. It outlives many inputs: a handshake for each would leave no time
/// for anything else.
pub(crate) struct HostileCall {
    pub(crate) world: World,
    pub(crate) sealer: Sealer,
    /// Of the hostile leg's downlinks.
    pub(crate) downlinks: Vec<u32>,
    inputs: u32,
}

impl HostileCall {
    pub(crate) fn new() -> Self {
        let mut world = World::pair(Instant::now(), 1);
        for client in &mut world.clients {
            client.speak(true);
            client.film(TrackKind::Camera, true);
        }
        world.run_for(Duration::from_secs(1));
        let sealer = world.sfu.sealer_of(World::leg(0)).expect("its handshake is through");
        let mut downlinks: Vec<u32> = world.clients[0].received.iter().map(|packet| packet.ssrc).collect();
        downlinks.sort_unstable();
        downlinks.dedup();
        Self { world, sealer, downlinks, inputs: 0 }
    }

    /// A datagram of the hostile leg.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.world.inject(self.world.clients[0].address(), bytes);
    }

    /// The input is through: nothing has failed, and now and then the other leg must still be heard.
    pub(crate) fn look(&mut self) {
        let world = &mut self.world;
        assert_eq!(world.sfu.totals().panics, 0);
        self.inputs += 1;
        if self.inputs.is_multiple_of(LOOK_EVERY) {
            let before = world.clients[0].received(TrackKind::Audio).count();
            world.run_for(Duration::from_millis(200));
            let after = world.clients[0].received(TrackKind::Audio).count();
            assert!(after > before, "the other leg is not heard any more");
        }
        for client in &mut world.clients {
            client.received.clear();
            client.keyframe_requests.clear();
        }
        world.events.clear();
        world.taps.clear();
    }
}
