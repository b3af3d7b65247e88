//! `/ccaas/voice/2/call-timeouts`

use super::call_center;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException, StatusResponse};
use crate::http::fields::Fields;
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use callcenter_core::command::Command;
use callcenter_core::settings::{AccountSettings, SettingsChange};
use model::AccountId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ReadCallTimeouts, routes!(read))
        .on(Operation::SetCallTimeouts, routes!(set))
        .on(Operation::ResetCallTimeouts, routes!(reset))
}

/// How long it rings, in seconds.
#[derive(Debug, Serialize, ToSchema)]
struct CallTimeout {
    /// At one agent.
    #[schema(minimum = 3, maximum = 60, default = 30)]
    inbound: u32,
    /// At a called customer.
    #[schema(minimum = 3, maximum = 60, default = 45)]
    outbound: u32,
}

impl From<&AccountSettings> for CallTimeout {
    fn from(settings: &AccountSettings) -> Self {
        Self { inbound: settings.ring_inbound_seconds, outbound: settings.ring_outbound_seconds }
    }
}

/// Reads how long it rings.
#[utoipa::path(get, path = "/ccaas/voice/2/call-timeouts", operation_id = "get-conversations-call-timeout",
    tag = "Call time-outs", responses((status = 200, body = CallTimeout)))]
async fn read(State(state): State<AppState>, caller: Caller) -> Result<Json<CallTimeout>, ApiError> {
    let timeouts = call_center(&state, caller.account)?.query(|core, _| CallTimeout::from(core.settings())).await?;
    Ok(Json(timeouts))
}

/// Sets how long it rings; null is the default.
#[utoipa::path(put, path = "/ccaas/voice/2/call-timeouts", operation_id = "update-conversations-call-timeout",
    tag = "Call time-outs",
    request_body = CallTimeout,
    responses((status = 200, body = CallTimeout), (status = 400, body = ApiException)))]
async fn set(State(state): State<AppState>, caller: Caller, mut fields: Fields) -> Result<Json<CallTimeout>, ApiError> {
    let mut seconds = |name| fields.number(name, 3..=60).map(|seconds| u32::try_from(seconds).expect("3 to 60"));
    let (inbound, outbound) = (seconds("inbound"), seconds("outbound"));
    fields.done()?;
    change(&state, caller.account, inbound, outbound).await.map(Json)
}

/// Sets the defaults again.
#[utoipa::path(delete, path = "/ccaas/voice/2/call-timeouts", operation_id = "remove-conversations-call-timeout",
    tag = "Call time-outs", responses((status = 200, body = StatusResponse)))]
async fn reset(State(state): State<AppState>, caller: Caller) -> Result<Json<StatusResponse>, ApiError> {
    change(&state, caller.account, None, None).await?;
    Ok(StatusResponse::success("Call timeouts removed successfully."))
}

async fn change(
    state: &AppState,
    account: AccountId,
    inbound: Option<u32>,
    outbound: Option<u32>,
) -> Result<CallTimeout, ApiError> {
    let handle = call_center(state, account)?;
    let defaults = AccountSettings::default();
    let change = SettingsChange {
        ring_inbound_seconds: inbound.or(Some(defaults.ring_inbound_seconds)),
        ring_outbound_seconds: outbound.or(Some(defaults.ring_outbound_seconds)),
        ..SettingsChange::default()
    };
    handle.handle(Command::ChangeSettings(change)).await?;
    Ok(handle.query(|core, _| CallTimeout::from(core.settings())).await?)
}
