use model::{Now, WallTime};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The clock of the process. Shells ask it once a turn; cores get what it said.
#[derive(Debug, Clone, Default)]
pub struct Clock;

impl Clock {
    /// Both clocks now.
    pub fn now(&self) -> Now {
        Now { mono: Instant::now(), wall: self.wall() }
    }

    /// UTC now.
    pub fn wall(&self) -> WallTime {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        WallTime(i64::try_from(since.as_millis()).expect("the year is before 292 million"))
    }
}
