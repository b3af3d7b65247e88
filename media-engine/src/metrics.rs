use model::TrackKind;
use sfu_core::{DropReason, Totals, Volume};
use std::{sync::Arc, time::Duration};
use telemetry::{Direction, Metrics, Now, PacketKind, ShardMetrics};
use wire::engine::{Event, LegStats};

/// What one thread reports to the process's metrics.
pub(crate) struct Reporter {
    metrics: Arc<Metrics>,
    shard: ShardMetrics,
    before: Totals,
}

impl Reporter {
    pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
        let shard = metrics.shard();
        Self { metrics, shard, before: Totals::default() }
    }

    /// The shard is a new one: its counts begin at zero.
    pub(crate) fn restart(&mut self) {
        self.before = Totals::default();
        self.shard.set_now(Now::default());
        self.metrics.participant_panicked();
    }

    /// A batch that was received left again after this time.
    pub(crate) fn forwarded(&mut self, latency: Duration) {
        self.shard.forwarded(latency.as_secs_f64());
    }

    /// Statistics go through to signaling; their distributions stay here.
    pub(crate) fn note(&mut self, event: &Event) {
        let Event::Stats { legs } = event else { return };
        for LegStats { quality, .. } in legs {
            for hop in [quality.uplink, quality.downlink] {
                if let (Some(mos), Some(rtt)) = (hop.mos, quality.rtt_seconds) {
                    self.shard.hop(hop.jitter_seconds, rtt, mos);
                }
            }
            if let Some(heard) = quality.heard_mos {
                self.shard.heard(heard);
            }
        }
    }

    /// About once a second.
    pub(crate) fn flush(&mut self, totals: Totals, netio: &netio::Counters) {
        let before = std::mem::take(&mut self.before);
        self.volumes(&totals, &before);
        let shard = &mut self.shard;
        shard.packets_lost(Direction::Ingress, totals.packets_lost - before.packets_lost);
        shard.packets_lost(Direction::Egress, totals.packets_lost_downlink - before.packets_lost_downlink);
        shard.keyframe_requests(Direction::Egress, totals.keyframe_requests_sent - before.keyframe_requests_sent);
        shard.keyframe_requests(
            Direction::Ingress,
            totals.keyframe_requests_received - before.keyframe_requests_received,
        );
        shard.nacks(Direction::Egress, totals.nacks_sent - before.nacks_sent);
        shard.nacks(Direction::Ingress, totals.nacks_received - before.nacks_received);
        shard.set_now(Now {
            rooms: totals.rooms,
            legs: totals.legs,
            one_way_legs: totals.one_way_legs,
            legs_without_video: totals.legs_without_video,
        });
        shard.flush();
        for reason in DropReason::ALL {
            self.dropped(reason.label(), totals.dropped(reason) - before.dropped(reason));
        }
        self.dropped("oversized", netio.dropped_oversized);
        self.dropped("send_queue_full", netio.dropped_send_queue_full);
        self.dropped("send_error", netio.dropped_send_error);
        self.dropped("tcp", netio.dropped_tcp);
        for _ in before.panics..totals.panics {
            self.metrics.participant_panicked();
        }
        let lost_taps = totals.tap_frames_dropped - before.tap_frames_dropped;
        if lost_taps > 0 {
            self.metrics.tap_frames_dropped(lost_taps);
        }
        self.before = totals;
    }

    fn dropped(&self, reason: &'static str, count: u64) {
        if count > 0 {
            self.metrics.datagrams_dropped(reason, count);
        }
    }

    fn volumes(&mut self, totals: &Totals, before: &Totals) {
        let mut add = |direction, kind, now: Volume, before: Volume| {
            let volume = now.since(before);
            self.shard.packets(direction, kind, volume.packets, volume.bytes);
        };
        add(Direction::Ingress, PacketKind::Control, totals.control_in, before.control_in);
        add(Direction::Egress, PacketKind::Control, totals.control_out, before.control_out);
        for kind in TrackKind::ALL {
            let index = kind as usize;
            add(Direction::Ingress, kind.into(), totals.media_in[index], before.media_in[index]);
            add(Direction::Egress, kind.into(), totals.media_out[index], before.media_out[index]);
        }
    }
}
