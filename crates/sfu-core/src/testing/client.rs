use super::{
    network::InFlight,
    source::{AudioSource, VideoSource},
};
use crate::Protocol;
use model::{Codec, TrackKind};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::{Duration, Instant, UNIX_EPOCH},
};
use str0m::{
    Candidate, Event, Input, Output, Rtc,
    change::{SdpAnswer, SdpPendingOffer},
    config::DtlsCert,
    media::{Direction, KeyframeRequestKind, MediaKind, Mid},
    net::{Receive, TcpType},
    rtp::{ExtensionValues, RtpPacket, RtpWrite},
};

/// All clients have one: making it would cost more than the rest of a client.
static CERTIFICATE: OnceLock<DtlsCert> = OnceLock::new();

/// What a client is.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Its own address.
    pub address: SocketAddr,
    /// How it reaches the engine.
    pub protocol: Protocol,
    /// Video codecs that it has, best first.
    pub video_codecs: Vec<Codec>,
    /// Whether it offers audio alone.
    pub is_audio_only: bool,
}

impl ClientOptions {
    /// All media and codecs, over UDP.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, protocol: Protocol::Udp, video_codecs: vec![Codec::Vp8, Codec::H264], is_audio_only: false }
    }
}

/// An RTP packet that a client got.
#[derive(Debug, Clone)]
pub struct Received {
    /// Into which slot.
    pub track: TrackKind,
    /// When.
    pub at: Instant,
    /// Codec by payload type.
    pub codec: Codec,
    /// Of the downlink.
    pub ssrc: u32,
    /// Extended.
    pub sequence: u64,
    /// RTP time.
    pub timestamp: u32,
    /// RTP marker.
    pub marker: bool,
    /// 0 (silent) to 127, if the packet says so.
    pub level: Option<u8>,
    /// When it was captured, microseconds since 1970 on the sender's clock, by the last sender report.
    pub captured: Option<i64>,
    /// Payload.
    pub payload: Vec<u8>,
}

/// A WebRTC client without IO.
pub struct Client {
    rtc: Rtc,
    options: ClientOptions,
    mids: Vec<(TrackKind, Mid)>,
    pending: Option<SdpPendingOffer>,
    now: Instant,
    deadline: Instant,
    transmits: VecDeque<InFlight>,
    sequences: [u64; 3],
    began: Instant,
    /// Everything that came in.
    pub received: Vec<Received>,
    /// Keyframe requests that came in.
    pub keyframe_requests: Vec<(TrackKind, Instant)>,
    /// ICE and DTLS are up.
    pub is_connected: bool,
    /// The engine said goodbye.
    pub is_closed: bool,
    /// What it sends video in: the first codec of the last answer.
    pub video_codec: Codec,
    /// The microphone, while it is on.
    pub microphone: Option<AudioSource>,
    /// Camera and screen, while they are on.
    pub videos: [Option<VideoSource>; 2],
}

impl Client {
    /// A client that has not offered yet.
    pub fn new(options: ClientOptions, now: Instant) -> Self {
        let crypto = crate::participant::crypto_provider();
        let make = || crypto.dtls_provider.generate_certificate().expect("the provider makes certificates");
        let certificate = CERTIFICATE.get_or_init(make).clone();
        let mut settings = Rtc::builder()
            .set_crypto_provider(Arc::new(crypto))
            .set_dtls_cert(certificate)
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .set_rtcp_report_interval_audio(Duration::from_secs(1));
        for codec in &options.video_codecs {
            match codec {
                Codec::H264 => settings.codec_config().add_h264(102.into(), Some(103.into()), true, 0x42_e01f),
                _ => settings = settings.enable_vp8(true),
            }
        }
        let mut rtc = settings.build(now);
        let candidate = match options.protocol {
            Protocol::Udp => Candidate::host(options.address, "udp"),
            Protocol::Tcp => Candidate::builder().tcp().host(options.address).tcptype(TcpType::Active).build(),
        };
        rtc.add_local_candidate(candidate.expect("a test's address makes a candidate"));
        Self {
            rtc,
            options,
            mids: Vec::new(),
            pending: None,
            now,
            deadline: now,
            transmits: VecDeque::new(),
            sequences: [1; 3],
            began: now,
            received: Vec::new(),
            keyframe_requests: Vec::new(),
            is_connected: false,
            is_closed: false,
            video_codec: Codec::Vp8,
            microphone: None,
            videos: [None, None],
        }
    }

    /// Where datagrams for it go.
    pub fn address(&self) -> SocketAddr {
        self.options.address
    }

    /// How it talks to the engine.
    pub fn protocol(&self) -> Protocol {
        self.options.protocol
    }

