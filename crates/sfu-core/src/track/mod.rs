//! A source that a leg sends.

mod cache;

pub(crate) use cache::{Cache, Kept};

use crate::{
    forward::{KeyframeRequests, starts_keyframe},
    limits::{KEYFRAME_RETRY, SOURCE_SILENT_AFTER},
    participant::{Key, MediaPacket},
    stats::Reception,
};
use model::Codec;
use std::time::Instant;

/// One of a leg's three tracks.
#[derive(Debug, Default)]
pub(crate) struct Track {
    /// Legs whose downlink this track plays into.
    pub(crate) sinks: Vec<Key>,
    pub(crate) keyframes: KeyframeRequests,
    pub(crate) reception: Reception,
    pub(crate) codec: Option<Codec>,
    /// Packets that went out to at least one sink since the last statistics.
    pub(crate) forwarded: u64,
    last_packet: Option<Instant>,
    /// Made with the first packet of video.
    cache: Option<Cache>,
}

impl Track {
    /// Notes a packet before it is forwarded.
    pub(crate) fn received(&mut self, packet: &MediaPacket<'_>, now: Instant) {
        self.last_packet = Some(now);
        self.codec = Some(packet.codec);
        self.reception.note(packet, now);
        if packet.codec == Codec::Opus {
            return;
        }
        if starts_keyframe(packet.codec, packet.payload) {
            self.keyframes.satisfied();
        }
        self.cache.get_or_insert_with(Cache::new).keep(packet);
    }

    /// A packet that came some time ago.
    pub(crate) fn kept(&self, ssrc: u32, sequence: u64) -> Option<Kept<'_>> {
        self.cache.as_ref()?.find(ssrc, sequence)
    }

    /// The leg has a new transport: what comes now has nothing to do with what came.
    pub(crate) fn restart(&mut self) {
        self.keyframes = KeyframeRequests::default();
        self.reception = Reception::default();
        self.codec = None;
        self.last_packet = None;
        self.cache = None;
    }

    /// Packets come.
    pub(crate) fn is_live(&self, now: Instant) -> bool {
        self.last_packet.is_some_and(|last| now.saturating_duration_since(last) < SOURCE_SILENT_AFTER)
    }

    /// A sink waits for its first keyframe: asks once more when the last request is old enough.
    pub(crate) fn want_first_keyframe(&mut self, now: Instant) {
        let is_old = self.keyframes.last().is_none_or(|last| now.saturating_duration_since(last) >= KEYFRAME_RETRY);
        if is_old && self.is_live(now) {
            self.keyframes.want();
        }
    }
}
