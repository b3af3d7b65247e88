use crate::limits;
use model::MediaTime;
use std::collections::BTreeMap;

/// Puts packets of one sequence back in order: a bounded wait for missing ones, duplicates dropped.
#[derive(Debug)]
pub struct Sequencer<T> {
    next: Option<u64>,
    waiting: BTreeMap<u64, (MediaTime, T)>,
    capacity: usize,
}

impl<T> Sequencer<T> {
    /// A sequencer that holds at most `capacity` packets.
    pub fn new(capacity: usize) -> Self {
        Self { next: None, waiting: BTreeMap::new(), capacity }
    }

    /// True when `sequence` cannot belong to the sequence so far: it lies far behind or far ahead.
    pub fn is_foreign(&self, sequence: u64) -> bool {
        self.next
            .is_some_and(|next| sequence + limits::SEQUENCE_RESTART < next || sequence > next.saturating_add(1 << 20))
    }

    /// Takes a packet; a duplicate or one that comes after its turn is dropped (`false`).
    pub fn insert(&mut self, sequence: u64, arrival: MediaTime, item: T) -> bool {
        if self.next.is_some_and(|next| sequence < next) || self.waiting.contains_key(&sequence) {
            return false;
        }
        self.waiting.insert(sequence, (arrival, item));
        true
    }

    /// True when no further packet can be held.
    pub fn is_full(&self) -> bool {
        self.waiting.len() >= self.capacity
    }

    /// The next packet in order with the number of those missing before it, if it is its turn: nothing is missing
    /// before it, or it waited long enough, or there are too many.
    pub fn pop(&mut self, now: MediaTime) -> Option<(u64, T)> {
        let (&sequence, (arrival, _)) = self.waiting.first_key_value()?;
        let missing = self.next.map_or(0, |next| sequence - next);
        if missing == 0 || self.is_full() || now.since(*arrival) >= limits::REORDER_WAIT {
            return self.pop_anyway();
        }
        None
    }

    /// The next packet, however long it waited.
    pub fn pop_anyway(&mut self) -> Option<(u64, T)> {
        let (sequence, (_, item)) = self.waiting.pop_first()?;
        let missing = self.next.map_or(0, |next| sequence - next);
        self.next = Some(sequence + 1);
        Some((missing, item))
    }

    /// Forgets the sequence: the next packet starts a new one.
    pub fn restart(&mut self) {
        self.waiting.clear();
        self.next = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(sequencer: &mut Sequencer<u64>, now: u64) -> Vec<(u64, u64)> {
        std::iter::from_fn(|| sequencer.pop(MediaTime(now))).collect()
    }

    #[test]
    fn order_is_restored_and_duplicates_are_dropped() {
        let mut sequencer = Sequencer::new(8);
        for sequence in [10, 12, 11, 12, 10, 13] {
            sequencer.insert(sequence, MediaTime(0), sequence);
        }
        assert_eq!(drain(&mut sequencer, 0), [(0, 10), (0, 11), (0, 12), (0, 13)]);
        assert!(!sequencer.insert(11, MediaTime(0), 11), "its turn is over");
    }

    #[test]
    fn a_missing_packet_is_waited_for_and_then_counted() {
        let mut sequencer = Sequencer::new(8);
        sequencer.insert(1, MediaTime(0), 1);
        sequencer.insert(4, MediaTime(20_000), 4);
        assert_eq!(drain(&mut sequencer, 100_000), [(0, 1)]);
        assert_eq!(drain(&mut sequencer, 220_000), [(2, 4)]);
    }

    #[test]
    fn a_full_buffer_gives_up_waiting() {
        let mut sequencer = Sequencer::new(4);
        for sequence in [1, 3, 4, 5, 6] {
            sequencer.insert(sequence, MediaTime(0), sequence);
        }
        assert_eq!(drain(&mut sequencer, 0), [(0, 1), (1, 3), (0, 4), (0, 5), (0, 6)]);
    }
}
