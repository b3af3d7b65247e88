//! The transitions, chosen at random.

mod apart;
mod capacity;
mod hand_over;
mod media;
mod outbound;
mod people;
mod rare;
mod routing;
mod team;
mod waiting;

use crate::world::{Fate, World};
use callcenter_core::command::Command;
use callcenter_core::row::{LegRow, SegmentRow, SegmentState};
use std::time::Duration;

type Act = fn(&mut World);

/// What people, programs and the engine do, each with its weight.
const WORK: &[(u64, Act)] = &[
    (10, World::customer_calls),
    (5, World::agent_calls),
    (2, World::agent_calls_again),
    (12, World::customer_answers),
    (1, World::customer_declines),
    (1, World::agent_gives_up),
    (1, World::customer_answers_wrongly),
    (7, World::rare_moment_goes_wrong),
    (22, World::agent_answers),
    (6, World::agent_declines),
    (2, World::somebody_answers_wrongly),
    (3, World::customer_hangs_up),
    (3, World::agent_hangs_up),
    (5, World::agent_holds),
    (7, World::agent_resumes),
    (3, World::recording_is_paused_or_goes_on),
    (13, World::agent_hands_over),
    (3, World::agent_hands_over_to_queue),
    (4, World::placed_call_is_handed_over),
    (10, World::pages_come_back),
    (8, World::lost_pages_rejoin),
    (45, World::engine_connects),
    (4, World::path_heals),
    (6, World::recorder_reports),
    (2, World::source_is_toggled),
    (6, World::agent_sets_status),
    (2, World::agent_sets_custom_status),
    (1, World::statuses_change),
    (1, World::capacity_changes),
    (3, World::hours_change),
    (3, World::away_message_changes),
    (1, World::rules_change),
    (2, World::conversation_is_handed_over),
    (4, World::held_conversation_is_closed),
    (2, World::agent_is_edited),
    (2, World::membership_changes),
    (1, World::queue_is_switched),
    (4, World::wrap_up_is_extended),
    (4, World::wrap_up_is_cleared),
    (1, World::settings_change),
    (2, World::conversation_moves),
    (1, World::conversation_is_routed),
    (2, World::conversation_is_closed),
    (1, World::note_is_written),
    (3, World::strategy_changes),
    (2, World::hold_config_changes),
    (2, World::transfer_strategy_changes),
    (6, World::prompts_are_made),
];

/// What goes wrong, each with its weight.
const FAILURES: &[(u64, Act)] = &[
    (6, World::customers_page_comes_or_goes),
    (8, World::console_comes_or_goes),
    (1, World::console_freezes_or_thaws),
    (1, World::engine_refuses),
    (3, World::path_breaks),
    (1, World::engine_restarts),
    (3, World::file_fails_or_screen_ends),
    (1, World::recorder_restarts),
    (3, World::process_dies),
    (2, World::clock_is_set),
    (1, World::process_stands_still),
    (2, World::another_page_takes_over),
];

/// Failures in a hundred transitions: a life is calm, as most are, or not.
pub(crate) const ROUGHNESS: [u64; 3] = [2, 6, 13];

impl World {
    pub(crate) fn act(&mut self) {
        let acts = if self.random.chance(self.roughness) { FAILURES } else { WORK };
        let total = acts.iter().map(|(weight, _)| weight).sum();
        let mut left = self.random.below(total);
        for (weight, act) in acts {
            if left < *weight {
                return act(self);
            }
            left -= weight;
        }
    }

    /// At once, or in the middle of whatever comes next.
    fn process_dies(&mut self) {
        match self.random.below(3) {
            0 => self.crash(),
            1 => self.fate = Fate::NotCommitted,
            _ => self.fate = Fate::NotLetOut,
        }
    }

    /// Everybody hangs up and everything is reported: nothing may be left half done.
    pub(crate) fn wind_up(&mut self) {
        self.fate = Fate::Lives;
        for leg in self.model.calls.values().map(|call| call.customer.id).collect::<Vec<_>>() {
            self.command(Command::Hangup { leg }, |model| model.hang_up(leg));
        }
        self.hear_the_recorder();
        self.pass(Duration::from_hours(2));
        // What it never was told of is given up by now, and the rest is merged.
        self.hear_the_recorder();
        assert!(self.engine.rooms.is_empty() && self.recorder.open.is_empty());
        let unfinished = |row: &&SegmentRow| row.state == SegmentState::Recording;
        assert_eq!(self.store.segments.values().find(unfinished), None, "files without an end");
        let over = |leg: &LegRow| leg.ended_at.is_some() && leg.lost_since.is_none() && leg.segment.is_none();
        assert!(self.store.legs.values().all(over), "legs without an end");
        self.store.check_log();
    }

    fn hear_the_recorder(&mut self) {
        while let Some(fact) = self.recorder.facts.pop_front() {
            self.command(fact, |_| true);
        }
    }
}
