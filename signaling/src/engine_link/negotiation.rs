use super::EngineLink;
use crate::limits;
use model::CommandId;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;
use wire::engine::{Command, Refusal, Request};

type Answer = Result<String, Refusal>;

/// Why there is no SDP answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NegotiationError {
    #[error(transparent)]
    Refused(Refusal),
    #[error("the media engine did not answer in time")]
    TimedOut,
    #[error("too many negotiations wait for the media engine")]
    Busy,
    #[error("the media engine is not there")]
    Gone,
}

/// Offers that wait for their answer.
#[derive(Clone, Default)]
pub(super) struct Pending {
    waiting: Arc<Mutex<BTreeMap<CommandId, oneshot::Sender<Answer>>>>,
}

impl Pending {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<CommandId, oneshot::Sender<Answer>>> {
        // Each change is one insert or remove: a panic elsewhere leaves the map whole.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, id: CommandId) -> Option<oneshot::Receiver<Answer>> {
        let mut waiting = self.lock();
        if waiting.len() >= limits::NEGOTIATIONS {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        waiting.insert(id, sender);
        Some(receiver)
    }

    /// Hands an answer to who waits for it; false when nobody does.
    pub(super) fn answer(&self, id: CommandId, answer: Answer) -> bool {
        let sender = self.lock().remove(&id);
        sender.is_some_and(|sender| sender.send(answer).is_ok())
    }
}

impl EngineLink {
    /// Sends an offer ([`Command::AddLeg`] or [`Command::Negotiate`]) and waits for the SDP answer.
    pub(crate) async fn negotiate(&self, command: Command) -> Result<String, NegotiationError> {
        let id = CommandId::fresh();
        let receiver = self.pending.add(id).ok_or(NegotiationError::Busy)?;
        let result = tokio::time::timeout(limits::NEGOTIATION_TIME, async {
            let request = Request { id, command };
            self.requests.send(request).await.map_err(|_| NegotiationError::Gone)?;
            receiver.await.map_err(|_| NegotiationError::Gone)?.map_err(NegotiationError::Refused)
        })
        .await;
        self.pending.lock().remove(&id);
        result.unwrap_or(Err(NegotiationError::TimedOut))
    }
}
