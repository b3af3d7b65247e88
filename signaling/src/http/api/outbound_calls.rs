//! `/ccaas/voice/2/outbound-call-conversation`

use super::done_by;
use crate::account::AccountError;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, StatusResponse};
use crate::http::fields::Fields;
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use callcenter_core::command::{Command, CommandError, OutboundCommand, Reply};
use model::AgentId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

const FROM_MAX: usize = 255;
const IDENTITY_MAX: usize = 64;
const CLIENT_TYPES: &str = "PSTN, WEBRTC, WHATSAPP, VIBER, LIVE_CHAT";

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::CreateOutboundConversation, routes!(create))
}

/// Who is going to call whom.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", as = OutboundCallConversationRequest)]
#[expect(dead_code, reason = "describes what `create` reads")]
struct OutboundRequest {
    /// As what the contact center calls; comes back as it is.
    #[schema(min_length = 1, max_length = 255)]
    from: String,
    /// The customer's identity: 3 to 64 characters.
    #[schema(min_length = 3, max_length = 64)]
    to: String,
    agent_id: String,
    /// This release calls `WEBRTC` alone.
    #[schema(default = "PSTN")]
    voice_client_type: Option<VoiceClientType>,
}

/// What the customer is reached by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum VoiceClientType {
    Pstn,
    Webrtc,
    Whatsapp,
    Viber,
    LiveChat,
}

/// The conversation in which the call will be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OutboundCallConversationResponse)]
struct OutboundResponse {
    from: String,
    to: String,
    /// For `customData` of the call that the agent's page starts.
    conversation_id: String,
    agent_id: String,
}

/// Makes the conversation in which an agent is going to call a customer, or finds the open one. The agent's page then
/// starts the call with its id.
#[utoipa::path(post, path = "/ccaas/voice/2/outbound-call-conversation",
    operation_id = "create-conversation-outbound-call", tag = "Outbound calls",
    request_body = OutboundRequest,
    responses((status = 200, body = OutboundResponse), (status = 400, body = StatusResponse)))]
async fn create(
    State(state): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Json<OutboundResponse>, ApiError> {
    let from = fields.required_text("from", FROM_MAX);
    let to = fields.required_text("to", IDENTITY_MAX);
    let named = fields.required_text("agentId", FROM_MAX);
    let client = fields.one_of::<VoiceClientType>("voiceClientType", CLIENT_TYPES).unwrap_or(VoiceClientType::Pstn);
    if client != VoiceClientType::Webrtc {
        fields
            .reject("voiceClientType", "only WEBRTC is supported by this release: name the customer's identity in to");
    }
    fields.done()?;
    let unknown = || ApiError::bad_request(format!("No agent found with id={named}"));
    let agent: AgentId = named.parse().map_err(|_| unknown())?;
    if caller.narrowed()?.is_some_and(|own| own != agent) {
        return Err(ApiError::forbidden("You can call as your own agent alone."));
    }
    let command = Command::Outbound(OutboundCommand::Open { agent, identity: to.clone() });
    match done_by(&state, &caller, command).await {
        Ok(Reply::Conversation(row)) => {
            Ok(Json(OutboundResponse { from, to, conversation_id: row.id.to_string(), agent_id: agent.to_string() }))
        }
        Ok(_) => Err(super::unexpected_reply()),
        Err(AccountError::Refused(CommandError::UnknownAgent(_))) => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}
