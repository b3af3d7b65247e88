//! What goes on in a run: its calls and how far they are.

use crate::{
    api::Api,
    call::{Call, Failure},
    media::{Measured, Media},
    plan::Plan,
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// Failures that are told in words on stderr; after them only causes are counted.
const TOLD_FAILURES: u64 = 20;

/// How far calls are. Every call that was asked for is in exactly one of the others, or still being set up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) asked: u64,
    pub(crate) ringing: u64,
    pub(crate) talking: u64,
    pub(crate) ended: u64,
    pub(crate) failed: u64,
}

/// A call that was set up.
#[derive(Debug, Clone)]
pub(crate) struct Talked {
    pub(crate) number: u32,
    pub(crate) conversation: String,
    pub(crate) call: String,
    pub(crate) video: bool,
    /// From the answer until it was to end.
    pub(crate) at_least: Duration,
    /// From the answer until the server said that it is over: in a crowd, that takes its time.
    pub(crate) at_most: Duration,
    /// Audio packets of the customer and of the agent that the other side heard.
    pub(crate) heard: [u64; 2],
    /// It failed later.
    pub(crate) failed: bool,
}

/// What a run has come to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Results {
    pub(crate) counts: Counts,
    pub(crate) established: u64,
    /// Pages that came back into their call.
    pub(crate) reconnections: u64,
    pub(crate) failed: BTreeMap<String, u64>,
    pub(crate) setup_ms: Vec<f64>,
    pub(crate) mos: Vec<f64>,
    pub(crate) received: u64,
    pub(crate) expected: u64,
    pub(crate) lost: u64,
    pub(crate) talked: Vec<Talked>,
}

/// What all tasks of a run share.
pub(crate) struct Board {
    pub(crate) plan: Plan,
    pub(crate) api: Api,
    pub(crate) media: Media,
    /// Tells this run's calls and packets from those of others.
    pub(crate) run: u64,
    /// When calls are to end; earlier when the run is stopped.
    pub(crate) end: watch::Receiver<Instant>,
    results: Mutex<Results>,
    calls: Mutex<HashMap<u32, Arc<Call>>>,
}

impl Board {
    pub(crate) fn new(plan: Plan, api: Api, media: Media, run: u64, end: watch::Receiver<Instant>) -> Self {
        Self { plan, api, media, run, end, results: Mutex::default(), calls: Mutex::default() }
    }

    /// What there is so far.
    pub(crate) fn results(&self) -> MutexGuard<'_, Results> {
        self.results.lock().expect("nobody panics with the results in hand")
    }

    pub(crate) fn counts(&self) -> Counts {
        self.results().counts
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<u32, Arc<Call>>> {
        self.calls.lock().expect("nobody panics with the calls in hand")
    }

    /// A customer is about to call.
    pub(crate) fn asked(&self, call: &Arc<Call>) {
        self.calls().insert(call.number, Arc::clone(call));
        self.results().counts.asked += 1;
    }

    /// The call of this number, while its customer is there.
    pub(crate) fn call(&self, number: u32) -> Option<Arc<Call>> {
        self.calls().get(&number).cloned()
    }

    /// The customer has left.
    pub(crate) fn gone(&self, call: &Call) {
        self.calls().remove(&call.number);
    }

    /// A failure is counted by its cause.
    pub(crate) fn failed(&self, call: u32, failure: &Failure) {
        let mut results = self.results();
        results.counts.failed += 1;
        *results.failed.entry(failure.cause.clone()).or_default() += 1;
        if results.counts.failed <= TOLD_FAILURES {
            eprintln!("loadtest: call {call} failed: {}: {}", failure.cause, failure.detail);
        }
    }

    /// What a client heard.
    pub(crate) fn measured(&self, measured: Measured) {
        let mut results = self.results();
        results.received += measured.received;
        results.expected += measured.expected;
        results.lost += measured.lost;
        results.mos.extend(measured.mos);
    }

    /// Whether calls are to end.
    pub(crate) fn is_over(&self) -> bool {
        *self.end.borrow() <= Instant::now()
    }
}
