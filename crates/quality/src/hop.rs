use crate::{CodecImpairment, Impairments, e_model::share, mos, r_factor};
use std::time::Duration;

/// What the listener's jitter buffer adds while jitter is small.
pub const JITTER_BUFFER: Duration = Duration::from_millis(40);

/// What coding adds: a 20 ms frame and Opus' look-ahead of 6.5 ms (RFC 6716 §2, RFC 7587 §4.1).
pub const CODEC_DELAY: Duration = Duration::from_micros(26_500);

/// One direction of one leg: page to engine (uplink) or engine to page (downlink). Figures are this hop's own: for a
/// downlink see [`downlink_loss`] and [`downlink_jitter`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hop {
    /// Share of packets lost, 0..1.
    pub loss: f64,
    /// [`crate::LossRuns::burst_ratio`], 1..8; 1 where only totals are known.
    pub burst_ratio: f64,
    /// Interarrival jitter, RFC 3550 §6.4.1.
    pub jitter: Duration,
    /// Round-trip time, by LSR and DLSR.
    pub rtt: Duration,
}

impl Default for Hop {
    fn default() -> Self {
        Self { loss: 0.0, burst_ratio: 1.0, jitter: Duration::ZERO, rtt: Duration::ZERO }
    }
}

/// MOS of one hop, 1..4.41: what would be heard were the rest of the path perfect.
pub fn leg_mos(hop: &Hop, codec: CodecImpairment) -> f64 {
    mos(r_factor(&Impairments {
        delay_ms: milliseconds(one_way_delay(hop.rtt, hop.jitter)),
        loss: hop.loss,
        burst_ratio: hop.burst_ratio,
        codec,
    }))
}

/// MOS of what a listener hears of a speaker, 1..4.41: the speaker's uplink and the listener's downlink.
///
/// Losses are independent, so what arrives is the product of what each hop lets through; variances of independent
/// delays add up; the worse burst ratio of the hops that lose at all counts for the whole.
pub fn heard_mos(up: &Hop, down: &Hop, codec: CodecImpairment) -> f64 {
    let [through_up, through_down] = [up, down].map(|hop| 1.0 - share(hop.loss));
    let burst_ratio = |hop: &Hop| if hop.loss > 0.0 { hop.burst_ratio } else { 1.0 };
    let path = Hop {
        loss: 1.0 - through_up * through_down,
        burst_ratio: burst_ratio(up).max(burst_ratio(down)),
        jitter: seconds(up.jitter.as_secs_f64().hypot(down.jitter.as_secs_f64())),
        rtt: up.rtt.saturating_add(down.rtt),
    };
    leg_mos(&path, codec)
}

/// Mouth to ear over a path of this round-trip time and jitter: RTT/2, codec and jitter buffer.
pub fn one_way_delay(rtt: Duration, jitter: Duration) -> Duration {
    (rtt / 2).saturating_add(JITTER_BUFFER.max(jitter.saturating_mul(2))).saturating_add(CODEC_DELAY)
}

/// Loss of a downlink alone, 0..1, over one interval.
///
/// A receiver counts every gap in the sequence numbers, also those of packets that the uplink lost and we never had.
/// `reported_lost` is its count (RFC 3550 §6.4.1; duplicates can make it negative), `never_had` the gaps we passed
/// on, `expected` what its highest sequence number advanced by.
pub fn downlink_loss(reported_lost: i64, never_had: u64, expected: u64) -> f64 {
    let sent = expected.saturating_sub(never_had);
    let lost = u64::try_from(reported_lost).unwrap_or(0).saturating_sub(never_had).min(sent);
    if sent == 0 { 0.0 } else { lost as f64 / sent as f64 }
}

/// Jitter of a downlink alone. Timestamps are the speaker's, so what the receiver reports contains the uplink's;
/// variances of independent delays add up.
pub fn downlink_jitter(reported: Duration, uplink: Duration) -> Duration {
    let own_variance = reported.as_secs_f64().powi(2) - uplink.as_secs_f64().powi(2);
    seconds(own_variance.max(0.0).sqrt())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}
