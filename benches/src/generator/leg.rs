use super::downlink::Downlink;
use crate::{
    client::{Client, Settled},
    keys::Keys,
    load::{Due, Kind, Load},
    packet::{self, Header, PACKET_BYTES, Uplink},
    rtcp::{self, Arrivals, FEEDBACK_STEP, REPORT_STEP, RTCP_BYTES},
};
use std::time::Duration;

/// One endpoint of a call.
pub(crate) struct Leg {
    /// ICE and DTLS; `None` against the floor, which has neither.
    pub(crate) client: Option<Client>,
    keys: Option<Keys>,
    uplinks: Vec<Uplink>,
    downlinks: Vec<Downlink>,
    /// Next transport-wide sequence number.
    transport_next: u16,
    /// Id of that extension.
    transport: Option<u8>,
    arrivals: Arrivals,
    report_due: Duration,
    feedback_due: Duration,
}

/// What a datagram was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Got {
    /// A media packet, counted by its header.
    Media,
    /// A media packet that was decrypted as well, sent so long ago.
    Sample(Duration),
    /// RTCP, another RTP payload type (a repair), or too early to be read.
    Control,
    /// Not what the keys say.
    Bad,
}

impl Leg {
    pub(crate) fn new(load: Load) -> Self {
        let rate = |kind: &Kind| if *kind == Kind::Audio { 48_000 } else { 90_000 };
        Self {
            client: None,
            keys: None,
            uplinks: Vec::new(),
            downlinks: load.kinds().iter().map(|kind| Downlink::new(rate(kind))).collect(),
            transport_next: 0,
            transport: None,
            arrivals: Arrivals::default(),
            report_due: Duration::ZERO,
            feedback_due: Duration::ZERO,
        }
    }

    /// What offer and answer, or a fixed plan, settled. Reports begin at `first_report`.
    pub(crate) fn settle(&mut self, settled: Settled, first_report: Duration) {
        (self.uplinks, self.transport) = (settled.uplinks, settled.transport);
        (self.report_due, self.feedback_due) = (first_report, first_report);
    }

    pub(crate) fn set_keys(&mut self, keys: Keys) {
        self.keys = Some(keys);
    }

    pub(crate) fn has_keys(&self) -> bool {
        self.keys.is_some()
    }

    /// Writes the packet that is due, protected, and returns its length.
    pub(crate) fn write(&mut self, due: Due, now: Duration, buffer: &mut [u8; PACKET_BYTES]) -> Option<usize> {
        let uplink = self.uplinks.get_mut(due.kind as usize)?;
        let written = uplink.write(due, &mut self.transport_next, now, buffer);
        Some(self.keys.as_ref()?.sealer.seal(written.index, written.header, buffer, written.length))
    }

    /// Takes a datagram of media or RTCP; `prove` says whether to decrypt it.
    pub(crate) fn receive(&mut self, bytes: &mut [u8], now: Duration, prove: bool) -> Got {
        // The server has the keys first and may send a report before the end of the handshake is here.
        let Some(keys) = &mut self.keys else { return Got::Control };
        if (192..=223).contains(&bytes[1]) {
            let Ok(length) = keys.rtcp_opener.open(bytes) else { return Got::Bad };
            for (ssrc, time) in rtcp::sender_reports(&bytes[..length]) {
                if let Some(downlink) = self.downlinks.iter_mut().find(|downlink| downlink.is_of(ssrc)) {
                    downlink.report = Some((time, now));
                }
            }
            return Got::Control;
        }
        let Some(header) = Header::read(bytes, self.transport) else { return Got::Bad };
        if let Some(number) = header.transport {
            self.arrivals.note(number, now);
        }
        let kind = self.uplinks.iter().position(|uplink| uplink.payload_type == header.payload_type);
        let Some(downlink) = kind.and_then(|kind| self.downlinks.get_mut(kind)) else { return Got::Control };
        downlink.note(&header, now);
        if !prove {
            return Got::Media;
        }
        let sent = downlink.open(&keys.opener, &header, bytes).ok().and_then(packet::sent_at);
        sent.map_or(Got::Bad, |sent| Got::Sample(now.saturating_sub(sent)))
    }

    /// Media packets that came in.
    pub(crate) fn received(&self) -> u64 {
        self.downlinks.iter().map(|downlink| downlink.received).sum()
    }

    /// Media packets that were sent.
    pub(crate) fn sent(&self) -> u64 {
        self.uplinks.iter().map(|uplink| uplink.packets).sum()
    }

    /// Media packets that did not come, by their numbers.
    pub(crate) fn lost(&self) -> u64 {
        self.downlinks.iter().map(Downlink::lost).sum()
    }

    /// How late media packets came since the last call.
    pub(crate) fn take_lateness(&mut self) -> Vec<Duration> {
        self.downlinks.iter_mut().flat_map(Downlink::take_lateness).collect()
    }

    /// Kinds of which something came in.
    pub(crate) fn kinds_heard(&self) -> usize {
        self.downlinks.iter().filter(|downlink| downlink.received > 0).count()
    }

    /// The RTCP packet that is due, protected: a report or feedback.
    pub(crate) fn write_rtcp(&mut self, now: Duration, buffer: &mut [u8; RTCP_BYTES]) -> Option<usize> {
        let keys = self.keys.as_mut()?;
        let length = if now >= self.report_due {
            self.report_due = now + REPORT_STEP;
            let reports = self.uplinks.iter().zip(&self.downlinks);
            rtcp::write_report(reports.map(|(up, down)| (up, up.timestamp, down.block(now))), now, buffer)
        } else if now >= self.feedback_due {
            self.feedback_due = now + FEEDBACK_STEP;
            let (sender, media) = (self.uplinks.first()?.ssrc, self.downlinks.last()?.block(now)?.ssrc);
            self.arrivals.write_feedback(sender, media, buffer)?
        } else {
            return None;
        };
        Some(keys.rtcp.seal(buffer, length))
    }
}
