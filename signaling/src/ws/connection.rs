use super::{
    errors,
    hello::{self, Greeted, NotGreeted},
    requests::{self, Context},
    socket::{Close, Frame, Gone, PageSocket},
};
use crate::{
    TurnServers,
    auth::activity::Activity,
    hub::{Counted, Ending, Seated},
    limits,
    state::AppState,
};
use axum::extract::ws::WebSocket;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::{
    sync::mpsc,
    time::{Instant, Interval, interval_at},
};
use tracing::Instrument;
use uuid::Uuid;
use wire::browser::{CallError, ServerMessage};

/// Another page of the same identity took over.
const SUPERSEDED: Close = Close { code: 4000, reason: "another page of this identity took over" };
const TOO_MANY_FAULTS: Close = Close { code: 1008, reason: "too many messages that cannot be carried out" };
const TOO_LARGE: Close = Close { code: 1009, reason: "the message is too long" };
const TOO_SLOW: Close = Close { code: 1013, reason: "messages are not read fast enough; connect again" };
const REBUILT: Close = Close { code: 1012, reason: "connect again" };
const SIGN_IN_CHANGED: Close = Close { code: 1012, reason: "connect again with a new token" };
const SHUTTING_DOWN: Close = Close { code: 1001, reason: "the server stops; connect again" };
const SILENT: Close = Close { code: 1008, reason: "nothing was heard for fifteen seconds" };

/// Serves one page from its hello to its end.
pub(super) async fn run(socket: WebSocket, state: AppState, counted: Counted) {
    let mut socket = PageSocket::new(socket);
    match hello::greet(&mut socket, &state).await {
        Ok(greeted) => {
            let span = tracing::info_span!("page", account = %greeted.claims.account);
            let connection = Uuid::now_v7();
            let (account, identity) = (greeted.claims.account, greeted.claims.identity.clone());
            let note = |state: &AppState, connected: bool| {
                let activity = Activity { connection, connected, at: state.clock.wall() };
                state.auth.activity.note(account, &identity, activity);
            };
            note(&state, true);
            Connection::new(socket, state.clone(), greeted).run().instrument(span).await;
            note(&state, false);
        }
        Err(NotGreeted::Refused(error, close)) => {
            if socket.send(&ServerMessage::Error { request: None, error: *error }).await.is_ok() {
                socket.close(close).await;
            }
        }
        Err(NotGreeted::Gone) => {}
    }
    drop(counted);
}

struct Connection {
    socket: PageSocket,
    context: Context,
    allowance: DefaultDirectRateLimiter,
    faults: u32,
    welcomed: bool,
    /// Requests that are being carried out.
    running: usize,
    /// Of those, calls being started: what the call center says of them waits until the page knows their leg.
    starting: usize,
    completed: mpsc::Receiver<Box<Completed>>,
    /// When the page gets new credentials for TURN servers, if there are any.
    renewal: Option<Interval>,
}

/// A request that was carried out or refused.
pub(super) struct Completed {
    pub(super) answer: ServerMessage,
    pub(super) was_start: bool,
}

/// Waits until it is time again; for ever where it never is.
async fn due(interval: &mut Option<Interval>) {
    match interval {
        Some(interval) => {
            interval.tick().await;
        }
        None => std::future::pending().await,
    }
}

