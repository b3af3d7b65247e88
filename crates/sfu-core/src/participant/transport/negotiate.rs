//! SDP offers to transports and answers (RFC 8829), with str0m's own idea of a session behind it.

use super::{Paths, Plan, Transactions, Transport, dtls, sdp};
use crate::{Config, Protocol, participant::media::Media};
use model::{Codec, TrackKind};
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use str0m::{
    Candidate, Rtc,
    change::SdpOffer,
    config::{CryptoProvider, DtlsCert},
    format::{Codec as RtcCodec, CodecConfig},
    media::Mid,
    net::TcpType,
};

/// What all transports of a shard share.
#[derive(Clone)]
pub(crate) struct Identity {
    certificate: DtlsCert,
    crypto: Arc<CryptoProvider>,
}

impl Identity {
    /// One DTLS certificate for the shard.
    pub(crate) fn new() -> Self {
        let crypto = dtls::key_keeping_provider();
        let certificate = crypto.dtls_provider.generate_certificate().expect("the provider can make certificates");
        Self { certificate, crypto: Arc::new(crypto) }
    }
}

/// What offer and answer agreed on.
pub(crate) struct Negotiated {
    pub(super) local_ufrag: String,
    pub(super) local_password: String,
    pub(super) remote_ufrag: String,
    pub(super) crypto: Arc<CryptoProvider>,
    /// Payload types that both sides have, in no order of preference.
    codecs: Vec<(Codec, u8)>,
    has_opus_fec: bool,
    /// The codec that the answer put first in video m-lines: what the page sends.
    first_video_codec: Option<Codec>,
    announced: Vec<SocketAddr>,
}

impl Negotiated {
    pub(crate) fn local_ufrag(&self) -> &str {
        &self.local_ufrag
    }

    /// Both sides agreed on Opus with in-band forward error correction.
    pub(crate) fn has_opus_fec(&self) -> bool {
        self.has_opus_fec
    }

    /// Video codecs that the page has; empty when it offered no video.
    pub(crate) fn video_codecs(&self) -> impl Iterator<Item = Codec> + '_ {
        self.codecs.iter().map(|(codec, _)| *codec).filter(|codec| *codec != Codec::Opus)
    }

    /// What the page sends video in.
    pub(crate) fn first_video_codec(&self) -> Option<Codec> {
        self.first_video_codec
    }

    /// The announced address that stands for a local one. They differ behind a NAT with a fixed address.
    pub(super) fn candidate_for(&self, _protocol: Protocol, local: SocketAddr) -> SocketAddr {
        let announced = &self.announced;
        let same_family = |address: &&SocketAddr| address.is_ipv4() == local.is_ipv4();
        let exact = announced.iter().find(|address| **address == local);
        exact.or_else(|| announced.iter().find(same_family)).or(announced.first()).copied().unwrap_or(local)
    }
}

impl Transport {
    /// A new transport for an offer, and the answer. `preferred` is the video codec that the answer puts first when
    /// the offer has it.
    pub(crate) fn accept(
        config: &Config,
        identity: &Identity,
        offer: &str,
        preferred: &[Codec],
        now: Instant,
    ) -> Result<(Self, String), String> {
        let mut rtc = build(config, identity, now);
        let keys = dtls::Keys::of_latest();
        add_candidates(&mut rtc, &config.announced)?;
        let (negotiated, plan, answer) = answer(&mut rtc, identity, config, offer, preferred)?;
        let transport = Self {
            rtc,
            keys,
            negotiated,
            media: Media::new(plan, now),
            paths: Paths::default(),
            transactions: Transactions::default(),
            connected: false,
            errors_in_a_row: 0,
            stray: 0,
        };
        Ok((transport, answer))
    }

    /// A new offer on the same connection: ICE restart, or another order of codecs.
    pub(crate) fn renegotiate(
        &mut self,
        config: &Config,
        identity: &Identity,
        offer: &str,
        preferred: &[Codec],
    ) -> Result<String, String> {
        let (negotiated, plan, answer) = answer(&mut self.rtc, identity, config, offer, preferred)?;
        if self.negotiated.local_ufrag != negotiated.local_ufrag {
            self.paths.restart();
        }
        self.negotiated = negotiated;
        self.media.set_plan(plan);
        Ok(answer)
    }
}

