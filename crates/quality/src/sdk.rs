use crate::e_model::share;
use std::time::Duration;

/// Quality as the client library's `network-quality-changed` event reports it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SdkQuality {
    /// The event's own score, two decimals. Not G.107's: loss costs the same whatever the codec conceals.
    pub mos: f64,
    /// The event's `networkQuality`.
    pub band: SdkBand,
}

/// The event's bands; the number is its value on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SdkBand {
    /// 3.1 and below.
    Bad = 1,
    /// Above 3.1.
    Poor = 2,
    /// Above 3.6.
    Fair = 3,
    /// Above 4.03.
    Good = 4,
    /// Above 4.34.
    Excellent = 5,
}

/// How much loss weighs in [`sdk_quality`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SdkCodec {
    /// Weight 1.
    Opus,
    /// G.711 and whatever is not known: weight 2.
    Other,
}

/// The formula of the client library's network-quality event: effective latency RTT + 2·jitter + 10 ms; R = 93.2 −
/// latency/40 below 160 ms, else 93.2 − (latency − 120)/10; less 2.5 per percent of loss and codec weight; MOS by
/// G.107's cubic, 1 below R = 0. `loss` is 0..1. One sample; the library averages five, a second apart.
pub fn sdk_quality(rtt: Duration, jitter: Duration, loss: f64, codec: SdkCodec) -> SdkQuality {
    let latency = 1000.0 * (rtt.as_secs_f64() + 2.0 * jitter.as_secs_f64()) + 10.0;
    let delayed = if latency < 160.0 { 93.2 - latency / 40.0 } else { 93.2 - (latency - 120.0) / 10.0 };
    let weight = match codec {
        SdkCodec::Opus => 1.0,
        SdkCodec::Other => 2.0,
    };
    let r = delayed - 2.5 * (100.0 * share(loss)) * weight;
    let mos = if r < 0.0 { 1.0 } else { 1.0 + 0.035 * r + 0.000_007 * r * (r - 60.0) * (100.0 - r) };
    let mos = (mos * 100.0).round() / 100.0;
    SdkQuality { mos, band: band(mos) }
}

fn band(mos: f64) -> SdkBand {
    match mos {
        m if m > 4.34 => SdkBand::Excellent,
        m if m > 4.03 => SdkBand::Good,
        m if m > 3.6 => SdkBand::Fair,
        m if m > 3.1 => SdkBand::Poor,
        _ => SdkBand::Bad,
    }
}
