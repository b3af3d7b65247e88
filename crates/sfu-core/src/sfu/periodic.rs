use super::Sfu;
use crate::{
    limits::{EMPTY_ROOM_KEPT, STATS_INTERVAL},
    participant::{Change, Key, Participant, Transport},
    stats::{codec_impairment, quality_of},
};
use model::{CallId, LegId, TrackKind};
use quality::Hop;
use std::{collections::BTreeMap, time::Duration};
use wire::{
    engine::{Event, LegStats},
    quality::LegQuality,
};

/// Seconds in a row for which sound must go one way only before a leg is called one-way.
const ONE_WAY_SECONDS: u32 = 2;

impl Sfu {
    pub(super) fn tick(&mut self) {
        for at in (self.tick_part..self.participants.len()).step_by(self.ticks) {
            let key = Key(at as u32);
            if self.participant(key).is_some() {
                self.check_liveness(key);
                self.ask_for_keyframes(key);
                self.send_report(key);
                self.tell_arrivals(key);
                self.tell_limit(key);
            }
        }
        self.ask_again();
        self.report();
        if self.tick_part == 0 {
            self.forget_empty_rooms();
        }
    }

    /// Sender and receiver reports of a leg, where they are due.
    fn send_report(&mut self, key: Key) {
        let (now, wall) = (self.now, self.config.media_time(self.now));
        let Some(participant) = self.participant(key) else { return };
        let is_due = |transport: &&Transport| transport.is_connected() && transport.media.next_report() <= now;
        if participant.transport.as_ref().filter(is_due).is_none() {
            return;
        }
        let jitter = participant.tracks.each_ref().map(|track| track.reception.jitter_units());
        self.send(key, |participant, room| participant.transport.as_mut()?.media.write_report(jitter, now, wall, room));
    }

    /// Transport-wide feedback, by which a page finds out what its path carries.
    fn tell_arrivals(&mut self, key: Key) {
        let now = self.now;
        let transport = self.participant(key).and_then(|participant| participant.transport.as_ref());
        if !transport.is_some_and(|transport| transport.media.has_arrivals_to_tell(now)) {
            return;
        }
        while self.send(key, |participant, room| participant.transport.as_mut()?.media.write_arrivals(room)) {}
    }

    /// What a page may send of video is what the weakest of its receivers can take.
    fn tell_limit(&mut self, key: Key) {
        let now = self.now;
        let Some(participant) = self.participant(key) else { return };
        if let Some(transport) = &mut participant.transport {
            transport.media.estimate_again(now);
        }
        let mut least = None;
        for track in [TrackKind::Camera, TrackKind::Screen] {
            let Some(participant) = self.participant(key) else { return };
            let sinks = std::mem::take(&mut participant.track(track).sinks);
            for &sink in &sinks {
                let transport = self.participant(sink).and_then(|sink| sink.transport.as_ref());
                let estimate = transport.and_then(|transport| transport.media.video_estimate());
                least = least.into_iter().chain(estimate).min();
            }
            let Some(participant) = self.participant(key) else { return };
            participant.track(track).sinks = sinks;
        }
        if let Some(least) = least {
            self.send(key, |participant, room| participant.transport.as_mut()?.media.write_limit(least, now, room));
        }
    }

    /// Repeats requests for packets that did not come.
    fn ask_again(&mut self) {
        let mut missing = std::mem::take(&mut self.missing);
        missing.retain(|&(key, track)| self.ask_for_missing(key, track));
        self.missing = missing;
    }

    fn check_liveness(&mut self, key: Key) {
        let (now, window) = (self.now, self.config.reconnect_window);
        let Some(participant) = self.participant(key) else { return };
        let leg = participant.leg;
        let Some(transport) = &mut participant.transport else { return };
        transport.paths.reconsider(now);
        match participant.liveness.check(now, window) {
            Some(Change::Lost) => self.events.push_back(Event::PathLost { leg }),
            Some(Change::Expired) => {
                self.lose_transport(key, "no authenticated packet came within the reconnect window")
            }
            Some(Change::Back) | None => {}
        }
    }

