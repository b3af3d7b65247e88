//! What a page asks, and who may.

use super::{connection::Completed, errors, outbound, presence::Presence};
use crate::{
    account::{AccountError, AccountHandle},
    auth::tokens::TokenClaims,
    directory::LegEntry,
    hub::Seat,
    limits,
    state::AppState,
};
use callcenter_core::command::{Command, NewCall, Reply};
use model::{CallId, ConversationId, LegId};
use serde_json::Value;
use std::future::Future;
use tokio::sync::mpsc;
use wire::{
    browser::{CallError, ClientMessage, LegPhase, OfferReason, ServerMessage, TransferTarget},
    engine,
};

/// What requests of one page need.
pub(super) struct Context {
    pub(super) state: AppState,
    pub(super) presence: Presence,
    pub(super) claims: TokenClaims,
    /// Boxed as in [`crate::hub::Seated`].
    pub(super) complete: mpsc::Sender<Box<Completed>>,
}

/// What became of a message at once.
pub(super) enum Begun {
    Nothing,
    Answer(Box<ServerMessage>),
    /// A [`Completed`] will come.
    Waiting,
    Refused(Option<u64>, Box<CallError>),
}

/// A text that is no message.
pub(super) struct Unreadable {
    pub(super) request: Option<u64>,
    pub(super) error: CallError,
    /// It may be one of a later release: no fault of the client's.
    pub(super) is_newer: bool,
}

const TYPES: [&str; 12] = [
    "hello",
    "ping",
    "start_call",
    "accept",
    "decline",
    "hangup",
    "hold",
    "resume",
    "transfer",
    "offer",
    "set_media",
    "network_quality_changed",
];

pub(super) fn parse(text: &str) -> Result<ClientMessage, Unreadable> {
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => return Err(unreadable(None, &format!("This is not JSON: {error}"), false)),
    };
    let request = value.get("request").and_then(Value::as_u64);
    let Some(kind) = value.get("type").and_then(Value::as_str) else {
        return Err(unreadable(request, "A message is a JSON object with a type", false));
    };
    if !TYPES.contains(&kind) {
        let kind: String = kind.chars().take(64).collect();
        return Err(unreadable(request, &format!("unsupported: this server knows no message of type {kind}"), true));
    }
    let kind = kind.to_owned();
    serde_json::from_value(value).map_err(|error| unreadable(request, &format!("This is no {kind}: {error}"), false))
}

fn unreadable(request: Option<u64>, what: &str, is_newer: bool) -> Unreadable {
    Unreadable { request, error: errors::told(errors::INVALID_REQUEST, what), is_newer }
}

/// The number of the request in a text that is not read further.
pub(super) fn number_in(text: &str) -> Option<u64> {
    let value: Value = serde_json::from_str(text).ok()?;
    value.get("request").and_then(Value::as_u64)
}

/// The number under which a message is answered.
pub(super) fn number_of(message: &ClientMessage) -> Option<u64> {
    match message {
        ClientMessage::StartCall { request, .. }
        | ClientMessage::Accept { request, .. }
        | ClientMessage::Decline { request, .. }
        | ClientMessage::Hangup { request, .. }
        | ClientMessage::Hold { request, .. }
        | ClientMessage::Resume { request, .. }
        | ClientMessage::Transfer { request, .. }
        | ClientMessage::Offer { request, .. } => Some(*request),
        ClientMessage::Hello { .. }
        | ClientMessage::Ping { .. }
        | ClientMessage::SetMedia { .. }
        | ClientMessage::NetworkQualityChanged { .. } => None,
    }
}

/// Whether the message is answered once it was carried out.
pub(super) fn is_request(message: &ClientMessage) -> bool {
    number_of(message).is_some()
}

/// Checks who asks, hands the command to the call center in the order of the page's messages, and leaves the rest to a
/// task of its own: a page that goes away does not stop half-way what it asked for.
pub(super) fn begin(context: &Context, message: ClientMessage) -> Begun {
    let request = number_of(&message);
    let begun = match message {
        ClientMessage::Hello { .. } => Err(errors::told(errors::INVALID_REQUEST, "Hello was said already")),
        ClientMessage::Ping { sequence } => Ok(ping(context, sequence)),
        ClientMessage::StartCall { request, media, offer, custom_data } => match context.presence.seat {
            Seat::Agent(agent) => outbound::place_call(context, request, agent, media, offer, custom_data),
            Seat::Customer(_) => {
                let call = context.claims.link.map(|link| NewCall {
                    link,
                    identity: context.claims.identity.clone(),
                    display_name: context.claims.display_name.clone(),
                    media,
                    custom_data,
                });
                start_call(context, request, call, offer)
            }
        },
        ClientMessage::Accept { request, leg, offer } => accept(context, request, leg, offer),
        ClientMessage::Decline { request, leg } => decline(context, request, leg),
        ClientMessage::Hangup { request, leg } => hang_up(context, request, leg),
        ClientMessage::Hold { request, leg } => of_agents_call(context, request, leg, Command::Hold { leg }),
        ClientMessage::Resume { request, leg } => of_agents_call(context, request, leg, Command::Resume { leg }),
        ClientMessage::Transfer { request, leg, to } => {
            let command = match to {
                TransferTarget::Agent(to) => Command::TransferToAgent { leg, to },
                TransferTarget::Queue(to) => Command::TransferToQueue { leg, to },
            };
            of_agents_call(context, request, leg, command)
        }
        ClientMessage::Offer { request, leg, reason, sdp } => offer(context, request, leg, reason, sdp),
        ClientMessage::SetMedia { leg, media } => own_leg(context, leg).and_then(|_| {
            let submitted = context.presence.handle.submit(Command::SetMedia { leg, media });
            submitted.map(|_| Begun::Nothing).map_err(|error| errors::of_account(&error))
        }),
        ClientMessage::NetworkQualityChanged { leg, network_quality } => {
            network_quality_changed(context, leg, network_quality)
        }
    };
    begun.unwrap_or_else(|error| Begun::Refused(request, Box::new(error)))
}

