//! Merged files: agents left, customers right, made once whatever happens meanwhile.

use crate::synthetic::{Random, Relay, Voice, clicks};
use crate::world::{assert_clean, files, keys, plain, segment, send_all, start, stop, wait_finished, wait_for};
use model::{AccountId, CallDirection, CallId, Codec, ConversationId, ParticipantType, RecordingMedia, SegmentId};
use model::{TrackKind, WallTime};
use recorder::RecorderHandle;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wire::recorder::{Command, ComposeOrder, ComposeSource, Event, SegmentFile};

const FOLDER: &str = "RECORDER_COMPOSE_TEST_FOLDER";

/// The recording of leg `number`, which speaks for so long from so late on.
fn leg(recorder: &mut RecorderHandle, number: u128, seconds: u64, later_us: u64) -> SegmentFile {
    let leg = segment(number, RecordingMedia::Audio);
    let voice = Voice { seconds, ssrc: number as u32, ..Voice::default() };
    let mut packets = Relay::default().pass(&voice.packets());
    packets.iter_mut().for_each(|packet| packet.arrival.0 += later_us);
    send_all(recorder, &leg, &[(TrackKind::Audio, Codec::Opus, packets)]);
    stop(recorder, &leg);
    wait_finished(recorder, false)
}

fn order(files: &[(&SegmentFile, ParticipantType)]) -> ComposeOrder {
    ComposeOrder {
        segment: SegmentId::of(0xc0),
        account: AccountId::of(1),
        conversation: ConversationId::of(2),
        call: CallId::of(3),
        agent_name: "Ana".into(),
        customer_name: "Kim".into(),
        direction: CallDirection::Inbound,
        media: RecordingMedia::Audio,
        started_at: WallTime(1_795_000_000_000),
        sources: files
            .iter()
            .map(|(file, participant)| ComposeSource {
                segment: file.segment,
                path: file.path.clone(),
                participant: *participant,
                offset_ms: 0,
            })
            .collect(),
    }
}

fn ask(recorder: &RecorderHandle, order: &ComposeOrder) {
    recorder.commands.send(Command::Compose(Box::new(order.clone()))).expect("room for a command");
}

fn wait_failed(recorder: &mut RecorderHandle) -> String {
    wait_for(recorder, |event| match event {
        Event::Failed { segment, reason } if *segment == SegmentId::of(0xc0) => Some(reason.clone()),
        Event::Finished(file) if file.segment == SegmentId::of(0xc0) => panic!("it was merged: {file:?}"),
        _ => None,
    })
}

fn listen_to_both(path: &Path) -> [Vec<f32>; 2] {
    let path = path.to_string_lossy();
    let arguments = ["-v", "error", "-i", &path, "-map", "0:a", "-f", "f32le", "-ar", "48000", "-"];
    let raw = crate::synthetic::tool("ffmpeg", &arguments);
    let samples: Vec<f32> =
        raw.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect();
    [0, 1].map(|channel| samples.iter().skip(channel).step_by(2).copied().collect())
}

const AGENT: ParticipantType = ParticipantType::Agent;
const CUSTOMER: ParticipantType = ParticipantType::Customer;

#[test]
fn a_call_with_two_agents_becomes_one_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let first = leg(&mut recorder, 1, 3, 0);
    let second = leg(&mut recorder, 2, 4, 5_000_000);
    let customer = leg(&mut recorder, 3, 9, 0);
    let order = order(&[(&first, AGENT), (&customer, CUSTOMER), (&second, AGENT)]);
    ask(&recorder, &order);
    let file = wait_finished(&mut recorder, false);
    assert_eq!((file.segment, file.mime.as_str(), file.recovered), (order.segment, "audio/ogg", false));
    assert!(file.file_name.contains("_Ana_Kim_"), "{file:?}");
    let [left, right] = listen_to_both(&plain(dir.path(), &file.path));
    assert_eq!((clicks(&left).len(), clicks(&right).len()), (7, 9));
    let before = files(dir.path()).len();
    ask(&recorder, &order);
    assert_eq!(wait_finished(&mut recorder, false), file, "a repeat is told again, not merged again");
    assert_eq!(files(dir.path()).len(), before);
    recorder.commands.send(Command::Delete { segment: order.segment }).expect("room for a command");
    wait_for(&mut recorder, |event| (*event == Event::Deleted { segment: order.segment }).then_some(()));
    assert!(!dir.path().join(&file.path).exists() && dir.path().join(&customer.path).exists());
    recorder.shutdown();
    assert_clean(dir.path());
}

