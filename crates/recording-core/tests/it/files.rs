//! Files of every kind play, live and finished, whole and cut.

use crate::rig::{Kept, finish, picture, record, voice};
use crate::synthetic::{Pictures, Relay, Voice, camera, clicks, listen, probe, watch};
use model::Codec;
use recording_core::mux::{Container, LiveIndex, check};
use recording_core::timeline::GapCause;

fn call(pictures: Pictures, seconds: u64) -> crate::rig::Recorded {
    let relay = Relay { jitter_us: 20_000, ..Relay::default() };
    let mut packets = voice(relay.pass(&Voice { seconds, ..Voice::default() }.packets()));
    packets.extend(picture(relay.pass(&camera(pictures, "320x240", seconds - 3, 3_000_000, 5))));
    let codec = if pictures == Pictures::Vp8 { Codec::Vp8 } else { Codec::H264 };
    record(packets, Some(codec), seconds * 1_000_000 + 100_000)
}

#[test]
fn sound_alone_becomes_an_ogg_file_of_exact_length() {
    let relay = Relay { jitter_us: 30_000, ..Relay::default() };
    let recorded = record(voice(relay.pass(&Voice::default().packets())), None, 10_100_000);
    assert_eq!((recorded.container, recorded.duration_ms), (Container::Ogg, 10_100));
    let file = Kept::new("sound.ogg", &recorded.file);
    assert!(probe(&file.0, "format=duration").contains("duration=10.100"));
    assert_eq!(clicks(&listen(&file.0)).len(), 10);
    let live = Kept::new("sound-live.webm", &recorded.parts[0]);
    assert_eq!(clicks(&listen(&live.0)).len(), 10, "the live file plays as it is");
}

#[test]
fn the_ogg_crate_reads_the_same_packets() {
    let recorded = record(voice(Relay::default().pass(&Voice::default().packets())), None, 10_100_000);
    let mut reader = ogg::PacketReader::new(std::io::Cursor::new(&recorded.file));
    let mut packets = 0;
    while let Some(packet) = reader.read_packet().expect("valid Ogg") {
        packets += 1;
        if packet.last_in_stream() {
            assert_eq!(packet.absgp_page(), 484_800);
        }
    }
    assert_eq!(packets, 2 + recorded.checked.audio_packets);
}

#[test]
fn a_camera_that_comes_later_becomes_webm_in_step_with_the_sound() {
    let recorded = call(Pictures::Vp8, 8);
    assert_eq!((recorded.container, recorded.parts.len()), (Container::Webm, 2));
    let file = Kept::new("vp8.webm", &recorded.file);
    let said = probe(&file.0, "format=duration:stream=codec_name,width,height,start_time,nb_read_packets");
    for expected in ["codec_name=vp8", "width=320", "codec_name=opus", "start_time=3.00", "duration=8.1"] {
        assert!(said.contains(expected), "{expected} in {said}");
    }
    assert_eq!(watch(&file.0), 50);
    assert_eq!(clicks(&listen(&file.0)).len(), 8);
}

#[test]
fn h264_becomes_mp4_with_duration_and_index() {
    let recorded = call(Pictures::H264, 8);
    assert_eq!(recorded.container, Container::Mp4);
    let file = Kept::new("h264.mp4", &recorded.file);
    let said = probe(&file.0, "format=duration:stream=codec_name,codec_tag_string,start_time,nb_read_packets");
    for expected in ["codec_name=h264", "codec_tag_string=avc1", "codec_name=opus", "start_time=3.00", "duration=8.1"] {
        assert!(said.contains(expected), "{expected} in {said}");
    }
    assert_eq!(watch(&file.0), 50);
    assert_eq!(clicks(&listen(&file.0)).len(), 8);
    let live = Kept::new("h264-live.mkv", &recorded.parts[1]);
    assert!(watch(&live.0) >= 49, "the live file plays as it is");
}

#[test]
fn winding_finds_a_picture_and_sound_anywhere() {
    for (pictures, name) in [(Pictures::Vp8, "wind.webm"), (Pictures::H264, "wind.mp4")] {
        let file = Kept::new(name, &call(pictures, 10).file);
        let path = file.0.to_string_lossy();
        for map in ["0:v", "0:a"] {
            let arguments = ["-v", "error", "-ss", "7.5", "-i", &path, "-t", "1", "-map", map, "-f", "framemd5", "-"];
            let list = String::from_utf8(crate::synthetic::tool("ffmpeg", &arguments)).expect("text");
            assert!(list.lines().filter(|line| !line.starts_with('#')).count() >= 10, "{name} {map}: {list}");
        }
    }
}