/// str0m has no media to report about, and shall not wake up to do so.
const NO_REPORTS: Duration = Duration::from_secs(24 * 3600);

fn build(config: &Config, identity: &Identity, now: Instant) -> Box<Rtc> {
    let mut settings = Rtc::builder()
        .set_crypto_provider(Arc::clone(&identity.crypto))
        .set_dtls_cert(identity.certificate.clone())
        .set_ice_lite(true)
        .set_rtp_mode(true)
        .clear_codecs()
        .enable_opus(true, false)
        .set_rtcp_report_interval_audio(NO_REPORTS)
        .set_rtcp_report_interval_video(NO_REPORTS)
        .set_stats_interval(None);
    for codec in &config.video_codecs {
        match codec {
            Codec::Vp8 => settings = settings.enable_vp8(true),
            // Constrained Baseline in packetization mode 1 is the one H.264 that all browsers have (RFC 7742 §6.2);
            // one form only, so that every sink can take what any source sends.
            Codec::H264 => settings.codec_config().add_h264(108.into(), Some(109.into()), true, 0x42_e01f),
            Codec::Opus => {}
        }
    }
    Box::new(settings.build(now))
}

fn add_candidates(rtc: &mut Rtc, announced: &[SocketAddr]) -> Result<(), String> {
    for &address in announced {
        let udp = Candidate::host(address, "udp").map_err(|error| error.to_string())?;
        rtc.add_local_candidate(udp);
    }
    for &address in announced {
        let tcp = Candidate::builder().tcp().host(address).tcptype(TcpType::Passive).build();
        rtc.add_local_candidate(tcp.map_err(|error| error.to_string())?);
    }
    Ok(())
}

fn answer(
    rtc: &mut Rtc,
    identity: &Identity,
    config: &Config,
    offer: &str,
    preferred: &[Codec],
) -> Result<(Negotiated, Plan, String), String> {
    let offer = sdp::Offer::read(offer)?;
    let parsed = SdpOffer::from_sdp_string(&offer.text).map_err(|error| error.to_string())?;
    let answer = rtc.sdp_api().accept_offer(parsed).map_err(|error| error.to_string())?.to_sdp_string();
    let mids: Vec<(TrackKind, Mid)> = offer.mids.iter().map(|(track, mid)| (*track, Mid::from(mid.as_str()))).collect();
    let codecs = agreed_codecs(rtc, &mids);
    let first = preferred.iter().copied().find(|codec| codecs.iter().any(|(agreed, _)| agreed == codec));
    let answer = sdp::without_numbered_sound(&sdp::with_stream_names(&answer, &offer.mids));
    let answer = first.map_or(answer.clone(), |codec| sdp::with_video_codec_first(&answer, codec));
    let plan = Plan::read(&offer.text, &answer, &offer.mids);
    let credentials = rtc.direct_api().local_ice_credentials();
    let negotiated = Negotiated {
        local_ufrag: credentials.ufrag,
        local_password: credentials.pass,
        remote_ufrag: offer.remote_ufrag,
        crypto: Arc::clone(&identity.crypto),
        has_opus_fec: has_opus_fec(rtc.codec_config()),
        codecs,
        first_video_codec: first,
        announced: config.announced.clone(),
    };
    Ok((negotiated, plan, answer))
}

fn agreed_codecs(rtc: &Rtc, mids: &[(TrackKind, Mid)]) -> Vec<(Codec, u8)> {
    let mut agreed: Vec<(Codec, u8)> = Vec::new();
    for media in mids.iter().filter_map(|(_, mid)| rtc.media(*mid)) {
        for params in rtc.codec_config().params() {
            let codec = match params.spec().codec {
                RtcCodec::Opus => Codec::Opus,
                RtcCodec::Vp8 => Codec::Vp8,
                RtcCodec::H264 => Codec::H264,
                _ => continue,
            };
            let is_new = agreed.iter().all(|(known, _)| *known != codec);
            if is_new && media.remote_pts().contains(&params.pt()) {
                agreed.push((codec, *params.pt()));
            }
        }
    }
    agreed
}

fn has_opus_fec(codecs: &CodecConfig) -> bool {
    let opus = codecs.find(|params| params.spec().codec == RtcCodec::Opus);
    opus.is_some_and(|params| params.spec().format.use_inband_fec == Some(true))
}
