use super::Sfu;
use crate::{
    limits::{TAP_FRAMES, TAP_ROOM_BYTES},
    participant::{Feedback, Format, Key, MediaPacket, OutgoingPacket, Output},
};
use model::{Codec, TrackKind};
use std::time::Instant;
use wire::{engine::Event, tap::TapFrame};

impl Sfu {
    pub(super) fn handle_output(&mut self, key: Key, output: Output) {
        match output {
            Output::Connected => {
                if let Some(participant) = self.participant(key) {
                    let leg = participant.leg;
                    let at = self.config.media_time(self.now);
                    self.events.push_back(Event::LegConnected { leg, at });
                }
            }
            Output::Closed(reason) => self.lose_transport(key, &reason),
        }
    }

    /// A packet to everyone who is to have it.
    pub(super) fn forward(&mut self, key: Key, packet: &MediaPacket<'_>) {
        let now = self.now;
        self.totals.media_in[packet.track as usize].add(packet.payload.len());
        self.totals.packets_repaired += u64::from(packet.repaired);
        let Some(participant) = self.participant(key) else { return };
        let (leg, is_tapped) = (participant.leg, participant.is_tapped);
        let captured = packet.captured.map_or(now, |captured| participant.clock.local_time(now, captured));
        let track = participant.track(packet.track);
        track.received(packet, now);
        let sinks = std::mem::take(&mut track.sinks);
        if is_tapped {
            self.tap(leg, packet);
        }
        let mut forwarded = false;
        let mut is_waited_for = false;
        for &sink in &sinks {
            match self.forward_to(sink, packet, captured) {
                Forwarded::Sent => forwarded = true,
                Forwarded::NeedsKeyframe => is_waited_for = true,
                Forwarded::NotSendable => {}
            }
        }
        let Some(participant) = self.participant(key) else { return };
        let track = participant.track(packet.track);
        track.sinks = sinks;
        track.forwarded += u64::from(forwarded);
        if is_waited_for {
            track.want_first_keyframe(now);
            self.request_keyframe_if_due(key, packet.track);
        }
        let is_asked_for = packet.codec == Codec::Opus || self.missing.contains(&(key, packet.track));
        if !is_asked_for && self.ask_for_missing(key, packet.track) {
            self.missing.push((key, packet.track));
        }
    }

    pub(super) fn forward_to(&mut self, key: Key, packet: &MediaPacket<'_>, captured: Instant) -> Forwarded {
        let now = self.now;
        let Some(participant) = self.participant(key) else { return Forwarded::NotSendable };
        let transport = participant.transport.as_ref().filter(|transport| transport.is_connected());
        let is_wanted = transport.is_some_and(|transport| {
            transport.media.plan().payload_type(Format::Media(packet.codec)).is_some()
                && transport.media.takes(packet.track)
        });
        let sink = participant.sink(packet.track);
        if !is_wanted {
            sink.interrupt();
            return Forwarded::NotSendable;
        }
        let Some(munged) = sink.munge(packet, now) else {
            return if sink.is_waiting() { Forwarded::NeedsKeyframe } else { Forwarded::NotSendable };
        };
        let outgoing = OutgoingPacket {
            codec: packet.codec,
            sequence: munged.sequence,
            timestamp: munged.timestamp,
            marker: munged.marker,
            signals: packet.signals,
            captured,
            payload: packet.payload,
            rewrite: munged.rewrite,
        };
        let sent = self.send(key, |participant, room| {
            participant.transport.as_mut()?.media.write(packet.track, &outgoing, now, room)
        });
        if !sent {
            return Forwarded::NotSendable;
        }
        self.totals.media_out[packet.track as usize].add(packet.payload.len());
        Forwarded::Sent
    }

    fn tap(&mut self, leg: model::LegId, packet: &MediaPacket<'_>) {
        if self.taps.len() >= TAP_FRAMES {
            self.taps.pop_front();
            self.totals.tap_frames_dropped += 1;
        }
        // One allocation serves many frames.
        if self.tap_bytes.capacity() < packet.payload.len() {
            self.tap_bytes = bytes::BytesMut::with_capacity(TAP_ROOM_BYTES.max(packet.payload.len()));
        }
        self.tap_bytes.extend_from_slice(packet.payload);
        self.taps.push_back(TapFrame {
            leg,
            track: packet.track,
            codec: packet.codec,
            arrival: self.config.media_time(self.now),
            ssrc: packet.ssrc,
            rtp_time: packet.timestamp,
            sequence: packet.sequence,
            marker: packet.marker,
            payload: self.tap_bytes.split().freeze(),
        });
    }

