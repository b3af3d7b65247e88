//! Clicks stand where they were made, whatever the network and the sender's clock do.

use crate::rig::{Kept, Recorded, picture, record, record_with_pauses, voice};
use crate::synthetic::{EPOCH, Pictures, Relay, Sent, Voice, camera, click_times, clicks, listen, watch};
use model::{Codec, MediaTime};
use proptest::prelude::*;
use recording_core::timeline::GapCause;

/// Clicks that were heard, each with how much later than made it stands, µs.
fn heard(name: &str, recorded: &Recorded, seconds: u64) -> Vec<(u64, i64)> {
    let file = Kept::new(name, &recorded.file);
    let made = click_times(seconds);
    let nearest = |at: u64| *made.iter().min_by_key(|made| made.abs_diff(at)).expect("clicks were made");
    clicks(&listen(&file.0)).into_iter().map(|at| (nearest(at), at as i64 - nearest(at) as i64)).collect()
}

/// The case: one clock, two legs, a delaying and lossy relay, pauses not sent, mute, a cut of 5 s, 3 minutes.
#[test]
fn two_legs_are_within_20_ms_over_three_minutes() {
    let seconds = 180;
    let legs = [
        (
            Voice { seconds, dtx: true, mute: 60..75, first_rtp: 1, ..Voice::default() },
            Relay { jitter_us: 60_000, loss: 0.03, cut: 100_000_000..105_000_000, seed: 5, ..Relay::default() },
        ),
        (
            Voice { seconds, dtx: true, mute: 120..130, ..Voice::default() },
            Relay { delay_us: 9_000, jitter_us: 90_000, loss: 0.05, double: 0.02, seed: 6, ..Relay::default() },
        ),
    ];
    let mut both = Vec::new();
    for (number, (sender, relay)) in legs.iter().enumerate() {
        let recorded = record(voice(relay.pass(&sender.packets())), None, seconds * 1_000_000 + 100_000);
        assert_eq!(recorded.duration_ms, seconds * 1_000 + 100);
        both.push(heard(&format!("leg-{number}.ogg"), &recorded, seconds));
    }
    let mut compared = 0;
    for (made, offset) in &both[0] {
        if let Some((_, other)) = both[1].iter().find(|(other_made, _)| other_made == made) {
            compared += 1;
            assert!((offset - other).abs() <= 20_000, "click at {made} µs: {offset} and {other} µs");
        }
    }
    assert!(compared > 130, "only {compared} clicks were heard in both");
}

#[test]
fn drift_of_100_ppm_does_not_move_clicks_in_ten_minutes() {
    for drift_ppm in [-100, 100] {
        let sender = Voice { seconds: 600, drift_ppm, ..Voice::default() };
        let relay = Relay { jitter_us: 40_000, ..Relay::default() };
        let recorded = record(voice(relay.pass(&sender.packets())), None, 600_000_000);
        let heard = heard(&format!("drift{drift_ppm}.ogg"), &recorded, 600);
        assert!(heard.len() > 590);
        let base = heard[0].1;
        for (made, offset) in heard {
            assert!((offset - base).abs() <= 20_000, "{drift_ppm} ppm, click at {made} µs: {offset} µs");
        }
    }
}

#[test]
fn a_phone_whose_clock_stops_for_six_seconds_comes_back_in_its_place() {
    let mut sent = Voice { seconds: 20, ..Voice::default() }.packets();
    // From the tenth second on everything is made six seconds later with the next numbers, as if nothing had been.
    let later: Vec<Sent> =
        sent.split_off(500).into_iter().map(|sent| Sent { at_us: sent.at_us + 6_000_000, ..sent }).collect();
    sent.extend(later);
    let recorded = record(voice(Relay { jitter_us: 20_000, ..Relay::default() }.pass(&sent)), None, 26_000_000);
    let heard = heard("stopped.ogg", &recorded, 26);
    assert_eq!(heard.len(), 20);
    assert!(heard.iter().all(|(_, offset)| offset.abs() <= 45_000), "{heard:?}");
    let gap = recorded.gaps.iter().find(|gap| gap.cause == GapCause::Interrupted).expect("a stated gap");
    assert!(gap.start_ms.abs_diff(10_000) < 60 && gap.duration_ms.abs_diff(6_000) < 60, "{gap:?}");
}

#[test]
fn a_stalled_network_that_delivers_its_backlog_moves_nothing_and_loses_nothing() {
    let sent = Voice { seconds: 12, ..Voice::default() }.packets();
    let mut arrived = Relay::default().pass(&sent);
    // What came in 3.16 s comes, in order, within the last 160 ms of them.
    let (from, to, end) = (EPOCH.0 + 4_000_000, EPOCH.0 + 7_000_000, EPOCH.0 + 7_160_000);
    for packet in arrived.iter_mut().filter(|packet| (from..end).contains(&packet.arrival.0)) {
        packet.arrival = MediaTime(to + (packet.arrival.0 - from) * (end - to) / (end - from));
    }
    let recorded = record(voice(arrived), None, 12_000_000);
    let heard = heard("stalled.ogg", &recorded, 12);
    assert_eq!(heard.len(), 12, "{heard:?} {:?}", recorded.gaps);
    assert!(heard.iter().all(|(_, offset)| offset.abs() <= 40_000), "{heard:?}");
    assert!(recorded.gaps.iter().all(|gap| gap.start_ms >= 11_900), "{:?}", recorded.gaps);
}

