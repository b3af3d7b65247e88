//! Recordings lie sealed: nobody reads them without the key, and with it nothing is lost.

use crate::synthetic::{Relay, Voice, clicks, listen};
use crate::world::{assert_clean, files, keys, plain, segment, send_all, start, stop, wait_finished, wait_for};
use model::{Codec, ConversationId, RecordingMedia, TrackKind};
use recorder::{ExportFilter, KeySource, Keys, RecorderConfig, RecorderHandle, RotateError, StartError};
use recording_core::segment::Manifest;
use std::path::{Path, PathBuf};
use wire::recorder::{Command, Event, SegmentFile};

const SECONDS: usize = 3;

/// Records a voice under this number to its end.
fn record(recorder: &mut RecorderHandle, number: u128) -> SegmentFile {
    begin(recorder, number);
    let leg = segment(number, RecordingMedia::Audio);
    stop(recorder, &leg);
    wait_for(recorder, |event| match event {
        Event::Finished(file) if file.segment == leg.segment => Some((**file).clone()),
        _ => None,
    })
}

/// Records until the live file holds something.
fn begin(recorder: &mut RecorderHandle, number: u128) {
    let leg = segment(number, RecordingMedia::Audio);
    let packets = Relay::default().pass(&Voice { seconds: SECONDS as u64, ..Voice::default() }.packets());
    send_all(recorder, &leg, &[(TrackKind::Audio, Codec::Opus, packets)]);
    wait_for(recorder, |event| (*event == Event::Started { segment: leg.segment }).then_some(()));
}

fn manifests(dir: &Path) -> Vec<(PathBuf, Manifest)> {
    let paths = files(dir).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths
        .map(|path| {
            let json = std::fs::read(&path).expect("readable");
            (path, Manifest::parse(&json).expect("a manifest"))
        })
        .collect()
}

/// Names what of a recording would be seen in a file that is not sealed.
fn seen(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for path in files(dir).into_iter().filter(|path| path.extension().is_none_or(|extension| extension != "json")) {
        let bytes = std::fs::read(&path).expect("readable");
        for mark in [&b"OggS"[..], b"OpusHead", b"A_OPUS", b"Switchroom", b"\x1a\x45\xdf\xa3"] {
            if bytes.windows(mark.len()).any(|part| part == mark) {
                found.push(format!("{} in {}", String::from_utf8_lossy(mark), path.display()));
            }
        }
    }
    found
}

/// All files of a folder as a crash in this moment would leave them.
fn crashed_copy(dir: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    let keys = dir.join("keys/recordings.keys");
    for path in files(dir).into_iter().chain(keys.exists().then_some(keys)) {
        let to = copy.path().join(path.strip_prefix(dir).expect("inside"));
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("makeable");
        std::fs::copy(&path, to).expect("copied");
    }
    copy
}

fn keys_file(dir: &Path) -> PathBuf {
    dir.join("keys/recordings.keys")
}

#[test]
fn live_and_finished_files_show_nothing_and_their_readers_everything() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    begin(&mut recorder, 1);
    assert!(files(dir.path()).iter().any(|path| path.to_string_lossy().contains(".live-1.webm")));
    assert_eq!(seen(dir.path()), [""; 0]);
    stop(&recorder, &segment(1, RecordingMedia::Audio));
    let file = wait_finished(&mut recorder, false);
    assert_eq!(seen(dir.path()), [""; 0]);
    let open = recorder.opener();
    let mut opened = open(&file.path).expect("it opens");
    assert_eq!(opened.length(), file.bytes, "what is told is the size of what people get");
    let mut first = [0; 4];
    opened.read_at(0, &mut first).expect("readable");
    assert_eq!(&first, b"OggS");
    assert_eq!(clicks(&listen(&plain(dir.path(), &file.path))).len(), SECONDS);
    let [(path, manifest)] = &manifests(dir.path())[..] else { panic!("one recording") };
    assert!(manifest.live_key.is_none(), "the live file's key went with it");
    let sealed = manifest.finished.as_ref().and_then(|finished| finished.sealed.clone()).expect("it is sealed");
    assert_eq!(std::fs::metadata(dir.path().join(&file.path)).expect("there").len(), sealed.bytes);
    recorder.commands.send(Command::Delete { segment: file.segment }).expect("room for a command");
    wait_for(&mut recorder, |event| matches!(event, Event::Deleted { .. }).then_some(()));
    let tombstone = std::fs::read_to_string(path).expect("it stays");
    assert!(!tombstone.contains(&sealed.key.sealed), "a copy of the file that a disk keeps has no key any more");
    recorder.shutdown();
    assert_clean(dir.path());
}

