//! What the shell reads.

use crate::audio::PromptSource;
use crate::call_center::CallCenter;
use crate::link::{self, LinkState};
use crate::row::{
    AgentRecordingRow, AgentRow, AwayMessageRow, CallRow, CallState, ConversationRow, CustomerRow, HoldConfigRow,
    LegRow, LinkConfigRow, LinkRow, QueueRow, RuleRow, StatusRow, TransferStrategyRow, WaitingStrategyRow,
};
use crate::settings::AccountSettings;
use crate::timers::Reason;
use model::{
    AccountId, AgentId, AgentStatus, AudioFileId, CallId, ConversationId, CustomerId, FoundStatus, LegId, LinkConfigId,
    LinkId, Now, QueueId, StatusId, VoiceStatus, WorkingHoursId,
};
use std::time::Duration;
use wire::browser::{AgentState, CustomStatus, LegPhase, LegSnapshot, MediaState, WrapUp};

impl CallCenter {
    /// Whose call center this is.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The account's settings.
    pub fn settings(&self) -> &AccountSettings {
        &self.settings
    }

    /// An agent as their own page shows them.
    pub fn agent_state(&self, agent: AgentId, now: Now) -> Option<AgentState> {
        let agent = self.agents.get(&agent)?;
        let wrap_up = agent.row.wrap_up.as_ref().map(|running| WrapUp {
            call: running.call,
            conversation: running.conversation,
            remaining_ms: milliseconds(self.remaining(Reason::WrapUpEnd(agent.row.id), now)),
            can_extend: self.settings.wrap_up_can_extend,
        });
        Some(AgentState {
            agent: agent.row.id,
            status: agent.row.status,
            custom_status: agent.row.custom_status.and_then(|status| self.custom_status(status)),
            full_capacity: agent.full,
            availability: agent.availability(),
            voice: agent.row.voice,
            wrap_up,
        })
    }

    /// How long until this timer fires: what pages count down. The clock on the wall may be set meanwhile.
    pub(crate) fn remaining(&self, reason: Reason, now: Now) -> Duration {
        self.timers.due(reason).map_or(Duration::ZERO, |due| due.saturating_duration_since(now.mono))
    }

    fn custom_status(&self, status: StatusId) -> Option<CustomStatus> {
        self.statuses.get(&status).map(|row| CustomStatus { id: row.id, name: row.name.clone() })
    }

    /// What the system finds the agent doing.
    pub fn found_status(&self, agent: AgentId) -> FoundStatus {
        let Some(agent) = self.agents.get(&agent) else { return FoundStatus::Offline };
        match (agent.availability(), agent.row.voice) {
            (AgentStatus::Invisible, _) => FoundStatus::Offline,
            (_, VoiceStatus::Ringing) => FoundStatus::Ringing,
            (_, VoiceStatus::InCall | VoiceStatus::Transferring) => FoundStatus::InACall,
            (_, VoiceStatus::OnHold) => FoundStatus::OnHold,
            (_, VoiceStatus::Wrapping) => FoundStatus::WrapUp,
            (AgentStatus::Away, VoiceStatus::Idle) => FoundStatus::Away,
            (AgentStatus::Busy, VoiceStatus::Idle) if agent.row.status == AgentStatus::Busy => FoundStatus::Busy,
            (AgentStatus::Busy, VoiceStatus::Idle) => FoundStatus::FullCapacity,
            (AgentStatus::Active, VoiceStatus::Idle) if self.conversations_held(agent.row.id) > 0 => {
                FoundStatus::UnderCapacity
            }
            (AgentStatus::Active, VoiceStatus::Idle) => FoundStatus::Idle,
        }
    }

    /// How many conversations take up the agent's capacity now.
    pub fn conversations_held(&self, agent: AgentId) -> u32 {
        self.conversations.held_by(agent)
    }

    /// A status of the account's own.
    pub fn status(&self, status: StatusId) -> Option<&StatusRow> {
        self.statuses.get(&status)
    }

    /// All statuses of the account's own.
    pub fn statuses(&self) -> impl Iterator<Item = &StatusRow> {
        self.statuses.values()
    }

    /// An agent.
    pub fn agent(&self, agent: AgentId) -> Option<&AgentRow> {
        self.agents.get(&agent).map(|agent| &agent.row)
    }

    /// All agents.
    pub fn agents(&self) -> impl Iterator<Item = &AgentRow> {
        self.agents.values().map(|agent| &agent.row)
    }

    /// All queues that are not deleted.
    pub fn queues(&self) -> impl Iterator<Item = &QueueRow> {
        self.queues.values().filter(|queue| queue.deleted_at.is_none())
    }

    /// A queue, deleted ones too.
    pub fn queue(&self, queue: QueueId) -> Option<&QueueRow> {
        self.queues.get(&queue)
    }

    /// Agents who serve the queue.
    pub fn members(&self, queue: QueueId) -> impl Iterator<Item = &AgentRow> {
        self.members.get(&queue).into_iter().flatten().filter_map(|agent| self.agent(*agent))
    }

    /// All routing rules, in order.
    pub fn rules(&self) -> impl Iterator<Item = &RuleRow> {
        self.rules.iter().map(|rule| &rule.row)
    }

    /// The queue of calls without another route.
    pub fn default_queue(&self) -> QueueId {
        self.default_queue
    }

    /// A customer that has an open conversation or called since the start.
    pub fn customer(&self, customer: CustomerId) -> Option<&CustomerRow> {
        self.customers.get(&customer)
    }

