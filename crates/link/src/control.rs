//! Messages between two roles over a line: each is handed on once and in order, over torn connections, as long as both
//! processes live. A process that starts anew gets what the other one has kept.

use crate::error::{DONE, Ends, LinkError, REFUSED, REPLACED};
use crate::files::{self, Files, OpenFile};
use crate::frame::{self, FrameError};
use crate::limits;
use crate::line::{Line, LinkState, Opened};
use crate::memory::{Kept, Memory};
use bytes::Bytes;
use model::InstanceId;
use quinn::{Connection, RecvStream, SendStream};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use wire::link::{Envelope, Resume};

/// What becomes of messages for a role that stays away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenFull {
    /// They wait with whoever sends them.
    Wait,
    /// The oldest are lost: what they said is repaired when the role is back.
    LoseOldest,
}

/// How a side of a control connection behaves.
pub struct ControlSettings<Out> {
    /// See [`WhenFull`].
    pub when_full: WhenFull,
    /// Messages that only inform of the moment are not kept for later.
    pub is_passing: fn(&Out) -> bool,
    /// Said at the begin of every connection, after what was kept.
    pub greeting: Option<Box<dyn Fn() -> Out + Send>>,
    /// The answer to a message that this release does not know; none to ignore it.
    pub unsupported: fn(&Value) -> Option<Out>,
    /// Serves files to the other role.
    pub files: Option<OpenFile>,
}

/// One side of a control connection.
pub struct Control<Out, In> {
    /// To the other role.
    pub messages: mpsc::Sender<Out>,
    /// From the other role.
    pub incoming: mpsc::Receiver<In>,
    /// Asks the other role for files, if it serves them.
    pub files: Files,
    /// Whether the other role is there, as it changes.
    pub state: watch::Receiver<LinkState>,
}

/// Talks over a line, until both of this side's channel ends are dropped.
pub fn control<Out, In>(line: Line, settings: ControlSettings<Out>) -> Control<Out, In>
where
    Out: Serialize + Send + 'static,
    In: DeserializeOwned + Send + 'static,
{
    let (messages, outgoing) = mpsc::channel(limits::QUEUE);
    let (hand_on, incoming) = mpsc::channel(limits::QUEUE);
    let (current, connection) = watch::channel(None);
    let state = line.state();
    let talk = Talk { line, settings, outgoing, hand_on, current, memory: Memory::new(InstanceId::fresh()) };
    tokio::spawn(talk.run());
    Control { messages, incoming, files: Files::new(connection), state }
}

struct Talk<Out, In> {
    line: Line,
    settings: ControlSettings<Out>,
    outgoing: mpsc::Receiver<Out>,
    hand_on: mpsc::Sender<In>,
    current: watch::Sender<Option<Connection>>,
    memory: Memory,
}

/// How a connection ended.
enum End {
    /// The other side opened another.
    Replaced(Box<Opened>),
    /// It broke.
    Lost,
    /// This side ends.
    Over,
}