#[test]
fn plain_recordings_of_before_are_read_and_completed_and_new_ones_are_sealed() {
    let dir = tempfile::tempdir().expect("a folder");
    let plain_config = RecorderConfig { seal: false, ..RecorderConfig::new(dir.path()) };
    let mut recorder = recorder::start(plain_config).expect("it starts");
    let before = record(&mut recorder, 1);
    assert!(!seen(dir.path()).is_empty(), "it was told not to seal");
    begin(&mut recorder, 2);
    let crashed = crashed_copy(dir.path());
    recorder.shutdown();
    let json = std::fs::read_to_string(&manifests(crashed.path())[0].0).expect("readable");
    assert!(json.contains("\"version\": 1"), "the release before reads it: {json}");

    let mut recorder = start(crashed.path());
    let recovered = wait_for(&mut recorder, |event| match event {
        Event::Finished(file) if file.recovered => Some((**file).clone()),
        _ => None,
    });
    let after = record(&mut recorder, 3);
    recorder.shutdown();
    assert_clean(crashed.path());
    for file in [&before, &recovered, &after] {
        assert!(!clicks(&listen(&plain(crashed.path(), &file.path))).is_empty(), "{file:?}");
    }
    let sealed = manifests(crashed.path()).into_iter().filter(|(_, manifest)| manifest.version == 2).count();
    assert_eq!((sealed, seen(crashed.path()).is_empty()), (2, false), "what was plain stays so");
}

#[test]
fn a_cut_a_swapped_and_an_added_chunk_are_found_and_not_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let (one, two) = (record(&mut recorder, 1), record(&mut recorder, 2));
    let open = recorder.opener();
    let paths = [dir.path().join(&one.path), dir.path().join(&two.path)];
    let wholes = paths.each_ref().map(|path| std::fs::read(path).expect("readable"));
    let problem = || {
        let report = recorder::check(dir.path(), &keys(dir.path())).expect("readable");
        report.problems.into_iter().map(|problem| problem.what).collect::<Vec<_>>().join("; ")
    };
    let added = [&wholes[0][..], &[0; 40]].concat();
    let changed = [(&added[..], "chunk 0"), (&wholes[0][..20], "was cut"), (&wholes[1], "chunk 0")];
    for (bytes, expected) in changed {
        std::fs::write(&paths[0], bytes).expect("writable");
        assert!(problem().contains(expected) && problem().contains(&one.path[one.path.len() - 40..]), "{}", problem());
        let read = open(&one.path).and_then(|mut file| file.read_at(0, &mut [0; 9]));
        assert!(read.is_err(), "{read:?}");
    }
    // Its file and its manifest, both in the place of another recording.
    let json = std::fs::read_to_string(paths[1].with_extension("json")).expect("readable");
    let forged = json.replace(&two.segment.to_string(), &one.segment.to_string());
    std::fs::write(&paths[0], &wholes[1]).expect("writable");
    std::fs::write(paths[0].with_extension("json"), forged).expect("writable");
    assert!(problem().contains("of another file"), "{}", problem());
    assert!(open(&one.path).is_err());
    recorder.shutdown();
}

