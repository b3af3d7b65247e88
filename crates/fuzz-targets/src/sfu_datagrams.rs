use sfu_core::testing::World;
use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

/// Inputs after which the call is looked at.
const LOOK_EVERY: u32 = 200;

thread_local! {
    /// A call of two that outlives many inputs: a handshake for each would leave no time for anything else.
    static CALL: RefCell<(World, u32)> = RefCell::new({
        let mut world = World::pair(Instant::now(), 1);
        world.clients.iter_mut().for_each(|client| client.speak(true));
        (world, 0)
    });
}

/// Datagrams of any content, from strangers and from a participant's own address, stop nobody's call.
pub fn sfu_datagrams(input: &[u8]) {
    CALL.with_borrow_mut(|(world, inputs)| {
        let mut rest = input;
        while let Some(([from, length], after)) = rest.split_first_chunk::<2>() {
            let (bytes, after) = after.split_at(usize::from(*length).min(after.len()));
            rest = after;
            let source = match from % 3 {
                0 => world.clients[0].address(),
                1 => world.clients[1].address(),
                _ => World::client_address(9, 9000 + u16::from(*from)),
            };
            world.inject(source, bytes);
        }
        *inputs += 1;
        if inputs.is_multiple_of(LOOK_EVERY) {
            let before = [0, 1].map(|client| world.clients[client].received.len());
            world.run_for(Duration::from_millis(200));
            for client in [0, 1] {
                assert!(
                    world.clients[client].received.len() > before[client],
                    "client {client} hears nothing any more"
                );
                world.clients[client].received.clear();
            }
            world.events.clear();
            world.taps.clear();
        }
    });
}
