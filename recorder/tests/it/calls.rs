//! Whole calls: from tap frames to files that people play.

use crate::synthetic::{Pictures, Relay, Voice, camera, clicks, listen, probe, watch};
use crate::world::{assert_clean, files, keys, plain, segment, send_all, start, stop, wait_finished, wait_for};
use model::{Codec, RecordingMedia, TrackKind};
use wire::recorder::{Command, Event};

const SECONDS: u64 = 6;

fn voice() -> (TrackKind, Codec, Vec<recording_core::timeline::Packet>) {
    let packets = Relay::default().pass(&Voice { seconds: SECONDS, ..Voice::default() }.packets());
    (TrackKind::Audio, Codec::Opus, packets)
}

fn video(track: TrackKind, codec: Codec) -> (TrackKind, Codec, Vec<recording_core::timeline::Packet>) {
    let pictures = if codec == Codec::Vp8 { Pictures::Vp8 } else { Pictures::H264 };
    let packets = Relay::default().pass(&camera(pictures, "320x240", SECONDS - 2, 2_000_000, 9));
    (track, codec, packets)
}

#[test]
fn a_voice_becomes_an_ogg_file_under_its_download_name() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let leg = segment(1, RecordingMedia::Audio);
    send_all(&recorder, &leg, &[voice()]);
    wait_for(&mut recorder, |event| (*event == Event::Started { segment: leg.segment }).then_some(()));
    stop(&recorder, &leg);
    let file = wait_finished(&mut recorder, false);
    assert_eq!((file.mime.as_str(), file.media, file.recovered), ("audio/ogg", RecordingMedia::Audio, false));
    assert_eq!(file.file_name, "00000000-0000-0000-0000-000000000002_Ana-Lópe-z_Kim_20261118110640.ogg");
    let path = plain(dir.path(), &file.path);
    assert_eq!(std::fs::metadata(&path).expect("the file is there").len(), file.bytes);
    assert_eq!(clicks(&listen(&path)).len(), SECONDS as usize);
    assert!(file.duration_ms >= SECONDS * 1_000 && file.gaps_ms == 0, "{file:?}");
    recorder.shutdown();
    assert_clean(dir.path());
    assert_eq!(files(dir.path()).len(), 2, "the file and its manifest are all that is left");
}

#[test]
fn camera_and_screen_become_two_files_in_step() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let leg = segment(1, RecordingMedia::AudioAndVideo);
    let tracks = [voice(), video(TrackKind::Camera, Codec::Vp8), video(TrackKind::Screen, Codec::H264)];
    send_all(&recorder, &leg, &tracks);
    stop(&recorder, &leg);
    let main = wait_finished(&mut recorder, false);
    let screen = wait_finished(&mut recorder, true);
    assert_eq!((main.mime.as_str(), screen.mime.as_str()), ("video/webm", "video/mp4"));
    assert!(screen.path.ends_with("-screen.mp4") && screen.file_name.ends_with("-screen.mp4"), "{screen:?}");
    for file in [&main, &screen] {
        let path = plain(dir.path(), &file.path);
        assert_eq!(watch(&path), 10 * (SECONDS - 2));
        assert!(probe(&path, "stream=start_time").contains("start_time=2.00"), "two seconds after the epoch");
    }
    recorder.shutdown();
    assert_clean(dir.path());
}

#[test]
fn a_codec_that_changes_in_mid_call_gets_its_own_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let leg = segment(1, RecordingMedia::AudioAndVideo);
    let (_, _, mut later) = video(TrackKind::Camera, Codec::H264);
    for packet in &mut later {
        packet.arrival.0 += 4_000_000;
        packet.ssrc += 1;
    }
    let tracks = [voice(), video(TrackKind::Camera, Codec::Vp8), (TrackKind::Camera, Codec::H264, later)];
    send_all(&recorder, &leg, &tracks);
    stop(&recorder, &leg);
    assert_eq!(wait_finished(&mut recorder, false).mime, "video/webm");
    recorder.shutdown();
    assert_clean(dir.path());
    let again = files(dir.path()).into_iter().find(|path| path.to_string_lossy().ends_with("-camera-h264.mp4"));
    assert_eq!(watch(&plain(dir.path(), again.expect("a file of its own"))), 40);
}

