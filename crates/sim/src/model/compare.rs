//! The core must be what the model says.

use super::{Call, Leg, Model, State};
use callcenter_core::CallCenter;
use callcenter_core::row::CallState;
use model::{AgentId, CallId, LegId, Now, VoiceStatus};
use wire::browser::LegPhase;

impl Model {
    pub(crate) fn compare(&self, core: &CallCenter, now: Now) {
        for agent in self.agents.keys() {
            self.compare_agent(core, *agent, now);
        }
        let live: Vec<CallId> = core.calls().map(|row| row.id).collect();
        assert_eq!(live, self.calls.keys().copied().collect::<Vec<_>>(), "live calls");
        for (id, call) in &self.calls {
            compare_call(core, *id, call);
        }
    }

    fn compare_agent(&self, core: &CallCenter, id: AgentId, now: Now) {
        let agent = &self.agents[&id];
        let state = core.agent_state(id, now).expect("the core knows the agent");
        assert_eq!(state.voice, agent.voice, "voice of {id}");
        assert_eq!(state.availability, self.availability(id), "availability of {id}");
        assert_eq!(state.status, agent.status, "status of {id}");
        assert_eq!(state.custom_status.map(|status| status.id), agent.custom, "own status of {id}");
        assert_eq!(core.conversations_held(id) as usize, agent.held.len(), "conversations of {id}");
        let remaining = agent.wrap_until.map(|until| u64::try_from(until.due - self.mono).unwrap_or(0));
        assert_eq!(state.wrap_up.map(|wrap_up| wrap_up.remaining_ms), remaining, "wrap-up of {id}");
        assert_eq!(core.agent(id).expect("as above").idle_since.0, agent.idle_since, "idle time of {id}");
        let legs: Vec<LegId> = self
            .calls
            .values()
            .flat_map(|call| call.agents().filter(|(own, _, _)| *own == id).map(|(_, leg, _)| leg.id))
            .collect();
        assert!(legs.len() <= 1, "{id} has two calls");
        assert_eq!(core.leg_of_agent(id), legs.first().copied(), "leg of {id}");
        let busy = !matches!(agent.voice, VoiceStatus::Idle | VoiceStatus::Wrapping);
        assert_eq!(busy, !legs.is_empty(), "{id} is busy exactly while there is a live leg");
    }
}

fn compare_call(core: &CallCenter, id: CallId, call: &Call) {
    let row = core.call(id).expect("listed above");
    let (state, customer, agent) = match call.state {
        State::Waiting => (CallState::Waiting, LegPhase::Waiting, None),
        State::Ringing => (CallState::Ringing, LegPhase::Waiting, Some(LegPhase::Ringing)),
        State::Calling => (CallState::Ringing, LegPhase::Ringing, Some(LegPhase::Connecting)),
        State::Connecting => (CallState::Connecting, LegPhase::Connecting, Some(LegPhase::Connecting)),
        State::Established => (CallState::Established, LegPhase::Established, Some(LegPhase::Established)),
        State::Held => (CallState::Held, LegPhase::Established, Some(LegPhase::Established)),
        State::Transferring => {
            let transferor = call.agent.as_ref().map(|_| LegPhase::Established);
            (CallState::Transferring, LegPhase::Established, transferor)
        }
    };
    assert_eq!(row.state, state, "state of {id}");
    assert_eq!(row.queue, call.queue, "queue of {id}");
    assert_eq!(row.passed_over, call.passed, "who passed {id} over");
    assert_eq!(row.answered_at.map(|at| at.0), call.answered, "answer of {id}");
    assert_eq!(row.ring_until.map(|at| at.0), call.ring_until.map(|until| until.wall), "end of ringing of {id}");
    assert_eq!(row.held_since.map(|at| at.0), call.held, "hold of {id}");
    assert_eq!((row.front_of_queue, row.waiting_since.0), (call.front, call.since), "place in line of {id}");
    assert_eq!(row.wait.away.is_some(), call.away, "whether {id} is turned away");
    assert_eq!(row.wait.until.map(|at| at.0), call.wait_until.map(|until| until.wall), "longest wait of {id}");
    assert_eq!(
        row.wait.ends_at.map(|at| at.0),
        call.leaving.map(|until| until.wall),
        "end of {id} after its last message"
    );
    compare_leg(core, &call.customer, customer);
    let agents = core.legs_of(id).filter(|leg| leg.agent.is_some()).count();
    assert_eq!(agents, usize::from(agent.is_some()) + usize::from(call.target.is_some()), "agents' legs of {id}");
    let target = row.transfer.map(|transfer| (transfer.to, transfer.leg));
    assert_eq!(target, call.target.as_ref().map(|(agent, leg)| (*agent, leg.id)), "target of {id}");
    if let Some((_, leg)) = &call.target {
        compare_leg(core, leg, if call.ring_until.is_some() { LegPhase::Ringing } else { LegPhase::Connecting });
    }
    if let (Some((who, leg)), Some(phase)) = (&call.agent, agent) {
        compare_leg(core, leg, phase);
        assert_eq!(core.leg(leg.id).and_then(|row| row.agent), Some(*who));
    }
}

fn compare_leg(core: &CallCenter, leg: &Leg, phase: LegPhase) {
    let row = core.leg(leg.id).unwrap_or_else(|| panic!("{} should be live", leg.id));
    assert_eq!(row.phase, phase, "phase of {}", leg.id);
    assert_eq!(row.lost_since.is_some(), leg.lost_until.is_some(), "whether {} is lost", leg.id);
}
