//! Which packets of a track to ask for again (RFC 4585 §6.2.1).

use crate::limits::{NACK_AGE, NACK_PACKETS, NACK_TRIES};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Gaps in what came.
#[derive(Debug, Default)]
pub(super) struct Missing {
    highest: Option<u64>,
    /// In the order of their indexes.
    packets: VecDeque<Packet>,
}

#[derive(Debug, Clone, Copy)]
struct Packet {
    index: u64,
    since: Instant,
    asked: Option<Instant>,
    tries: u32,
}

impl Missing {
    /// A packet came, by itself or as a repair. The answer is whether there is something new to ask for.
    pub(super) fn came(&mut self, index: u64, now: Instant) -> bool {
        let Some(highest) = self.highest else {
            self.highest = Some(index);
            return false;
        };
        if index <= highest {
            if let Ok(at) = self.packets.binary_search_by_key(&index, |packet| packet.index) {
                self.packets.remove(at);
            }
            return false;
        }
        self.highest = Some(index);
        let gap = index - highest - 1;
        if gap > NACK_PACKETS as u64 {
            // So much cannot be repaired in time: a keyframe will have to do.
            self.packets.clear();
            return false;
        }
        while self.packets.len() + gap as usize > NACK_PACKETS {
            self.packets.pop_front();
        }
        let fresh = |index| Packet { index, since: now, asked: None, tries: 0 };
        self.packets.extend((highest + 1..index).map(fresh));
        gap > 0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// Sequence numbers to ask for now; each is asked for again after `patience`, longer each time, until it is too late.
    pub(super) fn due(&mut self, now: Instant, patience: Duration) -> Vec<u16> {
        self.packets
            .retain(|packet| packet.tries < NACK_TRIES && now.saturating_duration_since(packet.since) < NACK_AGE);
        let is_due = |packet: &&mut Packet| {
            let patience = patience * (packet.tries + 1) / 2;
            packet.asked.is_none_or(|asked| now.saturating_duration_since(asked) >= patience)
        };
        let ask = |packet: &mut Packet| {
            packet.asked = Some(now);
            packet.tries += 1;
            packet.index as u16
        };
        self.packets.iter_mut().filter(is_due).map(ask).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_millis(50);

    #[test]
    fn gaps_are_asked_for_until_they_are_filled() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut missing = Missing::default();
        assert!(!missing.came(100, start), "nothing is missing before the first");
        assert!(missing.came(103, start));
        assert_eq!(missing.due(at(0), PATIENCE), [101, 102]);
        assert!(missing.due(at(10), PATIENCE).is_empty());
        assert!(!missing.came(101, at(20)));
        assert_eq!(missing.due(at(50), PATIENCE), [102]);
        assert!(!missing.came(102, at(60)));
        assert!(missing.is_empty());
    }

    #[test]
    fn what_does_not_come_is_given_up() {
        let start = Instant::now();
        let mut missing = Missing::default();
        missing.came(1, start);
        missing.came(3, start);
        let asked = (0..100).filter(|step| !missing.due(start + PATIENCE * *step, PATIENCE).is_empty());
        assert!((5..=NACK_TRIES as usize).contains(&asked.count()));
        assert!(missing.is_empty());
    }

    #[test]
    fn the_list_is_bounded() {
        let start = Instant::now();
        let mut missing = Missing::default();
        missing.came(0, start);
        for index in (2..10 * NACK_PACKETS as u64).step_by(2) {
            missing.came(index, start);
        }
        assert_eq!(missing.packets.len(), NACK_PACKETS);
        missing.came(1_000_000, start);
        assert!(missing.is_empty(), "a jump is no loss");
    }
}
