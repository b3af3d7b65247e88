use super::{
    owner::{self, Outside},
    turn::Order,
};
use crate::limits;
use callcenter_core::{
    CallCenter,
    command::{Command, CommandError, Reply},
};
use dashmap::DashMap;
use model::{AccountId, Now};
use std::sync::Arc;
use tokio::{
    sync::{mpsc, oneshot},
    task::AbortHandle,
};

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The call center refused it; nothing changed.
    #[error(transparent)]
    Refused(#[from] CommandError),
    /// The call center cannot work now: the database failed, or too much waits. Try again shortly.
    #[error("the call center is not available at the moment; try again in a few seconds")]
    Unavailable,
}

/// The way to one account's call center.
#[derive(Clone)]
pub struct AccountHandle {
    account: AccountId,
    queue: mpsc::Sender<Order>,
}

impl std::fmt::Debug for AccountHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("AccountHandle").field(&self.account).finish()
    }
}

/// The answer to a command that was submitted.
pub(crate) type Answer = oneshot::Receiver<Result<Reply, AccountError>>;

impl AccountHandle {
    /// Carries out a command; returns when it is committed.
    pub async fn handle(&self, command: Command) -> Result<Reply, AccountError> {
        self.submit(command)?.await.map_err(|_| AccountError::Unavailable)?
    }

    /// Reads from the call center.
    pub async fn query<R: Send + 'static>(
        &self,
        read: impl FnOnce(&CallCenter, Now) -> R + Send + 'static,
    ) -> Result<R, AccountError> {
        let (sender, receiver) = oneshot::channel();
        // Who asked may have gone.
        self.look(move |core, now| drop(sender.send(read(core, now))))?;
        receiver.await.map_err(|_| AccountError::Unavailable)
    }

    /// Reads from the call center without waiting for it, in order with commands of the caller.
    pub(crate) fn look(&self, read: impl FnOnce(&CallCenter, Now) + Send + 'static) -> Result<(), AccountError> {
        self.queue.try_send(Order::Query(Box::new(read))).map_err(|_| AccountError::Unavailable)
    }

    /// Hands a command over at once, in order with others of the caller.
    pub(crate) fn submit(&self, command: Command) -> Result<Answer, AccountError> {
        let (reply, receiver) = oneshot::channel();
        let command = Box::new(command);
        self.queue.try_send(Order::Command { command, reply }).map_err(|_| AccountError::Unavailable)?;
        Ok(receiver)
    }
}

/// All accounts of the process.
#[derive(Clone)]
pub struct Accounts {
    running: Arc<DashMap<AccountId, Running>>,
    outside: Outside,
}

struct Running {
    handle: AccountHandle,
    task: AbortHandle,
}

impl Accounts {
    pub(crate) fn new(outside: Outside) -> Self {
        Self { running: Arc::default(), outside }
    }

    /// The account's call center.
    pub fn get(&self, account: AccountId) -> Option<AccountHandle> {
        self.running.get(&account).map(|running| running.handle.clone())
    }

    /// All call centers.
    pub(crate) fn all(&self) -> Vec<AccountHandle> {
        self.running.iter().map(|running| running.handle.clone()).collect()
    }

    /// Starts the account's call center from what the store has of it, unless it runs already.
    pub fn open(&self, account: AccountId) -> AccountHandle {
        self.running.entry(account).or_insert_with(|| self.run(account)).handle.clone()
    }

    /// Ends the account's task wherever it is, as a crash would, and starts it anew from the store. Its pages connect
    /// again.
    pub fn restart(&self, account: AccountId) -> AccountHandle {
        let started = self.run(account);
        let handle = started.handle.clone();
        if let Some(before) = self.running.insert(account, started) {
            before.task.abort();
        }
        handle
    }

    /// Ends all tasks wherever they are. What was answered is committed.
    pub(crate) fn abort(&self) {
        self.running.iter().for_each(|running| running.task.abort());
        self.running.clear();
    }

    fn run(&self, account: AccountId) -> Running {
        let (queue, orders) = mpsc::channel(limits::ACCOUNT_QUEUE);
        let task = tokio::spawn(owner::run(account, orders, self.outside.clone())).abort_handle();
        Running { handle: AccountHandle { account, queue }, task }
    }
}