#[test]
fn without_its_key_a_recording_waits_for_it_and_new_ones_are_made() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let before = record(&mut recorder, 1);
    begin(&mut recorder, 2);
    let crashed = crashed_copy(dir.path());
    recorder.shutdown();
    let (dir, old) = (crashed.path(), keys_file(crashed.path()));
    let lost = std::fs::read_to_string(&old).expect("readable");
    std::fs::remove_file(&old).expect("removable");

    let mut recorder = start(dir);
    let after = record(&mut recorder, 3);
    let refused = recorder.opener()(&before.path).expect_err("its key is lost").to_string();
    assert!(refused.contains("which is not there") && refused.contains("backup"), "{refused}");
    assert!(recorder.opener()(&after.path).is_ok());
    recorder.shutdown();
    let report = recorder::check(dir, &keys(dir)).expect("readable");
    assert_eq!((report.sound, report.problems.len()), (1, 2), "{report}");
    let live = || files(dir).iter().filter(|path| path.to_string_lossy().contains(".live-")).count();
    assert_eq!(live(), 1, "what was being recorded is kept until its key is back");

    let new = std::fs::read_to_string(&old).expect("readable");
    std::fs::write(&old, format!("{new}\n{lost}")).expect("writable");
    let report = recorder::recover(dir, &keys(dir)).expect("nobody works there");
    assert!(report.is_clean() && report.recovered.len() == 1, "{report}");
    assert_eq!(live(), 0);
    assert_clean(dir);
    assert!(recorder::open_file(dir, &before.path, &keys(dir)).is_ok());
}

#[test]
fn keys_that_cannot_be_read_stop_the_start_and_are_named() {
    let dir = tempfile::tempdir().expect("a folder");
    start(dir.path()).shutdown();
    std::fs::write(keys_file(dir.path()), "not a key").expect("writable");
    let refused = recorder::start(RecorderConfig::new(dir.path()));
    let Err(error @ StartError::Keys(_)) = refused else { panic!("{refused:?}") };
    let text = error.to_string();
    assert!(text.contains("recordings.keys") && text.contains("backup") && text.contains("move it away"), "{text}");
}

#[test]
fn after_a_rotation_the_old_key_can_go_and_everything_is_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let source = KeySource::usual(dir.path());
    let mut recorder = start(dir.path());
    let one = record(&mut recorder, 1);
    record(&mut recorder, 2);
    begin(&mut recorder, 3);
    let refused = recorder::rotate(dir.path(), &source);
    assert!(matches!(refused, Err(RotateError::InUse(_))), "{refused:?}");
    let crashed = crashed_copy(dir.path());
    recorder.shutdown();
    let (dir, source) = (crashed.path(), KeySource::usual(crashed.path()));
    let recorded = |path: &Path| std::fs::read(dir.join(path)).expect("readable");
    let before = recorded(Path::new(&one.path));
    let lines = |text: &str| text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>();
    let old = lines(&std::fs::read_to_string(keys_file(dir)).expect("readable"));

    let report = recorder::rotate(dir, &source).expect("nobody works there");
    assert!(report.is_clean() && report.made, "{report}");
    assert_eq!((report.rewrapped, report.in_use.get(&report.newest)), (3, Some(&3)), "{report}");
    assert_eq!(report.unneeded, [old[0].split(':').next().expect("an id")], "{report}");
    assert_eq!(recorded(Path::new(&one.path)), before, "no recording is written anew");

    let keys_now = lines(&std::fs::read_to_string(keys_file(dir)).expect("readable"));
    assert_eq!((keys_now.len(), &keys_now[1]), (2, &old[0]));
    std::fs::write(keys_file(dir), &keys_now[0]).expect("writable");
    let report = recorder::recover(dir, &keys(dir)).expect("nobody works there");
    assert!(report.is_clean() && report.recovered.len() == 1, "{report}");
    assert_clean(dir);
    assert_eq!(clicks(&listen(&plain(dir, &one.path))).len(), SECONDS);
    // Who has the old key alone reads nothing any more.
    std::fs::write(keys_file(dir), &old[0]).expect("writable");
    let refused = recorder::open_file(dir, &one.path, &keys(dir)).expect_err("it has another key now").to_string();
    assert!(refused.contains(keys_now[0].split(':').next().expect("an id")), "{refused}");
}