#[test]
fn a_change_of_picture_size_does_not_end_the_picture() {
    for (pictures, name) in [(Pictures::Vp8, "turn.webm"), (Pictures::H264, "turn.mp4")] {
        let relay = Relay::default();
        let mut packets = voice(relay.pass(&Voice { seconds: 6, ..Voice::default() }.packets()));
        let mut pictures_sent = camera(pictures, "320x240", 3, 0, 5);
        let next = pictures_sent.last().expect("pictures").packet.sequence + 1;
        pictures_sent.extend(camera(pictures, "240x320", 3, 3_000_000, next));
        packets.extend(picture(relay.pass(&pictures_sent)));
        let codec = if pictures == Pictures::Vp8 { Codec::Vp8 } else { Codec::H264 };
        let recorded = record(packets, Some(codec), 6_000_000);
        let file = Kept::new(name, &recorded.file);
        assert_eq!(watch(&file.0), 60, "{name}");
        if pictures == Pictures::H264 {
            assert!(probe(&file.0, "stream=codec_tag_string").contains("avc3"), "the new size stands among the frames");
        }
    }
}

#[test]
fn after_a_loss_the_picture_waits_for_a_keyframe_and_asks_for_it() {
    let mut sent = camera(Pictures::Vp8, "320x240", 4, 0, 5);
    // The first packet of the 16th picture, in the middle between two keyframes.
    let lost = sent.iter().position(|sent| sent.at_us == 1_500_000).expect("a picture each 100 ms");
    sent.remove(lost);
    let recorded = record(picture(Relay::default().pass(&sent)), Some(Codec::Vp8), 4_000_000);
    let file = Kept::new("loss.webm", &recorded.file);
    assert_eq!(watch(&file.0), 35, "five pictures until the next keyframe are left out");
    assert!(recorded.wishes >= 1);
    let gap = recorded.gaps.iter().find(|gap| gap.video && gap.cause == GapCause::Lost).expect("a stated gap");
    assert!(gap.start_ms.abs_diff(1_400) < 20 && gap.duration_ms.abs_diff(600) < 20, "{gap:?}");
}

#[test]
fn a_live_file_cut_anywhere_gives_a_sound_file_of_what_was_whole() {
    let recorded = call(Pictures::Vp8, 6);
    let (first, second) = (&recorded.parts[0], &recorded.parts[1]);
    let mut last_ms = 0;
    for cut in (0..second.len()).step_by(second.len() / 97) {
        let (container, duration_ms, file) =
            finish(&[first.clone(), second[..cut].to_vec()]).expect("the first part is whole");
        check(container, &file[..]).unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        assert!(duration_ms >= last_ms, "a longer live file gives no shorter file");
        last_ms = duration_ms;
    }
    for cut in (0..first.len()).step_by(first.len() / 61) {
        if let Some((container, _, file)) = finish(&[first[..cut].to_vec()]) {
            check(container, &file[..]).unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        }
    }
}

#[test]
fn a_damaged_cluster_and_a_tail_of_zeros_are_cut_off() {
    let recorded = record(voice(Relay::default().pass(&Voice::default().packets())), None, 10_100_000);
    let mut damaged = recorded.parts[0].clone();
    let at = damaged.len() * 3 / 4;
    damaged[at] ^= 0x40;
    let (_, duration_ms, _) = finish(&[damaged]).expect("most is whole");
    assert!((6_000..8_000).contains(&duration_ms), "{duration_ms} ms");
    let mut zeros = recorded.parts[0].clone();
    zeros.extend([0; 4_096]);
    let mut index = LiveIndex::default();
    index.add_part(&zeros[..]).expect("memory can be read");
    assert_eq!(index.torn_bytes(), 4_096);
    assert_eq!(finish(&[zeros]).map(|(_, duration_ms, _)| duration_ms), Some(10_100));
}

#[test]
fn the_check_finds_every_changed_byte_of_an_ogg_file_and_every_cut() {
    let voice_packets = voice(Relay::default().pass(&Voice { seconds: 2, ..Voice::default() }.packets()));
    let file = record(voice_packets, None, 2_100_000).file;
    for at in (0..file.len()).step_by(41) {
        let mut changed = file.clone();
        changed[at] ^= 1;
        assert!(check(Container::Ogg, &changed[..]).is_err(), "byte {at}");
        assert!(check(Container::Ogg, &file[..at]).is_err(), "cut at {at}");
    }
    for pictures in [Pictures::Vp8, Pictures::H264] {
        let recorded = call(pictures, 4);
        for cut in (0..recorded.file.len()).step_by(1_013) {
            assert!(check(recorded.container, &recorded.file[..cut]).is_err(), "{pictures:?} cut at {cut}");
        }
    }
}
