use crate::participant::MediaPacket;
use std::time::{Duration, Instant};

/// Sequence numbers whose fate is remembered.
const WINDOW: u64 = 4096;
/// A packet counts as lost when this many later ones have come, or at the next but one second: reordering is not loss.
const REORDERING: u64 = 16;

/// What came of one track, before repair.
#[derive(Debug)]
pub(crate) struct Reception {
    ssrc: Option<u32>,
    highest: u64,
    /// Everything below is judged.
    judged: u64,
    /// Highest at the end of the second before.
    highest_before: u64,
    arrived: Box<[u64; (WINDOW / 64) as usize]>,
    jitter: Jitter,
    second: Second,
}

/// A second of a track's reception.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Second {
    /// Packets that arrived, repairs included.
    pub(crate) packets: u64,
    /// Packets judged to have arrived when first sent.
    pub(crate) arrived: u64,
    /// Packets judged lost before repair.
    pub(crate) lost: u64,
    /// Runs of losses.
    pub(crate) runs: u64,
    /// Packets that came as repairs.
    pub(crate) repaired: u64,
    /// RFC 3550 §6.4.1, at the end of the second.
    pub(crate) jitter: Duration,
    /// Loudest level, 0..127.
    pub(crate) level: u8,
}

#[derive(Debug, Default)]
struct Jitter {
    last: Option<(Instant, u32)>,
    /// In units of the RTP clock.
    units: f64,
    clock_rate: u32,
}

impl Default for Reception {
    fn default() -> Self {
        Self {
            ssrc: None,
            highest: 0,
            judged: 0,
            highest_before: 0,
            arrived: Box::new([0; (WINDOW / 64) as usize]),
            jitter: Jitter::default(),
            second: Second::default(),
        }
    }
}

impl Reception {
    pub(crate) fn note(&mut self, packet: &MediaPacket<'_>, now: Instant) {
        if self.ssrc != Some(packet.ssrc) {
            self.restart(packet);
        }
        self.second.packets += 1;
        self.second.level = self.second.level.max(packet.signals.level.unwrap_or(0));
        if packet.repaired {
            self.second.repaired += 1;
            return;
        }
        self.advance_to(packet.sequence);
        if packet.sequence >= self.judged {
            self.mark(packet.sequence, true);
        }
        self.jitter.note(now, packet.timestamp, packet.codec.clock_rate());
    }

    /// Ends a second.
    pub(crate) fn take_second(&mut self) -> Second {
        let settled = self.highest_before.max((self.highest + 1).saturating_sub(REORDERING));
        self.judge_until(settled);
        self.highest_before = self.highest + u64::from(self.ssrc.is_some());
        Second { jitter: self.jitter.duration(), ..std::mem::take(&mut self.second) }
    }

    /// RFC 3550 §6.4.1, as of now.
    pub(crate) fn jitter(&self) -> Duration {
        self.jitter.duration()
    }

    /// The same in units of the RTP clock.
    pub(crate) fn jitter_units(&self) -> u32 {
        self.jitter.units as u32
    }

    fn restart(&mut self, packet: &MediaPacket<'_>) {
        self.ssrc = Some(packet.ssrc);
        self.highest = packet.sequence;
        self.judged = packet.sequence;
        self.highest_before = packet.sequence;
        self.mark(packet.sequence, false);
        self.jitter = Jitter::default();
    }

    fn advance_to(&mut self, sequence: u64) {
        if sequence <= self.highest {
            return;
        }
        if sequence - self.highest >= WINDOW / 2 {
            // A jump, not a loss: whatever lies between was not sent.
            self.judge_until(self.highest + 1);
            self.judged = sequence;
            self.highest_before = sequence;
        }
        self.judge_until((sequence + 1).saturating_sub(WINDOW / 2));
        for between in (self.highest + 1).max(self.judged)..=sequence {
            self.mark(between, false);
        }
        self.highest = sequence;
    }

