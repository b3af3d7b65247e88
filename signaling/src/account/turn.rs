use super::handle::AccountError;
use crate::limits;
use callcenter_core::{
    CallCenter,
    command::{Command, CommandError, Reply},
    effect::Effect,
};
use model::Now;
use std::iter;
use store::Unit;
use tokio::sync::oneshot;

/// What an account's task is asked.
pub(super) enum Order {
    /// Decide and commit.
    Command { command: Box<Command>, reply: ReplyTo },
    /// Read.
    Query(Query),
}

pub(super) type ReplyTo = oneshot::Sender<Result<Reply, AccountError>>;

/// Reads the core and sends what it found to who asked.
pub(super) type Query = Box<dyn FnOnce(&CallCenter, Now) + Send>;

/// What was decided at once: to be committed, and then to be let out in this order.
#[derive(Default)]
pub(super) struct Turn {
    pub(super) units: Vec<Unit>,
    pub(super) out: Vec<Out>,
}

/// What leaves after the commit.
pub(super) enum Out {
    Reply(ReplyTo, Result<Reply, CommandError>),
    Query(Query),
    Effect(Box<Effect>),
}

impl Out {
    /// The commit failed.
    pub(super) fn refuse(self) {
        if let Self::Reply(reply, _) = self {
            // Who asked may have gone.
            let _ = reply.send(Err(AccountError::Unavailable));
        }
    }
}

impl Turn {
    /// Takes what the core has decided.
    pub(super) fn drain(&mut self, core: &mut CallCenter) {
        let changes = iter::from_fn(|| core.poll_change()).collect();
        let events = iter::from_fn(|| core.poll_event()).collect();
        let unit = Unit { changes, events };
        if !unit.is_empty() {
            self.units.push(unit);
        }
        self.out.extend(iter::from_fn(|| core.poll_effect()).map(|effect| Out::Effect(Box::new(effect))));
    }

    /// No more fits into one transaction.
    pub(super) fn is_full(&self) -> bool {
        self.units.len() >= limits::GROUP_COMMANDS || self.out.len() >= limits::TURN_OUTPUT
    }
}
