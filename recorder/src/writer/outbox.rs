use crate::limits;
use std::collections::VecDeque;
use tokio::sync::mpsc;
use wire::recorder::Event;

/// Facts on their way out: the writer never waits for who fetches them.
#[derive(Debug)]
pub(super) struct Outbox {
    waiting: VecDeque<Event>,
    to: mpsc::Sender<Event>,
}

impl Outbox {
    pub(super) fn new(to: mpsc::Sender<Event>) -> Self {
        Self { waiting: VecDeque::new(), to }
    }

    pub(super) fn push(&mut self, event: Event) {
        let informs = matches!(event, Event::KeyframeNeeded { .. } | Event::Behind { .. });
        if !(informs && self.waiting.len() >= limits::WAITING_EVENTS / 2) && self.waiting.len() < limits::WAITING_EVENTS
        {
            self.waiting.push_back(event);
        }
    }

    pub(super) fn send(&mut self) {
        while let Some(event) = self.waiting.pop_front() {
            match self.to.try_send(event) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(event)) => {
                    self.waiting.push_front(event);
                    return;
                }
                Err(mpsc::error::TrySendError::Closed(_)) => return,
            }
        }
    }
}
