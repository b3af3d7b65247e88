//! What happened, by name.

use crate::model::{Ending, State};
use crate::world::World;
use callcenter_core::event::{Event, EventRecord};
use callcenter_core::row::{CallRow, CallState};
use model::{CallDirection, TransferFailure};
use std::collections::BTreeMap;
use wire::browser::CallKind;

/// How often each thing happened.
pub type Coverage = BTreeMap<&'static str, u64>;

impl World {
    pub(crate) fn count(&mut self, what: &'static str) {
        *self.coverage.entry(what).or_default() += 1;
    }

    /// Before the rows are written that these events tell of.
    pub(crate) fn count_events(&mut self, events: &[EventRecord]) {
        for record in events {
            self.count(name(&record.event));
            let Some(before) = record.call.and_then(|call| self.store.calls.get(&call)) else { continue };
            let rare = [of_transfer(before, &record.event), of_outbound(before, &record.event)];
            rare.into_iter().flatten().for_each(|what| self.count(what));
        }
    }

    pub(crate) fn compare_endings(&mut self, events: &[EventRecord]) {
        let mut ended: Vec<Ending> = events.iter().filter_map(ending).collect();
        let mut expected = std::mem::take(&mut self.model.endings);
        ended.sort_by_key(|ending| ending.call);
        expected.sort_by_key(|ending| ending.call);
        assert_eq!(ended, expected, "calls that ended in this turn");
    }

    /// Something breaks while calls are in rare states.
    pub(crate) fn count_calls_in(&mut self, while_it_rings: &'static str, while_it_connects: &'static str) {
        let states: Vec<(State, bool)> =
            self.model.calls.values().map(|call| (call.state, call.is_being_placed())).collect();
        for (state, _) in states.into_iter().filter(|(_, is_being_placed)| *is_being_placed) {
            self.count(if state == State::Calling { while_it_rings } else { while_it_connects });
        }
    }
}

fn of_transfer(before: &CallRow, event: &Event) -> Option<&'static str> {
    let was_transferred = before.kind == CallKind::Transferred;
    let what = match (event, before.state) {
        (Event::CallEnded { code: 10_000, .. }, CallState::Transferring) => "hung up in a transfer",
        (Event::CallTransferredToQueue { .. }, CallState::Transferring) => "failed transfers to the front",
        (Event::CallDeclined { .. } | Event::CallNotAnswered { .. }, CallState::Ringing) if was_transferred => {
            "transferred calls passed over to the front"
        }
        (Event::MaximumWaitPassed { .. }, _) if was_transferred => "transferred calls that waited too long",
        _ => return None,
    };
    Some(what)
}

fn of_outbound(before: &CallRow, event: &Event) -> Option<&'static str> {
    if before.direction != CallDirection::Outbound {
        return None;
    }
    let what = match (event, before.state) {
        (Event::CallAnswered { .. }, CallState::Ringing) if before.kind == CallKind::Regular => {
            "outbound calls answered"
        }
        (Event::CallEnded { code: 10_203, .. }, CallState::Ringing) => "outbound calls declined",
        (Event::CallEnded { code: 10_200, .. }, CallState::Ringing) => "outbound calls not answered",
        (Event::CallEnded { code: 10_202, .. }, CallState::Ringing) => "outbound calls given up",
        (Event::CallEnded { code: 10_308, .. }, CallState::Ringing) => "outbound calls whose agent went away",
        (Event::CallEnded { code: 10_308, .. }, CallState::Connecting) => "outbound calls not connected",
        (Event::CallEnded { code: 10_103, .. }, _) => "outbound calls without media",
        (Event::CallHeld { .. }, _) => "outbound calls held",
        (Event::CallTransferred { .. }, _) => "outbound calls transferred",
        (Event::CallTransferredToQueue { .. }, _) => "outbound calls transferred to a queue",
        (Event::WrapUpStarted { .. }, _) => "wrap-ups after outbound calls",
        _ => return None,
    };
    Some(what)
}

fn ending(record: &EventRecord) -> Option<Ending> {
    match record.event {
        Event::CallEnded { ended_by, duration_ms, code } => {
            Some(Ending { call: record.call?, by: ended_by, code, duration_ms })
        }
        _ => None,
    }
}

fn name(event: &Event) -> &'static str {
    match event {
        Event::CallStarted { direction: CallDirection::Outbound } => "outbound calls",
        Event::CallStarted { .. } => "calls",
        Event::CallRinging { .. } => "rings",
        Event::CallDeclined { .. } => "declined",
        Event::CallNotAnswered { .. } => "not answered",
        Event::CallAnswered { .. } => "answered",
        Event::CallNotConnected { .. } => "not connected",
        Event::CallHeld { .. } => "held",
        Event::CallResumed { .. } => "resumed",
        Event::CallTransferStarted { .. } => "transfers",
        Event::CallTransferred { .. } => "transferred",
        Event::CallTransferFailed { reason, .. } => match reason {
            TransferFailure::Declined => "transfers declined",
            TransferFailure::NoAnswer => "transfers not answered",
            TransferFailure::AgentGone => "transfers to agents who went away",
            TransferFailure::NotConnected => "transfers not connected",
        },
        Event::CallTransferredToQueue { .. } => "transferred to a queue",
        Event::LegLost { .. } => "legs lost",
        Event::LegBack { .. } => "legs back",
        Event::CallEnded { code: 10_308, .. } => "ended by the network",
        Event::CallEnded { code: 10_203, .. } => "rejected",
        Event::CallEnded { code: 10_200, .. } => "waited too long",
        Event::MaximumWaitPassed { .. } => "waits over",
        Event::CallTurnedAway { .. } => "turned away",
        Event::CallEnded { .. } => "ended",
        Event::WrapUpStarted { .. } => "wrap-ups",
        Event::RecordingPaused { .. } => "recordings paused",
        Event::RecordingResumed { .. } => "recordings that go on",
        Event::RecordingFinished { .. } => "files finished",
        Event::RecordingFailed { .. } => "files failed",
        Event::AgentCapacity { full: true, .. } => "agents at full capacity",
        Event::AgentReachable { .. } => "agents gone or back",
        Event::LinkUsed { .. } => "one-time links used",
        _ => "other events",
    }
}
