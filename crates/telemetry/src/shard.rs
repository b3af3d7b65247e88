use crate::Metrics;
use model::TrackKind;
use prometheus::{
    IntGauge,
    core::{AtomicU64, GenericLocalCounter},
    local::LocalHistogram,
};

/// Which way a packet goes, seen from the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To us.
    Ingress,
    /// From us.
    Egress,
}

impl Direction {
    pub(crate) fn label(self) -> &'static str {
        DIRECTIONS[self as usize]
    }
}

/// What a packet carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PacketKind {
    /// Microphone.
    Audio,
    /// Camera.
    Camera,
    /// Shared screen.
    Screen,
    /// STUN, DTLS and RTCP.
    Control,
}

impl From<TrackKind> for PacketKind {
    fn from(kind: TrackKind) -> Self {
        match kind {
            TrackKind::Audio => Self::Audio,
            TrackKind::Camera => Self::Camera,
            TrackKind::Screen => Self::Screen,
        }
    }
}

type Counter = GenericLocalCounter<AtomicU64>;

const DIRECTIONS: [&str; 2] = ["ingress", "egress"];
const KINDS: [&str; 4] = ["audio", "camera", "screen", "control"];

/// What a shard holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Rooms.
    pub rooms: u64,
    /// Legs.
    pub legs: u64,
    /// Legs that should hear something and do not.
    pub one_way_legs: u64,
    /// Legs whose path carries sound alone.
    pub legs_without_video: u64,
}

/// What one media thread counts. Plain numbers of its own until [`Self::flush`] adds them to the process's.
pub struct ShardMetrics {
    packets: [[Counter; 4]; 2],
    bytes: [[Counter; 4]; 2],
    packets_lost: [Counter; 2],
    keyframe_requests: [Counter; 2],
    nacks: [Counter; 2],
    jitter: LocalHistogram,
    rtt: LocalHistogram,
    leg_mos: LocalHistogram,
    heard_mos: LocalHistogram,
    forward_latency: LocalHistogram,
    now: [Share; 4],
}

impl ShardMetrics {
    pub(crate) fn new(metrics: &Metrics) -> Self {
        let by_direction = |vector: &prometheus::IntCounterVec| {
            DIRECTIONS.map(|direction| vector.with_label_values(&[direction]).local())
        };
        let by_kind = |vector: &prometheus::IntCounterVec| {
            DIRECTIONS.map(|direction| KINDS.map(|kind| vector.with_label_values(&[direction, kind]).local()))
        };
        Self {
            packets: by_kind(&metrics.packets),
            bytes: by_kind(&metrics.bytes),
            packets_lost: by_direction(&metrics.packets_lost),
            keyframe_requests: by_direction(&metrics.keyframe_requests),
            nacks: by_direction(&metrics.nacks),
            jitter: metrics.jitter.local(),
            rtt: metrics.rtt.local(),
            leg_mos: metrics.leg_mos.local(),
            heard_mos: metrics.heard_mos.local(),
            forward_latency: metrics.forward_latency.local(),
            now: [&metrics.rooms, &metrics.legs, &metrics.one_way_legs, &metrics.legs_without_video].map(Share::of),
        }
    }

    /// Packets of one kind with so many bytes in all.
    pub fn packets(&mut self, direction: Direction, kind: PacketKind, packets: u64, bytes: u64) {
        let (direction, kind) = (direction as usize, kind as usize);
        self.packets[direction][kind].inc_by(packets);
        self.bytes[direction][kind].inc_by(bytes);
    }

    /// Packets that were lost: on the way to us, or from us as receivers report.
    pub fn packets_lost(&mut self, direction: Direction, packets: u64) {
        self.packets_lost[direction as usize].inc_by(packets);
    }

    /// Keyframe requests from peers (ingress) or from us.
    pub fn keyframe_requests(&mut self, direction: Direction, requests: u64) {
        self.keyframe_requests[direction as usize].inc_by(requests);
    }

    /// Packets asked for again by peers (ingress) or by us.
    pub fn nacks(&mut self, direction: Direction, packets: u64) {
        self.nacks[direction as usize].inc_by(packets);
    }

    /// A second of one hop.
    pub fn hop(&mut self, jitter_seconds: f64, rtt_seconds: f64, leg_mos: f64) {
        self.jitter.observe(jitter_seconds);
        self.rtt.observe(rtt_seconds);
        self.leg_mos.observe(leg_mos);
    }

    /// A second of what one leg hears of another.
    pub fn heard(&mut self, heard_mos: f64) {
        self.heard_mos.observe(heard_mos);
    }

    /// A packet left this long after it came, in seconds.
    pub fn forwarded(&mut self, latency_seconds: f64) {
        self.forward_latency.observe(latency_seconds);
    }

    /// What this shard holds now.
    pub fn set_now(&mut self, now: Now) {
        let values = [now.rooms, now.legs, now.one_way_legs, now.legs_without_video];
        for (share, value) in self.now.iter_mut().zip(values) {
            share.set(i64::try_from(value).unwrap_or(i64::MAX));
        }
    }

    /// Adds what was counted to the process's metrics, and starts over.
    pub fn flush(&mut self) {
        let kinds = self.packets.iter().chain(&self.bytes).flatten();
        let directions = self.packets_lost.iter().chain(&self.keyframe_requests).chain(&self.nacks);
        kinds.chain(directions).for_each(Counter::flush);
        let histograms = [&self.jitter, &self.rtt, &self.leg_mos, &self.heard_mos, &self.forward_latency];
        histograms.into_iter().for_each(LocalHistogram::flush);
    }
}

impl Drop for ShardMetrics {
    fn drop(&mut self) {
        self.flush();
    }
}

/// One shard's share of a gauge that is the sum over shards.
struct Share {
    gauge: IntGauge,
    value: i64,
}

impl Share {
    fn of(gauge: &IntGauge) -> Self {
        Self { gauge: gauge.clone(), value: 0 }
    }

    fn set(&mut self, value: i64) {
        self.gauge.add(value - self.value);
        self.value = value;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.set(0);
    }
}
