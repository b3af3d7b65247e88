//! ITU-T G.107 (06/2015), clause 7. Names are the Recommendation's; what a packet network does not change stands at
//! the default of its Table 2.

use crate::CodecImpairment;

/// Send loudness rating, dB.
const SLR: f64 = 8.0;
/// Receive loudness rating, dB.
const RLR: f64 = 2.0;
/// Overall loudness rating, dB.
const OLR: f64 = SLR + RLR;
/// Sidetone masking rating, dB.
const STMR: f64 = 15.0;
/// Listener sidetone rating, dB: STMR + Dr.
const LSTR: f64 = STMR + 3.0;
/// D-value of the telephone at the send side.
const DS: f64 = 3.0;
/// Talker echo loudness rating, dB.
const TELR: f64 = 65.0;
/// Weighted echo path loss, dB.
const WEPL: f64 = 110.0;
/// Quantization distortion units.
const QDU: f64 = 1.0;
/// Circuit noise referred to the 0 dBr point, dBm0p.
const NC: f64 = -70.0;
/// Noise floor at the receive side, dBmp.
const NFOR: f64 = -64.0;
/// Room noise at the send side, dB(A).
const PS: f64 = 35.0;
/// Room noise at the receive side, dB(A).
const PR: f64 = 35.0;
/// Advantage factor.
const A: f64 = 0.0;
/// Smallest one-way delay that is noticed, ms (mT, default class of delay sensitivity).
const MT: f64 = 100.0;
/// Delay sensitivity sT (default class).
const ST: f64 = 1.0;

/// R-factor of a call without delay, loss or codec impairment: no call scores higher.
pub const R_MAX: f64 = 93.206_207_723_3;

/// What a packet network and a codec do to a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Impairments {
    /// One-way delay mouth to ear, milliseconds, 0 or more. Echo is taken to come back after twice of it.
    pub delay_ms: f64,
    /// Share of packets lost, 0..1.
    pub loss: f64,
    /// Mean length of loss runs over that of random loss at the same rate, 1..8; 1 is random loss.
    pub burst_ratio: f64,
    /// The codec.
    pub codec: CodecImpairment,
}

/// Transmission rating R, at most [`R_MAX`]; may be negative. G.107 equation (7-1).
pub fn r_factor(impairments: &Impairments) -> f64 {
    let no = noise();
    let ro = 15.0 - 1.5 * (SLR + no);
    ro - simultaneous(ro, no)
        - delay_impairment(ro, no, impairments.delay_ms.max(0.0))
        - equipment_impairment(impairments)
        + A
}

/// Mean opinion score of a rating, 1..4.5. G.107 Annex B.
///
/// The Annex's cubic falls below 1 for 0 < R < 6.5; it is held at 1 there.
pub fn mos(r: f64) -> f64 {
    let r = if r.is_nan() { 0.0 } else { r.clamp(0.0, 100.0) };
    (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).clamp(1.0, 4.5)
}

/// Idd, the impairment by delay alone, echo left out. G.107 equations (7-27) and (7-28).
pub fn delay_impairment_absolute(delay_ms: f64) -> f64 {
    if delay_ms <= MT {
        return 0.0;
    }
    let x = (delay_ms / MT).log2();
    let norm = |x: f64| (1.0 + x.powf(6.0 * ST)).powf(1.0 / (6.0 * ST));
    25.0 * (norm(x) - 3.0 * norm(x / 3.0) + 2.0)
}

/// No, the power sum of all noise at the 0 dBr point. Equations (7-3) to (7-7).
fn noise() -> f64 {
    let power = |level: f64| 10f64.powf(level / 10.0);
    let nos = PS - SLR - DS - 100.0 + 0.004 * (PS - OLR - DS - 14.0).powi(2);
    let pre = PR + 10.0 * (1.0 + power(10.0 - LSTR)).log10();
    let nor = RLR - 121.0 + pre + 0.008 * (pre - 35.0).powi(2);
    let nfo = NFOR + RLR;
    10.0 * (power(NC) + power(nos) + power(nor) + power(nfo)).log10()
}

/// Is, what comes together with the voice. Equations (7-8) to (7-17); sidetone is taken without delay.
fn simultaneous(ro: f64, no: f64) -> f64 {
    let xolr = OLR + 0.2 * (64.0 + no - RLR);
    let iolr = 20.0 * ((1.0 + (xolr / 8.0).powi(8)).powf(1.0 / 8.0) - xolr / 8.0);

    let stmro = -10.0 * (10f64.powf(-STMR / 10.0) + 10f64.powf(-TELR / 10.0)).log10();
    let ist = 12.0 * (1.0 + ((stmro - 13.0) / 6.0).powi(8)).powf(1.0 / 8.0)
        - 28.0 * (1.0 + ((stmro + 1.0) / 19.4).powi(35)).powf(1.0 / 35.0)
        - 13.0 * (1.0 + ((stmro - 3.0) / 33.0).powi(13)).powf(1.0 / 13.0)
        + 29.0;

    let q = 37.0 - 15.0 * QDU.log10();
    let g = 1.07 + 0.258 * q + 0.0602 * q * q;
    let y = (ro - 100.0) / 15.0 + 46.0 / 8.4 - g / 9.0;
    let z = 46.0 / 30.0 - g / 40.0;
    let iq = 15.0 * (1.0 + 10f64.powf(y) + 10f64.powf(z)).log10();
    iolr + ist + iq
}

/// Id: talker echo, listener echo and delay itself. Equations (7-18) to (7-28) for 9 dB ≤ STMR ≤ 20 dB.
fn delay_impairment(ro: f64, no: f64, t: f64) -> f64 {
    let terv = TELR - 40.0 * ((1.0 + t / 10.0) / (1.0 + t / 150.0)).log10() + 6.0 * (-0.3 * t * t).exp();
    let roe = -1.5 * (no - RLR);
    let re = 80.0 + 2.5 * (terv - 14.0);
    let half = (roe - re) / 2.0;
    let idte = (half + (half * half + 100.0).sqrt() - 1.0) * (1.0 - (-t).exp());

    let tr = 2.0 * t;
    let rle = 10.5 * (WEPL + 7.0) * (tr + 1.0).powf(-0.25);
    let half = (ro - rle) / 2.0;
    let idle = half + (half * half + 169.0).sqrt();

    idte + idle + delay_impairment_absolute(t)
}

/// Ie,eff, the codec under loss. Equation (7-29).
fn equipment_impairment(impairments: &Impairments) -> f64 {
    let CodecImpairment { ie, bpl } = impairments.codec;
    let ppl = 100.0 * share(impairments.loss);
    let burst_ratio = impairments.burst_ratio.max(1.0);
    ie + (95.0 - ie) * ppl / (ppl / burst_ratio + bpl)
}

/// `loss` held within 0..1; a figure that is none counts as no loss.
pub(crate) fn share(loss: f64) -> f64 {
    if loss.is_nan() { 0.0 } else { loss.clamp(0.0, 1.0) }
}
