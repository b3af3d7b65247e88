//! An engine that is to end lets its calls finish first.

use crate::process::{Signals, Wish};
use media_engine::Ledger;
use std::{
    process::ExitCode,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, interval, sleep_until},
};
use wire::engine::{Command, Refusal, Request};

/// How often it is looked whether the last call has ended.
const LOOK: Duration = Duration::from_millis(100);
/// Exit status when calls were left at the end of the time.
const CALLS_WERE_LEFT: u8 = 3;

/// What every part of the engine knows of its end. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Drain {
    until: Arc<watch::Sender<Option<Instant>>>,
    ledger: Arc<Mutex<Ledger>>,
}

/// How a drain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Drained {
    /// Legs that were still there.
    pub(super) left: usize,
}

impl Drained {
    pub(super) fn exit_code(self) -> ExitCode {
        if self.left == 0 { ExitCode::SUCCESS } else { ExitCode::from(CALLS_WERE_LEFT) }
    }
}

impl Drain {
    pub(super) fn new(ledger: Arc<Mutex<Ledger>>) -> Self {
        Self { until: Arc::new(watch::channel(None).0), ledger }
    }

    /// No new calls from now on; those that run may for so long. Once more, it changes the time.
    pub(crate) fn begin(&self, time: Duration) {
        let (rooms, legs) = self.left();
        tracing::info!(rooms, legs, seconds = time.as_secs(), "no new calls are taken; those that run may end");
        self.until.send_replace(Some(Instant::now() + time));
    }

    pub(super) fn is_on(&self) -> bool {
        self.until.borrow().is_some()
    }

    /// Rooms and legs that are still there.
    pub(crate) fn left(&self) -> (usize, usize) {
        let rooms = self.ledger.lock().expect("the ledger does not panic").holds();
        (rooms.len(), rooms.iter().map(|room| room.legs.len()).sum())
    }

    /// Why a request is refused, if it would open a room now.
    pub(super) fn refuses(&self, request: &Request) -> Option<Refusal> {
        let Command::AddLeg { room, .. } = &request.command else { return None };
        let opens = self.is_on() && !self.ledger.lock().expect("the ledger does not panic").has_room(*room);
        opens.then(|| Refusal::Full { limit: "it is being drained".to_owned() })
    }

    /// Waits until the operator wants the end and no call is left, or the time for them is over. SIGTERM begins a drain
    /// of this `usual` time; SIGINT, a second SIGTERM, or no time at all end at once.
    pub(super) async fn until_ended(&self, usual: Duration, reload: impl Fn()) -> Drained {
        let mut signals = Signals::new();
        let mut until = self.until.subscribe();
        let mut look = interval(LOOK);
        loop {
            let deadline = *until.borrow_and_update();
            tokio::select! {
                wish = signals.next() => match wish {
                    Wish::Reload => reload(),
                    Wish::Terminate if deadline.is_none() && !usual.is_zero() => self.begin(usual),
                    Wish::Terminate | Wish::Interrupt => return self.ended(),
                },
                _ = until.changed() => {}
                _ = look.tick(), if deadline.is_some() => {
                    if self.left() == (0, 0) {
                        return self.ended();
                    }
                }
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => return self.ended(),
            }
        }
    }

    fn ended(&self) -> Drained {
        let (rooms, left) = self.left();
        if left > 0 {
            tracing::warn!(rooms, legs = left, "calls are left; their pages are told to go to another engine");
        }
        Drained { left }
    }
}