impl<Out, In> Talk<Out, In>
where
    Out: Serialize + Send + 'static,
    In: DeserializeOwned + Send + 'static,
{
    async fn run(mut self) {
        let mut next = None;
        loop {
            let opened = match next.take() {
                Some(opened) => opened,
                None => match self.away().await {
                    Some(opened) => opened,
                    None => return,
                },
            };
            let connection = opened.connection.clone();
            let end = self.connected(opened).await;
            self.current.send_replace(None);
            match end {
                Ok(End::Replaced(opened)) => {
                    connection.close(REPLACED, b"another connection of this role took over");
                    next = Some(*opened);
                }
                Ok(End::Lost) => {}
                Ok(End::Over) => return connection.close(DONE, b"the role ends"),
                Err(error) => {
                    tracing::warn!(%error, "a connection is given up");
                    connection.close(REFUSED, error.to_string().as_bytes());
                }
            }
        }
    }

    /// Keeps what is sent until there is a connection.
    async fn away(&mut self) -> Option<Opened> {
        loop {
            tokio::select! {
                opened = self.line.openings.recv() => return opened,
                message = self.outgoing.recv(), if self.has_room() => self.keep(&message?, false),
            }
        }
    }

    fn has_room(&self) -> bool {
        self.settings.when_full == WhenFull::LoseOldest || self.memory.len() < limits::KEPT
    }

    fn keep(&mut self, message: &Out, connected: bool) {
        let many = self.memory.len() >= limits::KEPT_BEFORE_PASSING_ARE_DROPPED;
        if (self.settings.is_passing)(message) && (!connected || many) {
            return;
        }
        if self.memory.len() >= limits::KEPT {
            tracing::warn!(limit = limits::KEPT, "a role stays away; the oldest message to it is lost");
            self.memory.forget_oldest();
        }
        if let Some(message) = short_enough(message) {
            self.memory.keep(message, false);
        }
    }

    async fn connected(&mut self, opened: Opened) -> Result<End, LinkError> {
        let Opened { connection, mut send, mut receive, ends, .. } = opened;
        let resumed = timeout(limits::HELLO_TIME, resume(&self.memory, &mut send, &mut receive)).await;
        match resumed.unwrap_or(Err(FrameError::Ended)) {
            Ok(other) => self.memory.begin(other),
            Err(_) if connection.close_reason().is_some() => return Ok(End::Lost),
            Err(error) => return Err(ends.nonsense(error)),
        }
        if let Some(greeting) = self.settings.greeting.as_ref().and_then(|greeting| short_enough(&greeting())) {
            self.memory.keep(greeting, true);
        }
        let (write, to_write) = mpsc::channel(limits::IN_FLIGHT);
        let (applied, to_acknowledge) = watch::channel(self.memory.heard());
        let (frame, frames) = mpsc::channel(limits::FRAMES_AHEAD);
        let mut tasks = JoinSet::new();
        tasks.spawn(write_all(send, to_write, to_acknowledge));
        tasks.spawn(read_all(receive, frame));
        if let Some(open) = &self.settings.files {
            tasks.spawn(files::serve(connection.clone(), Arc::clone(open)));
        }
        self.current.send_replace(Some(connection.clone()));
        self.exchange(&connection, &ends, frames, &write, &applied).await
    }

    async fn exchange(
        &mut self,
        connection: &Connection,
        ends: &Ends,
        mut frames: mpsc::Receiver<Result<Bytes, FrameError>>,
        write: &mpsc::Sender<Kept>,
        applied: &watch::Sender<u64>,
    ) -> Result<End, LinkError> {
        // One message that is taken off the connection and not yet handed on.
        let mut news: Option<(u64, In)> = None;
        let hand_on = self.hand_on.clone();
        loop {
            while let Some(next) = self.memory.next_to_send() {
                if write.try_send(next).is_err() {
                    return Ok(End::Lost);
                }
            }
            let room = self.has_room();
            tokio::select! {
                frame = frames.recv(), if news.is_none() => match frame {
                    Some(Ok(frame)) => news = self.hear(&frame, ends, applied)?,
                    Some(Err(error)) if connection.close_reason().is_none() => return Err(ends.nonsense(error)),
                    Some(Err(_)) | None => return Ok(End::Lost),
                },
                permit = hand_on.reserve(), if news.is_some() => {
                    let (Ok(permit), Some((number, message))) = (permit, news.take()) else { return Ok(End::Over) };
                    permit.send(message);
                    self.memory.note_heard(number);
                    applied.send_replace(number);
                }
                message = self.outgoing.recv(), if room => match message {
                    Some(message) => self.keep(&message, true),
                    None => return Ok(End::Over),
                },
                opened = self.line.openings.recv() => match opened {
                    Some(opened) => return Ok(End::Replaced(Box::new(opened))),
                    None => return Ok(End::Over),
                },
                _ = connection.closed() => return Ok(End::Lost),
            }
        }
    }

    /// Takes in a frame; gives the message that is to be handed on.
    fn hear(
        &mut self,
        frame: &Bytes,
        ends: &Ends,
        applied: &watch::Sender<u64>,
    ) -> Result<Option<(u64, In)>, LinkError> {
        let envelope: Envelope<&RawValue> = serde_json::from_slice(frame).map_err(|error| ends.nonsense(error))?;
        self.memory.acknowledge(envelope.applied);
        let (Some(number), Some(message)) = (envelope.number, envelope.message) else { return Ok(None) };
        if !self.memory.is_news(number) {
            applied.send_replace(self.memory.heard());
            return Ok(None);
        }
        match serde_json::from_str(message.get()) {
            Ok(message) => Ok(Some((number, message))),
            Err(error) => {
                tracing::debug!(%error, role = %ends.other, "a message is of another release");
                let value = serde_json::from_str(message.get()).unwrap_or(Value::Null);
                if let Some(answer) = (self.settings.unsupported)(&value) {
                    self.keep(&answer, true);
                }
                self.memory.note_heard(number);
                applied.send_replace(number);
                Ok(None)
            }
        }
    }
}

/// The message as it travels, unless it is longer than the other side would take.
fn short_enough(message: &impl Serialize) -> Option<Box<RawValue>> {
    let raw = serde_json::value::to_raw_value(message).expect("messages are maps with text keys");
    // The envelope needs little beside it.
    if raw.get().len() > limits::MESSAGE_BYTES - limits::OPENING_BYTES {
        tracing::error!(bytes = raw.get().len(), limit = limits::MESSAGE_BYTES, "a message is too long and is lost");
        return None;
    }
    Some(raw)
}

async fn resume(memory: &Memory, send: &mut SendStream, receive: &mut RecvStream) -> Result<Resume, FrameError> {
    // A write that fails shows in the read that follows.
    let _ = frame::write_json(send, &memory.resume()).await;
    frame::read_json(receive, limits::OPENING_BYTES).await
}

/// Writes messages, and at least what was handed on of the other side's.
async fn write_all(mut send: SendStream, mut messages: mpsc::Receiver<Kept>, mut applied: watch::Receiver<u64>) {
    loop {
        let next = tokio::select! {
            next = messages.recv() => match next {
                Some(next) => Some(next),
                None => return,
            },
            changed = applied.changed() => match changed {
                Ok(()) => None,
                Err(_) => return,
            },
        };
        let number = next.as_ref().map(|kept| kept.number);
        let envelope =
            Envelope { applied: *applied.borrow_and_update(), number, message: next.map(|kept| kept.message) };
        if frame::write_json(&mut send, &envelope).await.is_err() {
            return;
        }
    }
}

async fn read_all(mut receive: RecvStream, frames: mpsc::Sender<Result<Bytes, FrameError>>) {
    loop {
        let frame = match frame::read(&mut receive, limits::MESSAGE_BYTES).await {
            Ok(Some(frame)) => Ok(frame),
            Ok(None) => Err(FrameError::Ended),
            Err(error) => Err(error),
        };
        let is_last = frame.is_err();
        if frames.send(frame).await.is_err() || is_last {
            return;
        }
    }
}
