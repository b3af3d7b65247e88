//! `/ccaas/voice/2/account-recording-config` and `/ccaas/voice/2/agent-recording-configs`

use super::agents::agent;
use super::{call_center, unexpected_reply};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, StatusResponse};
use crate::http::fields::Fields;
use crate::http::params::Params;
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::{AgentRecordingFields, Command, RecordingCommand, RecordingFields, Reply};
use callcenter_core::row::{AgentRecordingRow, RecordingConfig};
use model::{AgentId, RecordingMedia};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

const MEDIA_NAMES: &str = "AUDIO, AUDIO_AND_VIDEO";

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ReadAccountRecordingConfig, routes!(read))
        .on(Operation::CreateAccountRecordingConfig, routes!(create))
        .on(Operation::SetAccountRecordingConfig, routes!(set))
        .on(Operation::ListAgentRecordingConfigs, routes!(list_of_agents))
        .on(Operation::ReadAgentRecordingConfig, routes!(read_of_agent))
        .on(Operation::CreateAgentRecordingConfig, routes!(create_of_agent))
        .on(Operation::SetAgentRecordingConfig, routes!(set_of_agent))
}

/// What is recorded of the account's calls.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccountRecordingConfig)]
struct AccountConfigDto {
    /// Calls that customers begin.
    inbound: bool,
    /// Calls that agents begin.
    outbound: bool,
    /// The files of a call's legs are merged into one, too: agents left, the customer right.
    auto_compose: bool,
    media_type: RecordingMedia,
    /// Calls that begin now are recorded.
    enabled: bool,
    /// When `enabled` changed last, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled_changed_at: Option<i64>,
}

/// Nothing set is nothing recorded.
impl From<Option<RecordingConfig>> for AccountConfigDto {
    fn from(config: Option<RecordingConfig>) -> Self {
        Self {
            inbound: config.is_some_and(|config| config.inbound),
            outbound: config.is_some_and(|config| config.outbound),
            auto_compose: config.is_some_and(|config| config.auto_compose),
            media_type: config.map_or(RecordingMedia::Audio, |config| config.media),
            enabled: config.is_some_and(|config| config.enabled),
            enabled_changed_at: config.and_then(|config| config.enabled_changed_at).map(|at| at.0),
        }
    }
}

/// What is set of the account's recording. `inbound` or `outbound` must be true.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `account_fields` reads")]
struct AccountRecordingConfigRequest {
    #[schema(default = false)]
    inbound: Option<bool>,
    #[schema(default = false)]
    outbound: Option<bool>,
    #[schema(default = false)]
    auto_compose: Option<bool>,
    media_type: RecordingMedia,
    #[schema(default = false)]
    enabled: Option<bool>,
}

fn recording_fields(fields: &mut Fields) -> RecordingFields {
    fields.require("mediaType");
    RecordingFields {
        inbound: fields.flag("inbound").unwrap_or(false),
        outbound: fields.flag("outbound").unwrap_or(false),
        media: fields.one_of("mediaType", MEDIA_NAMES).unwrap_or(RecordingMedia::Audio),
        enabled: fields.flag("enabled").unwrap_or(false),
        auto_compose: false,
    }
}

fn account_fields(mut fields: Fields) -> Result<RecordingFields, ApiError> {
    let auto_compose = fields.flag("autoCompose").unwrap_or(false);
    let recording = RecordingFields { auto_compose, ..recording_fields(&mut fields) };
    fields.done()?;
    Ok(recording)
}

/// Reads what is recorded of the account's calls.
#[utoipa::path(get, path = "/ccaas/voice/2/account-recording-config",
    operation_id = "get-conversations-account-recording-config", tag = "Recording",
    responses((status = 200, body = AccountConfigDto)))]
async fn read(State(state): State<AppState>, caller: Caller) -> Result<Json<AccountConfigDto>, ApiError> {
    let config = call_center(&state, caller.account)?.query(|core, _| core.settings().recording).await?;
    Ok(Json(config.into()))
}

/// Sets for the first time what is recorded of the account's calls.
#[utoipa::path(post, path = "/ccaas/voice/2/account-recording-config",
    operation_id = "create-conversations-account-recording-config", tag = "Recording",
    request_body = AccountRecordingConfigRequest,
    responses((status = 200, body = AccountConfigDto), (status = 400, body = StatusResponse)))]
async fn create(
    State(state): State<AppState>,
    caller: Caller,
    fields: Fields,
) -> Result<Json<AccountConfigDto>, ApiError> {
    put(&state, &caller, fields, true).await
}

/// Sets what is recorded of the account's calls that begin from now on. While recording is enabled, only `enabled` can
/// change.
#[utoipa::path(put, path = "/ccaas/voice/2/account-recording-config",
    operation_id = "update-conversations-account-recording-config", tag = "Recording",
    request_body = AccountRecordingConfigRequest,
    responses((status = 200, body = AccountConfigDto), (status = 400, body = StatusResponse)))]
async fn set(
    State(state): State<AppState>,
    caller: Caller,
    fields: Fields,
) -> Result<Json<AccountConfigDto>, ApiError> {
    put(&state, &caller, fields, false).await
}

async fn put(
    state: &AppState,
    caller: &Caller,
    fields: Fields,
    only_new: bool,
) -> Result<Json<AccountConfigDto>, ApiError> {
    let fields = account_fields(fields)?;
    match call_center(state, caller.account)?
        .handle(Command::Recording(RecordingCommand::SetAccount { fields, only_new }))
        .await?
    {
        Reply::AccountRecording(config) => Ok(Json(Some(config).into())),
        _ => Err(unexpected_reply()),
    }
}

