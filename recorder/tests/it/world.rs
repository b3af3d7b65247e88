//! A recorder in a temporary folder, and legs that send to it.

use crate::synthetic::EPOCH;
use model::{
    AccountId, CallDirection, CallId, Codec, ConversationId, LegId, MediaTime, ParticipantType, RecordingMedia,
    SegmentId, TrackKind, WallTime,
};
use recorder::{KeySource, Keys, RecorderConfig, RecorderHandle};
use recording_core::timeline::Packet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use wire::recorder::{Command, Event, SegmentFile, SegmentStart};
use wire::tap::TapFrame;

pub(crate) fn start(dir: &Path) -> RecorderHandle {
    recorder::start(RecorderConfig::new(dir)).expect("the recorder starts")
}

/// What signaling says about leg `number` of a call that began at [`EPOCH`].
pub(crate) fn segment(number: u128, media: RecordingMedia) -> SegmentStart {
    segment_at(number, media, EPOCH)
}

pub(crate) fn segment_at(number: u128, media: RecordingMedia, epoch: MediaTime) -> SegmentStart {
    SegmentStart {
        segment: SegmentId::of(0x5000 + number),
        account: AccountId::of(1),
        conversation: ConversationId::of(2),
        call: CallId::of(3),
        leg: LegId::of(0x1000 + number),
        participant: ParticipantType::Agent,
        identity: "agent".into(),
        display_name: "Ana".into(),
        agent_name: "Ana Lópe_z".into(),
        customer_name: "Kim".into(),
        direction: CallDirection::Inbound,
        media,
        started_at: WallTime((epoch.0 / 1_000) as i64),
        epoch,
    }
}

pub(crate) fn frame(start: &SegmentStart, track: TrackKind, codec: Codec, packet: &Packet) -> TapFrame {
    TapFrame {
        leg: start.leg,
        track,
        codec,
        arrival: packet.arrival,
        ssrc: packet.ssrc,
        rtp_time: packet.rtp_time,
        sequence: packet.sequence,
        marker: packet.marker,
        payload: packet.payload.clone(),
    }
}

/// Starts a segment and sends all tracks in the order of their arrival.
pub(crate) fn send_all(recorder: &RecorderHandle, start: &SegmentStart, tracks: &[(TrackKind, Codec, Vec<Packet>)]) {
    recorder.commands.send(Command::Start(Box::new(start.clone()))).expect("room for a command");
    let mut frames: Vec<TapFrame> = tracks
        .iter()
        .flat_map(|(track, codec, packets)| packets.iter().map(|packet| frame(start, *track, *codec, packet)))
        .collect();
    frames.sort_by_key(|frame| frame.arrival);
    for frame in frames {
        assert!(recorder.taps.try_send(frame), "there is room");
    }
}

pub(crate) fn stop(recorder: &RecorderHandle, start: &SegmentStart) {
    recorder.commands.send(Command::Stop { segment: start.segment }).expect("room for a command");
}

/// Waits for a fact, a minute at most.
pub(crate) fn wait_for<T>(recorder: &mut RecorderHandle, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let search = async {
        loop {
            let event = recorder.events.recv().await.expect("the recorder lives");
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    };
    let limited = async { tokio::time::timeout(Duration::from_secs(60), search).await };
    runtime.block_on(limited).expect("the fact comes within a minute")
}

pub(crate) fn wait_finished(recorder: &mut RecorderHandle, screen: bool) -> SegmentFile {
    wait_for(recorder, |event| match event {
        Event::Finished(file) if file.screen == screen => Some((**file).clone()),
        Event::Failed { reason, .. } => panic!("recording failed: {reason}"),
        _ => None,
    })
}

/// The keys of a folder.
pub(crate) fn keys(dir: &Path) -> Keys {
    Keys::read(&KeySource::usual(dir)).expect("the recorder made them")
}

/// A plain copy of a recording beside the folder of recordings, for players.
pub(crate) fn plain(dir: &Path, path: impl AsRef<Path>) -> PathBuf {
    let path = path.as_ref();
    let inside = path.strip_prefix(dir).unwrap_or(path).to_str().expect("UTF-8");
    let mut file = recorder::open_file(dir, inside, &keys(dir)).expect("it opens");
    let mut bytes = vec![0; usize::try_from(file.length()).expect("it is short")];
    let mut at = 0;
    while at < bytes.len() {
        let count = file.read_at(at as u64, &mut bytes[at..]).expect("it is sound");
        assert!(count > 0, "it is as long as it says");
        at += count;
    }
    let copy = dir.join("plain").join(path.file_name().expect("a name"));
    std::fs::create_dir_all(dir.join("plain")).expect("makeable");
    std::fs::write(&copy, bytes).expect("writable");
    copy
}

/// Names of all files under the folder of recordings.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![dir.join("recordings")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// The folder is as it should be after all is done.
pub(crate) fn assert_clean(dir: &Path) {
    let report = recorder::check(dir, &keys(dir)).expect("the folder can be read");
    assert!(report.is_clean(), "{report}");
}
