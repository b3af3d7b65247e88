//! The process ends between any two steps on disk: whatever lies there then is mended, and nothing that was told is lost.

use crate::synthetic::{Relay, Voice, clicks, listen};
use crate::world::{assert_clean, files, keys, plain, segment, send_all, start, stop, wait_finished, wait_for};
use model::{Codec, RecordingMedia, TrackKind};
use recording_core::segment::{Manifest, State};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::thread;
use wire::recorder::{Command, Event, SegmentStart};

const FOLDER: &str = "RECORDER_STEPS_FOLDER";
const STEP: &str = "RECORDER_STEPS_STEP";
const SECONDS: u64 = 3;
/// Lives that run at once: each mostly waits.
const AT_ONCE: u64 = 8;

fn legs() -> [SegmentStart; 3] {
    [1, 2, 3].map(|number| segment(number, RecordingMedia::Audio))
}

/// One leg is recorded and deleted, one recorded, and one still open when the recorder is shut down.
#[test]
#[ignore = "only run by the other test of this file, as a process of its own"]
fn child_lives_until_its_last_step() {
    let (Some(dir), Ok(step)) = (std::env::var_os(FOLDER), std::env::var(STEP)) else { return };
    recorder::die_at_step(step.parse().expect("a number"));
    let mut recorder = start(&PathBuf::from(dir));
    let [deleted, kept, open] = legs();
    for leg in [&deleted, &kept, &open] {
        let packets = Relay::default().pass(&Voice { seconds: SECONDS, ..Voice::default() }.packets());
        send_all(&recorder, leg, &[(TrackKind::Audio, Codec::Opus, packets)]);
    }
    stop(&recorder, &deleted);
    wait_finished(&mut recorder, false);
    println!("\ntold finished");
    recorder.commands.send(Command::Delete { segment: deleted.segment }).expect("room");
    wait_for(&mut recorder, |event| matches!(event, Event::Deleted { .. }).then_some(()));
    println!("\ntold deleted");
    stop(&recorder, &kept);
    wait_finished(&mut recorder, false);
    println!("\ntold kept");
    recorder.shutdown();
    println!("\ntold done");
}

/// What the process told before it ended.
fn live(dir: &Path, step: u64) -> Vec<String> {
    let mut child = Process::new(std::env::current_exe().expect("a path"));
    child.args(["--exact", "steps::child_lives_until_its_last_step", "--ignored", "--nocapture"]);
    child.env(FOLDER, dir).env(STEP, step.to_string()).stderr(Stdio::null());
    let output = child.output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter_map(|line| line.strip_prefix("told ")).map(str::to_owned).collect()
}

fn verify(dir: &Path, step: u64, told: &[String]) {
    let report = recorder::recover(dir, &keys(dir)).expect("nobody works there");
    assert!(report.is_clean(), "step {step}, told {told:?}: {report}");
    assert_clean(dir);
    let manifests: Vec<Manifest> = files(dir)
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| Manifest::parse(&std::fs::read(path).expect("readable")).expect("valid"))
        .collect();
    let has = |what: &str| told.iter().any(|one| one == what);
    for (leg, is_told, is_gone) in [
        (&legs()[0], has("finished"), has("deleted")),
        (&legs()[1], has("kept"), false),
        (&legs()[2], has("done"), false),
    ] {
        let name = leg.segment.to_string();
        let media: Vec<PathBuf> = files(dir)
            .into_iter()
            .filter(|path| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(&name)))
            .filter(|path| path.extension().is_none_or(|extension| extension != "json"))
            .collect();
        let manifest = manifests.iter().find(|manifest| manifest.segment() == leg.segment);
        let state = manifest.map(|manifest| manifest.state);
        let has_file = state.is_some_and(State::has_file);
        assert!(state.is_none_or(|state| !state.is_open()), "step {step}: {state:?}");
        assert_eq!(media.len(), usize::from(has_file), "step {step}: {state:?} and {media:?}");
        if is_gone {
            assert_eq!(state, Some(State::Deleted), "step {step}");
        } else if is_told {
            // It may have been deleted, or be about to.
            assert!(has_file || state == Some(State::Deleted), "step {step}: {state:?}");
        }
        if is_told && has_file {
            assert_eq!(clicks(&listen(&plain(dir, &media[0]))).len(), SECONDS as usize, "step {step}");
        }
    }
}

#[test]
fn an_end_between_any_two_steps_loses_nothing_that_was_told() {
    let mut step = 1;
    loop {
        let survived = thread::scope(|scope| {
            let lives: Vec<_> = (step..step + AT_ONCE)
                .map(|step| {
                    scope.spawn(move || {
                        let dir = tempfile::tempdir().expect("a folder");
                        let told = live(dir.path(), step);
                        verify(dir.path(), step, &told);
                        told.iter().any(|one| one == "done")
                    })
                })
                .collect();
            lives.into_iter().map(|life| life.join().expect("it is sound")).filter(|survived| *survived).count()
        });
        step += AT_ONCE;
        if survived == AT_ONCE as usize {
            break;
        }
        assert!(step < 1_000, "it ends at some time");
    }
    println!("{} steps", step - AT_ONCE - 1);
    assert!(step > 60, "only {step} steps were seen");
}
