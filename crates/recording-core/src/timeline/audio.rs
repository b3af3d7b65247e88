use super::intake::Intake;
use super::{Gap, GapCause, GapList, Packet, Placed};
use crate::assembler::{Block, BlockTrack};
use crate::{limits, opus_packet};
use bytes::Bytes;
use model::MediaTime;

/// A packet that continues the one before is moved only when its place is off by so many samples (10 ms): two legs
/// are then within 20 ms of each other.
const TOLERANCE: i64 = 480;

/// One leg's voice as an unbroken row of Opus packets from the call's epoch on.
#[derive(Debug)]
pub struct AudioTrack {
    intake: Intake,
    epoch: MediaTime,
    placed: Vec<Placed>,
    /// Samples written since the epoch.
    end: u64,
    /// RTP time at which the next packet continues the last one.
    expected: Option<i64>,
    begun: bool,
    frames_dropped: bool,
    paused: bool,
    gaps: GapList,
}

impl AudioTrack {
    /// A track whose file begins at `epoch`.
    pub fn new(epoch: MediaTime) -> Self {
        Self {
            intake: Intake::new(epoch, opus_packet::RATE as u32, limits::AUDIO_REORDER_PACKETS),
            epoch,
            placed: Vec::new(),
            end: 0,
            expected: None,
            begun: false,
            frames_dropped: false,
            paused: false,
            gaps: GapList::default(),
        }
    }

    /// Takes a packet, unless paused; finished blocks are appended to `out`.
    pub fn push(&mut self, packet: Packet, out: &mut Vec<Block>) {
        if self.paused {
            return;
        }
        self.intake.push(packet, &mut self.placed);
        self.write_placed(out);
    }

    /// Time passes: packets that waited long enough are written, and silence where nothing came for long.
    pub fn advance(&mut self, now: MediaTime, out: &mut Vec<Block>) {
        self.intake.release(now, &mut self.placed);
        self.write_placed(out);
        let horizon = now.0.saturating_sub(self.epoch.0).saturating_sub(limits::FILL_AFTER.as_micros() as u64);
        if horizon > samples_to_us(self.end) + 1_000_000 {
            self.fill_until(us_to_samples(horizon as i64), self.silence(), out);
        }
    }

    /// Writes what waits and fills up to `until`, the end of the recording.
    pub fn finish(&mut self, until: MediaTime, out: &mut Vec<Block>) {
        self.intake.drain(&mut self.placed);
        self.write_placed(out);
        let until_us = i64::try_from(until.0.saturating_sub(self.epoch.0)).unwrap_or(i64::MAX);
        self.fill_until(us_to_samples(until_us), self.silence(), out);
    }

    /// From `now` on nothing is kept, or everything again. The gap begins and ends there to the sample.
    pub fn set_paused(&mut self, paused: bool, now: MediaTime, out: &mut Vec<Block>) {
        if paused != self.paused {
            self.finish(now, out);
            self.paused = paused;
        }
    }

    /// Why nothing is there while nothing comes.
    fn silence(&self) -> GapCause {
        if self.paused {
            GapCause::Paused
        } else if self.begun {
            GapCause::NotSent
        } else {
            GapCause::NotStarted
        }
    }

    /// Frames of this track were dropped before they reached us: the next gap is ours, not the network's.
    pub fn note_dropped_frames(&mut self) {
        self.frames_dropped = true;
    }

    /// Missing time stated so far.
    pub fn gaps(&self) -> &[Gap] {
        self.gaps.stated()
    }

    fn write_placed(&mut self, out: &mut Vec<Block>) {
        for placed in std::mem::take(&mut self.placed) {
            self.write(placed, out);
        }
    }

    fn write(&mut self, placed: Placed, out: &mut Vec<Block>) {
        let Ok(samples) = opus_packet::duration(&placed.payload) else { return };
        let grain = opus_packet::GRAIN as i64;
        let quiet = opus_packet::is_quiet(&placed.payload);
        let continues = !placed.fresh && self.expected == Some(placed.ticks);
        let early = us_to_samples(placed.place_us) - self.end as i64;
        if early <= if quiet { -grain } else { -TOLERANCE } {
            // Its time is taken. The next one is placed exactly.
            self.expected = None;
            return;
        }
        if early >= if continues && !quiet { TOLERANCE } else { grain } {
            if !self.fill_until(us_to_samples(placed.place_us), self.cause(&placed, samples, early), out) {
                return;
            }
            self.frames_dropped = false;
        }
        self.begun = true;
        self.expected = Some(placed.ticks + samples as i64);
        self.append(placed.payload, samples, out);
    }

    fn cause(&self, placed: &Placed, samples: u64, missing: i64) -> GapCause {
        let lost = placed.lost.saturating_mul(samples) as i64;
        if !self.begun {
            GapCause::NotStarted
        } else if self.frames_dropped {
            GapCause::Dropped
        } else if placed.fresh {
            GapCause::Interrupted
        } else if lost.saturating_mul(2) >= missing {
            GapCause::Lost
        } else {
            GapCause::NotSent
        }
    }

    /// Silence up to `until` samples; false when that is too far to be true.
    fn fill_until(&mut self, until: i64, cause: GapCause, out: &mut Vec<Block>) -> bool {
        let missing = u64::try_from(until - self.end as i64).unwrap_or(0);
        if samples_to_us(missing) > limits::LONGEST_FILL.as_micros() as u64 {
            return false;
        }
        self.gaps.add(false, samples_to_us(self.end), samples_to_us(missing), cause);
        let mut left = missing;
        loop {
            let step = opus_packet::silence_step(left);
            if step == 0 {
                return true;
            }
            left -= step;
            self.append(Bytes::from_static(opus_packet::silence(step)), step, out);
        }
    }

    fn append(&mut self, payload: Bytes, samples: u64, out: &mut Vec<Block>) {
        out.push(Block { track: BlockTrack::Audio, place_us: samples_to_us(self.end), keyframe: true, payload });
        self.end += samples;
    }
}

fn samples_to_us(samples: u64) -> u64 {
    samples * 1_000 / 48
}

fn us_to_samples(us: i64) -> i64 {
    us.saturating_mul(48) / 1_000
}
