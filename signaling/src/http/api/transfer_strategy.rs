//! `/ccaas/voice/2/transfer-configs/transfer-strategy`

use super::audio_dto::check_audible;
use super::sound_dto::{self, MusicOrDefaultDto, PeriodicDto};
use super::{call_center, unexpected_reply};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, StatusResponse};
use crate::http::fields::Fields;
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use callcenter_core::command::{Command, Reply};
use callcenter_core::row::{TransferStrategyFields, TransferStrategyRow};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::ReadTransferStrategy, routes!(get)).on(Operation::SetTransferStrategy, routes!(set))
}

/// What customers hear while it rings at another agent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TransferStrategy)]
struct TransferStrategyDto {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    music_on_hold: Option<MusicOrDefaultDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    announcement_message: Option<PeriodicDto>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// What is set of the transfer strategy.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `set` reads")]
struct TransferStrategyRequest {
    /// What plays. Without it there is the music that comes with the program. Customers hear ringing where neither this nor
    /// the message is enabled.
    music_on_hold: Option<MusicOrDefaultDto>,
    /// What interrupts the music.
    announcement_message: Option<PeriodicDto>,
}

impl From<TransferStrategyRow> for TransferStrategyDto {
    fn from(row: TransferStrategyRow) -> Self {
        Self {
            id: row.id.to_string(),
            music_on_hold: row.fields.music.map(MusicOrDefaultDto::from),
            announcement_message: row.fields.announcement.map(PeriodicDto::from),
            created_at: times::text(row.created_at),
            updated_at: times::text(row.updated_at),
        }
    }
}

/// Reads what customers hear while it rings at another agent.
#[utoipa::path(get, path = "/ccaas/voice/2/transfer-configs/transfer-strategy", operation_id = "get-transfer-strategy",
    tag = "Transfers",
    responses(
        (status = 200, body = TransferStrategyDto),
        (status = 404, body = StatusResponse, description = "None is set: customers hear ringing."),
    ))]
async fn get(State(state): State<AppState>, caller: Caller) -> Result<Json<TransferStrategyDto>, ApiError> {
    let row = call_center(&state, caller.account)?.query(|core, _| core.transfer_strategy().cloned()).await?;
    let none = || ApiError::not_found("No transfer strategy is set: customers hear ringing. Set one with PUT.");
    row.map(|row| Json(row.into())).ok_or_else(none)
}

/// Sets what customers hear while it rings at another agent. Those who are being transferred hear it at once.
#[utoipa::path(put, path = "/ccaas/voice/2/transfer-configs/transfer-strategy",
    operation_id = "update-transfer-strategy", tag = "Transfers",
    request_body = TransferStrategyRequest,
    responses((status = 200, body = TransferStrategyDto), (status = 400, body = StatusResponse)))]
async fn set(
    State(state): State<AppState>,
    caller: Caller,
    mut body: Fields,
) -> Result<Json<TransferStrategyDto>, ApiError> {
    let fields = TransferStrategyFields {
        music: body.object("musicOnHold", sound_dto::music_or_default),
        announcement: body.object("announcementMessage", sound_dto::periodic),
    };
    body.done()?;
    let announcement: Vec<_> =
        fields.announcement.iter().map(|periodic| ("announcementMessage", &periodic.message)).collect();
    let music = fields.music.as_ref().map(|music| ("musicOnHold", music));
    check_audible(&state, caller.account, &announcement, music).await?;
    match call_center(&state, caller.account)?.handle(Command::SetTransferStrategy(Box::new(fields))).await? {
        Reply::TransferStrategy(row) => Ok(Json((*row).into())),
        _ => Err(unexpected_reply()),
    }
}
