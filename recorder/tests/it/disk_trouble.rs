//! A disk that refuses: the call goes on, the loss is stated, and recording goes on when it can.

use crate::synthetic::{Relay, Voice, clicks, listen};
use crate::world::{assert_clean, files, frame, plain, segment, start, stop, wait_finished, wait_for};
use model::{Codec, RecordingMedia, TrackKind};
use recorder::RecorderHandle;
use recording_core::timeline::Packet;
use std::path::PathBuf;
use wire::recorder::{Command, Event, SegmentStart};

fn sent(seconds: u64) -> Vec<Packet> {
    Relay::default().pass(&Voice { seconds, ..Voice::default() }.packets())
}

fn send(recorder: &RecorderHandle, leg: &SegmentStart, packets: &[Packet]) {
    for packet in packets {
        assert!(recorder.taps.try_send(frame(leg, TrackKind::Audio, Codec::Opus, packet)));
    }
}

fn begin(recorder: &mut RecorderHandle, leg: &SegmentStart, packets: &[Packet]) {
    recorder.commands.send(Command::Start(Box::new(leg.clone()))).expect("room for a command");
    send(recorder, leg, packets);
    wait_for(recorder, |event| (*event == Event::Started { segment: leg.segment }).then_some(()));
}

fn wait_behind(recorder: &mut RecorderHandle) -> String {
    wait_for(recorder, |event| match event {
        Event::Behind { reason, .. } => Some(reason.clone()),
        _ => None,
    })
}

fn call_folder(dir: &std::path::Path) -> PathBuf {
    files(dir)[0].parent().expect("files lie in folders").to_path_buf()
}

#[test]
fn a_folder_removed_in_mid_call_is_made_again_and_the_loss_is_stated() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let leg = segment(1, RecordingMedia::Audio);
    let packets = sent(12);
    begin(&mut recorder, &leg, &packets[..300]);
    std::fs::remove_dir_all(call_folder(dir.path())).expect("removable");
    send(&recorder, &leg, &packets[300..]);
    assert!(wait_behind(&mut recorder).contains("removed"));
    assert!(recorder.stats().write_errors > 0, "an operator can be alerted");
    stop(&recorder, &leg);
    let file = wait_finished(&mut recorder, false);
    // The first six seconds are silence now, the rest stands in its place.
    let heard = clicks(&listen(&plain(dir.path(), &file.path)));
    assert!(heard.len() >= 5, "{heard:?}");
    assert!(heard[0] > 5_000_000 && file.duration_ms >= 12_000, "{heard:?} {file:?}");
    assert!(file.gaps_ms >= 4_000, "{file:?}");
    recorder.shutdown();
    assert_clean(dir.path());
}

#[test]
fn a_disk_that_refuses_for_a_while_loses_nothing_that_fits_the_backlog() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let leg = segment(1, RecordingMedia::Audio);
    let packets = sent(12);
    recorder.commands.send(Command::Start(Box::new(leg.clone()))).expect("room for a command");
    send(&recorder, &leg, &packets[..100]);
    wait_for(&mut recorder, |event| (*event == Event::Started { segment: leg.segment }).then_some(()));
    // A file where the folder was: nothing can be made there.
    let folder = call_folder(dir.path());
    let aside = dir.path().join("aside");
    std::fs::rename(&folder, &aside).expect("movable");
    std::fs::write(&folder, b"in the way").expect("writable");
    send(&recorder, &leg, &packets[100..]);
    let reason = wait_behind(&mut recorder);
    assert!(reason.contains("cannot write") || reason.contains("removed"), "{reason}");
    assert!(recorder.stats().write_errors > 0, "an operator can be alerted");
    std::fs::remove_file(&folder).expect("removable");
    std::fs::rename(&aside, &folder).expect("movable");
    stop(&recorder, &leg);
    let file = wait_finished(&mut recorder, false);
    assert_eq!(clicks(&listen(&plain(dir.path(), &file.path))).len(), 12, "nothing is missing: {file:?}");
    recorder.shutdown();
    assert_clean(dir.path());
}

#[test]
fn a_segment_that_could_never_be_written_fails_with_a_reason() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    std::fs::remove_dir_all(dir.path().join("recordings")).expect("removable");
    std::fs::write(dir.path().join("recordings"), b"in the way").expect("writable");
    let leg = segment(1, RecordingMedia::Audio);
    recorder.commands.send(Command::Start(Box::new(leg.clone()))).expect("room for a command");
    send(&recorder, &leg, &sent(2));
    assert!(wait_behind(&mut recorder).contains("cannot write"));
    stop(&recorder, &leg);
    let reason = wait_for(&mut recorder, |event| match event {
        Event::Failed { segment, reason } if *segment == leg.segment => Some(reason.clone()),
        _ => None,
    });
    assert!(reason.contains("recordings"), "{reason}");
    assert!(recorder.stats().write_errors > 0, "an operator can be alerted");
    recorder.shutdown();
}

#[test]
fn a_file_that_the_disk_keeps_is_not_said_to_be_deleted_until_it_is() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let leg = segment(1, RecordingMedia::Audio);
    begin(&mut recorder, &leg, &sent(2));
    stop(&recorder, &leg);
    let path = dir.path().join(wait_finished(&mut recorder, false).path);
    // Something else under its name, which cannot be removed as a file.
    let aside = dir.path().join("aside");
    std::fs::rename(&path, &aside).expect("movable");
    std::fs::create_dir(&path).expect("makeable");
    let nothing = segment(2, RecordingMedia::Audio);
    for wanted in [&leg, &nothing] {
        recorder.commands.send(Command::Delete { segment: wanted.segment }).expect("room for a command");
    }
    let first = wait_for(&mut recorder, |event| match event {
        Event::Deleted { segment } => Some(*segment),
        _ => None,
    });
    assert_eq!(first, nothing.segment, "one after the other, and the first was refused");
    std::fs::remove_dir(&path).expect("removable");
    std::fs::rename(&aside, &path).expect("movable");
    recorder.commands.send(Command::Delete { segment: leg.segment }).expect("room for a command");
    wait_for(&mut recorder, |event| (*event == Event::Deleted { segment: leg.segment }).then_some(()));
    assert!(!path.exists(), "a repeat removes what the tombstone stands for");
    recorder.shutdown();
    assert_clean(dir.path());
}
