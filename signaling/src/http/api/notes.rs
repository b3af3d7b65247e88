//! `/ccaas/1/conversations/{conversationId}/notes`

use super::conversations::open_conversation;
use super::{conversation, done_by};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException};
use crate::http::fields::Fields;
use crate::http::params::{LimitPaging, Pagination, Params};
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::{Command, CommandError, Reply};
use callcenter_core::row::{NoteKind, NoteRow};
use model::AgentId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::routes;

const CONTENT_MAX: usize = 4000;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListNotes, routes!(list))
        .on(Operation::AddNote, routes!(add))
        .on(Operation::ReadNote, routes!(get))
}

/// A note.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Note {
    id: String,
    conversation_id: String,
    /// Its author; absent for notes of programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<String>,
    #[schema(max_length = 4000)]
    content: String,
    r#type: NoteType,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// Kinds of notes.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum NoteType {
    /// For colleagues.
    Internal,
    /// The address of a file.
    Attachment,
}

impl From<NoteKind> for NoteType {
    fn from(kind: NoteKind) -> Self {
        match kind {
            NoteKind::Internal => Self::Internal,
            NoteKind::Attachment => Self::Attachment,
        }
    }
}

impl From<NoteRow> for Note {
    fn from(row: NoteRow) -> Self {
        Self {
            id: row.id.to_string(),
            conversation_id: row.conversation.to_string(),
            agent_id: row.agent.map(|id| id.to_string()),
            content: row.content,
            r#type: row.kind.into(),
            created_at: times::text(row.created_at),
            updated_at: times::text(row.updated_at),
        }
    }
}

/// A page of notes.
#[derive(Debug, Serialize, ToSchema)]
struct NotePage {
    notes: Vec<Note>,
    pagination: Pagination,
}

/// A new note.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `add` reads")]
struct CreateNoteRequest {
    #[schema(default = "INTERNAL")]
    r#type: Option<NoteType>,
    /// `{"text"}` for a text, `{"url"}` for the address of a file; or that text or address itself.
    #[schema(value_type = Object)]
    content: Value,
    /// The author, where a program writes in an agent's name.
    #[schema(max_length = 255)]
    agent_id: Option<String>,
}

/// Lists the notes of a conversation.
#[utoipa::path(get, path = "/ccaas/1/conversations/{conversationId}/notes", operation_id = "get-notes", tag = "Notes",
    params(("conversationId" = String, Path, description = "The conversation."), LimitPaging),
    responses((status = 200, body = NotePage), (status = 400, body = ApiException)))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Json<NotePage>, ApiError> {
    let row = conversation(&state, &caller, &id).await?;
    let request = params.limit_page();
    params.done()?;
    let page = state.store.notes(caller.account, row.id, request).await?;
    let notes = page.items.into_iter().map(Note::from).collect();
    Ok(Json(NotePage { notes, pagination: Pagination::of(&request, page.total) }))
}

/// Writes a note. A signed-in person writes in their own name. Closed conversations take no notes.
#[utoipa::path(post, path = "/ccaas/1/conversations/{conversationId}/notes", operation_id = "create-note",
    tag = "Notes",
    params(("conversationId" = String, Path, description = "The conversation.")),
    request_body = CreateNoteRequest,
    responses((status = 200, body = Note), (status = 400, body = ApiException)))]
async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<Note>, ApiError> {
    let row = open_conversation(&state, &caller, &id).await?;
    let kind = fields.one_of("type", "INTERNAL, ATTACHMENT").unwrap_or_default();
    let content = content(&mut fields, kind);
    let named: Option<AgentId> = fields.id("agentId");
    fields.done()?;
    let agent = match (caller.own_agent(), named) {
        (Some(own), Some(named)) if own != named => {
            return Err(ApiError::forbidden("Notes are written in one's own name."));
        }
        (own, named) => own.or(named),
    };
    let command = Command::AddNote { conversation: row.id, agent, kind, content };
    let reply = done_by(&state, &caller, command).await.map_err(|error| match error {
        crate::account::AccountError::Refused(CommandError::UnknownAgent(_)) => {
            ApiError::invalid("agentId", error.to_string())
        }
        error => error.into(),
    })?;
    let Reply::Note(note) = reply else { return Err(super::unexpected_reply()) };
    Ok(Json(Note::from(*note)))
}

fn content(fields: &mut Fields, kind: NoteKind) -> String {
    let name = match kind {
        NoteKind::Internal => "text",
        NoteKind::Attachment => "url",
    };
    let is_object = matches!(fields.raw("content"), Some(Value::Object(_)));
    let content = if is_object {
        fields.object("content", |content| content.required_text(name, CONTENT_MAX)).unwrap_or_default()
    } else {
        fields.required_text("content", CONTENT_MAX)
    };
    let is_address = ["https://", "http://"].iter().any(|scheme| content.starts_with(scheme));
    if kind == NoteKind::Attachment && !content.is_empty() && !is_address {
        let field = if is_object { "content.url" } else { "content" };
        fields.reject(field, "must be an address that begins with https:// or http://");
    }
    content
}

/// Reads a note.
#[utoipa::path(get, path = "/ccaas/1/conversations/{conversationId}/notes/{noteId}", operation_id = "get-note",
    tag = "Notes",
    params(
        ("conversationId" = String, Path, description = "The conversation."),
        ("noteId" = String, Path, description = "The note."),
    ),
    responses((status = 200, body = Note), (status = 400, body = ApiException)))]
async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, note)): Path<(String, String)>,
) -> Result<Json<Note>, ApiError> {
    let row = conversation(&state, &caller, &id).await?;
    let parsed = note.parse().map_err(|_| ApiError::unknown_id(&note))?;
    let found = state.store.note(caller.account, row.id, parsed).await?;
    found.map(|note| Json(note.into())).ok_or_else(|| ApiError::unknown_id(&note))
}
