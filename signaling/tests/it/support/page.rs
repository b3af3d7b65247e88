use super::{House, PATIENCE};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};
use wire::browser::{CallError, ClientMessage, IncomingCall, ServerMessage};

/// A connection that has not said hello.
pub(crate) struct SilentPage {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl SilentPage {
    pub(crate) async fn open(house: &House) -> Self {
        let url = format!("ws://{}{}", house.server.http, signaling::ws::PATH);
        let (socket, _) = tokio_tungstenite::connect_async(url).await.expect("a WebSocket");
        Self { socket }
    }

    pub(crate) async fn say(&mut self, text: impl Into<String>) {
        self.socket.send(Message::text(text.into())).await.expect("the server listens");
    }

    /// The next message, or the code with which the server closed.
    pub(crate) async fn hear(&mut self) -> Result<ServerMessage, Option<u16>> {
        loop {
            let next = timeout(PATIENCE, self.socket.next()).await.expect("something in time");
            return match next {
                Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).expect("a message of the protocol")),
                Some(Ok(Message::Close(frame))) => Err(frame.map(|frame| u16::from(frame.code))),
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => Err(None),
            };
        }
    }

    pub(crate) async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Err(code) = self.hear().await {
                return code;
            }
        }
    }

    pub(crate) async fn refusal(&mut self) -> CallError {
        match self.hear().await {
            Ok(ServerMessage::Error { error, .. }) => error,
            other => panic!("an error was expected, not {other:?}"),
        }
    }
}

/// A page that was welcomed.
pub(crate) struct Page {
    wire: SilentPage,
    pub(crate) welcome: Value,
    request: u64,
}

pub(crate) fn hello(token: &str) -> String {
    let hello = ClientMessage::Hello { protocol: 1, min_protocol: 1, build: "test/1".into(), token: token.into() };
    serde_json::to_string(&hello).expect("JSON")
}

impl Page {
    pub(crate) async fn open(house: &House, token: &str) -> Self {
        let mut wire = SilentPage::open(house).await;
        wire.say(hello(token)).await;
        let welcome = wire.hear().await.expect("a welcome");
        assert!(matches!(welcome, ServerMessage::Welcome { .. }), "{welcome:?}");
        Self { wire, welcome: serde_json::to_value(&welcome).expect("JSON"), request: 0 }
    }

    pub(crate) async fn send(&mut self, message: &ClientMessage) {
        self.wire.say(serde_json::to_string(message).expect("JSON")).await;
    }

    pub(crate) async fn say(&mut self, text: impl Into<String>) {
        self.wire.say(text).await;
    }

    pub(crate) fn next_request(&mut self) -> u64 {
        self.request += 1;
        self.request
    }

    /// Reads on until a message is what is asked for.
    pub(crate) async fn until<T>(&mut self, what: &str, mut pick: impl FnMut(ServerMessage) -> Option<T>) -> T {
        let mut passed = Vec::new();
        loop {
            match self.wire.hear().await {
                Ok(message) => match pick(message.clone()) {
                    Some(found) => return found,
                    None => passed.push(message),
                },
                Err(code) => panic!("closed with {code:?} while waiting for {what}; heard {passed:?}"),
            }
        }
    }

    pub(crate) async fn closed(&mut self) -> Option<u16> {
        self.wire.closed().await
    }

    pub(crate) async fn error(&mut self, of: Option<u64>) -> CallError {
        self.until("an error", |message| match message {
            ServerMessage::Error { request, error } if request == of => Some(error),
            _ => None,
        })
        .await
    }

    pub(crate) async fn done(&mut self, of: u64) {
        self.until("done", |message| match message {
            ServerMessage::Done { request } if request == of => Some(()),
            ServerMessage::Error { request: Some(request), error } if request == of => panic!("refused: {error:?}"),
            _ => None,
        })
        .await;
    }

    pub(crate) async fn answer(&mut self, of: u64) -> String {
        self.until("an SDP answer", |message| match message {
            ServerMessage::Answer { request, sdp, .. } if request == of => Some(sdp),
            ServerMessage::Error { request: Some(request), error } if request == of => panic!("refused: {error:?}"),
            _ => None,
        })
        .await
    }

    pub(crate) async fn incoming(&mut self) -> IncomingCall {
        self.until("an incoming call", |message| match message {
            ServerMessage::IncomingCall(call) => Some(call),
            _ => None,
        })
        .await
    }

    pub(crate) async fn established(&mut self) -> ServerMessage {
        self.until("established", |message| match message {
            established @ ServerMessage::Established { .. } => Some(established),
            _ => None,
        })
        .await
    }
}
