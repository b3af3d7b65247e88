//! The clock of sender reports (RFC 3550 §4).

use model::MediaTime;
use std::time::Duration;

/// Seconds from 1900 to 1970.
const SINCE_1900: u64 = 2_208_988_800;

/// Seconds since 1900 in 32.32 bits. `time` is microseconds since 1970.
pub(super) fn of(time: MediaTime) -> u64 {
    let (seconds, micros) = (time.0 / 1_000_000, time.0 % 1_000_000);
    ((seconds + SINCE_1900) << 32) | ((micros << 32) / 1_000_000)
}

/// Round-trip time from a block about our report: `last_report` is its middle 32 bits, `delay` how long it lay at the
/// other side, in 1/65536 s (RFC 3550 §6.4.1). `None` when it was about none.
pub(super) fn round_trip(now: MediaTime, last_report: u32, delay: u32) -> Option<Duration> {
    let middle = (of(now) >> 16) as u32;
    let trip = middle.wrapping_sub(last_report).wrapping_sub(delay);
    // Clocks of 1/65536 s and rounding can make a short trip negative.
    let trip = if trip > u32::MAX / 2 { 0 } else { trip };
    (last_report != 0).then(|| Duration::from_micros((u64::from(trip) * 1_000_000) >> 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_are_what_is_left_of_the_time_between() {
        let sent = MediaTime(1_700_000_000_123_456);
        let last_report = (of(sent) >> 16) as u32;
        let now = MediaTime(sent.0 + 1_080_000);
        let trip = round_trip(now, last_report, 65_536).expect("about a report");
        assert!(trip.abs_diff(Duration::from_millis(80)) < Duration::from_micros(50), "{trip:?}");
        assert_eq!(round_trip(sent, last_report, 3), Some(Duration::ZERO));
        assert_eq!(round_trip(now, 0, 0), None);
    }

    #[test]
    fn seconds_count_from_1900() {
        assert_eq!(of(MediaTime(500_000)), (SINCE_1900 << 32) | (1 << 31));
    }
}
