//! `/auth/1/users`: people who sign in.

use super::call_center;
use super::user_dto::{CreateUserRequest, PasswordRequest, UpdateUserRequest, User, UserPage, read, read_password};
use crate::auth::limits::LOGIN_MAX_CHARS;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException};
use crate::http::fields::Fields;
use crate::http::params::{LimitPaging, Pagination, Params, page_of};
use crate::http::routes::Routes;
use crate::hub::Ending;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{AccountId, AgentId, Role, UserId};
use store::{CreatedOrder, UserRow};
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListUsers, routes!(list))
        .on(Operation::CreateUser, routes!(create))
        .on(Operation::ReadUser, routes!(get))
        .on(Operation::UpdateUser, routes!(update))
        .on(Operation::DeleteUser, routes!(delete))
        .on(Operation::ResetPassword, routes!(reset_password))
}

/// Lists the people who sign in.
#[utoipa::path(get, path = "/auth/1/users", operation_id = "get-users", tag = "Users",
    params(LimitPaging),
    responses((status = 200, body = UserPage), (status = 400, body = ApiException)))]
async fn list(State(state): State<AppState>, caller: Caller, mut params: Params) -> Result<Json<UserPage>, ApiError> {
    let request = params.limit_page::<CreatedOrder>();
    params.done()?;
    let page = page_of(state.store.users(caller.account).await?, &request, |by, left, right| match by {
        CreatedOrder::Id => left.id.cmp(&right.id),
        CreatedOrder::CreatedAt => (left.created_at, left.id).cmp(&(right.created_at, right.id)),
    });
    let users = page.items.into_iter().map(User::from).collect();
    Ok(Json(UserPage { users, pagination: Pagination::of(&request, page.total) }))
}

/// Makes a sign-in.
#[utoipa::path(post, path = "/auth/1/users", operation_id = "create-user", tag = "Users",
    request_body = CreateUserRequest,
    responses(
        (status = 200, body = User),
        (status = 400, body = ApiException),
        (status = 409, body = ApiException, description = "The name exists already."),
    ))]
async fn create(State(state): State<AppState>, caller: Caller, mut fields: Fields) -> Result<Json<User>, ApiError> {
    let login = fields.required_text("name", LOGIN_MAX_CHARS).trim().to_lowercase();
    let password = read_password(&mut fields);
    let new = read(&mut fields);
    fields.done()?;
    check_agent(&state, caller.account, new.agent).await?;
    let now = state.clock.wall();
    let row = UserRow {
        account: caller.account,
        id: UserId::fresh(),
        login,
        password_hash: hashed(&state, &password).await?,
        display_name: new.display_name,
        role: new.role,
        agent: new.agent,
        enabled: new.enabled,
        created_at: now,
        updated_at: now,
    };
    state.store.create_user(&row).await?;
    tracing::info!(account = %caller.account, user = %row.id, by = caller.name(), "a sign-in was made");
    Ok(Json(row.into()))
}

/// Reads a sign-in.
#[utoipa::path(get, path = "/auth/1/users/{userId}", operation_id = "get-user", tag = "Users",
    params(("userId" = String, Path, description = "The person.")),
    responses((status = 200, body = User), (status = 404, body = ApiException)))]
async fn get(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Json<User>, ApiError> {
    Ok(Json(found(&state, caller.account, &id).await?.into()))
}

/// Replaces a sign-in's fields; its name stays. Who is disabled is signed out everywhere at once.
#[utoipa::path(put, path = "/auth/1/users/{userId}", operation_id = "update-user", tag = "Users",
    params(("userId" = String, Path, description = "The person.")),
    request_body = UpdateUserRequest,
    responses(
        (status = 200, body = User),
        (status = 400, body = ApiException),
        (status = 404, body = ApiException),
        (status = 409, body = ApiException, description = "The account would be left without an admin."),
    ))]
