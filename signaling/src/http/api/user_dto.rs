use crate::auth::limits::{PASSWORD_MAX_BYTES, PASSWORD_MIN_CHARS};
use crate::http::fields::Fields;
use crate::http::params::Pagination;
use crate::http::times;
use model::{AgentId, Role};
use serde::Serialize;
use store::UserRow;
use utoipa::ToSchema;

const DISPLAY_NAME_MAX: usize = 255;

/// A person who signs in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    id: String,
    /// Name to sign in with.
    name: String,
    display_name: String,
    role: Role,
    /// The agent that the person works as.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<String>,
    enabled: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.login,
            display_name: row.display_name,
            role: row.role,
            agent_id: row.agent.map(|id| id.to_string()),
            enabled: row.enabled,
            created_at: times::text(row.created_at),
            updated_at: times::text(row.updated_at),
        }
    }
}

/// A page of people.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UserPage {
    pub(super) users: Vec<User>,
    pub(super) pagination: Pagination,
}

/// A new sign-in.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what is read")]
pub(super) struct CreateUserRequest {
    /// Name to sign in with, in any case; unique on this server.
    #[schema(max_length = 255)]
    name: String,
    #[schema(min_length = 8, max_length = 1024, format = Password)]
    password: String,
    #[schema(max_length = 255)]
    display_name: String,
    role: Role,
    /// The agent that the person works as.
    #[schema(max_length = 255)]
    agent_id: Option<String>,
    #[schema(default = true)]
    enabled: Option<bool>,
}

/// New fields of a sign-in.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what is read")]
pub(super) struct UpdateUserRequest {
    #[schema(max_length = 255)]
    display_name: String,
    role: Role,
    /// The agent that the person works as; none when left out.
    #[schema(max_length = 255)]
    agent_id: Option<String>,
    #[schema(default = true)]
    enabled: Option<bool>,
}

/// A new password.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what is read")]
pub(super) struct PasswordRequest {
    #[schema(min_length = 8, max_length = 1024, format = Password)]
    password: String,
}

pub(super) struct NewUser {
    pub(super) display_name: String,
    pub(super) role: Role,
    pub(super) agent: Option<AgentId>,
    pub(super) enabled: bool,
}

pub(super) fn read(fields: &mut Fields) -> NewUser {
    let display_name = fields.required_text("displayName", DISPLAY_NAME_MAX);
    fields.require("role");
    NewUser {
        display_name,
        role: fields.one_of("role", "AGENT, SUPERVISOR, ADMIN").unwrap_or(Role::Agent),
        agent: fields.id("agentId"),
        enabled: fields.flag("enabled").unwrap_or(true),
    }
}

pub(super) fn read_password(fields: &mut Fields) -> String {
    let password = fields.required_text("password", PASSWORD_MAX_BYTES);
    if !password.trim().is_empty() && password.chars().count() < PASSWORD_MIN_CHARS {
        fields.reject("password", format!("must have at least {PASSWORD_MIN_CHARS} characters"));
    }
    if password.len() > PASSWORD_MAX_BYTES {
        fields.reject("password", format!("must have at most {PASSWORD_MAX_BYTES} bytes"));
    }
    password
}
