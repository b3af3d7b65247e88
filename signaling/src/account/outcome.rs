use super::Outside;
use callcenter_core::{
    event::Event,
    row::{CallRow, CallState, RowChange, Snapshot},
};
use model::{AccountId, CallId, LegId};
use std::{collections::BTreeSet, time::Duration};
use store::Unit;
use wire::browser::CallKind;

/// Notes what committed changes mean for the directory and for operators.
#[derive(Default)]
pub(super) struct Outcomes {
    /// Live calls whose set-up was counted.
    established: BTreeSet<CallId>,
}

impl Outcomes {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let was_set_up = |call: &&CallRow| call.state.is_talk() || call.kind == CallKind::Transferred;
        let established = snapshot.calls.iter().filter(was_set_up);
        Self { established: established.map(|call| call.id).collect() }
    }

    /// Returns the legs that are over: they leave the directory once their pages have been told.
    pub(super) fn note(&mut self, account: AccountId, units: &[Unit], outside: &Outside) -> Vec<LegId> {
        let mut over = Vec::new();
        for change in units.iter().flat_map(|unit| &unit.changes) {
            match change {
                RowChange::Leg(row) => {
                    outside.directory.put_leg(account, row);
                    over.extend(row.ended_at.map(|_| row.id));
                }
                RowChange::Call(row) if row.state == CallState::Established && self.established.insert(row.id) => {
                    let waited = row.answered_at.map(|at| outside.clock.wall().since(at));
                    outside.metrics.call_set_up(waited.unwrap_or(Duration::ZERO).as_secs_f64());
                }
                RowChange::Call(row) if row.state == CallState::Ended => {
                    self.established.remove(&row.id);
                }
                RowChange::Segment(row) if !row.screen && row.state.is_settled() => {
                    outside.directory.remove_segment(row.id);
                }
                _ => {}
            }
        }
        for record in units.iter().flat_map(|unit| &unit.events) {
            if let Event::CallEnded { code, duration_ms, .. } = &record.event {
                outside.metrics.call_ended(outcome(*code, *duration_ms));
            }
        }
        over
    }
}

/// What became of a call, by the public API's code of its end.
fn outcome(code: u32, duration_ms: u64) -> &'static str {
    match code {
        _ if duration_ms > 0 => "answered",
        10000 => "answered",
        10202 => "abandoned",
        10203 => "declined",
        10200 => "no_answer",
        10308 => "connection_lost",
        10103 => "no_media",
        _ => "failed",
    }
}
