//! ICE and DTLS of a leg, by str0m as a browser's client. Media goes past it, with the keys that it agreed on.

use crate::{
    keys::{self, Keys},
    load::{Kind, Load},
    packet::{Extensions, Uplink},
};
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use str0m::{
    Candidate, Event, Input, Output, Rtc,
    change::{SdpAnswer, SdpPendingOffer},
    config::{CryptoProvider, DtlsCert},
    media::{Direction, MediaKind, Mid},
    net::{Protocol, Receive},
};

/// A connected client is looked at this often at most: it only has consent to keep (RFC 7675 §5.1).
const IDLE_STEP: Duration = Duration::from_millis(250);

/// What all clients share: making a key costs more than the rest of a client.
#[derive(Clone)]
pub(crate) struct Identity {
    crypto: Arc<CryptoProvider>,
    certificate: DtlsCert,
}

impl Identity {
    pub(crate) fn new() -> Self {
        let crypto = keys::crypto_provider();
        let certificate = crypto.dtls_provider.generate_certificate().expect("the provider makes certificates");
        Self { crypto: Arc::new(crypto), certificate }
    }
}

/// One leg's ICE and DTLS.
pub(crate) struct Client {
    rtc: Rtc,
    address: SocketAddr,
    mids: Vec<(Kind, Mid)>,
    pending: Option<SdpPendingOffer>,
    /// When [`Self::handle_timeout`] is due.
    pub(crate) deadline: Instant,
    /// ICE and DTLS are up.
    pub(crate) is_connected: bool,
    /// From the handshake, until taken.
    pub(crate) keys: Option<Result<Keys, String>>,
}

/// What an answer settles.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) uplinks: Vec<Uplink>,
    /// Id of the transport-wide sequence number.
    pub(crate) transport: Option<u8>,
}

impl Client {
    /// A client and its offer: audio, and for video also camera and screen, as pages offer them.
    pub(crate) fn offer(identity: &Identity, address: SocketAddr, load: Load, now: Instant) -> (Self, String) {
        let mut rtc = Rtc::builder()
            .set_crypto_provider(Arc::clone(&identity.crypto))
            .set_dtls_cert(identity.certificate.clone())
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").expect("a loopback address makes a candidate"));
        let mut api = rtc.sdp_api();
        let mut mids = Vec::new();
        for &kind in load.kinds() {
            let media = if kind == Kind::Audio { MediaKind::Audio } else { MediaKind::Video };
            mids.push((kind, api.add_media(media, Direction::SendRecv, None, None, None)));
        }
        if load.video {
            api.add_media(MediaKind::Video, Direction::SendRecv, None, None, None);
        }
        let (offer, pending) = api.apply().expect("added media need an offer");
        let client =
            Self { rtc, address, mids, pending: Some(pending), deadline: now, is_connected: false, keys: None };
        (client, offer.to_sdp_string())
    }

    /// Takes the answer.
    pub(crate) fn accept(&mut self, answer: &str, now: Instant) -> Result<Settled, String> {
        let parsed = SdpAnswer::from_sdp_string(answer).map_err(|error| error.to_string())?;
        let pending = self.pending.take().ok_or("two answers to one offer")?;
        self.rtc.sdp_api().accept_answer(pending, parsed).map_err(|error| error.to_string())?;
        self.deadline = now;
        let extensions = Extensions {
            level: extension_id(answer, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
            transport: extension_id(answer, "transport-wide-cc-extensions-01"),
        };
        let uplinks = self.mids.clone().into_iter().map(|(kind, mid)| {
            let codec = if kind == Kind::Audio { "opus/" } else { "VP8/" };
            let payload_type = payload_type(answer, codec).ok_or(format!("the answer has no {codec}"))?;
            let ssrc = self.rtc.direct_api().stream_tx_by_mid(mid, None).map(|stream| *stream.ssrc());
            Ok(Uplink::new(ssrc.ok_or("str0m has no source for a track")?, payload_type, extensions))
        });
        Ok(Settled { uplinks: uplinks.collect::<Result<_, String>>()?, transport: extensions.transport })
    }

    /// A datagram of ICE or DTLS.
    pub(crate) fn handle(&mut self, now: Instant, source: SocketAddr, bytes: &[u8], send: Send<'_>) {
        if let Ok(receive) = Receive::new(Protocol::Udp, source, self.address, bytes)
            && self.rtc.handle_input(Input::Receive(now, receive)).is_ok()
        {
            self.drain(now, send);
        }
    }

    /// Lets time pass.
    pub(crate) fn handle_timeout(&mut self, now: Instant, send: Send<'_>) {
        if self.rtc.handle_input(Input::Timeout(now)).is_ok() {
            self.drain(now, send);
        }
    }

    fn drain(&mut self, now: Instant, send: Send<'_>) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    let soonest = if self.is_connected { IDLE_STEP } else { Duration::from_millis(1) };
                    self.deadline = at.max(now + soonest);
                    break;
                }
                // What str0m would encrypt would use packet indices that are ours (RFC 7983 §7: 128 to 191 is media).
                Ok(Output::Transmit(transmit)) if !(128..=191).contains(&transmit.contents[0]) => {
                    send(transmit.destination, &transmit.contents);
                }
                Ok(Output::Event(Event::Connected)) => self.is_connected = true,
                Ok(_) => {}
                Err(_) => break,
            }
        }
        if let Some(agreed) = keys::take_agreed() {
            self.keys = Some(agreed);
        }
    }
}

/// How datagrams leave.
pub(crate) type Send<'a> = &'a mut dyn FnMut(SocketAddr, &[u8]);

/// The id of the first header extension in an answer whose URI ends so.
fn extension_id(answer: &str, uri: &str) -> Option<u8> {
    let mut maps = answer.lines().filter_map(|line| line.strip_prefix("a=extmap:"));
    maps.find_map(|map| {
        let (id, name) = map.split_once(' ')?;
        name.split(' ').next()?.ends_with(uri).then(|| id.split('/').next()?.parse().ok())?
    })
}

/// The first payload type in an answer of a codec.
fn payload_type(answer: &str, codec: &str) -> Option<u8> {
    let mut maps = answer.lines().filter_map(|line| line.strip_prefix("a=rtpmap:"));
    maps.find_map(|map| {
        let (payload_type, name) = map.split_once(' ')?;
        name.starts_with(codec).then(|| payload_type.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let answer = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:96 VP8/90000\r\n\
            a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n\
            a=extmap:3/sendrecv http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n";
        assert_eq!(payload_type(answer, "opus/"), Some(111));
        assert_eq!(payload_type(answer, "VP8/"), Some(96));
        assert_eq!(payload_type(answer, "H264/"), None);
        assert_eq!(extension_id(answer, "ssrc-audio-level"), Some(1));
        assert_eq!(extension_id(answer, "transport-wide-cc-extensions-01"), Some(3));
        assert_eq!(extension_id(answer, "sdes:mid"), None);
    }
}
