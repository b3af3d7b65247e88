//! `Idempotency-Key`: a POST that is sent again with the same key is not carried out again but answered as before.
//!
//! A key is claimed in the database before the request is carried out. It is kept with its answer when something was
//! done, and free again when nothing was. If the process dies in between, nobody knows whether it was done, and a
//! repeat is told so rather than carried out a second time.

use super::caller::Caller;
use super::errors::ApiError;
use super::limits::{
    IDEMPOTENCY_KEY_LIFE, IDEMPOTENT_ANSWER_MAX_BYTES, IDEMPOTENT_BODY_MAX_BYTES, IDEMPOTENT_RUN_TIME,
};
use crate::state::AppState;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::time::Duration;
use store::{Claim, IdempotentKey, KeptAnswer};
use tracing::Instrument;

/// The header that carries the key.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Set on an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key, in characters.
pub(crate) const KEY_MAX_CHARS: usize = 255;

enum Begun {
    Answered(Box<Response>),
    Fresh(IdempotentKey, Box<Request>),
}

/// Whether the request asks to be carried out once.
pub(super) fn is_asked(request: &Request) -> bool {
    request.method() == Method::POST && request.headers().contains_key(HEADER)
}

/// Carries the request out unless it was carried out before.
pub(super) async fn once(state: AppState, caller: Caller, request: Request, next: Next) -> Response {
    // In a task of its own: it goes on when the client hangs up, since that is when the client asks again.
    let work = tokio::spawn(work(state, caller, request, next).in_current_span());
    work.await.unwrap_or_else(|failed| ApiError::internal(&failed).into_response())
}

async fn work(state: AppState, caller: Caller, request: Request, next: Next) -> Response {
    match begin(&state, &caller, request).await {
        Ok(Begun::Answered(response)) => *response,
        Ok(Begun::Fresh(key, request)) => carry_out(state, key, *request, next).await,
        Err(error) => error.into_response(),
    }
}

async fn begin(state: &AppState, caller: &Caller, request: Request) -> Result<Begun, ApiError> {
    let key = key_of(caller, &request)?;
    let (parts, body) = request.into_parts();
    let body =
        to_bytes(body, IDEMPOTENT_BODY_MAX_BYTES).await.map_err(|_| ApiError::too_large(IDEMPOTENT_BODY_MAX_BYTES))?;
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let hash = request_hash(target, &parts.headers, &body);
    let now = state.clock.wall();
    match state.store.claim_request(&key, &hash, now, now.after(IDEMPOTENCY_KEY_LIFE)).await? {
        Claim::Fresh => Ok(Begun::Fresh(key, Box::new(Request::from_parts(parts, Body::from(body))))),
        Claim::Answered(answer) => replayed(state, &key, answer).map(|answer| Begun::Answered(Box::new(answer))),
        Claim::Begun(since) if now.since(since) < IDEMPOTENT_RUN_TIME => Err(ApiError::conflict(
            "A request with this Idempotency-Key is being carried out; ask again for its answer.",
        )
        .after(Duration::from_secs(1))),
        Claim::Begun(_) => Err(ApiError::conflict(
            "A request with this Idempotency-Key was interrupted and may have been carried out. Look whether it was; \
             if not, send it with a new key.",
        )),
        Claim::Different => Err(ApiError::unprocessable(
            "This Idempotency-Key was used for another request. Use a new key for each request.",
        )),
        Claim::Full => Err(ApiError::too_many_requests(
            Duration::from_secs(60),
            format!("The account has {} keys in use; they expire after a day.", store::limits::IDEMPOTENT_REQUESTS),
        )),
    }
}

fn key_of(caller: &Caller, request: &Request) -> Result<IdempotentKey, ApiError> {
    let value = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_plain = value.bytes().all(|byte| byte.is_ascii_graphic());
    if value.is_empty() || value.len() > KEY_MAX_CHARS || !is_plain {
        let text = format!("Idempotency-Key must have 1 to {KEY_MAX_CHARS} visible ASCII characters.");
        return Err(ApiError::bad_request(text));
    }
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    Ok(IdempotentKey {
        account: caller.account,
        caller: caller.name(),
        operation: format!("{} {route}", request.method()),
        key: value.to_owned(),
    })
}

fn request_hash(target: &str, headers: &HeaderMap, body: &Bytes) -> String {
    let content_type = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let mut hash = Sha256::new();
    for part in [target.as_bytes(), content_type] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(body);
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string grows");
        text
    })
}

async fn carry_out(state: AppState, key: IdempotentKey, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if !response.status().is_success() {
        // After a bug of ours it is not known what was done: the key stays taken.
        if response.status() != StatusCode::INTERNAL_SERVER_ERROR
            && let Err(error) = state.store.release_request(&key).await
        {
            tracing::warn!(%error, "an idempotency key could not be freed");
        }
        return response;
    }
    let (parts, body) = response.into_parts();
    let body = match to_bytes(body, IDEMPOTENT_ANSWER_MAX_BYTES).await {
        Ok(body) => body,
        Err(error) => return ApiError::internal(&error).into_response(),
    };
    let kept = KeptAnswer {
        status: parts.status.as_u16(),
        content_type: parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned),
        sealed: state.auth.sealer.seal(&context(&key), &body),
    };
    if let Err(error) = state.store.keep_answer(&key, &kept).await {
        tracing::warn!(%error, "the answer to an idempotent request could not be kept");
    }
    Response::from_parts(parts, Body::from(body))
}

fn replayed(state: &AppState, key: &IdempotentKey, kept: KeptAnswer) -> Result<Response, ApiError> {
    let body = state.auth.sealer.open(&context(key), &kept.sealed).map_err(|error| ApiError::internal(&error))?;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(kept.status).map_err(|error| ApiError::internal(&error))?;
    if let Some(Ok(kind)) = kept.content_type.as_deref().map(HeaderValue::from_str) {
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// An answer opens for its own request alone.
fn context(key: &IdempotentKey) -> Vec<u8> {
    format!("{}\n{}\n{}\n{}", key.account, key.caller, key.operation, key.key).into_bytes()
}
