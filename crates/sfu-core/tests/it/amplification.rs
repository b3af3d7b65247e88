//! What a stranger gets back for what he sends, whatever address he claims to have.

use sfu_core::testing::{ClientOptions, World};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// RFC 8445 has no figure for ICE; QUIC allows a server 3 (RFC 9000 §8.1). An answer to an authentic request is as long
/// as its request, more or less.
const MOST: f64 = 1.5;

/// Who the datagrams seem to come from, and whom the answers would hit.
fn victim(number: usize) -> SocketAddr {
    ([203, 0, 113, (number % 250) as u8], 1000 + number as u16).into()
}

/// What a new leg sends from its first request to the end of its handshake, and a little sound.
fn a_leg_from_the_start(world: &mut World) -> Vec<Vec<u8>> {
    let client = world.join(ClientOptions::new(World::client_address(2, 6000)));
    world.clients[client].speak(true);
    world.datagrams_up(client, Duration::from_secs(3))
}

fn of_kind(datagrams: &[Vec<u8>], first: std::ops::RangeInclusive<u8>) -> Vec<Vec<u8>> {
    datagrams.iter().filter(|bytes| first.contains(&bytes[0])).cloned().collect()
}

fn changed(datagrams: &[Vec<u8>], change: impl Fn(&mut Vec<u8>)) -> Vec<Vec<u8>> {
    let mut changed = datagrams.to_vec();
    changed.iter_mut().for_each(change);
    changed
}

/// Bytes that leave for each byte that came, at once and in the seconds after.
fn ratio(world: &mut World, datagrams: &[Vec<u8>]) -> f64 {
    let before = world.bytes_to_strangers;
    for (number, bytes) in datagrams.iter().enumerate() {
        world.inject(victim(number), bytes);
    }
    // A DTLS flight would be repeated.
    world.run_for(Duration::from_secs(5));
    let received: usize = datagrams.iter().map(Vec::len).sum();
    (world.bytes_to_strangers - before) as f64 / received as f64
}

#[test]
fn strangers_get_nothing_back() {
    let mut world = World::pair(Instant::now(), 21);
    let own = a_leg_from_the_start(&mut world);
    let requests = of_kind(&own, 0..=3);
    let handshake = of_kind(&own, 20..=63);
    let media = of_kind(&own, 128..=191);
    assert!(requests.len() > 1 && handshake.len() > 1 && media.len() > 100);
    let every_first_byte = |length: usize| (0..=255).map(|first| vec![first; length]).collect::<Vec<_>>();
    let name = |bytes: &mut Vec<u8>| {
        let at = bytes.windows(2).position(|pair| pair == [0, 6]).expect("a user name");
        bytes[at + 4] ^= 1;
    };
    let kinds = [
        ("junk of one byte", every_first_byte(1)),
        ("junk of 20 bytes", every_first_byte(20)),
        ("junk of 1200 bytes", every_first_byte(1200)),
        ("binding requests sent again", requests.clone()),
        (
            "binding requests of a wrong integrity",
            changed(&requests, |bytes| {
                *bytes.last_chunk_mut::<9>().expect("an HMAC").first_mut().expect("nine bytes") ^= 1
            }),
        ),
        ("binding requests of an unknown name", changed(&requests, name)),
        ("binding responses", changed(&requests, |bytes| bytes[0] = 1)),
        ("allocate requests", changed(&requests, |bytes| bytes[1] = 3)),
        (
            "binding requests without attributes",
            changed(&requests, |bytes| {
                bytes.truncate(20);
                bytes[3] = 0;
            }),
        ),
        ("a client's handshake", handshake.clone()),
        ("a handshake's first byte alone", changed(&handshake, |bytes| bytes.truncate(1))),
        ("SRTP and SRTCP sent again", media.clone()),
        ("SRTP of a header alone", changed(&media, |bytes| bytes.truncate(12))),
    ];
    for (kind, datagrams) in kinds {
        assert!(ratio(&mut world, &datagrams) == 0.0, "{kind} are answered");
    }
}

#[test]
fn who_knows_the_password_gets_little_more_than_he_sends() {
    let mut world = World::pair(Instant::now(), 22);
    for nominates in [false, true] {
        let requests: Vec<Vec<u8>> = (0..100)
            .map(|_| world.sfu.binding_request_of(World::leg(0), nominates).expect("the leg has a transport"))
            .collect();
        let ratio = ratio(&mut world, &requests);
        assert!(ratio > 0.0 && ratio <= MOST, "{ratio} bytes for one");
    }
}
