//! One party's WebRTC client: str0m without its sockets, a microphone, perhaps a camera, and ears.

use super::{
    Counters, Lines, Measured, Told, Trouble, Voice,
    hearing::Hearing,
    source::{Audio, Camera},
    stamp::{Side, Stamp, Stamper, Track},
};
use crate::{
    histogram::Histogram,
    limits::{OUTPUTS_PER_DRAIN, STATS_INTERVAL},
    plan::{MediaPlan, NetworkPlan},
};
use std::{
    net::{SocketAddr, UdpSocket},
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};
use str0m::{
    Candidate, Event, IceConnectionState, Input, Output, Rtc,
    change::{SdpAnswer, SdpPendingOffer},
    crypto::dtls::DtlsCert,
    format::Codec,
    media::{Direction, MediaKind, Mid},
    net::{Protocol, Receive},
    rtp::{RtpPacket, RtpWrite},
};

/// What all clients of a thread share.
pub(super) struct Surroundings {
    pub(super) epoch: Instant,
    pub(super) stamper: Stamper,
    pub(super) seed: u64,
    pub(super) media: MediaPlan,
    pub(super) network: NetworkPlan,
    pub(super) certificate: DtlsCert,
    pub(super) counters: Arc<Counters>,
    pub(super) delays: Histogram,
    /// Payloads are built here.
    pub(super) scratch: Vec<u8>,
}

impl Surroundings {
    /// An instant on the run's clock.
    pub(super) fn nanos(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.epoch).as_nanos()).expect("a run lasts less than 500 years")
    }
}

/// A source's stream in the connection.
struct Outgoing {
    mid: Mid,
    payload_type: u8,
    /// Packets sent.
    sequence: u32,
}

pub(super) struct Client {
    rtc: Rtc,
    socket: UdpSocket,
    address: SocketAddr,
    voice: Voice,
    told: Told,
    pending: Option<SdpPendingOffer>,
    /// Audio, camera.
    outgoing: Vec<Outgoing>,
    microphone: Option<Audio>,
    camera: Option<Camera>,
    hears: Hearing,
    sees: Hearing,
    /// Losses that the counters know of.
    told_lost: u64,
    random: sim::Random,
    now: Instant,
    deadline: Instant,
}

impl Client {
    /// A client on a socket of its own, and its offer.
    pub(super) fn new(
        voice: Voice,
        socket: UdpSocket,
        told: Told,
        around: &Surroundings,
        now: Instant,
    ) -> Result<(Self, String), String> {
        let address = socket.local_addr().map_err(|error| error.to_string())?;
        let mut rtc = Rtc::builder()
            .set_crypto_provider(Arc::new(str0m::crypto::from_feature_flags()))
            .set_dtls_cert(around.certificate.clone())
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .set_stats_interval(Some(STATS_INTERVAL))
            .build(now);
        let candidate = Candidate::host(address, "udp").map_err(|error| error.to_string())?;
        rtc.add_local_candidate(candidate);
        let mut api = rtc.sdp_api();
        let mids = [MediaKind::Audio, MediaKind::Video, MediaKind::Video]
            .map(|kind| api.add_media(kind, Direction::SendRecv, None, None, None));
        let (offer, pending) = api.apply().expect("added media need an offer");
        let outgoing = [(mids[0], Codec::Opus), (mids[1], Codec::Vp8)]
            .into_iter()
            .filter_map(|(mid, codec)| {
                let found = rtc.codec_config().find(|one| one.spec().codec == codec)?;
                Some(Outgoing { mid, payload_type: *found.pt(), sequence: 0 })
            })
            .collect();
        let random = sim::Random::new(around.seed ^ (u64::from(voice.call) << 1 | voice.side as u64));
        let client = Self {
            rtc,
            socket,
            address,
            voice,
            told,
            pending: Some(pending),
            outgoing,
            microphone: None,
            camera: None,
            hears: Hearing::default(),
            sees: Hearing::default(),
            told_lost: 0,
            random,
            now,
            deadline: now,
        };
        Ok((client, offer.to_sdp_string()))
    }

    pub(super) fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    /// Takes the answer to the offer; ICE and DTLS begin.
    pub(super) fn take_answer(&mut self, sdp: &str, around: &mut Surroundings, now: Instant) -> Result<(), String> {
        let answer = SdpAnswer::from_sdp_string(sdp).map_err(|error| error.to_string())?;
        let pending = self.pending.take().ok_or("there was an answer already")?;
        self.rtc.sdp_api().accept_answer(pending, answer).map_err(|error| error.to_string())?;
        self.handle_timeout(around, now);
        Ok(())
    }

