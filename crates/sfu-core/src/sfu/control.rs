use super::Sfu;
use crate::{
    limits::{LEGS_PER_ROOM, LEGS_PER_SHARD, STATS_INTERVAL},
    participant::{Key, Participant, Transport},
    room::{Room, common},
};
use model::{CallId, Codec, CommandId, LegId, TrackKind};
use wire::engine::{Command, Event, Refusal, Request, Source};

impl Sfu {
    /// Carries out a command of signaling.
    pub fn handle_request(&mut self, request: Request, now: std::time::Instant) {
        if self.rooms.is_empty() {
            self.next_tick = now + self.tick_step();
        }
        self.advance_clock(now);
        let Request { id, command } = request;
        let outcome = match command {
            Command::AddLeg { room, leg, offer } => self.add_leg(id, room, leg, &offer),
            Command::Negotiate { leg, offer } => self.negotiate(id, leg, &offer),
            Command::SetPatches { room, patches } => self.check_playlists(&patches).map(|()| {
                self.room(room).set_patches(patches);
                self.apply_patches(room);
            }),
            Command::PartLegs { room } => {
                if let Some(found) = self.rooms.get_mut(&room) {
                    found.part_legs();
                }
                self.apply_patches(room);
                Ok(())
            }
            Command::SetTaps { room, legs } => {
                self.room(room).tapped = legs.into_iter().take(LEGS_PER_ROOM).collect();
                self.apply_taps(room);
                Ok(())
            }
            Command::RequestKeyframe { leg, track } => {
                self.legs.get(&leg).copied().ok_or(Refusal::UnknownLeg).map(|key| self.want_keyframe(key, track))
            }
            Command::RemoveLeg { leg } => {
                self.remove_leg(leg);
                Ok(())
            }
            Command::CloseRoom { room } => {
                self.close_room(room);
                Ok(())
            }
            Command::LoadPrompt { prompt, first, of, frames } => self.prompts.load(prompt, first, of, frames),
            Command::UnloadPrompt { prompt } => {
                self.prompts.unload(prompt);
                Ok(())
            }
        };
        if let Err(reason) = outcome {
            self.events.push_back(Event::Refused { id, reason });
        }
    }

    fn room(&mut self, room: CallId) -> &mut Room {
        let now = self.now;
        let first_stats = now + STATS_INTERVAL.mul_f64(f64::from(self.random_number()) / f64::from(u16::MAX));
        self.rooms.entry(room).or_insert_with(|| {
            self.stats_due.insert((first_stats, room));
            Room::new(now, first_stats)
        })
    }

    fn add_leg(&mut self, id: CommandId, room: CallId, leg: LegId, offer: &str) -> Result<(), Refusal> {
        if self.repeats_answer(id, leg) {
            return Ok(());
        }
        let present = self.legs.get(&leg).copied();
        if present.is_none() && self.legs.len() >= LEGS_PER_SHARD {
            return Err(Refusal::Full { limit: "LEGS_PER_SHARD".into() });
        }
        let is_there = |found: &Room| found.legs.contains(&leg);
        if self.rooms.get(&room).is_some_and(|found| found.legs.len() >= LEGS_PER_ROOM && !is_there(found)) {
            return Err(Refusal::Full { limit: "LEGS_PER_ROOM".into() });
        }
        let preferred = self.preferred_codecs(room, leg);
        let (transport, answer) =
            self.build_transport(offer, &preferred).map_err(|detail| Refusal::InvalidOffer { detail })?;
        if present.is_some_and(|key| self.participant(key).is_some_and(|found| found.room != room)) {
            self.remove_leg(leg);
        }
        let key = self.legs.get(&leg).copied().unwrap_or_else(|| self.insert_leg(room, leg));
        self.drop_transport(key);
        self.demux.learn_ufrag(transport.negotiated().local_ufrag(), key);
        let (sinks, now) = (self.fresh_sinks(), self.now);
        if let Some(participant) = self.participant(key) {
            participant.install(transport, sinks, now);
            participant.answered = Some((id, answer.clone()));
        }
        self.events.push_back(Event::Answer { id, leg, sdp: answer });
        self.mark_dirty(key);
        self.apply_patches(room);
        self.apply_taps(room);
        self.meet_codecs(room);
        Ok(())
    }

