//! SIGKILL at random instants: after recovery every file is sound and lacks at most one second.

use crate::synthetic::{Pictures, Random, Relay, Sent, Voice, camera, clicks, listen, watch};
use crate::world::{assert_clean, files, frame, keys, plain, segment_at, send_all, start, stop, wait_finished};
use model::{Codec, MediaTime, RecordingMedia, TrackKind};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use wire::recorder::{Command, SegmentFile};

const FOLDER: &str = "RECORDER_TEST_FOLDER";
const SECONDS: u64 = 8;

/// The process that is killed: two legs, one with a camera, in real time. It prints how far it has sent.
#[test]
#[ignore = "only run by the other tests of this file, as a process of its own"]
fn child_records_until_killed() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let voice = Voice { seconds: SECONDS, ..Voice::default() }.packets();
    let pictures = camera(Pictures::Vp8, "320x240", SECONDS, 0, 1);
    let recorder = start(&PathBuf::from(dir));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let epoch = MediaTime(now.as_micros() as u64);
    let legs = [segment_at(1, RecordingMedia::AudioAndVideo, epoch), segment_at(2, RecordingMedia::Audio, epoch)];
    let mut frames = Vec::new();
    for leg in &legs {
        recorder.commands.send(Command::Start(Box::new(leg.clone()))).expect("room for a command");
        frames.extend(arrived(&voice, epoch).map(|packet| frame(leg, TrackKind::Audio, Codec::Opus, &packet)));
    }
    frames.extend(arrived(&pictures, epoch).map(|packet| frame(&legs[0], TrackKind::Camera, Codec::Vp8, &packet)));
    frames.sort_by_key(|frame| frame.arrival);
    let begun = Instant::now();
    for frame in frames {
        let due = frame.arrival.since(epoch);
        if let Some(wait) = due.checked_sub(begun.elapsed()) {
            std::thread::sleep(wait); // the pace of the media
        }
        recorder.taps.try_send(frame);
        println!("sent {}", due.as_millis());
        std::io::stdout().flush().expect("the parent listens");
    }
    // Until the kill comes the recorder lives on.
    std::thread::sleep(Duration::from_secs(60));
}

fn arrived(sent: &[Sent], epoch: MediaTime) -> impl Iterator<Item = recording_core::timeline::Packet> {
    let mut packets = Relay { jitter_us: 15_000, ..Relay::default() }.pass(sent);
    for packet in &mut packets {
        packet.arrival = MediaTime(packet.arrival.0 - crate::synthetic::EPOCH.0 + epoch.0);
    }
    packets.into_iter()
}

/// Runs the child, kills it when it has sent `until_ms`, and gives what it had sent by then.
fn record_and_kill(dir: &Path, until_ms: u64, shell: Option<&str>) -> u64 {
    let myself = std::env::current_exe().expect("a path");
    let arguments = ["--exact", "kills::child_records_until_killed", "--ignored", "--nocapture"];
    let mut process = match shell {
        Some(prelude) => {
            let mut process = Process::new("sh");
            process.arg("-c").arg(format!("{prelude}; exec \"$0\" \"$@\"")).arg(&myself);
            process
        }
        None => Process::new(&myself),
    };
    process.args(arguments).env(FOLDER, dir).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = Killed(process.spawn().expect("a process"));
    let output = BufReader::new(child.0.stdout.take().expect("piped"));
    for line in output.lines() {
        let line = line.expect("text");
        let sent = line.rsplit("sent ").next().and_then(|number| number.parse::<u64>().ok());
        if let Some(sent) = sent.filter(|&sent| sent >= until_ms) {
            child.0.kill().expect("it lives");
            child.0.wait().expect("it ends");
            return sent;
        }
    }
    panic!("the child ended before it was killed");
}

