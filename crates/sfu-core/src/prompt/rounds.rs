use crate::{
    limits::{PROMPT_FRAME, PROMPT_LATE},
    participant::Key,
};
use std::time::{Duration, Instant};

/// How far slots are apart.
const STEP: Duration = Duration::from_millis(1);
/// Slots of a round.
const SLOTS: usize = (PROMPT_FRAME.as_millis() / STEP.as_millis()) as usize;

/// A player's place in every round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot(usize);

/// When each player is due: once a round, and of all players about as many in each slot.
#[derive(Debug)]
pub(crate) struct Rounds {
    start: Instant,
    slots: [Vec<Key>; SLOTS],
    /// The step since `start` that is looked at next.
    next: u64,
    players: usize,
}

/// Players whose turn it is.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) slot: Slot,
    /// Counts rounds since the start, played or not: it keeps time.
    pub(crate) round: u64,
    pub(crate) keys: Vec<Key>,
}

impl Rounds {
    pub(crate) fn new(now: Instant) -> Self {
        Self { start: now, slots: Default::default(), next: 0, players: 0 }
    }

    /// A player's place: where the fewest are, and of those the one that comes first.
    pub(crate) fn join(&mut self, key: Key, now: Instant) -> Slot {
        if self.players == 0 {
            self.next = self.next.max(self.step_at(now));
        }
        let from_now = (0..SLOTS).map(|ahead| (self.next as usize + ahead) % SLOTS);
        let slot = from_now.min_by_key(|&slot| self.slots[slot].len()).unwrap_or(0);
        self.slots[slot].push(key);
        self.players += 1;
        Slot(slot)
    }

    /// The player is not due any more.
    pub(crate) fn leave(&mut self, key: Key, slot: Slot) {
        let keys = &mut self.slots[slot.0];
        let before = keys.len();
        keys.retain(|known| *known != key);
        self.players -= before - keys.len();
    }

    /// When players are due next; `None` while there are none.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.next_taken().map(|step| self.time_of(step))
    }

    /// Players that are due; those that stay are given back by [`Self::stay`]. What is overdue for long is left out: a
    /// receiver has concealed it.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Due> {
        let current = self.step_at(now);
        let is_late = now.saturating_duration_since(self.time_of(self.next)) > PROMPT_LATE;
        if is_late {
            self.next = current;
        }
        let step = self.next_taken().filter(|step| *step <= current)?;
        self.next = step + 1;
        let slot = step as usize % SLOTS;
        let keys = std::mem::take(&mut self.slots[slot]);
        self.players -= keys.len();
        Some(Due { slot: Slot(slot), round: step / SLOTS as u64, keys })
    }

    /// These players are due again in the next round.
    pub(crate) fn stay(&mut self, slot: Slot, keys: Vec<Key>) {
        self.players += keys.len();
        self.slots[slot.0] = keys;
    }

    fn next_taken(&self) -> Option<u64> {
        (self.next..self.next + SLOTS as u64).find(|step| !self.slots[*step as usize % SLOTS].is_empty())
    }

    fn step_at(&self, now: Instant) -> u64 {
        (now.saturating_duration_since(self.start).as_micros() / STEP.as_micros()) as u64
    }

    fn time_of(&self, step: u64) -> Instant {
        self.start + Duration::from_micros(step * STEP.as_micros() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who is due within a time, and when, in microseconds since the start.
    fn played(rounds: &mut Rounds, start: Instant, from_ms: u64, to_ms: u64) -> Vec<(u32, u128)> {
        let end = start + Duration::from_millis(to_ms);
        let mut played = Vec::new();
        while let Some(at) = rounds.poll_timeout().filter(|at| *at < end) {
            let now = at.max(start + Duration::from_millis(from_ms));
            let Some(Due { slot, keys, .. }) = rounds.take_due(now) else { continue };
            played.extend(keys.iter().map(|key| (key.0, now.duration_since(start).as_micros())));
            rounds.stay(slot, keys);
        }
        played
    }

    #[test]
    fn two_thousand_players_are_due_each_20_ms_and_100_at_a_time() {
        let start = Instant::now();
        let mut rounds = Rounds::new(start);
        let mut slots: Vec<Slot> = (0..2000).map(|key| rounds.join(Key(key), start)).collect();
        let played = played(&mut rounds, start, 0, 200);
        assert_eq!(played.len(), 2000 * 10);
        for key in [0, 7, 1999] {
            let times: Vec<u128> = played.iter().filter(|(own, _)| *own == key).map(|(_, at)| *at).collect();
            assert!(times.windows(2).all(|pair| pair[1] - pair[0] == 20_000), "{times:?}");
        }
        let at = |time: u128| played.iter().filter(|(_, own)| *own == time).count();
        assert!((0..200).all(|ms| at(ms * 1000) == 100));
        for (key, slot) in slots.drain(..).enumerate() {
            rounds.leave(Key(key as u32), slot);
        }
        assert_eq!(rounds.poll_timeout(), None);
    }

    #[test]
    fn who_comes_first_begins_at_once_and_after_a_stall_nothing_bunches() {
        let start = Instant::now();
        let mut rounds = Rounds::new(start);
        let now = start + Duration::from_micros(12_345_678);
        rounds.join(Key(1), now);
        let due = rounds.take_due(now).expect("it is due at once");
        assert_eq!((due.keys, due.round), (vec![Key(1)], 12_345 / 20));
        rounds.stay(due.slot, vec![Key(1)]);
        let stalled = played(&mut rounds, start, 20_000, 20_100);
        assert!((4..=6).contains(&stalled.len()), "eight seconds are left out: {stalled:?}");
    }
}
