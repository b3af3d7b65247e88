use crate::{ShardMetrics, turn::TurnMetrics};
use prometheus::{
    Encoder, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
    core::Collector,
};

/// The metrics' names could not be registered: two of them are the same.
#[derive(Debug, thiserror::Error)]
#[error("metrics cannot be registered: {0}")]
pub struct MetricsError(#[from] prometheus::Error);

const MOS: &[f64] = &[1.0, 2.0, 2.5, 3.0, 3.25, 3.5, 3.75, 4.0, 4.25, 4.5];
const SETUP_SECONDS: &[f64] = &[0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0];
const JITTER_SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5];
const RTT_SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0, 2.0];
const FORWARD_SECONDS: &[f64] = &[50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3];

/// Every metric of the process. Share it in an `Arc`.
pub struct Metrics {
    registry: Registry,
    /// Legs in rooms now; shards keep it by [`ShardMetrics::set_now`].
    pub(crate) legs: IntGauge,
    pub(crate) rooms: IntGauge,
    pub(crate) one_way_legs: IntGauge,
    pub(crate) legs_without_video: IntGauge,
    pub(crate) packets: IntCounterVec,
    pub(crate) bytes: IntCounterVec,
    pub(crate) packets_lost: IntCounterVec,
    pub(crate) keyframe_requests: IntCounterVec,
    pub(crate) nacks: IntCounterVec,
    pub(crate) jitter: Histogram,
    pub(crate) rtt: Histogram,
    pub(crate) leg_mos: Histogram,
    pub(crate) heard_mos: Histogram,
    pub(crate) forward_latency: Histogram,
    dropped_datagrams: IntCounterVec,
    calls: IntCounterVec,
    call_setup: Histogram,
    taps_behind: IntGauge,
    tap_frames_dropped: IntCounter,
    recordings: IntGaugeVec,
    silent_recordings: IntGauge,
    recording_write_errors: IntCounter,
    participant_panics: IntCounter,
    websockets: IntGauge,
    http_requests: IntCounterVec,
    pub(crate) turn: TurnMetrics,
}

impl Metrics {
    /// All metrics at zero. `version` is the build's, for `switchroom_build_info`.
    pub fn new(version: &str) -> Result<Self, MetricsError> {
        let registry = Registry::new_custom(Some("switchroom".to_owned()), None)?;
        let r = &registry;
        let info = Opts::new("build_info", "Always 1; the version is in its label.").const_label("version", version);
        add(r, IntGauge::with_opts(info)?)?.set(1);
        Ok(Self {
            legs: gauge(r, "legs", "Legs in rooms now.")?,
            rooms: gauge(r, "rooms", "Rooms now.")?,
            one_way_legs: gauge(r, "one_way_legs", "Legs that should hear something and do not, now.")?,
            legs_without_video: gauge(
                r,
                "legs_without_video",
                "Legs from which video is held back because their path carries sound alone, now.",
            )?,
            packets: counters(r, "packets_total", "Packets by direction and kind.", &["direction", "kind"])?,
            bytes: counters(r, "bytes_total", "Bytes of those packets.", &["direction", "kind"])?,
            packets_lost: counters(r, "packets_lost_total", "Packets lost on the way, by direction.", &["direction"])?,
            keyframe_requests: counters(
                r,
                "keyframe_requests_total",
                "PLI and FIR received (ingress) and sent.",
                &["direction"],
            )?,
            nacks: counters(r, "nacks_total", "Packets asked for again by peers (ingress) and by us.", &["direction"])?,
            jitter: histogram(
                r,
                "jitter_seconds",
                "Interarrival jitter of a hop, sampled each second.",
                JITTER_SECONDS,
            )?,
            rtt: histogram(r, "rtt_seconds", "Round-trip time to a leg, sampled each second.", RTT_SECONDS)?,
            leg_mos: histogram(r, "leg_mos", "MOS of one hop, sampled each second.", MOS)?,
            heard_mos: histogram(r, "heard_mos", "MOS of what one leg hears of another, each second.", MOS)?,
            forward_latency: histogram(r, "forward_latency_seconds", "Time a packet spends here.", FORWARD_SECONDS)?,
            dropped_datagrams: counters(r, "dropped_datagrams_total", "Datagrams dropped, by reason.", &["reason"])?,
            calls: counters(r, "calls_total", "Calls that ended, by outcome.", &["outcome"])?,
            call_setup: histogram(r, "call_setup_seconds", "From answer to media both ways.", SETUP_SECONDS)?,
            taps_behind: gauge(
                r,
                "taps_behind",
                "Tapped frames that wait for the recorder, now: it keeps up while this stays near zero.",
            )?,
            tap_frames_dropped: add(
                r,
                IntCounter::new("tap_frames_dropped_total", "Frames that recordings miss because a disk was slow.")?,
            )?,
            recordings: add(r, IntGaugeVec::new(Opts::new("recordings", "Recording files by state."), &["state"])?)?,
            silent_recordings: gauge(
                r,
                "silent_recordings",
                "Legs that talk and of which the recording holds nothing, now: look at them.",
            )?,
            recording_write_errors: add(
                r,
                IntCounter::new(
                    "recording_write_errors_total",
                    "Writes of recordings that a disk refused: calls go on, and their recordings miss something.",
                )?,
            )?,
            participant_panics: add(
                r,
                IntCounter::new("participant_panics_total", "Participants dropped because of a bug of ours.")?,
            )?,
            websockets: gauge(r, "websocket_connections", "WebSocket connections of pages and clients, now.")?,
            http_requests: counters(r, "http_requests_total", "HTTP requests.", &["method", "route", "status"])?,
            turn: TurnMetrics::new(r)?,
            registry,
        })
    }

