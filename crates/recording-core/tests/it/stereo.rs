//! Two legs in the two channels of one file.

use crate::rig::{Kept, Recorded, record, voice};
use crate::synthetic::{Random, Relay, Sent, Voice, clicks, tool};
use opus::{Application, Channels, Encoder};
use recording_core::mux::{Container, StereoError, StereoSource, check, write_stereo};
use recording_core::opus_packet;
use std::path::Path;

/// What later is said by this much, µs.
fn later(packets: Vec<Sent>, by_us: u64) -> Vec<Sent> {
    packets.into_iter().map(|sent| Sent { at_us: sent.at_us + by_us, ..sent }).collect()
}

fn at_start(file: &[u8]) -> Vec<StereoSource<&[u8]>> {
    vec![StereoSource { from: file, offset: 0 }]
}

fn merged(left: &[u8], right: &[u8]) -> (u64, Vec<u8>) {
    merged_all(at_start(left), at_start(right))
}

fn merged_all(left: Vec<StereoSource<&[u8]>>, right: Vec<StereoSource<&[u8]>>) -> (u64, Vec<u8>) {
    let mut file = Vec::new();
    let length = write_stereo(left, right, |bytes| {
        file.extend_from_slice(bytes);
        Ok(())
    });
    let checked = check(Container::Ogg, &file[..]).expect("it is sound");
    let length = length.expect("all are sound");
    assert_eq!(checked.duration_ms, length);
    (length, file)
}

/// Both channels, decoded by ffmpeg.
fn listen_to_both(path: &Path) -> [Vec<f32>; 2] {
    let path = path.to_string_lossy();
    let raw = tool("ffmpeg", &["-v", "error", "-i", &path, "-map", "0:a", "-f", "f32le", "-ar", "48000", "-"]);
    let samples: Vec<f32> =
        raw.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect();
    [0, 1].map(|channel| samples.iter().skip(channel).step_by(2).copied().collect())
}

/// Clicks, none of them more than 20 ms (and what the voice path takes, 20 ms) from where they were said.
fn assert_clicks(sound: &[f32], first_us: u64, count: usize) {
    let found = clicks(sound);
    assert_eq!(found.len(), count, "{found:?}");
    for (second, at) in found.iter().enumerate() {
        let said = first_us + second as u64 * 1_000_000;
        assert!(at.abs_diff(said) <= 40_000, "said at {said} us, heard at {at} us");
    }
}

fn leg(voice_of: &Voice, by_us: u64, relay: &Relay) -> Recorded {
    let until = voice_of.seconds * 1_000_000 + by_us + 100_000;
    record(voice(relay.pass(&later(voice_of.packets(), by_us))), None, until)
}

#[test]
fn each_leg_is_heard_in_its_channel_where_it_spoke() {
    let relay = Relay { jitter_us: 30_000, ..Relay::default() };
    let agent = leg(&Voice { seconds: 12, drift_ppm: 100, ..Voice::default() }, 0, &relay);
    let customer =
        leg(&Voice { seconds: 8, dtx: true, drift_ppm: -100, ssrc: 8, ..Voice::default() }, 3_253_000, &relay);
    let (length, file) = merged(&agent.file, &customer.file);
    assert!(length.abs_diff(agent.duration_ms) <= 20, "{length} ms of {}", agent.duration_ms);
    let kept = Kept::new("stereo.ogg", &file);
    let [left, right] = listen_to_both(&kept.0);
    assert_eq!((left.len(), right.len()), (length as usize * 48, length as usize * 48));
    assert_clicks(&left, 500_000, 12);
    assert_clicks(&right, 3_753_000, 8);
}

