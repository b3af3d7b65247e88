//! ICE, DTLS, SDP and, for now, SRTP and RTCP of one leg. This folder is the only place that knows str0m.
//!
//! [`media`] is what will leave str0m; [`negotiate`] and [`stun`] will stay. The rest of the crate sees
//! [`MediaPacket`], [`OutgoingPacket`] and [`Report`].

mod dtls;
mod media;
mod negotiate;
mod paths;
mod sdp;
mod stun;

#[cfg(feature = "testing")]
pub(crate) use dtls::crypto_provider;
#[cfg(test)]
pub(crate) use media::Signals;
#[cfg(feature = "testing")]
pub(crate) use media::captured;
pub(crate) use media::{MediaPacket, OutgoingPacket, ReceiverReport, Report};
pub(crate) use negotiate::{Identity, Negotiated};
pub(crate) use paths::{Learned, Paths};
pub(crate) use stun::BindingRequest;

use crate::{
    address::{Protocol, Remote, Transmit},
    limits::{OUTPUTS_PER_DRAIN, SSRCS_REMEMBERED, TRANSPORT_ERRORS},
};
use model::TrackKind;
use std::{collections::VecDeque, net::SocketAddr, time::Instant};
use str0m::{
    Event, Input, Output as RtcOutput, Rtc,
    media::KeyframeRequestKind,
    net::{Receive, Transmit as RtcTransmit},
};

/// What a drain of a transport yields, besides datagrams.
#[derive(Debug)]
pub(crate) enum Output {
    /// ICE and DTLS are up.
    Connected,
    /// An RTP packet, decrypted.
    Media(MediaPacket),
    /// The receiver of this downlink asks for a keyframe.
    KeyframeRequested(TrackKind),
    /// A second's figures.
    Report(Report),
    /// The transport is gone.
    Closed(String),
}

/// The transport of one leg.
pub(crate) struct Transport {
    rtc: Box<Rtc>,
    negotiated: Negotiated,
    pub(crate) paths: Paths,
    connected: bool,
    errors_in_a_row: u32,
    /// SSRC and sequence number of the datagram that is being handled, to tell repairs from first transmissions.
    received_header: Option<(u32, u16)>,
    /// Tracks by SSRC, so that the packet path need not ask str0m, which would poll everything again.
    ssrcs: Vec<(u32, TrackKind)>,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").field("connected", &self.connected).finish_non_exhaustive()
    }
}

impl Transport {
    /// What was negotiated last.
    pub(crate) fn negotiated(&self) -> &Negotiated {
        &self.negotiated
    }

    /// ICE and DTLS are up.
    pub(crate) fn is_connected(&self) -> bool {
        self.connected
    }

    /// Takes a datagram that the demultiplexer found to be this leg's. The answer is whether it was taken.
    pub(crate) fn receive(&mut self, now: Instant, remote: Remote, local: SocketAddr, bytes: &[u8]) -> bool {
        let destination = self.negotiated.candidate_for(remote.protocol, local);
        let Ok(receive) = Receive::new(media::protocol(remote.protocol), remote.address, destination, bytes) else {
            return false;
        };
        self.received_header = media::header_of(bytes);
        let taken = self.rtc.handle_input(Input::Receive(now, receive)).is_ok();
        self.count_error(!taken);
        taken
    }

    /// Lets time pass, and hands queued packets to the encryption.
    pub(crate) fn advance(&mut self, now: Instant) {
        let failed = self.rtc.handle_input(Input::Timeout(now)).is_err();
        self.count_error(failed);
    }

