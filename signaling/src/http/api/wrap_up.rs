//! Wrap-up: the account's time, an agent's own, and the one that runs.

use super::agents::agent;
use super::call_center;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException, StatusResponse};
use crate::http::fields::{Fields, OptionalBody};
use crate::http::params::Params;
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::Command;
use callcenter_core::settings::{AccountSettings, SettingsChange};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

const SECONDS_MAX: i64 = 3600;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ReadWrapUpConfig, routes!(read))
        .on(Operation::SetWrapUpConfig, routes!(set))
        .on(Operation::ExtendWrapUp, routes!(extend))
        .on(Operation::ClearWrapUp, routes!(clear))
        .on(Operation::ReadAgentConfig, routes!(read_agent))
        .on(Operation::SetAgentWrapUp, routes!(set_agent))
}

/// The account's wrap-up.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccountWrapUp {
    #[schema(minimum = 0, maximum = 3600)]
    wrap_up_seconds: u32,
    /// Agents may add time.
    can_extend_wrap_up: bool,
    enabled: bool,
}

impl From<&AccountSettings> for AccountWrapUp {
    fn from(settings: &AccountSettings) -> Self {
        Self {
            wrap_up_seconds: settings.wrap_up_seconds,
            can_extend_wrap_up: settings.wrap_up_can_extend,
            enabled: settings.wrap_up_enabled,
        }
    }
}

/// Reads the account's wrap-up.
#[utoipa::path(get, path = "/ccaas/voice/2/account-wrap-up-config",
    operation_id = "get-conversations-account-wrap-up-config", tag = "Wrap-up",
    responses((status = 200, body = AccountWrapUp)))]
async fn read(State(state): State<AppState>, caller: Caller) -> Result<Json<AccountWrapUp>, ApiError> {
    let config = call_center(&state, caller.account)?.query(|core, _| AccountWrapUp::from(core.settings())).await?;
    Ok(Json(config))
}

/// Sets the account's wrap-up.
#[utoipa::path(put, path = "/ccaas/voice/2/account-wrap-up-config",
    operation_id = "update-conversations-account-wrap-up-config", tag = "Wrap-up",
    request_body = AccountWrapUp,
    responses((status = 200, body = AccountWrapUp), (status = 400, body = StatusResponse)))]
async fn set(
    State(state): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Json<AccountWrapUp>, ApiError> {
    for name in ["wrapUpSeconds", "canExtendWrapUp", "enabled"] {
        fields.require(name);
    }
    let seconds = fields.number("wrapUpSeconds", 0..=SECONDS_MAX).unwrap_or_default();
    let can_extend = fields.flag("canExtendWrapUp").unwrap_or_default();
    let enabled = fields.flag("enabled").unwrap_or_default();
    fields.done()?;
    let change = SettingsChange {
        wrap_up_seconds: Some(seconds_of(seconds)),
        wrap_up_can_extend: Some(can_extend),
        wrap_up_enabled: Some(enabled),
        ..SettingsChange::default()
    };
    call_center(&state, caller.account)?.handle(Command::ChangeSettings(change)).await?;
    read(State(state), caller).await
}

fn seconds_of(checked: i64) -> u32 {
    u32::try_from(checked).expect("the range was checked")
}

/// Adds time to the wrap-up that runs.
#[utoipa::path(patch, path = "/ccaas/voice/2/agent/{agentId}/wrap-up-time/add/{seconds}",
    operation_id = "add-conversations-agent-wrap-up-time", tag = "Wrap-up",
    params(
        ("agentId" = String, Path, description = "The agent."),
        ("seconds" = u32, Path, description = "Seconds, 1 to 3600."),
    ),
    responses(
        (status = 200, body = StatusResponse),
        (status = 400, body = StatusResponse),
        (status = 404, body = ApiException),
    ))]
async fn extend(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, seconds)): Path<(String, String)>,
) -> Result<Json<StatusResponse>, ApiError> {
    let known = agent(&state, &caller, &id).await?.row;
    let seconds = seconds.parse().ok().filter(|seconds| (1..=SECONDS_MAX).contains(&i64::from(*seconds)));
    let seconds: u32 =
        seconds.ok_or_else(|| ApiError::bad_request(format!("seconds must be between 1 and {SECONDS_MAX}")))?;
    let command = Command::ExtendWrapUp { agent: known.id, seconds };
    call_center(&state, caller.account)?.handle(command).await?;
    Ok(StatusResponse::success("Wrap-up time extended successfully."))
}

