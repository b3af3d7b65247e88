use std::time::{Duration, Instant};

/// Video is paused when the estimate stays below this many bits per second…
const PAUSE_BELOW: u64 = 100_000;
/// …for this long, or at once when packets wait so long in the path: a picture that late only holds up the sound.
const PAUSE_AFTER: Duration = Duration::from_secs(1);
const FLOODED: Duration = Duration::from_millis(400);
/// Video resumes when the estimate stays above this, and packets hardly wait, for so long.
const RESUME_ABOVE: u64 = 120_000;
const DRAINED: Duration = Duration::from_millis(100);
const RESUME_AFTER: Duration = Duration::from_millis(500);
/// Sound alone shows no more than about 80 kbit/s of a path (1.5 times what arrives, and 10). So video is tried after
/// this time, and after twice as long when that failed, up to the longest.
const FIRST_TRIAL_AFTER: Duration = Duration::from_secs(3);
const LONGEST_TRIAL_AFTER: Duration = Duration::from_secs(8);
/// A trial has succeeded when the estimate was above [`PAUSE_BELOW`] for this long.
const TRIAL_SUCCEEDS_AFTER: Duration = Duration::from_secs(1);
/// A trial has failed when the estimate falls to this part of what it reached.
const TRIAL_FAILS_AT: f64 = 0.95;
/// Video that ran for this long is no trial's success any more: the next pause begins with the first interval.
const TRUSTED_AFTER: Duration = Duration::from_secs(30);

/// Whether one downlink carries video.
///
/// ```text
///        estimate low for 1 s, or flooded
///   Open ────────────────────────────────► Paused ◄──┐ estimate falls, or flooded
///    ▲ ▲                                   │  │      │ (wait twice as long next time)
///    │ └─── estimate high, no queue ───────┘  │      │
///    └────────── estimate high ───── Trial ◄──┴──────┘
///                                       after 3 to 8 s
/// ```
#[derive(Debug)]
pub struct VideoGate {
    state: State,
    since: Instant,
    /// Since when the condition for the next state has held.
    due_since: Option<Instant>,
    trial_after: Duration,
    /// Video was last resumed by a trial.
    is_on_trial: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Open,
    Paused,
    /// Video flows to see whether it can; the highest estimate so far.
    Trial(u64),
}

/// What [`VideoGate::update`] changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateChange {
    /// Video is not to be forwarded from now on.
    Paused,
    /// Video is to be forwarded again, from a keyframe on that has to be asked for.
    Resumed,
}

impl VideoGate {
    /// A gate that lets video through until an estimate says otherwise.
    pub fn new(now: Instant) -> Self {
        Self { state: State::Open, since: now, due_since: None, trial_after: FIRST_TRIAL_AFTER, is_on_trial: false }
    }

    /// Whether video is to be forwarded.
    pub fn is_open(&self) -> bool {
        self.state != State::Paused
    }

    /// To be called after each feedback and at least every 200 ms, with the estimate in bits per second and the time that
    /// packets wait in the path.
    pub fn update(&mut self, estimate: u64, queue_delay: Duration, now: Instant) -> Option<GateChange> {
        match self.state {
            State::Open => {
                let is_low = self.holds_for(estimate < PAUSE_BELOW, PAUSE_AFTER, now);
                (is_low || queue_delay >= FLOODED).then(|| self.pause(now))
            }
            State::Paused => self.may_resume(estimate, queue_delay, now).then_some(GateChange::Resumed),
            State::Trial(_) if queue_delay >= FLOODED => Some(self.pause(now)),
            State::Trial(highest) => {
                self.state = State::Trial(highest.max(estimate));
                let is_falling = (estimate as f64) < TRIAL_FAILS_AT * highest as f64;
                if self.holds_for(estimate >= PAUSE_BELOW, TRIAL_SUCCEEDS_AFTER, now) {
                    self.enter(State::Open, now);
                }
                (is_falling && estimate < PAUSE_BELOW).then(|| self.pause(now))
            }
        }
    }

    fn may_resume(&mut self, estimate: u64, queue_delay: Duration, now: Instant) -> bool {
        let is_drained = queue_delay < DRAINED;
        let paused_for = now.saturating_duration_since(self.since);
        if self.holds_for(estimate >= RESUME_ABOVE && is_drained, RESUME_AFTER, now) {
            self.enter(State::Open, now);
        } else if is_drained && paused_for >= self.trial_after {
            self.is_on_trial = true;
            self.enter(State::Trial(estimate), now);
        }
        self.is_open()
    }

