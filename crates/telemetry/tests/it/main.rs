//! What an operator reads at /metrics.

use model::TrackKind;
use telemetry::{Direction, Metrics, Now, PacketKind};

/// The value of the sample with this name and labels.
fn value(metrics: &Metrics, sample: &str) -> Option<f64> {
    let text = metrics.encode();
    let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.map(|value| value.parse().expect("a number"))
}

#[test]
fn a_fresh_process_shows_its_gauges_and_version() {
    let metrics = Metrics::new("1.2.3").expect("names differ");
    assert_eq!(value(&metrics, "switchroom_build_info{version=\"1.2.3\"}"), Some(1.0));
    for gauge in ["legs", "rooms", "one_way_legs", "legs_without_video", "taps_behind", "websocket_connections"] {
        assert_eq!(value(&metrics, &format!("switchroom_{gauge}")), Some(0.0), "{gauge}");
    }
    for histogram in ["call_setup", "jitter", "rtt", "forward_latency"] {
        assert_eq!(value(&metrics, &format!("switchroom_{histogram}_seconds_count")), Some(0.0), "{histogram}");
    }
    for edge in ["1", "2", "2.5", "3", "3.25", "3.5", "3.75", "4", "4.25", "4.5", "+Inf"] {
        assert_eq!(value(&metrics, &format!("switchroom_leg_mos_bucket{{le=\"{edge}\"}}")), Some(0.0), "{edge}");
    }
}

#[test]
fn what_a_shard_counts_appears_when_it_flushes() {
    let metrics = Metrics::new("0").expect("names differ");
    let mut shard = metrics.shard();
    let audio = "switchroom_packets_total{direction=\"egress\",kind=\"audio\"}";
    shard.packets(Direction::Egress, TrackKind::Audio.into(), 3, 300);
    shard.packets(Direction::Ingress, PacketKind::Control, 1, 20);
    shard.packets_lost(Direction::Ingress, 7);
    shard.nacks(Direction::Ingress, 2);
    shard.keyframe_requests(Direction::Egress, 1);
    shard.hop(0.004, 0.030, 4.1);
    shard.heard(3.9);
    shard.forwarded(70e-6);
    assert_eq!(value(&metrics, audio), Some(0.0));
    shard.flush();
    let expected = [
        (audio, 3.0),
        ("switchroom_bytes_total{direction=\"egress\",kind=\"audio\"}", 300.0),
        ("switchroom_bytes_total{direction=\"ingress\",kind=\"control\"}", 20.0),
        ("switchroom_packets_lost_total{direction=\"ingress\"}", 7.0),
        ("switchroom_nacks_total{direction=\"ingress\"}", 2.0),
        ("switchroom_keyframe_requests_total{direction=\"egress\"}", 1.0),
        ("switchroom_jitter_seconds_bucket{le=\"0.0025\"}", 0.0),
        ("switchroom_jitter_seconds_bucket{le=\"0.005\"}", 1.0),
        ("switchroom_rtt_seconds_sum", 0.03),
        ("switchroom_leg_mos_bucket{le=\"4\"}", 0.0),
        ("switchroom_leg_mos_bucket{le=\"4.25\"}", 1.0),
        ("switchroom_heard_mos_count", 1.0),
        ("switchroom_forward_latency_seconds_bucket{le=\"0.00005\"}", 0.0),
        ("switchroom_forward_latency_seconds_bucket{le=\"0.0001\"}", 1.0),
    ];
    for (sample, expected) in expected {
        assert_eq!(value(&metrics, sample), Some(expected), "{sample}");
    }
    shard.flush();
    assert_eq!(value(&metrics, audio), Some(3.0), "nothing counts twice");
}

#[test]
fn gauges_are_the_sum_over_shards_that_live() {
    let metrics = Metrics::new("0").expect("names differ");
    let [mut one, mut other] = [metrics.shard(), metrics.shard()];
    one.set_now(Now { rooms: 1, legs: 2, one_way_legs: 0, legs_without_video: 0 });
    other.set_now(Now { rooms: 3, legs: 6, one_way_legs: 1, legs_without_video: 0 });
    one.set_now(Now { rooms: 2, legs: 4, one_way_legs: 0, legs_without_video: 1 });
    assert_eq!(value(&metrics, "switchroom_legs"), Some(10.0));
    drop(other);
    assert_eq!(value(&metrics, "switchroom_legs"), Some(4.0));
    assert_eq!(value(&metrics, "switchroom_rooms"), Some(2.0));
    assert_eq!(value(&metrics, "switchroom_one_way_legs"), Some(0.0));
    assert_eq!(value(&metrics, "switchroom_legs_without_video"), Some(1.0));
}

#[test]
fn the_rest_of_the_process_counts_directly() {
    let metrics = Metrics::new("0").expect("names differ");
    metrics.call_ended("answered");
    metrics.call_set_up(0.7);
    metrics.datagrams_dropped("integrity", 4);
    metrics.set_taps_behind(2);
    metrics.tap_frames_dropped(9);
    metrics.set_recordings("live", 3);
    metrics.participant_panicked();
    metrics.set_websockets(5);
    metrics.http_request("GET", "/ccaas/1/queues/{id}", 200);
    let expected = [
        ("switchroom_calls_total{outcome=\"answered\"}", 1.0),
        ("switchroom_call_setup_seconds_bucket{le=\"0.75\"}", 1.0),
        ("switchroom_dropped_datagrams_total{reason=\"integrity\"}", 4.0),
        ("switchroom_taps_behind", 2.0),
        ("switchroom_tap_frames_dropped_total", 9.0),
        ("switchroom_recordings{state=\"live\"}", 3.0),
        ("switchroom_participant_panics_total", 1.0),
        ("switchroom_websocket_connections", 5.0),
        ("switchroom_http_requests_total{method=\"GET\",route=\"/ccaas/1/queues/{id}\",status=\"200\"}", 1.0),
    ];
    for (sample, expected) in expected {
        assert_eq!(value(&metrics, sample), Some(expected), "{sample}");
    }
}
