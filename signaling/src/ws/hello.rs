//! The first message: who is there, and which protocol is spoken.

use super::{
    errors,
    presence::Presence,
    socket::{Close, Frame, PageSocket},
};
use crate::{auth::tokens::TokenClaims, directory::Directory, hub::Seat, limits, state::AppState};
use callcenter_core::{CallCenter, command::Command, settings::RECONNECT_WINDOW};
use model::{LegId, Now, ParticipantType};
use wire::browser::{CallError, ClientMessage, IceServer, ServerMessage};

/// A page that was let in.
pub(super) struct Greeted {
    pub(super) presence: Presence,
    pub(super) claims: TokenClaims,
}

/// A page that was not.
pub(super) enum NotGreeted {
    /// It is told why.
    Refused(Box<CallError>, Close),
    /// It is gone.
    Gone,
}

/// The page broke the rules; it must not try the same again.
const POLICY: Close = Close { code: 1008, reason: "refused; see the error message" };
/// The server cannot now.
const TRY_AGAIN: Close = Close { code: 1013, reason: "try again shortly" };

fn refused(error: CallError) -> NotGreeted {
    NotGreeted::Refused(Box::new(error), POLICY)
}

fn unavailable() -> NotGreeted {
    NotGreeted::Refused(Box::new(errors::SERVICE_UNAVAILABLE.to_error()), TRY_AGAIN)
}

/// Waits for `hello` and takes the page's seat. The `welcome` is the first message of the seat's queue that counts.
pub(super) async fn greet(socket: &mut PageSocket, state: &AppState) -> Result<Greeted, NotGreeted> {
    let (protocol, token, build) = hello(socket).await?;
    let claims = state
        .auth
        .tokens
        .verify(&token, state.clock.wall())
        .map_err(|error| refused(errors::told(errors::UNAUTHENTICATED, error.to_string())))?;
    check_person(&claims, state).await?;
    let seat = seat_of(&claims)
        .ok_or_else(|| refused(errors::told(errors::FORBIDDEN, "The token is for an agent and names none")))?;
    let handle = state.accounts.get(claims.account).ok_or_else(unavailable)?;
    tracing::debug!(account = %claims.account, ?build, protocol, "a page said hello");
    let presence = Presence::enter(state, claims.account, handle, seat);
    match &presence.seat {
        Seat::Agent(agent) => {
            let connected = presence.handle.handle(Command::AgentConnected { agent: *agent }).await;
            connected.map_err(|error| match error {
                crate::account::AccountError::Unavailable => unavailable(),
                refusal => refused(errors::of_account(&refusal)),
            })?;
            welcome(&presence, &claims, state).await?;
        }
        Seat::Customer(_) => {
            // The welcome comes first: what the call center tells a page that is back comes after it.
            if let Some(leg) = welcome(&presence, &claims, state).await? {
                presence.handle.submit(Command::PageBack { leg }).map_err(|_| unavailable())?;
            }
        }
    }
    Ok(Greeted { presence, claims })
}

/// A token is no longer good when its person may not sign in any more, or signs in otherwise than before.
async fn check_person(claims: &TokenClaims, state: &AppState) -> Result<(), NotGreeted> {
    let Some(person) = claims.person else { return Ok(()) };
    let row = state.store.user(claims.account, person.user).await.map_err(|_| unavailable())?;
    if row.is_some_and(|row| row.enabled && row.updated_at == person.as_of) {
        return Ok(());
    }
    let why = "The sign-in that the token was made with has changed; get a new token";
    Err(refused(errors::told(errors::UNAUTHENTICATED, why.to_owned())))
}