    /// The first offer: audio, camera, screen.
    pub fn offer(&mut self) -> String {
        let mut api = self.rtc.sdp_api();
        let kinds: &[TrackKind] = if self.options.is_audio_only { &[TrackKind::Audio] } else { &TrackKind::ALL };
        self.mids = kinds
            .iter()
            .map(|kind| {
                let media = if *kind == TrackKind::Audio { MediaKind::Audio } else { MediaKind::Video };
                (*kind, api.add_media(media, Direction::SendRecv, None, None, None))
            })
            .collect();
        let (offer, pending) = api.apply().expect("added media need an offer");
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    /// Another offer, with new ICE credentials.
    pub fn restart_ice(&mut self) -> String {
        let mut api = self.rtc.sdp_api();
        api.ice_restart(true);
        let (offer, pending) = api.apply().expect("a restart needs an offer");
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    /// Takes the answer to the last offer.
    pub fn accept(&mut self, answer: &str) {
        self.video_codec = first_video_codec(answer).unwrap_or(self.video_codec);
        let answer = SdpAnswer::from_sdp_string(answer).expect("the engine's answer is SDP");
        let pending = self.pending.take().expect("an answer follows an offer");
        self.rtc.sdp_api().accept_answer(pending, answer).expect("the engine's answer fits the offer");
        self.drain();
    }

    /// Turns the microphone on or off.
    pub fn speak(&mut self, on: bool) {
        self.microphone = on.then(|| AudioSource::new(self.now));
    }

    /// Turns camera or screen on or off.
    pub fn film(&mut self, track: TrackKind, on: bool) {
        let source = on.then(|| VideoSource::new(self.now));
        self.videos[usize::from(track == TrackKind::Screen)] = source;
    }

    /// Asks for a keyframe in a downlink.
    pub fn request_keyframe(&mut self, track: TrackKind) {
        let Some(mid) = self.mid(track) else { return };
        if let Some(stream) = self.rtc.direct_api().stream_rx_by_mid(mid, None) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
        }
        self.handle_timeout(self.now);
    }

    /// Sends one packet. The RTP time is given; sequence numbers run on by themselves.
    pub fn send(&mut self, now: Instant, track: TrackKind, timestamp: u32, marker: bool, level: u8, payload: &[u8]) {
        let sequence = self.sequences[track as usize];
        self.sequences[track as usize] += 1;
        self.send_numbered(now, track, sequence, timestamp, marker, level, payload);
    }

    /// Like [`Self::send`], with a sequence number.
    #[expect(clippy::too_many_arguments, reason = "the fields of an RTP header")]
    pub fn send_numbered(
        &mut self,
        now: Instant,
        track: TrackKind,
        sequence: u64,
        timestamp: u32,
        marker: bool,
        level: u8,
        payload: &[u8],
    ) {
        let codec = if track == TrackKind::Audio { Codec::Opus } else { self.video_codec };
        let (Some(mid), Some(payload_type)) = (self.mid(track), self.payload_type(codec)) else { return };
        let extensions = ExtensionValues {
            audio_level: (track == TrackKind::Audio).then(|| -(127 - level.min(127) as i8)),
            voice_activity: (track == TrackKind::Audio).then_some(level > 60),
            ..ExtensionValues::default()
        };
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(mid, None) else { return };
        let packet = RtpWrite::new(payload_type.into(), sequence.into(), timestamp, now, payload)
            .marker(marker)
            .ext_vals(extensions)
            .nackable(true);
        stream.write_rtp(packet);
        self.handle_timeout(now);
    }

    /// Takes a datagram that arrived.
    pub fn handle_datagram(&mut self, now: Instant, source: SocketAddr, bytes: &[u8]) {
        self.now = self.now.max(now);
        let protocol = match self.options.protocol {
            Protocol::Udp => str0m::net::Protocol::Udp,
            Protocol::Tcp => str0m::net::Protocol::Tcp,
        };
        if let Ok(receive) = Receive::new(protocol, source, self.options.address, bytes)
            && self.rtc.handle_input(Input::Receive(self.now, receive)).is_ok()
        {
            self.drain();
        }
    }

    /// Lets time pass; sources that are on send what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = self.now.max(now);
        if self.rtc.handle_input(Input::Timeout(self.now)).is_ok() {
            self.drain();
        }
    }

    /// Sends what microphone, camera and screen have due.
    pub fn run_sources(&mut self, now: Instant) {
        let since_start = |rate: u128, due: Instant, began: Instant| {
            (due.saturating_duration_since(began).as_micros() * rate / 1_000_000) as u32
        };
        // A source that was just turned on begins now, and not when the client last woke.
        for source in self.microphone.iter_mut().filter(|source| source.count == 0) {
            source.due = now;
        }
        for source in self.videos.iter_mut().flatten().filter(|source| source.count == 0) {
            source.due = now;
        }
        while let Some(source) = self.microphone.as_mut().filter(|source| source.due <= now) {
            let (due, level, payload) = (source.due, source.level, source.next());
            let timestamp = since_start(48_000, due, self.began);
            self.send(now, TrackKind::Audio, timestamp, false, level, &payload);
        }
        for (index, track) in [TrackKind::Camera, TrackKind::Screen].into_iter().enumerate() {
            while let Some(source) = self.videos[index].as_mut().filter(|source| source.due <= now) {
                let (due, packets) = (source.due, source.next(self.video_codec));
                let timestamp = since_start(90_000, due, self.began);
                let last = packets.len() - 1;
                for (number, payload) in packets.iter().enumerate() {
                    self.send(now, track, timestamp, number == last, 0, payload);
                }
            }
        }
    }