pub(super) type Beginning = Result<Begun, CallError>;

fn ping(context: &Context, sequence: u64) -> Begun {
    if let Seat::Agent(agent) = context.presence.seat {
        // One that is not taken is followed by the next.
        let _ = context.presence.handle.submit(Command::Heartbeat { agent });
    }
    Begun::Answer(Box::new(ServerMessage::Pong { sequence }))
}

fn start_call(context: &Context, request: u64, call: Option<NewCall>, offer: String) -> Beginning {
    let call = call.ok_or_else(|| errors::told(errors::FORBIDDEN, "The token is not from a call link"))?;
    check_size(&offer)?;
    let answer = submit(context, Command::StartCall(call))?;
    let (state, handle) = (context.state.clone(), context.presence.handle.clone());
    carry_out(context, request, true, async move {
        let Reply::CallStarted { call, leg } = wait(answer).await? else {
            return Err(errors::UNKNOWN.to_error());
        };
        let answer = join(&state, &handle, call.id, leg, offer).await?;
        Ok(call_started(request, call.id, call.conversation, leg, answer))
    });
    Ok(Begun::Waiting)
}

fn call_started(request: u64, call: CallId, conversation: ConversationId, leg: LegId, answer: String) -> ServerMessage {
    ServerMessage::CallStarted { request, call, conversation, leg, answer }
}

fn accept(context: &Context, request: u64, leg: LegId, offer: String) -> Beginning {
    own_leg(context, leg)?;
    check_size(&offer)?;
    let answer = submit(context, outbound::accepting(&context.presence.seat, leg))?;
    let (state, handle) = (context.state.clone(), context.presence.handle.clone());
    carry_out(context, request, false, async move {
        let Reply::Accepted { call, leg } = wait(answer).await? else {
            return Err(errors::UNKNOWN.to_error());
        };
        let sdp = join(&state, &handle, call, leg, offer).await?;
        Ok(ServerMessage::Answer { request, leg, sdp })
    });
    Ok(Begun::Waiting)
}

fn decline(context: &Context, request: u64, leg: LegId) -> Beginning {
    own_leg(context, leg)?;
    let answer = submit(context, outbound::declining(&context.presence.seat, leg))?;
    carry_out(context, request, false, async move { wait(answer).await.map(|_| ServerMessage::Done { request }) });
    Ok(Begun::Waiting)
}

fn hang_up(context: &Context, request: u64, leg: LegId) -> Beginning {
    own_leg(context, leg)?;
    let answer = submit(context, Command::Hangup { leg })?;
    carry_out(context, request, false, async move { wait(answer).await.map(|_| ServerMessage::Done { request }) });
    Ok(Begun::Waiting)
}

/// Hold, resume and transfer.
fn of_agents_call(context: &Context, request: u64, leg: LegId, command: Command) -> Beginning {
    if !matches!(context.presence.seat, Seat::Agent(_)) {
        return Err(errors::told(errors::FORBIDDEN, "Calls are held and transferred by agents"));
    }
    own_leg(context, leg)?;
    let answer = submit(context, command)?;
    carry_out(context, request, false, async move {
        let reply = answer.await.unwrap_or(Err(AccountError::Unavailable));
        reply.map(|_| ServerMessage::Done { request }).map_err(|error| errors::of_agents_call(&error))
    });
    Ok(Begun::Waiting)
}

fn offer(context: &Context, request: u64, leg: LegId, reason: OfferReason, sdp: String) -> Beginning {
    let entry = own_leg(context, leg)?;
    check_size(&sdp)?;
    let (state, handle) = (context.state.clone(), context.presence.handle.clone());
    carry_out(context, request, false, async move {
        answered_leg(&handle, leg).await?;
        let command = match reason {
            OfferReason::IceRestart | OfferReason::Renegotiate => engine::Command::Negotiate { leg, offer: sdp },
            OfferReason::Rejoin => engine::Command::AddLeg { room: entry.call, leg, offer: sdp },
        };
        let sdp = state.engine.negotiate(command).await.map_err(|error| errors::of_negotiation(&error))?;
        Ok(ServerMessage::Answer { request, leg, sdp })
    });
    Ok(Begun::Waiting)
}

