use crate::limits;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use std::time::Duration;
use tokio::time::{Instant, timeout};
use wire::browser::ServerMessage;

/// A page's connection, one message at a time.
pub(super) struct PageSocket {
    socket: WebSocket,
    heard: Instant,
}

/// What came from the page.
pub(super) enum Frame {
    Text(Utf8Bytes),
    /// A sign of life.
    Alive,
    /// Only text is spoken here.
    Binary,
    /// Larger than a message may be.
    TooLarge,
    Gone,
}

/// The page cannot be reached any more.
pub(super) struct Gone;

/// Why the server closes: the code of RFC 6455 §7.4 and words for a developer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: &'static str,
}

/// How long a page has to take the closing frame.
const CLOSE_TIME: Duration = Duration::from_secs(1);

impl PageSocket {
    pub(super) fn new(socket: WebSocket) -> Self {
        Self { socket, heard: Instant::now() }
    }

    /// When the page has been silent for too long.
    pub(super) fn silent_at(&self) -> Instant {
        self.heard + limits::SILENCE
    }

    /// The next frame. It can be dropped while waiting without losing one.
    pub(super) async fn next(&mut self) -> Frame {
        let received = self.socket.recv().await;
        self.heard = Instant::now();
        match received {
            Some(Ok(Message::Text(text))) if text.len() > limits::MESSAGE_BYTES => Frame::TooLarge,
            Some(Ok(Message::Text(text))) => Frame::Text(text),
            Some(Ok(Message::Binary(_))) => Frame::Binary,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Frame::Alive,
            Some(Ok(Message::Close(_)) | Err(_)) | None => Frame::Gone,
        }
    }

    pub(super) async fn send(&mut self, message: &ServerMessage) -> Result<(), Gone> {
        let text = serde_json::to_string(message).expect("messages are plain data");
        match timeout(limits::SEND_TIME, self.socket.send(Message::text(text))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }

    /// Closes with a reason. A page that does not take it is left alone.
    pub(super) async fn close(mut self, close: Close) {
        let frame = CloseFrame { code: close.code, reason: Utf8Bytes::from_static(close.reason) };
        let goodbye = async {
            if self.socket.send(Message::Close(Some(frame))).await.is_ok() {
                // Until the page's own closing frame: ending the TCP connection before could cut off what was said.
                while let Some(Ok(_)) = self.socket.recv().await {}
            }
        };
        let _ = timeout(CLOSE_TIME, goodbye).await;
    }
}
