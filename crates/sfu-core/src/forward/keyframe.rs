//! Keyframes: seen in payloads, and asked for.

use super::vp8;
use crate::limits::KEYFRAME_THROTTLE;
use model::Codec;
use std::time::Instant;

/// Whether a keyframe begins in this packet: a receiver that starts here can decode. Always true for audio.
pub(crate) fn starts_keyframe(codec: Codec, payload: &[u8]) -> bool {
    match codec {
        Codec::Opus => true,
        Codec::Vp8 => vp8::starts_keyframe(payload),
        Codec::H264 => h264_starts_keyframe(payload),
    }
}

/// A sequence parameter set (7) or an IDR slice (5), alone, aggregated (STAP-A, 24) or as the first fragment (FU-A, 28).
/// RFC 6184 §5.2. Browsers send the parameter sets right before each IDR picture, so that a start there has both.
fn h264_starts_keyframe(payload: &[u8]) -> bool {
    const STARTS: [u8; 2] = [5, 7];
    let Some((&first, rest)) = payload.split_first() else { return false };
    match first & 0x1f {
        24 => {
            let mut rest = rest;
            while let Some((size, unit)) = rest.split_first_chunk::<2>() {
                if unit.first().is_some_and(|header| STARTS.contains(&(header & 0x1f))) {
                    return true;
                }
                rest = unit.get(usize::from(u16::from_be_bytes(*size))..).unwrap_or_default();
            }
            false
        }
        28 => rest.first().is_some_and(|header| header & 0x80 != 0 && STARTS.contains(&(header & 0x1f))),
        kind => STARTS.contains(&kind),
    }
}

/// Requests to one source, at most one per [`KEYFRAME_THROTTLE`].
#[derive(Debug, Default)]
pub(crate) struct KeyframeRequests {
    last: Option<Instant>,
    wanted: bool,
}

impl KeyframeRequests {
    /// Somebody wants a keyframe.
    pub(crate) fn want(&mut self) {
        self.wanted = true;
    }

    /// Whether a request is to be sent now. Asking takes it.
    pub(crate) fn take_due(&mut self, now: Instant) -> bool {
        let throttled = self.last.is_some_and(|last| now.saturating_duration_since(last) < KEYFRAME_THROTTLE);
        if !self.wanted || throttled {
            return false;
        }
        self.wanted = false;
        self.last = Some(now);
        true
    }

    /// When the last request was sent.
    pub(crate) fn last(&self) -> Option<Instant> {
        self.last
    }

    /// A keyframe came: what is wanted is there.
    pub(crate) fn satisfied(&mut self) {
        self.wanted = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn h264_keyframes_are_found_in_every_packet_form() {
        let keyframes: [&[u8]; 5] = [
            &[0x67, 1, 2],
            &[0x65, 1],
            &[0x78, 0, 2, 0x67, 1, 0, 1, 0x68],
            &[0x78, 0, 1, 0x06, 0, 1, 0x65],
            &[0x7c, 0x85],
        ];
        for payload in keyframes {
            assert!(starts_keyframe(Codec::H264, payload), "{payload:x?}");
        }
        let others: [&[u8]; 6] = [&[], &[0x41, 1], &[0x7c, 0x05], &[0x7c, 0x81], &[0x78, 0, 9, 0x41], &[0x78, 255]];
        for payload in others {
            assert!(!starts_keyframe(Codec::H264, payload), "{payload:x?}");
        }
    }

    #[test]
    fn requests_are_throttled_and_not_forgotten() {
        let start = Instant::now();
        let mut requests = KeyframeRequests::default();
        assert!(!requests.take_due(start));
        requests.want();
        assert!(requests.take_due(start));
        requests.want();
        assert!(!requests.take_due(start + KEYFRAME_THROTTLE - Duration::from_millis(1)));
        assert!(requests.take_due(start + KEYFRAME_THROTTLE));
        assert!(!requests.take_due(start + KEYFRAME_THROTTLE * 2));
        requests.want();
        requests.satisfied();
        assert!(!requests.take_due(start + KEYFRAME_THROTTLE * 3));
    }
}
