//! `/call-link/1/images`: logos and backgrounds for pages of call links.

use super::link_theme::Images;
use super::upload::file_of;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException};
use crate::http::limits::{IMAGE_DECODES, IMAGE_UPLOAD_MAX_BYTES, LINK_IMAGES};
use crate::http::params::{PageInfo, Params, SizePaging};
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::StatusCode;
use images::{Picture, limits};
use model::{AccountId, ImageType, LinkImageId};
use serde::Serialize;
use store::LinkImageRow;
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use utoipa_axum::router::UtoipaMethodRouterExt;
use utoipa_axum::routes;

/// Uploads take turns at being decoded, so that calls have the other cores.
static DECODES: Semaphore = Semaphore::const_new(IMAGE_DECODES);

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListLinkImages, routes!(list))
        .on(Operation::UploadLinkImage, routes!(upload).layer(DefaultBodyLimit::max(IMAGE_UPLOAD_MAX_BYTES)))
        .on(Operation::ReadLinkImage, routes!(get))
        .on(Operation::DeleteLinkImage, routes!(delete))
}

/// An uploaded image.
#[derive(Debug, Serialize, ToSchema)]
struct ImageResponse {
    /// The `logoImageId` or `backgroundImageId` of configurations.
    id: String,
    /// Of the file, as it was uploaded.
    name: String,
    #[serde(rename = "type")]
    kind: ImageType,
    /// Size of the file in bytes.
    size: u64,
}

impl From<LinkImageRow> for ImageResponse {
    fn from(row: LinkImageRow) -> Self {
        Self { id: row.id.to_string(), name: row.name, kind: row.kind, size: row.bytes }
    }
}

/// A page of images.
#[derive(Debug, Serialize, ToSchema)]
struct ImagePage {
    results: Vec<ImageResponse>,
    paging: PageInfo,
}

/// A form with one file.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `upload` reads")]
struct ImageUpload {
    /// PNG or JPEG. A logo has at most 1 MB and 100 × 100 pixels, a background 10 MB and 2000 × 2000.
    #[schema(format = Binary, value_type = String)]
    file: Vec<u8>,
}

/// Lists images, oldest first.
#[utoipa::path(get, path = "/call-link/1/images", operation_id = "get-images", tag = "Call links",
    params(SizePaging),
    responses((status = 200, body = ImagePage), (status = 400, body = ApiException)))]
async fn list(State(state): State<AppState>, caller: Caller, mut params: Params) -> Result<Json<ImagePage>, ApiError> {
    let page = params.size_page();
    params.done()?;
    let (rows, paging) = page.cut(state.store.link_images(caller.account).await?);
    Ok(Json(ImagePage { results: rows.into_iter().map(ImageResponse::from).collect(), paging }))
}

/// Uploads an image.
#[utoipa::path(post, path = "/call-link/1/images/upload/{type}", operation_id = "upload-image", tag = "Call links",
    params(("type" = ImageType, Path, description = "What the image is for.")),
    request_body(content = ImageUpload, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = ImageResponse),
        (status = 400, body = ApiException),
        (status = 404, body = ApiException, description = "There is no such type."),
    ))]
async fn upload(
    State(state): State<AppState>,
    caller: Caller,
    Path(kind): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Json<ImageResponse>), ApiError> {
    let kind = match kind.as_str() {
        "LOGO" => ImageType::Logo,
        "BACKGROUND" => ImageType::Background,
        other => {
            return Err(ApiError::not_found(format!("There are no images of the type '{other}': LOGO, BACKGROUND.")));
        }
    };
    let (name, content) = file_of(form, IMAGE_UPLOAD_MAX_BYTES).await?;
    let picture = check(kind, content.clone()).await?;
    let row = LinkImageRow {
        account: caller.account,
        id: LinkImageId::fresh(),
        name,
        kind,
        media_type: picture.format.media_type().to_owned(),
        width: picture.width,
        height: picture.height,
        bytes: content.len() as u64,
        created_at: state.clock.wall(),
    };
    if !state.store.create_link_image(&row, &content, LINK_IMAGES).await? {
        return Err(ApiError::bad_request(format!("There are {LINK_IMAGES} images already: delete one first.")));
    }
    Ok((StatusCode::CREATED, Json(row.into())))
}

async fn check(kind: ImageType, content: Bytes) -> Result<Picture, ApiError> {
    let bounds = match kind {
        ImageType::Logo => limits::LOGO,
        ImageType::Background => limits::BACKGROUND,
    };
    let _turn = DECODES.acquire().await.map_err(|error| ApiError::internal(&error))?;
    let checked = tokio::task::spawn_blocking(move || images::check(&content, bounds));
    let checked = checked.await.map_err(|error| ApiError::internal(&error))?;
    checked.map_err(|error| ApiError::invalid("file", error.to_string()))
}

async fn known(state: &AppState, caller: &Caller, id: &str) -> Result<LinkImageRow, ApiError> {
    let parsed: LinkImageId = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    state.store.link_image(caller.account, parsed).await?.ok_or_else(|| ApiError::unknown_id(id))
}

/// Reads what is known of an image.
#[utoipa::path(get, path = "/call-link/1/images/{id}", operation_id = "get-image", tag = "Call links",
    params(("id" = String, Path, description = "The image.")),
    responses((status = 200, body = ImageResponse), (status = 404, body = ApiException)))]
async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ImageResponse>, ApiError> {
    Ok(Json(known(&state, &caller, &id).await?.into()))
}

/// Deletes an image. Configurations that named it have none there.
#[utoipa::path(delete, path = "/call-link/1/images/{id}", operation_id = "delete-image", tag = "Call links",
    params(("id" = String, Path, description = "The image.")),
    responses((status = 200, body = ImageResponse), (status = 404, body = ApiException)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ImageResponse>, ApiError> {
    let row = known(&state, &caller, &id).await?;
    state.store.delete_link_image(caller.account, row.id).await?;
    Ok(Json(row.into()))
}

/// Refuses images that are not there, or are for something else.
pub(super) async fn check_chosen(state: &AppState, account: AccountId, images: &mut Images) -> Result<(), ApiError> {
    for (kind, name, image) in images.each() {
        let Some(id) = *image else { continue };
        if !is_there(state, account, id, kind).await? {
            let kind = if kind == ImageType::Logo { "LOGO" } else { "BACKGROUND" };
            let why = format!("There is no image '{id}' of the type {kind}: upload it first.");
            return Err(ApiError::invalid(&format!("theme.images.{name}"), why));
        }
    }
    Ok(())
}

/// Takes out images that have been deleted since they were chosen.
pub(super) async fn without_deleted(
    state: &AppState,
    account: AccountId,
    mut images: Images,
) -> Result<Images, ApiError> {
    for (kind, _, image) in images.each() {
        if let Some(id) = *image
            && !is_there(state, account, id, kind).await?
        {
            *image = None;
        }
    }
    Ok(images)
}

async fn is_there(state: &AppState, account: AccountId, id: LinkImageId, kind: ImageType) -> Result<bool, ApiError> {
    Ok(state.store.link_image(account, id).await?.is_some_and(|row| row.kind == kind))
}
