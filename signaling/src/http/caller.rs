//! Who a request comes from.

use super::access::{Operation, Reach, Rule};
use super::errors::ApiError;
use super::idempotency;
use super::preconditions;
use super::throttle::Allowance;
use crate::auth::{cookies, keys};
use crate::state::AppState;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use callcenter_core::event::Author;
use callcenter_core::row::ConversationRow;
use model::{AccountId, AgentId, Role, UserId, WallTime};
use store::{ApiKeyRow, SessionRow, UserRow};
use uuid::Uuid;

/// A program or a person that has shown who it is.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The account. Nothing outside of it exists for the caller.
    pub(crate) account: AccountId,
    /// The program or person.
    pub(crate) who: Who,
    reach: Reach,
}

/// The program or person.
#[derive(Debug, Clone)]
pub(crate) enum Who {
    /// A program with an API key.
    Key(Uuid),
    /// A person with a console session.
    Person(Box<Person>),
}

/// A person with a console session.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// The person.
    pub(crate) user: UserId,
    /// Name to sign in with.
    pub(crate) login: String,
    /// Name to show.
    pub(crate) display_name: String,
    /// What the person may do.
    pub(crate) role: Role,
    /// The agent that the person works as.
    pub(crate) agent: Option<AgentId>,
    /// Hash of the session's cookie.
    pub(crate) session: String,
    /// When the session ends.
    pub(crate) expires_at: WallTime,
}

/// How the caller showed who it is.
enum Credential {
    Key(ApiKeyRow),
    Session(SessionRow, UserRow),
}

impl Caller {
    /// The person, or a refusal for programs.
    pub(crate) fn person(&self) -> Result<&Person, ApiError> {
        match &self.who {
            Who::Person(person) => Ok(person),
            Who::Key(_) => Err(ApiError::forbidden("This is for people who are signed in, not for API keys.")),
        }
    }

    /// The agent that this person is.
    pub(crate) fn own_agent(&self) -> Option<AgentId> {
        match &self.who {
            Who::Person(person) => person.agent,
            Who::Key(_) => None,
        }
    }

    /// The one agent whose things this caller may reach; `None` when the whole account is open to it.
    pub(crate) fn narrowed(&self) -> Result<Option<AgentId>, ApiError> {
        match self.reach {
            Reach::All => Ok(None),
            Reach::Own => self.own_agent().map(Some).ok_or_else(not_an_agent),
            Reach::No => Err(not_allowed()),
        }
    }

    /// Hides conversations of other agents from an agent: to them they do not exist.
    pub(crate) fn check_sees(&self, conversation: &ConversationRow) -> Result<(), ApiError> {
        match self.narrowed()? {
            Some(own) if conversation.agent != Some(own) => Err(ApiError::unknown_id(conversation.id)),
            _ => Ok(()),
        }
    }

    /// Who this is, for the log of conversations.
    pub(crate) fn author(&self) -> Author {
        match &self.who {
            Who::Key(key) => Author::Program { key: *key },
            Who::Person(person) => match (person.role, person.agent) {
                (Role::Agent, Some(agent)) => Author::Agent { agent },
                _ => Author::Supervisor { user: person.user },
            },
        }
    }

    /// The id of the key or person.
    fn id(&self) -> Uuid {
        match &self.who {
            Who::Key(id) => *id,
            Who::Person(person) => person.user.0,
        }
    }

    /// Who this is, for the log.
    pub(crate) fn name(&self) -> String {
        match &self.who {
            Who::Key(id) => format!("key {id}"),
            Who::Person(person) => format!("user {}", person.user),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| ApiError::unauthorized("Sign in first."))
    }
}

/// Lets a request through to the handler of an operation if its caller may do that.
pub(crate) async fn guard(
    State((state, operation)): State<(AppState, Operation)>,
    params: RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    let path_agent = params.iter().find(|(name, _)| *name == "agentId").map(|(_, value)| value.to_owned());
    match admit(&state, operation, request.headers(), path_agent.as_deref()).await {
        Ok(None) => {}
        Ok(Some(caller)) => {
            if let Err(error) = count(&state, &caller, operation, &request) {
                return error.into_response();
            }
            if let Some(error) = preconditions::refusal(&request) {
                return error.into_response();
            }
            request.extensions_mut().insert(caller.clone());
            if idempotency::is_asked(&request) {
                return idempotency::once(state, caller, request, next).await;
            }
        }
        Err(error) => return error.into_response(),
    }
    next.run(request).await
}

/// Counts the request against what its operation allows each caller.
fn count(state: &AppState, caller: &Caller, operation: Operation, request: &Request) -> Result<(), ApiError> {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let Some(allowance) = Allowance::of(request.method(), route) else { return Ok(()) };
    let admitted = state.throttle.admit(caller.id(), operation, allowance, state.clock.now().mono);
    admitted.map_err(|wait| ApiError::too_many_requests(wait, "Too many requests to this operation; slow down."))
}

