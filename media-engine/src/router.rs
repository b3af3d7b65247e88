use model::{CallId, LegId};
use std::{collections::BTreeMap, ops::Range};
use wire::engine::Command;

/// Which shard holds which room.
#[derive(Debug)]
pub(crate) struct Router {
    rooms: BTreeMap<CallId, Placed>,
    legs: BTreeMap<LegId, CallId>,
    load: Vec<usize>,
}

#[derive(Debug)]
struct Placed {
    shard: usize,
    legs: Vec<LegId>,
}

impl Router {
    pub(crate) fn new(shards: usize) -> Self {
        Self { rooms: BTreeMap::new(), legs: BTreeMap::new(), load: vec![0; shards] }
    }

    /// The shards that a command is for. A new room goes to the shard with the fewest; prompts are everywhere.
    pub(crate) fn route(&mut self, command: &Command) -> Range<usize> {
        let shard = match command {
            Command::AddLeg { room, leg, .. } => {
                let shard = self.place(*room);
                self.insert(*room, *leg);
                shard
            }
            Command::SetPatches { room, .. } | Command::SetTaps { room, .. } => self.place(*room),
            // Any shard will find that it does not have the room.
            Command::PartLegs { room } => self.rooms.get(room).map_or(0, |placed| placed.shard),
            Command::Negotiate { leg, .. } | Command::RequestKeyframe { leg, .. } => self.shard_of(*leg),
            Command::RemoveLeg { leg } => {
                let shard = self.shard_of(*leg);
                self.remove(*leg);
                shard
            }
            Command::CloseRoom { room } => self.close(*room),
            Command::LoadPrompt { .. } | Command::UnloadPrompt { .. } => return 0..self.load.len(),
        };
        shard..shard + 1
    }

    fn place(&mut self, room: CallId) -> usize {
        if let Some(placed) = self.rooms.get(&room) {
            return placed.shard;
        }
        let shard = (0..self.load.len()).min_by_key(|&shard| self.load[shard]).unwrap_or(0);
        self.load[shard] += 1;
        self.rooms.insert(room, Placed { shard, legs: Vec::new() });
        shard
    }

    fn insert(&mut self, room: CallId, leg: LegId) {
        if self.legs.get(&leg) == Some(&room) {
            return;
        }
        self.remove(leg);
        self.legs.insert(leg, room);
        if let Some(placed) = self.rooms.get_mut(&room) {
            placed.legs.push(leg);
        }
    }

    fn remove(&mut self, leg: LegId) {
        let Some(room) = self.legs.remove(&leg) else { return };
        if let Some(placed) = self.rooms.get_mut(&room) {
            placed.legs.retain(|known| *known != leg);
        }
    }

    /// Any shard will say of a leg it does not hold that it is unknown.
    fn shard_of(&self, leg: LegId) -> usize {
        self.legs.get(&leg).and_then(|room| self.rooms.get(room)).map_or(0, |placed| placed.shard)
    }

    fn close(&mut self, room: CallId) -> usize {
        let Some(placed) = self.rooms.remove(&room) else { return 0 };
        for leg in placed.legs {
            self.legs.remove(&leg);
        }
        self.load[placed.shard] -= 1;
        placed.shard
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::PromptId;

    fn add(room: u128, leg: u128) -> Command {
        Command::AddLeg { room: CallId::of(room), leg: LegId::of(leg), offer: String::new() }
    }

    #[test]
    fn a_room_stays_on_its_shard_and_new_ones_go_where_there_are_fewest() {
        let mut router = Router::new(2);
        assert_eq!(router.route(&add(1, 11)).start, 0);
        assert_eq!(router.route(&add(2, 21)).start, 1);
        assert_eq!(router.route(&add(1, 12)).start, 0);
        assert_eq!(router.route(&Command::Negotiate { leg: LegId::of(21), offer: String::new() }).start, 1);
        assert_eq!(router.route(&Command::CloseRoom { room: CallId::of(2) }).start, 1);
        assert_eq!(router.route(&Command::RemoveLeg { leg: LegId::of(21) }).start, 0, "nobody's");
        assert_eq!(router.route(&add(3, 31)).start, 1);
        assert_eq!(router.route(&add(4, 41)).start, 0);
        assert_eq!(router.route(&Command::RemoveLeg { leg: LegId::of(12) }).start, 0);
        assert!(!router.legs.contains_key(&LegId::of(12)));
        assert_eq!(router.route(&Command::PartLegs { room: CallId::of(3) }).start, 1);
        assert_eq!(router.route(&Command::PartLegs { room: CallId::of(9) }).start, 0, "nobody's");
        assert_eq!(router.route(&Command::UnloadPrompt { prompt: PromptId::of(1) }), 0..2);
    }
}