#[test]
fn keys_that_somebody_else_keeps_are_not_made_but_used() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let file = record(&mut recorder, 1);
    recorder.shutdown();
    let old = std::fs::read_to_string(keys_file(dir.path())).expect("readable");
    let other = tempfile::tempdir().expect("a folder");
    start(other.path()).shutdown();
    let new = std::fs::read_to_string(keys_file(other.path())).expect("readable");
    std::fs::remove_file(keys_file(dir.path())).expect("removable");

    let both = KeySource::Text { holder: "THE_KEYS", keys: format!("{new}\n{old}") };
    let report = recorder::rotate(dir.path(), &both).expect("nobody works there");
    assert!(report.is_clean() && !report.made && report.rewrapped == 1, "{report}");
    assert!(!keys_file(dir.path()).exists());
    let keys = Keys::read(&KeySource::Text { holder: "THE_KEYS", keys: new }).expect("a key");
    assert!(recorder::open_file(dir.path(), &file.path, &keys).is_ok());
    let missing = recorder::rotate(dir.path(), &KeySource::usual(dir.path()));
    assert!(matches!(missing, Err(RotateError::NoFile(_))), "{missing:?}");
}

#[test]
fn plain_copies_are_exported_with_a_table_of_whose_they_are() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("out");
    let mut recorder = start(dir.path());
    let (one, two) = (record(&mut recorder, 1), record(&mut recorder, 2));
    begin(&mut recorder, 3);
    let export = |filter| recorder::export(dir.path(), &keys(dir.path()), filter, &out);
    let nobody = ExportFilter { conversation: Some(ConversationId::of(77)), ..ExportFilter::default() };
    assert_eq!(export(nobody).expect("done").files, 0);
    std::fs::remove_dir_all(&out).expect("removable");

    let report = export(ExportFilter { conversation: Some(ConversationId::of(2)), ..ExportFilter::default() });
    let report = report.expect("done while the recorder runs");
    assert_eq!((report.files, report.bytes, report.is_clean()), (2, one.bytes + two.bytes, true), "{report}");
    let second = one.file_name.replace(".ogg", "-2.ogg");
    for name in [&one.file_name, &second] {
        assert_eq!(clicks(&listen(&out.join(name))).len(), SECONDS);
    }
    let table = std::fs::read_to_string(out.join("recordings.csv")).expect("a table");
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!((rows.len(), rows[0].len()), (3, rows[1].len()), "{table}");
    let value = |column: &str| rows[1][rows[0].iter().position(|name| *name == column).expect(column)];
    assert_eq!((value("agent_name"), value("end_user")), ("\"Ana Lópe_z\"", "\"Kim\""));
    assert_eq!(value("conversation_id"), ConversationId::of(2).to_string());
    assert_eq!(value("call_id"), one.call.to_string());
    assert_eq!((value("utc_start"), &value("utc_end")[..18]), ("2026-11-18T11:06:40Z", "2026-11-18T11:06:4"));

    let again = export(ExportFilter::default()).expect_err("it is not empty").to_string();
    assert!(again.contains("not empty"), "{again}");
    // What is damaged is not copied.
    let path = dir.path().join(&one.path);
    let mut bytes = std::fs::read(&path).expect("readable");
    bytes[100] ^= 1;
    std::fs::write(&path, bytes).expect("writable");
    std::fs::remove_dir_all(&out).expect("removable");
    let report = export(ExportFilter::default()).expect("done");
    assert!(report.files == 1 && report.to_string().contains("chunk 0 of"), "{report}");
    assert_eq!(std::fs::read_dir(&out).expect("a folder").count(), 2, "the other one and the table");
    recorder.shutdown();
}
