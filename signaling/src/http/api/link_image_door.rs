//! `/call-link/1/guest/images`: where pages of call links get their images from.

use crate::http::access::Operation;
use crate::http::errors::{ApiError, ApiException};
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use images::Format;
use model::{AccountId, LinkImageId};
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use tokio::sync::Mutex;
use utoipa_axum::routes;

type Image = (AccountId, LinkImageId);

/// What is being sent at the moment, so that an image is in memory once, however many pages take their time for it.
static SENT: Mutex<BTreeMap<Image, Weak<[u8]>>> = Mutex::const_new(BTreeMap::new());

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::ShowLinkImage, routes!(show))
}

/// Where a page finds an image, on the page's own origin. Whoever has the address sees the image.
pub(super) fn address(account: AccountId, image: LinkImageId) -> String {
    format!("/call-link/1/guest/images/{account}/{image}")
}

/// Shows an image to pages of call links.
#[utoipa::path(get, path = "/call-link/1/guest/images/{accountId}/{imageId}", operation_id = "show-call-link-image",
    tag = "Call links", security(()),
    params(
        ("accountId" = String, Path, description = "Whose."),
        ("imageId" = String, Path, description = "The image."),
    ),
    responses(
        (status = 200, description = "The image.", content((String = "image/png"), (String = "image/jpeg"))),
        (status = 404, body = ApiException),
    ))]
async fn show(
    State(state): State<AppState>,
    Path((account, image)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::not_found("There is no such image.");
    let account: AccountId = account.parse().map_err(|_| unknown())?;
    let image: LinkImageId = image.parse().map_err(|_| unknown())?;
    let row = state.store.link_image(account, image).await?.ok_or_else(unknown)?;
    let format = Format::of_media_type(&row.media_type).ok_or_else(unknown)?;
    let content = content(&state, (account, image)).await?.ok_or_else(unknown)?;
    // It never changes: another image has another id.
    let headers = [(CONTENT_TYPE, format.media_type()), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, content).into_response())
}

async fn content(state: &AppState, image: Image) -> Result<Option<Bytes>, ApiError> {
    let mut sent = SENT.lock().await;
    if let Some(held) = sent.get(&image).and_then(Weak::upgrade) {
        return Ok(Some(Bytes::from_owner(held)));
    }
    sent.retain(|_, one| one.strong_count() > 0);
    let Some(read) = state.store.link_image_content(image.0, image.1).await? else { return Ok(None) };
    let held: Arc<[u8]> = read.into();
    sent.insert(image, Arc::downgrade(&held));
    Ok(Some(Bytes::from_owner(held)))
}
