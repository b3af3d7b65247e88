//! Files that come in a form.

use crate::http::errors::ApiError;
use crate::http::limits::UPLOAD_NAME_CHARS;
use axum::body::Bytes;
use axum::extract::Multipart;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::http::StatusCode;

/// The form's field `file` with its name, without folders. `most_bytes` is what the route takes, for the refusal.
pub(super) async fn file_of(
    form: Result<Multipart, MultipartRejection>,
    most_bytes: usize,
) -> Result<(String, Bytes), ApiError> {
    let mut form = form.map_err(|_| ApiError::unsupported_media_type("multipart/form-data"))?;
    let unreadable = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(most_bytes),
        _ => ApiError::bad_request(format!("The form cannot be read: {}.", error.body_text())),
    };
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        if name.is_empty() || name.chars().count() > UPLOAD_NAME_CHARS {
            let why = format!("needs a file name of 1 to {UPLOAD_NAME_CHARS} characters");
            return Err(ApiError::invalid("file", why));
        }
        return Ok((name, field.bytes().await.map_err(unreadable)?));
    }
    Err(ApiError::invalid("file", "must not be null"))
}
