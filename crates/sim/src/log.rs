//! The log tells the same story of each call as the rows do.

use crate::store::Store;
use callcenter_core::event::Event;
use callcenter_core::row::CallState;
use model::{AgentId, CallId, EndedBy, WallTime};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, PartialEq)]
struct Story {
    started: Option<WallTime>,
    /// Since when it waits, or did before the answer.
    waiting: Option<WallTime>,
    held: Option<WallTime>,
    transfers_to: Option<AgentId>,
    handed_over: bool,
    answered: Option<(WallTime, AgentId)>,
    ended: Option<(WallTime, EndedBy, u32)>,
}

impl Store {
    /// Rebuilds arrival, answer and end of every call from the log and compares them with the rows.
    pub fn check_log(&self) {
        let mut stories: BTreeMap<CallId, Story> = BTreeMap::new();
        for record in &self.log {
            let Some(call) = record.call else { continue };
            let story = stories.entry(call).or_default();
            match &record.event {
                Event::CallStarted { .. } => (story.started, story.waiting) = (Some(record.at), Some(record.at)),
                Event::CallAnswered { agent, waiting_ms } => {
                    let waiting = story.waiting.expect("a call waits before it is answered");
                    assert_eq!(record.at.since(waiting).as_millis(), u128::from(*waiting_ms));
                    story.answered.get_or_insert((record.at, *agent));
                }
                Event::CallNotConnected { .. } if !story.handed_over => story.answered = None,
                Event::CallHeld { .. } => assert_eq!(story.held.replace(record.at), None, "{call} is held twice"),
                Event::CallResumed { held_ms, .. } => {
                    let held = story.held.take().expect("only what is held is resumed");
                    assert_eq!(record.at.since(held).as_millis(), u128::from(*held_ms));
                }
                Event::CallTransferStarted { to_agent, .. } => {
                    assert_eq!(story.transfers_to.replace(*to_agent), None, "{call} is handed over twice at once");
                }
                Event::CallTransferFailed { to_agent, .. } => {
                    assert_eq!(story.transfers_to.take(), Some(*to_agent), "only what began can fail");
                }
                Event::CallTransferred { to_agent, .. } => {
                    assert_eq!(story.transfers_to.take(), Some(*to_agent), "only what began can be completed");
                    story.handed_over = true;
                }
                Event::CallTransferredToQueue { .. } => {
                    (story.waiting, story.handed_over) = (Some(record.at), true);
                }
                Event::CallEnded { ended_by, code, .. } => {
                    let end = (record.at, *ended_by, *code);
                    assert_eq!(story.ended.replace(end), None, "{call} ends once");
                }
                _ => {}
            }
        }
        assert_eq!(stories.len(), self.calls.len());
        for (id, row) in &self.calls {
            let story = &stories[id];
            assert_eq!(story.started, Some(row.created_at), "arrival of {id}");
            assert_eq!(story.answered.map(|(at, _)| at), row.answered_at, "answer of {id}");
            let end = row.ended_at.zip(row.ended_by).zip(row.end_code);
            assert_eq!(story.ended, end.map(|((at, by), code)| (at, by, code)), "end of {id}");
            assert_eq!(row.state == CallState::Ended, story.ended.is_some());
            assert_eq!(story.held, row.held_since, "hold of {id}");
            assert_eq!(story.waiting, Some(row.waiting_since), "wait of {id}");
            let transfers_to = story.transfers_to.filter(|_| row.state != CallState::Ended);
            assert_eq!(transfers_to, row.transfer.map(|transfer| transfer.to), "transfer of {id}");
        }
    }
}
