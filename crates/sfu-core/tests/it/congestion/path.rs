use super::random::Random;
use std::collections::VecDeque;

/// How a path is from some second on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path {
    /// What the bottleneck forwards.
    pub(super) kbit_per_second: u64,
    /// What the bottleneck holds; what does not fit is lost.
    pub(super) queue_bytes: usize,
    /// Either way.
    pub(super) delay_ms: u64,
    /// Behind the bottleneck, evenly spread.
    pub(super) jitter_ms: u64,
    /// Whether packets overtake each other by jitter.
    pub(super) reorders: bool,
    /// Share of packets lost at random behind the bottleneck, 0 to 1.
    pub(super) loss: f64,
    /// The same of feedback.
    pub(super) feedback_loss: f64,
}

/// A path of 3 Mbit/s with 160 ms of queue, like a home's.
pub(super) const GOOD: Path = Path {
    kbit_per_second: 3000,
    queue_bytes: 60_000,
    delay_ms: 25,
    jitter_ms: 0,
    reorders: false,
    loss: 0.0,
    feedback_loss: 0.0,
};

#[derive(Debug, Clone, Copy)]
pub(super) struct Packet {
    pub(super) sequence: u16,
    pub(super) bytes: usize,
    pub(super) is_audio: bool,
}

/// A packet that came through, and when, in microseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delivery {
    pub(super) at: u64,
    pub(super) packet: Packet,
}

/// A bottleneck with a queue, then delay, jitter and loss. Times are microseconds.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) path: Path,
    queue: VecDeque<Packet>,
    queued_bytes: usize,
    /// When the packet at the head has left.
    head_leaves_at: u64,
    last_delivery: u64,
    deliveries: Vec<Delivery>,
}

impl Link {
    pub(super) fn new(path: Path) -> Self {
        let deliveries = Vec::new();
        Self { path, queue: VecDeque::new(), queued_bytes: 0, head_leaves_at: 0, last_delivery: 0, deliveries }
    }

    pub(super) fn send(&mut self, packet: Packet, now: u64) {
        if self.queued_bytes + packet.bytes > self.path.queue_bytes {
            return;
        }
        if self.queue.is_empty() {
            self.head_leaves_at = now + self.time_of(packet);
        }
        self.queued_bytes += packet.bytes;
        self.queue.push_back(packet);
    }

    /// Moves packets until `now`; those that have come through by then, in the order of their arrival.
    pub(super) fn advance(&mut self, now: u64, random: &mut Random) -> Vec<Delivery> {
        while let Some(packet) = self.queue.front().copied().filter(|_| self.head_leaves_at <= now) {
            self.queue.pop_front();
            self.queued_bytes -= packet.bytes;
            self.deliver(packet, random);
            if let Some(next) = self.queue.front().copied() {
                self.head_leaves_at += self.time_of(next);
            }
        }
        let (mut here, there) = self.deliveries.drain(..).partition::<Vec<_>, _>(|delivery| delivery.at <= now);
        self.deliveries = there;
        here.sort_by_key(|delivery| delivery.at);
        here
    }

    /// How long a packet that came now would wait, in milliseconds.
    pub(super) fn queue_ms(&self) -> u64 {
        self.queued_bytes as u64 * 8 / self.path.kbit_per_second
    }

    fn deliver(&mut self, packet: Packet, random: &mut Random) {
        if random.chance() < self.path.loss {
            return;
        }
        let jitter = random.below(1000 * self.path.jitter_ms + 1);
        let mut at = self.head_leaves_at + 1000 * self.path.delay_ms + jitter;
        if !self.path.reorders {
            at = at.max(self.last_delivery);
        }
        self.last_delivery = at;
        self.deliveries.push(Delivery { at, packet });
    }

    fn time_of(&self, packet: Packet) -> u64 {
        packet.bytes as u64 * 8000 / self.path.kbit_per_second
    }
}
