//! A leg inside the engine: a transport that may come and go, three tracks up, three slots down.

mod liveness;
mod media;
mod sender_clock;
mod transport;

pub(crate) use liveness::{Change, Liveness};
#[cfg(feature = "testing")]
pub(crate) use media::rtp_header_length;
pub(crate) use media::{Feedback, MediaPacket, OutgoingPacket, ReceiverReport, Signals};
#[cfg(feature = "testing")]
pub(crate) use transport::crypto_provider;
pub(crate) use transport::{BindingRequest, Format, Identity, Learned, Output, Transport};

use sender_clock::SenderClock;

use crate::{
    forward::Sink,
    prompt::{Player, Slot},
    stats::{Downlink, LegMeasure},
    track::Track,
};
use model::{CallId, Codec, CommandId, LegId, TrackKind};
use std::time::Instant;

/// Index of a participant in its shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(pub(crate) u32);

/// One leg.
#[derive(Debug)]
pub(crate) struct Participant {
    pub(crate) leg: LegId,
    pub(crate) room: CallId,
    /// None after the transport is gone, until the leg rejoins or is removed.
    pub(crate) transport: Option<Transport>,
    pub(crate) liveness: Liveness,
    pub(crate) tracks: [Track; 3],
    pub(crate) sinks: [Sink; 3],
    /// What plays prompts into the sound's slot, while any do, and its place in the rounds.
    pub(crate) player: Option<(Box<Player>, Slot)>,
    pub(crate) downlinks: [Downlink; 3],
    pub(crate) measure: LegMeasure,
    pub(crate) clock: SenderClock,
    pub(crate) is_tapped: bool,
    /// The transport waits to be drained.
    pub(crate) is_dirty: bool,
    /// When the transport wants to be woken.
    pub(crate) timer: Option<Instant>,
    /// The last negotiation, so that a repeat of its request gets the same answer.
    pub(crate) answered: Option<(CommandId, String)>,
    /// What the page was last asked to offer; asking again would not help.
    pub(crate) asked_for: Option<Vec<Codec>>,
    /// The next work for this participant panics.
    #[cfg(feature = "testing")]
    pub(crate) panics_next: bool,
}

impl Participant {
    pub(crate) fn new(leg: LegId, room: CallId, sinks: [Sink; 3], now: Instant) -> Self {
        Self {
            leg,
            room,
            transport: None,
            liveness: Liveness::new(now),
            tracks: Default::default(),
            sinks,
            player: None,
            downlinks: Default::default(),
            measure: LegMeasure::default(),
            clock: SenderClock::default(),
            is_tapped: false,
            is_dirty: false,
            timer: None,
            answered: None,
            asked_for: None,
            #[cfg(feature = "testing")]
            panics_next: false,
        }
    }

    /// A new transport takes the place of the old one; what belonged to the old one's numbering starts anew.
    pub(crate) fn install(&mut self, transport: Transport, sinks: [Sink; 3], now: Instant) {
        self.transport = Some(transport);
        self.liveness = Liveness::new(now);
        self.tracks.iter_mut().for_each(Track::restart);
        for (sink, mut fresh) in self.sinks.iter_mut().zip(sinks) {
            fresh.set_source(sink.source());
            *sink = fresh;
        }
        self.downlinks = Default::default();
        self.measure = LegMeasure::default();
        self.clock = SenderClock::default();
        self.asked_for = None;
        #[cfg(feature = "testing")]
        {
            self.panics_next = false;
        }
    }

    pub(crate) fn track(&mut self, kind: TrackKind) -> &mut Track {
        &mut self.tracks[kind as usize]
    }

    pub(crate) fn sink(&mut self, kind: TrackKind) -> &mut Sink {
        &mut self.sinks[kind as usize]
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.transport.as_ref().is_some_and(Transport::is_connected)
    }
}