#[test]
fn pictures_are_not_kept_where_only_voices_are_recorded() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let leg = segment(1, RecordingMedia::Audio);
    send_all(&recorder, &leg, &[voice(), video(TrackKind::Camera, Codec::Vp8), video(TrackKind::Screen, Codec::Vp8)]);
    stop(&recorder, &leg);
    assert_eq!(wait_finished(&mut recorder, false).mime, "audio/ogg");
    recorder.shutdown();
    assert_eq!(files(dir.path()).len(), 2);
}

#[test]
fn repeated_commands_are_harmless() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let leg = segment(1, RecordingMedia::Audio);
    send_all(&recorder, &leg, &[voice()]);
    recorder.commands.send(Command::Start(Box::new(leg.clone()))).expect("room for a command");
    stop(&recorder, &leg);
    stop(&recorder, &leg);
    let first = wait_finished(&mut recorder, false);
    recorder.commands.send(Command::Start(Box::new(leg.clone()))).expect("room for a command");
    assert_eq!(wait_finished(&mut recorder, false), first, "a finished segment is told again, not written again");
    for _ in 0..2 {
        recorder.commands.send(Command::Delete { segment: leg.segment }).expect("room for a command");
        wait_for(&mut recorder, |event| (*event == Event::Deleted { segment: leg.segment }).then_some(()));
    }
    recorder.shutdown();
    assert_clean(dir.path());
    let left = files(dir.path());
    assert!(left.len() == 1 && left[0].extension().is_some_and(|extension| extension == "json"), "{left:?}");
}

#[test]
fn a_video_without_a_keyframe_asks_for_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let leg = segment(1, RecordingMedia::AudioAndVideo);
    let (track, codec, packets) = video(TrackKind::Camera, Codec::Vp8);
    // From the second picture on; the next keyframe is 900 ms away.
    let second = crate::synthetic::EPOCH.0 + 2_050_000;
    let without_first: Vec<_> = packets.into_iter().filter(|packet| packet.arrival.0 > second).collect();
    send_all(&recorder, &leg, &[(track, codec, without_first)]);
    let wish = Event::KeyframeNeeded { leg: leg.leg, track: TrackKind::Camera };
    wait_for(&mut recorder, |event| (*event == wish).then_some(()));
    recorder.shutdown();
}

#[test]
fn two_recorders_do_not_share_a_folder() {
    let dir = tempfile::tempdir().expect("a folder");
    let recorder = start(dir.path());
    let refused = recorder::start(recorder::RecorderConfig::new(dir.path()));
    assert!(matches!(refused, Err(recorder::StartError::InUse(_))), "{refused:?}");
    assert!(matches!(recorder::recover(dir.path(), &keys(dir.path())), Err(recorder::RecoverError::InUse(_))));
    recorder.shutdown();
    start(dir.path()).shutdown();
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("a-file");
    std::fs::write(&file, b"in the way").expect("writable");
    let refused = recorder::start(recorder::RecorderConfig::new(&file));
    let text = refused.expect_err("a file is no folder").to_string();
    assert!(text.contains(&*file.to_string_lossy()), "{text}");
}

#[test]
fn a_shutdown_in_mid_call_completes_the_file_and_the_next_start_tells_of_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let recorder = start(dir.path());
    let leg = segment(1, RecordingMedia::Audio);
    send_all(&recorder, &leg, &[voice()]);
    recorder.shutdown();
    assert_clean(dir.path());
    let mut recorder = start(dir.path());
    let file = wait_finished(&mut recorder, false);
    assert!(file.recovered && file.segment == leg.segment, "the leg is to be recorded on: {file:?}");
    assert_eq!(clicks(&listen(&plain(dir.path(), &file.path))).len(), SECONDS as usize);
    recorder.shutdown();
}

