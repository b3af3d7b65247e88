//! Every step on disk, counted, so that a test can end the process between any two of them. That takes the feature
//! `fatal-steps`; without it this module is nothing at run time.

#[cfg(feature = "fatal-steps")]
mod fatal {
    use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

    /// Steps still to be taken; at zero there is no end.
    static LEFT: AtomicU64 = AtomicU64::new(0);

    /// The process ends at once, without any clean-up, when this many steps on disk have been begun or done.
    pub fn die_at_step(number: u64) {
        LEFT.store(number, SeqCst);
    }

    pub(crate) fn step() {
        let left = LEFT.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
        if left == Ok(1) {
            // As SIGKILL: nothing of this process runs any more, in no thread.
            std::process::abort();
        }
    }
}

#[cfg(feature = "fatal-steps")]
pub use fatal::die_at_step;
#[cfg(feature = "fatal-steps")]
pub(crate) use fatal::step;

/// Before a step on disk, or after the last one of several.
#[cfg(not(feature = "fatal-steps"))]
pub(crate) fn step() {}