async fn hello(socket: &mut PageSocket) -> Result<(u16, String, String), NotGreeted> {
    let first = async {
        loop {
            match socket.next().await {
                Frame::Alive => {}
                other => return other,
            }
        }
    };
    let text = match tokio::time::timeout(limits::HELLO_TIME, first).await {
        Ok(Frame::Text(text)) => text,
        Ok(Frame::Gone) => return Err(NotGreeted::Gone),
        Ok(Frame::TooLarge) => return Err(refused(errors::told(errors::INVALID_REQUEST, "The message is too long"))),
        Ok(Frame::Binary | Frame::Alive) => {
            return Err(refused(errors::told(errors::INVALID_REQUEST, "Messages are text frames")));
        }
        Err(_) => return Err(refused(errors::told(errors::INVALID_REQUEST, "No hello came within five seconds"))),
    };
    match serde_json::from_str(&text) {
        Ok(ClientMessage::Hello { protocol, min_protocol, build, token }) => {
            let spoken = negotiate(protocol, min_protocol)?;
            Ok((spoken, token, build.chars().take(limits::BUILD_CHARS).collect()))
        }
        Ok(_) => Err(refused(errors::told(errors::INVALID_REQUEST, "The first message must be hello"))),
        Err(error) => {
            let error = format!("The first message must be hello, and this cannot be read: {error}");
            Err(refused(errors::told(errors::INVALID_REQUEST, error)))
        }
    }
}

/// The newest protocol that both speak.
fn negotiate(protocol: u16, min_protocol: u16) -> Result<u16, NotGreeted> {
    let spoken = protocol.min(wire::PROTOCOL);
    if spoken >= min_protocol.max(wire::MIN_PROTOCOL) {
        return Ok(spoken);
    }
    let text = format!(
        "No common protocol: the client speaks {min_protocol} to {protocol}, the server {} to {}",
        wire::MIN_PROTOCOL,
        wire::PROTOCOL
    );
    Err(refused(errors::told(errors::FEATURE_UNAVAILABLE, text)))
}

fn seat_of(claims: &TokenClaims) -> Option<Seat> {
    match claims.participant {
        ParticipantType::Agent => claims.agent.map(Seat::Agent),
        ParticipantType::Customer => Some(Seat::Customer(claims.identity.clone())),
    }
}

/// Puts the welcome into the page's queue at the moment it is true; returns the page's live leg.
async fn welcome(presence: &Presence, claims: &TokenClaims, state: &AppState) -> Result<Option<LegId>, NotGreeted> {
    let (queue, claims, seat) = (presence.seated.own.clone(), claims.clone(), presence.seat.clone());
    let (directory, turn) = (state.directory.clone(), state.config.turn.clone());
    let leg = presence.handle.query(move |core, now| {
        let leg = match &seat {
            Seat::Agent(agent) => core.leg_of_agent(*agent),
            Seat::Customer(identity) => core.leg_of_identity(identity),
        };
        let ice_servers = turn.map(|turn| turn.for_token(claims.jti, now.wall)).into_iter().collect();
        let message = welcome_message(&claims, core, leg, &directory, ice_servers, now);
        // A queue that is full already ends the page anyway.
        let _ = queue.try_send(Box::new(message));
        leg
    });
    leg.await.map_err(|_| unavailable())
}

fn welcome_message(
    claims: &TokenClaims,
    core: &CallCenter,
    leg: Option<LegId>,
    directory: &Directory,
    ice_servers: Vec<IceServer>,
    now: Now,
) -> ServerMessage {
    let snapshot = leg.and_then(|leg| core.leg_snapshot(leg, now)).map(|snapshot| {
        let media_alive = directory.media_alive(snapshot.leg);
        Box::new(wire::browser::LegSnapshot { media_alive, ..snapshot })
    });
    ServerMessage::Welcome {
        protocol: wire::PROTOCOL,
        build: format!("switchroom/{}", env!("CARGO_PKG_VERSION")),
        identity: claims.identity.clone(),
        display_name: claims.display_name.clone(),
        participant: claims.participant,
        role: claims.role,
        reconnect_window_ms: u64::try_from(RECONNECT_WINDOW.as_millis()).expect("half a minute"),
        leg: snapshot,
        agent: claims.agent.and_then(|agent| core.agent_state(agent, now)),
        ice_servers,
    }
}
