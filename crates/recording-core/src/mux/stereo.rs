//! Legs in one stereo file, some left and some right, without decoding (RFC 7845 §5.1.1, mapping family 1).
//!
//! A packet of such a file holds one packet of each channel, the first one with its length (RFC 6716 appendix B). Both
//! play 20 ms, so each leg's frames are put into slots of 20 ms: a frame goes where most of it belongs and moves by 10 ms
//! at most. Slots without a frame are silent. Where a channel has several legs, the first that is not silent is heard.

use super::check::CheckError;
use super::ogg::{self, ENDS, LACING};
use super::ogg_read::Packets;
use crate::{limits, opus_packet};
use std::collections::VecDeque;
use std::io::{self, Read};

/// Samples of a slot.
const SLOT: u64 = 960;

/// A leg's finished Ogg file in a channel.
#[derive(Debug)]
pub struct StereoSource<R> {
    /// The file.
    pub from: R,
    /// Where its first sample stands in the merged file, samples at 48 kHz.
    pub offset: u64,
}

/// Why files cannot be merged.
#[derive(Debug, thiserror::Error)]
pub enum StereoError {
    /// A leg's file is not sound.
    #[error("a leg's file {0}")]
    Unsound(#[from] CheckError),
    /// A leg has frames that cannot be put into slots of 20 ms: it must be encoded anew.
    #[error("a leg has frames of {0} samples")]
    Frames(u64),
    /// The merged file could not be written.
    #[error("the merged file cannot be written: {0}")]
    Write(io::Error),
}

/// Writes the file from its first to its last byte; returns its length in milliseconds.
pub fn write_stereo<R: Read>(
    left: Vec<StereoSource<R>>,
    right: Vec<StereoSource<R>>,
    mut write: impl FnMut(&[u8]) -> io::Result<()>,
) -> Result<u64, StereoError> {
    let (mut left, mut right) = (Channel::of(left), Channel::of(right));
    let mut pages = Pages::default();
    write(&ogg::headers(head())).map_err(StereoError::Write)?;
    let mut slot = 0;
    loop {
        let pair = (left.piece(slot)?, right.piece(slot)?);
        if matches!(pair, (Piece::Over, Piece::Over)) {
            break;
        }
        let mut packet = pair.0.packet(true);
        packet.extend(pair.1.packet(false));
        slot += 1;
        if let Some(page) = pages.push(packet, slot * SLOT) {
            write(&page).map_err(StereoError::Write)?;
        }
    }
    write(&pages.last(slot * SLOT)).map_err(StereoError::Write)?;
    Ok(slot * SLOT * 1_000 / opus_packet::RATE)
}

/// Two channels, each a mono stream of its own.
fn head() -> Vec<u8> {
    let mut head = b"OpusHead\x01\x02\x00\x00".to_vec();
    head.extend(48_000u32.to_le_bytes());
    head.extend([0, 0, 1, 2, 0, 0, 1]);
    head
}

/// What a leg plays in a slot.
#[derive(Debug)]
enum Piece {
    /// One frame of 20 ms or two of 10 ms, under the first byte of their packet.
    Sound {
        toc: u8,
        frames: Vec<Vec<u8>>,
    },
    Silence,
    /// The leg has no more.
    Over,
}

impl Piece {
    /// The greater, the more there is to hear.
    fn rank(&self) -> u8 {
        match self {
            Self::Over => 0,
            Self::Silence => 1,
            Self::Sound { frames, .. } if frames.iter().all(|frame| opus_packet::is_quiet_frame(frame)) => 2,
            Self::Sound { .. } => 3,
        }
    }

    fn packet(&self, with_length: bool) -> Vec<u8> {
        let silence = opus_packet::silence(SLOT);
        let (toc, mut frames): (u8, Vec<&[u8]>) = match self {
            Self::Sound { toc, frames } => (*toc, frames.iter().map(Vec::as_slice).collect()),
            Self::Silence | Self::Over => (silence[0], vec![&silence[1..]]),
        };
        // A frame of 10 ms that is alone: an empty one, which decoders fill, completes the slot.
        if opus_packet::frame_samples(toc) * (frames.len() as u64) < SLOT {
            frames.push(&[]);
        }
        let mut packet = vec![toc & !3 | if frames.len() == 1 { 0 } else { 2 }];
        let stated = if with_length { frames.len() } else { frames.len() - 1 };
        frames[..stated].iter().for_each(|frame| opus_packet::put_length(frame.len(), &mut packet));
        frames.iter().for_each(|frame| packet.extend_from_slice(frame));
        packet
    }
}

/// The legs of a channel.
struct Channel<R>(Vec<Row<R>>);

impl<R: Read> Channel<R> {
    fn of(sources: Vec<StereoSource<R>>) -> Self {
        Self(sources.into_iter().map(Row::of).collect())
    }

