//! The pages, embedded in the binary.

use super::doors::Client;
use super::errors::ApiError;
use super::{link_url, subdomains};
use crate::auth::link_secret;
use crate::state::AppState;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use rust_embed::{Embed, EmbeddedFile};
use std::borrow::Cow;
use tower_http::compression::CompressionLayer;

/// What `cargo xtask web` built: a folder for each page, with its `index.html` and files whose names change with
/// their content.
#[derive(Embed)]
#[folder = "../web/dist"]
struct Dist;

const NOT_BUILT: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Switchroom: pages are not built</title>
<h1>This page is not built yet</h1>
<p>The server runs, and its API answers. To build the pages, with Node 20.19 or newer, run</p>
<pre>cargo xtask web</pre>
<p>and start the server again.</p>
";

pub(super) fn routes() -> Router<AppState> {
    let console = || get(async || page("console"));
    Router::new()
        .route("/", console())
        .route("/console", console())
        .route("/console/{*rest}", console())
        .route("/c/{link}", get(call))
        .route("/docs", get(async || page("docs")))
        .route("/docs/", get(async || Redirect::permanent("/docs")))
        .route("/assets/{*path}", get(asset))
        .layer(CompressionLayer::new())
}

/// A link that was sent under a subdomain which has been deleted since leads on under the server's own name.
async fn call(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    Path(link): Path<String>,
) -> Response {
    if link_secret::is_well_formed(&link)
        && let Some(base) = subdomains::moved_to(&state, &client).await
    {
        return Redirect::temporary(&link_url(&base, &link)).into_response();
    }
    page("call")
}

fn page(name: &str) -> Response {
    let index = Dist::get(&format!("{name}/index.html"));
    match index {
        Some(file) => {
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
                // Names of the files it refers to change with each build.
                (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            ];
            (headers, bytes(file)).into_response()
        }
        None => (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response(),
    }
}

async fn asset(Path(path): Path<String>) -> Result<Response, ApiError> {
    let file = Dist::get(&path).filter(|_| !path.ends_with(".html"));
    let file = file.ok_or_else(|| ApiError::not_found("There is no such file."))?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(mime_of(&path))),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, bytes(file)).into_response())
}

fn bytes(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

fn mime_of(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "mp3" => "audio/mpeg",
        "ogg" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