    /// Takes what came in on the socket, at most so many datagrams.
    pub(super) fn receive(&mut self, around: &mut Surroundings, now: Instant, buffer: &mut [u8], most: usize) {
        for _ in 0..most {
            let Ok((length, source)) = self.socket.recv_from(buffer) else { return };
            let bytes = &buffer[..length];
            if self.is_lost(bytes, around.network.down_loss_percent) {
                continue;
            }
            self.now = self.now.max(now);
            if let Ok(receive) = Receive::new(Protocol::Udp, source, self.address, bytes)
                && self.rtc.handle_input(Input::Receive(self.now, receive)).is_ok()
            {
                self.drain(around);
            }
        }
    }

    /// When [`Self::run`] is due.
    pub(super) fn due(&self, around: &Surroundings) -> u64 {
        let sources = [self.microphone.as_ref().map(|one| one.due), self.camera.as_ref().map(|one| one.due)];
        sources.into_iter().flatten().fold(around.nanos(self.deadline), u64::min)
    }

    /// Sends what is due and lets the connection's timers run.
    pub(super) fn run(&mut self, around: &mut Surroundings, now: Instant) {
        let nanos = around.nanos(now);
        while let Some(microphone) = self.microphone.as_mut().filter(|one| one.due <= nanos) {
            let (timestamp, missed) = microphone.next(nanos);
            around.counters.late.fetch_add(missed, Relaxed);
            self.send(around, now, Track::Audio, timestamp, true, |around, stamp| {
                let bytes = around.media.audio_bytes;
                around.stamper.audio(stamp, bytes, &mut around.scratch);
            });
        }
        while let Some(camera) = self.camera.as_mut().filter(|one| one.due <= nanos) {
            let packet = camera.next(nanos);
            self.send(around, now, Track::Camera, packet.timestamp, packet.is_last, |around, stamp| {
                around.stamper.video(stamp, &packet.picture, packet.bytes, &mut around.scratch);
            });
        }
        if self.deadline <= now {
            self.handle_timeout(around, now);
        }
    }

    fn send(
        &mut self,
        around: &mut Surroundings,
        now: Instant,
        track: Track,
        timestamp: u32,
        marker: bool,
        fill: impl FnOnce(&mut Surroundings, &Stamp),
    ) {
        let Some(outgoing) = self.outgoing.get_mut(track as usize) else { return };
        outgoing.sequence += 1;
        // The time of this very packet: the turn may have begun a while ago.
        let sent = around.nanos(Instant::now());
        let stamp = Stamp { call: self.voice.call, side: self.voice.side, track, sequence: outgoing.sequence, sent };
        fill(around, &stamp);
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(outgoing.mid, None) else { return };
        let sequence = u64::from(outgoing.sequence);
        let packet =
            RtpWrite::new(outgoing.payload_type.into(), sequence.into(), timestamp, now, around.scratch.as_slice())
                .marker(marker && track == Track::Camera)
                .nackable(track == Track::Camera);
        stream.write_rtp(packet);
        around.counters.sent.fetch_add(1, Relaxed);
        self.voice.lines.last_sent[self.voice.side as usize][track as usize].store(sent, Relaxed);
        self.handle_timeout(around, now);
    }

    fn handle_timeout(&mut self, around: &mut Surroundings, now: Instant) {
        self.now = self.now.max(now);
        if self.rtc.handle_input(Input::Timeout(self.now)).is_ok() {
            self.drain(around);
        }
    }