    /// Drains what is due; the answer is when to [`Self::advance`] next.
    pub(crate) fn poll(
        &mut self,
        transmits: &mut VecDeque<Transmit>,
        outputs: &mut Vec<Output>,
        not_before: Instant,
    ) -> Instant {
        for _ in 0..OUTPUTS_PER_DRAIN {
            match self.rtc.poll_output() {
                Ok(RtcOutput::Timeout(at)) => {
                    self.errors_in_a_row = 0;
                    if !self.rtc.is_alive() {
                        outputs.push(Output::Closed("the transport was closed".into()));
                    }
                    self.received_header = None;
                    return at.max(not_before);
                }
                Ok(RtcOutput::Transmit(transmit)) => transmits.extend(self.outgoing(transmit)),
                Ok(RtcOutput::Event(event)) => outputs.extend(self.translate(event)),
                Err(error) => {
                    self.count_error(true);
                    if !self.rtc.is_alive() || self.errors_in_a_row > TRANSPORT_ERRORS {
                        outputs.push(Output::Closed(error.to_string()));
                        break;
                    }
                }
            }
        }
        not_before
    }

    /// Queues a packet for encryption; [`Self::advance`] and [`Self::poll`] bring it out.
    pub(crate) fn send(&mut self, track: TrackKind, packet: OutgoingPacket) -> bool {
        self.negotiated
            .mid(track)
            .and_then(|mid| self.rtc.direct_api().stream_tx_by_mid(mid, None).map(|stream| packet.write(stream)))
            .is_some()
    }

    /// Asks the page for a keyframe (RFC 4585 §6.3.1). The answer is whether there was a stream to ask for.
    pub(crate) fn request_keyframe(&mut self, track: TrackKind) -> bool {
        let Some(mid) = self.negotiated.mid(track) else { return false };
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_rx_by_mid(mid, None) else { return false };
        stream.request_keyframe(KeyframeRequestKind::Pli);
        true
    }

    /// Says goodbye (RTCP BYE, DTLS close_notify).
    pub(crate) fn close(&mut self, transmits: &mut VecDeque<Transmit>, now: Instant) {
        if self.rtc.close().is_ok() {
            self.poll(transmits, &mut Vec::new(), now);
        }
    }

    fn outgoing(&self, transmit: RtcTransmit) -> Option<Transmit> {
        let protocol = match transmit.proto {
            str0m::net::Protocol::Udp => Protocol::Udp,
            _ => Protocol::Tcp,
        };
        let asked = Remote { protocol, address: transmit.destination };
        let bytes = Vec::from(transmit.contents);
        let (remote, local) = self.paths.route(asked, bytes.first().is_some_and(|first| *first < 4))?;
        Some(Transmit { protocol: remote.protocol, source: local, destination: remote.address, bytes })
    }

    fn translate(&mut self, event: Event) -> Option<Output> {
        match event {
            Event::Connected => {
                self.connected = true;
                Some(Output::Connected)
            }
            Event::RtpPacket(packet) => {
                let repaired = self.received_header != Some((*packet.header.ssrc, packet.header.sequence_number));
                let track = self.track_of(*packet.header.ssrc)?;
                let codec = self.negotiated.codec(*packet.header.payload_type)?;
                Some(Output::Media(MediaPacket::of(packet, track, codec, repaired)))
            }
            Event::KeyframeRequest(request) => self.negotiated.track(request.mid).map(Output::KeyframeRequested),
            Event::MediaIngressStats(stats) => {
                self.negotiated.track(stats.mid).map(|track| Output::Report(Report::ingress(track, &stats)))
            }
            Event::MediaEgressStats(stats) => {
                self.negotiated.track(stats.mid).map(|track| Output::Report(Report::egress(track, &stats)))
            }
            Event::Closed => Some(Output::Closed("the page closed its connection".into())),
            _ => None,
        }
    }

    fn track_of(&mut self, ssrc: u32) -> Option<TrackKind> {
        if let Some((_, track)) = self.ssrcs.iter().find(|(known, _)| *known == ssrc) {
            return Some(*track);
        }
        let mid = self.rtc.direct_api().stream_rx(&ssrc.into())?.mid();
        let track = self.negotiated.track(mid)?;
        if self.ssrcs.len() >= SSRCS_REMEMBERED {
            self.ssrcs.clear();
        }
        self.ssrcs.push((ssrc, track));
        Some(track)
    }

    fn count_error(&mut self, failed: bool) {
        if failed {
            self.errors_in_a_row = self.errors_in_a_row.saturating_add(1);
        }
    }
}
