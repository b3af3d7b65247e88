//! Dialogic VOX: OKI ADPCM of 4 bits, 8,000 samples a second, mono, without any header.

use crate::{Problem, Prompt, encoding::Encoding};

/// Samples a second: nothing in the file says so, but telephone systems write no other.
const RATE: u32 = 8_000;

/// Step sizes of Dialogic's ADPCM algorithm: each a tenth more than the one before.
const STEPS: [i32; 49] = [
    16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190,
    209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552,
];

/// By how much a code moves the place in [`STEPS`]; its sign does not matter.
const MOVES: [i32; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];

/// Bytes that are turned at once.
const PIECE: usize = 2_048;

/// What the next code builds on.
#[derive(Default)]
struct Oki {
    /// 12 bits.
    level: i32,
    step: usize,
}

impl Oki {
    /// The next sample; full scale is 1.
    fn next(&mut self, code: u8) -> f32 {
        let size = i32::from(code & 7);
        let change = ((2 * size + 1) * STEPS[self.step]) >> 3;
        let change = if code & 8 == 0 { change } else { -change };
        self.level = (self.level + change).clamp(-2_048, 2_047);
        let step = self.step as i32 + MOVES[usize::from(code & 7)];
        self.step = step.clamp(0, STEPS.len() as i32 - 1) as usize;
        self.level as f32 / 2_048.0
    }
}

pub(super) fn decode(bytes: &[u8]) -> Result<Prompt, Problem> {
    let mut audio = Encoding::new(RATE, 1)?;
    audio.expect(2 * bytes.len() as u64)?;
    let mut oki = Oki::default();
    let mut turned = Vec::with_capacity(2 * PIECE);
    for piece in bytes.chunks(PIECE) {
        turned.clear();
        // The earlier sample lies in the upper half.
        turned.extend(piece.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|code| oki.next(code)));
        audio.push(&turned)?;
    }
    audio.finish()
}