    fn drain(&mut self, around: &mut Surroundings) {
        for _ in 0..OUTPUTS_PER_DRAIN {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.deadline = at.max(self.now + Duration::from_millis(1));
                    return;
                }
                Ok(Output::Transmit(transmit)) => {
                    if !self.is_lost(&transmit.contents, around.network.up_loss_percent)
                        && self.socket.send_to(&transmit.contents, transmit.destination).is_err()
                    {
                        around.counters.send_errors.fetch_add(1, Relaxed);
                    }
                }
                Ok(Output::Event(event)) => self.note(event, around),
                Err(error) => return self.trouble(Trouble::Transport(error.to_string())),
            }
        }
        self.trouble(Trouble::Transport("the connection makes output without end".to_owned()));
    }

    fn note(&mut self, event: Event, around: &mut Surroundings) {
        match event {
            Event::Connected => {
                let now = around.nanos(self.now);
                let phases = self.voice.phases();
                self.microphone = Some(Audio::new(now, phases[0]));
                self.camera = self.voice.video.then(|| Camera::new(now, phases[1], &around.media));
            }
            Event::RtpPacket(packet) => self.heard(&packet, around),
            Event::KeyframeRequest(request) => {
                let is_camera = self.outgoing.get(Track::Camera as usize).is_some_and(|one| one.mid == request.mid);
                if let Some(camera) = self.camera.as_mut().filter(|_| is_camera) {
                    camera.needs_keyframe = true;
                }
            }
            Event::MediaEgressStats(stats) => {
                if let Some(rtt) = stats.rtt.filter(|_| self.outgoing.first().is_some_and(|one| one.mid == stats.mid)) {
                    let micros = u64::try_from(rtt.as_micros()).unwrap_or(u64::MAX);
                    self.voice.lines.rtt_micros[self.voice.side as usize].store(micros, Relaxed);
                }
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => self.trouble(Trouble::PathLost),
            Event::Closed => self.trouble(Trouble::Closed),
            _ => {}
        }
    }

    fn heard(&mut self, packet: &RtpPacket, around: &mut Surroundings) {
        // A datagram waits in its socket until the turn gets to it: the time of this one, not of the turn.
        let now = around.nanos(Instant::now());
        let is_video = self.outgoing.get(1).is_some_and(|one| one.payload_type == *packet.header.payload_type);
        let stamp = if is_video {
            around.stamper.read_video(&packet.payload)
        } else if packet.payload.is_empty() {
            // Padding, which carries nothing.
            return;
        } else {
            around.stamper.read_audio(&packet.payload)
        };
        let Some(stamp) = stamp else {
            // Until the other party answers the server plays ringback.
            if !is_video && !self.hears.has_begun() {
                return;
            }
            return self.trouble(Trouble::Corrupted);
        };
        if let Some(trouble) = self.foreign(&stamp, is_video) {
            return self.trouble(trouble);
        }
        around.counters.received.fetch_add(1, Relaxed);
        around.delays.note(Duration::from_nanos(now.saturating_sub(stamp.sent)));
        let hearing = if is_video { &mut self.sees } else { &mut self.hears };
        let is_first = !hearing.has_begun();
        hearing.heard(&stamp, now);
        if is_first {
            let mut condition = self.told.lock();
            *(if is_video { &mut condition.sees } else { &mut condition.hears }) = Some(self.now);
        }
    }

    /// What is wrong with a packet that somebody else should have got.
    fn foreign(&self, stamp: &Stamp, is_video: bool) -> Option<Trouble> {
        if stamp.call != self.voice.call {
            Some(Trouble::Misrouted { call: stamp.call })
        } else if stamp.side == self.voice.side {
            Some(Trouble::OwnVoice)
        } else {
            // Sound among pictures, or the other way round.
            ((stamp.track == Track::Camera) != is_video).then_some(Trouble::Corrupted)
        }
    }

    /// Looks whether the other side is still heard and seen, and closes the MOS window when it is time.
    pub(super) fn check(&mut self, around: &Surroundings, now: Instant) {
        let nanos = around.nanos(now);
        let [audio, camera] = &self.voice.lines.last_sent[self.voice.side.other() as usize];
        if self.hears.is_silent(audio.load(Relaxed), nanos) {
            self.trouble(Trouble::OneWay);
        } else if self.sees.is_silent(camera.load(Relaxed), nanos) {
            self.trouble(Trouble::Frozen);
        }
        self.hears.score(nanos, self.rtts(), false);
        let lost = self.hears.lost() + self.sees.lost();
        // A late packet may take a loss back; the sum wraps to the right value.
        around.counters.lost.fetch_add(lost.wrapping_sub(self.told_lost), Relaxed);
        self.told_lost = lost;
    }

    /// Ends it and says what it heard.
    pub(super) fn leave(mut self, around: &mut Surroundings, now: Instant) -> Measured {
        self.check(around, now);
        let rtts = self.rtts();
        self.hears.score(around.nanos(now), rtts, true);
        self.rtc.disconnect();
        Measured {
            received: self.hears.received() + self.sees.received(),
            heard: self.hears.received(),
            expected: self.hears.expected() + self.sees.expected(),
            lost: self.hears.lost() + self.sees.lost(),
            mos: self.hears.take_scores(),
        }
    }

    /// Round-trip times of the speaker and of this listener.
    fn rtts(&self) -> (Duration, Duration) {
        let Lines { rtt_micros, .. } = &*self.voice.lines;
        let of = |side: Side| Duration::from_micros(rtt_micros[side as usize].load(Relaxed));
        (of(self.voice.side.other()), of(self.voice.side))
    }

    /// The first trouble is the one that counts.
    fn trouble(&mut self, trouble: Trouble) {
        self.told.lock().trouble.get_or_insert(trouble);
    }

    /// Media that the plan has lost on the way: RTP and RTCP by their first byte (RFC 7983).
    fn is_lost(&mut self, bytes: &[u8], percent: f64) -> bool {
        let is_media = bytes.first().is_some_and(|first| (128..192).contains(first));
        percent > 0.0 && is_media && (self.random.below(1_000_000) as f64) < percent * 10_000.0
    }
}
