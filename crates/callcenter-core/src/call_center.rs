use crate::agent::Agent;
use crate::call::Call;
use crate::command::{Command, CommandError, Reply};
use crate::conversation::{Conversations, MetadataValues, Tags};
use crate::effect::Effect;
use crate::event::{Author, Event, EventRecord};
use crate::hold::HoldConfigs;
use crate::hours::Hours;
use crate::ids::IdSource;
use crate::leg::Leg;
use crate::outbox::Outbox;
use crate::planted::Planted;
use crate::prompt::Prompts;
use crate::recording::{AgentRecordingRow, Segments};
use crate::routing::{Lines, Rule};
use crate::row::{AwayMessageRow, CustomerRow, LinkConfigRow, LinkRow, QueueRow, RowChange, StatusRow};
use crate::settings::{AccountSettings, SettingsChange};
use crate::timers::{Reason, Timers};
use crate::transfer::TransferStrategy;
use crate::waiting::Strategies;
use model::{
    AccountId, AgentId, CallId, CommandId, ConversationId, CustomerId, LegId, LinkConfigId, LinkId, Now, QueueId,
    StatusId, WorkingHoursId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use wire::browser::ServerMessage;

/// The call center of one account.
#[derive(Debug, Clone)]
pub struct CallCenter {
    pub(crate) account: AccountId,
    pub(crate) seed: u64,
    pub(crate) planted: Planted,
    pub(crate) settings: AccountSettings,
    pub(crate) agents: BTreeMap<AgentId, Agent>,
    pub(crate) statuses: BTreeMap<StatusId, StatusRow>,
    pub(crate) hours: BTreeMap<WorkingHoursId, Hours>,
    pub(crate) queues: BTreeMap<QueueId, QueueRow>,
    pub(crate) default_queue: QueueId,
    pub(crate) rules: Vec<Rule>,
    pub(crate) customers: BTreeMap<CustomerId, CustomerRow>,
    pub(crate) customer_by_identity: BTreeMap<String, CustomerId>,
    pub(crate) conversations: Conversations,
    pub(crate) tags: Tags,
    pub(crate) metadata: BTreeMap<ConversationId, MetadataValues>,
    pub(crate) calls: BTreeMap<CallId, Call>,
    pub(crate) legs: BTreeMap<LegId, Leg>,
    pub(crate) leg_by_identity: BTreeMap<String, LegId>,
    pub(crate) links: BTreeMap<LinkId, LinkRow>,
    pub(crate) link_by_hash: BTreeMap<String, LinkId>,
    pub(crate) link_configs: BTreeMap<LinkConfigId, LinkConfigRow>,
    pub(crate) segments: Segments,
    /// Calls that wait, and agents who are free for them.
    pub(crate) waiting: Lines,
    /// Who serves which queue.
    pub(crate) members: BTreeMap<QueueId, BTreeSet<AgentId>>,
    pub(crate) strategies: Strategies,
    pub(crate) away_messages: BTreeMap<WorkingHoursId, AwayMessageRow>,
    pub(crate) hold_configs: HoldConfigs,
    pub(crate) transfer_strategy: Option<TransferStrategy>,
    pub(crate) agent_recordings: BTreeMap<AgentId, AgentRecordingRow>,
    pub(crate) prompts: Prompts,
    /// Agents whose state their page must be told.
    pub(crate) untold_agents: BTreeSet<AgentId>,
    pub(crate) timers: Timers,
    pub(crate) outbox: Outbox,
}

/// One turn of the core: the time, and ids for what is made in it.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) now: Now,
    pub(crate) ids: IdSource,
    /// Who caused what happens; the system itself when absent.
    pub(crate) author: Option<Author>,
}

impl Turn {
    pub(crate) fn new(now: Now, id: CommandId) -> Self {
        Self { now, ids: IdSource::new(id), author: None }
    }
}

impl CallCenter {
    /// Decide on a command. If it is refused, nothing has changed.
    pub fn handle(&mut self, command: Command, id: CommandId, now: Now) -> Result<Reply, CommandError> {
        let mut turn = Turn::new(now, id);
        let planned = self.outbox.planned();
        let reply = match self.decide(command, &mut turn) {
            Ok(reply) => reply,
            Err(refused) => {
                assert_eq!(planned, self.outbox.planned(), "a refused command changes nothing: {refused}");
                return Err(refused);
            }
        };
        self.settle(&mut turn);
        Ok(reply)
    }

