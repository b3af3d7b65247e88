//! The thread of one shard.

use crate::{
    TapSink,
    limits::{COMMANDS_PER_TURN, EVENTS_BEFORE_STATS_ARE_DROPPED, EVENTS_KEPT, TURN, TURN_WHILE_BLOCKED},
    metrics::Reporter,
};
use netio::{Datagram, Port};
use sfu_core::{Config, Protocol, Sfu};
use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{Receiver, TryRecvError},
    time::{Duration, Instant},
};
use tokio::sync::mpsc::{Sender, error::TrySendError};
use wire::engine::{Event, Request};

/// How often metrics are flushed.
const METRICS_INTERVAL: Duration = Duration::from_secs(1);

/// What a thread is asked.
pub(crate) enum Order {
    /// A command of signaling.
    Request(Box<Request>),
    /// End.
    Stop,
}

/// Everything a shard's thread owns.
pub(crate) struct Shard {
    pub(crate) port: Port,
    pub(crate) config: Config,
    pub(crate) orders: Receiver<Order>,
    pub(crate) events: Sender<Event>,
    pub(crate) taps: TapSink,
    pub(crate) reporter: Reporter,
}

/// Events that the channel had no room for.
#[derive(Default)]
struct Kept(VecDeque<Event>);

impl Shard {
    /// Turns until it is told to stop.
    pub(crate) fn run(mut self) {
        self.port.coalesce(netio::limits::COALESCE);
        self.port.segment();
        let mut sfu = Sfu::new(self.config.clone(), Instant::now());
        let mut kept = Kept::default();
        let mut metrics_due = Instant::now() + METRICS_INTERVAL;
        loop {
            let turn = catch_unwind(AssertUnwindSafe(|| self.turn(&mut sfu, &mut kept, &mut metrics_due)));
            match turn {
                Ok(true) => {}
                Ok(false) => return,
                Err(_) => {
                    // A participant's panics stay inside the shard. This is a bug of the shard itself: its legs may
                    // rejoin a fresh one.
                    tracing::error!("a media shard failed and starts anew; its legs have to rejoin");
                    for leg in sfu.legs() {
                        kept.push(Event::LegClosed { leg, reason: "the media shard failed".into() });
                    }
                    let prompts = sfu.prompts().clone();
                    sfu = Sfu::new(self.config.clone(), Instant::now());
                    sfu.set_prompts(prompts);
                    self.reporter.restart();
                }
            }
        }
    }

    /// One turn; false at the end.
    fn turn(&mut self, sfu: &mut Sfu, kept: &mut Kept, metrics_due: &mut Instant) -> bool {
        let longest = if kept.0.is_empty() { TURN } else { TURN_WHILE_BLOCKED };
        let due = sfu.poll_timeout().map(|(at, _)| at.saturating_duration_since(Instant::now()));
        let wake = self.port.wait(due.unwrap_or(longest).min(longest));
        let now = wake.at;
        if !self.obey(sfu, now) {
            return false;
        }
        let mut received = 0;
        if wake.input {
            received = self.port.receive(&mut |datagram| feed(sfu, now, datagram));
            for closed in self.port.take_closed_tcp() {
                sfu.handle_tcp_closed(closed);
            }
        }
        sfu.handle_timeout(now);
        let mut sent = 0;
        while let Some(transmit) = sfu.poll_transmit() {
            sent += 1;
            self.port.queue(netio::Transmit {
                protocol: to_netio(transmit.protocol),
                source: transmit.source,
                destination: transmit.destination,
                bytes: transmit.bytes,
            });
        }
        self.port.flush();
        if received > 0 && sent > 0 {
            self.reporter.forwarded(wake.held + now.elapsed());
        }
        self.hand_over_taps(sfu);
        while let Some(event) = sfu.poll_event() {
            self.reporter.note(&event);
            kept.push(event);
        }
        if now >= *metrics_due {
            *metrics_due = now + METRICS_INTERVAL;
            self.reporter.flush(sfu.totals(), &self.port.take_counters());
        }
        kept.send(&self.events)
    }

    fn hand_over_taps(&self, sfu: &mut Sfu) {
        let frames: Vec<_> = std::iter::from_fn(|| sfu.poll_tap()).collect();
        if !frames.is_empty() {
            (self.taps)(frames);
        }
    }

    fn obey(&mut self, sfu: &mut Sfu, now: Instant) -> bool {
        for _ in 0..COMMANDS_PER_TURN {
            match self.orders.try_recv() {
                Ok(Order::Request(request)) => sfu.handle_request(*request, now),
                Err(TryRecvError::Empty) => return true,
                Ok(Order::Stop) | Err(TryRecvError::Disconnected) => return false,
            }
        }
        // What is left is taken after the next batch of datagrams.
        self.port.waker().wake();
        true
    }
}

impl Kept {
    fn push(&mut self, event: Event) {
        let is_stats = matches!(event, Event::Stats { .. });
        if is_stats && self.0.len() >= EVENTS_BEFORE_STATS_ARE_DROPPED {
            return;
        }
        if self.0.len() >= EVENTS_KEPT {
            tracing::error!(limit = EVENTS_KEPT, "signaling does not take the engine's events; the oldest is lost");
            self.0.pop_front();
        }
        self.0.push_back(event);
    }

    /// Hands over what the channel takes; false when nobody listens any more.
    fn send(&mut self, channel: &Sender<Event>) -> bool {
        while let Some(event) = self.0.pop_front() {
            match channel.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.0.push_front(event);
                    return true;
                }
                Err(TrySendError::Closed(_)) => return false,
            }
        }
        true
    }
}

fn feed(sfu: &mut Sfu, now: Instant, datagram: Datagram<'_>) {
    let protocol = match datagram.protocol {
        netio::Protocol::Udp => Protocol::Udp,
        netio::Protocol::Tcp => Protocol::Tcp,
    };
    sfu.handle_datagram(now, datagram.source, datagram.destination, protocol, datagram.bytes);
}

fn to_netio(protocol: Protocol) -> netio::Protocol {
    match protocol {
        Protocol::Udp => netio::Protocol::Udp,
        Protocol::Tcp => netio::Protocol::Tcp,
    }
}