#[test]
fn recordings_that_end_at_one_moment_have_one_length() {
    const LEGS: u128 = 400;
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let legs: Vec<_> = (1..=LEGS).map(|number| segment(number, RecordingMedia::Audio)).collect();
    let (track, codec, packets) = voice();
    for leg in &legs {
        send_all(&recorder, leg, &[(track, codec, packets[..1].to_vec())]);
    }
    for _ in &legs {
        wait_for(&mut recorder, |event| matches!(event, Event::Started { .. }).then_some(()));
    }
    legs.iter().for_each(|leg| stop(&recorder, leg));
    let lengths: Vec<u64> = legs.iter().map(|_| wait_finished(&mut recorder, false).duration_ms).collect();
    let (least, most) = (lengths.iter().min().expect("some"), lengths.iter().max().expect("some"));
    assert!(most - least < 300, "{least} to {most} ms");
    recorder.shutdown();
    assert_clean(dir.path());
}

#[test]
fn nothing_of_a_pause_reaches_the_file_and_the_manifest_states_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    // The recorder's clock follows the frames: what is sent at once is the past, so a pause begins where they end.
    let leg = segment(1, RecordingMedia::Audio);
    send_all(&recorder, &leg, &[voice()]);
    wait_for(&mut recorder, |event| (*event == Event::Started { segment: leg.segment }).then_some(()));
    recorder.commands.send(Command::SetPaused { segment: leg.segment, paused: true }).expect("room");
    let (track, codec, mut later) = voice();
    for packet in &mut later {
        packet.arrival.0 += SECONDS * 1_000_000;
        packet.rtp_time = packet.rtp_time.wrapping_add(SECONDS as u32 * 48_000);
        packet.sequence += SECONDS * 50;
    }
    for packet in &later {
        assert!(recorder.taps.try_send(crate::world::frame(&leg, track, codec, packet)));
    }
    stop(&recorder, &leg);
    let file = wait_finished(&mut recorder, false);
    assert_eq!(clicks(&listen(&plain(dir.path(), &file.path))).len(), SECONDS as usize);
    assert_eq!(file.gaps_ms, 0, "nothing was lost");
    recorder.shutdown();
    let manifest = files(dir.path()).into_iter().find(|path| path.extension().is_some_and(|end| end == "json"));
    let manifest = std::fs::read(manifest.expect("a manifest")).expect("read");
    let manifest = recording_core::segment::Manifest::parse(&manifest).expect("whole");
    let paused = manifest.gaps.iter().find(|gap| gap.cause == recording_core::timeline::GapCause::Paused);
    assert!(paused.is_some_and(|gap| gap.start_ms.abs_diff(SECONDS * 1_000) < 500), "{:?}", manifest.gaps);
}

#[test]
fn a_leg_of_which_nothing_but_silence_comes_is_told_of_until_sound_comes() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let leg = segment(1, RecordingMedia::Audio);
    let (track, codec, packets) = voice();
    send_all(&recorder, &leg, &[(track, codec, packets.clone())]);
    let last = packets.last().expect("packets").clone();
    let later = |seconds: u64, payload: &'static [u8]| {
        let mut packet = last.clone();
        packet.arrival.0 += seconds * 1_000_000;
        packet.rtp_time = packet.rtp_time.wrapping_add(seconds as u32 * 48_000);
        packet.sequence += seconds;
        packet.payload = bytes::Bytes::from_static(payload);
        crate::world::frame(&leg, track, codec, &packet)
    };
    // A frame of 20 ms without sound, as senders make it who speak all the time.
    let quiet: &[u8] = &[0xf8, 0xff, 0xfe];
    assert!(recorder.taps.try_send(later(11, quiet)));
    let told = |event: &Event| match event {
        Event::Silent { segment, leg: of, silent } if *segment == leg.segment && *of == leg.leg => Some(*silent),
        _ => None,
    };
    assert!(wait_for(&mut recorder, told));
    recorder.commands.send(Command::Start(Box::new(leg.clone()))).expect("room");
    assert!(wait_for(&mut recorder, told), "whoever asks again hears it again");
    assert!(recorder.taps.try_send(later(12, &[0xf8, 1, 2, 3, 4, 5, 6, 7])));
    assert!(!wait_for(&mut recorder, told), "it is heard again");
    stop(&recorder, &leg);
    wait_finished(&mut recorder, false);
    recorder.shutdown();
}
