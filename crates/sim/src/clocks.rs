//! The clock on the wall is set while the process runs, and the process stands still while time passes.
//!
//! The shell reads both clocks once a turn. The one that runs on never jumps; the one on the wall is the machine's, which
//! is set by hand or steps with its source of time. Whoever stood still finds everything due at once.

use crate::world::{HEARTBEAT, World};
use std::time::Duration;

const HOUR: u64 = 3_600_000;

impl World {
    /// Forward by seconds to hours, or back by less than a minute.
    pub(crate) fn clock_is_set(&mut self) {
        let (most, back) =
            self.random.pick(&[(2_000, 1_000), (60_000, 30_000), (HOUR, 0), (3 * HOUR, 0)]).expect("some");
        let by = i64::try_from(self.random.below(most)).expect("small") - back;
        self.count(if by < 0 { "clock set back" } else { "clock set forward" });
        self.note(format!("the clock is set by {by} ms"));
        self.now.wall.0 += by;
    }

    /// Nothing runs for seconds to hours, not even timers. What was due meanwhile is done in one turn.
    pub(crate) fn process_stands_still(&mut self) {
        let most = self.random.pick(&[2_000, 20_000, 120_000, 3 * HOUR]).expect("there are some");
        let time = Duration::from_millis(self.random.below(most));
        self.count("standstills");
        self.note(format!("standstill of {time:?}"));
        self.now = self.now.after(time);
        self.next_beat = self.now.after(HEARTBEAT);
        self.timers_fire();
    }
}
