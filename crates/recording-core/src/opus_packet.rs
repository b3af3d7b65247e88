//! Opus packets as far as a container needs them (RFC 6716 §3): how long a packet plays, and silence of a given length.

use crate::limits;

/// Samples per second of every Opus timeline.
pub const RATE: u64 = 48_000;
/// The shortest Opus frame, 2.5 ms: the grain of silence.
pub const GRAIN: u64 = 120;
/// The longest duration of a packet, 120 ms (RFC 6716 §3.2.5).
const LONGEST: u64 = 5_760;

/// Why bytes are no Opus packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpusError {
    /// No table-of-contents byte.
    #[error("empty Opus packet")]
    Empty,
    /// A code-3 packet without or with an impossible frame count.
    #[error("impossible Opus frame count")]
    FrameCount,
    /// Frames whose lengths do not fit the packet.
    #[error("impossible Opus frame length")]
    FrameLength,
    /// Longer than any packet that is sent.
    #[error("oversized Opus packet")]
    TooLarge,
}

/// Samples at 48 kHz that `packet` plays: 120 (2.5 ms) to 5760 (120 ms).
pub fn duration(packet: &[u8]) -> Result<u64, OpusError> {
    if packet.len() > limits::OPUS_PACKET_BYTES {
        return Err(OpusError::TooLarge);
    }
    let toc = *packet.first().ok_or(OpusError::Empty)?;
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(*packet.get(1).ok_or(OpusError::FrameCount)? & 0x3f),
    };
    let total = frames * frame_samples(toc);
    if total == 0 || total > LONGEST { Err(OpusError::FrameCount) } else { Ok(total) }
}

/// The frames of a packet, without its table of contents (RFC 6716 §3.2). Padding is left out.
pub fn frames(packet: &[u8]) -> Result<Vec<&[u8]>, OpusError> {
    duration(packet)?;
    let (toc, mut rest) = (packet[0], &packet[1..]);
    let lengths = match toc & 3 {
        0 => vec![rest.len()],
        1 => equal(2, rest.len())?,
        2 => {
            let first = length(&mut rest)?;
            vec![first, rest.len().checked_sub(first).ok_or(OpusError::FrameLength)?]
        }
        _ => {
            let (count, is_variable, is_padded) =
                (usize::from(rest[0] & 0x3f), rest[0] & 0x80 != 0, rest[0] & 0x40 != 0);
            rest = &rest[1..];
            let padding = if is_padded { padding(&mut rest)? } else { 0 };
            let mut lengths = Vec::new();
            if is_variable {
                for _ in 1..count {
                    lengths.push(length(&mut rest)?);
                }
            }
            let media = rest.len().checked_sub(padding).ok_or(OpusError::FrameLength)?;
            rest = &rest[..media];
            if is_variable {
                let known: usize = lengths.iter().sum();
                lengths.push(media.checked_sub(known).ok_or(OpusError::FrameLength)?);
                lengths
            } else {
                equal(count, media)?
            }
        }
    };
    let mut frames = Vec::with_capacity(lengths.len());
    for length in lengths {
        let (frame, after) = rest.split_at_checked(length).ok_or(OpusError::FrameLength)?;
        frames.push(frame);
        rest = after;
    }
    Ok(frames)
}

fn equal(count: usize, bytes: usize) -> Result<Vec<usize>, OpusError> {
    if bytes.is_multiple_of(count) { Ok(vec![bytes / count; count]) } else { Err(OpusError::FrameLength) }
}

/// One or two bytes (RFC 6716 §3.2.1).
fn length(rest: &mut &[u8]) -> Result<usize, OpusError> {
    let (&first, after) = rest.split_first().ok_or(OpusError::FrameLength)?;
    *rest = after;
    if first < 252 {
        return Ok(usize::from(first));
    }
    let (&second, after) = rest.split_first().ok_or(OpusError::FrameLength)?;
    *rest = after;
    Ok(usize::from(second) * 4 + usize::from(first))
}

/// How many bytes of padding stand at the end (RFC 6716 §3.2.5).
fn padding(rest: &mut &[u8]) -> Result<usize, OpusError> {
    let mut padding = 0;
    loop {
        let (&byte, after) = rest.split_first().ok_or(OpusError::FrameLength)?;
        *rest = after;
        padding += usize::from(byte.min(254));
        if byte < 255 {
            return Ok(padding);
        }
    }
}

/// A frame's length as it stands in front of frames.
pub fn put_length(length: usize, to: &mut Vec<u8>) {
    if length < 252 {
        to.push(length as u8);
    } else {
        let first = 252 + (length & 3);
        to.extend([first as u8, ((length - first) / 4) as u8]);
    }
}

