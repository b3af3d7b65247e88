//! A page's WebSocket, as docs/signaling.md describes it.

use crate::{
    limits::{CONNECT_TIMEOUT, PING_INTERVAL},
    origin::{Origin, OriginError, Stream},
};
use futures_util::{SinkExt as _, StreamExt as _};
use model::LegId;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error as WsError, Message},
};
use wire::browser::{AgentState, CallError, ClientMessage, LegPhase, LegSnapshot, ServerMessage};

/// The protocol that this client speaks.
const PROTOCOL: u16 = 1;

/// Why a page cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    #[error(transparent)]
    Origin(#[from] OriginError),
    #[error("the WebSocket broke: {0}")]
    Broken(#[from] Box<WsError>),
    #[error("the server closed the WebSocket{0}")]
    Closed(String),
    #[error("the server refused with {}: {}", .0.name, .0.description)]
    Refused(CallError),
    #[error("no welcome came for {} s", CONNECT_TIMEOUT.as_secs())]
    Late,
}

impl From<WsError> for PageError {
    fn from(error: WsError) -> Self {
        Self::Broken(Box::new(error))
    }
}

/// What a page finds when it connects.
pub(crate) struct Found {
    /// A live leg of its identity.
    pub(crate) leg: Option<Box<LegSnapshot>>,
    /// An agent's state.
    pub(crate) agent: Option<AgentState>,
}

impl Found {
    /// Whether the leg talks on, and nothing need be done about its media.
    pub(crate) fn talks_on(&self, leg: LegId) -> bool {
        let own = self.leg.as_ref().filter(|found| found.leg == leg);
        own.is_some_and(|found| found.phase == LegPhase::Established && found.media_alive)
    }
}

/// A page that is connected.
pub(crate) struct Page {
    socket: WebSocketStream<Stream>,
    ping: Interval,
    pings: u64,
    requests: u64,
}

impl Page {
    /// Connects and says hello; the page, and what the welcome tells.
    pub(crate) async fn connect(origin: &Origin, token: String) -> Result<(Self, Found), PageError> {
        timeout(CONNECT_TIMEOUT, Self::greet(origin, token)).await.map_err(|_| PageError::Late)?
    }

    async fn greet(origin: &Origin, token: String) -> Result<(Self, Found), PageError> {
        let stream = origin.connect().await?;
        let (socket, _) = client_async(origin.websocket(), stream).await?;
        let mut ping = interval(PING_INTERVAL);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut page = Self { socket, ping, pings: 0, requests: 0 };
        let build = concat!("switchroom-loadtest/", env!("CARGO_PKG_VERSION")).to_owned();
        page.send(&ClientMessage::Hello { protocol: PROTOCOL, min_protocol: PROTOCOL, build, token }).await?;
        loop {
            match page.next().await? {
                ServerMessage::Welcome { leg, agent, .. } => return Ok((page, Found { leg, agent })),
                ServerMessage::Error { error, .. } => return Err(PageError::Refused(error)),
                _ => {}
            }
        }
    }

    /// A number for a request.
    pub(crate) fn number(&mut self) -> u64 {
        self.requests += 1;
        self.requests
    }

    pub(crate) async fn send(&mut self, message: &ClientMessage) -> Result<(), PageError> {
        let text = serde_json::to_string(message).expect("messages are plain data");
        Ok(self.socket.send(Message::text(text)).await?)
    }

    /// The next message. Dropping the future loses nothing. Pings are sent meanwhile.
    pub(crate) async fn next(&mut self) -> Result<ServerMessage, PageError> {
        loop {
            let frame = tokio::select! {
                frame = self.socket.next() => frame,
                _ = self.ping.tick() => {
                    self.pings += 1;
                    let sequence = self.pings;
                    self.send(&ClientMessage::Ping { sequence }).await?;
                    continue;
                }
            };
            match frame.transpose()? {
                // A message of an unknown type is to be ignored.
                Some(Message::Text(text)) => {
                    if let Ok(message) = serde_json::from_str(&text) {
                        return Ok(message);
                    }
                }
                Some(Message::Close(Some(frame))) => {
                    return Err(PageError::Closed(format!(" with code {} {}", frame.code, frame.reason)));
                }
                None | Some(Message::Close(None)) => return Err(PageError::Closed(String::new())),
                Some(_) => {}
            }
        }
    }

    /// Says goodbye.
    pub(crate) async fn close(mut self) {
        // Whoever hangs up does not wait for an answer.
        let _ = timeout(CONNECT_TIMEOUT, self.socket.close(None)).await;
    }
}