    /// A conversation that is not closed.
    pub fn conversation(&self, conversation: ConversationId) -> Option<&ConversationRow> {
        self.conversations.get(conversation)
    }

    /// All conversations that are not closed.
    pub fn conversations(&self) -> impl Iterator<Item = &ConversationRow> {
        self.conversations.all()
    }

    /// A live call.
    pub fn call(&self, call: CallId) -> Option<&CallRow> {
        self.calls.get(&call).map(|call| &call.row)
    }

    /// All live calls.
    pub fn calls(&self) -> impl Iterator<Item = &CallRow> {
        self.calls.values().map(|call| &call.row)
    }

    /// A live leg.
    pub fn leg(&self, leg: LegId) -> Option<&LegRow> {
        self.legs.get(&leg).map(|leg| &leg.row)
    }

    /// The live legs of a call, the customer's first.
    pub fn legs_of(&self, call: CallId) -> impl Iterator<Item = &LegRow> {
        self.calls.get(&call).into_iter().flat_map(|call| call.legs()).filter_map(|leg| self.leg(leg))
    }

    /// The agent's live leg, ringing ones too.
    pub fn leg_of_agent(&self, agent: AgentId) -> Option<LegId> {
        self.agents.get(&agent)?.leg
    }

    /// A customer's live leg.
    pub fn leg_of_identity(&self, identity: &str) -> Option<LegId> {
        self.leg_by_identity.get(identity).copied()
    }

    /// A live leg as its page takes it up again. `media_alive` is true here: only the shell knows what the engine holds.
    pub fn leg_snapshot(&self, leg: LegId, now: Now) -> Option<LegSnapshot> {
        let row = &self.legs.get(&leg)?.row;
        let call = self.call_ref(row.call);
        let established = call.row.state.is_talk() && row.phase == LegPhase::Established;
        let other = call.other_leg(leg).filter(|_| established);
        Some(LegSnapshot {
            leg,
            call: row.call,
            conversation: call.row.conversation,
            phase: row.phase,
            media: call.row.media,
            own_media: row.media,
            remote: other.map(|other| self.party(other)),
            remote_media: other.map_or_else(MediaState::default, |other| self.leg_ref(other).row.media),
            remote_connected: other.is_none_or(|other| self.leg_ref(other).row.lost_since.is_none()),
            established_at: call.row.answered_at.filter(|_| established),
            media_alive: true,
            recording: established && call.row.recording.is_some(),
            recording_paused: established && call.row.recording_paused,
            incoming: self.incoming_call(leg, now),
            held_since: call.row.held_since.filter(|_| call.row.state == CallState::Held),
            transfer: established.then(|| self.transfer_as_told(leg)).flatten(),
        })
    }

    /// The agent's leg of the conversation's live call, for those who command it by the conversation. In a transfer it is the
    /// transferor's.
    pub fn agents_leg_of(&self, conversation: ConversationId) -> Option<LegId> {
        self.call_ref(self.live_call_of(conversation)?).agent_leg
    }

    /// Whether a call of this queue could be handed over to the agent now.
    pub fn takes_transfers(&self, agent: AgentId, queue: QueueId) -> bool {
        self.check_target_agent(agent, queue).is_ok()
    }

    /// All waiting strategies.
    pub fn waiting_strategies(&self) -> impl Iterator<Item = &WaitingStrategyRow> {
        self.strategies.all().map(|strategy| &strategy.row)
    }

    /// All hold configurations.
    pub fn hold_configs(&self) -> impl Iterator<Item = &HoldConfigRow> {
        self.hold_configs.all()
    }

    /// What is recorded of agents for whom that is set, by agent.
    pub fn agent_recordings(&self) -> impl Iterator<Item = &AgentRecordingRow> {
        self.agent_recordings.values()
    }

    /// What customers hear while it rings at another agent, if something is set.
    pub fn transfer_strategy(&self) -> Option<&TransferStrategyRow> {
        self.transfer_strategy.as_ref().map(|strategy| &strategy.row)
    }

    /// What callers hear outside of these working hours.
    pub fn away_message(&self, hours: WorkingHoursId) -> Option<&AwayMessageRow> {
        self.away_messages.get(&hours)
    }

    /// Whether something that is set plays the file, or somebody who waits is to hear it.
    pub fn plays_file(&self, file: AudioFileId) -> bool {
        self.prompts.is_wanted(&PromptSource::File(file))
    }

    /// The link with this hash of its secret.
    pub fn link_by_hash(&self, secret_hash: &str) -> Option<&LinkRow> {
        self.link_by_hash.get(secret_hash).and_then(|link| self.links.get(link))
    }

    /// A link.
    pub fn link(&self, link: LinkId) -> Option<&LinkRow> {
        self.links.get(&link)
    }

    /// All links.
    pub fn links(&self) -> impl Iterator<Item = &LinkRow> {
        self.links.values()
    }

    /// Whether the link can be used now (CLK-12..14).
    pub fn link_state(&self, link: &LinkRow, now: Now) -> LinkState {
        link::state(link, now)
    }

    /// The configuration, or with `None` the default one.
    pub fn link_config(&self, config: Option<LinkConfigId>) -> Option<&LinkConfigRow> {
        match config {
            Some(config) => self.link_configs.get(&config),
            None => self.link_configs.values().find(|config| config.is_default),
        }
    }

    /// All link configurations.
    pub fn link_configs(&self) -> impl Iterator<Item = &LinkConfigRow> {
        self.link_configs.values()
    }
}

pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
