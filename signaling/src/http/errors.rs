//! What the API answers when it refuses, in the two forms of the public API.

use super::limits::RETRY_AFTER_BUSY;
use axum::Json;
use axum::extract::{MatchedPath, Request};
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use callcenter_core::command::CommandError;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::ToSchema;

/// A refusal. What it looks like depends on the endpoint's group: see [`restyle`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    kind: Kind,
    text: String,
    fields: BTreeMap<String, Vec<String>>,
    retry_after: Option<Duration>,
    /// In the short form, whatever its group's is.
    short: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    Conflict,
    PreconditionFailed,
    TooLarge,
    UnsupportedMediaType,
    RangeNotSatisfiable,
    Unprocessable,
    TooManyRequests,
    Internal,
    Unavailable,
}

impl ApiError {
    fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), fields: BTreeMap::new(), retry_after: None, short: false }
    }
    /// 400.
    pub(crate) fn bad_request(text: impl Into<String>) -> Self {
        Self::new(Kind::BadRequest, text)
    }
    /// 400 with what is wrong per field.
    pub(crate) fn invalid_fields(fields: BTreeMap<String, Vec<String>>) -> Self {
        Self { fields, ..Self::bad_request("Request validation failed.") }
    }
    /// 400 for one field.
    pub(crate) fn invalid(field: &str, why: impl Into<String>) -> Self {
        Self::invalid_fields(BTreeMap::from([(field.to_owned(), vec![why.into()])]))
    }
    /// 401.
    pub(crate) fn unauthorized(text: impl Into<String>) -> Self {
        Self::new(Kind::Unauthorized, text)
    }
    /// 403.
    pub(crate) fn forbidden(text: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, text)
    }
    /// 404; under `/ccaas/1` it is 400 with `NOT_FOUND`, as in the public API.
    pub(crate) fn not_found(text: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, text)
    }
    /// The public API's words for an unknown id.
    pub(crate) fn unknown_id(id: impl std::fmt::Display) -> Self {
        Self::not_found(format!("Invalid id '{id}' given! No such entity exists."))
    }
    /// The public API's words for an unknown agent.
    pub(crate) fn unknown_agent(id: impl std::fmt::Display) -> Self {
        Self::not_found(format!("Invalid agent id given '{id}'"))
    }
    /// 405.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(Kind::MethodNotAllowed, "This path does not know this method; /docs lists what it does know.")
    }
    /// 409.
    pub(crate) fn conflict(text: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, text)
    }
    /// 412.
    pub(crate) fn precondition_failed(text: impl Into<String>) -> Self {
        Self::new(Kind::PreconditionFailed, text)
    }
    /// The same in the short form, which some operations have for more than 400.
    pub(crate) fn in_short(self) -> Self {
        Self { short: true, ..self }
    }
    /// 413.
    pub(crate) fn too_large(limit_bytes: usize) -> Self {
        Self::new(Kind::TooLarge, format!("The request's body is larger than {limit_bytes} bytes."))
    }
    /// 415.
    pub(crate) fn unsupported_media_type(expected: &str) -> Self {
        Self::new(Kind::UnsupportedMediaType, format!("Send the body as {expected}."))
    }
    /// 416.
    pub(crate) fn range_not_satisfiable() -> Self {
        Self::new(Kind::RangeNotSatisfiable, "The requested range lies outside of the file.")
    }
    /// 422.
    pub(crate) fn unprocessable(text: impl Into<String>) -> Self {
        Self::new(Kind::Unprocessable, text)
    }
    /// 429.
    pub(crate) fn too_many_requests(wait: Duration, text: impl Into<String>) -> Self {
        Self { retry_after: Some(wait), ..Self::new(Kind::TooManyRequests, text) }
    }
    /// 500. The cause goes to the log, not to the client.
    pub(crate) fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(Kind::Internal, "Something went wrong here. The operator's log says more.")
    }
    /// 503.
    pub(crate) fn unavailable(text: impl Into<String>) -> Self {
        Self { retry_after: Some(RETRY_AFTER_BUSY), ..Self::new(Kind::Unavailable, text) }
    }

    /// Says when to try again.
    pub(crate) fn after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    fn status(&self, style: Style) -> StatusCode {
        match self.kind {
            Kind::NotFound if style.unknown_is_bad_request => StatusCode::BAD_REQUEST,
            Kind::BadRequest => StatusCode::BAD_REQUEST,
            Kind::Unauthorized => StatusCode::UNAUTHORIZED,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Kind::RangeNotSatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
            Kind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn message_id(&self) -> &'static str {
        match self.kind {
            Kind::BadRequest
            | Kind::TooLarge
            | Kind::UnsupportedMediaType
            | Kind::RangeNotSatisfiable
            | Kind::Unprocessable => "BAD_REQUEST",
            Kind::Unauthorized => "UNAUTHORIZED",
            Kind::Forbidden => "FORBIDDEN",
            Kind::NotFound => "NOT_FOUND",
            Kind::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Kind::Conflict => "CONFLICT",
            Kind::PreconditionFailed => "PRECONDITION_FAILED",
            Kind::TooManyRequests => "TOO_MANY_REQUESTS",
            Kind::Internal => "GENERAL_ERROR",
            Kind::Unavailable => "SERVICE_UNAVAILABLE",
        }
    }

    /// The short form has no room for fields but in its text.
    fn short_text(&self) -> String {
        let list: Vec<_> = self.fields.iter().map(|(field, why)| format!("{field}: {}", why.join(", "))).collect();
        if list.is_empty() { self.text.clone() } else { list.join("; ") }
    }

    fn render(self, style: Style) -> Response {
        let status = self.status(style);
        let is_short = self.short
            || (style.short_bad_request && status == StatusCode::BAD_REQUEST)
            || (style.short_not_found && status == StatusCode::NOT_FOUND);
        let mut response = if is_short {
            Json(StatusResponse { status: Outcome::Error, message: self.short_text() }).into_response()
        } else {
            Json(ApiException::of(&self)).into_response()
        };
        *response.status_mut() = status;
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_millis().div_ceil(1000).max(1);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_str(&seconds.to_string()).expect("digits"));
        }
        if self.kind == Kind::Unauthorized {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("App, Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.render(Style::default())
    }
}