    fn judge_until(&mut self, end: u64) {
        let mut in_run = false;
        while self.judged < end {
            let arrived = self.has(self.judged);
            self.second.arrived += u64::from(arrived);
            self.second.lost += u64::from(!arrived);
            self.second.runs += u64::from(!arrived && !in_run);
            in_run = !arrived;
            self.judged += 1;
        }
    }

    fn has(&self, sequence: u64) -> bool {
        let (word, bit) = slot(sequence);
        self.arrived[word] & bit != 0
    }

    fn mark(&mut self, sequence: u64, arrived: bool) {
        let (word, bit) = slot(sequence);
        if arrived {
            self.arrived[word] |= bit;
        } else {
            self.arrived[word] &= !bit;
        }
    }
}

fn slot(sequence: u64) -> (usize, u64) {
    let index = sequence % WINDOW;
    ((index / 64) as usize, 1 << (index % 64))
}

impl Jitter {
    fn note(&mut self, now: Instant, timestamp: u32, clock_rate: u32) {
        self.clock_rate = clock_rate;
        if let Some((at, before)) = self.last {
            let arrived = now.saturating_duration_since(at).as_secs_f64() * f64::from(clock_rate);
            let sent = f64::from(timestamp.wrapping_sub(before) as i32);
            let difference = (arrived - sent).abs();
            // A pause or a switched source is not jitter.
            if difference < f64::from(clock_rate) {
                self.units += (difference - self.units) / 16.0;
            }
        }
        self.last = Some((now, timestamp));
    }

    fn duration(&self) -> Duration {
        if self.clock_rate == 0 {
            return Duration::ZERO;
        }
        Duration::try_from_secs_f64(self.units / f64::from(self.clock_rate)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participant::Signals;
    use model::{Codec, TrackKind};

    fn packet(sequence: u64) -> MediaPacket<'static> {
        MediaPacket {
            track: TrackKind::Audio,
            codec: Codec::Opus,
            ssrc: 1,
            sequence,
            timestamp: (sequence * 960) as u32,
            marker: false,
            repaired: false,
            signals: Signals::default(),
            captured: None,
            payload: &[0],
        }
    }

    fn feed(reception: &mut Reception, start: Instant, sequences: impl IntoIterator<Item = u64>) {
        for sequence in sequences {
            reception.note(&packet(sequence), start + Duration::from_millis(20 * sequence));
        }
    }

    #[test]
    fn losses_and_runs_are_counted_before_repair() {
        let start = Instant::now();
        let mut reception = Reception::default();
        feed(&mut reception, start, (100..200).filter(|sequence| ![110, 111, 150].contains(sequence)));
        let repaired = MediaPacket { repaired: true, ..packet(110) };
        reception.note(&repaired, start);
        let second = reception.take_second();
        assert_eq!((second.lost, second.runs, second.repaired), (3, 2, 1));
        assert_eq!(second.arrived, 100 - REORDERING - 3);
        assert_eq!(second.packets, 98);
        assert_eq!(reception.take_second().arrived, REORDERING, "the rest is judged a second later");
    }

    #[test]
    fn reordering_is_no_loss() {
        let mut reception = Reception::default();
        feed(&mut reception, Instant::now(), [1, 2, 4, 3, 6, 5, 7].into_iter().chain(8..60));
        assert_eq!(reception.take_second().lost, 0);
    }

    #[test]
    fn an_even_stream_has_no_jitter_and_a_shaken_one_has() {
        let start = Instant::now();
        let mut even = Reception::default();
        feed(&mut even, start, 0..100);
        assert!(even.take_second().jitter < Duration::from_micros(100));
        let mut shaken = Reception::default();
        for sequence in 0..200 {
            let late = if sequence % 2 == 0 { 0 } else { 10 };
            shaken.note(&packet(sequence), start + Duration::from_millis(20 * sequence + late));
        }
        let jitter = shaken.take_second().jitter.as_secs_f64();
        assert!((jitter - 0.010).abs() < 0.001, "{jitter}");
    }
}
