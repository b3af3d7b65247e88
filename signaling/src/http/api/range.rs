//! Byte ranges (RFC 9110 §14).

/// Which part of a file is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// From byte `first` to byte `last`, both included.
    Bytes {
        /// First byte, from zero.
        first: u64,
        /// Last byte, not before the first.
        last: u64,
    },
    /// Nothing of the file.
    OutOfRange,
}

/// Reads a `Range` header for a file of `length` bytes. What is malformed, of another unit, or asks for several
/// ranges is answered with the whole file, as §14.2 allows.
pub(super) fn part(header: Option<&str>, length: u64) -> Part {
    let Some(range) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else { return Part::Whole };
    let Some((first, last)) = range.trim().split_once('-') else { return Part::Whole };
    match (number(first), number(last)) {
        (Some(Some(first)), Some(last)) => {
            let last = last.unwrap_or(u64::MAX);
            if last < first {
                Part::Whole
            } else if first >= length {
                Part::OutOfRange
            } else {
                Part::Bytes { first, last: last.min(length - 1) }
            }
        }
        (Some(None), Some(Some(suffix))) => {
            if suffix == 0 || length == 0 {
                Part::OutOfRange
            } else {
                Part::Bytes { first: length.saturating_sub(suffix), last: length - 1 }
            }
        }
        _ => Part::Whole,
    }
}

/// Digits, or nothing at all; `None` for anything else.
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Some(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(first: u64, last: u64) -> Part {
        Part::Bytes { first, last }
    }

    #[test]
    fn ranges_are_cut_to_the_file() {
        assert_eq!(part(None, 100), Part::Whole);
        assert_eq!(part(Some("bytes=0-"), 100), bytes(0, 99));
        assert_eq!(part(Some("bytes=10-19"), 100), bytes(10, 19));
        assert_eq!(part(Some("bytes=90-1000"), 100), bytes(90, 99));
        assert_eq!(part(Some("bytes=-10"), 100), bytes(90, 99));
        assert_eq!(part(Some("bytes=-1000"), 100), bytes(0, 99));
        assert_eq!(part(Some("bytes=0-99999999999999999999999"), 100), bytes(0, 99));
    }

    #[test]
    fn what_lies_outside_is_told() {
        for range in ["bytes=100-", "bytes=100-200", "bytes=-0"] {
            assert_eq!(part(Some(range), 100), Part::OutOfRange, "{range}");
        }
        assert_eq!(part(Some("bytes=0-"), 0), Part::OutOfRange);
    }

    #[test]
    fn what_is_no_single_range_gets_the_whole_file() {
        for range in ["bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes=+1-2"] {
            assert_eq!(part(Some(range), 100), Part::Whole, "{range}");
        }
    }
}