async fn admit(
    state: &AppState,
    operation: Operation,
    headers: &HeaderMap,
    path_agent: Option<&str>,
) -> Result<Option<Caller>, ApiError> {
    let Rule::Known { key: scope, .. } = operation.rule() else { return Ok(None) };
    let now = state.clock.now().wall;
    let caller = match credential(state, headers, now).await? {
        Credential::Key(key) => {
            let scope = scope.ok_or_else(|| ApiError::forbidden("This is for people, not for API keys."))?;
            if !scope.is_in(&key.scopes) {
                return Err(ApiError::forbidden(format!("This API key lacks the scope {}.", scope.name())));
            }
            Caller { account: key.account, who: Who::Key(key.id), reach: Reach::All }
        }
        Credential::Session(session, user) => {
            let reach = operation.rule().reach(user.role);
            Caller { account: user.account, who: Who::Person(Box::new(person(session, user))), reach }
        }
    };
    match (caller.reach, path_agent) {
        (Reach::No, _) => return Err(not_allowed()),
        (Reach::Own, Some(named)) => {
            let own = caller.own_agent().ok_or_else(not_an_agent)?;
            if named.parse() != Ok(own) {
                return Err(ApiError::forbidden("Agents may do this for themselves alone."));
            }
        }
        (Reach::Own, None) | (Reach::All, _) => {}
    }
    Ok(Some(caller))
}

fn person(session: SessionRow, user: UserRow) -> Person {
    Person {
        user: user.id,
        login: user.login,
        display_name: user.display_name,
        role: user.role,
        agent: user.agent,
        session: session.hash,
        expires_at: session.expires_at,
    }
}

fn not_allowed() -> ApiError {
    ApiError::forbidden("Your role does not allow this.")
}

fn not_an_agent() -> ApiError {
    ApiError::forbidden("This is for agents, and your sign-in is not linked to one.")
}

async fn credential(state: &AppState, headers: &HeaderMap, now: WallTime) -> Result<Credential, ApiError> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        return session(state, headers, now).await;
    };
    let header = header.to_str().map_err(|_| bad_credentials())?;
    let (scheme, value) = header.split_once(' ').ok_or_else(bad_credentials)?;
    let value = value.trim();
    let key = if scheme.eq_ignore_ascii_case("App") {
        key_by_secret(state, value).await?
    } else if scheme.eq_ignore_ascii_case("Basic") {
        key_by_basic(state, value).await?
    } else if scheme.eq_ignore_ascii_case("Bearer") {
        key_by_token(state, value, now).await?
    } else {
        return Err(ApiError::unauthorized("Authorization must be App, Basic or Bearer."));
    };
    if key.expires_at.is_some_and(|end| end <= now) {
        return Err(ApiError::unauthorized("This API key has expired."));
    }
    if state.auth.key_uses.try_one(&key.id, state.clock.now().mono).is_ok() {
        state.store.note_key_use(key.account, key.id, now).await?;
    }
    Ok(Credential::Key(key))
}

fn bad_credentials() -> ApiError {
    ApiError::unauthorized("Invalid credentials.")
}

async fn key_by_secret(state: &AppState, secret: &str) -> Result<ApiKeyRow, ApiError> {
    let hash = keys::secret_hash(secret);
    let key = state.store.api_key_by_hash(&hash).await?.ok_or_else(bad_credentials)?;
    if keys::same(&key.hash, &hash) { Ok(key) } else { Err(bad_credentials()) }
}

/// RFC 7617: the key's id or name, a colon, the key.
async fn key_by_basic(state: &AppState, value: &str) -> Result<ApiKeyRow, ApiError> {
    let decoded = STANDARD.decode(value).map_err(|_| bad_credentials())?;
    let decoded = String::from_utf8(decoded).map_err(|_| bad_credentials())?;
    let (name, secret) = decoded.split_once(':').ok_or_else(bad_credentials)?;
    key_by_client(state, name, secret).await
}

/// The API key with this id or name and this secret.
pub(crate) async fn key_by_client(state: &AppState, name: &str, secret: &str) -> Result<ApiKeyRow, ApiError> {
    let key = key_by_secret(state, secret).await?;
    let named = keys::same(&key.name, name) | keys::same(&key.id.to_string(), &name.to_ascii_lowercase());
    if named { Ok(key) } else { Err(bad_credentials()) }
}

async fn key_by_token(state: &AppState, token: &str, now: WallTime) -> Result<ApiKeyRow, ApiError> {
    let claims = state
        .auth
        .tokens
        .verify_access(token, now)
        .map_err(|error| ApiError::unauthorized(format!("Invalid access token: {error}.")))?;
    state.store.api_key(claims.account, claims.key).await?.ok_or_else(bad_credentials)
}

async fn session(state: &AppState, headers: &HeaderMap, now: WallTime) -> Result<Credential, ApiError> {
    let expired = || ApiError::unauthorized("Your session has ended. Sign in again.");
    let secret = cookies::secret(headers).ok_or_else(|| ApiError::unauthorized("Sign in first."))?;
    let hash = keys::secret_hash(secret);
    let session = state.store.session(&hash).await?.ok_or_else(expired)?;
    if !keys::same(&session.hash, &hash) || session.expires_at <= now {
        return Err(expired());
    }
    let user = state.store.user(session.account, session.user).await?.filter(|user| user.enabled);
    Ok(Credential::Session(session, user.ok_or_else(expired)?))
}
