//! IRCAM sound files (Berkeley/IRCAM/CARL): a header of 1,024 bytes, then samples to the end.

use super::samples::{self, Coding, Order};
use crate::{Problem, Prompt, encoding::Encoding};

/// Where samples begin.
const HEADER: usize = 1_024;

/// The first bytes: one for each machine that wrote these files, in both orders.
const SIGNATURES: [([u8; 4], Order); 8] = [
    ([0x64, 0xa3, 0x01, 0x00], Order::LittleEndian),
    ([0x64, 0xa3, 0x02, 0x00], Order::BigEndian),
    ([0x64, 0xa3, 0x03, 0x00], Order::LittleEndian),
    ([0x64, 0xa3, 0x04, 0x00], Order::BigEndian),
    ([0x00, 0x01, 0xa3, 0x64], Order::BigEndian),
    ([0x00, 0x02, 0xa3, 0x64], Order::LittleEndian),
    ([0x00, 0x03, 0xa3, 0x64], Order::BigEndian),
    ([0x00, 0x04, 0xa3, 0x64], Order::LittleEndian),
];

fn order(bytes: &[u8]) -> Option<Order> {
    SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)).map(|&(_, order)| order)
}

/// Whether the bytes begin as such a file does.
pub(crate) fn is_ircam(bytes: &[u8]) -> bool {
    order(bytes).is_some()
}

pub(super) fn decode(bytes: &[u8]) -> Result<Prompt, Problem> {
    let order = order(bytes).ok_or_else(|| Problem::damaged("it has no IRCAM header"))?;
    let Some((header, data)) = bytes.split_at_checked(HEADER) else {
        return Err(Problem::damaged("it ends within its header"));
    };
    let word = |at: usize| {
        let bytes = [header[at], header[at + 1], header[at + 2], header[at + 3]];
        match order {
            Order::LittleEndian => u32::from_le_bytes(bytes),
            Order::BigEndian => u32::from_be_bytes(bytes),
        }
    };
    // A float that is no number becomes 0, one that is too large the largest rate; both are refused.
    let rate = f32::from_bits(word(4)).round() as u32;
    let channels = usize::try_from(word(8)).unwrap_or(usize::MAX);
    let coding = match word(12) {
        0x0_0001 => Coding::Signed8,
        0x0_0002 => Coding::Signed16,
        0x0_0003 => Coding::Signed24,
        0x4_0004 => Coding::Signed32,
        0x0_0004 => Coding::Float32,
        0x1_0001 => Coding::ALaw,
        0x2_0001 => Coding::MuLaw,
        other => return Err(Problem::unsupported(format!("IRCAM encoding {other:#x}"))),
    };
    let mut audio = Encoding::new(rate, channels)?;
    samples::push_all(data, coding, order, &mut audio)?;
    audio.finish()
}
