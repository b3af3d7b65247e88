//! Pages, engine and recorder must fit what the core holds.

use crate::engine::Transport;
use crate::model::{Call, Leg, State};
use crate::pages::View;
use crate::world::World;
use callcenter_core::audio::PromptSource;
use callcenter_core::row::{SegmentRow, SegmentState};
use model::{CallId, LegId, PromptId, TrackKind};
use std::collections::{BTreeMap, BTreeSet};
use wire::engine::{Patch, Playlist};
use wire::prompt::RINGBACK;

impl World {
    pub(crate) fn check(&self) {
        self.model.compare(&self.core, self.now);
        self.check_consoles();
        self.check_customers();
        for (id, call) in &self.model.calls {
            self.check_media(*id, call);
            self.check_ringback(*id, call);
        }
        for (id, room) in &self.engine.rooms {
            assert!(self.model.calls.contains_key(id), "room {id} outlives its call");
            assert!(room.legs.keys().all(|leg| self.core.leg(*leg).is_some()), "legs of room {id} outlive their call");
        }
        let wanted: BTreeSet<PromptId> = self.prompts.iter().map(PromptSource::id).collect();
        assert_eq!(wanted, self.model.wanted, "prompts that are wanted");
        let open = self.open_segments();
        let written = self.recorder.open.keys();
        assert!(written.into_iter().all(|segment| open.contains(segment)), "a file is written that nobody stops");
    }

    fn check_consoles(&self) {
        for (agent, page) in self.agents.iter().filter(|(_, page)| page.connected) {
            let own = self.model.calls.values().find_map(|call| {
                let (_, leg, rings) = call.agents().find(|(own, _, _)| own == agent)?;
                Some((call, leg, rings))
            });
            let leg_in = |ringing: bool| own.filter(|(_, _, rings)| *rings == ringing).map(|(_, leg, _)| leg.id);
            assert_eq!(page.ringing, leg_in(true), "what rings at {agent}");
            assert_eq!(page.talking, leg_in(false), "the call of {agent}");
            let state = self.core.agent_state(*agent, self.now).expect("a known agent");
            let told = page.state.as_ref().expect("told at welcome");
            assert_eq!((told.voice, told.availability, told.status), (state.voice, state.availability, state.status));
            assert_eq!(told.wrap_up.is_some(), state.wrap_up.is_some());
            let is_in = |call: &Call| call.state.is_talk() && call.agent.as_ref().is_some_and(|(own, _)| own == agent);
            if let Some((call, leg, _)) = own.filter(|(call, _, _)| is_in(call)) {
                assert!(page.established, "{agent} was told that it is established");
                assert_eq!(page.held, call.state == State::Held, "{agent} knows of the hold");
                assert_eq!(page.transferring, call.state == State::Transferring, "{agent} knows of the transfer");
                if leg.lost_until.is_none() && call.state != State::Transferring {
                    assert_eq!(page.remote_connected, call.customer.lost_until.is_none(), "what {agent} knows");
                }
            }
        }
    }

    fn check_customers(&self) {
        let places: BTreeMap<CallId, u32> = self.model.places().into_iter().collect();
        for page in self.customers.iter().filter(|page| page.connected) {
            assert_eq!(page.leg, self.core.leg_of_identity(&page.identity), "the leg of {}", page.identity);
            let Some(call) = page.leg.and_then(|leg| self.model.call_of_leg(leg)) else { continue };
            let (id, call) = (call, &self.model.calls[&call]);
            let view = match call.state {
                State::Waiting if call.leaving.is_some() => View::Leaving,
                // Nothing is told before the message plays.
                State::Waiting if call.away => continue,
                State::Waiting => View::Waiting(places[&id]),
                State::Calling => View::CalledByAgent,
                State::Ringing | State::Connecting => View::Ringing,
                State::Established => View::Established,
                State::Held => View::Held,
                State::Transferring => View::Transferring,
            };
            assert_eq!(page.view, view, "what {} sees", page.identity);
            let other = call.agent.as_ref().filter(|_| matches!(call.state, State::Established | State::Held));
            if let Some((_, other)) = other.filter(|_| call.customer.lost_until.is_none()) {
                assert_eq!(page.remote_connected, other.lost_until.is_none(), "what {} knows", page.identity);
            }
        }
    }

