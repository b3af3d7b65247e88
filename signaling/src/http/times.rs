//! Times as the public API writes them.

use jiff::Timestamp;
use model::WallTime;

/// What is expected where a time is wrong.
pub(crate) const EXPECTED: &str = "must be a date and time with offset, for example 2026-11-20T22:30:00.000+0000";

/// Writes a time with milliseconds and offset.
pub(crate) fn text(time: WallTime) -> String {
    let time = Timestamp::from_millisecond(time.0).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{}+00:00", time.strftime("%Y-%m-%dT%H:%M:%S%.3f"))
}

/// Writes a time that may be absent.
pub(crate) fn text_of(time: Option<WallTime>) -> Option<String> {
    time.map(text)
}

/// Reads a time: an offset is needed, with or without colon. In a query a plus sign may have become a space.
pub(crate) fn parse(text: &str) -> Option<WallTime> {
    let text = text.trim().replace(' ', "+");
    let time = text.parse::<Timestamp>().ok()?;
    Some(WallTime(time.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_to_write_the_offset_are_the_same_time() {
        let time = WallTime(1_795_213_800_123);
        assert_eq!(text(time), "2026-11-20T22:30:00.123+00:00");
        for way in [
            "2026-11-20T22:30:00.123Z",
            "2026-11-20T22:30:00.123+0000",
            "2026-11-20T22:30:00.123 0000",
            "2026-11-20T22:30:00.123+00:00",
            "2026-11-20T23:30:00.123+01:00",
        ] {
            assert_eq!(parse(way), Some(time), "{way}");
        }
        for bad in ["", "yesterday", "2026-11-20", "2026-11-20T22:30:00", "1795213800123"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