    fn negotiate(&mut self, id: CommandId, leg: LegId, offer: &str) -> Result<(), Refusal> {
        if self.repeats_answer(id, leg) {
            return Ok(());
        }
        let key = self.legs.get(&leg).copied().ok_or(Refusal::UnknownLeg)?;
        let room = self.participant(key).ok_or(Refusal::UnknownLeg)?.room;
        let preferred = self.preferred_codecs(room, leg);
        let (config, identity) = (self.config.clone(), self.identity.clone());
        let participant = self.participant(key).ok_or(Refusal::UnknownLeg)?;
        let transport = participant.transport.as_ref().ok_or(Refusal::UnknownLeg)?;
        let ufrag_before = transport.negotiated().local_ufrag().to_owned();
        let outcome = self
            .guarded(key, |participant| {
                let transport = participant.transport.as_mut()?;
                Some(transport.renegotiate(&config, &identity, offer, &preferred))
            })
            .flatten()
            .unwrap_or_else(|| Err("the engine could not read it".into()));
        let answer = outcome.map_err(|detail| Refusal::InvalidOffer { detail })?;
        if let Some(participant) = self.participant(key) {
            participant.answered = Some((id, answer.clone()));
            participant.asked_for = None;
            let ufrag = participant.transport.as_ref().map(|transport| transport.negotiated().local_ufrag().to_owned());
            self.demux.forget_ufrag(&ufrag_before);
            if let Some(ufrag) = ufrag {
                self.demux.learn_ufrag(&ufrag, key);
            }
        }
        self.events.push_back(Event::Answer { id, leg, sdp: answer });
        self.mark_dirty(key);
        self.meet_codecs(room);
        Ok(())
    }

    /// The same request once more gets the same answer.
    fn repeats_answer(&mut self, id: CommandId, leg: LegId) -> bool {
        let Some(participant) = self.legs.get(&leg).copied().and_then(|key| self.participant(key)) else {
            return false;
        };
        let sdp = participant.answered.as_ref().filter(|(answered, _)| *answered == id).map(|(_, sdp)| sdp.clone());
        if participant.transport.is_none() {
            return false;
        }
        self.events.extend(sdp.clone().map(|sdp| Event::Answer { id, leg, sdp }));
        sdp.is_some()
    }