#[test]
fn a_rejoin_with_new_numbers_goes_on_in_its_place() {
    let first = Voice { seconds: 5, ..Voice::default() }.packets();
    let again = Voice { seconds: 5, first_rtp: 99, ssrc: 8, ..Voice::default() }.packets();
    let again = again.into_iter().map(|sent| Sent { at_us: sent.at_us + 9_000_000, ..sent });
    let sent: Vec<Sent> = first.into_iter().chain(again).collect();
    let recorded = record(voice(Relay::default().pass(&sent)), None, 14_000_000);
    let heard = heard("rejoin.ogg", &recorded, 14);
    assert_eq!(heard.len(), 10);
    assert!(heard.iter().all(|(_, offset)| offset.abs() <= 40_000), "{heard:?}");
    let gap = recorded.gaps.iter().find(|gap| gap.cause == GapCause::Interrupted).expect("a stated gap");
    assert!(gap.duration_ms.abs_diff(4_000) < 60, "{gap:?}");
}

#[test]
fn nothing_of_a_pause_is_kept_and_what_follows_is_in_its_place() {
    let relay = Relay { jitter_us: 20_000, ..Relay::default() };
    let mut packets = voice(relay.pass(&Voice { seconds: 10, ..Voice::default() }.packets()));
    packets.extend(picture(relay.pass(&camera(Pictures::Vp8, "320x240", 10, 0, 5))));
    let recorded = record_with_pauses(packets, Some(Codec::Vp8), 10_100_000, &[(3_300_000, 6_700_000)]);
    assert_eq!(recorded.duration_ms, 10_100);
    let clicks = heard("paused.webm", &recorded, 10);
    let paused = 3_300_000..6_700_000;
    let kept: Vec<u64> = click_times(10).into_iter().filter(|made| !paused.contains(made)).collect();
    assert_eq!(clicks.iter().map(|(made, _)| *made).collect::<Vec<_>>(), kept);
    let base = clicks[0].1;
    assert!(clicks.iter().all(|(_, offset)| (offset - base).abs() <= 20_000), "{clicks:?}");
    let is_paused = |gap: &&recording_core::timeline::Gap| gap.cause == GapCause::Paused;
    let gaps: Vec<_> = recorded.gaps.iter().filter(is_paused).collect();
    let [sound, pictures] = [false, true].map(|video| gaps.iter().find(|gap| gap.video == video).expect("stated"));
    assert_eq!((sound.start_ms, sound.duration_ms), (3_300, 3_400));
    assert!(pictures.start_ms.abs_diff(3_300) <= 100 && pictures.duration_ms >= 3_300, "{pictures:?}");
    assert!(!gaps.iter().any(|gap| gap.cause.is_loss()));
    let frames = watch(&Kept::new("paused-again.webm", &recorded.file).0);
    assert!(frames < 70, "{frames} pictures, of which 66 are outside of the pause");
}

#[test]
fn a_leg_that_joins_late_begins_with_stated_silence() {
    let sent: Vec<Sent> = Voice { seconds: 5, ..Voice::default() }
        .packets()
        .into_iter()
        .map(|sent| Sent { at_us: sent.at_us + 30_000_000, ..sent })
        .collect();
    let recorded = record(voice(Relay::default().pass(&sent)), None, 35_100_000);
    assert_eq!(recorded.duration_ms, 35_100);
    let gap = recorded.gaps.first().expect("a stated gap");
    assert_eq!((gap.start_ms, gap.cause), (0, GapCause::NotStarted));
    assert!(gap.duration_ms.abs_diff(30_000) < 40, "{gap:?}");
    assert!(heard("late.ogg", &recorded, 35).iter().all(|(_, offset)| offset.abs() <= 45_000));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is lost, doubled, delayed, drifting or paused: the file is sound, as long as the call, clicks that
    /// arrived stand together within 20 ms, and time in which everything was lost is stated.
    #[test]
    fn clicks_stay_in_their_places(
        loss in 0.0..0.3f64, double in 0.0..0.2f64, jitter_us in 0u64..120_000, drift_ppm in -100i64..100,
        dtx: bool, first_rtp: u32, cut_at in 2_000_000u64..9_000_000, cut_for in 0u64..4_000_000, seed: u64,
    ) {
        let seconds = 15;
        let sender = Voice { seconds, dtx, drift_ppm, first_rtp, ..Voice::default() };
        let cut = cut_at..cut_at + cut_for;
        let relay = Relay { loss, double, jitter_us, cut: cut.clone(), seed, ..Relay::default() };
        let recorded = record(voice(relay.pass(&sender.packets())), None, seconds * 1_000_000 + 100_000);
        prop_assert!(recorded.duration_ms.abs_diff(seconds * 1_000 + 100) <= 60);
        let heard = heard(&format!("prop-{seed}.ogg"), &recorded, seconds);
        let offsets: Vec<i64> = heard.iter().map(|(_, offset)| *offset).collect();
        if let (Some(least), Some(most)) = (offsets.iter().min(), offsets.iter().max()) {
            prop_assert!(most - least <= 20_000, "{:?}", heard);
        }
        if cut_for > 1_000_000 {
            let middle = (cut.start + cut.end) / 2_000;
            let stated = recorded.gaps.iter().any(|gap| gap.start_ms < middle && middle < gap.start_ms + gap.duration_ms);
            prop_assert!(stated, "{:?}", recorded.gaps);
        }
    }
}
