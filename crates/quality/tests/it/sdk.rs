use quality::{SdkBand, SdkCodec, sdk_quality};
use std::time::Duration;

#[test]
fn the_events_formula() {
    // Latency and jitter in ms, loss in percent, MOS: the points known for this family of formulas.
    let points = [
        (0, 0, 0.0, 4.40, SdkBand::Excellent),
        (100, 10, 0.0, 4.34, SdkBand::Good),
        (100, 10, 5.0, 3.92, SdkBand::Fair),
        (300, 20, 3.0, 3.24, SdkBand::Poor),
        (400, 50, 5.0, 2.15, SdkBand::Bad),
        (9000, 0, 0.0, 1.0, SdkBand::Bad),
    ];
    for (rtt, jitter, loss, mos, band) in points {
        let [rtt, jitter] = [rtt, jitter].map(Duration::from_millis);
        let got = sdk_quality(rtt, jitter, loss / 100.0, SdkCodec::Opus);
        assert_eq!((got.mos, got.band), (mos, band), "{rtt:?}, {jitter:?}, {loss} %");
    }
}

#[test]
fn loss_weighs_twice_without_opus() {
    let none = Duration::ZERO;
    assert_eq!(sdk_quality(none, none, 0.04, SdkCodec::Opus), sdk_quality(none, none, 0.02, SdkCodec::Other));
    assert_eq!(SdkBand::Excellent as u8, 5);
}