    /// A customer who hears no agent hears what is meant for that, alone. A talk that nobody is away from has its patches, taps
    /// and files.
    fn check_media(&self, id: CallId, call: &Call) {
        let customer = call.customer.id;
        if matches!(call.state, State::Held | State::Transferring) {
            let hears_a_leg = |patch: &Patch| patch.source.leg().is_some();
            let room = self.engine.rooms.get(&id);
            assert!(!room.is_some_and(|room| room.patches.iter().any(hears_a_leg)), "somebody is overheard in {id}");
        }
        // A connection of which a crash kept the news from the core is told again by a real engine alone.
        let is_known = self.core.leg(customer).is_some_and(|leg| leg.connected_at.is_some());
        let is_up = self.engine.transport(customer) == Some(Transport::Up) && call.customer.lost_until.is_none();
        let is_sure = !call.sound_unsure && (call.state.is_talk() || !call.message_changed);
        if call.state != State::Established && !call.is_being_placed() && is_up && is_known && is_sure {
            let source = self.model.playlist(call).into();
            let alone = BTreeSet::from([Patch { source, sink: customer, track: TrackKind::Audio }]);
            assert_eq!(self.engine.rooms[&id].patches, alone, "what the customer of {id} hears");
        }
        let talkers = || std::iter::once(&call.customer).chain(call.agent.as_ref().map(|(_, leg)| leg));
        let is_away = |leg: &Leg| leg.lost_until.is_some() || self.engine.transport(leg.id) != Some(Transport::Up);
        if !call.state.is_talk() || talkers().any(is_away) {
            return;
        }
        let legs: Vec<LegId> = talkers().map(|leg| leg.id).collect();
        let room = &self.engine.rooms[&id];
        if call.state == State::Established {
            let patches =
                |source: LegId, sink| TrackKind::ALL.map(|track| Patch { source: source.into(), sink, track });
            let both_ways: BTreeSet<Patch> =
                [patches(legs[0], legs[1]), patches(legs[1], legs[0])].concat().into_iter().collect();
            assert_eq!(room.patches, both_ways, "patches of {id}");
        }
        let is_kept = call.recorded && !call.paused;
        let tapped: BTreeSet<LegId> = if is_kept { legs.iter().copied().collect() } else { BTreeSet::new() };
        assert_eq!(room.taps, tapped, "taps of {id}");
        for leg in legs {
            let segment = self.core.leg(leg).and_then(|row| row.segment);
            assert!(segment.is_none_or(|segment| self.recorder.known.contains(&segment)), "file of {leg}");
            let is_open = segment.filter(|segment| self.recorder.open.contains_key(segment));
            let paused = is_open.is_none_or(|segment| self.recorder.paused.contains(&segment) == call.paused);
            assert!(paused, "whether the file of {leg} is paused");
            let has_failed =
                |row: &SegmentRow| row.leg == leg && row.composed.is_none() && row.state == SegmentState::Failed;
            let failed = self.store.segments.values().any(has_failed);
            assert!(!call.recorded || segment.is_some() || failed, "{leg} is not recorded");
        }
    }

    /// An agent who calls hears that it rings, alone.
    fn check_ringback(&self, id: CallId, call: &Call) {
        let Some((_, agent)) = call.agent.as_ref().filter(|_| call.is_being_placed()) else { return };
        let is_known = self.core.leg(agent.id).is_some_and(|leg| leg.connected_at.is_some());
        let is_up = self.engine.transport(agent.id) == Some(Transport::Up) && agent.lost_until.is_none();
        if is_up && is_known && call.customer.lost_until.is_none() {
            let source = Playlist::looped(RINGBACK).into();
            let alone = BTreeSet::from([Patch { source, sink: agent.id, track: TrackKind::Audio }]);
            assert_eq!(self.engine.rooms[&id].patches, alone, "what the agent of {id} hears");
        }
    }
}