    /// Do what is due by now.
    pub fn handle_timeout(&mut self, id: CommandId, now: Now) {
        let mut turn = Turn::new(now, id);
        while let Some(reason) = self.timers.pop_due(now.mono) {
            match reason {
                Reason::RingTimeout(leg) => self.ring_timed_out(leg, &mut turn),
                Reason::ConnectTimeout(leg) => self.connect_timed_out(leg, &mut turn),
                Reason::ReconnectWindow(leg) => self.reconnect_window_passed(leg, &mut turn),
                Reason::HeartbeatLease(agent) => self.lease_lapsed(agent, &mut turn),
                Reason::HoursChange(hours) => self.hours_change(hours, &turn),
                Reason::WrapUpEnd(agent) => self.end_wrap_up(agent, &mut turn),
                // The assignment run at the turn's end looks at its line again.
                Reason::RingAgain(_) => {}
                Reason::RecorderSilence(segment) => self.recorder_silent(segment, &turn),
                Reason::MaximumWait(call) => self.maximum_wait_passed(call, &mut turn),
                Reason::WaitEnd(call) => self.wait_ended(call, &mut turn),
            }
        }
        self.settle(&mut turn);
    }

    /// The next changed row, in an order in which each row's references exist.
    pub fn poll_change(&mut self) -> Option<RowChange> {
        self.outbox.poll_change()
    }

    /// The next entry of the log.
    pub fn poll_event(&mut self) -> Option<EventRecord> {
        self.outbox.poll_event()
    }