    /// A bug that a strange offer meets must not reach further than that offer.
    fn build_transport(&self, offer: &str, preferred: &[Codec]) -> Result<(Transport, String), String> {
        let build = || Transport::accept(&self.config, &self.identity, offer, preferred, self.now);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(build))
            .unwrap_or_else(|_| Err("the engine could not read it".into()))
    }

    fn insert_leg(&mut self, room: CallId, leg: LegId) -> Key {
        let (sinks, now) = (self.fresh_sinks(), self.now);
        let participant = Some(Box::new(Participant::new(leg, room, sinks, now)));
        let key = match self.free.pop() {
            Some(key) => {
                self.participants[key.0 as usize] = participant;
                key
            }
            None => {
                let index = u32::try_from(self.participants.len()).expect("LEGS_PER_SHARD bounds the participants");
                self.participants.push(participant);
                Key(index)
            }
        };
        self.legs.insert(leg, key);
        let room = self.room(room);
        room.legs.insert(leg);
        room.empty_since = None;
        key
    }

    pub(super) fn remove_leg(&mut self, leg: LegId) {
        let Some(key) = self.legs.get(&leg).copied() else { return };
        let now = self.now;
        let mut transmits = std::mem::take(&mut self.transmits);
        self.guarded(key, |participant| {
            if let Some(transport) = &mut participant.transport {
                transport.close(&mut transmits, now);
            }
        });
        self.transmits = transmits;
        self.drop_transport(key);
        self.set_playlist(key, None);
        self.legs.remove(&leg);
        let Some(participant) = self.participants.get_mut(key.0 as usize).and_then(Option::take) else { return };
        self.free.push(key);
        self.dirty.retain(|dirty| *dirty != key);
        if let Some(room) = self.rooms.get_mut(&participant.room) {
            room.legs.remove(&leg);
            room.empty_since = room.legs.is_empty().then_some(now);
        }
        self.apply_patches(participant.room);
        self.meet_codecs(participant.room);
    }

    fn close_room(&mut self, room: CallId) {
        let Some(found) = self.rooms.get_mut(&room) else { return };
        found.patches.clear();
        let legs = found.legs.clone();
        for leg in legs {
            self.remove_leg(leg);
        }
        if let Some(found) = self.rooms.remove(&room) {
            self.stats_due.remove(&(found.next_stats, room));
        }
    }

    /// Makes tracks and sinks what the room's patches say.
    fn apply_patches(&mut self, room: CallId) {
        let Some(found) = self.rooms.get(&room) else { return };
        let (patches, legs) = (found.patches.clone(), found.legs.clone());
        let keys: Vec<(LegId, Key)> = legs.iter().filter_map(|leg| Some((*leg, *self.legs.get(leg)?))).collect();
        let key_of = |leg: LegId| keys.iter().find(|(known, _)| *known == leg).map(|(_, key)| *key);
        let is_there = |source: &Source| source.leg().is_none_or(|leg| legs.contains(&leg));
        let (mut begun, mut played) = (Vec::new(), Vec::new());
        for &(leg, key) in &keys {
            let Some(participant) = self.participant(key) else { continue };
            for track in TrackKind::ALL {
                let into = patches.iter().find(|patch| patch.sink == leg && patch.track == track);
                let source = into.map(|patch| patch.source).filter(is_there);
                if participant.sink(track).set_source(source) {
                    begun.extend(source.and_then(Source::leg).and_then(key_of).map(|source| (source, track)));
                    played.extend((track == TrackKind::Audio).then_some((key, source)));
                }
                let out = patches.iter().filter(|patch| patch.source == leg.into() && patch.track == track);
                participant.track(track).sinks = out.filter_map(|patch| key_of(patch.sink)).collect();
            }
        }
        for (key, source) in played {
            let playlist = match &source {
                Some(Source::Prompts(playlist)) => Some(playlist),
                Some(Source::Leg(_)) | None => None,
            };
            self.set_playlist(key, playlist);
        }
        for (source, track) in begun {
            self.want_keyframe(source, track);
        }
    }

    fn apply_taps(&mut self, room: CallId) {
        let Some(found) = self.rooms.get(&room) else { return };
        let (tapped, legs) = (found.tapped.clone(), found.legs.clone());
        for leg in legs {
            let Some(key) = self.legs.get(&leg).copied() else { continue };
            let Some(participant) = self.participant(key) else { continue };
            let is_tapped = tapped.contains(&leg);
            if !std::mem::replace(&mut participant.is_tapped, is_tapped) && is_tapped {
                self.want_keyframe(key, TrackKind::Camera);
                self.want_keyframe(key, TrackKind::Screen);
            }
        }
    }

    /// The preference, with what the other legs of the room can take in front.
    fn preferred_codecs(&mut self, room: CallId, joining: LegId) -> Vec<Codec> {
        let others: Vec<Vec<Codec>> =
            self.video_codecs(room).into_iter().filter(|(leg, _)| *leg != joining).map(|(_, codecs)| codecs).collect();
        let mut preferred = common(&self.config.video_codecs, &others);
        let rest: Vec<Codec> =
            self.config.video_codecs.iter().copied().filter(|codec| !preferred.contains(codec)).collect();
        preferred.extend(rest);
        preferred
    }

    fn video_codecs(&mut self, room: CallId) -> Vec<(LegId, Vec<Codec>)> {
        let legs = self.rooms.get(&room).map(|room| room.legs.clone()).unwrap_or_default();
        legs.into_iter()
            .filter_map(|leg| {
                let key = self.legs.get(&leg).copied()?;
                let transport = self.participant(key)?.transport.as_ref()?;
                Some((leg, transport.negotiated().video_codecs().collect()))
            })
            .collect()
    }

    /// Asks every leg that sends video another leg cannot take to offer again with what all have.
    fn meet_codecs(&mut self, room: CallId) {
        let legs = self.video_codecs(room);
        let codecs: Vec<Vec<Codec>> = legs.iter().map(|(_, codecs)| codecs.clone()).collect();
        let shared = common(&self.config.video_codecs, &codecs);
        for (leg, _) in legs {
            let Some(participant) = self.legs.get(&leg).copied().and_then(|key| self.participant(key)) else {
                continue;
            };
            let Some(sends) = participant.transport.as_ref().and_then(|found| found.negotiated().first_video_codec())
            else {
                continue;
            };
            if shared.contains(&sends) {
                participant.asked_for = None;
            } else if participant.asked_for.as_ref() != Some(&shared) {
                participant.asked_for = Some(shared.clone());
                self.events.push_back(Event::RenegotiationNeeded { leg, video_codecs: shared.clone() });
            }
        }
    }
}