/// A process that does not outlive its test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn verify_recovered(dir: &Path, sent_ms: u64, seed: u64) {
    let report = recorder::recover(dir, &keys(dir)).expect("nobody works there");
    assert!(report.is_clean(), "seed {seed}, killed at {sent_ms} ms: {report}");
    assert_clean(dir);
    let manifests: Vec<PathBuf> =
        files(dir).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    assert_eq!(manifests.len(), 2, "seed {seed}: both legs");
    for path in manifests {
        let json = std::fs::read(&path).expect("readable");
        let manifest = recording_core::segment::Manifest::parse(&json).expect("valid");
        let finished = manifest.finished.unwrap_or_else(|| panic!("seed {seed}: nothing kept of {sent_ms} ms"));
        let missing = sent_ms.saturating_sub(finished.duration_ms);
        assert!(missing <= 1_000, "seed {seed}: {missing} ms of {sent_ms} ms are missing");
        let file = plain(dir, path.with_file_name(&finished.file));
        let expected = (finished.duration_ms.saturating_sub(600) / 1_000) as usize;
        let heard = clicks(&listen(&file));
        assert!(heard.len() >= expected, "seed {seed}: of {finished:?} only {heard:?}, gaps {:?}", manifest.gaps);
        if finished.container == recording_core::mux::Container::Webm {
            let pictures = watch(&file);
            assert!(pictures >= (sent_ms.saturating_sub(1_200)) / 100, "seed {seed}: {pictures} pictures");
        }
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn a_kill_at_any_moment_costs_at_most_a_second() {
    let kills = 6 * number("SWITCHROOM_SOAK").unwrap_or(1);
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let seed = number("SWITCHROOM_SEED").unwrap_or(since_1970.as_millis() as u64) | 1;
    println!("seed {seed}");
    let mut random = Random(seed);
    for _ in 0..kills.div_ceil(3) {
        let instants: Vec<u64> = (0..3).map(|_| 1_100 + random.next() % 5_000).collect();
        std::thread::scope(|scope| {
            for instant in instants {
                scope.spawn(move || {
                    let dir = tempfile::tempdir().expect("a folder");
                    let sent = record_and_kill(dir.path(), instant, None);
                    verify_recovered(dir.path(), sent, seed);
                });
            }
        });
    }
    if let Some(path) = std::env::var_os("SWITCHROOM_SOAK_FIGURES") {
        let mut figures = std::fs::OpenOptions::new().append(true).create(true).open(path).expect("the file opens");
        writeln!(figures, "kills of the recorder, each missing at most 1 s | {kills}").expect("a figure is written");
    }
}

/// Files may not grow beyond 64 kB: writes are torn in the middle of a cluster, again and again.
#[test]
fn torn_writes_cost_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    // Signal 25 is SIGXFSZ; ignored, the write fails instead. Blocks of ulimit have 512 or 1024 bytes.
    let sent = record_and_kill(dir.path(), 5_000, Some("trap '' 25; ulimit -f 128"));
    let parts = files(dir.path()).iter().filter(|path| path.to_string_lossy().contains(".live-")).count();
    assert!(parts > 3, "writes failed and new parts were begun: {parts}");
    verify_recovered(dir.path(), sent, 0);
}

#[test]
fn the_next_start_completes_what_a_killed_one_left_and_records_on() {
    let dir = tempfile::tempdir().expect("a folder");
    record_and_kill(dir.path(), 2_500, None);
    let mut recorder = start(dir.path());
    let mut recovered: Vec<SegmentFile> = (0..2).map(|_| wait_finished(&mut recorder, false)).collect();
    recovered.sort_by_key(|file| file.segment);
    assert!(recovered.iter().all(|file| file.recovered && file.duration_ms >= 1_500), "{recovered:?}");
    assert_eq!((recovered[0].mime.as_str(), recovered[1].mime.as_str()), ("video/webm", "audio/ogg"));
    // The same leg under a new segment, on the old timeline: five seconds in.
    let mut leg = segment_at(2, RecordingMedia::Audio, crate::synthetic::EPOCH);
    leg.segment = model::SegmentId::of(0x7777);
    let mut packets = Relay::default().pass(&Voice { seconds: 3, ssrc: 99, ..Voice::default() }.packets());
    packets.iter_mut().for_each(|packet| packet.arrival.0 += 5_000_000);
    send_all(&recorder, &leg, &[(TrackKind::Audio, Codec::Opus, packets)]);
    stop(&recorder, &leg);
    let file = wait_finished(&mut recorder, false);
    assert!(!file.recovered && file.duration_ms >= 8_000, "{file:?}");
    let heard = clicks(&listen(&plain(dir.path(), &file.path)));
    assert!(heard.len() == 3 && heard[0].abs_diff(5_500_000) < 45_000, "{heard:?}");
    recorder.shutdown();
    assert_clean(dir.path());
}
