/// What feedback says of one packet (§3.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    NotReceived = 0,
    /// Its delta takes a byte, 0 to 63.75 ms.
    SmallDelta = 1,
    /// Its delta takes two bytes, and may be negative.
    LargeDelta = 2,
}

impl Status {
    /// Bytes of its delta.
    pub(super) fn delta_bytes(self) -> usize {
        self as usize
    }

    /// From two bits; 3 is reserved.
    fn from_bits(bits: u16) -> Option<Self> {
        match bits & 3 {
            0 => Some(Self::NotReceived),
            1 => Some(Self::SmallDelta),
            2 => Some(Self::LargeDelta),
            _ => None,
        }
    }
}

/// Longest run of a chunk.
const RUN: usize = (1 << 13) - 1;
const IS_VECTOR: u16 = 1 << 15;
const IS_TWO_BIT: u16 = 1 << 14;
/// Statuses of a vector of two-bit symbols. No chunk but the last has fewer.
pub(super) const SHORT_VECTOR: usize = 7;
/// Statuses of a vector of one-bit symbols.
const LONG_VECTOR: usize = 14;

/// Two bytes that tell a run of equal statuses, or a few different ones (§3.1.2 to §3.1.4).
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk(pub(super) u16);

impl Chunk {
    /// The chunk that tells most of the first of `statuses` (not empty), and how many those are: at least
    /// [`SHORT_VECTOR`], or all.
    pub(super) fn of(statuses: &[Status]) -> (Self, usize) {
        let first = statuses[0];
        let run = statuses.iter().take(RUN).take_while(|status| **status == first).count();
        let long = LONG_VECTOR.min(statuses.len());
        let is_simple = !statuses[..long].contains(&Status::LargeDelta);
        if run >= long || (run >= SHORT_VECTOR && !is_simple) {
            return (Self((first as u16) << 13 | run as u16), run);
        }
        let (flags, width, length) = match is_simple {
            true => (IS_VECTOR, 1, long),
            false => (IS_VECTOR | IS_TWO_BIT, 2, SHORT_VECTOR.min(statuses.len())),
        };
        let symbols = statuses[..length].iter().enumerate();
        let bits = symbols.fold(0, |bits, (at, status)| bits | (*status as u16) << (14 - width * (at + 1)));
        (Self(flags | bits), length)
    }

    /// Statuses that it tells; a last chunk may tell more than there are packets.
    pub(super) fn length(self) -> u16 {
        match (self.0 & IS_VECTOR != 0, self.0 & IS_TWO_BIT != 0) {
            (false, _) => self.0 & RUN as u16,
            (true, false) => LONG_VECTOR as u16,
            (true, true) => SHORT_VECTOR as u16,
        }
    }

    /// The status at `index`, below [`Self::length`]. None for the reserved one.
    pub(super) fn status(self, index: u16) -> Option<Status> {
        match (self.0 & IS_VECTOR != 0, self.0 & IS_TWO_BIT != 0) {
            (false, _) => Status::from_bits(self.0 >> 13),
            (true, false) => Status::from_bits(self.0 >> (13 - index) & 1),
            (true, true) => Status::from_bits(self.0 >> (12 - 2 * index)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Status::*, *};

    #[test]
    fn a_chunk_tells_what_it_was_made_of() {
        for statuses in [
            vec![SmallDelta; 300],
            vec![NotReceived; 9000],
            vec![LargeDelta; 8],
            vec![SmallDelta, NotReceived, SmallDelta],
            [[SmallDelta, NotReceived]; 9].concat(),
            vec![SmallDelta, LargeDelta, NotReceived, SmallDelta, LargeDelta, LargeDelta, SmallDelta, SmallDelta],
            vec![LargeDelta],
        ] {
            let mut rest = &statuses[..];
            while !rest.is_empty() {
                let (chunk, length) = Chunk::of(rest);
                assert!(length >= SHORT_VECTOR || length == rest.len());
                assert!(usize::from(chunk.length()) >= length);
                for (at, status) in rest[..length].iter().enumerate() {
                    assert_eq!(chunk.status(at as u16), Some(*status), "{chunk:?} at {at} of {rest:?}");
                }
                rest = &rest[length..];
            }
        }
    }

    #[test]
    fn the_examples_of_the_draft_are_read() {
        // §3.1.3: a run of 221 packets not received; 24 with small deltas... in the order of bits T, S, length.
        assert_eq!(Chunk(221).length(), 221);
        assert_eq!(Chunk(221).status(220), Some(NotReceived));
        assert_eq!(Chunk(0b0110_0000_0001_1000).status(0), None, "reserved");
        // §3.1.4: two-bit symbols 0, 1, 1, 1, 0, 0, 0.
        let chunk = Chunk(0b1100_0101_0100_0000);
        let statuses: Vec<_> = (0..chunk.length()).filter_map(|at| chunk.status(at)).collect();
        assert_eq!(statuses, [NotReceived, SmallDelta, SmallDelta, SmallDelta, NotReceived, NotReceived, NotReceived]);
    }
}