    /// What a page says about its downlinks.
    pub(super) fn take_feedback(&mut self, key: Key, feedback: Feedback) {
        match feedback {
            Feedback::KeyframeWanted(track) => {
                self.totals.keyframe_requests_received += 1;
                self.pass_keyframe_request(key, track);
            }
            Feedback::Missing(track, missing) => {
                self.totals.nacks_received += 1;
                for sequence in missing {
                    self.repair(key, track, sequence);
                }
            }
            Feedback::Report(track, report, rtt) => {
                let now = self.now;
                let source = self.participant(key).and_then(|participant| participant.sink(track).source_leg());
                let source = source.and_then(|leg| self.legs.get(&leg).copied());
                let source = source.and_then(|source| self.participant(source));
                let uplink_jitter = source.map(|source| source.track(track).reception.jitter()).unwrap_or_default();
                let Some(participant) = self.participant(key) else { return };
                let codec = if track == TrackKind::Audio { Codec::Opus } else { Codec::Vp8 };
                let sink = &participant.sinks[track as usize];
                participant.downlinks[track as usize].note(report, rtt, sink, uplink_jitter, codec, now);
            }
        }
    }

    /// Sends a packet of a downlink again, if it is still there.
    fn repair(&mut self, key: Key, track: TrackKind, sequence: u16) {
        let Some(sink) = self.participant(key).map(|participant| participant.sink(track)) else { return };
        let (Some(past), Some(source)) = (sink.past(sequence), sink.source_leg()) else { return };
        let Some(source) = self.legs.get(&source).copied() else { return };
        let (now, mut copy) = (self.now, std::mem::take(&mut self.repaired));
        let kept =
            self.participant(source).and_then(|source| source.track(track).kept(past.ssrc, past.source_sequence));
        if let Some(kept) = kept {
            copy.clear();
            copy.extend_from_slice(kept.payload);
            let outgoing = OutgoingPacket {
                codec: kept.codec,
                sequence: past.sequence,
                timestamp: past.timestamp(kept.timestamp),
                marker: kept.marker,
                signals: kept.signals,
                captured: now,
                payload: &copy,
                rewrite: past.rewrite(kept.codec, kept.payload),
            };
            self.send(key, |participant, room| {
                participant.transport.as_mut()?.media.write_repair(track, &outgoing, now, room)
            });
        }
        self.repaired = copy;
    }

    /// Asks a page for what is missing of a track and due. The answer is whether anything is missing.
    pub(super) fn ask_for_missing(&mut self, key: Key, track: TrackKind) -> bool {
        let now = self.now;
        let transport = self.participant(key).and_then(|participant| participant.transport.as_ref());
        if !transport.is_some_and(|transport| transport.media.misses_packets(track)) {
            return false;
        }
        let asked =
            self.send(key, |participant, room| participant.transport.as_mut()?.media.write_nack(track, now, room));
        self.totals.nacks_sent += u64::from(asked);
        true
    }

    /// The receiver of a downlink asks; the question goes to whoever plays into it.
    fn pass_keyframe_request(&mut self, key: Key, track: TrackKind) {
        let source = self.participant(key).and_then(|participant| participant.sink(track).source_leg());
        if let Some(source) = source.and_then(|leg| self.legs.get(&leg).copied()) {
            self.want_keyframe(source, track);
        }
    }

    /// Asks a source for a keyframe, now or as soon as the throttle allows. One that is off is not asked: it will begin
    /// with one.
    pub(super) fn want_keyframe(&mut self, key: Key, track: TrackKind) {
        if track == TrackKind::Audio {
            return;
        }
        let now = self.now;
        if let Some(participant) = self.participant(key).filter(|found| found.tracks[track as usize].is_live(now)) {
            participant.track(track).keyframes.want();
            self.request_keyframe_if_due(key, track);
        }
    }

    pub(super) fn request_keyframe_if_due(&mut self, key: Key, track: TrackKind) {
        let now = self.now;
        let Some(participant) = self.participant(key) else { return };
        if !participant.is_connected() || !participant.track(track).keyframes.take_due(now) {
            return;
        }
        let asked = self
            .send(key, |participant, room| participant.transport.as_mut()?.media.write_keyframe_request(track, room));
        self.totals.keyframe_requests_sent += u64::from(asked);
    }
}

/// What became of a packet at one sink.
pub(super) enum Forwarded {
    Sent,
    NeedsKeyframe,
    /// The sink is not connected, does not have the codec or the path for it, or the packet is too old.
    NotSendable,
}
