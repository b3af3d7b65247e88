//! MPEG layer II streams in the form that the decoder takes.
//!
//! ISO/IEC 11172-3 §2.4.2.3 allows each bit rate of layer II with one channel or with two, not with both, and the decoder
//! refuses the rest, also for the lower sample rates, for which ISO/IEC 13818-3 lifts that rule. Encoders do not care:
//! some write 384 kbit/s for one channel unless told otherwise. Such frames are rewritten without touching a sample:
//!
//! * two channels and too few bits: the frame gets a bit rate that is allowed and that means the same tables, and zeros;
//! * one channel and too many bits: the frame becomes one of two channels whose second is silent.

use super::{
    containers::Adjustment,
    mpeg::{self, HEADER, Header, Version},
};
use crate::{Problem, format::Format};

/// Kilobits a second of one channel up to which sub-bands are coded by other tables (§2.4.2.3, tables B.2a to B.2d).
const OTHER_TABLES: u32 = 80;
/// The most that one channel may have by the rule.
const MOST_FOR_ONE: u32 = 192;
/// Rates that two channels may not have by the rule.
const TOO_FEW_FOR_TWO: [u32; 4] = [32, 48, 56, 80];

/// A frame's header, and all its bytes.
type Frame<'a> = (Header, &'a [u8]);

/// The stream without tags and junk, and what must be done to its decoded samples.
pub(super) fn standardise(bytes: &[u8]) -> Result<(Vec<u8>, Adjustment), Problem> {
    let frames = frames(bytes);
    let (first, _) = *frames.first().ok_or_else(|| Problem::damaged("it has no whole frame"))?;
    let mut stream = Vec::with_capacity(bytes.len());
    if !frames.iter().any(|(header, _)| has_too_many_bits(header)) {
        frames.iter().for_each(|frame| push_padded(frame, &mut stream));
        return Ok((stream, Adjustment::default()));
    }
    if frames.iter().any(|(header, _)| header.kilobits <= OTHER_TABLES) {
        return Err(Problem::unsupported("MP2 of a changing bit rate"));
    }
    frames.iter().try_for_each(|frame| push_with_second_channel(frame, &mut stream))?;
    Ok((stream, Adjustment { rate: Some(first.rate), first_channel_only: true, ..Adjustment::default() }))
}

/// Whole frames of one stream, in order; what is none is passed over.
fn frames(bytes: &[u8]) -> Vec<Frame<'_>> {
    let mut frames: Vec<Frame<'_>> = Vec::new();
    let mut at = mpeg::find(bytes, Format::Mp2).unwrap_or(bytes.len());
    while at < bytes.len() {
        let header = Header::parse(&bytes[at..]).filter(|header| match frames.first() {
            Some((first, _)) => header.continues(first) && header.mono == first.mono,
            None => true,
        });
        match header.and_then(|header| Some((header, bytes.get(at..at + header.frame_length())?))) {
            Some(frame) => {
                frames.push(frame);
                at += frame.1.len();
            }
            None => at += 1,
        }
    }
    frames
}

fn has_too_many_bits(header: &Header) -> bool {
    header.version == Version::One && header.mono && header.kilobits > MOST_FOR_ONE
}

/// A frame as it is, or with a higher bit rate and zeros where its own is not allowed.
fn push_padded((header, frame): &Frame<'_>, stream: &mut Vec<u8>) {
    let start = stream.len();
    stream.extend_from_slice(frame);
    if header.mono || !TOO_FEW_FOR_TWO.contains(&header.kilobits) {
        return;
    }
    // 96 kbit/s take the tables of all lower rates; the lower sample rates have but one table, and 160 kbit/s at most.
    let index = if header.version == Version::One { 6 } else { 14 };
    stream[start + 2] = stream[start + 2] & 0x0f | index << 4;
    let padded = Header::parse(&stream[start..]).expect("an index from 1 to 14 is a bit rate");
    stream.resize(start + padded.frame_length(), 0);
}

/// A frame of one channel as a frame of two: 384 kbit/s at 32 kHz, the largest and of the same table.
///
/// A channel's allocation says how many bits its samples have in each sub-band; with an allocation of zeros, nothing
/// else is written for the second.
fn push_with_second_channel((header, frame): &Frame<'_>, stream: &mut Vec<u8>) -> Result<(), Problem> {
    const WIDE: [u8; HEADER] = [0xff, 0xfd, 0xe8, 0x00];
    const WIDE_BYTES: usize = 1_728;
    /// Bits of an allocation by sub-band (tables B.2a and B.2b). The first table ends earlier.
    const ALLOCATION: [(usize, usize); 4] = [(11, 4), (12, 3), (4, 2), (3, 2)];

    let has_checksum = frame[1] & 1 == 0;
    let body = frame.get(HEADER + if has_checksum { 2 } else { 0 }..).unwrap_or_default();
    let mut bits = body.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
    let mut written = Vec::with_capacity(8 * WIDE_BYTES);
    let sub_bands = if header.rate == 48_000 { &ALLOCATION[..3] } else { &ALLOCATION[..] };
    for &(count, size) in sub_bands {
        for _ in 0..count {
            written.extend(bits.by_ref().take(size));
            written.extend(std::iter::repeat_n(0, size));
        }
    }
    for &(count, size) in &ALLOCATION[sub_bands.len()..] {
        written.extend(std::iter::repeat_n(0, 2 * count * size));
    }
    written.extend(bits);
    let room = 8 * (WIDE_BYTES - HEADER);
    if written.iter().skip(room).any(|&bit| bit != 0) {
        return Err(Problem::unsupported("MP2 of 384 kbit/s for one channel"));
    }
    written.resize(room, 0);
    stream.extend_from_slice(&WIDE);
    stream.extend(written.chunks_exact(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit)));
    Ok(())
}
