//! Limits of webhooks.

use std::time::Duration;

/// Events that one delivery reads from the log at once.
pub(crate) const BATCH: u32 = 100;
/// How long finding, connecting to and greeting a receiver may take.
pub(crate) const CONNECT_TIME: Duration = Duration::from_secs(5);
/// How long a receiver may take to answer.
pub(crate) const ANSWER_TIME: Duration = Duration::from_secs(15);
/// Pause after the first failure; it doubles with each.
pub(crate) const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause between two tries.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// How long a receiver may fail before its webhook is disabled.
pub(crate) const PATIENCE: Duration = Duration::from_secs(72 * 3600);
/// How far the kept position of deliveries may lag behind; after a crash so much may be delivered again.
pub(crate) const SAVE_EVERY: Duration = Duration::from_secs(1);
/// How long a delivery waits for news before it looks at the log by itself.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Pause after the database did not answer.
pub(crate) const STORE_PAUSE: Duration = Duration::from_secs(5);
/// How long a secret signs beside its successor.
pub(crate) const OLD_SECRET_LIFE: Duration = Duration::from_secs(24 * 3600);
/// Characters of an address.
pub(crate) const URL_CHARS: usize = 2048;
/// Characters of a failure that are kept.
pub(crate) const ERROR_CHARS: usize = 500;