/// Ends the wrap-up that runs.
#[utoipa::path(patch, path = "/ccaas/voice/2/agent/{agentId}/wrap-up-time/clear",
    operation_id = "clear-conversations-agent-wrap-up-time", tag = "Wrap-up",
    params(("agentId" = String, Path, description = "The agent.")),
    responses(
        (status = 200, body = StatusResponse),
        (status = 400, body = StatusResponse),
        (status = 404, body = ApiException),
    ))]
async fn clear(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatusResponse>, ApiError> {
    let known = agent(&state, &caller, &id).await?.row;
    call_center(&state, caller.account)?.handle(Command::ClearWrapUp { agent: known.id }).await?;
    Ok(StatusResponse::success("Wrap-up time cleared successfully."))
}

/// What is set for one agent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AgentConfig {
    background_blur_settings: BackgroundBlurSettings,
    /// Instead of the account's; null: the account's.
    wrap_up_seconds: Option<u32>,
}

/// What the agent's camera picture is laid over.
#[derive(Debug, Serialize, ToSchema)]
struct BackgroundBlurSettings {
    mode: VideoFilterMode,
}

/// Effects on the camera's picture.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum VideoFilterMode {
    /// No effect.
    None,
}

impl AgentConfig {
    fn of(wrap_up_seconds: Option<u32>) -> Json<Self> {
        let background_blur_settings = BackgroundBlurSettings { mode: VideoFilterMode::None };
        Json(Self { background_blur_settings, wrap_up_seconds })
    }
}

/// Reads what is set for an agent.
#[utoipa::path(get, path = "/ccca/1/agent-configs/{agentId}", operation_id = "get-conversations-agent-config",
    tag = "Wrap-up",
    params(("agentId" = String, Path, description = "The agent.")),
    responses((status = 200, body = AgentConfig), (status = 404, body = ApiException)))]
async fn read_agent(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<AgentConfig>, ApiError> {
    Ok(AgentConfig::of(agent(&state, &caller, &id).await?.row.wrap_up_seconds))
}

/// An agent's own wrap-up time.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `set_agent` reads")]
struct AgentConfigWrapUp {
    /// Null takes it away: the account's time counts again.
    #[schema(minimum = 0, maximum = 3600)]
    wrap_up_seconds: Option<u32>,
}

/// Gives an agent a wrap-up time of their own.
#[utoipa::path(put, path = "/ccca/1/agent-configs/{agentId}/wrap-up",
    operation_id = "update-conversations-agent-wrap-up-config", tag = "Wrap-up",
    params(
        ("agentId" = String, Path, description = "The agent."),
        ("wrapUpSeconds" = Option<u32>, Query, description = "The older form of the field in the body."),
    ),
    request_body = Option<AgentConfigWrapUp>,
    responses(
        (status = 200, body = AgentConfig),
        (status = 400, body = StatusResponse),
        (status = 404, body = ApiException),
    ))]
async fn set_agent(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut params: Params,
    OptionalBody(body): OptionalBody,
) -> Result<Json<AgentConfig>, ApiError> {
    let known = agent(&state, &caller, &id).await?.row;
    let seconds = match body {
        Some(mut fields) => {
            if !fields.mentions("wrapUpSeconds") {
                fields.reject("wrapUpSeconds", "must be a number, or null to remove the agent's own value");
            }
            let seconds = fields.number("wrapUpSeconds", 0..=SECONDS_MAX).map(seconds_of);
            fields.done()?;
            seconds
        }
        None => {
            let seconds = params.number("wrapUpSeconds", 0..=seconds_of(SECONDS_MAX));
            params.done()?;
            seconds
        }
    };
    let command = Command::SetAgentWrapUp { agent: known.id, seconds };
    call_center(&state, caller.account)?.handle(command).await?;
    Ok(AgentConfig::of(seconds))
}
