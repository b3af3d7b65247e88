//! `/auth/1/session`: signing in to the console and out of it.

use crate::auth::attempts::client_of;
use crate::auth::limits::{LOGIN_MAX_CHARS, PASSWORD_MAX_BYTES, SESSION_LIFE};
use crate::auth::{cookies, keys};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::doors::Client;
use crate::http::errors::{ApiError, ApiException};
use crate::http::fields::Fields;
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};
use model::{Role, WallTime};
use serde::Serialize;
use std::net::IpAddr;
use std::time::Duration;
use store::{SessionRow, UserRow};
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::SignIn, routes!(sign_in))
        .on(Operation::ReadSession, routes!(read))
        .on(Operation::SignOut, routes!(sign_out))
}

/// Name and password.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `sign_in` reads")]
struct SignInRequest {
    #[schema(max_length = 255)]
    name: String,
    #[schema(max_length = 1024, format = Password)]
    password: String,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Session {
    account_id: String,
    user_id: String,
    /// Name to sign in with.
    name: String,
    /// Name to show.
    display_name: String,
    role: Role,
    /// The agent that the person works as: the identity for `POST /webrtc/1/token`.
    agent_id: Option<String>,
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Signs in. The answer sets the session's cookie.
#[utoipa::path(post, path = "/auth/1/session", operation_id = "sign-in", tag = "Sign-in", security(()),
    request_body = SignInRequest,
    responses(
        (status = 200, body = Session),
        (status = 400, body = ApiException),
        (status = 401, body = ApiException, description = "Wrong name or password."),
        (status = 429, body = ApiException, description = "Too many tries; Retry-After says how long to wait."),
    ))]
async fn sign_in(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    let name = fields.required_text("name", LOGIN_MAX_CHARS).trim().to_lowercase();
    let password = fields.required_text("password", PASSWORD_MAX_BYTES);
    fields.done()?;
    let address = client_of(client.address);
    count_try(&state, &name, address)?;
    let found = state.store.user_by_login(&name).await?.filter(|user| user.enabled);
    let hash = found.as_ref().map(|user| user.password_hash.as_str());
    let right = state.auth.passwords.verify(&password, hash).await;
    let right = right.map_err(|crowded| ApiError::unavailable(crowded.to_string()))?;
    let Some(user) = found.filter(|_| right) else {
        // Counted after the fact: colleagues behind one address sign in as often as they like.
        let _ = state.auth.failed_sign_ins.try_one(&address, state.clock.now().mono);
        tracing::info!(%address, "a sign-in failed");
        return Err(ApiError::unauthorized("Wrong name or password."));
    };
    state.auth.sign_ins.forget(&(name, address));
    let secret = open_session(&state, &user, &headers).await?;
    tracing::info!(account = %user.account, user = %user.id, "signed in");
    let expires_at = state.clock.now().wall.after(SESSION_LIFE);
    let cookie = AppendHeaders([(SET_COOKIE, cookies::set(&secret))]);
    Ok((cookie, Json(Session::of(&user, expires_at))).into_response())
}

fn count_try(state: &AppState, name: &str, address: IpAddr) -> Result<(), ApiError> {
    let now = state.clock.now().mono;
    let by_address = state.auth.failed_sign_ins.check(&address, now);
    by_address.and_then(|()| state.auth.sign_ins.try_one(&(name.to_owned(), address), now)).map_err(too_many)
}

fn too_many(wait: Duration) -> ApiError {
    ApiError::too_many_requests(wait, "Too many sign-in tries. Wait a minute, then try again.")
}

/// Makes a session and ends the one that the browser had.
async fn open_session(state: &AppState, user: &UserRow, headers: &HeaderMap) -> Result<String, ApiError> {
    let now = state.clock.now().wall;
    state.store.delete_expired_sessions(now).await?;
    if let Some(old) = cookies::secret(headers) {
        state.store.delete_session(&keys::secret_hash(old)).await?;
    }
    let secret = keys::new_secret();
    let session = SessionRow {
        hash: keys::secret_hash(&secret),
        account: user.account,
        user: user.id,
        created_at: now,
        expires_at: now.after(SESSION_LIFE),
    };
    state.store.create_session(&session).await?;
    Ok(secret)
}

impl Session {
    fn of(user: &UserRow, expires_at: WallTime) -> Self {
        Self {
            account_id: user.account.to_string(),
            user_id: user.id.to_string(),
            name: user.login.clone(),
            display_name: user.display_name.clone(),
            role: user.role,
            agent_id: user.agent.map(|id| id.to_string()),
            expires_at: times::text(expires_at),
        }
    }
}

/// Tells who is signed in.
#[utoipa::path(get, path = "/auth/1/session", operation_id = "get-session", tag = "Sign-in",
    responses((status = 200, body = Session), (status = 401, body = ApiException)))]
async fn read(caller: Caller) -> Result<Json<Session>, ApiError> {
    let person = caller.person()?;
    Ok(Json(Session {
        account_id: caller.account.to_string(),
        user_id: person.user.to_string(),
        name: person.login.clone(),
        display_name: person.display_name.clone(),
        role: person.role,
        agent_id: person.agent.map(|id| id.to_string()),
        expires_at: times::text(person.expires_at),
    }))
}

/// Signs out.
#[utoipa::path(delete, path = "/auth/1/session", operation_id = "sign-out", tag = "Sign-in",
    responses((status = 204, description = "Signed out."), (status = 401, body = ApiException)))]
async fn sign_out(State(state): State<AppState>, caller: Caller) -> Result<Response, ApiError> {
    state.store.delete_session(&caller.person()?.session).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, cookies::clear())])).into_response())
}
