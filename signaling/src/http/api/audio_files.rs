//! `/ccaas/voice/2/audio-files`: what people upload to be played.

use super::call_center;
use super::upload::file_of;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException, StatusResponse};
use crate::http::limits::{AUDIO_DECODES, AUDIO_FILES, UPLOAD_MAX_BYTES};
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use model::AudioFileId;
use prompts::{Prompt, PromptError};
use serde::Serialize;
use store::AudioFileRow;
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use utoipa_axum::router::UtoipaMethodRouterExt;
use utoipa_axum::routes;

/// Decoding takes a core for up to seconds: uploads take turns, so that calls have the others.
static DECODES: Semaphore = Semaphore::const_new(AUDIO_DECODES);

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListAudioFiles, routes!(list))
        .on(Operation::UploadAudioFile, routes!(upload).layer(DefaultBodyLimit::max(UPLOAD_MAX_BYTES)))
        .on(Operation::ReadAudioFile, routes!(get))
        .on(Operation::PlayAudioFile, routes!(content))
        .on(Operation::DeleteAudioFile, routes!(delete))
}

/// An uploaded audio file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AudioFile {
    /// The `fileDescriptor` of messages and music.
    id: String,
    name: String,
    /// Size of the file.
    size_bytes: u64,
    duration_ms: u64,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<AudioFileRow> for AudioFile {
    fn from(row: AudioFileRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            size_bytes: row.bytes,
            duration_ms: row.duration_ms,
            created_at: times::text(row.created_at),
        }
    }
}

/// All uploaded audio files.
#[derive(Debug, Serialize, ToSchema)]
struct AudioFiles {
    elements: Vec<AudioFile>,
}

/// A form with one file.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `upload` reads")]
struct AudioFileUpload {
    /// Up to 4 MB and ten minutes: .wav, .mp3, .m4a, .m4r, .mp2, .ircam, .voc or .vox, by the end of its name.
    #[schema(format = Binary, value_type = String)]
    file: Vec<u8>,
}

/// Lists audio files, oldest first.
#[utoipa::path(get, path = "/ccaas/voice/2/audio-files", operation_id = "get-audio-files", tag = "Audio files",
    responses((status = 200, body = AudioFiles)))]
async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<AudioFiles>, ApiError> {
    let rows = state.store.audio_files(caller.account).await?;
    Ok(Json(AudioFiles { elements: rows.into_iter().map(AudioFile::from).collect() }))
}

/// Uploads an audio file.
#[utoipa::path(post, path = "/ccaas/voice/2/audio-files", operation_id = "upload-audio-file", tag = "Audio files",
    request_body(content = AudioFileUpload, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = AudioFile),
        (status = 400, body = StatusResponse),
        (status = 413, body = ApiException),
    ))]
async fn upload(
    State(state): State<AppState>,
    caller: Caller,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<AudioFile>, ApiError> {
    let (name, content) = file_of(form, UPLOAD_MAX_BYTES).await?;
    let (name, content, prompt) = decode(name, content).await?;
    let duration_ms = u64::try_from(prompt.duration().as_millis()).unwrap_or(u64::MAX);
    let row = AudioFileRow {
        account: caller.account,
        id: AudioFileId::fresh(),
        name,
        bytes: content.len() as u64,
        duration_ms,
        created_at: state.clock.wall(),
    };
    if !state.store.create_audio_file(&row, &content, &prompt.to_bytes(), AUDIO_FILES).await? {
        return Err(ApiError::bad_request(format!("There are {AUDIO_FILES} audio files already: delete one first.")));
    }
    Ok(Json(row.into()))
}

async fn decode(name: String, content: Bytes) -> Result<(String, Bytes, Prompt), ApiError> {
    let _turn = DECODES.acquire().await.map_err(|error| ApiError::internal(&error))?;
    let decoded = tokio::task::spawn_blocking(move || {
        let prompt = prompts::from_file(&name, &content)?;
        Ok((name, content, prompt))
    });
    let decoded: Result<_, PromptError> = decoded.await.map_err(|error| ApiError::internal(&error))?;
    decoded.map_err(|error| ApiError::invalid("file", error.to_string()))
}

async fn known(state: &AppState, caller: &Caller, id: &str) -> Result<AudioFileRow, ApiError> {
    let parsed: AudioFileId = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    state.store.audio_file(caller.account, parsed).await?.ok_or_else(|| ApiError::unknown_id(id))
}

/// Reads what is known of an audio file.
#[utoipa::path(get, path = "/ccaas/voice/2/audio-files/{id}", operation_id = "get-audio-file", tag = "Audio files",
    params(("id" = String, Path, description = "The file.")),
    responses((status = 200, body = AudioFile), (status = 404, body = ApiException)))]
async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<AudioFile>, ApiError> {
    Ok(Json(known(&state, &caller, &id).await?.into()))
}

/// Downloads an audio file as it was uploaded.
#[utoipa::path(get, path = "/ccaas/voice/2/audio-files/{id}/content", operation_id = "download-audio-file",
    tag = "Audio files",
    params(("id" = String, Path, description = "The file.")),
    responses(
        (status = 200, description = "The file.", content_type = "application/octet-stream"),
        (status = 404, body = ApiException),
    ))]
async fn content(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Response, ApiError> {
    let row = known(&state, &caller, &id).await?;
    let content = state.store.audio_file_content(caller.account, row.id).await?;
    let content = content.ok_or_else(|| ApiError::unknown_id(&id))?;
    Ok(([(CONTENT_TYPE, media_type(&row.name))], content).into_response())
}

/// What browsers play is named; the rest is for saving.
fn media_type(name: &str) -> &'static str {
    let end = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match end.as_str() {
        "wav" => "audio/wav",
        "mp3" | "mp2" => "audio/mpeg",
        "m4a" | "m4r" => "audio/mp4",
        _ => "application/octet-stream",
    }
}

/// Deletes an audio file that nothing plays.
#[utoipa::path(delete, path = "/ccaas/voice/2/audio-files/{id}", operation_id = "delete-audio-file",
    tag = "Audio files",
    params(("id" = String, Path, description = "The file.")),
    responses(
        (status = 200, body = StatusResponse),
        (status = 404, body = ApiException),
        (status = 409, body = ApiException),
    ))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatusResponse>, ApiError> {
    let row = known(&state, &caller, &id).await?;
    let file = row.id;
    if call_center(&state, caller.account)?.query(move |core, _| core.plays_file(file)).await? {
        return Err(ApiError::conflict(
            "Callers hear this audio file: choose another where it is set, and delete it then.",
        ));
    }
    state.store.delete_audio_file(caller.account, file).await?;
    Ok(StatusResponse::success("Audio file deleted successfully."))
}