    /// When [`Self::handle_timeout`] and [`Self::run_sources`] are due.
    pub fn poll_timeout(&self) -> Instant {
        let sources = self.videos.iter().flatten().map(|source| source.due);
        sources.chain(self.microphone.iter().map(|source| source.due)).chain([self.deadline]).min().unwrap_or(self.now)
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<InFlight> {
        self.transmits.pop_front()
    }

    /// What came into one slot.
    pub fn received(&self, track: TrackKind) -> impl Iterator<Item = &Received> {
        self.received.iter().filter(move |received| received.track == track)
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.deadline = at.max(self.now + Duration::from_millis(1));
                    return;
                }
                Ok(Output::Transmit(transmit)) => self.transmits.push_back(InFlight {
                    protocol: self.options.protocol,
                    source: transmit.source,
                    destination: transmit.destination,
                    bytes: transmit.contents.into(),
                }),
                Ok(Output::Event(event)) => self.note(event),
                Err(_) => return,
            }
        }
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::Connected => self.is_connected = true,
            Event::Closed => self.is_closed = true,
            Event::KeyframeRequest(request) => {
                let Some(track) = self.track(request.mid) else { return };
                self.keyframe_requests.push((track, self.now));
                if let Some(video) = &mut self.videos[usize::from(track == TrackKind::Screen)] {
                    video.needs_keyframe = true;
                }
            }
            Event::RtpPacket(packet) => {
                let ssrc = packet.header.ssrc;
                let mid = self.rtc.direct_api().stream_rx(&ssrc).map(|stream| stream.mid());
                let Some(track) = mid.and_then(|mid| self.track(mid)) else { return };
                let level = packet.header.ext_vals.audio_level;
                self.received.push(Received {
                    track,
                    at: self.now,
                    codec: self.codec(*packet.header.payload_type).expect("the engine sends negotiated payload types"),
                    ssrc: *ssrc,
                    sequence: *packet.seq_no,
                    timestamp: packet.header.timestamp,
                    marker: packet.header.marker,
                    level: level.map(|level| 127 - level.unsigned_abs()),
                    captured: captured(&packet),
                    payload: packet.payload.to_vec(),
                });
            }
            _ => {}
        }
    }

    fn mid(&self, track: TrackKind) -> Option<Mid> {
        self.mids.iter().find(|(known, _)| *known == track).map(|(_, mid)| *mid)
    }

    fn track(&self, mid: Mid) -> Option<TrackKind> {
        self.mids.iter().find(|(_, known)| *known == mid).map(|(track, _)| *track)
    }

    fn payload_type(&self, codec: Codec) -> Option<u8> {
        let found = self.rtc.codec_config().find(|params| model_codec(params.spec().codec) == Some(codec));
        found.map(|params| *params.pt())
    }

    fn codec(&self, payload_type: u8) -> Option<Codec> {
        let found = self.rtc.codec_config().find(|params| *params.pt() == payload_type)?;
        model_codec(found.spec().codec)
    }
}

/// RFC 3550 §6.4.1: the last sender report names a moment on both the sender's clocks.
fn captured(packet: &RtpPacket) -> Option<i64> {
    let report = packet.last_sender_info.as_ref()?;
    let reported = report.ntp_time.duration_since(UNIX_EPOCH).ok()?.as_micros();
    let rate = packet.time.frequency().get();
    let ticks = (packet.header.timestamp).wrapping_sub(report.rtp_time.numer() as u32) as i32;
    Some(i64::try_from(reported).ok()?.saturating_add(i64::from(ticks) * 1_000_000 / i64::from(rate)))
}

fn model_codec(codec: str0m::format::Codec) -> Option<Codec> {
    match codec {
        str0m::format::Codec::Opus => Some(Codec::Opus),
        str0m::format::Codec::Vp8 => Some(Codec::Vp8),
        str0m::format::Codec::H264 => Some(Codec::H264),
        _ => None,
    }
}

/// The first codec of the first video m-line, as a browser chooses what to send.
fn first_video_codec(answer: &str) -> Option<Codec> {
    let line = answer.lines().find(|line| line.starts_with("m=video"))?;
    let first = line.split(' ').nth(3)?;
    let map = answer.lines().find_map(|line| line.strip_prefix(&format!("a=rtpmap:{first} ")))?;
    match map.split('/').next()? {
        "VP8" => Some(Codec::Vp8),
        "H264" => Some(Codec::H264),
        _ => None,
    }
}
