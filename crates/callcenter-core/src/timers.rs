use model::{AgentId, CallId, LegId, SegmentId, WorkingHoursId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// Why the core wants to be woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// An agent's page has rung long enough.
    RingTimeout(LegId),
    /// A leg had time enough to bring its media up.
    ConnectTimeout(LegId),
    /// A lost leg had its time to come back.
    ReconnectWindow(LegId),
    /// No sign of life from an agent's page.
    HeartbeatLease(AgentId),
    /// An agent's wrap-up is over.
    WrapUpEnd(AgentId),
    /// Working hours may begin or end.
    HoursChange(WorkingHoursId),
    /// The only agent who can take the call passed it over and may be rung again.
    RingAgain(CallId),
    /// The recorder said nothing of a file that was to be finished.
    RecorderSilence(SegmentId),
    /// A call has waited as long as its strategy allows.
    MaximumWait(CallId),
    /// The last message of a call whose wait is over has been heard.
    WaitEnd(CallId),
}

/// Running timers: at most one for each reason.
#[derive(Debug, Clone, Default)]
pub(crate) struct Timers {
    by_reason: BTreeMap<Reason, Instant>,
    by_time: BTreeSet<(Instant, Reason)>,
}

impl Timers {
    /// Start the timer, or move it.
    pub(crate) fn arm(&mut self, reason: Reason, at: Instant) {
        self.cancel(reason);
        self.by_reason.insert(reason, at);
        self.by_time.insert((at, reason));
    }

    pub(crate) fn cancel(&mut self, reason: Reason) {
        if let Some(at) = self.by_reason.remove(&reason) {
            self.by_time.remove(&(at, reason));
        }
    }

    /// When the timer is due, if it runs.
    pub(crate) fn due(&self, reason: Reason) -> Option<Instant> {
        self.by_reason.get(&reason).copied()
    }

    pub(crate) fn first(&self) -> Option<(Instant, Reason)> {
        self.by_time.first().copied()
    }

    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<Reason> {
        let (_, reason) = self.first().filter(|(at, _)| *at <= now)?;
        self.cancel(reason);
        Some(reason)
    }
}
