use crate::{Arrived, PATIENCE, loopback_port, turns};
use netio::{Port, Protocol, Transmit, limits, testing::live_bytes};
use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

fn connect(port: &Port) -> TcpStream {
    let stream = TcpStream::connect(port.local_addr()).expect("the backlog has room");
    stream.set_read_timeout(Some(PATIENCE)).expect("settable");
    stream.set_nodelay(true).expect("settable");
    stream
}

fn frame(payload: &[u8]) -> Vec<u8> {
    [&netio::frame_header(payload.len()).expect("short enough")[..], payload].concat()
}

/// Whether the port has closed the connection; looks without waiting.
fn is_closed(stream: &mut TcpStream) -> bool {
    stream.set_nonblocking(true).expect("settable");
    match stream.read(&mut [0]) {
        Ok(read) => read == 0,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    }
}

#[test]
fn frames_arrive_whole_when_every_byte_comes_alone() {
    let mut port = loopback_port();
    let mut stream = connect(&port);
    let payloads = [b"first".to_vec(), vec![7; 300], b"last".to_vec()];
    let bytes: Vec<u8> = payloads.iter().flat_map(|payload| frame(payload)).collect();
    let mut unsent = bytes.iter();
    let arrived = turns(&mut port, |_, arrived| {
        if let Some(&byte) = unsent.next() {
            stream.write_all(&[byte]).expect("the port is open");
        }
        arrived.len() == payloads.len()
    });
    let (source, destination) = (stream.local_addr().expect("connected"), port.local_addr());
    for (arrived, bytes) in arrived.into_iter().zip(payloads) {
        assert_eq!(arrived, Arrived { protocol: Protocol::Tcp, source, destination, bytes });
    }
}

#[test]
fn answers_are_framed_and_a_closed_peer_is_reported() {
    let mut port = loopback_port();
    let mut stream = connect(&port);
    let peer = stream.local_addr().expect("connected");
    stream.write_all(&frame(b"hello")).expect("the port is open");
    let arrived = turns(&mut port, |_, arrived| !arrived.is_empty());
    let (source, destination) = (arrived[0].destination, arrived[0].source);
    for bytes in [&b"one"[..], &[2; 1500]] {
        port.queue(Transmit { protocol: Protocol::Tcp, source, destination, bytes });
    }
    port.flush();
    let mut answer = vec![0; 2 + 3 + 2 + 1500];
    stream.read_exact(&mut answer).expect("the answers");
    assert_eq!(answer, [frame(b"one"), frame(&[2; 1500])].concat());

    drop(stream);
    let mut closed = Vec::new();
    turns(&mut port, |port, _| {
        closed.extend(port.take_closed_tcp());
        !closed.is_empty()
    });
    assert_eq!(closed, [peer]);
    port.queue(Transmit { protocol: Protocol::Tcp, source, destination, bytes: b"too late" });
    assert_eq!(port.take_counters().dropped_tcp, 1);
}

#[test]
fn an_oversized_frame_ends_its_connection_alone() {
    let mut port = loopback_port();
    let [mut good, mut bad] = [connect(&port), connect(&port)];
    bad.write_all(&u16::MAX.to_be_bytes()).expect("the port is open");
    let mut closed = Vec::new();
    turns(&mut port, |port, _| {
        closed.extend(port.take_closed_tcp());
        !closed.is_empty()
    });
    assert_eq!(closed, [bad.local_addr().expect("connected")]);
    assert!(is_closed(&mut bad));
    assert_eq!(port.take_counters().tcp_closed_framing, 1);
    good.write_all(&frame(b"still here")).expect("the port is open");
    assert_eq!(turns(&mut port, |_, arrived| !arrived.is_empty())[0].bytes, b"still here");
}

#[test]
fn one_address_has_a_bounded_number_of_connections() {
    let mut port = loopback_port();
    let mut streams: Vec<_> = Vec::new();
    // The kernel's backlog is shorter than this, so connections are made as they are accepted.
    for _ in 0..limits::TCP_CONNECTIONS_PER_ADDRESS {
        streams.push(connect(&port));
        port.wait(std::time::Duration::ZERO);
        port.receive(&mut |_| {});
    }
    let mut refused = connect(&port);
    turns(&mut port, |_, _| is_closed(&mut refused));
    assert!(streams.iter_mut().all(|stream| !is_closed(stream)));

    let gone = streams.pop().expect("there are many");
    let gone_address = gone.local_addr().expect("connected");
    drop(gone);
    turns(&mut port, |port, _| port.take_closed_tcp().contains(&gone_address));
    let mut next = connect(&port);
    next.write_all(&frame(b"room again")).expect("the port is open");
    assert_eq!(turns(&mut port, |_, arrived| !arrived.is_empty())[0].bytes, b"room again");
}

#[test]
fn halves_of_frames_take_the_room_of_their_connections_and_no_more() {
    const PEERS: usize = 100;
    let mut port = loopback_port();
    let before = live_bytes();
    let mut peers: Vec<TcpStream> = (0..PEERS).map(|_| connect(&port)).collect();
    let whole = frame(&[7; limits::DATAGRAM_BYTES]);
    for piece in whole[..whole.len() - 1].chunks(100) {
        peers.iter_mut().for_each(|peer| peer.write_all(piece).expect("the port is open"));
        port.wait(Duration::ZERO);
        port.receive(&mut |_| panic!("no frame is whole"));
    }
    peers.iter_mut().for_each(|peer| peer.write_all(&[7, 0]).expect("the port is open"));
    let mut whole_frames = 0;
    turns(&mut port, |_, arrived| {
        whole_frames = arrived.len();
        whole_frames == PEERS
    });
    let held = live_bytes() - before;
    let room = (PEERS * (limits::TCP_READ_BYTES + 1024)) as i64;
    assert!(held <= room, "{held} bytes for {PEERS} halves");
    drop(peers);
    let mut closed = 0;
    turns(&mut port, |port, _| {
        closed += port.take_closed_tcp().len();
        closed == PEERS
    });
    let kept = live_bytes() - before;
    // Tables keep the room that they grew into.
    assert!(kept <= 100 * PEERS as i64 + 4096, "{kept} bytes are kept");
}

#[test]
fn a_peer_that_does_not_read_costs_only_its_own_frames() {
    let mut port = loopback_port();
    let [mut slow, mut good] = [connect(&port), connect(&port)];
    for stream in [&mut slow, &mut good] {
        stream.write_all(&frame(b"hello")).expect("the port is open");
    }
    let source = port.local_addr();
    turns(&mut port, |_, arrived| arrived.len() == 2);
    let send = |port: &mut Port, destination: SocketAddr, bytes: &[u8]| {
        port.queue(Transmit { protocol: Protocol::Tcp, source, destination, bytes });
        port.flush();
    };
    let slow = slow.local_addr().expect("connected");
    turns(&mut port, |port, _| {
        for _ in 0..1000 {
            send(port, slow, &[0; 1200]);
        }
        port.take_counters().dropped_tcp > 0
    });
    send(&mut port, good.local_addr().expect("connected"), b"for you");
    let mut answer = [0; 9];
    good.read_exact(&mut answer).expect("the answer");
    assert_eq!(answer[2..], *b"for you");
}
