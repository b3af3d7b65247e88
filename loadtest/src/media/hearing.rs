//! What a receiver makes of one track: loss, jitter, silence, and what it sounds like.

use super::stamp::Stamp;
use crate::limits::{MOS_WINDOW, MOS_WINDOW_LEAST, ONE_WAY_AFTER};
use quality::{Hop, LossRuns, OPUS, heard_mos};
use std::time::Duration;

/// Packets of one track as they come.
#[derive(Debug, Default)]
pub(super) struct Hearing {
    /// First and highest sequence number.
    span: Option<(u32, u32)>,
    received: u64,
    jitter_nanos: f64,
    last_transit: Option<i64>,
    /// When the last packet came and when it had been sent, nanoseconds on the run's clock.
    last: (u64, u64),
    runs: LossRuns,
    window: Window,
    /// MOS of each window that is over.
    scores: Vec<f64>,
}

/// Where a MOS window began.
#[derive(Debug, Default, Clone, Copy)]
struct Window {
    began: u64,
    expected: u64,
    received: u64,
}

impl Hearing {
    /// A packet came at `now`, nanoseconds on the run's clock.
    pub(super) fn heard(&mut self, stamp: &Stamp, now: u64) {
        self.received += 1;
        self.last = (now, stamp.sent);
        self.note_jitter(stamp.sent, now);
        match &mut self.span {
            None => {
                self.span = Some((stamp.sequence, stamp.sequence));
                self.window = Window { began: now, expected: 0, received: 0 };
            }
            Some((_, highest)) if stamp.sequence > *highest => {
                self.runs.lost_run(u64::from(stamp.sequence - *highest - 1));
                *highest = stamp.sequence;
            }
            // It was late and counts as received all the same.
            Some(_) => {}
        }
        self.runs.received(1);
    }

    /// RFC 3550 §6.4.1, on the time of sending instead of RTP time: pacing that is late is no jitter of the path.
    fn note_jitter(&mut self, sent: u64, now: u64) {
        let transit = now as i64 - sent as i64;
        if let Some(last) = self.last_transit {
            self.jitter_nanos += ((transit - last).abs() as f64 - self.jitter_nanos) / 16.0;
        }
        self.last_transit = Some(transit);
    }

    /// Something was heard.
    pub(super) fn has_begun(&self) -> bool {
        self.span.is_some()
    }

    /// Packets that should have come between the first and the last that did.
    pub(super) fn expected(&self) -> u64 {
        self.span.map_or(0, |(first, highest)| u64::from(highest - first) + 1)
    }

    /// Packets that did not come, so far.
    pub(super) fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.received)
    }

    /// The other side sent for longer than [`ONE_WAY_AFTER`], and nothing of it came.
    pub(super) fn is_silent(&self, other_sent: u64, now: u64) -> bool {
        let limit = ONE_WAY_AFTER.as_nanos() as u64;
        let (heard, sent) = self.last;
        self.has_begun() && other_sent.saturating_sub(sent) > limit && now.saturating_sub(heard) > limit
    }

    /// Closes the MOS window when it is over, or at the call's end when it is long enough to say something.
    pub(super) fn score(&mut self, now: u64, rtt: (Duration, Duration), is_end: bool) {
        let Some(length) = self.has_begun().then(|| Duration::from_nanos(now.saturating_sub(self.window.began))) else {
            return;
        };
        if length < if is_end { MOS_WINDOW_LEAST } else { MOS_WINDOW } {
            return;
        }
        let expected = self.expected() - self.window.expected;
        let lost = expected.saturating_sub(self.received - self.window.received);
        let (speaker_rtt, own_rtt) = rtt;
        let up = Hop { rtt: speaker_rtt, ..Hop::default() };
        let down = Hop {
            loss: if expected == 0 { 1.0 } else { lost as f64 / expected as f64 },
            burst_ratio: self.runs.burst_ratio(),
            jitter: Duration::from_nanos(self.jitter_nanos as u64),
            rtt: own_rtt,
        };
        self.scores.push(heard_mos(&up, &down, OPUS));
        self.window = Window { began: now, expected: self.expected(), received: self.received };
        self.runs = LossRuns::default();
    }

    /// MOS of the windows.
    pub(super) fn take_scores(&mut self) -> Vec<f64> {
        std::mem::take(&mut self.scores)
    }

    /// Packets that came.
    pub(super) fn received(&self) -> u64 {
        self.received
    }
}

