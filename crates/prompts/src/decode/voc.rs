//! Creative Voice files: a header, then blocks of sound, silence and remarks.
//!
//! Read are uncompressed sound, A-law and µ-law. Marks, texts and repetitions are passed over; what repeats plays once.

use super::samples::{self, Coding, Order};
use crate::{Problem, Prompt, encoding::Encoding};

/// How every such file begins.
pub(crate) const SIGNATURE: &[u8] = b"Creative Voice File\x1a";

/// Samples of silence that are given at once.
const SILENCE: [f32; 4_096] = [0.0; 4_096];

/// What sound blocks say about their sound.
#[derive(Clone, Copy)]
struct Sound {
    rate: u32,
    channels: usize,
    coding: Coding,
}

#[derive(Default)]
struct Reader {
    /// From an extension block, for the sound block behind it.
    announced: Option<(u32, usize)>,
    /// Of the last sound block, for blocks that continue it.
    coding: Option<Coding>,
    audio: Option<Encoding>,
}

pub(super) fn decode(bytes: &[u8]) -> Result<Prompt, Problem> {
    let mut header = Fields(bytes.get(SIGNATURE.len()..).unwrap_or_default());
    let first_block = usize::from(header.u16()?);
    let mut rest = Fields(bytes.get(first_block..).ok_or_else(|| Problem::damaged("it ends within its header"))?);
    let mut reader = Reader::default();
    // A terminator may be missing where the file ends.
    while let Some(kind) = rest.next() {
        if kind == 0 {
            break;
        }
        let length = rest.u24()?;
        reader.block(kind, Fields(rest.take(length)?))?;
    }
    reader.audio.ok_or(Problem::Empty)?.finish()
}

impl Reader {
    fn block(&mut self, kind: u8, mut block: Fields<'_>) -> Result<(), Problem> {
        match kind {
            1 => {
                let divisor = block.u8()?;
                let coding = coding(u16::from(block.u8()?), 8)?;
                let (rate, channels) = self.announced.take().unwrap_or((rate_of(divisor), 1));
                self.sound(Sound { rate, channels, coding }, block.0)
            }
            2 => match (self.coding, &mut self.audio) {
                (Some(coding), Some(audio)) => samples::push_all(block.0, coding, Order::LittleEndian, audio),
                _ => Err(Problem::damaged("it continues a sound that never began")),
            },
            3 => {
                let length = u32::from(block.u16()?) + 1;
                let rate = rate_of(block.u8()?);
                self.silence(length, rate)
            }
            8 => {
                let divisor = u32::from(block.u16()?);
                block.u8()?;
                let channels = usize::from(block.u8()?) + 1;
                self.announced = Some((256_000_000 / (65_536 - divisor) / channels as u32, channels));
                Ok(())
            }
            9 => {
                let rate = block.u32()?;
                let bits = block.u8()?;
                let channels = usize::from(block.u8()?);
                let coding = coding(block.u16()?, bits)?;
                block.u32()?;
                self.sound(Sound { rate, channels, coding }, block.0)
            }
            4..=7 => Ok(()),
            _ => Err(Problem::damaged(format!("it has a block of the unknown kind {kind}"))),
        }
    }

    fn sound(&mut self, Sound { rate, channels, coding }: Sound, bytes: &[u8]) -> Result<(), Problem> {
        let audio = match &mut self.audio {
            Some(audio) => audio,
            None => self.audio.insert(Encoding::new(rate, channels)?),
        };
        if !audio.fits(rate, channels) {
            return Err(Problem::unsupported("its sample rate or number of channels changes"));
        }
        self.coding = Some(coding);
        samples::push_all(bytes, coding, Order::LittleEndian, audio)
    }

    /// `length` counts samples at a rate of its own. Silence before any sound has nothing to be measured by, and is left.
    fn silence(&mut self, length: u32, rate: u32) -> Result<(), Problem> {
        let Some(audio) = &mut self.audio else { return Ok(()) };
        let samples = u64::from(length) * u64::from(audio.rate()) / u64::from(rate);
        audio.expect(samples)?;
        let mut left = samples as usize * audio.channels();
        while left > 0 {
            let now = left.min(SILENCE.len() / audio.channels() * audio.channels());
            audio.push(&SILENCE[..now])?;
            left -= now;
        }
        Ok(())
    }
}

/// Samples a second by the divisor of sound and silence blocks.
fn rate_of(divisor: u8) -> u32 {
    let rate = 1_000_000 / (256 - u32::from(divisor));
    // The divisor is coarse: these two are what programs mean that write the nearest one.
    match rate {
        10_989 | 11_111 => 11_025,
        21_739 | 22_222 => 22_050,
        rate => rate,
    }
}

fn coding(number: u16, bits: u8) -> Result<Coding, Problem> {
    match (number, bits) {
        (0, 8) => Ok(Coding::Unsigned8),
        (4, _) => Ok(Coding::Signed16),
        (6, _) => Ok(Coding::ALaw),
        (7, _) => Ok(Coding::MuLaw),
        (1..=3 | 0x200, _) => Err(Problem::unsupported("Creative ADPCM")),
        _ => Err(Problem::unsupported(format!("VOC codec {number} of {bits} bits"))),
    }
}

/// Takes little-endian fields off the front.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn next(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Problem> {
        let (taken, rest) =
            self.0.split_at_checked(length).ok_or_else(|| Problem::damaged("it ends within a block"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self, bytes: usize) -> Result<u32, Problem> {
        Ok(self.take(bytes)?.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte)))
    }

    fn u8(&mut self) -> Result<u8, Problem> {
        self.number(1).map(|number| number as u8)
    }

    fn u16(&mut self) -> Result<u16, Problem> {
        self.number(2).map(|number| number as u16)
    }

    fn u24(&mut self) -> Result<usize, Problem> {
        self.number(3).map(|number| number as usize)
    }

    fn u32(&mut self) -> Result<u32, Problem> {
        self.number(4)
    }
}
