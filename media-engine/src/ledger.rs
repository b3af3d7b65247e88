use crate::limits::{NEGOTIATIONS, PROMPTS};
use model::{CallId, CommandId, LegId, MediaTime, PromptId};
use std::collections::{BTreeMap, BTreeSet};
use wire::engine::{Command, Event, HeldLeg, HeldRoom, Refusal, Request};

/// What an engine holds, as its commands and events tell.
#[derive(Debug, Default)]
pub struct Ledger {
    legs: BTreeMap<LegId, Entry>,
    /// Legs that were asked for and not yet answered.
    asked: BTreeMap<CommandId, (CallId, LegId)>,
    /// Prompts whose last part was handed over.
    prompts: BTreeSet<PromptId>,
}

#[derive(Debug)]
struct Entry {
    room: CallId,
    connected: Option<MediaTime>,
    path_lost: bool,
}

impl Ledger {
    /// Before a command is handed to the engine.
    pub fn note_request(&mut self, request: &Request) {
        match &request.command {
            Command::AddLeg { room, leg, .. } => {
                if self.asked.len() >= NEGOTIATIONS {
                    self.asked.pop_first();
                }
                self.asked.insert(request.id, (*room, *leg));
            }
            Command::RemoveLeg { leg } => {
                self.legs.remove(leg);
                self.asked.retain(|_, (_, asked)| asked != leg);
            }
            Command::CloseRoom { room } => {
                self.legs.retain(|_, entry| entry.room != *room);
                self.asked.retain(|_, (asked, _)| asked != room);
            }
            Command::LoadPrompt { prompt, first, of, frames } => {
                let is_last = *first as usize + frames.len() == *of as usize;
                if is_last && self.prompts.len() < PROMPTS {
                    self.prompts.insert(*prompt);
                }
            }
            Command::UnloadPrompt { prompt } => {
                self.prompts.remove(prompt);
            }
            Command::Negotiate { .. }
            | Command::SetPatches { .. }
            | Command::PartLegs { .. }
            | Command::SetTaps { .. }
            | Command::RequestKeyframe { .. } => {}
        }
    }

    /// When the engine reports something.
    pub fn note_event(&mut self, event: &Event) {
        match event {
            Event::Answer { id, .. } => {
                if let Some((room, leg)) = self.asked.remove(id) {
                    self.legs.insert(leg, Entry { room, connected: None, path_lost: false });
                }
            }
            Event::Refused { id, reason } => {
                self.asked.remove(id);
                if let Refusal::UnknownPrompt { prompt }
                | Refusal::TooManyPrompts { prompt, .. }
                | Refusal::PromptTooLong { prompt, .. }
                | Refusal::InvalidPrompt { prompt, .. } = reason
                {
                    self.prompts.remove(prompt);
                }
            }
            Event::LegConnected { leg, at } => self.edit(*leg, |entry| {
                entry.connected = Some(*at);
                entry.path_lost = false;
            }),
            Event::PathLost { leg } => self.edit(*leg, |entry| entry.path_lost = true),
            Event::PathBack { leg } => self.edit(*leg, |entry| entry.path_lost = false),
            Event::LegClosed { leg, .. } => {
                self.legs.remove(leg);
            }
            Event::Holds { rooms, prompts } => {
                self.prompts = prompts.iter().copied().take(PROMPTS).collect();
                let entry = |room: CallId, held: &HeldLeg| {
                    let entry = Entry { room, connected: held.connected, path_lost: held.path_lost };
                    (held.leg, entry)
                };
                self.legs = rooms.iter().flat_map(|held| held.legs.iter().map(|leg| entry(held.room, leg))).collect();
            }
            Event::RenegotiationNeeded { .. } | Event::Stats { .. } => {}
        }
    }

    fn edit(&mut self, leg: LegId, edit: impl FnOnce(&mut Entry)) {
        // An event of a leg that was just removed comes too late.
        if let Some(entry) = self.legs.get_mut(&leg) {
            edit(entry);
        }
    }

    /// Whether the room has a leg.
    pub fn has_room(&self, room: CallId) -> bool {
        self.legs.values().any(|entry| entry.room == room)
    }

    /// Every whole prompt.
    pub fn prompts(&self) -> &BTreeSet<PromptId> {
        &self.prompts
    }