    fn piece(&mut self, slot: u64) -> Result<Piece, StereoError> {
        let mut best = Piece::Over;
        for row in &mut self.0 {
            let piece = row.piece(slot)?;
            if piece.rank() > best.rank() {
                best = piece;
            }
        }
        Ok(best)
    }
}

/// A leg's frames on their way into slots.
struct Row<R> {
    packets: Packets<R>,
    /// Samples before the next packet.
    end: u64,
    /// Slot, first byte and frames of what was read ahead.
    ahead: VecDeque<(u64, u8, Vec<Vec<u8>>)>,
    over: bool,
}

impl<R: Read> Row<R> {
    fn of(source: StereoSource<R>) -> Self {
        Self { packets: Packets::of(source.from), end: source.offset, ahead: VecDeque::new(), over: false }
    }

    fn piece(&mut self, slot: u64) -> Result<Piece, StereoError> {
        // One more is read than is played: its second half may follow.
        while self.ahead.len() < 2 && !self.over {
            self.read()?;
        }
        // Frames of different lengths may meet in one slot: the first one has it.
        while self.ahead.front().is_some_and(|(at, ..)| *at < slot) {
            self.ahead.pop_front();
        }
        match self.ahead.front() {
            Some((at, ..)) if *at == slot => {
                let (_, toc, frames) = self.ahead.pop_front().expect("it was looked at");
                Ok(Piece::Sound { toc, frames })
            }
            Some(_) => Ok(Piece::Silence),
            None => Ok(Piece::Over),
        }
    }

    fn read(&mut self) -> Result<(), StereoError> {
        let Some(packet) = self.packets.next()? else {
            self.over = true;
            return Ok(());
        };
        let wrong = |error: opus_packet::OpusError| CheckError::wrong(error.to_string());
        let (toc, frames) = (packet[0], opus_packet::frames(&packet).map_err(wrong)?);
        let samples = opus_packet::frame_samples(toc);
        if samples != SLOT && samples != SLOT / 2 {
            if !opus_packet::is_quiet(&packet) {
                return Err(StereoError::Frames(samples));
            }
            // What fills a gap need not be put anywhere.
            self.end += opus_packet::duration(&packet).map_err(wrong)?;
            return Ok(());
        }
        for frame in frames {
            self.put(toc, samples, frame.to_vec());
            self.end += samples;
        }
        Ok(())
    }

    fn put(&mut self, toc: u8, samples: u64, frame: Vec<u8>) {
        if samples == SLOT {
            self.ahead.push_back(((self.end + SLOT / 2) / SLOT, toc, vec![frame]));
            return;
        }
        let slot = self.end / SLOT;
        match self.ahead.back_mut() {
            Some((at, first, frames)) if *at == slot && *first & !3 == toc & !3 && frames.len() == 1 => {
                frames.push(frame)
            }
            // Half of a slot whose other half is of another kind cannot be said in one packet.
            Some((at, ..)) if *at == slot => {}
            _ => self.ahead.push_back((slot, toc, vec![frame])),
        }
    }
}

/// Packets on their way into pages. The last page is marked, so one is kept back.
#[derive(Default)]
struct Pages {
    packets: Vec<Vec<u8>>,
    lacing: usize,
    begun_at: u64,
    end: u64,
    number: u32,
}

impl Pages {
    /// A page that is full, if the packet, which ends at sample `end`, does not fit into it.
    fn push(&mut self, packet: Vec<u8>, end: u64) -> Option<Vec<u8>> {
        let values = packet.len() / 255 + 1;
        let longest = limits::PAGE_MS * opus_packet::RATE / 1_000;
        let is_full = self.lacing + values > LACING || end - self.begun_at > longest;
        let full = (is_full && !self.packets.is_empty()).then(|| {
            let page = self.page(0, self.end);
            self.begun_at = self.end;
            page
        });
        self.packets.push(packet);
        self.lacing += values;
        self.end = end;
        full
    }

    fn last(&mut self, end: u64) -> Vec<u8> {
        self.page(ENDS, end)
    }

    fn page(&mut self, flags: u8, granule: u64) -> Vec<u8> {
        let page = ogg::page(flags, granule, self.number + 2, &self.packets);
        self.number += 1;
        self.packets.clear();
        self.lacing = 0;
        page
    }
}
