use super::live_file::LiveFile;
use super::outbox::Outbox;
use crate::finisher::Claims;
use crate::keys::Keys;
use crate::stats::Counters;
use crate::{disk, limits};
use model::{Codec, MediaTime, RecordingMedia, SegmentId, TrackKind};
use recording_core::segment::{FileRole, Manifest};
use recording_core::timeline::Packet;
use recording_core::{Assembler, BlockTrack, opus_packet};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;
use wire::recorder::{Event, SegmentStart};
use wire::tap::TapFrame;

/// How long a leg has been silent.
#[derive(Debug, Default)]
struct Silence {
    /// When sound came last; nothing until time is looked at after the start or a pause.
    since: Option<MediaTime>,
    is_told: bool,
}

/// One leg's segment: the main file, and others as soon as there is something for them.
#[derive(Debug)]
pub(super) struct LegRecording {
    start: SegmentStart,
    keys: Keys,
    files: BTreeMap<FileRole, LiveFile>,
    paused: bool,
    silence: Silence,
    camera: Option<Codec>,
    screen: Option<Codec>,
}

impl LegRecording {
    pub(super) fn begin(start: SegmentStart, dir: &Path, keys: &Keys, claims: &Claims, outbox: &mut Outbox) -> Self {
        let mut leg = Self {
            start,
            keys: keys.clone(),
            files: BTreeMap::new(),
            paused: false,
            silence: Silence::default(),
            camera: None,
            screen: None,
        };
        let main = Assembler::new(leg.start.epoch, true, None);
        leg.open(FileRole::Main, main, dir, claims, outbox);
        leg
    }

    /// True when a file of the segment is on disk already.
    pub(super) fn exists(folder: &Path, segment: SegmentId) -> bool {
        folder.join(format!("{segment}.json")).exists()
    }

    pub(super) fn segment(&self) -> SegmentId {
        self.start.segment
    }

    pub(super) fn files(&self) -> usize {
        self.files.len()
    }

    pub(super) fn set_paused(&mut self, paused: bool, now: MediaTime) {
        self.paused = paused;
        self.silence.since = None;
        self.files.values_mut().for_each(|file| file.assembler().set_paused(paused, now));
    }

    pub(super) fn push(&mut self, frame: &TapFrame, dir: &Path, claims: &Claims, outbox: &mut Outbox) {
        // What is under way when a pause begins is not kept either, and no file begins in it.
        if self.paused {
            return;
        }
        let Some((role, track)) = self.route(frame.track, frame.codec) else { return };
        if track == BlockTrack::Audio && !opus_packet::is_quiet(&frame.payload) {
            self.silence.since = Some(frame.arrival);
            if std::mem::take(&mut self.silence.is_told) {
                self.tell_silence(outbox);
            }
        }
        if !self.files.contains_key(&role) {
            let picture = Assembler::new(self.start.epoch, false, Some(frame.codec));
            self.open(role, picture, dir, claims, outbox);
        }
        let (epoch, leg) = (self.start.epoch, frame.leg);
        let Some(file) = self.files.get_mut(&role) else { return };
        if track == BlockTrack::Video {
            file.assembler().add_video(frame.codec, epoch);
        }
        file.assembler().push(track, Packet::from(frame));
        if file.assembler().needs_keyframe() {
            outbox.push(Event::KeyframeNeeded { leg, track: frame.track });
        }
    }

    /// Which file a track of a codec belongs to. `None`: it is not recorded.
    fn route(&mut self, track: TrackKind, codec: Codec) -> Option<(FileRole, BlockTrack)> {
        if track == TrackKind::Audio {
            return (codec == Codec::Opus).then_some((FileRole::Main, BlockTrack::Audio));
        }
        if self.start.media == RecordingMedia::Audio || codec == Codec::Opus {
            return None;
        }
        let role = if track == TrackKind::Camera {
            let first = *self.camera.get_or_insert(codec);
            if first == codec { FileRole::Main } else { FileRole::Camera(codec) }
        } else {
            let first = *self.screen.get_or_insert(codec);
            if first == codec { FileRole::Screen } else { FileRole::ScreenAgain(codec) }
        };
        Some((role, BlockTrack::Video))
    }

    fn open(&mut self, role: FileRole, assembler: Assembler, dir: &Path, claims: &Claims, outbox: &mut Outbox) {
        let manifest = Manifest::begin(self.start.clone(), role);
        claims.add(&manifest.stem());
        let key = self.keys.new_key(&manifest.stem());
        let folder = disk::folder(dir, &self.start);
        let file = LiveFile::begin(folder, disk::root(dir), manifest, key, assembler, outbox);
        self.files.insert(role, file);
    }

    pub(super) fn note_dropped(&mut self, track: TrackKind, count: u64) {
        let (codec, block) = match track {
            TrackKind::Audio => (Some(Codec::Opus), BlockTrack::Audio),
            TrackKind::Camera => (self.camera, BlockTrack::Video),
            TrackKind::Screen => (self.screen, BlockTrack::Video),
        };
        if let Some((role, _)) = codec.and_then(|codec| self.route(track, codec))
            && let Some(file) = self.files.get_mut(&role)
        {
            file.assembler().note_dropped_frames(block);
            file.note_dropped(count, "frames came faster than the disk takes them");
        }
    }

    pub(super) fn write(&mut self, media_now: MediaTime, now: Instant, counters: &Counters, outbox: &mut Outbox) {
        let since = *self.silence.since.get_or_insert(media_now);
        if !self.paused && !self.silence.is_told && media_now.since(since) >= limits::SILENT_AFTER {
            self.silence.is_told = true;
            self.tell_silence(outbox);
        }
        for file in self.files.values_mut() {
            file.assembler().advance(media_now);
            file.write(now, counters, outbox);
        }
    }

    /// Whoever asked for this leg may not know.
    pub(super) fn repeat_silence(&self, outbox: &mut Outbox) {
        if self.silence.is_told {
            self.tell_silence(outbox);
        }
    }

    fn tell_silence(&self, outbox: &mut Outbox) {
        let Self { start: SegmentStart { segment, leg, .. }, silence, .. } = self;
        outbox.push(Event::Silent { segment: *segment, leg: *leg, silent: silence.is_told });
    }

    pub(super) fn save_gaps(&mut self) {
        self.files.values_mut().for_each(LiveFile::save_gaps);
    }

    /// No more frames: the files to be written to their end.
    pub(super) fn close(self, until: MediaTime, cut_short: bool) -> Vec<LiveFile> {
        let now = Instant::now();
        self.files
            .into_values()
            .map(|mut file| {
                file.assembler().finish(until);
                file.close(now, cut_short);
                file
            })
            .collect()
    }
}
