//! A recorder without disk: packets in, live parts and a finished file out.

use crate::synthetic::EPOCH;
use model::{Codec, MediaTime};
use recording_core::mux::{Checked, Container, FinishPlan, LiveIndex, LiveTracks, LiveWriter, check};
use recording_core::timeline::{Gap, Packet};
use recording_core::{Assembler, BlockTrack};
use std::collections::VecDeque;
use std::path::PathBuf;

pub(crate) struct Recorded {
    pub(crate) parts: Vec<Vec<u8>>,
    pub(crate) container: Container,
    pub(crate) duration_ms: u64,
    pub(crate) file: Vec<u8>,
    pub(crate) checked: Checked,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) wishes: u64,
}

/// Records packets in the order of their arrival, writing every 400 ms as the recorder does.
pub(crate) fn record(packets: Vec<(BlockTrack, Packet)>, video: Option<Codec>, until_us: u64) -> Recorded {
    record_with_pauses(packets, video, until_us, &[])
}

/// As [`record`]; each pause is from and to in microseconds after the epoch.
pub(crate) fn record_with_pauses(
    mut packets: Vec<(BlockTrack, Packet)>,
    video: Option<Codec>,
    until_us: u64,
    pauses: &[(u64, u64)],
) -> Recorded {
    let mut switches: VecDeque<(u64, bool)> =
        pauses.iter().flat_map(|(from, to)| [(EPOCH.0 + from, true), (EPOCH.0 + to, false)]).collect();
    packets.sort_by_key(|(_, packet)| packet.arrival);
    let mut assembler = Assembler::new(EPOCH, true, video);
    let mut live: Option<LiveWriter> = None;
    let mut parts: Vec<Vec<u8>> = Vec::new();
    let (mut has_video, mut wishes, mut next) = (false, 0, EPOCH.0);
    let mut write = |assembler: &mut Assembler| {
        let blocks = assembler.take_blocks();
        if blocks.is_empty() {
            return;
        }
        has_video |= blocks.iter().any(|block| block.track == BlockTrack::Video);
        let tracks = LiveTracks { audio: true, video: assembler.video_format().filter(|_| has_video).cloned() };
        if live.as_ref().is_none_or(|live| *live.tracks() != tracks) {
            let writer = LiveWriter::new(tracks);
            parts.push(writer.head());
            live = Some(writer);
        }
        let mut rest = &blocks[..];
        while !rest.is_empty() {
            let (cluster, taken) = live.as_ref().expect("opened").cluster(rest.iter());
            parts.last_mut().expect("opened").extend(cluster);
            rest = &rest[taken..];
        }
    };
    for (track, packet) in packets {
        while packet.arrival.0 >= next {
            assembler.advance(MediaTime(next));
            write(&mut assembler);
            next += 400_000;
        }
        while let Some((at, paused)) = switches.front().copied().filter(|(at, _)| packet.arrival.0 >= *at) {
            assembler.set_paused(paused, MediaTime(at));
            switches.pop_front();
        }
        assembler.push(track, packet);
        wishes += u64::from(assembler.needs_keyframe());
    }
    assembler.finish(MediaTime(EPOCH.0 + until_us));
    write(&mut assembler);
    let gaps = assembler.gaps();
    let (container, duration_ms, file) = finish(&parts).expect("something was recorded");
    let checked = check(container, &file[..]).unwrap_or_else(|error| panic!("the finished file is not sound: {error}"));
    Recorded { parts, container, duration_ms, file, checked, gaps, wishes }
}

/// The finished file of live parts; nothing when they hold nothing.
pub(crate) fn finish(parts: &[Vec<u8>]) -> Option<(Container, u64, Vec<u8>)> {
    let mut index = LiveIndex::default();
    for part in parts {
        index.add_part(&part[..]).expect("memory can be read");
    }
    let plan = FinishPlan::new(index).ok()?;
    let mut file = Vec::new();
    let read = |part: u32, offset: u64, length: u32| {
        let from = offset as usize;
        Ok::<_, std::io::Error>(parts[part as usize][from..from + length as usize].to_vec())
    };
    plan.write(read, |bytes| {
        file.extend_from_slice(bytes);
        Ok(())
    })
    .expect("memory can be written");
    Some((plan.container(), plan.duration_ms(), file))
}

/// A file for tools to read, removed at the end of the test.
pub(crate) struct Kept(pub(crate) PathBuf);

impl Kept {
    pub(crate) fn new(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("recording-core-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).expect("the temporary folder can be written");
        Self(path)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

pub(crate) fn voice(packets: Vec<Packet>) -> Vec<(BlockTrack, Packet)> {
    packets.into_iter().map(|packet| (BlockTrack::Audio, packet)).collect()
}

pub(crate) fn picture(packets: Vec<Packet>) -> Vec<(BlockTrack, Packet)> {
    packets.into_iter().map(|packet| (BlockTrack::Video, packet)).collect()
}
