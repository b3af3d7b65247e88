/// Packets sent within this time of a group's first belong to it (draft-ietf-rmcat-gcc-02 §5.2), in microseconds.
const BURST: i64 = 5_000;
/// A group that arrives faster than it was sent grows no longer than this.
const LONGEST_BURST: i64 = 100_000;
/// A difference beyond this is a pause of the clocks, not a queue.
const JUMP: i64 = 3_000_000;
/// As many groups that arrive before their predecessors in a row begin anew.
const REORDERED: u32 = 3;

/// Packets that were sent in one burst, in microseconds of either clock.
#[derive(Debug, Clone, Copy)]
struct Group {
    first_sent: i64,
    last_sent: i64,
    first_arrived: i64,
    last_arrived: i64,
}

/// Differences between a group of packets and the one before, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::congestion) struct Difference {
    pub(in crate::congestion) sent: i64,
    pub(in crate::congestion) arrived: i64,
    /// When the later group was complete, on the receiver's clock.
    pub(in crate::congestion) at: i64,
}

/// Puts packets into groups and compares each complete group with the one before: draft-ietf-rmcat-gcc-02 §5.2's
/// d(i) = t(i) - t(i-1) - (T(i) - T(i-1)).
#[derive(Debug, Default)]
pub(in crate::congestion) struct Groups {
    before: Option<Group>,
    current: Option<Group>,
    reordered: u32,
}

impl Groups {
    /// A packet, in the order of feedback. There is a difference when it begins a new group.
    pub(in crate::congestion) fn note(&mut self, sent: i64, arrived: i64) -> Option<Difference> {
        let Some(current) = self.current.as_mut() else {
            self.current = Some(Group::new(sent, arrived));
            return None;
        };
        if sent < current.first_sent {
            return None;
        }
        if current.takes(sent, arrived) {
            current.last_sent = current.last_sent.max(sent);
            current.last_arrived = current.last_arrived.max(arrived);
            return None;
        }
        let complete = *current;
        *current = Group::new(sent, arrived);
        let before = self.before.replace(complete)?;
        let sent = complete.last_sent - before.last_sent;
        let arrived = complete.last_arrived - before.last_arrived;
        self.reordered = if arrived < 0 { self.reordered + 1 } else { 0 };
        if arrived - sent >= JUMP || self.reordered >= REORDERED {
            *self = Self::default();
            return None;
        }
        (arrived >= 0).then_some(Difference { sent, arrived, at: complete.last_arrived })
    }
}

impl Group {
    fn new(sent: i64, arrived: i64) -> Self {
        Self { first_sent: sent, last_sent: sent, first_arrived: arrived, last_arrived: arrived }
    }

    /// Whether a packet belongs here: it was sent within the burst, or it was held up with this group and came out
    /// right behind it, as over a radio link that sends in turns.
    fn takes(&self, sent: i64, arrived: i64) -> bool {
        if sent - self.first_sent <= BURST {
            return true;
        }
        let gap = arrived - self.last_arrived;
        let came_closer = gap - (sent - self.last_sent) < 0;
        came_closer && gap <= BURST && arrived - self.first_arrived < LONGEST_BURST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_one_group() {
        let mut groups = Groups::default();
        let mut differences = Vec::new();
        for frame in 0..4 {
            for packet in 0..3 {
                let sent = frame * 33_000 + packet * 1_000;
                differences.extend(groups.note(sent, 1_000_000 + sent + frame * 2_000 + packet * 5_000));
            }
        }
        let expected = |at| Difference { sent: 33_000, arrived: 35_000, at };
        assert_eq!(differences, [expected(1_000_000 + 35_000 + 12_000), expected(1_000_000 + 70_000 + 12_000)]);
    }

    #[test]
    fn packets_held_up_together_are_one_group() {
        let mut groups = Groups::default();
        groups.note(0, 0);
        groups.note(20_000, 50_000);
        for late in 1..3 {
            assert_eq!(groups.note(20_000 + late * 10_000, 50_000 + late * 1_000), None);
        }
        let difference = groups.note(60_000, 70_000).expect("the held up group is complete");
        assert_eq!(difference, Difference { sent: 40_000, arrived: 52_000, at: 52_000 });
    }

    #[test]
    fn clocks_that_jump_and_old_packets_give_no_difference() {
        let mut groups = Groups::default();
        groups.note(0, 0);
        groups.note(10_000, 10_000);
        assert_eq!(groups.note(5_000, 11_000), None, "sent before the current group");
        groups.note(20_000, 9_000_000);
        assert_eq!(groups.note(30_000, 9_010_000), None, "a jump of nine seconds");
        groups.note(40_000, 9_020_000);
        groups.note(50_000, 9_030_000);
        assert!(groups.note(60_000, 9_040_000).is_some(), "and then as before");
    }
}
