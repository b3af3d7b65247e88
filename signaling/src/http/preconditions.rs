//! `If-Match`: a change is made only to what its author saw, so that of two people who edit at once none undoes the
//! other's work unknowingly (RFC 9110 §13.1.1).
//!
//! Answers in JSON carry an `ETag` that is made of all they say. A PUT, PATCH or DELETE with `If-Match` is compared with
//! what a GET of the same path answers at that moment. Changes of one path are carried out one after the other, so that
//! nothing comes between what was compared and what is changed.

use super::errors::ApiError;
use super::limits::{ETAG_BODY_MAX_BYTES, PATHS_CHANGED_AT_ONCE, REQUEST_TIMEOUT};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MATCH};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::iter;
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard};

/// The request asks for a change of something that is no longer as its author saw it.
#[derive(Debug, Clone)]
struct Changed(&'static str);

/// Those that change something at the moment, by a hash of their path: two paths may share a place.
#[derive(Debug, Clone)]
struct Places(Arc<[Mutex<()>]>);

impl Places {
    async fn take(&self, path: &str) -> Option<MutexGuard<'_, ()>> {
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % self.0.len() as u64).expect("less than a length");
        tokio::time::timeout(REQUEST_TIMEOUT, self.0[place].lock()).await.ok()
    }
}

/// Gives what the router answers its `ETag`, and heeds `If-Match`. The guard of each operation refuses with
/// [`refusal`] once it knows that the caller may do what is asked.
pub(super) fn around(router: Router) -> Router {
    let places = Places(iter::repeat_with(Mutex::default).take(PATHS_CHANGED_AT_ONCE).collect());
    Router::new().fallback_service(router).layer(from_fn_with_state(places, heed))
}

/// Why the change that is asked for must not be made.
pub(super) fn refusal(request: &Request) -> Option<ApiError> {
    request.extensions().get::<Changed>().map(|changed| ApiError::precondition_failed(changed.0))
}

async fn heed(State(places): State<Places>, mut request: Request, next: Next) -> Response {
    match *request.method() {
        Method::GET => return tagged(next.run(request).await).await,
        Method::PUT | Method::PATCH | Method::DELETE => {}
        _ => return next.run(request).await,
    }
    let Some(_place) = places.take(request.uri().path()).await else {
        return ApiError::unavailable("Others are changing the same thing; try again.").into_response();
    };
    if request.headers().contains_key(IF_MATCH) {
        let now = tagged(next.clone().run(read_of(&request)).await).await;
        match now.status() {
            StatusCode::OK if matches(request.headers(), now.headers().get(ETAG)) => {}
            StatusCode::OK => {
                request.extensions_mut().insert(Changed(
                    "It was changed after you read it: what you saw has another ETag. Read it again, and repeat your \
                     change if it still makes sense.",
                ));
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                request.extensions_mut().insert(Changed(
                    "There is nothing to read at this path that If-Match could be compared with. Leave the header out.",
                ));
            }
            // What there is not is refused by the change in its own words.
            StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND => {}
            _ => return now,
        }
    }
    next.run(request).await
}

/// The request that reads what this one changes.
fn read_of(request: &Request) -> Request {
    let mut read = Request::new(Body::empty());
    *read.uri_mut() = request.uri().clone();
    *read.headers_mut() = request.headers().clone();
    for header in [CONTENT_TYPE, CONTENT_LENGTH, IF_MATCH] {
        read.headers_mut().remove(header);
    }
    *read.extensions_mut() = request.extensions().clone();
    read
}

fn matches(headers: &HeaderMap, now: Option<&HeaderValue>) -> bool {
    let listed =
        headers.get_all(IF_MATCH).iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    let now = now.and_then(|tag| tag.to_str().ok());
    listed.map(str::trim).any(|tag| tag == "*" || Some(tag) == now)
}

async fn tagged(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let json = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let fits = body.size_hint().upper().is_some_and(|bytes| bytes <= ETAG_BODY_MAX_BYTES as u64);
    if parts.status != StatusCode::OK || !json || !fits || parts.headers.contains_key(ETAG) {
        return Response::from_parts(parts, body);
    }
    match to_bytes(body, ETAG_BODY_MAX_BYTES).await {
        Ok(bytes) => {
            parts.headers.insert(ETAG, tag_of(&bytes));
            Response::from_parts(parts, Body::from(bytes))
        }
        Err(error) => ApiError::internal(&error).into_response(),
    }
}

fn tag_of(body: &Bytes) -> HeaderValue {
    let hash = Sha256::digest(body);
    let hex: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("\"{hex}\"")).expect("hex digits in quotes")
}