#[cfg(test)]
mod tests {
    use super::super::stamp::{Side, Track};
    use super::*;

    const MS: u64 = 1_000_000;

    fn stamp(sequence: u32) -> Stamp {
        Stamp { call: 0, side: Side::Agent, track: Track::Audio, sequence, sent: u64::from(sequence) * 20 * MS }
    }

    fn no_rtt() -> (Duration, Duration) {
        (Duration::ZERO, Duration::ZERO)
    }

    #[test]
    fn loss_counts_from_the_first_to_the_last_and_late_packets_are_not_lost() {
        let mut hearing = Hearing::default();
        for sequence in [100, 101, 103, 102, 107] {
            hearing.heard(&stamp(sequence), stamp(sequence).sent + 30 * MS);
        }
        assert_eq!((hearing.expected(), hearing.received(), hearing.lost()), (8, 5, 3));
    }

    #[test]
    fn a_steady_delay_is_no_jitter_and_a_swinging_one_is() {
        let mut steady = Hearing::default();
        let mut swinging = Hearing::default();
        for sequence in 0..2_000 {
            let sent = stamp(sequence).sent;
            steady.heard(&stamp(sequence), sent + 80 * MS);
            swinging.heard(&stamp(sequence), sent + if sequence % 2 == 0 { 10 * MS } else { 16 * MS });
        }
        assert_eq!(steady.jitter_nanos, 0.0);
        assert!((swinging.jitter_nanos - 6.0 * MS as f64).abs() < 0.01 * MS as f64, "{}", swinging.jitter_nanos);
    }

    #[test]
    fn silence_is_one_way_only_while_the_other_side_sends() {
        let mut hearing = Hearing::default();
        assert!(!hearing.is_silent(10_000 * MS, 10_000 * MS), "nothing was heard yet: the set-up has its own limit");
        hearing.heard(&stamp(50), 1_001 * MS);
        assert!(!hearing.is_silent(1_900 * MS, 1_901 * MS));
        assert!(hearing.is_silent(2_020 * MS, 2_021 * MS));
        assert!(!hearing.is_silent(1_000 * MS, 9_000 * MS), "the other side has stopped");
    }

    /// The E-model worked out by hand for a window that lost 2 % at random over 40 ms of round trip: Ta = 86.5 ms has
    /// no impairment but echo, Ie-eff = 95 · 2 / (2 + 10) = 15.83, R about 77.
    #[test]
    fn a_window_with_loss_is_scored_by_the_e_model() {
        let mut hearing = Hearing::default();
        for sequence in (0..=250).filter(|sequence| sequence % 50 != 25) {
            hearing.heard(&stamp(sequence), stamp(sequence).sent + 20 * MS);
        }
        let rtt = Duration::from_millis(20);
        hearing.score(5_100 * MS, (rtt, rtt), false);
        hearing.score(5_200 * MS, (rtt, rtt), true);
        let scores = hearing.take_scores();
        assert_eq!(scores.len(), 1, "the end's window is too short to say something");
        let r = 77.0_f64;
        let mos = 1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6;
        assert!((scores[0] - mos).abs() < 0.1, "{} is about {mos}", scores[0]);
    }

    #[test]
    fn a_window_in_which_nothing_came_is_the_worst() {
        let mut hearing = Hearing::default();
        for sequence in 0..250 {
            hearing.heard(&stamp(sequence), stamp(sequence).sent);
        }
        hearing.score(5_000 * MS, no_rtt(), false);
        hearing.score(10_000 * MS, no_rtt(), false);
        let scores = hearing.take_scores();
        assert!(scores[0] > 4.3 && scores[1] < 1.2, "{scores:?}");
    }
}
