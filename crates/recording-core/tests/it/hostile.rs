//! Whatever bytes come, parsers say no; they never panic and never take more memory than what is there.

use crate::rig::{finish, record, voice};
use crate::synthetic::{EPOCH, Random, Relay, Voice};
use bytes::Bytes;
use model::{Codec, MediaTime};
use proptest::prelude::*;
use recording_core::mux::{Container, check};
use recording_core::segment::Manifest;
use recording_core::timeline::Packet;
use recording_core::{Assembler, BlockTrack, depacketise, opus_packet};

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn parsers_take_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = opus_packet::duration(&bytes);
        let _ = depacketise::payload_descriptor_length(&bytes);
        let _ = depacketise::picture_size(&bytes);
        prop_assert!(Manifest::parse(&bytes).is_err());
        for container in [Container::Ogg, Container::Webm, Container::Mp4] {
            prop_assert!(check(container, &bytes[..]).is_err());
        }
        prop_assert!(finish(&[bytes]).is_none());
    }

    /// Packets with any numbers and payloads: blocks stay in order and the sound has no hole.
    #[test]
    fn a_track_takes_any_packets(
        packets in proptest::collection::vec(
            (0u64..3_000_000, 0u32..3, any::<u32>(), 0u64..200, any::<bool>(),
                proptest::collection::vec(any::<u8>(), 0..60)),
            0..200,
        ),
        codec in prop_oneof![Just(Codec::Vp8), Just(Codec::H264)],
    ) {
        let mut assembler = Assembler::new(EPOCH, true, Some(codec));
        let mut now = EPOCH.0 - 500_000;
        for (after_us, ssrc, rtp_time, sequence, marker, payload) in packets {
            now += after_us / 10;
            let arrival = MediaTime(now);
            let packet = Packet { arrival, ssrc, rtp_time, sequence, marker, payload: Bytes::from(payload) };
            assembler.push(BlockTrack::Audio, packet.clone());
            assembler.push(BlockTrack::Video, packet);
            assembler.advance(arrival);
        }
        assembler.finish(MediaTime(now));
        let mut end_us = 0;
        for block in assembler.take_blocks().iter().filter(|block| block.track == BlockTrack::Audio) {
            prop_assert!(block.place_us.abs_diff(end_us) <= 1, "{} after {end_us}", block.place_us);
            end_us = block.place_us + opus_packet::duration(&block.payload).expect("valid") * 1_000 / 48;
        }
    }
}

#[test]
fn changed_live_files_and_finished_files_never_panic() {
    let recorded =
        record(voice(Relay::default().pass(&Voice { seconds: 2, ..Voice::default() }.packets())), None, 2_100_000);
    let mut random = Random(4_711);
    for _ in 0..2_000 {
        let mut part = recorded.parts[0].clone();
        let mut file = recorded.file.clone();
        for _ in 0..1 + random.next() % 4 {
            let at = random.next() as usize % part.len().min(900);
            part[at] = random.next() as u8;
            let at = random.next() as usize % file.len();
            file[at] = random.next() as u8;
        }
        if let Some((container, _, made)) = finish(&[part]) {
            check(container, &made[..]).expect("what is made is sound");
        }
        let _ = check(Container::Ogg, &file[..]);
    }
}
