/// Packets that may come late.
const WINDOW: u64 = 128;

/// The packets of one source that came, by which replays are known (RFC 3711 §3.3.2) and roll-overs counted (§3.3.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replay {
    /// One more than the highest index; 0 before the first packet.
    next: u64,
    /// Bit n: the packet n below the highest came.
    seen: u128,
}

impl Replay {
    /// The index, the sequence number extended by its roll-overs, that a packet with this sequence number most likely
    /// has.
    pub fn index_of(&self, sequence: u16) -> u64 {
        let Some(highest) = self.next.checked_sub(1) else { return u64::from(sequence) };
        let distance = sequence.wrapping_sub(highest as u16) as i16;
        // Before the first roll-over nothing can be older than the first packets.
        highest.checked_add_signed(i64::from(distance)).unwrap_or(highest - highest % 65_536 + u64::from(sequence))
    }

    /// Whether a packet with this index may be new.
    pub fn is_new(&self, index: u64) -> bool {
        match self.next.checked_sub(1) {
            None => true,
            Some(highest) if index > highest => true,
            Some(highest) => {
                let below = highest - index;
                below < WINDOW && self.seen & (1 << below) == 0
            }
        }
    }

    /// Notes an authentic packet.
    pub fn note(&mut self, index: u64) {
        if index >= self.next {
            let ahead = index + 1 - self.next;
            self.seen = if ahead < WINDOW && self.next > 0 { self.seen << ahead } else { 0 } | 1;
            self.next = index + 1;
        } else {
            let below = self.next - 1 - index;
            if below < WINDOW {
                self.seen |= 1 << below;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn indexes_run_over_the_sixteen_bits_of_sequence_numbers() {
        let mut replay = Replay::default();
        for index in 65_000..200_000_u64 {
            assert_eq!(replay.index_of(index as u16), index);
            replay.note(index);
        }
        assert_eq!(replay.index_of((199_999 - 100_u64) as u16), 199_899, "a late packet");
    }

    #[test]
    fn nothing_is_before_the_first_roll_over() {
        let mut replay = Replay::default();
        replay.note(3);
        assert_eq!(replay.index_of(65_535), 65_535, "no index is below zero");
    }

    #[test]
    fn a_packet_is_new_once() {
        let mut replay = Replay::default();
        assert!(replay.is_new(0));
        replay.note(0);
        assert!(!replay.is_new(0));
        replay.note(WINDOW);
        assert!(!replay.is_new(0), "too old");
        assert!(replay.is_new(1), "the oldest of the window");
        replay.note(1_000_000);
        assert!(replay.is_new(1_000_000 - WINDOW + 1) && !replay.is_new(1_000_000 - WINDOW));
    }

    proptest! {
        #[test]
        fn it_is_a_set_with_a_horizon(indexes in prop::collection::vec(0_u64..400, 1..300)) {
            let (mut replay, mut seen, mut highest) = (Replay::default(), BTreeSet::new(), None);
            for index in indexes {
                let is_new = !seen.contains(&index) && highest.is_none_or(|highest| index + WINDOW > highest);
                prop_assert_eq!(replay.is_new(index), is_new);
                replay.note(index);
                seen.insert(index);
                highest = highest.max(Some(index));
            }
        }
    }
}
