//! Samples that stand in a file one after the other.

use crate::{Problem, encoding::Encoding};

/// How one sample is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Unsigned8,
    Signed8,
    Signed16,
    Signed24,
    Signed32,
    Float32,
    /// ITU-T G.711.
    ALaw,
    /// ITU-T G.711.
    MuLaw,
}

/// Order of a sample's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    LittleEndian,
    BigEndian,
}

/// Samples that are turned at once.
const PIECE: usize = 4_096;

/// Gives all samples of `bytes`; half a sample at the end is none.
pub(super) fn push_all(bytes: &[u8], coding: Coding, order: Order, audio: &mut Encoding) -> Result<(), Problem> {
    let size = coding.size();
    let mut turned = Vec::with_capacity(PIECE);
    // A piece has whole turns of the channels.
    let channels = audio.channels();
    audio.expect((bytes.len() / size / channels) as u64)?;
    for piece in bytes.chunks(PIECE / channels * channels * size) {
        turned.clear();
        turned.extend(piece.chunks_exact(size).map(|sample| coding.turn(sample, order)));
        audio.push(&turned)?;
    }
    Ok(())
}

impl Coding {
    /// Bytes of a sample.
    fn size(self) -> usize {
        match self {
            Self::Unsigned8 | Self::Signed8 | Self::ALaw | Self::MuLaw => 1,
            Self::Signed16 => 2,
            Self::Signed24 => 3,
            Self::Signed32 | Self::Float32 => 4,
        }
    }

    /// `sample` has this coding's size; full scale becomes 1.
    fn turn(self, sample: &[u8], order: Order) -> f32 {
        let mut bits = sample.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte));
        if order == Order::LittleEndian {
            bits = bits.swap_bytes() >> (32 - 8 * self.size());
        }
        // The sample in the upper bits, so that its sign is the word's.
        let signed = (bits << (32 - 8 * self.size())).cast_signed();
        let linear = |signed: i32| signed as f32 / 2_147_483_648.0;
        match self {
            Self::Unsigned8 => linear(signed ^ i32::MIN),
            Self::Signed8 | Self::Signed16 | Self::Signed24 | Self::Signed32 => linear(signed),
            Self::Float32 => f32::from_bits(bits),
            Self::ALaw => a_law(sample[0]),
            Self::MuLaw => mu_law(sample[0]),
        }
    }
}

/// G.711 §3: sign, three bits of segment, four of step; even bits are inverted. 13 bits.
fn a_law(byte: u8) -> f32 {
    let byte = byte ^ 0x55;
    let (segment, step) = (byte >> 4 & 7, i32::from(byte & 15));
    let size = match segment {
        0 => 2 * step + 1,
        _ => (2 * step + 33) << (segment - 1),
    };
    let sign = if byte & 0x80 == 0 { -1.0 } else { 1.0 };
    sign * size as f32 / 4_096.0
}

/// G.711 §3: as A-law, but all bits are inverted, and the scale begins at zero. 14 bits.
fn mu_law(byte: u8) -> f32 {
    let byte = !byte;
    let (segment, step) = (byte >> 4 & 7, i32::from(byte & 15));
    let size = ((2 * step + 33) << segment) - 33;
    let sign = if byte & 0x80 == 0 { 1.0 } else { -1.0 };
    sign * size as f32 / 8_192.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_scale_and_zero_of_every_coding() {
        use Coding::*;
        let cases: [(Coding, &[u8], f32); 12] = [
            (Unsigned8, &[0x80], 0.0),
            (Unsigned8, &[0x00], -1.0),
            (Signed8, &[0x40], 0.5),
            (Signed16, &[0x40, 0x00], 0.5),
            (Signed24, &[0xc0, 0x00, 0x00], -0.5),
            (Signed32, &[0x80, 0x00, 0x00, 0x00], -1.0),
            (Float32, &[0x3f, 0x00, 0x00, 0x00], 0.5),
            (ALaw, &[0xd5], 1.0 / 4096.0),
            (ALaw, &[0xaa], 4032.0 / 4096.0),
            (ALaw, &[0x2a], -4032.0 / 4096.0),
            (MuLaw, &[0xff], 0.0),
            (MuLaw, &[0x00], -8031.0 / 8192.0),
        ];
        for (coding, bytes, level) in cases {
            let backwards: Vec<_> = bytes.iter().rev().copied().collect();
            assert_eq!(coding.turn(bytes, Order::BigEndian), level, "{coding:?} {bytes:x?}");
            assert_eq!(coding.turn(&backwards, Order::LittleEndian), level, "{coding:?} {bytes:x?}");
        }
    }
}
