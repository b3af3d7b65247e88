//! A client of the documented WebSocket messages.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{
    net::TcpStream,
    time::{interval, timeout},
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

const WAIT: Duration = Duration::from_secs(20);
/// As the web pages do.
const PING_EVERY: Duration = Duration::from_secs(5);

pub(crate) struct Page {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Messages that came while another was waited for.
    held: Vec<Value>,
    next_request: u64,
}

impl Page {
    /// Connects and says hello; gives the page and the welcome.
    pub(crate) async fn connect(console: &str, token: &str) -> (Self, Value) {
        let address = format!("{}/signaling/1/ws", console.trim_end_matches('/').replacen("http", "ws", 1));
        let (socket, _) = connect_async(&address).await.expect("a WebSocket");
        let mut page = Self { socket, held: Vec::new(), next_request: 1 };
        page.send(json!({"type": "hello", "protocol": 1, "min_protocol": 1, "build": "test", "token": token})).await;
        let welcome = page.expect("welcome").await;
        (page, welcome)
    }

    pub(crate) async fn send(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.expect("sent");
    }

    /// Sends a request and waits for its answer of this type.
    pub(crate) async fn request(&mut self, mut message: Value, answer: &str) -> Value {
        let number = self.next_request;
        self.next_request += 1;
        message["request"] = json!(number);
        self.send(message).await;
        self.find(&format!("{answer} to request {number}"), |reply| {
            assert!(reply["type"] != "error" || reply["request"] != number, "refused: {reply}");
            reply["type"] == answer && reply["request"] == number
        })
        .await
    }

    /// Stays connected, as an open page does. Returns when the call ends.
    pub(crate) async fn stay(&mut self) {
        let mut pings = interval(PING_EVERY);
        let mut sequence = 0_u64;
        loop {
            tokio::select! {
                _ = pings.tick() => {
                    sequence += 1;
                    self.send(json!({"type": "ping", "sequence": sequence})).await;
                }
                message = self.socket.next() => {
                    let Message::Text(text) = message.expect("the server stays").expect("a frame") else { continue };
                    let message: Value = serde_json::from_str(&text).expect("JSON");
                    if message["type"] == "hangup" {
                        return;
                    }
                }
            }
        }
    }

    /// Waits for the next message of this type.
    pub(crate) async fn expect(&mut self, kind: &str) -> Value {
        self.find(kind, |message| message["type"] == kind).await
    }

    /// Waits for the first message that fits.
    pub(crate) async fn find(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(position) = self.held.iter().position(&fits) {
            return self.held.remove(position);
        }
        let search = async {
            loop {
                let message = self.socket.next().await.expect("the server stays").expect("a frame");
                let Message::Text(text) = message else { continue };
                let message: Value = serde_json::from_str(&text).expect("JSON");
                if fits(&message) {
                    return message;
                }
                self.held.push(message);
            }
        };
        match timeout(WAIT, search).await {
            Ok(message) => message,
            Err(_) => panic!("waited for {what}; came: {:?}", self.held),
        }
    }
}