    /// Repeats requests that the throttle held back, and those of sinks that still wait for their first keyframe.
    fn ask_for_keyframes(&mut self, key: Key) {
        let now = self.now;
        for track in [TrackKind::Camera, TrackKind::Screen] {
            let Some(participant) = self.participant(key) else { return };
            let sinks = participant.track(track).sinks.clone();
            let is_waited_for = sinks.into_iter().any(|sink| {
                self.participant(sink).is_some_and(|sink| {
                    let takes = sink.transport.as_ref().is_some_and(|transport| transport.media.takes(track));
                    takes && sink.is_connected() && sink.sink(track).is_waiting()
                })
            });
            let Some(participant) = self.participant(key) else { return };
            if is_waited_for {
                participant.track(track).want_first_keyframe(now);
            }
            self.request_keyframe_if_due(key, track);
        }
    }

    fn forget_empty_rooms(&mut self) {
        let now = self.now;
        let stats_due = &mut self.stats_due;
        self.rooms.retain(|id, room| {
            let is_kept = room.empty_since.is_none_or(|since| now.saturating_duration_since(since) < EMPTY_ROOM_KEPT);
            if !is_kept {
                stats_due.remove(&(room.next_stats, *id));
            }
            is_kept
        });
    }

    /// Statistics of the rooms whose second is over. Rooms have seconds of their own: a thousand legs at once would hold
    /// up every packet for milliseconds.
    fn report(&mut self) {
        let now = self.now;
        let mut legs: Vec<LegStats> = Vec::new();
        while let Some((_, id)) = self.stats_due.first().filter(|(at, _)| *at <= now).copied() {
            self.stats_due.pop_first();
            legs.extend(self.report_room(id));
        }
        if !legs.is_empty() {
            self.events.push_back(Event::Stats { legs });
        }
    }

    fn report_room(&mut self, id: CallId) -> Vec<LegStats> {
        let Some(room) = self.rooms.get(&id) else { return Vec::new() };
        let keys: Vec<Key> = room.legs.iter().filter_map(|leg| self.legs.get(leg).copied()).collect();
        let seconds: Seconds = keys.into_iter().filter_map(|key| Some((key, self.end_second(key)?))).collect();
        let legs: Vec<LegStats> =
            seconds.iter().filter_map(|(key, heard)| self.leg_stats(*key, heard, &seconds)).collect();
        if let Some(room) = self.rooms.get_mut(&id) {
            room.next_stats = (room.next_stats + STATS_INTERVAL).max(self.now + STATS_INTERVAL / 2);
            self.stats_due.insert((room.next_stats, id));
            room.connected_legs = seconds.values().filter(|heard| heard.is_connected).count() as u64;
            room.one_way_legs = legs.iter().filter(|stats| stats.one_way).count() as u64;
            room.legs_without_video = legs.iter().filter(|stats| stats.quality.video_held_back).count() as u64;
        }
        legs
    }

    /// Ends the second of a leg's tracks.
    fn end_second(&mut self, key: Key) -> Option<Heard> {
        let now = self.now;
        let participant = self.participant(key)?;
        let is_connected = participant.is_connected();
        participant.transport.as_ref()?;
        let mut heard = Heard { is_connected, ..Heard::nothing(participant.leg) };
        let mut lost = 0;
        for kind in TrackKind::ALL {
            let track = participant.track(kind);
            let second = track.reception.take_second();
            lost += second.lost;
            if second.packets > 0 {
                heard.receiving.push(kind);
            }
            if kind == TrackKind::Audio {
                heard.audio_in = second.packets;
                heard.audio_forwarded = track.forwarded;
                heard.level = second.level;
                participant.measure.note(second);
            }
            participant.track(kind).forwarded = 0;
        }
        let sent = participant.sink(TrackKind::Audio).sent;
        heard.audio_out = sent.saturating_sub(std::mem::replace(&mut participant.measure.sent_before, sent));
        heard.rtt = participant.downlinks.iter().find_map(|downlink| downlink.rtt);
        heard.uplink = participant.measure.uplink(heard.rtt.unwrap_or_default());
        heard.downlink = participant.downlinks[TrackKind::Audio as usize]
            .hop(now)
            .filter(|_| heard.audio_out > 0)
            .map(|(loss, jitter)| Hop { loss, burst_ratio: 1.0, jitter, rtt: heard.rtt.unwrap_or_default() });
        let lost_downlink: u64 = participant.downlinks.iter_mut().map(|downlink| downlink.take_lost()).sum();
        self.totals.packets_lost += lost;
        self.totals.packets_lost_downlink += lost_downlink;
        Some(heard)
    }

