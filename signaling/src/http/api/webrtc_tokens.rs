//! `/webrtc/1/token`

use super::call_center;
use crate::auth::limits::{WEBRTC_TOKEN_LIFE, WEBRTC_TOKEN_MAX_LIFE};
use crate::auth::tokens::{PersonClaim, TokenClaims};
use crate::http::access::Operation;
use crate::http::caller::{Caller, Who};
use crate::http::errors::{ApiError, ApiException};
use crate::http::fields::Fields;
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use callcenter_core::row::AgentRow;
use model::{AccountId, AgentId, ParticipantType};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::MintWebRtcToken, routes!(mint))
}

/// Who the token is for.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `mint` reads")]
struct TokenRequest {
    /// An agent's id, or any other identity for a customer.
    #[schema(pattern = r"^[\p{L}\p{N}\-_+=/.]{3,64}$")]
    identity: String,
    #[schema(min_length = 5, max_length = 50)]
    display_name: Option<String>,
    /// Seconds.
    #[schema(default = 28800, minimum = 1, maximum = 86400)]
    time_to_live: Option<u64>,
}

/// A token for the WebSocket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TokenResponse {
    /// A JWT.
    token: String,
    #[schema(format = DateTime)]
    expiration_time: String,
}

/// Whether this can be an identity: 3 to 64 letters, digits and `-_+=/.`.
pub(super) fn is_identity(text: &str) -> bool {
    (3..=64).contains(&text.chars().count())
        && text.chars().all(|letter| letter.is_alphanumeric() || "-_+=/.".contains(letter))
}

/// What an identity must be.
pub(super) const IDENTITY_EXPECTED: &str = "must have 3 to 64 letters, digits or characters of -_+=/.";

/// Mints a token for the WebSocket. Signed-in people get one for their own agent alone.
#[utoipa::path(post, path = "/webrtc/1/token", operation_id = "generate-webrtc-token", tag = "WebRTC",
    request_body = TokenRequest,
    responses((status = 200, body = TokenResponse), (status = 400, body = ApiException)))]
async fn mint(
    State(state): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Json<TokenResponse>, ApiError> {
    let identity = fields.required_text("identity", 64);
    if !identity.is_empty() && !is_identity(&identity) {
        fields.reject("identity", IDENTITY_EXPECTED);
    }
    let display_name = fields.text("displayName", 5..=50);
    let most = i64::try_from(WEBRTC_TOKEN_MAX_LIFE.as_secs()).expect("a day fits");
    let life = fields.number("timeToLive", 1..=most).map(|seconds| Duration::from_secs(seconds.unsigned_abs()));
    fields.done()?;
    let agent = agent_of(&state, caller.account, &identity).await?;
    if let Some(own) = caller.narrowed()?
        && agent.as_ref().map(|row| row.id) != Some(own)
    {
        return Err(ApiError::forbidden("You can get a token for your own agent alone."));
    }
    let person = person_of(&state, &caller).await?;
    let claims = TokenClaims { person, ..claims(caller.account, identity, display_name, agent.as_ref()) };
    let now = state.clock.now().wall;
    let (token, end) = state.auth.tokens.mint(&claims, now, life.unwrap_or(WEBRTC_TOKEN_LIFE));
    Ok(Json(TokenResponse { token, expiration_time: times::text(end) }))
}

async fn agent_of(state: &AppState, account: AccountId, identity: &str) -> Result<Option<AgentRow>, ApiError> {
    let Ok(id) = identity.parse::<AgentId>() else { return Ok(None) };
    Ok(call_center(state, account)?.query(move |core, _| core.agent(id).cloned()).await?)
}

async fn person_of(state: &AppState, caller: &Caller) -> Result<Option<PersonClaim>, ApiError> {
    let Who::Person(person) = &caller.who else { return Ok(None) };
    let row = state.store.user(caller.account, person.user).await?;
    Ok(row.map(|row| PersonClaim { user: row.id, as_of: row.updated_at }))
}

fn claims(account: AccountId, identity: String, name: Option<String>, agent: Option<&AgentRow>) -> TokenClaims {
    let own_name = agent.map(|row| row.display_name.clone());
    TokenClaims {
        account,
        display_name: own_name.or(name).unwrap_or_else(|| identity.clone()),
        identity: agent.map_or(identity, |row| row.id.to_string()),
        participant: if agent.is_some() { ParticipantType::Agent } else { ParticipantType::Customer },
        agent: agent.map(|row| row.id),
        role: agent.map(|row| row.role),
        link: None,
        person: None,
        jti: Uuid::now_v7(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_follow_the_pattern_of_the_public_api() {
        for good in ["abc", "Željko-1", "a_b+c=d/e.f", &"x".repeat(64)] {
            assert!(is_identity(good), "{good}");
        }
        for bad in ["ab", "with space", "semi;colon", "", &"x".repeat(65)] {
            assert!(!is_identity(bad), "{bad}");
        }
    }
}
