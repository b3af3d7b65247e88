//! A running signaling with a played engine and recorder, and pages that speak the documented protocol.

mod engine;
mod house;
mod page;

pub(crate) use engine::{ANSWER, BAD_OFFER, Engine};
pub(crate) use house::House;
pub(crate) use page::{Page, SilentPage, hello};

use std::time::Duration;

/// Far longer than anything here takes; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