    fn leg_stats(&mut self, key: Key, own: &Heard, all: &Seconds) -> Option<LegStats> {
        let at = self.config.media_time(self.now);
        let source = self.participant(key)?.sink(TrackKind::Audio).source_leg();
        let heard = source.and_then(|source| self.legs.get(&source)).and_then(|source| all.get(source));
        let participant = self.participant(key)?;
        let is_one_way = own.is_unheard(participant, all) || heard.is_some_and(|source| source.does_not_reach(own));
        let measure = &mut participant.measure;
        measure.one_way_seconds = if is_one_way { measure.one_way_seconds + 1 } else { 0 };
        let one_way = measure.one_way_seconds >= ONE_WAY_SECONDS;
        let has_fec =
            participant.transport.as_ref().map(Transport::negotiated).is_some_and(|found| found.has_opus_fec());
        let video_held_back = has_video_held_back(participant, all);
        let quality = quality_of(
            &mut participant.measure,
            own.downlink,
            heard.and_then(|source| source.uplink),
            own.rtt,
            codec_impairment(has_fec),
        );
        let quality = LegQuality { video_held_back, ..quality };
        Some(LegStats { leg: own.leg, at, quality, receiving: own.receiving.clone(), one_way, audio_level: own.level })
    }
}

/// Somebody films for a participant whose path has no room for video.
fn has_video_held_back(participant: &mut Participant, all: &Seconds) -> bool {
    [TrackKind::Camera, TrackKind::Screen].into_iter().any(|track| {
        let source = participant.sink(track).source_leg();
        let films = |heard: &Heard| Some(heard.leg) == source && heard.receiving.contains(&track);
        let takes = participant.transport.as_ref().is_none_or(|transport| transport.media.takes(track));
        !takes && all.values().any(films)
    })
}

/// What one second brought of each leg.
type Seconds = BTreeMap<Key, Heard>;

/// What one second brought of a leg.
struct Heard {
    leg: LegId,
    is_connected: bool,
    audio_in: u64,
    audio_forwarded: u64,
    audio_out: u64,
    level: u8,
    receiving: Vec<TrackKind>,
    rtt: Option<Duration>,
    uplink: Option<Hop>,
    downlink: Option<Hop>,
}

impl Heard {
    fn nothing(leg: LegId) -> Self {
        Self {
            leg,
            is_connected: false,
            audio_in: 0,
            audio_forwarded: 0,
            audio_out: 0,
            level: 0,
            receiving: Vec::new(),
            rtt: None,
            uplink: None,
            downlink: None,
        }
    }

    /// It speaks, somebody connected should hear it, and nothing went out.
    fn is_unheard(&self, participant: &mut Participant, all: &Seconds) -> bool {
        let mut sinks = participant.track(TrackKind::Audio).sinks.iter();
        let has_listener = sinks.any(|sink| all.get(sink).is_some_and(|heard| heard.is_connected));
        has_listener && self.audio_in > 0 && self.audio_forwarded == 0
    }

    /// It speaks, `sink` is connected and patched to it, and nothing went there.
    fn does_not_reach(&self, sink: &Self) -> bool {
        self.audio_in > 0 && sink.is_connected && sink.audio_out == 0
    }
}