    /// Every room with its legs.
    pub fn holds(&self) -> Vec<HeldRoom> {
        let mut rooms: BTreeMap<CallId, Vec<HeldLeg>> = BTreeMap::new();
        for (leg, entry) in &self.legs {
            let held = HeldLeg { leg: *leg, connected: entry.connected, path_lost: entry.path_lost };
            rooms.entry(entry.room).or_default().push(held);
        }
        rooms.into_iter().map(|(room, legs)| HeldRoom { room, legs }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::prompt::Frames;

    const ROOM: CallId = CallId::of(1);
    const LEG: LegId = LegId::of(11);

    fn request(id: u128, command: Command) -> Request {
        Request { id: CommandId::of(id), command }
    }

    fn add(id: u128) -> Request {
        request(id, Command::AddLeg { room: ROOM, leg: LEG, offer: String::new() })
    }

    fn answer(id: u128) -> Event {
        Event::Answer { id: CommandId::of(id), leg: LEG, sdp: String::new() }
    }

    fn held(connected: Option<u64>, path_lost: bool) -> Vec<HeldRoom> {
        vec![HeldRoom { room: ROOM, legs: vec![HeldLeg { leg: LEG, connected: connected.map(MediaTime), path_lost }] }]
    }

    #[test]
    fn a_leg_is_held_from_its_answer_to_its_end() {
        let mut ledger = Ledger::default();
        ledger.note_request(&add(1));
        assert!(ledger.holds().is_empty());
        ledger.note_event(&answer(1));
        assert_eq!(ledger.holds(), held(None, false));
        ledger.note_event(&Event::LegConnected { leg: LEG, at: MediaTime(5) });
        ledger.note_event(&Event::PathLost { leg: LEG });
        assert_eq!(ledger.holds(), held(Some(5), true));
        ledger.note_event(&Event::PathBack { leg: LEG });
        assert_eq!(ledger.holds(), held(Some(5), false));
        ledger.note_request(&add(2));
        assert_eq!(ledger.holds(), held(Some(5), false), "the old transport lives until the answer");
        ledger.note_event(&answer(2));
        assert_eq!(ledger.holds(), held(None, false), "a rejoin begins anew");
        ledger.note_event(&Event::LegClosed { leg: LEG, reason: "silence".into() });
        assert!(ledger.holds().is_empty() && !ledger.has_room(ROOM));
        ledger.note_event(&Event::Holds { rooms: held(Some(7), true), prompts: Vec::new() });
        assert!(ledger.has_room(ROOM));
        assert_eq!(ledger.holds(), held(Some(7), true), "what it is told as a whole replaces what it knew");
    }

    #[test]
    fn what_is_refused_or_removed_meanwhile_is_not_held() {
        let mut ledger = Ledger::default();
        ledger.note_request(&add(1));
        ledger.note_event(&Event::Refused { id: CommandId::of(1), reason: Refusal::UnknownLeg });
        ledger.note_event(&answer(1));
        ledger.note_request(&add(2));
        ledger.note_request(&request(3, Command::RemoveLeg { leg: LEG }));
        ledger.note_event(&answer(2));
        ledger.note_request(&add(4));
        ledger.note_request(&request(5, Command::CloseRoom { room: ROOM }));
        ledger.note_event(&answer(4));
        assert!(ledger.holds().is_empty());
    }

    #[test]
    fn a_prompt_is_held_from_its_last_part_until_it_is_unloaded_or_refused() {
        let prompt = PromptId::of(5);
        let part = |first, of| {
            let frames = Frames::new([[1].as_slice(); 2]);
            request(9, Command::LoadPrompt { prompt, first, of, frames })
        };
        let mut ledger = Ledger::default();
        ledger.note_request(&part(0, 4));
        assert!(ledger.prompts().is_empty());
        ledger.note_request(&part(2, 4));
        assert!(ledger.prompts().contains(&prompt));
        let reason = Refusal::TooManyPrompts { prompt, limit: "PROMPTS".into() };
        ledger.note_event(&Event::Refused { id: CommandId::of(9), reason });
        assert!(ledger.prompts().is_empty());
        ledger.note_event(&Event::Holds { rooms: Vec::new(), prompts: vec![prompt] });
        assert!(ledger.prompts().contains(&prompt));
        ledger.note_request(&request(10, Command::UnloadPrompt { prompt }));
        assert!(ledger.prompts().is_empty());
    }
}