/// How a group of endpoints words its refusals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Style {
    /// `/ccaas/1`: an unknown id is 400 with `NOT_FOUND`, working hours aside.
    unknown_is_bad_request: bool,
    /// `/ccaas/voice/2` and `/ccca/1`: 400 has the short form.
    short_bad_request: bool,
    /// 404 has it too.
    short_not_found: bool,
}

/// Those of the short form's groups that the public API words in the long form.
const LONG_BAD_REQUEST: [&str; 3] = [
    "/ccaas/voice/2/call-timeouts",
    "/ccaas/voice/2/conversation/{conversationId}/transfer/agent",
    "/ccaas/voice/2/conversation/{conversationId}/transfer/queue",
];

/// Beginnings of those that it words in the short form when something is unknown.
const SHORT_NOT_FOUND: [&str; 8] = [
    "/ccaas/voice/2/agent-recording-configs/",
    "/ccaas/voice/2/recording/",
    "/ccaas/voice/2/tts/options/",
    "/ccaas/voice/2/away-audio-message/",
    "/ccaas/voice/2/hold-configs-per-queue",
    "/ccaas/voice/2/transfer-configs/",
    "/ccaas/voice/2/{conversationId}/",
    "/ccaas/voice/2/conversation/",
];

impl Style {
    fn of(method: &Method, route: &str) -> Self {
        let short = route.starts_with("/ccaas/voice/2/") || route.starts_with("/ccca/1/");
        Self {
            unknown_is_bad_request: route.starts_with("/ccaas/1/") && !route.starts_with("/ccaas/1/working-hours"),
            short_bad_request: short && !LONG_BAD_REQUEST.contains(&route),
            short_not_found: match route {
                "/ccaas/voice/2/waiting-strategies/{id}" => *method == Method::DELETE,
                _ => SHORT_NOT_FOUND.iter().any(|group| route.starts_with(group)),
            },
        }
    }
}