#[test]
fn a_leg_that_was_cut_off_is_silent_meanwhile_and_stays_in_step() {
    let agent = leg(&Voice::default(), 0, &Relay::default());
    let relay = Relay { cut: 2_000_000..5_007_000, loss: 0.02, seed: 3, ..Relay::default() };
    let customer = leg(&Voice { ssrc: 8, ..Voice::default() }, 0, &relay);
    let kept = Kept::new("cut.ogg", &merged(&agent.file, &customer.file).1);
    let [left, right] = listen_to_both(&kept.0);
    assert_clicks(&left, 500_000, 10);
    let heard = clicks(&right);
    assert!(heard.iter().all(|at| !(2_000_000..5_000_000).contains(at)), "{heard:?}");
    assert!(heard.iter().any(|at| at.abs_diff(5_500_000) <= 40_000), "{heard:?}");
}

#[test]
fn agents_of_a_transferred_call_share_a_channel() {
    let relay = Relay::default();
    let first = leg(&Voice { seconds: 4, ..Voice::default() }, 0, &relay);
    let second = leg(&Voice { seconds: 4, ssrc: 9, ..Voice::default() }, 6_000_000, &relay);
    let customer = leg(&Voice { seconds: 10, ssrc: 8, ..Voice::default() }, 0, &relay);
    let agents = [&first.file, &second.file].map(|file| StereoSource { from: &file[..], offset: 0 });
    let (length, file) = merged_all(agents.into(), at_start(&customer.file));
    assert!(length.abs_diff(customer.duration_ms) <= 20, "{length} ms of {}", customer.duration_ms);
    let kept = Kept::new("transfer.ogg", &file);
    let [left, right] = listen_to_both(&kept.0);
    assert_clicks(&left[..5 * 48_000], 500_000, 4);
    assert_clicks(&left[5 * 48_000..], 1_500_000, 4);
    assert_clicks(&right, 500_000, 10);
}

#[test]
fn a_second_call_stands_behind_the_first() {
    let relay = Relay::default();
    let [first, second] = [1, 2].map(|ssrc| leg(&Voice { seconds: 3, ssrc, ..Voice::default() }, 0, &relay));
    let at = |file, offset| StereoSource { from: file, offset };
    let behind = 5 * 48_000;
    let channel = || vec![at(&first.file[..], 0), at(&second.file[..], behind)];
    let kept = Kept::new("calls.ogg", &merged_all(channel(), channel()).1);
    for sound in listen_to_both(&kept.0) {
        assert_clicks(&sound[..behind as usize], 500_000, 3);
        assert_clicks(&sound[behind as usize..], 500_000, 3);
    }
}

/// An hour with clocks 200 ppm apart, which is 720 ms at the end.
#[test]
#[ignore = "takes a minute; prints how much CPU an hour costs"]
fn an_hour_stays_in_step_and_is_cheap() {
    let relay = Relay::default();
    let [agent, customer] = [(100, 1), (-100, 2)]
        .map(|(drift_ppm, ssrc)| leg(&Voice { seconds: 3_600, drift_ppm, ssrc, ..Voice::default() }, 0, &relay));
    let begun = std::time::Instant::now();
    let (_, file) = merged(&agent.file, &customer.file);
    let took = begun.elapsed();
    println!("an hour of two legs was merged and checked in {took:?}");
    let kept = Kept::new("hour.ogg", &file);
    for sound in listen_to_both(&kept.0) {
        assert_clicks(&sound, 500_000, 3_600);
    }
    assert!(took.as_secs() < 10, "{took:?}");
}

/// A file of these packets alone.
fn file_of(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut writer = ogg::PacketWriter::new(Vec::new());
    let head = b"OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00".to_vec();
    let page_end = ogg::PacketWriteEndInfo::EndPage;
    writer.write_packet(head, 1, page_end, 0).expect("written");
    writer.write_packet(b"OpusTags\0\0\0\0\0\0\0\0".to_vec(), 1, page_end, 0).expect("written");
    let mut end = 0;
    for (at, packet) in packets.iter().enumerate() {
        end += opus_packet::duration(packet).expect("an Opus packet");
        let info = if at + 1 == packets.len() { ogg::PacketWriteEndInfo::EndStream } else { page_end };
        writer.write_packet(packet.clone(), 1, info, end).expect("written");
    }
    writer.into_inner()
}

