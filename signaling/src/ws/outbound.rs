//! An agent's page calls a customer; the customer's page answers.

use super::{
    errors,
    requests::{self, Beginning, Begun, Context},
};
use crate::{
    account::AccountHandle,
    hub::{Hub, Seat},
};
use callcenter_core::command::{Command, NewOutboundCall, OutboundCommand, Reply};
use model::{AccountId, AgentId, CallMedia, ConversationId, LegId};
use std::collections::BTreeMap;
use wire::browser::{CallError, ServerMessage};

/// Where an agent's page says which conversation the call belongs to. Both spellings are in use.
const CONVERSATION: [&str; 2] = ["conversationId", "conversationsID"];
/// Where it says what the customer is reached by.
const CLIENT_TYPE: &str = "calleeClientType";

/// Starts the call of a conversation that was made for it.
pub(super) fn place_call(
    context: &Context,
    request: u64,
    agent: AgentId,
    media: CallMedia,
    offer: String,
    custom_data: BTreeMap<String, String>,
) -> Beginning {
    let conversation = conversation_in(&custom_data)?;
    requests::check_size(&offer)?;
    let (state, handle) = (context.state.clone(), context.presence.handle.clone());
    let account = context.presence.account;
    requests::carry_out(context, request, true, async move {
        let reachable = is_reachable(&handle, &state.hub, account, conversation).await?;
        let call = NewOutboundCall { agent, conversation, reachable, media, custom_data };
        let answer = handle
            .submit(Command::Outbound(OutboundCommand::Place(call)))
            .map_err(|error| errors::of_account(&error))?;
        let Reply::CallStarted { call, leg } = requests::wait(answer).await? else {
            return Err(errors::UNKNOWN.to_error());
        };
        let answer = requests::join(&state, &handle, call.id, leg, offer).await?;
        Ok(ServerMessage::CallStarted { request, call: call.id, conversation: call.conversation, leg, answer })
    });
    Ok(Begun::Waiting)
}

fn conversation_in(custom_data: &BTreeMap<String, String>) -> Result<ConversationId, CallError> {
    let named = |name: &&str| custom_data.get(*name).and_then(|text| text.parse().ok());
    if custom_data.get(CLIENT_TYPE).is_some_and(|kind| !kind.eq_ignore_ascii_case("WEBRTC")) {
        let why = "calleeClientType must be WEBRTC: this release calls no telephones";
        return Err(errors::told(errors::FEATURE_UNAVAILABLE, why));
    }
    CONVERSATION.iter().find_map(named).ok_or_else(|| {
        let why = "custom_data needs the conversationId of POST /ccaas/voice/2/outbound-call-conversation";
        errors::told(errors::INVALID_REQUEST, why)
    })
}

/// Whether a page of the conversation's customer is connected.
async fn is_reachable(
    handle: &AccountHandle,
    hub: &Hub,
    account: AccountId,
    conversation: ConversationId,
) -> Result<bool, CallError> {
    let identity = handle
        .query(move |core, _| {
            let customer = core.conversation(conversation)?.customer?;
            core.customer(customer).map(|row| row.identity.clone())
        })
        .await
        .map_err(|error| errors::of_account(&error))?;
    Ok(identity.is_some_and(|identity| hub.is_taken(account, &Seat::Customer(identity))))
}

/// Who answers by this seat.
pub(super) fn accepting(seat: &Seat, leg: LegId) -> Command {
    match seat {
        Seat::Agent(agent) => Command::Accept { agent: *agent, leg },
        Seat::Customer(_) => Command::Outbound(OutboundCommand::Accept { leg }),
    }
}

/// Who declines by this seat.
pub(super) fn declining(seat: &Seat, leg: LegId) -> Command {
    match seat {
        Seat::Agent(agent) => Command::Decline { agent: *agent, leg },
        Seat::Customer(_) => Command::Outbound(OutboundCommand::Decline { leg }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conversation_is_named_in_either_spelling() {
        let data = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>()
        };
        let id = ConversationId::of(7);
        let text = id.to_string();
        assert_eq!(conversation_in(&data(&[("conversationId", &text), ("calleeClientType", "WebRTC")])), Ok(id));
        assert_eq!(conversation_in(&data(&[("conversationsID", &text)])), Ok(id));
        let name = |pairs: &[(&str, &str)]| conversation_in(&data(pairs)).expect_err("refused").name;
        assert_eq!(name(&[("conversationId", "x")]), "INVALID_REQUEST");
        assert_eq!(name(&[("conversationId", &text), ("calleeClientType", "PSTN")]), "FEATURE_UNAVAILABLE");
    }
}
