//! What is recorded: of the account's calls, or of one agent's where that is set apart.
//!
//! What the account records is read when a call begins, and what is set for an agent when that agent takes the call: who
//! changes a configuration changes nothing about calls that run.

use crate::call_center::{CallCenter, Turn};
use crate::command::{AgentRecordingFields, CommandError, RecordingCommand, RecordingFields, Reply};
use crate::row::RowChange;
use model::{AgentId, CallDirection, CallId, MediaTime, RecordingMedia, WallTime};
use serde::{Deserialize, Serialize};
use wire::engine::Command;

/// Which calls are recorded, and what of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingConfig {
    /// Calls that customers begin.
    pub inbound: bool,
    /// Calls that agents begin.
    pub outbound: bool,
    /// What is recorded of them.
    pub media: RecordingMedia,
    /// Calls that begin now are recorded.
    pub enabled: bool,
    /// When `enabled` changed last, UTC.
    pub enabled_changed_at: Option<WallTime>,
    /// The files of a call's legs are merged into one: as the account has it, whoever takes the call.
    #[serde(default)]
    pub auto_compose: bool,
}

/// What is set for an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRecordingRow {
    /// Key.
    pub agent: AgentId,
    /// The account's configuration holds, and what is set here waits.
    pub use_default: bool,
    /// What holds otherwise.
    pub config: RecordingConfig,
}

impl RecordingConfig {
    /// What is recorded of calls in this direction.
    pub fn of(&self, direction: CallDirection) -> Option<RecordingMedia> {
        let is_named = match direction {
            CallDirection::Inbound => self.inbound,
            CallDirection::Outbound => self.outbound,
        };
        (self.enabled && is_named).then_some(self.media)
    }
}

/// The configuration with these fields, in place of the one before.
fn changed(
    fields: RecordingFields,
    before: Option<RecordingConfig>,
    turn: &Turn,
) -> Result<RecordingConfig, CommandError> {
    let RecordingFields { inbound, outbound, media, enabled, auto_compose } = fields;
    let was = before.map(|config| RecordingFields {
        inbound: config.inbound,
        outbound: config.outbound,
        media: config.media,
        enabled: config.enabled,
        auto_compose: config.auto_compose,
    });
    if enabled && was.is_some_and(|was| was.enabled && was != fields) {
        let why = "recording is enabled: it must be turned off before anything else of it is changed";
        return Err(CommandError::Conflict(why.to_owned()));
    }
    let is_switched = enabled != was.is_some_and(|was| was.enabled);
    let before = before.and_then(|config| config.enabled_changed_at);
    let enabled_changed_at = if is_switched { Some(turn.now.wall) } else { before };
    Ok(RecordingConfig { inbound, outbound, media, enabled, enabled_changed_at, auto_compose })
}

fn check_directions(fields: RecordingFields) -> Result<(), CommandError> {
    if fields.inbound || fields.outbound {
        return Ok(());
    }
    let reason = "or outbound must be true: nothing would be recorded".to_owned();
    Err(CommandError::Invalid { field: "inbound", reason })
}

impl CallCenter {
    pub(crate) fn decide_recording(
        &mut self,
        command: RecordingCommand,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        match command {
            RecordingCommand::SetAccount { fields, only_new } => self.set_account_recording(fields, only_new, turn),
            RecordingCommand::SetAgent { agent, fields, only_new } => {
                self.set_agent_recording(agent, fields, only_new, turn)
            }
            RecordingCommand::SetPaused { leg, paused, by } => self.set_recording_paused(leg, paused, by, turn),
            RecordingCommand::SetSilent { leg, silent } => self.recording_is_silent(leg, silent, turn),
            RecordingCommand::Delete { rows, by } => self.delete_segment(rows, by, turn),
            RecordingCommand::Deleted { segment } => self.segment_deleted(segment),
            RecordingCommand::CannotCompose => self.cannot_compose(),
        }
    }

    fn set_account_recording(
        &mut self,
        fields: RecordingFields,
        only_new: bool,
        turn: &Turn,
    ) -> Result<Reply, CommandError> {
        check_directions(fields)?;
        let before = self.settings.recording;
        if only_new && before.is_some() {
            return Err(CommandError::Conflict("Account recording config already exists!".to_owned()));
        }
        let config = changed(fields, before, turn)?;
        self.settings.recording = Some(config);
        self.outbox.save(RowChange::Settings(self.settings.clone()));
        Ok(Reply::AccountRecording(config))
    }

    fn set_agent_recording(
        &mut self,
        agent: AgentId,
        fields: AgentRecordingFields,
        only_new: bool,
        turn: &Turn,
    ) -> Result<Reply, CommandError> {
        self.known_agent(agent)?;
        if !fields.use_default {
            check_directions(fields.recording)?;
        }
        let before = self.agent_recordings.get(&agent).map(|row| row.config);
        if only_new && before.is_some() {
            return Err(CommandError::Conflict("Agent recording config already exists!".to_owned()));
        }
        let config = changed(fields.recording, before, turn)?;
        let row = AgentRecordingRow { agent, use_default: fields.use_default, config };
        self.outbox.save(RowChange::AgentRecording(row));
        self.agent_recordings.insert(agent, row);
        Ok(Reply::AgentRecording(row))
    }

    /// What the account records of calls that begin now.
    pub(crate) fn account_records(&self, direction: CallDirection) -> Option<RecordingMedia> {
        self.settings.recording.and_then(|config| config.of(direction))
    }

    /// An agent takes the call: what is set for that agent holds from now on.
    pub(crate) fn settle_recording(&mut self, call: CallId, at: MediaTime) {
        let row = &self.call_ref(call).row;
        let own =
            self.agent_of(call).and_then(|agent| self.agent_recordings.get(&agent)).filter(|row| !row.use_default);
        let recording = own.map_or(row.account_recording, |own| own.config.of(row.direction));
        let ends = row.recording.is_some() && recording.is_none();
        self.edit_call(call, |row| {
            row.recording = recording;
            row.recording_paused &= recording.is_some();
            if recording.is_some() {
                row.recording_epoch.get_or_insert(at);
            }
        });
        if ends {
            self.command_engine(Command::SetTaps { room: call, legs: Vec::new() });
        }
    }
}