/// How a connection ends.
enum End {
    Gone,
    Close(Close),
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl Connection {
    fn new(socket: PageSocket, state: AppState, greeted: Greeted) -> Self {
        let quota = Quota::per_second(limits::PAGE_MESSAGES_PER_SECOND).allow_burst(limits::PAGE_BURST);
        let (complete, completed) = mpsc::channel(limits::PAGE_REQUESTS);
        let renewal = state.config.turn.as_ref().map(TurnServers::renewal);
        let renewal = renewal.map(|every| interval_at(Instant::now() + every, every));
        Self {
            socket,
            context: Context { state, presence: greeted.presence, claims: greeted.claims, complete },
            allowance: RateLimiter::direct(quota),
            faults: 0,
            welcomed: false,
            running: 0,
            starting: 0,
            completed,
            renewal,
        }
    }

    async fn run(mut self) {
        loop {
            match self.turn().await {
                Ok(()) => {}
                Err(End::Gone) => return,
                // The seat is free for the page's next connection while this one says goodbye.
                Err(End::Close(close)) => {
                    drop(self.context);
                    return self.socket.close(close).await;
                }
            }
        }
    }

    async fn turn(&mut self) -> Result<(), End> {
        let silent_at = self.socket.silent_at();
        let Seated { queue, ending, .. } = &mut self.context.presence.seated;
        tokio::select! {
            frame = self.socket.next() => self.hear(frame).await,
            Some(message) = queue.recv(), if self.starting == 0 => self.forward(*message).await,
            Some(completed) = self.completed.recv() => self.complete(completed).await,
            Ok(()) = ending.changed() => {
                let why = *ending.borrow_and_update();
                self.end(why).await
            }
            () = due(&mut self.renewal) => self.renew_ice_servers().await,
            () = tokio::time::sleep_until(silent_at) => Err(End::Close(SILENT)),
        }
    }

    async fn hear(&mut self, frame: Frame) -> Result<(), End> {
        let text = match frame {
            Frame::Text(text) => text,
            Frame::Alive => return Ok(()),
            Frame::Gone => return Err(End::Gone),
            Frame::Binary => {
                return self.fault(None, errors::told(errors::INVALID_REQUEST, "Messages are text frames")).await;
            }
            Frame::TooLarge => {
                let most = limits::MESSAGE_BYTES / 1024;
                let error = errors::told(errors::INVALID_REQUEST, format!("A message has at most {most} kB"));
                self.socket.send(&ServerMessage::Error { request: None, error }).await?;
                return Err(End::Close(TOO_LARGE));
            }
        };
        if self.allowance.check().is_err() {
            let error = errors::told(errors::CONGESTION, "Messages come too fast");
            return self.fault(requests::number_in(&text), error).await;
        }
        match requests::parse(&text) {
            Ok(message) => self.take(message).await,
            Err(unreadable) if unreadable.is_newer => self.refuse(unreadable.request, unreadable.error).await,
            Err(unreadable) => self.fault(unreadable.request, unreadable.error).await,
        }
    }

    async fn take(&mut self, message: wire::browser::ClientMessage) -> Result<(), End> {
        if self.running >= limits::PAGE_REQUESTS && requests::is_request(&message) {
            let error = errors::told(errors::CONGESTION, "Too many requests wait for their answer");
            return self.refuse(requests::number_of(&message), error).await;
        }
        let was_start = matches!(message, wire::browser::ClientMessage::StartCall { .. });
        match requests::begin(&self.context, message) {
            requests::Begun::Nothing => {}
            requests::Begun::Answer(answer) => self.socket.send(&answer).await?,
            requests::Begun::Waiting => {
                self.running += 1;
                self.starting += usize::from(was_start);
            }
            requests::Begun::Refused(request, error) => return self.refuse(request, *error).await,
        }
        Ok(())
    }

    async fn complete(&mut self, completed: Box<Completed>) -> Result<(), End> {
        self.running -= 1;
        self.starting -= usize::from(completed.was_start);
        Ok(self.socket.send(&completed.answer).await?)
    }

    /// What was queued before the welcome is part of it.
    async fn forward(&mut self, message: ServerMessage) -> Result<(), End> {
        self.welcomed |= matches!(message, ServerMessage::Welcome { .. });
        if self.welcomed {
            self.socket.send(&message).await?;
        }
        Ok(())
    }

    async fn renew_ice_servers(&mut self) -> Result<(), End> {
        let Context { state, claims, .. } = &self.context;
        let servers = state.config.turn.as_ref().map(|turn| turn.for_token(claims.jti, state.clock.wall()));
        if let Some(server) = servers.filter(|_| self.welcomed) {
            self.socket.send(&ServerMessage::IceServers { ice_servers: vec![server] }).await?;
        }
        Ok(())
    }

    async fn refuse(&mut self, request: Option<u64>, error: CallError) -> Result<(), End> {
        Ok(self.socket.send(&ServerMessage::Error { request, error }).await?)
    }

    /// Refuses what no correct client sends; too much of it ends the connection.
    async fn fault(&mut self, request: Option<u64>, error: CallError) -> Result<(), End> {
        self.refuse(request, error).await?;
        self.faults += 1;
        if self.faults >= limits::PAGE_FAULTS { Err(End::Close(TOO_MANY_FAULTS)) } else { Ok(()) }
    }

    async fn end(&mut self, why: Option<Ending>) -> Result<(), End> {
        match why {
            None => Ok(()),
            Some(Ending::Superseded) => {
                self.socket.send(&ServerMessage::Superseded {}).await?;
                Err(End::Close(SUPERSEDED))
            }
            Some(Ending::TooSlow) => Err(End::Close(TOO_SLOW)),
            Some(Ending::Rebuilt) => Err(End::Close(REBUILT)),
            Some(Ending::SignInChanged) => Err(End::Close(SIGN_IN_CHANGED)),
            Some(Ending::ShuttingDown) => Err(End::Close(SHUTTING_DOWN)),
        }
    }
}
