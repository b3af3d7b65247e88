//! What recording costs beside calls.

use crate::synthetic::{EPOCH, Relay, Voice};
use crate::world::{frame, segment};
use model::{Codec, RecordingMedia, TrackKind};
use recorder::RecorderConfig;
use std::collections::BTreeSet;
use std::io::Write;
use std::time::Instant;
use wire::recorder::Command;

const LEGS: u128 = 300;
const SECONDS: u64 = 5;
/// What the thread that takes and writes frames may use of a core.
const MOST: f64 = 0.25;
/// Kernel clock ticks a second, as /proc counts them on every Linux.
const TICKS: f64 = 100.0;

/// Threads of this process that take and write frames.
fn writers() -> BTreeSet<String> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux").map(|task| task.expect("a thread").path());
    let named = |task: &std::path::PathBuf| {
        std::fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim() == "recorder-write")
    };
    tasks.filter(named).map(|task| task.to_string_lossy().into_owned()).collect()
}

/// Seconds of processor time that a thread has used.
fn used(task: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("{task}/stat")).expect("it lives");
    let after_name = stat.rsplit(')').next().expect("a name in brackets");
    let field = |at: usize| after_name.split_whitespace().nth(at).and_then(|ticks| ticks.parse::<f64>().ok());
    (field(11).expect("user time") + field(12).expect("system time")) / TICKS
}

/// The share of a core that writing `LEGS` voices takes.
fn share(seal: bool) -> f64 {
    let dir = tempfile::tempdir().expect("a folder");
    let before = writers();
    let recorder = recorder::start(RecorderConfig { seal, ..RecorderConfig::new(dir.path()) }).expect("it starts");
    let legs: Vec<_> = (1..=LEGS).map(|number| segment(number, RecordingMedia::Audio)).collect();
    for leg in &legs {
        recorder.commands.send(Command::Start(Box::new(leg.clone()))).expect("room for a command");
    }
    let packets = Relay::default().pass(&Voice { seconds: SECONDS, ..Voice::default() }.packets());
    let task = writers().difference(&before).next().expect("its thread").clone();
    let (begun, used_before) = (Instant::now(), used(&task));
    for packet in &packets {
        let due = packet.arrival.since(EPOCH);
        if let Some(wait) = due.checked_sub(begun.elapsed()) {
            std::thread::sleep(wait); // the pace of the media
        }
        let frames = legs.iter().map(|leg| frame(leg, TrackKind::Audio, Codec::Opus, packet)).collect();
        assert!(recorder.taps.try_send_all(frames), "there is room");
    }
    let share = (used(&task) - used_before) / begun.elapsed().as_secs_f64();
    recorder.shutdown();
    share
}

#[test]
fn three_hundred_sealed_voices_take_a_quarter_of_a_core_at_most() {
    let (plain, sealed) = (share(false), share(true));
    println!("{LEGS} voices: plain {:.1} %, sealed {:.1} % of a core", plain * 100.0, sealed * 100.0);
    assert!(sealed <= MOST, "sealed {sealed:.3} of a core, plain {plain:.3}");
    if let Some(path) = std::env::var_os("SWITCHROOM_SOAK_FIGURES") {
        let mut figures = std::fs::OpenOptions::new().append(true).create(true).open(path).expect("the file opens");
        let sealed = sealed * 100.0;
        writeln!(figures, "share of a core that writing 300 sealed voices takes | {sealed:.0} %").expect("written");
    }
}
