//! RTCP as a browser sends it: sender reports with report blocks, and transport-wide feedback.

use crate::packet::Uplink;
use std::time::Duration;

/// Room for a compound packet with its protection.
pub(crate) const RTCP_BYTES: usize = 1500;
/// From one report to the next.
pub(crate) const REPORT_STEP: Duration = Duration::from_secs(1);
/// From one transport-wide feedback to the next.
pub(crate) const FEEDBACK_STEP: Duration = Duration::from_millis(100);
/// Packets that one feedback tells of. A leg of our loads gets a quarter of it in [`FEEDBACK_STEP`].
const FEEDBACK_PACKETS: usize = 128;
/// Unit of a feedback's arrival times.
const DELTA: u32 = 250;

/// What a report says of the packets that came in of one source (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    pub(crate) ssrc: u32,
    pub(crate) highest: u32,
    pub(crate) lost: u32,
    /// RTP time units.
    pub(crate) jitter: u32,
    /// The last sender report that came, as its middle 32 bits of NTP time, and how long ago that was.
    pub(crate) last: Option<(u32, Duration)>,
}

/// Bytes of a packet that is being written.
struct Out<'a> {
    buffer: &'a mut [u8],
    length: usize,
}

impl Out<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.buffer[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }

    /// Begins a packet of a compound and returns where.
    fn begin(&mut self, count: u8, kind: u8) -> usize {
        let start = self.length;
        self.put(&[0x80 | count, kind, 0, 0]);
        start
    }

    /// Pads to words and writes the length of the packet that began at `start`.
    fn end(&mut self, start: usize) {
        while !(self.length - start).is_multiple_of(4) {
            self.put(&[0]);
        }
        let words = ((self.length - start) / 4 - 1) as u16;
        self.buffer[start + 2..start + 4].copy_from_slice(&words.to_be_bytes());
    }
}

/// Sender reports, each with the block of the source that comes the other way, and a name. `now` is on the generator's
/// clock, which stands for NTP time.
pub(crate) fn write_report<'a>(
    reports: impl Iterator<Item = (&'a Uplink, u32, Option<Block>)>,
    now: Duration,
    buffer: &mut [u8],
) -> usize {
    let mut out = Out { buffer, length: 0 };
    let mut name = None;
    for (uplink, timestamp, block) in reports {
        let start = out.begin(u8::from(block.is_some()), 200);
        out.put(&uplink.ssrc.to_be_bytes());
        out.put(&(now.as_secs() as u32).to_be_bytes());
        out.put(&((u64::from(now.subsec_nanos()) << 32) / 1_000_000_000).to_be_bytes()[4..]);
        for word in [timestamp, uplink.packets as u32, uplink.bytes as u32] {
            out.put(&word.to_be_bytes());
        }
        if let Some(block) = block {
            write_block(&mut out, block);
        }
        out.end(start);
        name.get_or_insert(uplink.ssrc);
    }
    if let Some(ssrc) = name {
        // RFC 3550 §6.5: a compound packet names its sender. CNAME of one byte, then the end of the list.
        let start = out.begin(1, 202);
        out.put(&ssrc.to_be_bytes());
        out.put(&[1, 1, b'g', 0]);
        out.end(start);
    }
    out.length
}

fn write_block(out: &mut Out<'_>, block: Block) {
    let (last, delay) = block.last.map_or((0, 0), |(last, ago)| (last, (ago.as_secs_f64() * 65_536.0) as u32));
    for word in [block.ssrc, block.lost & 0xff_ffff, block.highest, block.jitter, last, delay] {
        out.put(&word.to_be_bytes());
    }
}

/// The sources and NTP times (their middle 32 bits) of the sender reports in a compound packet.
pub(crate) fn sender_reports(mut compound: &[u8]) -> impl Iterator<Item = (u32, u32)> + '_ {
    std::iter::from_fn(move || {
        while compound.len() >= 8 {
            let length = 4 + 4 * usize::from(u16::from_be_bytes([compound[2], compound[3]]));
            let packet = compound.get(..length)?;
            compound = &compound[length..];
            if packet[1] == 200 && length >= 28 {
                let word = |at: usize| [packet[at], packet[at + 1], packet[at + 2], packet[at + 3]];
                return Some((u32::from_be_bytes(word(4)), u32::from_be_bytes(word(10))));
            }
        }
        None
    })
}

/// Packets with transport-wide numbers that came in since the last feedback, in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct Arrivals {
    packets: Vec<(u16, Duration)>,
    feedbacks: u8,
}

impl Arrivals {
    /// A packet came, `at` on the generator's clock. Loopback keeps order; what is older than the last is left out.
    pub(crate) fn note(&mut self, number: u16, at: Duration) {
        let is_next = self.packets.last().is_none_or(|(last, _)| number.wrapping_sub(*last) as i16 > 0);
        if is_next && self.packets.len() < FEEDBACK_PACKETS {
            self.packets.push((number, at));
        }
    }

