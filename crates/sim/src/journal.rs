//! The log tells the same story of each call as the rows do.

use crate::store::Store;
use callcenter_core::event::Event;
use callcenter_core::row::CallState;
use model::{AgentId, CallId, EndedBy, WallTime};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, PartialEq)]
struct Story {
    started: Option<WallTime>,
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
                Event::CallStarted { .. } => story.started = Some(record.at),
                Event::CallAnswered { agent, waiting_ms } => {
                    let started = story.started.expect("a call starts before it is answered");
                    assert_eq!(record.at.since(started).as_millis(), u128::from(*waiting_ms));
                    story.answered = Some((record.at, *agent));
                }
                Event::CallNotConnected { .. } => story.answered = None,
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
        }
    }
}