    /// The next effect, to be let out once changes and events are committed.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.outbox.poll_effect()
    }

    /// When [`CallCenter::handle_timeout`] is due, and why.
    pub fn poll_timeout(&self) -> Option<(Instant, Reason)> {
        self.timers.first()
    }

    fn decide(&mut self, command: Command, turn: &mut Turn) -> Result<Reply, CommandError> {
        match command {
            Command::ChangeSettings(change) => self.change_settings(change, turn),
            Command::CreateAgent(fields) => self.create_agent(fields, turn),
            Command::UpdateAgent { agent, fields } => self.update_agent(agent, fields, turn),
            Command::SetAgentWrapUp { agent, seconds } => self.set_agent_wrap_up(agent, seconds, turn),
            Command::SetAgentCapacity { agent, capacity } => self.set_agent_capacity(agent, capacity, turn),
            Command::CreateStatus(fields) => self.create_status(fields, turn),
            Command::UpdateStatus { status, fields } => self.update_status(status, fields, turn),
            Command::DeleteStatus(status) => self.delete_status(status, turn),
            Command::LinkAgentQueue { agent, queue } => self.link_agent_queue(agent, queue, turn),
            Command::UnlinkAgentQueue { agent, queue } => self.unlink_agent_queue(agent, queue, turn),
            Command::CreateQueue(fields) => self.create_queue(fields, turn),
            Command::UpdateQueue { queue, fields } => self.update_queue(queue, fields, turn),
            Command::DeleteQueue(queue) => self.delete_queue(queue, turn),
            Command::ReplaceRules(rules) => self.replace_rules(rules, turn),
            Command::PutWorkingHours(row) => self.put_working_hours(row, turn),
            Command::DeleteWorkingHours(hours) => self.delete_working_hours(hours, turn),
            Command::PutLinkConfig(row) => self.put_link_config(row),
            Command::DeleteLinkConfig(config) => self.delete_link_config(config),
            Command::CreateLink(row) => self.create_link(row, turn),
            Command::DeleteLink(link) => self.delete_link(link, turn),
            Command::PutWaitingStrategy { strategy, fields } => self.put_waiting_strategy(strategy, *fields, turn),
            Command::DeleteWaitingStrategy(strategy) => self.delete_waiting_strategy(strategy),
            Command::PutHoldConfig { config, fields } => self.put_hold_config(config, *fields, turn),
            Command::DeleteHoldConfig(config) => self.delete_hold_config(config),
            Command::SetAccountRecording { fields, only_new } => self.set_account_recording(fields, only_new, turn),
            Command::SetAgentRecording { agent, fields, only_new } => {
                self.set_agent_recording(agent, fields, only_new, turn)
            }
            Command::SetTransferStrategy(fields) => self.set_transfer_strategy(*fields, turn),
            Command::PutAwayMessage(row) => self.put_away_message(*row),
            Command::DeleteAwayMessage(hours) => self.delete_away_message(hours),
            Command::CreateConversation(fields) => self.create_conversation(fields, turn),
            Command::UpdateConversation { conversation, fields } => {
                self.update_conversation(conversation, fields, turn)
            }
            Command::RouteConversation(conversation) => self.route_conversation(conversation, turn),
            Command::AddNote { conversation, agent, kind, content } => {
                self.add_note(conversation, agent, (kind, content), turn)
            }
            Command::CreateTag { name } => self.create_tag(name, turn),
            Command::DeleteTag { name } => self.delete_tag(&name, turn),
            Command::TagConversation { conversation, name } => self.tag_conversation(conversation, &name, turn),
            Command::UntagConversation { conversation, name } => self.untag_conversation(conversation, &name, turn),
            Command::SetMetadata { conversation, values, merge } => {
                self.set_metadata(conversation, values, merge, turn)
            }
            Command::ClearMetadata(conversation) => self.clear_metadata(conversation, turn),
            Command::By { author, command } => {
                turn.author = Some(author);
                self.decide(*command, turn)
            }
            Command::SetStatus { agent, status } => self.set_status(agent, status, turn),
            Command::SetCustomStatus { agent, status } => self.set_custom_status(agent, status, turn),
            Command::Heartbeat { agent } => self.heartbeat(agent, turn),
            Command::AgentConnected { agent } => self.agent_connected(agent, turn),
            Command::AgentDisconnected { agent } => self.agent_disconnected(agent, turn),
            Command::Accept { agent, leg } => self.accept(agent, leg, turn),
            Command::Decline { agent, leg } => self.decline(agent, leg, turn),
            Command::Hold { leg } => self.hold(leg, turn),
            Command::Resume { leg } => self.resume(leg, turn),
            Command::TransferToAgent { leg, to } => self.transfer_to_agent(leg, to, turn),
            Command::TransferToQueue { leg, to } => self.transfer_to_queue(leg, to, turn),
            Command::ExtendWrapUp { agent, seconds } => self.extend_wrap_up(agent, seconds, turn),
            Command::ClearWrapUp { agent } => self.clear_wrap_up(agent, turn),
            Command::StartCall(call) => self.start_call(call, turn),
            Command::Outbound(command) => self.decide_outbound(command, turn),
            Command::Hangup { leg } => self.hang_up(leg, turn),
            Command::SetMedia { leg, media } => self.set_media(leg, media),
            Command::PageLost { leg } => self.page_lost(leg, turn),
            Command::PageBack { leg } => self.page_back(leg, turn),
            Command::LegConnected { leg, at } => self.leg_connected(leg, at, turn),
            Command::PathLost { leg } => self.path_lost(leg, turn),
            Command::PathBack { leg } => self.path_back(leg, turn),
            Command::LegRefused { leg, .. } => self.leg_refused(leg, turn),
            Command::EngineRestarted => self.engine_restarted(turn),
            Command::PromptMade { prompt, length } => self.prompt_answered(prompt, Some(length)),
            Command::PromptFailed { prompt } => self.prompt_answered(prompt, None),
            Command::RecorderBack => self.recorder_back(),
            Command::SegmentFinished(file) => self.segment_finished(*file, turn),
            Command::SegmentDeleted { segment } => self.segment_deleted(segment),
            Command::DeleteSegment { rows, by } => self.delete_segment(rows, by, turn),
            Command::SegmentFailed { segment, reason } => self.segment_failed(segment, reason, turn),
        }
    }

    /// What follows from any change: the assignment run, and telling those concerned.
    pub(crate) fn settle(&mut self, turn: &mut Turn) {
        self.assign_waiting_calls(turn);
        self.tell_positions();
        for agent in std::mem::take(&mut self.untold_agents) {
            if let Some(state) = self.agent_state(agent, turn.now) {
                self.tell_agent(agent, ServerMessage::AgentState(state));
            }
        }
    }

    pub(crate) fn tell_agent(&mut self, agent: AgentId, message: ServerMessage) {
        self.outbox.effect(Effect::TellAgent { agent, message });
    }

    /// Tell whoever sits at the leg.
    pub(crate) fn tell_leg(&mut self, leg: LegId, message: ServerMessage) {
        match self.legs.get(&leg).and_then(|leg| leg.row.agent) {
            Some(agent) => self.tell_agent(agent, message),
            None => self.outbox.effect(Effect::TellLeg { leg, message }),
        }
    }

    pub(crate) fn command_engine(&mut self, command: wire::engine::Command) {
        self.outbox.effect(Effect::Engine(command));
    }

    pub(crate) fn log(
        &mut self,
        turn: &Turn,
        conversation: Option<ConversationId>,
        call: Option<CallId>,
        event: Event,
    ) {
        self.outbox.log(turn.now.wall, conversation, call, turn.author, event);
    }

    pub(crate) fn log_of_call(&mut self, turn: &Turn, call: CallId, event: Event) {
        let conversation = self.calls.get(&call).map(|call| call.row.conversation);
        self.log(turn, conversation, Some(call), event);
    }

    fn change_settings(&mut self, change: SettingsChange, turn: &Turn) -> Result<Reply, CommandError> {
        use crate::{check, limits};
        let settings = change.of(&self.settings);
        check::in_range("wrapUpSeconds", settings.wrap_up_seconds, 0..=limits::MAX_WRAP_UP_SECONDS)?;
        check::in_range("inbound", settings.ring_inbound_seconds, limits::RING_SECONDS)?;
        check::in_range("outbound", settings.ring_outbound_seconds, limits::RING_SECONDS)?;
        check::in_range("capacity", settings.capacity, limits::CAPACITY)?;
        let capacity_changes = settings.capacity != self.settings.capacity;
        self.settings = settings.clone();
        self.outbox.save(RowChange::Settings(settings));
        if capacity_changes {
            let agents: Vec<AgentId> = self.agents.keys().copied().collect();
            agents.into_iter().for_each(|agent| self.refresh_capacity(agent, turn));
        }
        Ok(Reply::Done)
    }
}