/// Whether a path is UTF-8 once its escapes are read.
fn is_text(path: &str) -> bool {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes().iter();
    while let Some(&byte) = rest.next() {
        let escaped = rest.as_slice().get(..2).filter(|_| byte == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match escaped.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(escaped) => {
                bytes.push(escaped);
                rest.nth(1);
            }
            None => bytes.push(byte),
        }
    }
    std::str::from_utf8(&bytes).is_ok()
}

/// Gives refusals the form of their endpoint's group.
pub(crate) async fn restyle(route: MatchedPath, request: Request, next: Next) -> Response {
    let style = Style::of(request.method(), route.as_str());
    if !is_text(request.uri().path()) {
        return ApiError::not_found("The path is not text in UTF-8: nothing has this id.").render(style);
    }
    let mut response = next.run(request).await;
    if style == Style::default() {
        return response;
    }
    match response.extensions_mut().remove::<ApiError>() {
        Some(error) => error.render(style),
        None => response,
    }
}

/// The long form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiException {
    request_error: ApiRequestError,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ApiRequestError {
    service_exception: ApiRequestErrorDetails,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ApiRequestErrorDetails {
    /// For programs, for example `BAD_REQUEST`.
    message_id: &'static str,
    /// For people.
    text: String,
    /// What is wrong, by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    validation_errors: BTreeMap<String, Vec<String>>,
}

impl ApiException {
    fn of(error: &ApiError) -> Self {
        let details = ApiRequestErrorDetails {
            message_id: error.message_id(),
            text: error.text.clone(),
            validation_errors: error.fields.clone(),
        };
        Self { request_error: ApiRequestError { service_exception: details } }
    }
}

/// Whether something was done.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Outcome {
    /// It was.
    Success,
    /// It was not.
    Error,
}

/// The short form of `/ccaas/voice/2` and `/ccca/1`, for success and refusal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusResponse {
    status: Outcome,
    message: String,
}

impl StatusResponse {
    /// Done.
    pub(crate) fn success(message: impl Into<String>) -> Json<Self> {
        Json(Self { status: Outcome::Success, message: message.into() })
    }
}

/// The acknowledgement of `/ccaas/1`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatusCodeResponse {
    status_code: Outcome,
    message: String,
}

impl StatusCodeResponse {
    /// Done.
    pub(crate) fn success(message: impl Into<String>) -> Json<Self> {
        Json(Self { status_code: Outcome::Success, message: message.into() })
    }
}

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::UnknownAgent(id) => Self::unknown_agent(id),
            CommandError::UnknownWorkingHours(id) => Self::unknown_id(id),
            CommandError::UnknownStatus(id) => Self::unknown_id(id),
            CommandError::UnknownQueue(id) => Self::unknown_id(id),
            CommandError::UnknownConversation(id) => Self::unknown_id(id),
            CommandError::UnknownTag(name) => Self::unknown_id(name),
            CommandError::UnknownLeg(id) => Self::unknown_id(id),
            CommandError::UnknownLinkConfig(id) => Self::unknown_id(id),
            CommandError::UnknownWaitingStrategy(id) => Self::unknown_id(id),
            CommandError::UnknownHoldConfig(id) => Self::unknown_id(id),
            CommandError::UnknownAwayMessage(id) => Self::unknown_id(id),
            CommandError::UnknownLink | CommandError::LinkInactive | CommandError::LinkExpired => {
                Self::not_found(error.to_string())
            }
            CommandError::Invalid { field, reason } => Self::invalid(field, reason),
            CommandError::LimitReached { .. } => Self::bad_request(error.to_string()),
            CommandError::ConversationClosed
            | CommandError::Conflict(_)
            | CommandError::CallExists
            | CommandError::AgentBusy
            | CommandError::WrappingUp
            | CommandError::CustomerUnreachable
            | CommandError::NotRinging
            | CommandError::NotTheAgents
            | CommandError::NotInTalk
            | CommandError::HeldAlready
            | CommandError::NotHeld
            | CommandError::BeingTransferred
            | CommandError::CannotTransfer(_)
            | CommandError::NotWrapping
            | CommandError::CannotExtendWrapUp => Self::bad_request(error.to_string()),
        }
    }
}
