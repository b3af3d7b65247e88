//! What a shard measures.

mod downlink;
mod leg;
mod reception;
mod totals;

pub(crate) use downlink::Downlink;
pub(crate) use leg::{LegMeasure, codec_impairment, quality_of};
pub(crate) use reception::Reception;
pub use totals::{Totals, Volume};
