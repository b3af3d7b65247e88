//! Hold and transfer.

use super::{Call, Leg, Model, Ring, State, Time};
use model::{AgentId, AgentStatus, CallId, LegId, QueueId, VoiceStatus};

impl Model {
    /// The call and the agent of this leg, if they talk or could.
    fn talk_of(&self, leg: LegId) -> Option<(CallId, AgentId)> {
        let own = |call: &Call| {
            let (agent, _) = call.agent.as_ref().filter(|(_, own)| own.id == leg && call.state.is_talk())?;
            Some(*agent)
        };
        self.calls.iter().find_map(|(id, call)| Some((*id, own(call)?)))
    }

    pub(crate) fn hold(&mut self, leg: LegId) -> bool {
        let now = self.now;
        let Some((id, agent)) = self.talk_of(leg) else { return false };
        let call = self.call(id);
        if call.state != State::Established {
            return false;
        }
        (call.state, call.held, call.sound_unsure) = (State::Held, Some(now), false);
        self.agent(agent).voice = VoiceStatus::OnHold;
        true
    }

    pub(crate) fn resume(&mut self, leg: LegId) -> bool {
        let Some((id, agent)) = self.talk_of(leg) else { return false };
        let call = self.call(id);
        if call.state != State::Held {
            return false;
        }
        (call.state, call.held) = (State::Established, None);
        self.agent(agent).voice = VoiceStatus::InCall;
        true
    }

    pub(crate) fn set_paused(&mut self, leg: LegId, paused: bool) -> bool {
        let Some((id, _)) = self.talk_of(leg).filter(|(id, _)| self.calls[id].recorded) else { return false };
        self.call(id).paused = paused;
        true
    }

    pub(crate) fn transfer_to_agent(&mut self, leg: LegId, to: AgentId) -> bool {
        let Some((id, from)) = self.talk_of(leg) else { return false };
        let (call, target) = (&self.calls[&id], &self.agents[&to]);
        let can = call.state != State::Transferring
            && from != to
            && target.queues.contains(&call.queue)
            && self.availability(to) == AgentStatus::Active;
        if can {
            let call = self.call(id);
            (call.state, call.must_ring, call.sound_unsure) = (State::Transferring, Some(to), false);
            self.agent(from).voice = VoiceStatus::Transferring;
        }
        can
    }

    pub(super) fn rings_at_target(&mut self, ring: Ring) {
        let until = self.deadline(Time::from(self.settings.ring_seconds) * 1000);
        let call = self.call(ring.call);
        assert_eq!(call.must_ring.take(), Some(ring.agent), "where {} rings", ring.call);
        call.target = Some((ring.agent, Leg::new(ring.leg)));
        call.ring_until = Some(until);
        self.agent(ring.agent).voice = VoiceStatus::Ringing;
    }

    pub(crate) fn transfer_to_queue(&mut self, leg: LegId, to: QueueId) -> bool {
        let Some((id, from)) = self.talk_of(leg) else { return false };
        if self.calls[&id].state == State::Transferring || !self.assigns(to) {
            return false;
        }
        let call = self.call(id);
        (call.agent, call.queue) = (None, to);
        self.wraps_up(from);
        self.waits_again(id, from, false);
        true
    }

    /// The target did not take it: the transferor has it again, or the front of the queue.
    pub(super) fn transfer_fails(&mut self, id: CallId) {
        let now = self.now;
        let call = self.call(id);
        call.ring_until = None;
        let (target, _) = call.target.take().expect("a transfer has a target");
        let there = call.agent.as_ref().filter(|(_, leg)| leg.lost_until.is_none()).map(|(agent, _)| *agent);
        let held = call.held.is_some();
        let agent = self.agent(target);
        (agent.voice, agent.idle_since) = (VoiceStatus::Idle, now);
        match there {
            Some(agent) => {
                self.call(id).state = if held { State::Held } else { State::Established };
                self.agent(agent).voice = if held { VoiceStatus::OnHold } else { VoiceStatus::InCall };
            }
            None => {
                self.transferor_goes(id);
                self.waits_again(id, target, true);
            }
        }
    }

    pub(super) fn transferor_goes(&mut self, id: CallId) {
        if let Some((agent, _)) = self.call(id).agent.take() {
            self.wraps_up(agent);
        }
    }

    fn waits_again(&mut self, id: CallId, passed: AgentId, front: bool) {
        let (now, mono) = (self.now, self.mono);
        let call = self.call(id);
        let conversation = call.conversation;
        call.state = State::Waiting;
        call.only = None;
        call.held = None;
        call.transferred = true;
        call.passed = vec![passed];
        call.last_passed = Some(mono);
        (call.since, call.front) = (now, front);
        self.assignees.remove(&conversation);
        self.begins_to_wait(id);
    }

    /// Once the engine holds customer and target and the target is there, the target has it.
    pub(super) fn transfers_complete(&mut self) {
        let target_is_there = |call: &Call| {
            let target = call.target.as_ref().filter(|(_, leg)| leg.is_held() && leg.lost_until.is_none());
            call.customer.is_held() && target.is_some()
        };
        let there: Vec<CallId> =
            self.calls.iter().filter(|(_, call)| target_is_there(call)).map(|(id, _)| *id).collect();
        for id in there {
            self.transferor_goes(id);
            let call = self.call(id);
            call.agent = call.target.take();
            (call.state, call.held, call.transferred) = (State::Established, None, true);
            let (target, _) = call.agent.clone().expect("it was the target");
            let conversation = call.conversation;
            self.assignees.insert(conversation, target);
        }
    }
}
