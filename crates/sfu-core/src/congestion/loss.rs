use super::{Bounds, history::Judged};
use std::time::{Duration, Instant};

/// Packets, and time, that loss is measured over: fewer tell nothing.
const ENOUGH_PACKETS: u32 = 20;
const WINDOW: Duration = Duration::from_millis(300);
/// Loss below which the rate grows, and above which it shrinks (draft-ietf-rmcat-gcc-02 §6).
const LOW: f64 = 0.02;
const HIGH: f64 = 0.10;
/// Growth a second; the draft's is 1.05 for each report of about a second.
const GROWTH: f64 = 1.25;
/// Weight of a window in the average.
const WEIGHT: f64 = 0.2;
/// Loss alone does not keep the rate below `BALANCE / (average loss - OFFSET)`: a path that loses at random loses as much
/// however little is sent. This is the form of the bound of libwebrtc's newer loss-based estimate, with smaller numbers:
/// 1.3 Mbit/s at a loss of 5 %, 500 kbit/s at 10 %, 220 at 20 %.
const BALANCE: f64 = 40_000.0;
const OFFSET: f64 = 0.02;

/// The loss-based part: draft-ietf-rmcat-gcc-02 §6, with a floor.
///
/// Loss above 10 %: A(i) = A(i-1) · (1 - 0.5 p). Below 2 %, or while A is below the floor, A grows. Otherwise it stays.
#[derive(Debug)]
pub(super) struct LossControl {
    bounds: Bounds,
    rate: f64,
    window: Judged,
    began_at: Instant,
    average: Option<f64>,
}

impl LossControl {
    pub(super) fn new(bounds: Bounds, now: Instant) -> Self {
        Self { bounds, rate: bounds.max as f64, window: Judged::default(), began_at: now, average: None }
    }

    /// Bits per second, within the bounds.
    pub(super) fn rate(&self) -> f64 {
        self.rate
    }

    /// Average loss, 0 to 1.
    pub(super) fn loss(&self) -> f64 {
        self.average.unwrap_or(0.0)
    }

    /// Packets whose fate became known; `delay_based` is the other part's rate, in bits per second.
    pub(super) fn update(&mut self, judged: Judged, delay_based: f64, now: Instant) {
        self.window.arrived += judged.arrived;
        self.window.lost += judged.lost;
        let packets = self.window.arrived + self.window.lost;
        let elapsed = now.saturating_duration_since(self.began_at);
        if packets >= ENOUGH_PACKETS && elapsed >= WINDOW {
            let loss = f64::from(self.window.lost) / f64::from(packets);
            self.average = Some(self.average.map_or(loss, |average| average + WEIGHT * (loss - average)));
            self.apply(loss, elapsed, delay_based);
            self.window = Judged::default();
            self.began_at = now;
        }
    }

    fn apply(&mut self, loss: f64, elapsed: Duration, delay_based: f64) {
        let floor = self.floor();
        let grown = self.rate * GROWTH.powf(elapsed.as_secs_f64().min(1.0));
        let effective = self.rate.min(delay_based);
        if loss < LOW {
            self.set(grown);
        } else if effective < floor {
            self.set(grown.min(floor).max(self.rate));
        } else if loss > HIGH {
            self.set((effective * (1.0 - 0.5 * loss)).max(floor));
        }
    }

    fn floor(&self) -> f64 {
        BALANCE / (self.loss() - OFFSET).max(f64::EPSILON)
    }

    fn set(&mut self, rate: f64) {
        self.rate = rate.clamp(self.bounds.min as f64, self.bounds.max as f64);
    }
}