async fn update(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<User>, ApiError> {
    let row = found(&state, caller.account, &id).await?;
    let new = read(&mut fields);
    fields.done()?;
    check_agent(&state, caller.account, new.agent).await?;
    if new.role != Role::Admin || !new.enabled {
        keep_an_admin(&state, &row).await?;
    }
    let agent_before = row.agent;
    let row = UserRow {
        display_name: new.display_name,
        role: new.role,
        agent: new.agent,
        enabled: new.enabled,
        updated_at: state.clock.wall(),
        ..row
    };
    state.store.update_user(&row).await?;
    if !row.enabled {
        state.store.delete_sessions_of(row.account, row.id).await?;
    }
    end_page(&state, row.account, agent_before);
    tracing::info!(user = %row.id, enabled = row.enabled, by = caller.name(), "a sign-in was changed");
    Ok(Json(row.into()))
}

/// Deletes a sign-in. The person is signed out everywhere at once.
#[utoipa::path(delete, path = "/auth/1/users/{userId}", operation_id = "delete-user", tag = "Users",
    params(("userId" = String, Path, description = "The person.")),
    responses(
        (status = 204, description = "Deleted."),
        (status = 404, body = ApiException),
        (status = 409, body = ApiException, description = "The account would be left without an admin."),
    ))]
async fn delete(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    let row = found(&state, caller.account, &id).await?;
    keep_an_admin(&state, &row).await?;
    state.store.delete_user(row.account, row.id).await?;
    end_page(&state, row.account, row.agent);
    tracing::info!(user = %row.id, by = caller.name(), "a sign-in was deleted");
    Ok(StatusCode::NO_CONTENT)
}

/// Sets a person's password and signs them out everywhere.
#[utoipa::path(put, path = "/auth/1/users/{userId}/password", operation_id = "reset-password", tag = "Users",
    params(("userId" = String, Path, description = "The person.")),
    request_body = PasswordRequest,
    responses(
        (status = 204, description = "Set."),
        (status = 400, body = ApiException),
        (status = 404, body = ApiException),
    ))]
async fn reset_password(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<StatusCode, ApiError> {
    let row = found(&state, caller.account, &id).await?;
    let password = read_password(&mut fields);
    fields.done()?;
    let hash = hashed(&state, &password).await?;
    state.store.set_password(row.account, row.id, &hash, state.clock.wall()).await?;
    state.store.delete_sessions_of(row.account, row.id).await?;
    end_page(&state, row.account, row.agent);
    tracing::info!(user = %row.id, by = caller.name(), "a password was set");
    Ok(StatusCode::NO_CONTENT)
}

/// The console page of who works as the agent has to connect again, with a token of the sign-in as it is now.
fn end_page(state: &AppState, account: AccountId, agent: Option<AgentId>) {
    if let Some(agent) = agent {
        state.hub.end_agents_page(account, agent, Ending::SignInChanged);
    }
}

async fn found(state: &AppState, account: AccountId, id: &str) -> Result<UserRow, ApiError> {
    let parsed = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    state.store.user(account, parsed).await?.ok_or_else(|| ApiError::unknown_id(id))
}

async fn hashed(state: &AppState, password: &str) -> Result<String, ApiError> {
    state.auth.passwords.hash(password).await.map_err(|crowded| ApiError::unavailable(crowded.to_string()))
}

async fn check_agent(state: &AppState, account: AccountId, agent: Option<AgentId>) -> Result<(), ApiError> {
    let Some(agent) = agent else { return Ok(()) };
    let is_known = call_center(state, account)?.query(move |core, _| core.agent(agent).is_some()).await?;
    if is_known { Ok(()) } else { Err(ApiError::invalid("agentId", format!("no agent found with id={agent}"))) }
}

/// Refuses to take the last admin away: nobody could set the account up any more.
async fn keep_an_admin(state: &AppState, row: &UserRow) -> Result<(), ApiError> {
    let is_admin = |user: &UserRow| user.role == Role::Admin && user.enabled;
    if !is_admin(row) {
        return Ok(());
    }
    let others =
        state.store.users(row.account).await?.iter().filter(|user| user.id != row.id && is_admin(user)).count();
    if others > 0 {
        Ok(())
    } else {
        Err(ApiError::conflict("This is the account's last admin; make another one first."))
    }
}
