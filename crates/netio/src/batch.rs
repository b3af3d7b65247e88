//! Which datagrams leave together as one message, cut apart again by the kernel (UDP generic segmentation offload).

use crate::limits::{LOOK_BACK, SEGMENTED_BYTES, SEGMENTS, SEND_BATCH};

/// What decides whether datagrams can share a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape<P> {
    /// Where from and where to.
    pub(crate) path: P,
    /// Bytes.
    pub(crate) length: usize,
}

/// A batch in the order it leaves: each message is some datagrams of one path, all as long as the first, but for a last
/// one that may be shorter. Datagrams of one path keep their order; those of different paths need none.
pub(crate) struct Batch {
    count: usize,
    messages: usize,
    /// Datagrams in each message.
    sizes: [u8; SEND_BATCH],
    first: [u8; SEND_BATCH],
    last: [u8; SEND_BATCH],
    /// Length of the first datagram, and bytes in all.
    segment: [u16; SEND_BATCH],
    bytes: [u16; SEND_BATCH],
    /// The datagram after this one in its message.
    next: [u8; SEND_BATCH],
}

impl Batch {
    pub(crate) const fn new() -> Self {
        Self {
            count: 0,
            messages: 0,
            sizes: [0; SEND_BATCH],
            first: [0; SEND_BATCH],
            last: [0; SEND_BATCH],
            segment: [0; SEND_BATCH],
            bytes: [0; SEND_BATCH],
            next: [0; SEND_BATCH],
        }
    }

    /// Plans anew for datagrams in the order they were queued. The first `alone` get messages of their own.
    pub(crate) fn plan<P: Copy + PartialEq>(&mut self, alone: usize, shape: impl Fn(usize) -> Shape<P>, count: usize) {
        assert!(count <= SEND_BATCH, "a batch has a bound");
        (self.count, self.messages) = (count, 0);
        for index in 0..count {
            let datagram = shape(index);
            match self.message_for(alone, &datagram, &shape).filter(|_| index >= alone) {
                Some(message) => {
                    self.next[usize::from(self.last[message])] = index as u8;
                    self.last[message] = index as u8;
                    self.sizes[message] += 1;
                    self.bytes[message] += datagram.length as u16;
                }
                None => {
                    let message = self.messages;
                    self.messages += 1;
                    (self.first[message], self.last[message], self.sizes[message]) = (index as u8, index as u8, 1);
                    (self.segment[message], self.bytes[message]) = (datagram.length as u16, datagram.length as u16);
                }
            }
        }
    }

    /// The latest message of the datagram's path, if it is near and can take it.
    fn message_for<P: Copy + PartialEq>(
        &self,
        alone: usize,
        datagram: &Shape<P>,
        shape: &impl Fn(usize) -> Shape<P>,
    ) -> Option<usize> {
        let near = (self.messages.saturating_sub(LOOK_BACK)..self.messages).rev();
        let message = near
            .map(|message| (message, usize::from(self.first[message])))
            .find(|&(_, first)| shape(first).path == datagram.path)
            .filter(|&(_, first)| first >= alone)?
            .0;
        let segment = usize::from(self.segment[message]);
        let all_alike = usize::from(self.bytes[message]) == segment * usize::from(self.sizes[message]);
        let fits = usize::from(self.sizes[message]) < SEGMENTS
            && usize::from(self.bytes[message]) + datagram.length <= SEGMENTED_BYTES;
        (all_alike && fits && (1..=segment).contains(&datagram.length)).then_some(message)
    }

    pub(crate) fn messages(&self) -> usize {
        self.messages
    }

    /// Datagrams of a message.
    pub(crate) fn size(&self, message: usize) -> usize {
        usize::from(self.sizes[message])
    }

    /// Bytes of each datagram of a message but the last.
    pub(crate) fn segment(&self, message: usize) -> u16 {
        self.segment[message]
    }

    /// The datagrams of a message, by their index in the queue.
    pub(crate) fn members(&self, message: usize) -> impl Iterator<Item = usize> + '_ {
        let first = usize::from(self.first[message]);
        std::iter::successors(Some(first), |&index| Some(usize::from(self.next[index]))).take(self.size(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plans datagrams given as (path, length) and returns the messages.
    fn planned(alone: usize, datagrams: &[(u8, usize)]) -> Vec<Vec<usize>> {
        let mut batch = Batch::new();
        batch.plan(alone, |index| Shape { path: datagrams[index].0, length: datagrams[index].1 }, datagrams.len());
        (0..batch.messages()).map(|message| batch.members(message).collect()).collect()
    }

    #[test]
    fn a_frame_is_one_message_and_its_short_end_closes_it() {
        let frame = [(1, 1200), (1, 1200), (1, 700), (1, 700), (1, 1200)];
        assert_eq!(planned(0, &frame), [vec![0, 1, 2], vec![3], vec![4]]);
    }

    #[test]
    fn frames_of_several_paths_are_taken_apart() {
        let mixed = [(1, 1200), (2, 1100), (1, 1200), (2, 1100), (3, 90), (1, 30), (2, 1100)];
        assert_eq!(planned(0, &mixed), [vec![0, 2, 5], vec![1, 3, 6], vec![4]]);
    }

    #[test]
    fn one_path_keeps_its_order() {
        // The fourth could join the first in size, but the second message of its path is the later one.
        let datagrams = [(1, 500), (1, 900), (2, 80), (1, 500), (1, 500)];
        assert_eq!(planned(0, &datagrams), [vec![0], vec![1, 3], vec![2], vec![4]]);
    }

    #[test]
    fn what_was_refused_goes_alone() {
        let frame = [(1, 1200); 5];
        assert_eq!(planned(2, &frame), [vec![0], vec![1], vec![2, 3, 4]]);
    }

    #[test]
    fn messages_have_bounds_and_nothing_is_empty() {
        let long = planned(0, &[(1, 1400); SEND_BATCH]);
        assert!(long.iter().all(|message| message.len() * 1400 <= SEGMENTED_BYTES && message.len() <= SEGMENTS));
        assert_eq!(long.concat(), (0..SEND_BATCH).collect::<Vec<_>>());
        assert_eq!(planned(0, &[(1, 0), (1, 0), (1, 5), (1, 0)]), [vec![0], vec![1], vec![2], vec![3]]);
    }
}