    fn pause(&mut self, now: Instant) -> GateChange {
        let ran_for = now.saturating_duration_since(self.since);
        let is_trusted = self.state == State::Open && ran_for >= TRUSTED_AFTER;
        self.trial_after = if self.is_on_trial && !is_trusted {
            (2 * self.trial_after).min(LONGEST_TRIAL_AFTER)
        } else {
            FIRST_TRIAL_AFTER
        };
        self.is_on_trial = false;
        self.enter(State::Paused, now);
        GateChange::Paused
    }

    fn enter(&mut self, state: State, now: Instant) {
        self.state = state;
        self.since = now;
        self.due_since = None;
    }

    /// Whether a condition has held for so long.
    fn holds_for(&mut self, condition: bool, time: Duration, now: Instant) -> bool {
        if !condition {
            self.due_since = None;
            return false;
        }
        now.saturating_duration_since(*self.due_since.get_or_insert(now)) >= time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a gate on estimates in kbit/s, one each 100 ms; the changes with their times in units of 100 ms.
    fn changes(estimates: impl IntoIterator<Item = u64>) -> Vec<(u32, GateChange)> {
        let start = Instant::now();
        let mut gate = VideoGate::new(start);
        let updated = (0..).zip(estimates).filter_map(|(step, estimate)| {
            let now = start + step * Duration::from_millis(100);
            gate.update(estimate * 1000, Duration::ZERO, now).map(|change| (step, change))
        });
        updated.collect()
    }

    fn steps(estimate: u64, steps: usize) -> impl Iterator<Item = u64> {
        std::iter::repeat_n(estimate, steps)
    }

    #[test]
    fn a_dip_pauses_nothing_and_a_low_estimate_does() {
        assert_eq!(changes(steps(300, 10).chain(steps(60, 9)).chain(steps(110, 50))), []);
        let paused = changes(steps(300, 10).chain(steps(60, 15)));
        assert_eq!(paused, [(20, GateChange::Paused)]);
    }

    #[test]
    fn an_estimate_that_recovers_resumes() {
        let resumed = changes(steps(60, 15).chain(steps(130, 100)));
        assert_eq!(resumed, [(10, GateChange::Paused), (20, GateChange::Resumed)]);
    }

    #[test]
    fn trials_that_fail_become_rarer_but_stay_within_eight_seconds() {
        let start = Instant::now();
        let mut gate = VideoGate::new(start);
        let mut pauses = Vec::new();
        let mut resumed_at = 0;
        for step in 0..600_u32 {
            // While video flows the estimate falls from 70 to 50.
            let estimate = if gate.is_open() && step > resumed_at + 5 { 50_000 } else { 70_000 };
            match gate.update(estimate, Duration::ZERO, start + step * Duration::from_millis(100)) {
                Some(GateChange::Resumed) => resumed_at = step,
                Some(GateChange::Paused) => pauses.push(step),
                None => {}
            }
        }
        let apart: Vec<_> = pauses.windows(2).map(|pair| (pair[1] - pair[0]) / 10).collect();
        assert_eq!(apart[..4], [3, 6, 8, 8], "{pauses:?}");
    }

    #[test]
    fn a_trial_that_succeeds_stays_open() {
        let rising = (60..300).step_by(2);
        let trial = changes(steps(60, 42).chain(rising).chain(steps(300, 100)));
        assert_eq!(trial, [(10, GateChange::Paused), (40, GateChange::Resumed)]);
    }

    #[test]
    fn a_flooded_path_pauses_at_once_and_waits_until_it_has_drained() {
        let start = Instant::now();
        let mut gate = VideoGate::new(start);
        assert_eq!(gate.update(1_000_000, Duration::from_millis(300), start), None);
        assert_eq!(gate.update(1_000_000, FLOODED, start), Some(GateChange::Paused));
        for step in 0..100 {
            let now = start + step * Duration::from_millis(100);
            assert_eq!(gate.update(1_000_000, Duration::from_millis(200), now), None);
        }
        let drained = start + Duration::from_secs(10);
        assert_eq!(gate.update(1_000_000, Duration::ZERO, drained), Some(GateChange::Resumed), "by trial");
    }
}
