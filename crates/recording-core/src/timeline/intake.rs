use super::{Doubt, Packet, Placed, SenderClock, Sequencer};
use crate::limits;
use model::MediaTime;
use std::time::Duration;

/// The least arrival gap in which a standing sender clock is told from pacing.
const STALL: Duration = Duration::from_millis(180);
/// The longest a doubt waits for enough packets to be settled.
const DOUBT_WAIT: Duration = Duration::from_secs(1);

/// Order and place for the packets of one track, whatever its codec.
///
/// A new stream is watched for [`limits::ANCHOR_WAIT`] before its first packet is placed, so that one delayed packet
/// does not set the mapping. Packets that come much too late are held as long: if what follows catches up, the
/// network had stalled and the mapping stands; if it keeps its pace, the sender's clock had stopped and the mapping
/// is made anew from the arrival times.
#[derive(Debug)]
pub(super) struct Intake {
    epoch: MediaTime,
    rate: u32,
    clock: SenderClock,
    sequencer: Sequencer<(Packet, i64)>,
    ssrc: Option<u32>,
    previous: Option<(u32, MediaTime)>,
    hold: Option<Hold>,
    fresh: bool,
    last: Option<(MediaTime, i64)>,
}

#[derive(Debug)]
struct Hold {
    since: MediaTime,
    /// Empty while a new stream is watched; otherwise the late packets, not yet learnt from.
    late: Vec<(MediaTime, i64)>,
}

impl Intake {
    pub(super) fn new(epoch: MediaTime, rate: u32, capacity: usize) -> Self {
        Self {
            epoch,
            rate,
            clock: SenderClock::new(rate),
            sequencer: Sequencer::new(capacity),
            ssrc: None,
            previous: None,
            hold: None,
            fresh: true,
            last: None,
        }
    }

    /// Takes a packet and appends what became placeable to `out`.
    pub(super) fn push(&mut self, packet: Packet, out: &mut Vec<Placed>) {
        if self.is_straggler(&packet) {
            return;
        }
        if self.ssrc != Some(packet.ssrc) || self.sequencer.is_foreign(packet.sequence) {
            self.start_stream(&packet, out);
        }
        let ticks = self.clock.unwrap_ticks(packet.rtp_time);
        let (arrival, sequence) = (packet.arrival, packet.sequence);
        self.judge(arrival, ticks, out);
        self.sequencer.insert(sequence, arrival, (packet, ticks));
        self.last = Some((arrival, ticks));
        self.release(arrival, out);
    }

    /// Time passes without a packet.
    pub(super) fn release(&mut self, now: MediaTime, out: &mut Vec<Placed>) {
        if let Some(hold) = &self.hold {
            let waited = now.since(hold.since);
            let enough = hold.late.is_empty() || hold.late.len() >= 3 || waited >= DOUBT_WAIT;
            if !(self.sequencer.is_full() || (waited >= limits::ANCHOR_WAIT && enough)) {
                return;
            }
            self.settle();
        }
        while let Some((lost, item)) = self.sequencer.pop(now) {
            self.place(lost, item, out);
        }
    }

    /// Places everything that waits.
    pub(super) fn drain(&mut self, out: &mut Vec<Placed>) {
        self.settle();
        while let Some((lost, item)) = self.sequencer.pop_anyway() {
            self.place(lost, item, out);
        }
    }

    fn is_straggler(&self, packet: &Packet) -> bool {
        self.previous.is_some_and(|(ssrc, until)| ssrc == packet.ssrc && packet.arrival < until)
    }

    fn start_stream(&mut self, packet: &Packet, out: &mut Vec<Placed>) {
        self.drain(out);
        if let Some(old) = self.ssrc.filter(|&old| old != packet.ssrc) {
            self.previous = Some((old, packet.arrival.after(limits::STRAGGLERS)));
        }
        self.ssrc = Some(packet.ssrc);
        self.clock = SenderClock::new(self.rate);
        self.sequencer.restart();
        self.last = None;
        self.watch(packet.arrival);
    }

    fn watch(&mut self, since: MediaTime) {
        self.fresh = true;
        self.hold = Some(Hold { since, late: Vec::new() });
    }

    fn judge(&mut self, arrival: MediaTime, ticks: i64, out: &mut Vec<Placed>) {
        match &mut self.hold {
            Some(hold) if hold.late.is_empty() => self.clock.observe(arrival, ticks),
            Some(hold) => hold.late.push((arrival, ticks)),
            None => match self.clock.doubt(arrival, ticks, self.stalled_before(arrival, ticks)) {
                Doubt::None => self.clock.observe(arrival, ticks),
                Doubt::Late => {
                    self.drain(out);
                    self.hold = Some(Hold { since: arrival, late: vec![(arrival, ticks)] });
                }
                Doubt::Jump => {
                    self.drain(out);
                    self.clock.forget_mapping();
                    self.clock.observe(arrival, ticks);
                    self.watch(arrival);
                }
            },
        }
    }

    /// Our clock ran on before this packet while the sender's stood.
    fn stalled_before(&self, arrival: MediaTime, ticks: i64) -> bool {
        self.last.is_some_and(|(last_arrival, last_ticks)| {
            let ours = arrival.since(last_arrival);
            let theirs_us = self.clock.media_us(ticks - last_ticks);
            ours >= STALL && theirs_us * 3 < ours.as_micros() as i64
        })
    }

    fn settle(&mut self) {
        let Some(hold) = self.hold.take() else { return };
        if hold.late.is_empty() {
            return;
        }
        if !self.catches_up(&hold.late) {
            self.clock.forget_mapping();
            self.fresh = true;
        }
        for (arrival, ticks) in hold.late {
            self.clock.observe(arrival, ticks);
        }
    }

    /// True when the late packets come faster than they were made: a stalled network delivers its backlog.
    fn catches_up(&self, late: &[(MediaTime, i64)]) -> bool {
        let (Some(first), Some(last)) = (late.first(), late.last()) else { return false };
        let lateness = |&(arrival, ticks): &(MediaTime, i64)| self.clock.lateness_us(arrival, ticks);
        let least = late.iter().map(lateness).min().unwrap_or(0);
        let elapsed_us = last.0.since(first.0).as_micros() as i64;
        let made_us = self.clock.media_us(last.1 - first.1);
        least * 2 < lateness(first) || made_us * 10 > elapsed_us * 13
    }

    fn place(&mut self, lost: u64, (packet, ticks): (Packet, i64), out: &mut Vec<Placed>) {
        let engine_us = self.clock.engine_us(ticks).unwrap_or(i64::try_from(packet.arrival.0).unwrap_or(i64::MAX));
        out.push(Placed {
            place_us: engine_us.saturating_sub(i64::try_from(self.epoch.0).unwrap_or(i64::MAX)),
            ticks,
            lost,
            fresh: std::mem::take(&mut self.fresh),
            marker: packet.marker,
            payload: packet.payload,
        });
    }
}
