use crate::{PATIENCE, turns};
use netio::{Port, Protocol, Transmit, limits};
use std::{
    net::{SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

/// A port with segments on, and sockets to send to; `None` where the machine has no such addresses or kernel.
fn segmenting(bind: &str, clients: &str) -> Option<(Port, Vec<UdpSocket>)> {
    let mut port = match Port::bind(bind.parse().expect("valid")) {
        Ok(port) => port,
        Err(error) => {
            eprintln!("this machine has no {bind}: {error}");
            return None;
        }
    };
    if !port.segment() {
        eprintln!("this kernel cannot cut messages into datagrams");
        return None;
    }
    let client = |_| {
        let socket = UdpSocket::bind(clients).expect("loopback can be bound");
        socket.set_read_timeout(Some(PATIENCE)).expect("settable");
        socket
    };
    Some((port, (0..3).map(client).collect()))
}

/// Frames and single packets to three legs, mixed as they are when several callers' packets come in one turn.
fn mixed_traffic() -> Vec<(usize, usize)> {
    let mut traffic = Vec::new();
    for round in 0..40 {
        // To the first a frame with a short end, to the second packets of all lengths, to the third audio.
        traffic.extend([(0, 1200), (1, 100 + 30 * round), (0, 1200), (2, 98), (0, 1200), (1, 1100), (0, 311)]);
        traffic.push((round % 3, if round % 2 == 0 { limits::DATAGRAM_BYTES } else { 1 }));
    }
    traffic
}

fn bytes_of(number: usize, length: usize) -> Vec<u8> {
    (0..length).map(|at| (number * 7 + at) as u8).collect()
}

/// Sends the traffic and checks that each socket gets its part, unchanged and in order.
fn arrives_as_queued(bind: &str, clients: &str, source: Option<&str>) {
    let Some((mut port, clients)) = segmenting(bind, clients) else { return };
    let own = port.local_addr();
    let source = source.map_or(own, |ip| SocketAddr::new(ip.parse().expect("valid"), own.port()));
    let destinations: Vec<_> = clients.iter().map(|client| client.local_addr().expect("bound")).collect();
    let traffic = mixed_traffic();
    let numbered: Vec<_> =
        traffic.iter().enumerate().map(|(number, &(to, length))| (to, bytes_of(number, length))).collect();
    // More than leaves with one system call, less than a socket's buffer holds.
    for part in numbered.chunks(100) {
        for (to, bytes) in part {
            port.queue(Transmit { protocol: Protocol::Udp, source, destination: destinations[*to], bytes });
        }
        port.flush();
        for (to, client) in clients.iter().enumerate() {
            for (_, bytes) in part.iter().filter(|(own, _)| *own == to) {
                let mut buffer = [0; 2 * limits::DATAGRAM_BYTES];
                let (got, from) = client.recv_from(&mut buffer).expect("each datagram comes");
                assert!(buffer[..got] == bytes[..], "{got} bytes came instead of {}", bytes.len());
                assert_eq!(from, source);
            }
        }
    }
    let counters = port.take_counters();
    assert_eq!(counters.sent, traffic.len() as u64);
    assert!(counters.sent_messages < counters.sent * 3 / 4, "frames share messages: {counters:?}");
    assert_eq!((counters.segments_refused, counters.dropped_send_error), (0, 0));
}

#[test]
fn segments_arrive_as_queued_over_ipv4() {
    arrives_as_queued("127.0.0.1:0", "127.0.0.1:0", None);
}

#[test]
fn segments_arrive_as_queued_over_ipv6() {
    arrives_as_queued("[::1]:0", "[::1]:0", None);
}

#[test]
fn segments_leave_from_the_address_that_was_chosen() {
    arrives_as_queued("0.0.0.0:0", "127.0.0.1:0", Some("127.0.0.2"));
    arrives_as_queued("[::]:0", "[::1]:0", Some("::1"));
}

#[test]
fn a_path_that_refuses_a_message_gets_its_datagrams_dropped_alone() {
    let Some((mut port, clients)) = segmenting("127.0.0.1:0", "127.0.0.1:0") else { return };
    let source = port.local_addr();
    let good = clients[0].local_addr().expect("bound");
    // The system sends nothing to port 0.
    let refused = SocketAddr::new(good.ip(), 0);
    for _ in 0..3 {
        for destination in [refused, good] {
            port.queue(Transmit { protocol: Protocol::Udp, source, destination, bytes: &[5; 900] });
        }
    }
    port.flush();
    for _ in 0..3 {
        assert_eq!(clients[0].recv(&mut [0; 1000]).expect("it comes"), 900);
    }
    let counters = port.take_counters();
    assert_eq!((counters.segments_refused, counters.dropped_send_error, counters.sent), (1, 3, 3));
}

#[test]
fn a_quiet_port_never_waits_for_more() {
    let mut port = crate::loopback_port();
    port.coalesce(limits::COALESCE);
    let client = UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound");
    for _ in 0..20 {
        let quiet_until = Instant::now() + Duration::from_millis(3);
        while Instant::now() < quiet_until {
            port.wait(Duration::from_millis(3));
            port.receive(&mut |_| panic!("nobody sends"));
        }
        client.send_to(b"one", port.local_addr()).expect("loopback takes it");
        assert_eq!(turns(&mut port, |_, arrived| !arrived.is_empty()).len(), 1);
    }
    assert_eq!(port.take_counters().coalesced_turns, 0);
}

#[test]
fn a_busy_port_takes_several_in_a_turn_and_loses_none() {
    let mut port = crate::loopback_port();
    port.coalesce(limits::COALESCE);
    let client = UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound");
    let (mut sent, mut waited) = (0, 0);
    let arrived = turns(&mut port, |port, arrived| {
        waited += port.take_counters().coalesced_turns;
        if waited < 50 {
            for _ in 0..20 {
                client.send_to(&[1; 100], port.local_addr()).expect("loopback takes it");
            }
            sent += 20;
        }
        waited >= 50 && arrived.len() == sent
    });
    assert_eq!(arrived.len(), sent);
}
