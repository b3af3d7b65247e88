use crate::{forward::Sink, participant::ReceiverReport};
use model::Codec;
use quality::{downlink_jitter, downlink_loss};
use std::time::{Duration, Instant};

/// Receiver reports older than this say nothing about now. Chromium sends one about audio every 2.5 to 7.5 s.
const REPORT_VALID: Duration = Duration::from_secs(15);

/// What the page says about one of its downlinks.
#[derive(Debug, Default)]
pub(crate) struct Downlink {
    last: Option<(ReceiverReport, u64)>,
    judged: Option<Judged>,
    pub(crate) rtt: Option<Duration>,
    lost: u64,
}

#[derive(Debug, Clone, Copy)]
struct Judged {
    at: Instant,
    loss: f64,
    jitter: Duration,
}

impl Downlink {
    /// Takes a report about what `sink` sent.
    pub(crate) fn note(
        &mut self,
        receiver: ReceiverReport,
        rtt: Option<Duration>,
        sink: &Sink,
        uplink_jitter: Duration,
        codec: Codec,
        now: Instant,
    ) {
        self.rtt = rtt.or(self.rtt);
        let never_had = sink.never_had();
        let (before, gaps_before) = match self.last {
            Some((before, _)) if before == receiver => return,
            Some(last) => last,
            None => (ReceiverReport { highest: sink.first_sequence(), lost: 0, jitter: 0 }, 0),
        };
        let (lost, gaps) = (receiver.lost - before.lost, never_had.saturating_sub(gaps_before));
        self.lost += u64::try_from(lost).unwrap_or(0).saturating_sub(gaps);
        let loss = downlink_loss(lost, gaps, receiver.highest.saturating_sub(before.highest));
        let reported = Duration::from_secs_f64(f64::from(receiver.jitter) / f64::from(codec.clock_rate()));
        self.judged = Some(Judged { at: now, loss, jitter: downlink_jitter(reported, uplink_jitter) });
        self.last = Some((receiver, never_had));
    }

    /// Packets lost on this hop since the last call, as the page reports them.
    pub(crate) fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }

    /// Loss and jitter of the hop, while they are fresh.
    pub(crate) fn hop(&self, now: Instant) -> Option<(f64, Duration)> {
        let judged = self.judged.filter(|judged| now.saturating_duration_since(judged.at) < REPORT_VALID)?;
        Some((judged.loss, judged.jitter))
    }
}