/// A ringing leg has no place in the engine before it was answered.
async fn answered_leg(handle: &AccountHandle, leg: LegId) -> Result<(), CallError> {
    let phase = handle.query(move |core, _| core.leg(leg).map(|row| row.phase)).await;
    match phase.map_err(|error| errors::of_account(&error))? {
        None | Some(LegPhase::Finished) => Err(errors::unknown_leg()),
        Some(LegPhase::Ringing) => Err(errors::told(errors::INVALID_REQUEST, "Accept the call before offering again")),
        Some(LegPhase::Waiting | LegPhase::Connecting | LegPhase::Established) => Ok(()),
    }
}

fn network_quality_changed(context: &Context, leg: LegId, network_quality: u8) -> Beginning {
    let entry = own_leg(context, leg)?;
    if !(1..=5).contains(&network_quality) {
        return Err(errors::told(errors::INVALID_REQUEST, "network_quality is 1 to 5"));
    }
    let (directory, hub) = (context.state.directory.clone(), context.state.hub.clone());
    let told = context.presence.handle.look(move |core, _| {
        let other = core.legs_of(entry.call).find(|row| row.id != leg).map(|row| row.id);
        if let Some((other, seat)) = other.and_then(|other| Some((other, directory.leg(other)?.seat))) {
            hub.tell(entry.account, &seat, ServerMessage::RemoteNetworkQuality { leg: other, network_quality });
        }
    });
    told.map(|()| Begun::Nothing).map_err(|error| errors::of_account(&error))
}

/// The leg, if it is live and the page's own.
fn own_leg(context: &Context, leg: LegId) -> Result<LegEntry, CallError> {
    let entry = context.state.directory.leg(leg);
    entry
        .filter(|entry| entry.account == context.presence.account && entry.seat == context.presence.seat)
        .ok_or_else(errors::unknown_leg)
}

pub(super) fn check_size(sdp: &str) -> Result<(), CallError> {
    if sdp.len() > limits::SDP_BYTES { Err(errors::offer_too_large()) } else { Ok(()) }
}

fn submit(context: &Context, command: Command) -> Result<crate::account::Answer, CallError> {
    context.presence.handle.submit(command).map_err(|error| errors::of_account(&error))
}

pub(super) async fn wait(answer: crate::account::Answer) -> Result<Reply, CallError> {
    answer.await.unwrap_or(Err(AccountError::Unavailable)).map_err(|error| errors::of_account(&error))
}

/// Adds a leg to the engine. If that refuses, the call center is told, so that nobody waits for media.
pub(super) async fn join(
    state: &AppState,
    handle: &AccountHandle,
    room: CallId,
    leg: LegId,
    offer: String,
) -> Result<String, CallError> {
    match state.engine.negotiate(engine::Command::AddLeg { room, leg, offer }).await {
        Ok(sdp) => Ok(sdp),
        Err(error) => {
            tracing::info!(%leg, %error, "a leg could not join");
            let refused = Command::LegRefused { leg, reason: error.to_string() };
            if let Err(error) = handle.handle(refused).await {
                tracing::debug!(%leg, %error, "the call ended meanwhile");
            }
            Err(errors::of_negotiation(&error))
        }
    }
}

pub(super) fn carry_out(
    context: &Context,
    request: u64,
    was_start: bool,
    work: impl Future<Output = Result<ServerMessage, CallError>> + Send + 'static,
) {
    let complete = context.complete.clone();
    tokio::spawn(async move {
        let answer = work.await.unwrap_or_else(|error| ServerMessage::Error { request: Some(request), error });
        // A page that has gone needs no answer.
        let _ = complete.send(Box::new(Completed { answer, was_start })).await;
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_of_the_schema_is_known() {
        let schema = serde_json::to_value(schemars::schema_for!(ClientMessage)).expect("a schema is JSON");
        let named =
            schema["oneOf"].as_array().expect("an enum").iter().map(|one| one["properties"]["type"]["const"].clone());
        assert_eq!(named.collect::<Vec<_>>(), TYPES.map(Value::from).to_vec());
    }

    #[test]
    fn what_is_wrong_is_said_and_numbered() {
        let unknown = parse(r#"{"type":"dance","request":7}"#).expect_err("unknown");
        assert!(unknown.is_newer && unknown.request == Some(7));
        assert_eq!(unknown.error.description, "Unsupported: this server knows no message of type dance.");
        let wrong = parse(r#"{"type":"hangup","request":8,"leg":"x"}"#).expect_err("wrong");
        assert!(!wrong.is_newer && wrong.request == Some(8));
        assert!(wrong.error.description.starts_with("This is no hangup: "), "{}", wrong.error.description);
        assert!(!parse("{").expect_err("no JSON").is_newer);
        assert!(!parse("[]").expect_err("no object").is_newer);
    }
}
