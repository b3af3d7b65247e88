use super::*;
use std::{net::UdpSocket, os::fd::AsRawFd};

fn socket() -> UdpSocket {
    UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound")
}

fn expect_one(receiver: &UdpSocket, bytes: &[u8]) {
    let mut buffer = [0; DATAGRAM_BYTES];
    let length = receiver.recv(&mut buffer).expect("a datagram waits");
    assert_eq!(&buffer[..length], bytes);
}

#[test]
fn what_the_kernel_refuses_does_not_hold_up_the_rest() {
    let (sender, receiver) = (socket(), socket());
    let good = receiver.local_addr().expect("bound");
    let refused = SocketAddr::new(good.ip(), 0);
    for segments in [false, true] {
        let mut queue = SendQueue::new();
        queue.segments = segments;
        let mut counters = Counters::default();
        // Twice around the ring, so that slots are used again.
        for round in 0..2 * SEND_QUEUE_DATAGRAMS / 4 {
            let number = u32::try_from(round).expect("small").to_be_bytes();
            for destination in [refused, good, refused, good] {
                queue.push(&number, destination, None);
            }
            queue.flush(sender.as_raw_fd(), &mut counters);
            for _ in 0..2 {
                expect_one(&receiver, &number);
            }
        }
        assert_eq!(queue.len(), 0);
        assert_eq!(counters.dropped_send_error, SEND_QUEUE_DATAGRAMS as u64);
        let sent = SEND_QUEUE_DATAGRAMS as u64;
        assert_eq!((counters.sent, counters.sent_bytes), (sent, 4 * sent));
    }
}

#[test]
fn order_is_kept_over_several_batches() {
    for segments in [false, true] {
        let (sender, receiver) = (socket(), socket());
        let mut queue = SendQueue::new();
        queue.segments = segments;
        let count = 2 * SEND_BATCH as u8 + 3;
        for number in 0..count {
            queue.push(&[number], receiver.local_addr().expect("bound"), None);
        }
        queue.flush(sender.as_raw_fd(), &mut Counters::default());
        for number in 0..count {
            expect_one(&receiver, &[number]);
        }
    }
}

#[test]
fn a_refused_message_goes_as_datagrams_and_only_once() {
    let (sender, receiver) = (socket(), socket());
    let destination = receiver.local_addr().expect("bound");
    let mut queue = SendQueue::new();
    queue.segments = true;
    for number in 0..5 {
        queue.push(&[number; 10], destination, None);
    }
    let mut counters = Counters::default();
    for (error, segments) in [(libc::EMSGSIZE, true), (libc::EIO, false)] {
        queue.plan();
        assert_eq!(queue.batch.messages(), 1);
        queue.refused_segments(&io::Error::from_raw_os_error(error), &mut counters);
        assert_eq!(queue.segments, segments);
        queue.plan();
        assert_eq!(queue.batch.messages(), 5);
        queue.alone = 0;
    }
    queue.flush(sender.as_raw_fd(), &mut counters);
    for number in 0..5 {
        expect_one(&receiver, &[number; 10]);
    }
    assert_eq!((counters.segments_refused, counters.sent, counters.sent_messages), (2, 5, 5));
}

#[test]
fn what_left_out_of_order_is_neither_lost_nor_sent_twice() {
    let receivers = [socket(), socket()];
    let sender = socket();
    let mut queue = SendQueue::new();
    queue.segments = true;
    let push = |queue: &mut SendQueue, to: usize, number: u8| {
        queue.push(&[number], receivers[to].local_addr().expect("bound"), None);
    };
    let mut counters = Counters::default();
    for round in 0..SEND_QUEUE_DATAGRAMS {
        let number = round as u8;
        for to in [0, 1, 0] {
            push(&mut queue, to, number);
        }
        // The kernel takes the first message, of the first and third datagram, and then has no room.
        queue.plan();
        let (messages, size) = (queue.batch.messages(), queue.batch.size(0));
        assert_eq!((messages, size), (2, 2));
        receivers[1].send_to(&[number; 2], receivers[0].local_addr().expect("bound")).expect("loopback takes it");
        queue.remove(1, &mut counters);
        assert_eq!(queue.len(), 2);
        push(&mut queue, 0, number ^ 0xff);
        queue.flush(sender.as_raw_fd(), &mut counters);
        expect_one(&receivers[0], &[number; 2]);
        expect_one(&receivers[0], &[number ^ 0xff]);
        expect_one(&receivers[1], &[number]);
    }
}