/// A tone in packets of `ms`.
fn tone(hz: f32, ms: usize, seconds: usize) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(48_000, Channels::Mono, Application::Audio).expect("an encoder");
    encoder.set_bitrate(opus::Bitrate::Bits(48_000)).expect("a valid bitrate");
    let samples = 48 * ms;
    let sound = |at: usize| (std::f32::consts::TAU * hz * at as f32 / 48_000.0).sin() * 0.5;
    (0..seconds * 48_000 / samples)
        .map(|packet| {
            let frame: Vec<f32> = (packet * samples..(packet + 1) * samples).map(sound).collect();
            encoder.encode_vec_float(&frame, 1_275).expect("encoded")
        })
        .collect()
}

/// How strong a frequency is in a sound.
fn strength(sound: &[f32], hz: f32) -> f32 {
    let k = 2.0 * (std::f32::consts::TAU * hz / 48_000.0).cos();
    let (before, last) = sound.iter().fold((0.0, 0.0), |(before, last), sample| (last, sample + k * last - before));
    2.0 * (before * before + last * last - k * before * last).max(0.0).sqrt() / sound.len() as f32
}

#[test]
fn packets_of_ten_and_of_forty_milliseconds_become_slots_of_twenty() {
    for (left_ms, right_ms) in [(10, 40), (40, 10), (20, 60), (20, 20)] {
        let (left, right) = (file_of(&tone(440.0, left_ms, 3)), file_of(&tone(1_000.0, right_ms, 3)));
        let kept = Kept::new("lengths.ogg", &merged(&left, &right).1);
        let [left, right] = listen_to_both(&kept.0);
        let middle = 48_000..96_000;
        for (sound, own, other) in [(&left, 440.0, 1_000.0), (&right, 1_000.0, 440.0)] {
            let (own, other) = (strength(&sound[middle.clone()], own), strength(&sound[middle.clone()], other));
            assert!(own > 0.4 && other < 0.01, "{left_ms} and {right_ms} ms: {own} and {other}");
        }
    }
}

#[test]
fn what_cannot_be_put_into_slots_or_is_damaged_is_named() {
    let (good, short) = (file_of(&tone(440.0, 20, 1)), file_of(&tone(440.0, 5, 1)));
    let refused = write_stereo(at_start(&good), at_start(&short), |_| Ok(()));
    assert!(matches!(refused, Err(StereoError::Frames(240))), "{refused:?}");
    let mut damaged = good.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let refused = write_stereo(at_start(&good), at_start(&damaged), |_| Ok(()));
    assert!(matches!(refused, Err(StereoError::Unsound(_))), "{refused:?}");
    let full = write_stereo(at_start(&good), at_start(&good), |_| Err(std::io::ErrorKind::StorageFull.into()));
    assert!(matches!(full, Err(StereoError::Write(_))), "{full:?}");
}

#[test]
fn frames_are_those_that_libopus_finds() {
    let mut random = Random(0x5eed);
    for ms in [10, 20] {
        for packet in &tone(440.0, ms, 1) {
            assert_eq!(
                opus_packet::frames(packet).expect("frames"),
                opus::packet::parse(packet).expect("frames").frames
            );
        }
        for group in tone(440.0, ms, 2).chunks(3) {
            let parts: Vec<&[u8]> = group.iter().map(Vec::as_slice).collect();
            let mut joined = vec![0; 4_000];
            let mut repacketizer = opus::Repacketizer::new().expect("a repacketizer");
            let length = repacketizer.combine(&parts, &mut joined).expect("joined");
            joined.truncate(length);
            let expected = opus::packet::parse(&joined).expect("frames").frames;
            assert_eq!(opus_packet::frames(&joined).expect("frames"), expected);
        }
    }
    for _ in 0..20_000 {
        let packet: Vec<u8> = (0..random.next() % 40).map(|_| random.next() as u8).collect();
        let ours = opus_packet::frames(&packet).ok();
        let theirs = opus::packet::parse(&packet).ok().map(|parsed| parsed.frames);
        assert_eq!(ours, theirs, "{packet:02x?}");
    }
}
