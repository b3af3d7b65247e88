use super::Sfu;
use crate::{
    limits::TAP_FRAMES,
    participant::{Change, Key, MediaPacket, OutgoingPacket, Output, Report},
};
use bytes::Bytes;
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
            Output::Media(packet) => self.forward(key, packet),
            Output::KeyframeRequested(track) => self.pass_keyframe_request(key, track),
            Output::Report(report) => self.note_report(key, &report),
            Output::Closed(reason) => self.lose_transport(key, &reason),
        }
    }

    /// A packet to everyone who is to have it.
    fn forward(&mut self, key: Key, packet: MediaPacket) {
        let now = self.now;
        self.totals.media_in[packet.track as usize].add(packet.payload.len());
        self.totals.packets_repaired += u64::from(packet.repaired);
        let Some(participant) = self.participant(key) else { return };
        let (leg, is_tapped) = (participant.leg, participant.is_tapped);
        let change = participant.liveness.heard(now);
        let captured = packet.captured.map_or(now, |captured| participant.clock.local_time(now, captured));
        let track = participant.track(packet.track);
        track.received(&packet, now);
        let sinks = std::mem::take(&mut track.sinks);
        if change == Some(Change::Back) {
            self.events.push_back(Event::PathBack { leg });
        }
        if is_tapped {
            self.tap(leg, &packet);
        }
        let mut forwarded = false;
        let mut is_waited_for = false;
        for &sink in &sinks {
            match self.forward_to(sink, &packet, captured) {
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
    }

    fn forward_to(&mut self, key: Key, packet: &MediaPacket, captured: Instant) -> Forwarded {
        let now = self.now;
        let Some(participant) = self.participant(key) else { return Forwarded::NotSendable };
        let payload_type = participant
            .transport
            .as_ref()
            .filter(|transport| transport.is_connected())
            .and_then(|transport| transport.negotiated().payload_type(packet.codec));
        let sink = participant.sink(packet.track);
        let Some(payload_type) = payload_type else {
            sink.interrupt();
            return Forwarded::NotSendable;
        };
        let Some(munged) = sink.munge(packet, now) else {
            return if sink.is_waiting() { Forwarded::NeedsKeyframe } else { Forwarded::NotSendable };
        };
        let outgoing = OutgoingPacket {
            payload_type,
            sequence: munged.sequence,
            timestamp: munged.timestamp,
            marker: munged.marker,
            signals: packet.signals,
            captured,
            payload: munged.payload,
        };
        let sent = self.guarded(key, |participant| {
            participant.transport.as_mut().is_some_and(|transport| transport.send(packet.track, outgoing))
        });
        if sent != Some(true) {
            return Forwarded::NotSendable;
        }
        self.totals.media_out[packet.track as usize].add(packet.payload.len());
        self.mark_dirty(key);
        Forwarded::Sent
    }

    fn tap(&mut self, leg: model::LegId, packet: &MediaPacket) {
        if self.taps.len() >= TAP_FRAMES {
            self.taps.pop_front();
            self.totals.tap_frames_dropped += 1;
        }
        self.taps.push_back(TapFrame {
            leg,
            track: packet.track,
            codec: packet.codec,
            arrival: self.config.media_time(self.now),
            ssrc: packet.ssrc,
            rtp_time: packet.timestamp,
            sequence: packet.sequence,
            marker: packet.marker,
            payload: Bytes::from_owner(std::sync::Arc::clone(&packet.payload)),
        });
    }

    /// The receiver of a downlink asks; the question goes to whoever plays into it.
    fn pass_keyframe_request(&mut self, key: Key, track: TrackKind) {
        let source = self.participant(key).and_then(|participant| participant.sink(track).source());
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
        let asked = self.guarded(key, |participant| {
            participant.transport.as_mut().is_some_and(|transport| transport.request_keyframe(track))
        });
        if asked == Some(true) {
            self.mark_dirty(key);
        }
    }

    fn note_report(&mut self, key: Key, report: &Report) {
        let now = self.now;
        match *report {
            Report::Ingress { track, nacks_sent, keyframe_requests_sent, rtt } => {
                let Some(participant) = self.participant(key) else { return };
                let sent = &mut participant.sent[track as usize];
                let nacks = nacks_sent.saturating_sub(sent.nacks);
                let requests = keyframe_requests_sent.saturating_sub(sent.keyframe_requests);
                sent.nacks = nacks_sent.max(sent.nacks);
                sent.keyframe_requests = keyframe_requests_sent.max(sent.keyframe_requests);
                let downlink = &mut participant.downlinks[track as usize];
                downlink.rtt = downlink.rtt.or(rtt);
                self.totals.nacks_sent += nacks;
                self.totals.keyframe_requests_sent += requests;
            }
            Report::Egress { track, .. } => {
                let source = self.participant(key).and_then(|participant| participant.sink(track).source());
                let source = source.and_then(|leg| self.legs.get(&leg).copied());
                let uplink_jitter = source
                    .and_then(|source| self.participant(source))
                    .map(|source| source.track(track).reception.jitter())
                    .unwrap_or_default();
                let Some(participant) = self.participant(key) else { return };
                let codec = if track == TrackKind::Audio { Codec::Opus } else { Codec::Vp8 };
                let downlink = &mut participant.downlinks[track as usize];
                let (nacks, requests) = (downlink.nacks, downlink.keyframe_requests);
                downlink.note(report, &participant.sinks[track as usize], uplink_jitter, codec, now);
                let nacks = downlink.nacks.saturating_sub(nacks);
                let requests = downlink.keyframe_requests.saturating_sub(requests);
                self.totals.nacks_received += nacks;
                self.totals.keyframe_requests_received += requests;
            }
        }
    }
}

/// What became of a packet at one sink.
enum Forwarded {
    Sent,
    NeedsKeyframe,
    /// The sink is not connected, does not have the codec, or the packet is too old.
    NotSendable,
}
