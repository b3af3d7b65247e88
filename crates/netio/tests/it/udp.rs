use crate::{PATIENCE, loopback_port, turns};
use netio::{Port, Protocol, Transmit, limits};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    thread,
    time::{Duration, Instant},
};

fn client(ip: IpAddr) -> UdpSocket {
    let socket = UdpSocket::bind((ip, 0)).expect("loopback can be bound");
    socket.set_read_timeout(Some(PATIENCE)).expect("settable");
    socket
}

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[test]
fn batches_arrive_in_order_and_answers_go_back() {
    let mut port = loopback_port();
    let clients = [client(LOOPBACK), client(LOOPBACK), client(LOOPBACK)];
    let each = 3 * limits::RECEIVE_BATCH as u8;
    for number in 0..each {
        for client in &clients {
            client.send_to(&[number; 100], port.local_addr()).expect("loopback takes it");
        }
    }
    let arrived = turns(&mut port, |_, arrived| arrived.len() == clients.len() * usize::from(each));
    for client in &clients {
        let address = client.local_addr().expect("bound");
        let own: Vec<_> = arrived.iter().filter(|datagram| datagram.source == address).collect();
        assert_eq!(own.iter().map(|datagram| datagram.bytes[0]).collect::<Vec<_>>(), (0..each).collect::<Vec<_>>());
        assert!(own.iter().all(|datagram| datagram.destination == port.local_addr() && datagram.bytes.len() == 100));
    }

    for datagram in &arrived {
        let (source, destination) = (datagram.destination, datagram.source);
        port.queue(Transmit { protocol: Protocol::Udp, source, destination, bytes: &datagram.bytes });
    }
    port.flush();
    for client in &clients {
        for number in 0..each {
            let mut buffer = [0; 200];
            assert_eq!(client.recv_from(&mut buffer).expect("an answer"), (100, port.local_addr()));
            assert_eq!(buffer[0], number);
        }
    }
    let counters = port.take_counters();
    assert_eq!((counters.received, counters.sent), (arrived.len() as u64, arrived.len() as u64));
    assert_eq!(counters.sent_bytes, 100 * counters.sent);
    assert_eq!(port.take_counters(), netio::Counters::default());
}

#[test]
fn an_oversized_datagram_is_dropped_and_counted() {
    let mut port = loopback_port();
    let client = client(LOOPBACK);
    client.send_to(&[1; limits::DATAGRAM_BYTES + 1], port.local_addr()).expect("loopback takes it");
    client.send_to(&[2; limits::DATAGRAM_BYTES], port.local_addr()).expect("loopback takes it");
    let arrived = turns(&mut port, |_, arrived| !arrived.is_empty());
    assert_eq!(arrived[0].bytes, vec![2; limits::DATAGRAM_BYTES]);
    assert_eq!(port.take_counters().dropped_oversized, 1);
}

/// A port bound to all addresses says to which one a datagram came, and answers from it.
fn answers_from_the_address_that_was_asked(mut port: Port, asked: IpAddr) {
    let client = client(LOOPBACK);
    let to = SocketAddr::new(asked, port.local_addr().port());
    // A connected socket takes answers from this very address only.
    client.connect(to).expect("an address of loopback");
    client.send(b"ask").expect("loopback takes it");
    let arrived = turns(&mut port, |_, arrived| !arrived.is_empty());
    assert_eq!((arrived[0].destination, arrived[0].source), (to, client.local_addr().expect("bound")));
    let (source, destination) = (arrived[0].destination, arrived[0].source);
    port.queue(Transmit { protocol: Protocol::Udp, source, destination, bytes: b"answer" });
    port.flush();
    let mut buffer = [0; 10];
    assert_eq!(client.recv(&mut buffer).expect("an answer"), 6);
}

#[test]
fn an_ipv4_wildcard_knows_its_addresses() {
    let port = Port::bind("0.0.0.0:0".parse().expect("valid")).expect("can be bound");
    answers_from_the_address_that_was_asked(port, IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)));
}

#[test]
fn an_ipv6_wildcard_takes_ipv4_too() {
    match Port::bind("[::]:0".parse().expect("valid")) {
        Ok(port) => answers_from_the_address_that_was_asked(port, IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3))),
        Err(error) => eprintln!("this machine has no IPv6: {error}"),
    }
}

#[test]
fn an_announced_address_that_is_not_ours_is_no_obstacle() {
    let mut port = Port::bind("0.0.0.0:0".parse().expect("valid")).expect("can be bound");
    let client = client(LOOPBACK);
    let source = SocketAddr::from(([203, 0, 113, 9], port.local_addr().port()));
    let destination = client.local_addr().expect("bound");
    port.queue(Transmit { protocol: Protocol::Udp, source, destination, bytes: b"hello" });
    port.flush();
    let mut buffer = [0; 10];
    assert_eq!(client.recv(&mut buffer).expect("it came"), 5);
}

#[test]
fn a_port_in_use_is_named() {
    let port = loopback_port();
    let error = Port::bind(port.local_addr()).map(|port| port.local_addr()).expect_err("the number is taken");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&port.local_addr().to_string()), "{error}");
}

#[test]
fn a_waker_ends_a_wait_from_another_thread() {
    let mut port = loopback_port();
    while port.wait(Duration::ZERO).input {
        port.receive(&mut |_| {});
    }
    let waker = port.waker();
    let thread = thread::spawn(move || waker.wake());
    let deadline = Instant::now() + PATIENCE;
    while !port.wait(PATIENCE).control {
        assert!(Instant::now() < deadline, "the waker was not heard");
    }
    thread.join().expect("waking does not panic");
    assert!(!port.wait(Duration::ZERO).control, "one call ends one wait");
}
