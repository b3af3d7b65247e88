use quality::{
    CodecImpairment, G711, G711_PLC, G729A, Impairments, LossRuns, R_MAX, delay_impairment_absolute, mos, r_factor,
};

fn rating(delay_ms: f64, loss: f64, burst_ratio: f64, codec: CodecImpairment) -> f64 {
    r_factor(&Impairments { delay_ms, loss, burst_ratio, codec })
}

#[test]
fn the_defaults_give_the_recommendations_own_figure() {
    let r = rating(0.0, 0.0, 1.0, G711_PLC);
    assert!((r - 93.206_207_723_3).abs() < 1e-9, "{r}");
    assert!((r - R_MAX).abs() < 1e-9);
    assert!((mos(r) - 4.4094).abs() < 1e-4);
}

/// Computed with an independent script of the full model: T = Ta, Tr = 2·Ta. Columns: G.711 with concealment at 0, 1,
/// 2, 5 and 10 % loss, G.711 without at 1 and 5 %, G.729A at 0 and 2 %. Cells: R, MOS.
#[rustfmt::skip]
const TABLE: [(f64, [(f64, f64); 9]); 7] = [
    (0.0, [(93.2, 4.41), (89.6, 4.33), (86.2, 4.24), (77.4, 3.92), (66.1, 3.41), (75.3, 3.83), (42.1, 2.17), (82.2, 4.10), (74.2, 3.79)]),
    (50.0, [(91.8, 4.38), (88.1, 4.29), (84.7, 4.19), (76.0, 3.86), (64.7, 3.34), (73.8, 3.77), (40.7, 2.10), (80.8, 4.05), (72.8, 3.72)]),
    (100.0, [(90.7, 4.35), (87.0, 4.26), (83.7, 4.15), (74.9, 3.82), (63.6, 3.28), (72.7, 3.72), (39.6, 2.04), (79.7, 4.01), (71.7, 3.67)]),
    (150.0, [(89.5, 4.33), (85.9, 4.23), (82.5, 4.12), (73.8, 3.77), (62.5, 3.23), (71.6, 3.67), (38.5, 1.99), (78.5, 3.97), (70.5, 3.62)]),
    (200.0, [(85.8, 4.22), (82.2, 4.10), (78.8, 3.98), (70.0, 3.60), (58.7, 3.03), (67.9, 3.50), (34.7, 1.81), (74.8, 3.81), (66.8, 3.44)]),
    (300.0, [(72.7, 3.72), (69.0, 3.55), (65.7, 3.39), (56.9, 2.94), (45.6, 2.35), (54.7, 2.82), (21.6, 1.30), (61.7, 3.19), (53.7, 2.77)]),
    (400.0, [(62.2, 3.22), (58.6, 3.03), (55.2, 2.85), (46.5, 2.39), (35.2, 1.84), (44.3, 2.28), (11.2, 1.05), (51.2, 2.64), (43.2, 2.23)]),
];

#[test]
fn every_cell_of_the_independent_table() {
    let columns = [
        (G711_PLC, 0.00),
        (G711_PLC, 0.01),
        (G711_PLC, 0.02),
        (G711_PLC, 0.05),
        (G711_PLC, 0.10),
        (G711, 0.01),
        (G711, 0.05),
        (G729A, 0.00),
        (G729A, 0.02),
    ];
    for (delay, cells) in TABLE {
        for ((codec, loss), (expected_r, expected_mos)) in columns.into_iter().zip(cells) {
            let r = rating(delay, loss, 1.0, codec);
            assert!((r - expected_r).abs() <= 0.06, "{delay} ms, {codec:?}, loss {loss}: R {r}, not {expected_r}");
            let mos = mos(r);
            assert!(
                (mos - expected_mos).abs() <= 0.01,
                "{delay} ms, {codec:?}, loss {loss}: {mos}, not {expected_mos}"
            );
        }
    }
}

#[test]
fn delay_alone() {
    let points = [(100.0, 0.0), (150.0, 0.164), (177.3, 1.172), (200.0, 3.044), (250.0, 8.917)];
    for (delay, idd) in points.into_iter().chain([(300.0, 14.761), (400.0, 24.07), (500.0, 30.64)]) {
        let got = delay_impairment_absolute(delay);
        assert!((got - idd).abs() < 0.006, "{delay} ms: {got}, not {idd}");
    }
}

#[test]
fn bursts_hurt_more_than_random_loss() {
    for (burst_ratio, expected) in [(1.0, 3.923), (1.5, 3.885), (2.0, 3.864), (4.0, 3.830)] {
        let mos = mos(rating(0.0, 0.05, burst_ratio, G711_PLC));
        assert!((mos - expected).abs() < 0.001, "burst ratio {burst_ratio}: {mos}, not {expected}");
    }
}

#[test]
fn mos_of_a_rating() {
    let points = [(100.0, 4.5), (94.2, 4.428), (93.2, 4.409), (90.0, 4.339), (80.0, 4.024), (70.0, 3.597)];
    let low = [(60.0, 3.100), (50.0, 2.575), (40.0, 2.064), (30.0, 1.609), (20.0, 1.252), (10.0, 1.035)];
    for (r, expected) in points.into_iter().chain(low).chain([(3.22, 1.0), (-20.0, 1.0), (130.0, 4.5)]) {
        assert!((mos(r) - expected).abs() < 0.001, "R {r}: {}, not {expected}", mos(r));
    }
}

#[test]
fn burst_ratio_follows_the_standards_definition() {
    let mut random = LossRuns::default();
    let mut bursty = LossRuns::default();
    assert_eq!((random.loss(), random.burst_ratio()), (0.0, 1.0));
    for _ in 0..10 {
        random.received(19);
        random.lost_run(1);
        bursty.received(76);
        bursty.lost_run(4);
    }
    assert_eq!((random.loss(), bursty.loss()), (0.05, 0.05));
    assert_eq!(random.burst_ratio(), 1.0);
    assert!((bursty.burst_ratio() - 3.8).abs() < 1e-12, "four in a row, times 1 − 0.05");
}
