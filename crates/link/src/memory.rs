use crate::limits;
use model::InstanceId;
use serde_json::value::RawValue;
use std::collections::VecDeque;
use wire::link::{Heard, Resume};

/// A message that the other side may not have.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) number: u64,
    pub(crate) message: Box<RawValue>,
    /// Says how things are at the begin of a connection; the next one has its own.
    is_greeting: bool,
}

/// What a side remembers from one connection to the next.
#[derive(Debug)]
pub(crate) struct Memory {
    instance: InstanceId,
    last: u64,
    kept: VecDeque<Kept>,
    /// Of those, sent on this connection.
    sent: usize,
    other: Option<InstanceId>,
    heard: u64,
}

impl Memory {
    pub(crate) fn new(instance: InstanceId) -> Self {
        Self { instance, last: 0, kept: VecDeque::new(), sent: 0, other: None, heard: 0 }
    }

    /// What this side says at the begin of a connection.
    pub(crate) fn resume(&self) -> Resume {
        let heard = self.other.map(|instance| Heard { instance, number: self.heard });
        Resume { instance: self.instance, heard }
    }

    /// What the other side said: what it has is forgotten, everything else is sent again.
    pub(crate) fn begin(&mut self, other: Resume) {
        self.sent = 0;
        if self.other != Some(other.instance) {
            self.other = Some(other.instance);
            self.heard = 0;
        }
        if let Some(heard) = other.heard.filter(|heard| heard.instance == self.instance) {
            self.acknowledge(heard.number);
        }
        self.kept.retain(|kept| !kept.is_greeting);
    }

    pub(crate) fn keep(&mut self, message: Box<RawValue>, is_greeting: bool) {
        self.last += 1;
        self.kept.push_back(Kept { number: self.last, message, is_greeting });
    }

    /// The other side has everything up to this number.
    pub(crate) fn acknowledge(&mut self, number: u64) {
        while self.kept.front().is_some_and(|kept| kept.number <= number) {
            self.forget_oldest();
        }
    }

    pub(crate) fn forget_oldest(&mut self) {
        self.kept.pop_front();
        self.sent = self.sent.saturating_sub(1);
    }

    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    /// The next message that goes out, while not too many are on their way.
    pub(crate) fn next_to_send(&mut self) -> Option<Kept> {
        if self.sent >= limits::IN_FLIGHT {
            return None;
        }
        let next = self.kept.get(self.sent)?.clone();
        self.sent += 1;
        Some(next)
    }

    /// Whether a message of the other side is news.
    pub(crate) fn is_news(&self, number: u64) -> bool {
        number > self.heard
    }

    /// It was handed on.
    pub(crate) fn note_heard(&mut self, number: u64) {
        self.heard = self.heard.max(number);
    }

    pub(crate) fn heard(&self) -> u64 {
        self.heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).expect("JSON")
    }

    fn numbers(memory: &mut Memory) -> Vec<u64> {
        std::iter::from_fn(|| memory.next_to_send()).map(|kept| kept.number).collect()
    }

    fn pair() -> (Memory, Memory) {
        (Memory::new(InstanceId::of(1)), Memory::new(InstanceId::of(2)))
    }

    #[test]
    fn after_a_torn_connection_only_what_the_other_side_lacks_is_sent_again() {
        let (mut own, mut other) = pair();
        own.begin(other.resume());
        other.begin(own.resume());
        (0..4).for_each(|_| own.keep(raw("1"), false));
        assert_eq!(numbers(&mut own), [1, 2, 3, 4]);
        own.acknowledge(1);
        other.note_heard(2);
        // The acknowledgement of 2 is lost with the connection.
        own.begin(other.resume());
        assert_eq!(numbers(&mut own), [3, 4]);
        assert!(!other.is_news(2) && other.is_news(3));
    }

    #[test]
    fn a_new_process_on_the_other_side_gets_everything_that_was_not_acknowledged() {
        let (mut own, mut other) = pair();
        own.begin(other.resume());
        (0..3).for_each(|_| own.keep(raw("1"), false));
        numbers(&mut own);
        own.acknowledge(2);
        other.note_heard(7);
        own.note_heard(5);
        let fresh = Memory::new(InstanceId::of(3));
        own.begin(fresh.resume());
        assert_eq!(numbers(&mut own), [3]);
        assert!(own.is_news(1), "the new process counts from one");
    }

    #[test]
    fn a_greeting_of_before_is_not_repeated() {
        let (mut own, other) = pair();
        own.begin(other.resume());
        own.keep(raw("1"), true);
        own.keep(raw("2"), false);
        own.begin(other.resume());
        own.keep(raw("3"), true);
        assert_eq!(numbers(&mut own), [2, 3]);
    }

    #[test]
    fn only_so_many_messages_are_on_their_way() {
        let (mut own, other) = pair();
        own.begin(other.resume());
        (0..limits::IN_FLIGHT + 5).for_each(|_| own.keep(raw("1"), false));
        assert_eq!(numbers(&mut own).len(), limits::IN_FLIGHT);
        own.acknowledge(2);
        assert_eq!(numbers(&mut own).len(), 2);
        own.forget_oldest();
        assert_eq!(numbers(&mut own).len(), 1);
    }
}
