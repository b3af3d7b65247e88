//! Tapped tracks reach the recorder; what does not is counted.

use crate::rig::{Authority, anywhere, dial, listen, soon, until_free};
use bytes::Bytes;
use link::{Listening, Node, receive_taps, send_taps};
use model::{Codec, LegId, MediaTime, TrackKind};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::mpsc;
use wire::link::Role;
use wire::tap::{TapFrame, TapPacket};

fn frame(leg: u128, track: TrackKind, sequence: u64) -> TapFrame {
    TapFrame {
        leg: LegId::of(leg),
        track,
        codec: if track == TrackKind::Audio { Codec::Opus } else { Codec::Vp8 },
        arrival: MediaTime(1_000_000 + sequence),
        ssrc: 7,
        rtp_time: 960 * sequence as u32,
        sequence,
        marker: sequence.is_multiple_of(3),
        payload: Bytes::from(vec![sequence as u8; 80 + (sequence % 1_000) as usize]),
    }
}

fn recorder(node: &Node, at: SocketAddr) -> (mpsc::UnboundedReceiver<TapPacket>, Listening, SocketAddr) {
    let listener = listen(node, at);
    let address = listener.local_addr();
    let ([line], listening) = listener.serve([Role::Engine]);
    let (deliver, delivered) = mpsc::unbounded_channel();
    receive_taps(line, Arc::new(move |packet| drop(deliver.send(packet))));
    (delivered, listening, address)
}

#[tokio::test]
async fn each_track_arrives_whole_and_in_order() {
    let authority = Authority::new();
    let (mut delivered, _listening, address) = recorder(&authority.node(Role::Recorder), anywhere());
    let line = dial(&authority.node(Role::Engine), Role::Recorder, address);
    let mut state = line.state();
    let taps = send_taps(line);
    crate::rig::until_up(&mut state).await;
    let tracks = [(1, TrackKind::Audio), (1, TrackKind::Camera), (2, TrackKind::Audio)];
    let mut expected = [0_u64; 3];
    for round in 0..50 {
        for sequence in round * 10..round * 10 + 10 {
            for (leg, track) in tracks {
                assert!(taps.send(frame(leg, track, sequence)), "there is room");
            }
        }
        for _ in 0..30 {
            let packet = soon("a packet", delivered.recv()).await.expect("the recorder lives");
            let own = (packet.frame.leg.0.as_u128(), packet.frame.track);
            let at = tracks.iter().position(|track| *track == own).expect("a track of ours");
            assert_eq!(packet, TapPacket { dropped: 0, frame: frame(own.0, own.1, expected[at]) });
            expected[at] += 1;
        }
    }
    assert_eq!((expected, taps.dropped()), ([500; 3], 0));
}

#[tokio::test]
async fn what_a_recorder_misses_while_it_is_away_is_told_to_it_when_it_is_back() {
    let authority = Authority::new();
    let node = authority.node(Role::Recorder);
    let (_, listening, address) = recorder(&node, anywhere());
    listening.close().await;
    until_free(address).await;
    let line = dial(&authority.node(Role::Engine), Role::Recorder, address);
    let mut state = line.state();
    let taps = send_taps(line);
    for sequence in 0..5 {
        taps.send(frame(1, TrackKind::Audio, sequence));
    }
    let lost = async {
        while taps.dropped() < 5 {
            tokio::task::yield_now().await;
        }
    };
    soon("five lost frames", lost).await;
    let (mut delivered, _listening, _) = recorder(&node, address);
    crate::rig::until_up(&mut state).await;
    // The connection is there a moment before the taps have taken it: what comes in between is lost and counted too.
    let mut sent = 5;
    let first = loop {
        taps.send(frame(1, TrackKind::Audio, sent));
        sent += 1;
        tokio::select! {
            packet = delivered.recv() => break packet.expect("the recorder lives"),
            () = tokio::time::sleep(std::time::Duration::from_millis(20)) => {}
        }
    };
    assert!(first.dropped >= 5);
    assert_eq!(u64::from(first.dropped), first.frame.sequence, "all before it are accounted for");
}
