//! Whole calls over paths that change as a plan says.

use super::{
    call::{Call, Plan},
    path::{GOOD, Path},
};

const fn of_rate(kbit_per_second: u64) -> Path {
    Path { kbit_per_second, ..GOOD }
}

#[test]
fn a_steady_path_is_used_and_its_queue_is_short() {
    let call = Call::run(&[(0, GOOD)], 60, 1);
    let used = call.delivered(20..60) / 3e6;
    assert!(used > 0.7, "{used}\n{}", call.table());
    let delays: Vec<_> = (20..60).map(|second| call.longest_queue_ms(second..second + 1)).collect();
    assert!(delays.iter().filter(|delay| **delay > 100).count() < 10, "{delays:?}\n{}", call.table());
    assert!(call.audio_lost(2..59) < 20, "{}", call.table());
    assert_eq!(call.open_share(0..60), 1.0, "{}", call.table());
}

#[test]
fn a_path_that_falls_to_150_kbit_is_not_flooded_and_is_used_again_afterwards() {
    let plan: &Plan = &[(0, GOOD), (20, of_rate(150)), (50, GOOD)];
    let call = Call::run(plan, 90, 2);
    let table = call.table();
    // An encoder that hears of a full path only a second later makes short queues now and then.
    assert!(call.share_of_queue_above(200, 26..50) < 0.05, "{table}");
    assert!(call.longest_queue_ms(26..50) < 350, "{table}");
    // The queue is full until the estimate falls, and packets on their way may have been counted in either half.
    assert!(call.audio_lost(20..26) < 30, "{table}");
    assert!(call.audio_lost(26..50) < 10, "{table}");
    assert!(call.open_share(28..50) > 0.9, "150 kbit/s carry a picture\n{table}");
    assert_eq!(call.open_share(52..90), 1.0, "{table}");
    assert!(call.delivered(75..90) > 0.7 * 3e6, "{table}");
}

#[test]
fn below_100_kbit_there_is_sound_alone_and_video_comes_back_by_itself() {
    let plan: &Plan = &[(0, GOOD), (20, of_rate(80)), (60, GOOD)];
    let call = Call::run(plan, 100, 3);
    let table = call.table();
    assert!(call.open_share(28..60) < 0.4, "{table}");
    assert!(call.longest_queue_ms(34..60) < 600, "a trial must not flood\n{table}");
    assert!(call.audio_lost(28..60) < 10, "{table}");
    let resumed = (60..100).find(|second| call.open_share(*second..100) == 1.0);
    assert!(resumed.is_some_and(|second| second <= 70), "{resumed:?}\n{table}");
    assert!(call.delivered(90..100) > 0.7 * 3e6, "{table}");
}

#[test]
fn repeated_steps_end_as_they_begin() {
    let plan: &Plan = &[(0, GOOD), (15, of_rate(500)), (30, of_rate(1500)), (50, of_rate(250)), (65, of_rate(2000))];
    let call = Call::run(plan, 95, 4);
    let table = call.table();
    for (rate, seconds) in [(500e3, 22..30), (1500e3, 45..50), (250e3, 57..65), (2000e3, 85..95)] {
        let used = call.delivered(seconds.clone()) / rate;
        assert!(used > 0.6, "{used} of {rate} in {seconds:?}\n{table}");
        let long = call.share_of_queue_above(200, seconds.clone());
        assert!(long < 0.25, "{long} of {seconds:?}\n{table}");
    }
}

#[test]
fn loss_at_random_does_not_collapse_the_estimate() {
    for (percent, least) in [(0_u32, 2_000_000), (2, 1_500_000), (5, 1_000_000), (10, 400_000), (20, 150_000)] {
        let path = Path { loss: f64::from(percent) / 100.0, ..GOOD };
        let call = Call::run(&[(0, path)], 60, 5 + u64::from(percent));
        let table = call.table();
        assert!(call.mean_estimate(20..60) > f64::from(least), "{percent} % loss\n{table}");
        assert!(call.least_estimate(5..60) >= 110_000, "{percent} % loss\n{table}");
        assert_eq!(call.open_share(0..60), 1.0, "{percent} % loss\n{table}");
    }
}

#[test]
fn jitter_does_not_collapse_the_estimate() {
    for jitter_ms in [10, 30, 60, 100] {
        for reorders in [false, true] {
            let path = Path { jitter_ms, reorders, ..GOOD };
            let call = Call::run(&[(0, path)], 60, 30 + jitter_ms);
            let (least, mean) = (call.least_estimate(15..60), call.mean_estimate(15..60));
            let table = call.table();
            assert!(least > 500_000, "{jitter_ms} ms, reorders {reorders}: least {least}\n{table}");
            assert!(mean > 1_000_000.0, "{jitter_ms} ms, reorders {reorders}: mean {mean}\n{table}");
        }
    }
}

#[test]
fn lost_feedback_is_no_loss() {
    let path = Path { feedback_loss: 0.1, ..GOOD };
    let call = Call::run(&[(0, path)], 60, 50);
    assert!(call.delivered(20..60) > 0.6 * 3e6, "{}", call.table());
}

#[test]
fn a_longer_path_is_no_queue() {
    let plan: &Plan = &[(0, GOOD), (20, Path { delay_ms: 325, ..GOOD })];
    let call = Call::run(plan, 60, 51);
    assert!(call.delivered(45..60) > 0.6 * 3e6, "{}", call.table());
    assert_eq!(call.open_share(30..60), 1.0, "{}", call.table());
}

#[test]
fn a_path_that_is_cut_for_five_seconds_comes_back() {
    let cut = Path { loss: 1.0, feedback_loss: 1.0, ..GOOD };
    let plan: &Plan = &[(0, GOOD), (20, cut), (25, GOOD)];
    let call = Call::run(plan, 60, 52);
    let table = call.table();
    assert!(call.least_estimate(24..25) < 1_000_000, "nothing is heard, so less is sent\n{table}");
    assert_eq!(call.open_share(35..60), 1.0, "{table}");
    assert!(call.delivered(45..60) > 0.7 * 3e6, "{table}");
}

#[test]
fn one_leg_s_bad_path_says_nothing_about_another_s() {
    let mut good = Call::new(GOOD, 60);
    let mut bad = Call::new(of_rate(80), 60);
    for second in 1..=40 {
        good.run_until(second);
        bad.run_until(second);
    }
    let mut alone = Call::new(GOOD, 60);
    alone.run_until(40);
    let estimates = |call: &Call| call.seconds(0..40).iter().map(|sample| sample.estimate).collect::<Vec<_>>();
    assert_eq!(estimates(&good), estimates(&alone));
    assert!(bad.mean_estimate(20..40) < 100_000.0, "{}", bad.table());
}

#[test]
fn sound_alone_neither_raises_nor_lowers_the_estimate_much() {
    let mut call = Call::new(GOOD, 61);
    call.turn_camera(false);
    call.run_until(60);
    assert!(call.least_estimate(0..60) >= 290_000, "{}", call.table());
    assert!(call.mean_estimate(50..60) < 350_000.0, "{}", call.table());
    call.turn_camera(true);
    call.run_until(90);
    assert_eq!(call.open_share(60..90), 1.0, "{}", call.table());
    assert!(call.delivered(80..90) > 0.7 * 3e6, "{}", call.table());
}
