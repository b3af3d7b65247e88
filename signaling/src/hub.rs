//! The pages that are connected. Each identity has one seat per account; who comes later takes it over.

use crate::limits;
use dashmap::DashMap;
use model::{AccountId, AgentId};
use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};
use telemetry::Metrics;
use tokio::sync::{mpsc, watch};
use wire::browser::ServerMessage;

/// Who sits at a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Seat {
    Agent(AgentId),
    /// By identity.
    Customer(String),
}

/// Why the server ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Another page of the same identity took over.
    Superseded,
    /// The page does not read what it is sent.
    TooSlow,
    /// The call center was built again: the page asks anew how things are.
    Rebuilt,
    /// The person's sign-in has changed: the page needs a new token.
    SignInChanged,
    /// The process ends.
    ShuttingDown,
}

#[derive(Clone)]
pub(crate) struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    pages: DashMap<(AccountId, Seat), Page>,
    numbers: AtomicU64,
    connections: AtomicUsize,
    most: usize,
    metrics: Arc<Metrics>,
}

struct Page {
    number: u64,
    queue: mpsc::Sender<Box<ServerMessage>>,
    ending: watch::Sender<Option<Ending>>,
}

/// A page's own end of its seat.
pub(crate) struct Seated {
    number: u64,
    /// What the page is told, in order. Boxed: a channel sets dozens of places aside, for pages that are told nothing, too.
    pub(crate) queue: mpsc::Receiver<Box<ServerMessage>>,
    /// For messages that must keep their place among those.
    pub(crate) own: mpsc::Sender<Box<ServerMessage>>,
    /// Set when the server ends the connection.
    pub(crate) ending: watch::Receiver<Option<Ending>>,
}

/// Counts a connection for as long as it lives.
pub(crate) struct Counted(Arc<Inner>);

impl Drop for Counted {
    fn drop(&mut self) {
        let before = self.0.connections.fetch_sub(1, Ordering::Relaxed);
        self.0.metrics.set_websockets(before - 1);
    }
}

impl Hub {
    pub(crate) fn new(most: usize, metrics: Arc<Metrics>) -> Self {
        let inner = Inner {
            pages: DashMap::new(),
            numbers: AtomicU64::new(0),
            connections: AtomicUsize::new(0),
            most,
            metrics,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Room for one more connection, seated or not.
    pub(crate) fn admit(&self) -> Option<Counted> {
        let before = self.inner.connections.fetch_add(1, Ordering::Relaxed);
        let counted = Counted(self.inner.clone());
        self.inner.metrics.set_websockets(before + 1);
        (before < self.inner.most).then_some(counted)
    }

    /// Takes the seat; a page that has it is told and closed.
    pub(crate) fn enter(&self, account: AccountId, seat: Seat) -> Seated {
        let number = self.inner.numbers.fetch_add(1, Ordering::Relaxed);
        let (own, queue) = mpsc::channel(limits::PAGE_QUEUE);
        let (ending, ended) = watch::channel(None);
        let page = Page { number, queue: own.clone(), ending };
        if let Some(before) = self.inner.pages.insert((account, seat), page) {
            before.ending.send_replace(Some(Ending::Superseded));
        }
        Seated { number, queue, own, ending: ended }
    }

    /// Gives the seat up. If the page still had it, `gone` is called before another page can take it.
    pub(crate) fn leave(&self, account: AccountId, seat: &Seat, seated: &Seated, gone: impl FnOnce()) {
        self.inner.pages.remove_if(&(account, seat.clone()), |_, page| {
            let current = page.number == seated.number;
            if current {
                gone();
            }
            current
        });
    }

    /// Whether a page has the seat.
    pub(crate) fn is_taken(&self, account: AccountId, seat: &Seat) -> bool {
        self.inner.pages.contains_key(&(account, seat.clone()))
    }

    /// Tells a page, if there is one. A page that does not keep up is closed.
    pub(crate) fn tell(&self, account: AccountId, seat: &Seat, message: ServerMessage) {
        let Some(page) = self.inner.pages.get(&(account, seat.clone())) else { return };
        if let Err(mpsc::error::TrySendError::Full(_)) = page.queue.try_send(Box::new(message)) {
            page.ending.send_replace(Some(Ending::TooSlow));
        }
    }

    /// Ends the connection of an agent's page, if there is one.
    pub(crate) fn end_agents_page(&self, account: AccountId, agent: AgentId, why: Ending) {
        if let Some(page) = self.inner.pages.get(&(account, Seat::Agent(agent))) {
            page.ending.send_replace(Some(why));
        }
    }

    /// Ends all connections of an account.
    pub(crate) fn end_pages(&self, account: AccountId, why: Ending) {
        for page in self.inner.pages.iter().filter(|page| page.key().0 == account) {
            page.ending.send_replace(Some(why));
        }
    }

    /// Ends all connections.
    pub(crate) fn end_all(&self, why: Ending) {
        self.inner.pages.iter().for_each(|page| {
            page.ending.send_replace(Some(why));
        });
    }
}
