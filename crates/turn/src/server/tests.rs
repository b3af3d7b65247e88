use super::*;
use crate::{
    limits::{ALLOCATIONS_PER_NETWORK, PERMISSION_LIFETIME, RELAYED_BURST_BYTES, STRANGER_BURST},
    message::{Builder, kind},
    secret::{Credentials, Secret},
};
use model::WallTime;
use std::time::Duration;

const ENGINE: &str = "192.0.2.10:8090";
const MINUTE: Duration = Duration::from_secs(60);

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

/// A server in a world of its own, and pages that speak to it.
struct World {
    server: Server,
    secret: SharedSecret,
    now: Now,
    transactions: u8,
    /// A page keeps what it was given first.
    given: BTreeMap<String, Credentials>,
}

/// The code of an error, or 0 for a success.
fn outcome(answer: &[u8]) -> u16 {
    if answer[0] == 1 && answer[1] & 0x10 == 0 {
        return 0;
    }
    assert_eq!(answer[20..22], kind::ERROR_CODE.to_be_bytes());
    u16::from(answer[26]) * 100 + u16::from(answer[27])
}

impl World {
    fn new(peers: &[&str]) -> Self {
        let secret = SharedSecret::new(Secret::random());
        let now = Now { mono: Instant::now(), wall: WallTime(1_700_000_000_000) };
        let peers = peers.iter().map(|peer| address(peer)).collect();
        Self {
            server: Server::new(peers, secret.clone(), now.mono),
            secret,
            now,
            transactions: 0,
            given: BTreeMap::new(),
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now = Now { mono: self.now.mono + time, wall: self.now.wall.after(time) };
    }

    fn message(&mut self, method: Method) -> Builder {
        self.transactions += 1;
        Builder::new(method, Class::Request, [self.transactions; 12])
    }

    /// Signs with what the identity was given when it first asked, for a minute, and returns the answer.
    fn ask_as(&mut self, identity: &str, client: SocketAddr, message: Builder) -> Vec<u8> {
        let fresh = || self.secret.credentials(identity, self.now.wall, MINUTE);
        let credentials = self.given.entry(identity.to_owned()).or_insert_with(fresh).clone();
        let key = Key::new(&credentials.username, REALM, &credentials.password);
        self.ask_with(&key, &credentials.username, client, message)
    }

    fn ask_with(&mut self, key: &Key, username: &str, client: SocketAddr, message: Builder) -> Vec<u8> {
        let nonce = self.server.nonces.make(client, self.now.mono);
        let message = message.with(kind::USERNAME, username.as_bytes()).with(kind::REALM, REALM.as_bytes());
        let bytes = message.with(kind::NONCE, nonce.as_bytes()).signed(key);
        self.answer(client, &bytes).expect("an answer")
    }

    fn answer(&mut self, client: SocketAddr, bytes: &[u8]) -> Option<Vec<u8>> {
        match self.server.handle_client(self.now, client, bytes)? {
            Action::Answer(answer) | Action::Close { answer, .. } => Some(answer),
            Action::Open(opening) => {
                let ip = if opening.family == Family::V4 { "192.0.2.1" } else { "2001:db8::1" };
                let relayed = SocketAddr::new(ip.parse().expect("an address"), 50_000);
                Some(self.server.opened(self.now, opening, Some(relayed)))
            }
            Action::Relay { .. } => None,
        }
    }

    fn allocate(&mut self, client: SocketAddr) -> u16 {
        let message = self.allocate_message();
        outcome(&self.ask_as("ada", client, message))
    }

    fn allocate_message(&mut self) -> Builder {
        self.message(Method::Allocate).with(kind::REQUESTED_TRANSPORT, &[17, 0, 0, 0])
    }

    fn permit(&mut self, client: SocketAddr, peer: &str) -> u16 {
        let message = self.message(Method::CreatePermission).with_address(kind::XOR_PEER_ADDRESS, address(peer));
        outcome(&self.ask_as("ada", client, message))
    }

    fn bind(&mut self, client: SocketAddr, number: u16, peer: &str) -> u16 {
        let [high, low] = number.to_be_bytes();
        let message = self.message(Method::ChannelBind).with(kind::CHANNEL_NUMBER, &[high, low, 0, 0]);
        outcome(&self.ask_as("ada", client, message.with_address(kind::XOR_PEER_ADDRESS, address(peer))))
    }

    /// Whether a Send indication goes through.
    fn sends(&mut self, client: SocketAddr, peer: &str) -> bool {
        let message = Builder::new(Method::Send, Class::Indication, [0; 12]);
        let bytes = message.with_address(kind::XOR_PEER_ADDRESS, address(peer)).with(kind::DATA, b"hello").unsigned();
        match self.server.handle_client(self.now, client, &bytes) {
            Some(Action::Relay { peer: to, payload, .. }) => to == address(peer) && payload == b"hello",
            None => false,
            other => panic!("{other:?}"),
        }
    }
}

const CLIENT: &str = "203.0.113.5:4000";

#[test]
fn nothing_but_the_engine_is_reached() {
    let mut world = World::new(&[ENGINE]);
    let client = address(CLIENT);
    assert_eq!(world.allocate(client), 0);
    let others = ["192.0.2.10:8091", "192.0.2.11:8090", "127.0.0.1:8090", "192.0.2.1:50000", "203.0.113.5:4000"];
    for other in others {
        assert_eq!(world.permit(client, other), 403, "{other}");
        assert_eq!(world.bind(client, 0x4000, other), 403, "{other}");
    }
    assert_eq!(world.permit(client, "192.0.2.11:0"), 403);
    assert_eq!(world.permit(client, "192.0.2.10:0"), 0, "a permission may leave the port out");
    for other in others {
        assert!(!world.sends(client, other), "{other}");
    }
    assert!(world.sends(client, ENGINE));
    assert_eq!(world.bind(client, 0x4000, ENGINE), 0);
    let relay = RelayId(1);
    let mut out = Vec::new();
    for other in others {
        assert_eq!(world.server.handle_peer(world.now.mono, relay, address(other), b"x", &mut out), None, "{other}");
    }
    assert_eq!(world.server.handle_peer(world.now.mono, relay, address(ENGINE), b"x", &mut out), Some(client));
    assert_eq!(out, [0x40, 0, 0, 1, b'x']);
    assert_eq!(world.server.counters().refused_peers, 21);
}

#[test]
fn one_forbidden_peer_forbids_the_whole_request() {
    let mut world = World::new(&[ENGINE]);
    let client = address(CLIENT);
    world.allocate(client);
    let message = world.message(Method::CreatePermission).with_address(kind::XOR_PEER_ADDRESS, address(ENGINE));
    let message = message.with_address(kind::XOR_PEER_ADDRESS, address("192.0.2.11:1"));
    assert_eq!(outcome(&world.ask_as("ada", client, message)), 403);
    assert!(!world.sends(client, ENGINE));
}

#[test]
fn a_permission_and_a_channel_run_out() {
    let mut world = World::new(&[ENGINE]);
    let client = address(CLIENT);
    world.allocate(client);
    assert!(!world.sends(client, ENGINE), "no permission yet");
    assert_eq!(world.bind(client, 0x4000, ENGINE), 0);
    let data = [0x40, 0, 0, 2, 1, 2, 0, 0];
    let relays = |world: &mut World| match world.server.handle_client(world.now, client, &data) {
        Some(Action::Relay { payload, .. }) => payload == [1, 2],
        _ => false,
    };
    assert!(relays(&mut world));
    world.pass(PERMISSION_LIFETIME);
    assert!(!relays(&mut world) && !world.sends(client, ENGINE));
    let mut out = Vec::new();
    assert_eq!(world.server.handle_peer(world.now.mono, RelayId(1), address(ENGINE), b"x", &mut out), None);
    assert_eq!(world.bind(client, 0x4001, ENGINE), 400, "the peer has another channel");
    assert_eq!([world.bind(client, 0x3fff, ENGINE), world.bind(client, 0x5000, ENGINE)], [400, 400]);
}

#[test]
fn credentials_must_be_right_and_not_expired() {
    let mut world = World::new(&[ENGINE]);
    let client = address(CLIENT);
    let credentials = world.secret.credentials("ada", world.now.wall, MINUTE);
    let wrong = Key::new(&credentials.username, REALM, "guessed");
    let message = world.allocate_message();
    assert_eq!(outcome(&world.ask_with(&wrong, &credentials.username, client, message)), 401);
    let right = Key::new(&credentials.username, REALM, &credentials.password);
    let message = world.allocate_message();
    world.pass(MINUTE + Duration::from_secs(1));
    assert_eq!(outcome(&world.ask_with(&right, &credentials.username, client, message)), 401);
    assert_eq!(world.server.counters().refused_credentials, 2);
    assert_eq!(world.server.allocations(), 0);
}

#[test]
fn a_call_outlives_the_credentials_it_began_with() {
    let mut world = World::new(&[ENGINE]);
    let client = address(CLIENT);
    let credentials = world.secret.credentials("ada", world.now.wall, MINUTE);
    let key = Key::new(&credentials.username, REALM, &credentials.password);
    let message = world.allocate_message();
    assert_eq!(outcome(&world.ask_with(&key, &credentials.username, client, message)), 0);
    for _ in 0..10 {
        world.pass(8 * MINUTE);
        assert!(world.server.handle_timeout(world.now.mono).is_empty());
        let message = world.message(Method::Refresh);
        assert_eq!(outcome(&world.ask_with(&key, &credentials.username, client, message)), 0);
    }
    let message = world.message(Method::Refresh);
    assert_eq!(outcome(&world.ask_as("eve", client, message)), 441, "it is nobody else's");
    world.pass(ALLOCATION_LIFETIME);
    assert_eq!(world.server.handle_timeout(world.now.mono), [RelayId(1)]);
    assert_eq!(world.server.poll_timeout(), None);
    let message = world.message(Method::Refresh);
    assert_eq!(outcome(&world.ask_as("ada", client, message)), 437);
}

#[test]
fn an_answer_that_was_lost_is_given_again_and_an_allocation_can_be_given_back() {
    let mut world = World::new(&[ENGINE]);
    let client = address(CLIENT);
    let message =
        || Builder::new(Method::Allocate, Class::Request, [9; 12]).with(kind::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
    let first = world.ask_as("ada", client, message());
    assert_eq!(world.ask_as("ada", client, message()), first);
    assert_eq!(world.allocate(client), 437, "another request of the same client");
    let message = world.message(Method::Refresh).with(kind::LIFETIME, &[0; 4]);
    assert_eq!(outcome(&world.ask_as("ada", client, message)), 0);
    assert_eq!(world.server.allocations(), 0);
    assert_eq!(world.allocate(client), 0);
}

#[test]
fn a_network_has_its_share_and_no_more() {
    let mut world = World::new(&[ENGINE]);
    for port in 0..ALLOCATIONS_PER_NETWORK as u16 {
        assert_eq!(world.allocate(SocketAddr::from(([203, 0, 113, 5], 1000 + port))), 0);
    }
    assert_eq!(world.allocate(address(CLIENT)), 486);
    assert_eq!(world.allocate(address("203.0.113.6:4000")), 0, "others have theirs");
    assert_eq!(world.server.counters().refused_full, 1);
}

#[test]
fn each_family_reaches_the_engine_in_its_own() {
    let mut both = World::new(&[ENGINE, "[2001:db8::10]:8090"]);
    let client = address(CLIENT);
    assert_eq!(both.allocate(client), 0);
    assert_eq!(both.permit(client, "[2001:db8::10]:8090"), 443);
    let client = address("203.0.113.5:4001");
    let message = both.allocate_message().with(kind::REQUESTED_ADDRESS_FAMILY, &[2, 0, 0, 0]);
    assert_eq!(outcome(&both.ask_as("ada", client, message)), 0);
    assert_eq!([both.permit(client, "[2001:db8::10]:8090"), both.permit(client, ENGINE)], [0, 443]);

    let mut only_v6 = World::new(&["[2001:db8::10]:8090"]);
    let message = only_v6.allocate_message().with(kind::REQUESTED_ADDRESS_FAMILY, &[1, 0, 0, 0]);
    assert_eq!(outcome(&only_v6.ask_as("ada", client, message)), 440);
    assert_eq!(only_v6.allocate(client), 0);
    assert_eq!(only_v6.permit(client, "[2001:db8::10]:8090"), 0);
}

#[test]
fn what_is_not_offered_is_named() {
    let mut world = World::new(&[ENGINE]);
    let client = address(CLIENT);
    let message = world.message(Method::Allocate).with(kind::REQUESTED_TRANSPORT, &[6, 0, 0, 0]);
    assert_eq!(outcome(&world.ask_as("ada", client, message)), 442, "TCP");
    let message = world.message(Method::Allocate);
    assert_eq!(outcome(&world.ask_as("ada", client, message)), 400);
    let dont_fragment = 0x001a;
    let message = world.allocate_message().with(dont_fragment, &[]);
    assert_eq!(outcome(&world.ask_as("ada", client, message)), 420);
}

#[test]
fn a_forged_source_is_sent_little_and_not_often() {
    let mut world = World::new(&[ENGINE]);
    let victim = address("198.51.100.7:53");
    let headers = 28;
    let bare = world.message(Method::Allocate).unsigned();
    assert_eq!(world.answer(victim, &bare), None, "the shortest request is not worth an answer");
    let usual = world.allocate_message().unsigned();
    let mut answers = 0;
    for _ in 0..10_000 {
        if let Some(answer) = world.answer(victim, &usual) {
            assert_eq!(outcome(&answer), 401);
            assert!(2 * (answer.len() + headers) <= 3 * (usual.len() + headers), "{} bytes", answer.len());
            answers += 1;
        }
    }
    assert!((1..=STRANGER_BURST).contains(&answers), "{answers} answers");
    world.pass(Duration::from_secs(1));
    assert!(world.answer(victim, &usual).is_some(), "a page there still gets through");
    assert!(world.server.counters().ignored_strangers > 9_000);
}

#[test]
fn nothing_is_sent_for_junk() {
    let mut world = World::new(&[ENGINE]);
    let client = address(CLIENT);
    let binding = [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &[7; 12]].concat();
    for junk in [&[][..], &[0x40, 0, 0, 9, 1], &[0x80; 100], &[0; 20], &binding] {
        assert_eq!(world.answer(client, junk), None);
    }
    world.allocate(client);
    assert!(!world.sends(address("203.0.113.9:1"), ENGINE), "a stranger has no relay");
}

#[test]
fn an_allocation_carries_a_call_and_not_a_flood() {
    let mut world = World::new(&[ENGINE]);
    let client = address(CLIENT);
    world.allocate(client);
    world.bind(client, 0x4000, ENGINE);
    let packet = [&[0x40, 0, 4, 0][..], &[0; 1024]].concat();
    let passed = (0..10_000)
        .filter(|_| matches!(world.server.handle_client(world.now, client, &packet), Some(Action::Relay { .. })));
    assert_eq!(passed.count(), RELAYED_BURST_BYTES as usize / 1024);
    let mut out = Vec::new();
    let back = (0..10_000)
        .filter_map(|_| world.server.handle_peer(world.now.mono, RelayId(1), address(ENGINE), &packet[4..], &mut out));
    assert_eq!(back.count(), RELAYED_BURST_BYTES as usize / 1024);
}

#[test]
fn a_page_keeps_its_relay_while_others_fail_in_its_name() {
    let mut world = World::new(&[ENGINE]);
    let client = address(CLIENT);
    world.allocate(client);
    let forged = world.allocate_message().unsigned();
    let answers = (0..10_000).filter(|_| world.answer(client, &forged).is_some()).count();
    assert!(answers <= STRANGER_BURST as usize, "{answers} answers");
    assert_eq!(world.permit(client, ENGINE), 0);
}
