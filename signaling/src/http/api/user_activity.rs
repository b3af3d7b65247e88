//! `/webrtc/1/user-activity`

use super::webrtc_tokens::{IDENTITY_EXPECTED, is_identity};
use crate::auth::activity::Activity;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException};
use crate::http::params::{PageInfo, Params, SizePaging};
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::ReadUserActivity, routes!(read))
}

/// When an identity was connected, newest first. Kept since the last start, a hundred entries for each.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserActivityPage {
    identity: String,
    results: Vec<UserActivity>,
    page_info: PageInfo,
}

/// A connection began or ended.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserActivity {
    /// The connection.
    session_id: String,
    activity_type: ActivityType,
    #[schema(format = DateTime)]
    timestamp: String,
}

/// Beginning or end.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ActivityType {
    /// It began.
    Connected,
    /// It ended.
    Disconnected,
}

impl From<Activity> for UserActivity {
    fn from(activity: Activity) -> Self {
        let kind = if activity.connected { ActivityType::Connected } else { ActivityType::Disconnected };
        Self { session_id: activity.connection.to_string(), activity_type: kind, timestamp: times::text(activity.at) }
    }
}

/// Tells when an identity was connected.
#[utoipa::path(get, path = "/webrtc/1/user-activity", operation_id = "get-user-activity", tag = "WebRTC",
    params(
        ("identity" = String, Query, description = "An agent's id, or a customer's identity."),
        ("startTime" = Option<String>, Query, description = "From then on."),
        ("endTime" = Option<String>, Query, description = "Until then."),
        ("sessionId" = Option<String>, Query, description = "One connection."),
        SizePaging,
    ),
    responses((status = 200, body = UserActivityPage), (status = 400, body = ApiException)))]
async fn read(
    State(state): State<AppState>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<UserActivityPage>, ApiError> {
    let identity = params.text("identity").unwrap_or_default();
    if !is_identity(&identity) {
        params.reject("identity", IDENTITY_EXPECTED);
    }
    let (from, to) = (params.time("startTime"), params.time("endTime"));
    let session = params.text("sessionId");
    let page = params.size_page();
    params.done()?;
    let all = state.auth.activity.of(caller.account, &identity).into_iter().filter(|one| {
        from.is_none_or(|from| one.at >= from)
            && to.is_none_or(|to| one.at <= to)
            && session.as_ref().is_none_or(|id| *id == one.connection.to_string())
    });
    let (rows, page_info) = page.cut(all.collect());
    let results = rows.into_iter().map(UserActivity::from).collect();
    Ok(Json(UserActivityPage { identity, results, page_info }))
}