#[test]
fn what_was_deleted_before_is_not_merged() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let (agent, customer) = (leg(&mut recorder, 1, 1, 0), leg(&mut recorder, 2, 1, 0));
    recorder.commands.send(Command::Delete { segment: agent.segment }).expect("room for a command");
    ask(&recorder, &order(&[(&agent, AGENT), (&customer, CUSTOMER)]));
    let reason = wait_failed(&mut recorder);
    assert!(reason.contains(&agent.segment.to_string()) && reason.contains("deleted"), "{reason}");
    ask(&recorder, &order(&[(&agent, AGENT), (&customer, CUSTOMER)]));
    assert_eq!(wait_failed(&mut recorder), reason);
    recorder.shutdown();
    assert_clean(dir.path());
}

#[test]
fn orders_that_make_no_sense_are_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    ask(&recorder, &order(&[]));
    assert!(wait_failed(&mut recorder).contains("nothing"));
    let agent = leg(&mut recorder, 1, 1, 0);
    let outside = SegmentFile { path: "../secret".into(), ..agent };
    ask(&recorder, &order(&[(&outside, AGENT)]));
    assert!(wait_failed(&mut recorder).contains("../secret"));
    recorder.shutdown();
    assert_clean(dir.path());
}

/// The process that is killed: it merges what lies in the folder.
#[test]
#[ignore = "only run by the other tests of this file, as a process of its own"]
fn child_merges_until_killed() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let dir = PathBuf::from(dir);
    let order: ComposeOrder = serde_json::from_slice(&std::fs::read(dir.join("order")).expect("there")).expect("JSON");
    let mut recorder = start(&dir);
    ask(&recorder, &order);
    println!("ordered");
    std::io::stdout().flush().expect("the parent listens");
    while wait_finished(&mut recorder, false).segment != order.segment {}
    println!("merged");
    std::io::stdout().flush().expect("the parent listens");
    std::thread::sleep(Duration::from_secs(60)); // the kill comes
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

/// Runs the child and kills it so long after it was asked to merge.
fn merge_and_kill(dir: &Path, after: Duration) {
    let myself = std::env::current_exe().expect("a path");
    let arguments = ["--exact", "compose::child_merges_until_killed", "--ignored", "--nocapture"];
    let mut process = Process::new(myself);
    process.args(arguments).env(FOLDER, dir).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = Killed(process.spawn().expect("a process"));
    let output = BufReader::new(child.0.stdout.take().expect("piped"));
    let ordered = output.lines().map(|line| line.expect("text")).any(|line| line.ends_with("ordered"));
    assert!(ordered, "the child ended before it was killed");
    std::thread::sleep(after); // the moment of the kill
}

#[test]
fn a_kill_while_merging_costs_nothing_and_doubles_nothing() {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let seed = std::env::var("SWITCHROOM_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(since_1970.as_millis() as u64) | 1;
    println!("seed {seed}");
    let mut random = Random(seed);
    let dir = tempfile::tempdir().expect("a folder");
    let mut recorder = start(dir.path());
    let (agent, customer) = (leg(&mut recorder, 1, 300, 0), leg(&mut recorder, 2, 300, 0));
    recorder.shutdown();
    let kills = 6 * std::env::var("SWITCHROOM_SOAK").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    for round in 0..kills {
        let segment = SegmentId::of(0xc0 + round);
        let order = ComposeOrder { segment, ..order(&[(&agent, AGENT), (&customer, CUSTOMER)]) };
        std::fs::write(dir.path().join("order"), serde_json::to_vec(&order).expect("JSON")).expect("written");
        merge_and_kill(dir.path(), Duration::from_micros(random.next() % 150_000));
        // One half is mended by hand, the other by the next start.
        if round % 2 == 0 {
            let report = recorder::recover(dir.path(), &keys(dir.path())).expect("nobody works there");
            assert!(report.is_clean(), "seed {seed}, round {round}: {report}");
            assert_clean(dir.path());
        }
        let mut recorder = start(dir.path());
        ask(&recorder, &order);
        let merged = loop {
            let file = wait_finished(&mut recorder, false);
            if file.segment == segment {
                break file;
            }
        };
        recorder.shutdown();
        assert_clean(dir.path());
        // A leg's file goes on until the recorder hears of its end.
        assert!((300_000..303_000).contains(&merged.duration_ms), "seed {seed}, round {round}: {merged:?}");
        let stem = segment.to_string();
        let own = files(dir.path()).into_iter().filter(|path| path.to_string_lossy().contains(&stem)).count();
        assert_eq!(own, 2, "seed {seed}, round {round}: the file and its manifest");
    }
}