    /// Writes the feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1) and begins anew; `None` where nothing
    /// came.
    pub(crate) fn write_feedback(&mut self, sender: u32, media: u32, buffer: &mut [u8]) -> Option<usize> {
        let (&(base, first), &(last, _)) = (self.packets.first()?, self.packets.last()?);
        let mut out = Out { buffer, length: 0 };
        let start = out.begin(15, 205);
        out.put(&sender.to_be_bytes());
        out.put(&media.to_be_bytes());
        out.put(&base.to_be_bytes());
        out.put(&(last.wrapping_sub(base).wrapping_add(1)).to_be_bytes());
        let reference = (first.as_millis() / 64) as u32;
        out.put(&(reference & 0xff_ffff).to_be_bytes()[1..]);
        out.put(&[self.feedbacks]);
        self.feedbacks = self.feedbacks.wrapping_add(1);
        let deltas = self.deltas(reference);
        write_chunks(&mut out, &self.packets, &deltas);
        for delta in &deltas {
            match u8::try_from(*delta) {
                Ok(small) => out.put(&[small]),
                Err(_) => out.put(&delta.to_be_bytes()),
            }
        }
        out.end(start);
        self.packets.clear();
        Some(out.length)
    }

    /// Each arrival after the one before it, in units of [`DELTA`] microseconds.
    fn deltas(&self, reference: u32) -> Vec<i16> {
        let mut before = u128::from(reference) * 64_000 / u128::from(DELTA);
        self.packets
            .iter()
            .map(|(_, at)| {
                let ticks = at.as_micros() / u128::from(DELTA);
                let delta = i16::try_from(ticks.saturating_sub(before)).unwrap_or(i16::MAX);
                before = before.max(ticks);
                delta
            })
            .collect()
    }
}

/// Run-length chunks (§3.1.3): 0 did not come, 1 came with a delta of one byte, 2 with one of two.
fn write_chunks(out: &mut Out<'_>, packets: &[(u16, Duration)], deltas: &[i16]) {
    let mut runs: Vec<(u16, u16)> = Vec::new();
    let mut add = |symbol: u16, count: u16| match runs.last_mut() {
        Some((last, length)) if *last == symbol => *length += count,
        _ => runs.push((symbol, count)),
    };
    let mut expected = packets[0].0;
    for ((number, _), delta) in packets.iter().zip(deltas) {
        let missing = number.wrapping_sub(expected);
        if missing > 0 {
            add(0, missing);
        }
        add(if u8::try_from(*delta).is_ok() { 1 } else { 2 }, 1);
        expected = number.wrapping_add(1);
    }
    for (symbol, length) in runs {
        out.put(&(symbol << 13 | length.min(0x1fff)).to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::Extensions;

    #[test]
    fn a_report_has_its_sources_and_whole_words() {
        let uplink = |ssrc| Uplink::new(ssrc, 111, Extensions { level: None, transport: None });
        let (audio, video) = (uplink(5), uplink(6));
        let block = Block { ssrc: 9, highest: 70_000, lost: 0, jitter: 3, last: Some((1, Duration::from_millis(500))) };
        let mut buffer = [0; RTCP_BYTES];
        let now = Duration::from_millis(65_536 * 1000 + 500);
        let length = write_report([(&audio, 1, Some(block)), (&video, 2, None)].into_iter(), now, &mut buffer);
        assert_eq!(length, 52 + 28 + 12);
        let reports: Vec<_> = sender_reports(&buffer[..length]).collect();
        assert_eq!(reports, [(5, 0x8000), (6, 0x8000)]);
        assert_eq!(buffer[28..32], 9_u32.to_be_bytes());
        assert_eq!(buffer[48..52], 32_768_u32.to_be_bytes());
    }

    #[test]
    fn feedback_tells_what_came_and_what_did_not() {
        let mut arrivals = Arrivals::default();
        let at = |ms: u64| Duration::from_millis(64 + ms);
        for (number, at) in [(65_535, at(1)), (0, at(2)), (3, at(100)), (2, at(101))] {
            arrivals.note(number, at);
        }
        let mut buffer = [0; RTCP_BYTES];
        let length = arrivals.write_feedback(1, 2, &mut buffer).expect("packets came");
        assert_eq!(buffer[12..20], [0xff, 0xff, 0, 5, 0, 0, 1, 0]);
        // Two small, two missing, one large; then deltas of 1, 1 and 98 ms.
        assert_eq!(buffer[20..26], [0x20, 2, 0, 2, 0x40, 1]);
        assert_eq!(buffer[26..30], [4, 4, 1, 0x88]);
        assert_eq!(length, 32);
        assert_eq!(buffer[2..4], [0, 7]);
        assert_eq!(arrivals.write_feedback(1, 2, &mut buffer), None);
    }
}
