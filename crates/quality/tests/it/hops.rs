use proptest::prelude::*;
use quality::{
    CODEC_DELAY, CodecImpairment, G711_PLC, Hop, JITTER_BUFFER, OPUS, OPUS_FEC, downlink_jitter, downlink_loss,
    heard_mos, leg_mos, one_way_delay,
};
use std::time::Duration;

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

#[test]
fn without_jitter_the_buffer_is_forty_milliseconds() {
    assert_eq!(one_way_delay(ms(100), Duration::ZERO), ms(50) + JITTER_BUFFER + CODEC_DELAY);
    assert_eq!(one_way_delay(ms(100), ms(20)), ms(50) + JITTER_BUFFER + CODEC_DELAY);
    assert_eq!(one_way_delay(ms(100), ms(25)), ms(50) + ms(50) + CODEC_DELAY);
}

#[test]
fn a_call_on_a_good_network_is_near_the_best() {
    let mos = leg_mos(&Hop { rtt: ms(20), ..Hop::default() }, OPUS);
    assert!((4.35..=4.41).contains(&mos), "{mos}");
}

#[test]
fn a_few_percent_of_loss_warns_and_forward_error_correction_helps() {
    let hop = Hop { loss: 0.02, rtt: ms(40), ..Hop::default() };
    assert!(leg_mos(&hop, OPUS) < 4.0);
    assert!(leg_mos(&hop, OPUS_FEC) > 4.0);
}

#[test]
fn a_downlink_is_not_blamed_for_what_the_uplink_lost() {
    assert_eq!(downlink_loss(30, 30, 1000), 0.0);
    assert_eq!(downlink_loss(127, 30, 1000), 0.1);
    assert_eq!(downlink_loss(-3, 0, 1000), 0.0);
    assert_eq!(downlink_loss(5, 9, 9), 0.0);
    assert_eq!(downlink_loss(i64::MAX, 0, 10), 1.0);
    assert_eq!(downlink_jitter(ms(5), ms(3)), ms(4));
    assert_eq!(downlink_jitter(ms(3), ms(5)), Duration::ZERO);
}

#[test]
fn both_hops_are_heard() {
    let weak = Hop { loss: 0.05, rtt: ms(200), jitter: ms(30), ..Hop::default() };
    let good = Hop::default();
    for heard in [heard_mos(&weak, &good, OPUS), heard_mos(&good, &weak, OPUS)] {
        assert!((heard - leg_mos(&weak, OPUS)).abs() < 1e-9);
    }
    assert!(heard_mos(&weak, &weak, OPUS) < leg_mos(&weak, OPUS));
}

fn hops() -> impl Strategy<Value = Hop> {
    (0.0..=1.0, 1.0..=8.0, 0u64..2000, 0u64..4000).prop_map(|(loss, burst_ratio, jitter, rtt)| Hop {
        loss,
        burst_ratio,
        jitter: ms(jitter),
        rtt: ms(rtt),
    })
}

fn codecs() -> impl Strategy<Value = CodecImpairment> {
    prop::sample::select(vec![OPUS, OPUS_FEC, G711_PLC])
}

/// The same hop, worse in one respect.
fn worse(hop: Hop, more_loss: f64, more_jitter: u64, more_rtt: u64) -> [Hop; 3] {
    [
        Hop { loss: (hop.loss + more_loss).min(1.0), ..hop },
        Hop { jitter: hop.jitter + ms(more_jitter), ..hop },
        Hop { rtt: hop.rtt + ms(more_rtt), ..hop },
    ]
}

proptest! {
    #[test]
    fn a_worse_hop_never_scores_better(
        hop in hops(), other in hops(), codec in codecs(), loss in 0.0..0.3, jitter in 0u64..300, rtt in 0u64..1000,
    ) {
        for worse in worse(hop, loss, jitter, rtt) {
            prop_assert!(leg_mos(&worse, codec) <= leg_mos(&hop, codec) + 1e-9, "{worse:?}");
            prop_assert!(heard_mos(&worse, &other, codec) <= heard_mos(&hop, &other, codec) + 1e-9, "{worse:?}");
            prop_assert!(heard_mos(&other, &worse, codec) <= heard_mos(&other, &hop, codec) + 1e-9, "{worse:?}");
        }
    }

    #[test]
    fn both_hops_never_score_better_than_one(up in hops(), down in hops(), codec in codecs()) {
        let heard = heard_mos(&up, &down, codec);
        prop_assert!(heard <= leg_mos(&up, codec) + 1e-9);
        prop_assert!(heard <= leg_mos(&down, codec) + 1e-9);
    }

    #[test]
    fn every_score_is_within_bounds(
        loss in any::<f64>(), burst_ratio in any::<f64>(), jitter in any::<u64>(), rtt in any::<u64>(),
    ) {
        let hop = Hop { loss, burst_ratio, jitter: Duration::from_secs(jitter), rtt: Duration::from_secs(rtt) };
        for score in [leg_mos(&hop, OPUS), heard_mos(&hop, &hop, OPUS)] {
            prop_assert!((1.0..=4.42).contains(&score), "{hop:?}: {score}");
        }
    }
}