/// Samples at 48 kHz of one frame by the packet's first byte (RFC 6716 §3.1 table 2).
pub fn frame_samples(toc: u8) -> u64 {
    match toc >> 3 {
        silk @ 0..=11 => [480, 960, 1_920, 2_880][usize::from(silk & 3)],
        hybrid @ 12..=15 => [480, 960][usize::from(hybrid & 1)],
        celt => [120, 240, 480, 960][usize::from(celt & 3)],
    }
}

/// A packet that every decoder plays as `samples` of digital silence; `samples` is 120, 240, 480 or 960.
///
/// CELT full band, mono, one frame, whose first coded symbol is the silence flag (RFC 6716 §4.3): decoders leave
/// the previous sound with its regular overlap instead of concealing a loss.
pub fn silence(samples: u64) -> &'static [u8; 3] {
    match samples {
        120 => &[0xe0, 0xff, 0xfe],
        240 => &[0xe8, 0xff, 0xfe],
        480 => &[0xf0, 0xff, 0xfe],
        _ => &[0xf8, 0xff, 0xfe],
    }
}

/// The next piece of a silence that is `samples` long: 20 ms while it lasts, then shorter ones. Zero when less than
/// the grain remains.
pub fn silence_step(samples: u64) -> u64 {
    [960, 480, 240, 120].into_iter().find(|&step| step <= samples).unwrap_or(0)
}

/// True for a packet that carries no sound: one of ours or the sender's DTX frame of at most two bytes.
pub fn is_quiet(packet: &[u8]) -> bool {
    packet.len() <= 2 || (packet.len() == 3 && packet[1..] == [0xff, 0xfe])
}

/// As [`is_quiet`], of a frame without its packet's first byte.
pub fn is_quiet_frame(frame: &[u8]) -> bool {
    frame.len() <= 1 || frame == [0xff, 0xfe]
}

/// Samples that both halves of a packet of two streams play: the first one's end is said in it (RFC 6716 appendix B).
/// Only one or two frames a stream are understood, as many as are ever written.
pub fn duration_of_two(packet: &[u8]) -> Result<u64, OpusError> {
    let (&toc, mut rest) = packet.split_first().ok_or(OpusError::Empty)?;
    let first = match toc & 3 {
        0 => length(&mut rest)?,
        1 => 2 * length(&mut rest)?,
        2 => length(&mut rest)? + length(&mut rest)?,
        _ => return Err(OpusError::FrameCount),
    };
    let second = rest.get(first..).ok_or(OpusError::FrameLength)?;
    frames(second)?;
    let samples = frame_samples(toc) * if toc & 3 == 0 { 1 } else { 2 };
    if duration(second)? == samples { Ok(samples) } else { Err(OpusError::FrameCount) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_follow_the_table_of_rfc_6716() {
        assert_eq!(duration(&[0x08, 1, 2]), Ok(960)); // SILK NB 20 ms
        assert_eq!(duration(&[0x18, 1, 2]), Ok(2_880)); // SILK NB 60 ms
        assert_eq!(duration(&[0x78, 1]), Ok(960)); // hybrid FB 20 ms
        assert_eq!(duration(&[0xe0, 1]), Ok(120)); // CELT FB 2.5 ms
        assert_eq!(duration(&[0xf9, 1, 1]), Ok(1_920)); // two frames
        assert_eq!(duration(&[0xfb, 3, 1, 1, 1]), Ok(2_880)); // three frames
        assert_eq!(duration(&[0x1b, 2, 1]), Ok(5_760)); // 120 ms
        assert_eq!(duration(&[0x1b, 3]), Err(OpusError::FrameCount));
        assert_eq!(duration(&[0xfb]), Err(OpusError::FrameCount));
        assert_eq!(duration(&[]), Err(OpusError::Empty));
    }

    #[test]
    fn libopus_plays_silence_of_every_length_as_zeros() {
        for samples in [120, 240, 480, 960] {
            let packet = silence(samples);
            assert_eq!(duration(packet), Ok(samples));
            let mut decoder = opus::Decoder::new(48_000, opus::Channels::Stereo).expect("a decoder is made");
            let mut sound = [1i16; 2 * 960];
            let decoded = decoder.decode(packet, &mut sound, false).expect("silence decodes");
            assert_eq!(decoded as u64, samples);
            assert!(sound[..2 * decoded].iter().all(|&sample| sample == 0), "{samples} samples");
        }
    }

    #[test]
    fn silence_is_cut_into_whole_frames() {
        let mut left = 960 * 2 + 480 + 120 + 60;
        let mut steps = Vec::new();
        while silence_step(left) > 0 {
            steps.push(silence_step(left));
            left -= silence_step(left);
        }
        assert_eq!((steps, left), (vec![960, 960, 480, 120], 60));
    }
}
