//! The delay-based part: packets that arrive later and later are queueing somewhere.
//!
//! ```text
//! packets ─► groups (differences of sending and arrival) ─► trendline (slope) ─► detector (over-use?) ─► rate control
//! ```

mod capacity;
mod detector;
mod groups;
mod rate_control;
mod trendline;

pub(super) use detector::{Detector, Usage};
pub(super) use groups::Groups;
pub(super) use rate_control::RateControl;
pub(super) use trendline::Trendline;