    /// Everything in Prometheus' text format, for `/metrics`.
    pub fn encode(&self) -> String {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text).expect("memory can be written to");
        String::from_utf8(text).expect("the text format is UTF-8")
    }

    /// The `Content-Type` of [`Self::encode`].
    pub const CONTENT_TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// Counters for one media thread.
    pub fn shard(&self) -> ShardMetrics {
        ShardMetrics::new(self)
    }

    /// `count` datagrams were dropped, for example because of `integrity` or `unknown_ufrag`.
    pub fn datagrams_dropped(&self, reason: &'static str, count: u64) {
        self.dropped_datagrams.with_label_values(&[reason]).inc_by(count);
    }

    /// A call ended, for example as `answered` or `abandoned`.
    pub fn call_ended(&self, outcome: &'static str) {
        self.calls.with_label_values(&[outcome]).inc();
    }

    /// A call had media both ways this long after it was answered, in seconds.
    pub fn call_set_up(&self, seconds: f64) {
        self.call_setup.observe(seconds);
    }

    /// How many tapped frames wait for the recorder now.
    pub fn set_taps_behind(&self, frames: usize) {
        self.taps_behind.set(as_gauge(frames));
    }

    /// Frames were dropped from taps.
    pub fn tap_frames_dropped(&self, frames: u64) {
        self.tap_frames_dropped.inc_by(frames);
    }

    /// So many writes of recordings have failed since the process began; it never falls.
    pub fn set_recording_write_errors(&self, total: u64) {
        self.recording_write_errors.inc_by(total.saturating_sub(self.recording_write_errors.get()));
    }

    /// How many legs talk of which the recording holds nothing.
    pub fn set_silent_recordings(&self, legs: usize) {
        self.silent_recordings.set(as_gauge(legs));
    }

    /// How many recording files are in a state now, for example `live`, `finished` or `failed`.
    pub fn set_recordings(&self, state: &'static str, files: usize) {
        self.recordings.with_label_values(&[state]).set(as_gauge(files));
    }

    /// A participant was dropped because our code panicked on it.
    pub fn participant_panicked(&self) {
        self.participant_panics.inc();
    }

    /// How many WebSocket connections there are now.
    pub fn set_websockets(&self, connections: usize) {
        self.websockets.set(as_gauge(connections));
    }

    /// A request was answered. `route` is the route's pattern, never a path with ids; `method` one that a route has.
    pub fn http_request(&self, method: &str, route: &str, status: u16) {
        self.http_requests.with_label_values(&[method, route, &status.to_string()]).inc();
    }
}

pub(crate) fn as_gauge(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn add<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> prometheus::Result<C> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

pub(crate) fn gauge(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntGauge> {
    add(registry, IntGauge::new(name, help)?)
}

pub(crate) fn counters(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> prometheus::Result<IntCounterVec> {
    add(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
}

fn histogram(registry: &Registry, name: &str, help: &str, buckets: &[f64]) -> prometheus::Result<Histogram> {
    add(registry, Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))?)
}
