//! The check finds what is wrong, and recovery leaves nothing undone.

use crate::synthetic::{Relay, Voice};
use crate::world::{assert_clean, files, keys, segment, send_all, start, stop, wait_finished};
use model::{Codec, RecordingMedia, TrackKind};
use std::path::{Path, PathBuf};

/// A folder with one finished recording; its path.
fn recorded(dir: &Path) -> PathBuf {
    let mut recorder = start(dir);
    let leg = segment(1, RecordingMedia::Audio);
    let packets = Relay::default().pass(&Voice { seconds: 3, ..Voice::default() }.packets());
    send_all(&recorder, &leg, &[(TrackKind::Audio, Codec::Opus, packets)]);
    stop(&recorder, &leg);
    let file = wait_finished(&mut recorder, false);
    recorder.shutdown();
    dir.join(file.path)
}

fn problem(dir: &Path) -> String {
    let report = recorder::check(dir, &keys(dir)).expect("readable");
    assert_eq!(report.problems.len(), 1, "{report}");
    report.problems[0].what.clone()
}

#[test]
fn a_changed_a_cut_a_missing_and_a_foreign_file_are_found() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = recorded(dir.path());
    assert_clean(dir.path());
    let whole = std::fs::read(&path).expect("readable");

    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    std::fs::write(&path, &changed).expect("writable");
    assert!(problem(dir.path()).contains("chunk 0 of"));

    std::fs::write(&path, &whole[..whole.len() - 10]).expect("writable");
    assert!(problem(dir.path()).contains("chunk 0 of"));

    std::fs::remove_file(&path).expect("removable");
    assert!(problem(dir.path()).contains("cannot be opened"));

    std::fs::write(&path, &whole).expect("writable");
    std::fs::write(path.with_file_name("stranger.ogg"), &whole).expect("writable");
    assert!(problem(dir.path()).contains("no manifest"));
    std::fs::remove_file(path.with_file_name("stranger.ogg")).expect("removable");

    std::fs::write(path.with_extension("json"), b"{ not json").expect("writable");
    let report = recorder::check(dir.path(), &keys(dir.path())).expect("readable").to_string();
    assert!(report.contains("unreadable manifest"), "{report}");
}

#[test]
fn recovery_removes_the_left_overs_of_interrupted_steps() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = recorded(dir.path());
    let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
    for left_over in [format!("{stem}.ogg.tmp"), format!("{stem}.live-1.webm"), format!("{stem}.json.tmp")] {
        std::fs::write(path.with_file_name(left_over), b"half").expect("writable");
    }
    assert!(!recorder::check(dir.path(), &keys(dir.path())).expect("readable").is_clean());
    let report = recorder::recover(dir.path(), &keys(dir.path())).expect("nobody works there");
    assert!(report.is_clean() && report.removed.len() == 3, "{report}");
    assert_clean(dir.path());
    assert_eq!(files(dir.path()).len(), 2);
}