/// What is recorded of an agent's calls, in place of what the account's configuration says.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AgentRecordingConfig)]
struct AgentConfigDto {
    agent_id: String,
    /// Calls that customers begin.
    inbound: bool,
    /// Calls that the agent begins.
    outbound: bool,
    media_type: RecordingMedia,
    /// The account's configuration holds.
    use_default: bool,
    /// Calls that the agent takes from now on are recorded.
    enabled: bool,
    /// When `enabled` changed last, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled_changed_at: Option<i64>,
}

impl From<AgentRecordingRow> for AgentConfigDto {
    fn from(row: AgentRecordingRow) -> Self {
        let config = row.config;
        Self {
            agent_id: row.agent.to_string(),
            inbound: config.inbound,
            outbound: config.outbound,
            media_type: config.media,
            use_default: row.use_default,
            enabled: config.enabled,
            enabled_changed_at: config.enabled_changed_at.map(|at| at.0),
        }
    }
}

/// What is set of an agent's recording. `inbound` or `outbound` must be true unless `useDefault` is.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `put_of_agent` reads")]
struct AgentRecordingConfigRequest {
    #[schema(default = false)]
    inbound: Option<bool>,
    #[schema(default = false)]
    outbound: Option<bool>,
    media_type: RecordingMedia,
    #[schema(default = false)]
    use_default: Option<bool>,
    #[schema(default = false)]
    enabled: Option<bool>,
}

/// Lists what is recorded of agents for whom that is set.
#[utoipa::path(get, path = "/ccaas/voice/2/agent-recording-configs",
    operation_id = "get-conversations-agent-recording-configs", tag = "Recording",
    params(("agentIds" = Option<Vec<String>>, Query, description = "Only these agents.")),
    responses((status = 200, body = Vec<AgentConfigDto>), (status = 400, body = StatusResponse)))]
async fn list_of_agents(
    State(state): State<AppState>,
    caller: Caller,
    params: Params,
) -> Result<Json<Vec<AgentConfigDto>>, ApiError> {
    let agents: Option<Vec<AgentId>> = params.ids("agentIds");
    params.done()?;
    let rows: Vec<AgentRecordingRow> = call_center(&state, caller.account)?
        .query(move |core, _| {
            let is_asked = |row: &&AgentRecordingRow| agents.as_ref().is_none_or(|ids| ids.contains(&row.agent));
            core.agent_recordings().filter(is_asked).copied().collect()
        })
        .await?;
    Ok(Json(rows.into_iter().map(AgentConfigDto::from).collect()))
}

/// Reads what is recorded of an agent's calls.
#[utoipa::path(get, path = "/ccaas/voice/2/agent-recording-configs/{agentId}",
    operation_id = "get-conversations-agent-recording-config", tag = "Recording",
    params(("agentId" = String, Path, description = "The agent.")),
    responses(
        (status = 200, body = AgentConfigDto),
        (status = 404, body = StatusResponse, description = "No such agent, or the account's configuration holds."),
    ))]
async fn read_of_agent(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<AgentConfigDto>, ApiError> {
    let known = agent(&state, &caller, &id).await?.row.id;
    let row = call_center(&state, caller.account)?
        .query(move |core, _| core.agent_recordings().find(|row| row.agent == known).copied())
        .await?;
    let none = || ApiError::not_found("Nothing is set for this agent: what is set for the account holds.");
    row.map(|row| Json(row.into())).ok_or_else(none)
}

/// Sets for the first time what is recorded of an agent's calls.
#[utoipa::path(post, path = "/ccaas/voice/2/agent-recording-configs/{agentId}",
    operation_id = "create-conversations-agent-recording-config", tag = "Recording",
    params(("agentId" = String, Path, description = "The agent.")),
    request_body = AgentRecordingConfigRequest,
    responses(
        (status = 200, body = AgentConfigDto),
        (status = 400, body = StatusResponse),
        (status = 404, body = StatusResponse),
    ))]
async fn create_of_agent(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<AgentConfigDto>, ApiError> {
    put_of_agent(&state, &caller, &id, fields, true).await
}

/// Sets what is recorded of calls that an agent takes from now on. While recording is enabled, only `enabled` and
/// `useDefault` can change.
#[utoipa::path(put, path = "/ccaas/voice/2/agent-recording-configs/{agentId}",
    operation_id = "update-conversations-agent-recording-config", tag = "Recording",
    params(("agentId" = String, Path, description = "The agent.")),
    request_body = AgentRecordingConfigRequest,
    responses(
        (status = 200, body = AgentConfigDto),
        (status = 400, body = StatusResponse),
        (status = 404, body = StatusResponse),
    ))]
async fn set_of_agent(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<AgentConfigDto>, ApiError> {
    put_of_agent(&state, &caller, &id, fields, false).await
}

async fn put_of_agent(
    state: &AppState,
    caller: &Caller,
    id: &str,
    mut body: Fields,
    only_new: bool,
) -> Result<Json<AgentConfigDto>, ApiError> {
    let agent = agent(state, caller, id).await?.row.id;
    let recording = recording_fields(&mut body);
    let fields = AgentRecordingFields { use_default: body.flag("useDefault").unwrap_or(false), recording };
    body.done()?;
    let command = Command::Recording(RecordingCommand::SetAgent { agent, fields, only_new });
    match call_center(state, caller.account)?.handle(command).await? {
        Reply::AgentRecording(row) => Ok(Json(row.into())),
        _ => Err(unexpected_reply()),
    }
}
