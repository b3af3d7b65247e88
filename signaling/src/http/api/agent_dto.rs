use crate::http::fields::Fields;
use crate::http::times;
use callcenter_core::command::NewAgent;
use callcenter_core::row::AgentRow;
use model::{AgentStatus, FoundStatus, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) const STATUS_NAMES: &str = "ACTIVE, BUSY, AWAY, INVISIBLE";
pub(super) const ROLE_NAMES: &str = "AGENT, SUPERVISOR";
const NAME_MAX: usize = 255;
/// RFC 5321 §4.5.3.1.3: a path has at most 256 octets, angle brackets included.
const EMAIL_MAX: usize = 254;

/// The roles that the API gives to agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum AgentRole {
    /// Takes calls.
    #[default]
    Agent,
    /// Takes calls and leads a team.
    Supervisor,
}

impl From<AgentRole> for Role {
    fn from(role: AgentRole) -> Self {
        match role {
            AgentRole::Agent => Self::Agent,
            AgentRole::Supervisor => Self::Supervisor,
        }
    }
}

impl From<Role> for AgentRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Agent => Self::Agent,
            Role::Supervisor | Role::Admin => Self::Supervisor,
        }
    }
}

/// An agent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AgentResponse {
    /// Also the agent's WebRTC identity.
    id: String,
    display_name: String,
    /// What the agent set.
    status: AgentStatus,
    /// The account's own status that the agent is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_name: Option<String>,
    /// What the system finds.
    availability: AgentStatus,
    /// What the system finds, in more words than the four groups have.
    found_status: FoundStatus,
    role: AgentRole,
    enabled: bool,
    /// Given when one agent is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// An agent with what the system finds of it.
pub(super) struct AgentView {
    pub(super) row: AgentRow,
    pub(super) availability: AgentStatus,
    pub(super) found: FoundStatus,
    /// Name of the account's own status that the agent is in.
    pub(super) status_name: Option<String>,
}

impl AgentResponse {
    pub(super) fn of(view: AgentView) -> Self {
        let AgentView { row, availability, found, status_name } = view;
        Self {
            id: row.id.to_string(),
            display_name: row.display_name,
            status: row.status,
            status_id: row.custom_status.map(|status| status.to_string()),
            status_name,
            availability,
            found_status: found,
            role: row.role.into(),
            enabled: row.enabled,
            email: None,
            created_at: times::text(row.created_at),
            updated_at: times::text(row.updated_at),
        }
    }

    pub(super) fn with_email(view: AgentView) -> Self {
        let email = view.row.email.clone();
        Self { email, ..Self::of(view) }
    }
}

/// Fields of an agent.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `read` reads")]
pub(super) struct AgentRequest {
    #[schema(max_length = 255)]
    display_name: String,
    status: AgentStatus,
    role: AgentRole,
    #[schema(default = true)]
    enabled: Option<bool>,
    /// For people to tell agents apart. Left out, it stays as it is.
    #[schema(max_length = 254)]
    email: Option<String>,
}

impl AgentRequest {
    /// The fields of a new agent, or with `known` new ones for that.
    pub(super) fn read(fields: &mut Fields, known: Option<&AgentRow>) -> NewAgent {
        let display_name = fields.required_text("displayName", NAME_MAX);
        let status = fields.required_one_of("status", STATUS_NAMES);
        let role: AgentRole = fields.required_one_of("role", ROLE_NAMES);
        let enabled = fields.flag("enabled").unwrap_or(true);
        let email = fields.text("email", 0..=EMAIL_MAX);
        if email.as_ref().is_some_and(|email| !email.contains('@')) {
            fields.reject("email", "must be a mail address");
        }
        let email = email.or_else(|| known.and_then(|row| row.email.clone()));
        NewAgent { display_name, email, role: role.into(), enabled, status }
    }
}

/// A page of agents.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AgentPage {
    pub(super) agents: Vec<AgentResponse>,
    pub(super) pagination: crate::http::params::Pagination,
}
