//! A peer made of the `webrtc` crate: it shares no code with the engine.

use crate::tone::{FRAME, ToneSink, ToneSource};
use rtc::{
    media_stream::MediaStreamTrack,
    peer_connection::{
        configuration::{
            interceptor_registry::register_default_interceptors,
            media_engine::{MIME_TYPE_OPUS, MediaEngine},
        },
        sdp::RTCSessionDescription,
    },
    rtp_transceiver::rtp_sender::{
        RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
    },
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};
use webrtc::{
    media_stream::{
        track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP},
        track_remote::{TrackRemote, TrackRemoteEvent},
    },
    peer_connection::{
        PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCPeerConnectionState, Registry,
    },
};

const OPUS_PAYLOAD_TYPE: u8 = 111;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

struct Handler {
    state: watch::Sender<RTCPeerConnectionState>,
    heard: Arc<Mutex<ToneSink>>,
    arrivals: Arc<Pace>,
}

/// The longest pause between two events since it was last asked.
#[derive(Default)]
struct Pace(std::sync::Mutex<(Option<Instant>, Duration)>);

impl Pace {
    fn note(&self) {
        let mut pace = self.0.lock().expect("nothing panics with this lock");
        let now = Instant::now();
        if let Some(last) = pace.0.replace(now) {
            pace.1 = pace.1.max(now - last);
        }
    }

    /// The pause that still lasts counts.
    fn take_longest(&self) -> Duration {
        self.note();
        std::mem::take(&mut self.0.lock().expect("nothing panics with this lock").1)
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.state.send_replace(state);
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let (heard, arrivals) = (Arc::clone(&self.heard), Arc::clone(&self.arrivals));
        tokio::spawn(async move {
            while let Some(event) = track.poll().await {
                if let TrackRemoteEvent::OnRtpPacket(packet) = event
                    && packet.header.payload_type == OPUS_PAYLOAD_TYPE
                    && !packet.payload.is_empty()
                {
                    arrivals.note();
                    heard.lock().await.push(&packet.payload);
                }
            }
        });
    }
}

/// Sends a tone and listens.
pub(crate) struct WebrtcPeer {
    connection: Arc<dyn PeerConnection>,
    track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    state: watch::Receiver<RTCPeerConnectionState>,
    pub(crate) heard: Arc<Mutex<ToneSink>>,
    arrivals: Arc<Pace>,
    departures: Arc<Pace>,
    sending: Option<JoinHandle<()>>,
}

impl WebrtcPeer {
    pub(crate) async fn new(ssrc: u32) -> Self {
        let opus = RTCRtpCodec {
            mime_type: MIME_TYPE_OPUS.to_owned(),
            clock_rate: 48_000,
            channels: 2,
            sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
            rtcp_feedback: vec![],
        };
        let mut media = MediaEngine::default();
        let parameters = RTCRtpCodecParameters { rtp_codec: opus.clone(), payload_type: OPUS_PAYLOAD_TYPE };
        media.register_codec(parameters, RtpCodecKind::Audio).expect("Opus");
        let registry = register_default_interceptors(Registry::new(), &mut media).expect("interceptors");
        let (tell, state) = watch::channel(RTCPeerConnectionState::New);
        let heard = Arc::new(Mutex::new(ToneSink::new()));
        let (arrivals, departures) = (Arc::<Pace>::default(), Arc::<Pace>::default());
        let connection = PeerConnectionBuilder::new()
            .with_media_engine(media)
            .with_interceptor_registry(registry)
            .with_handler(Arc::new(Handler { state: tell, heard: Arc::clone(&heard), arrivals: Arc::clone(&arrivals) }))
            .with_udp_addrs(vec!["127.0.0.1:0"])
            .build()
            .await
            .expect("a peer connection");
        let connection: Arc<dyn PeerConnection> = Arc::new(connection);
        let track = Arc::new(TrackLocalStaticRTP::new(MediaStreamTrack::new(
            "stream".to_owned(),
            "microphone".to_owned(),
            "microphone".to_owned(),
            RtpCodecKind::Audio,
            vec![RTCRtpEncodingParameters {
                rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
                codec: opus,
                ..Default::default()
            }],
        )));
        connection.add_track(Arc::clone(&track) as Arc<dyn TrackLocal>).await.expect("a track");
        Self { connection, track, ssrc, state, heard, arrivals, departures, sending: None }
    }

    pub(crate) async fn offer(&self) -> String {
        let offer = self.connection.create_offer(None).await.expect("an offer");
        self.connection.set_local_description(offer.clone()).await.expect("the offer is valid");
        offer.sdp
    }

    /// Takes the answer and waits until media can flow.
    pub(crate) async fn connect(&mut self, answer: &str) {
        let answer = RTCSessionDescription::answer(answer.to_owned()).expect("SDP");
        self.connection.set_remote_description(answer).await.expect("the answer is valid");
        let connected = self.state.wait_for(|state| *state == RTCPeerConnectionState::Connected);
        timeout(CONNECT_TIMEOUT, connected).await.expect("connected in time").expect("the peer lives");
    }

    /// Sends a tone until the peer is dropped.
    pub(crate) fn send_tone(&mut self, hertz: f32) {
        let (track, ssrc, departures) = (Arc::clone(&self.track), self.ssrc, Arc::clone(&self.departures));
        self.sending = Some(tokio::spawn(async move {
            let mut source = ToneSource::new(hertz);
            let mut tick = interval(Duration::from_millis(20));
            tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
            let mut packet = rtc::rtp::Packet::default();
            packet.header.version = 2;
            packet.header.payload_type = OPUS_PAYLOAD_TYPE;
            packet.header.ssrc = ssrc;
            loop {
                tick.tick().await;
                packet.payload = source.next_frame().into();
                packet.header.sequence_number = packet.header.sequence_number.wrapping_add(1);
                packet.header.timestamp = packet.header.timestamp.wrapping_add(FRAME as u32);
                if track.write_rtp(packet.clone()).await.is_err() {
                    return;
                }
                departures.note();
            }
        }));
    }

    /// The longest pauses of what came in and of what went out since this was last asked. The latter says how busy the
    /// machine was.
    pub(crate) fn longest_pauses(&self) -> (Duration, Duration) {
        (self.arrivals.take_longest(), self.departures.take_longest())
    }
}

impl Drop for WebrtcPeer {
    fn drop(&mut self) {
        if let Some(task) = &self.sending {
            task.abort();
        }
    }
}
