//! A TURN server is sent anything: by strangers, by a page that has a relay, signed and not, and by whoever finds the
//! relay. Nothing but the engine is ever reached, and a stranger is never sent much.

use model::{Now, WallTime};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use turn::{Action, Credentials, RelayId, Secret, Server, SharedSecret, testing};

const HEADERS: usize = 28;

struct World {
    server: Server,
    engine: [SocketAddr; 2],
    page: SocketAddr,
    now: Now,
    credentials: Credentials,
    nonce: Vec<u8>,
}

impl World {
    fn new() -> Self {
        let secret = SharedSecret::new(Secret::random());
        let now = Now { mono: Instant::now(), wall: WallTime(1_700_000_000_000) };
        let engine = [([192, 0, 2, 10], 8090).into(), ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x10], 8090).into()];
        let credentials = secret.credentials("page", now.wall, Duration::from_secs(600));
        let mut server = Server::new(engine.to_vec(), secret, now.mono);
        let page = SocketAddr::from(([203, 0, 113, 5], 4000));
        let first = testing::first_request();
        let Some(Action::Answer(answer)) = server.handle_client(now, page, &first) else { panic!("no 401") };
        Self { server, engine, page, now, credentials, nonce: testing::nonce_of(&answer) }
    }

    fn client(&mut self, from: SocketAddr, bytes: &[u8], is_signed: bool) {
        match self.server.handle_client(self.now, from, bytes) {
            Some(Action::Answer(answer)) if !is_signed => {
                assert!(2 * (answer.len() + HEADERS) <= 3 * (bytes.len() + HEADERS), "a stranger is sent much");
            }
            Some(Action::Open(opening)) => {
                let relayed = SocketAddr::from(([192, 0, 2, 1], 50_000));
                self.server.opened(self.now, opening, Some(relayed));
            }
            Some(Action::Relay { peer, .. }) => assert!(self.engine.contains(&peer), "{peer} is not the engine"),
            Some(Action::Answer(_) | Action::Close { .. }) | None => {}
        }
        assert!(self.server.allocations() <= 1, "one page has one relay");
    }
}

/// Runs one input.
pub fn turn_datagrams(input: &[u8]) {
    let mut world = World::new();
    let stranger = SocketAddr::from(([198, 51, 100, 7], 53));
    let mut rest = input;
    while let [how, length, after @ ..] = rest {
        let (bytes, next) = after.split_at(after.len().min(usize::from(*length)));
        rest = next;
        match how % 8 {
            0 => world.client(stranger, bytes, false),
            1 => world.client(world.page, bytes, false),
            2..=4 => {
                let whole = &bytes[..bytes.len() / 4 * 4];
                let request = testing::request(how / 8, whole, &world.credentials, &world.nonce);
                world.client(world.page, &request, true);
            }
            5 => {
                let (relay, mut out) = (RelayId(u64::from(how / 8)), Vec::new());
                let peer = if bytes.len() % 2 == 0 { world.engine[0] } else { stranger };
                let to = world.server.handle_peer(world.now.mono, relay, peer, bytes, &mut out);
                assert!(to.is_none() || peer == world.engine[0]);
            }
            _ => {
                let time = Duration::from_secs(bytes.len() as u64);
                world.now = Now { mono: world.now.mono + time, wall: world.now.wall.after(time) };
                world.server.handle_timeout(world.now.mono);
            }
        }
    }
}
