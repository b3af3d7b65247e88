use super::intake::Intake;
use super::{Gap, GapCause, GapList, Packet, Placed};
use crate::assembler::{Block, BlockTrack, VideoFormat};
use crate::depacketise::{DepacketiseError, Depacketiser, Frame};
use crate::limits;
use model::{Codec, MediaTime};

/// One video track as whole frames: from a keyframe on, and after a loss from the next keyframe on.
#[derive(Debug)]
pub struct VideoTrack {
    intake: Intake,
    depacketiser: Depacketiser,
    placed: Vec<Placed>,
    format: Option<VideoFormat>,
    /// Pictures cannot be decoded until a keyframe comes.
    broken: bool,
    cause: GapCause,
    paused: bool,
    last_us: Option<u64>,
    now: MediaTime,
    /// When a keyframe will be wished for if none comes.
    wish_at: Option<MediaTime>,
    wish: bool,
    gaps: GapList,
}

impl VideoTrack {
    /// A track of `codec` on the timeline that begins at `epoch`.
    pub fn new(codec: Codec, epoch: MediaTime) -> Self {
        Self {
            intake: Intake::new(epoch, codec.clock_rate(), limits::VIDEO_REORDER_PACKETS),
            depacketiser: Depacketiser::new(codec),
            placed: Vec::new(),
            format: None,
            broken: true,
            cause: GapCause::NotStarted,
            paused: false,
            last_us: None,
            now: epoch,
            wish_at: None,
            wish: false,
            gaps: GapList::default(),
        }
    }

    /// Takes a packet, unless paused; whole frames are appended to `out`.
    pub fn push(&mut self, packet: Packet, out: &mut Vec<Block>) {
        if self.paused {
            return;
        }
        let now = packet.arrival;
        self.now = now;
        self.intake.push(packet, &mut self.placed);
        self.write_placed(out);
        self.wish |= now >= *self.wish_at.get_or_insert(now.after(limits::FIRST_KEYFRAME_WITHIN));
        if self.wish {
            self.wish_at = Some(now.after(limits::KEYFRAME_WISH_EVERY));
        }
    }

    /// Time passes: packets that waited long enough are taken.
    pub fn advance(&mut self, now: MediaTime, out: &mut Vec<Block>) {
        self.intake.release(now, &mut self.placed);
        self.write_placed(out);
    }

    /// Takes what waits.
    pub fn finish(&mut self, out: &mut Vec<Block>) {
        self.intake.drain(&mut self.placed);
        self.write_placed(out);
    }

    /// From now on nothing is kept, or everything again from the next keyframe on.
    pub fn set_paused(&mut self, paused: bool, out: &mut Vec<Block>) {
        if paused == self.paused {
            return;
        }
        self.paused = paused;
        if paused {
            self.finish(out);
            self.depacketiser.reset();
            // Before its first picture a track has no gap of its own.
            if self.last_us.is_some() {
                self.broken = true;
                self.cause = GapCause::Paused;
            }
        } else {
            self.wish_at = self.wish_at.map(|at| at.min(self.now));
        }
    }

    /// Frames of this track were dropped before they reached us.
    pub fn note_dropped_frames(&mut self) {
        self.break_off(GapCause::Dropped);
    }

    /// True once per wish: a keyframe is needed to go on, and the sender should be asked for one.
    pub fn needs_keyframe(&mut self) -> bool {
        std::mem::take(&mut self.wish)
    }

    /// Codec, size and parameters of the first keyframe.
    pub fn format(&self) -> Option<&VideoFormat> {
        self.format.as_ref()
    }

    /// Missing time stated so far.
    pub fn gaps(&self) -> &[Gap] {
        self.gaps.stated()
    }

    fn write_placed(&mut self, out: &mut Vec<Block>) {
        for placed in std::mem::take(&mut self.placed) {
            if placed.lost > 0 {
                self.depacketiser.reset();
                self.break_off(GapCause::Lost);
            } else if placed.fresh {
                self.depacketiser.reset();
                self.break_off(GapCause::Interrupted);
            }
            match self.depacketiser.push(&placed) {
                Ok(Some(frame)) => self.write(frame, out),
                Ok(None) => {}
                Err(error) => {
                    if error != DepacketiseError::NoEnd {
                        self.depacketiser.reset();
                    }
                    self.break_off(GapCause::Lost);
                }
            }
        }
    }

    fn break_off(&mut self, cause: GapCause) {
        if !self.broken {
            self.broken = true;
            self.cause = cause;
            self.wish_at = self.wish_at.map(|at| at.min(self.now));
        }
    }

    fn write(&mut self, mut frame: Frame, out: &mut Vec<Block>) {
        if self.broken && !frame.keyframe {
            return;
        }
        let Ok(mut place_us) = u64::try_from(frame.place_us) else { return };
        let format = self.format.get_or_insert_with(|| frame.format());
        frame.settle_parameters(format);
        if let Some(last_us) = self.last_us {
            place_us = place_us.max(last_us + 1_000);
        }
        self.state_gap(place_us);
        if frame.keyframe {
            self.wish_at = Some(self.now.after(limits::KEYFRAME_AT_LEAST_EVERY));
        }
        self.broken = false;
        self.last_us = Some(place_us);
        out.push(Block { track: BlockTrack::Video, place_us, keyframe: frame.keyframe, payload: frame.into_payload() });
    }

    fn state_gap(&mut self, place_us: u64) {
        let since = self.last_us.unwrap_or(0);
        if self.broken {
            self.gaps.add(true, since, place_us - since, self.cause);
        } else if place_us - since >= 1_000_000 {
            // Slower than a picture a second: the camera was off.
            self.gaps.add(true, since, place_us - since, GapCause::NotSent);
        }
    }
}
