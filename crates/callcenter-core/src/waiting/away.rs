//! Calls outside of working hours: the caller hears the away message, and the call ends.

use super::row::{AwayMessageRow, Wait};
use crate::call_center::{CallCenter, Turn};
use crate::command::{CommandError, Reply};
use crate::event::Event;
use crate::limits::MAX_AWAY_MESSAGES;
use crate::row::RowChange;
use crate::timers::Reason;
use crate::{check, sound};
use model::{CallId, WorkingHoursId};

impl CallCenter {
    pub(crate) fn put_away_message(&mut self, row: AwayMessageRow) -> Result<Reply, CommandError> {
        sound::check_placeless("audioSource", &row.message)?;
        self.known_hours(row.id)?;
        if !self.away_messages.contains_key(&row.id) {
            check::room_for_one("MAX_AWAY_MESSAGES", self.away_messages.len(), MAX_AWAY_MESSAGES)?;
        }
        self.check_room_for_prompts(usize::from(self.away_messages.contains_key(&row.id)), 1)?;
        self.outbox.save(RowChange::AwayMessage(row.clone()));
        self.away_messages.insert(row.id, row);
        self.want_prompts();
        Ok(Reply::Done)
    }

    pub(crate) fn delete_away_message(&mut self, hours: WorkingHoursId) -> Result<Reply, CommandError> {
        if !self.away_messages.contains_key(&hours) {
            return Err(CommandError::UnknownAwayMessage(hours));
        }
        self.forget_away_message(hours);
        Ok(Reply::Done)
    }

    /// It goes with its working hours.
    pub(crate) fn forget_away_message(&mut self, hours: WorkingHoursId) {
        if self.away_messages.remove(&hours).is_some() {
            self.outbox.save(RowChange::AwayMessageDeleted(hours));
            self.want_prompts();
        }
    }
}

impl CallCenter {
    /// The working hours outside of which the call came, and that have an away message.
    pub(crate) fn away_hours(&self, call: CallId) -> Option<WorkingHoursId> {
        self.closed_hours(call).filter(|hours| self.away_messages.contains_key(hours))
    }

    /// The working hours of the call's queue, while they are over and nobody is rung outside of them. Who calls one agent
    /// stands in no queue.
    fn closed_hours(&self, call: CallId) -> Option<WorkingHoursId> {
        let row = &self.call_ref(call).row;
        let queue =
            self.queues.get(&row.queue).filter(|queue| row.only_agent.is_none() && !queue.assign_outside_hours)?;
        self.hours_of(queue).filter(|hours| !hours.open).map(|hours| hours.row.id)
    }

    /// The call waits for nobody: as soon as the caller can hear it, the away message plays, and the call ends.
    pub(crate) fn turn_away(&mut self, call: CallId, hours: WorkingHoursId, turn: &Turn) {
        self.timers.cancel(Reason::MaximumWait(call));
        self.waiting.leave(call);
        self.edit_call(call, |row| row.wait = Wait { away: Some(hours), ..Wait::default() });
        self.log_of_call(turn, call, Event::CallTurnedAway { hours });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Message;
    use crate::command::{Command, NewCall};
    use crate::effect::Effect;
    use crate::row::{CallState, DayHours, LinkDestination, LinkRow, Snapshot, WorkingHoursRow};
    use model::{AccountId, AudioFileId, CallMedia, CommandId, LinkId, MediaTime, Now, WallTime};
    use std::collections::BTreeMap;
    use std::time::{Duration, Instant};
    use wire::engine::{Command as Engine, Playlist, Source};

    const HOURS: WorkingHoursId = WorkingHoursId::of(5);
    const FILE: AudioFileId = AudioFileId::of(6);
    const START: WallTime = WallTime(1_800_000_000_000);

    fn command(core: &mut CallCenter, number: u128, command: Command, now: Now) -> Reply {
        core.handle(command, CommandId::of((7 << 76) | (2 << 62) | (number << 20)), now).expect("it is carried out")
    }

    fn link() -> LinkRow {
        LinkRow {
            id: LinkId::of(1),
            secret_hash: "1".repeat(64),
            secret_sealed: String::new(),
            config: None,
            identity: None,
            display_name: None,
            show_identity: true,
            destination: LinkDestination::Conversations { display_name: None },
            custom_data: BTreeMap::new(),
            one_time: false,
            start: START,
            end: START.after(Duration::from_hours(1)),
            open_hours: None,
            created_by: None,
            created_at: START,
            used_at: None,
        }
    }

    /// The default hours, without any.
    fn never() -> WorkingHoursRow {
        WorkingHoursRow {
            id: HOURS,
            name: "Never".to_owned(),
            timezone: "UTC".to_owned(),
            message: String::new(),
            week: [DayHours::default(); 7],
            enabled: true,
            is_default: true,
            close_conversations: false,
            away_message_every_period: false,
            holidays: Vec::new(),
            created_at: START,
            updated_at: START,
        }
    }

    #[test]
    fn who_is_turned_away_hears_the_message_and_the_call_ends() {
        let now = Now { mono: Instant::now(), wall: START };
        let mut core = CallCenter::new(AccountId::of(1 << 96), Snapshot::default(), 7, now);
        let message = Message { enabled: true, source_type: None, speech: None, file: Some(FILE) };
        let prompt = message.source().expect("it is on").id();
        command(&mut core, 6, Command::PutWorkingHours(never()), now);
        command(&mut core, 1, Command::PutAwayMessage(Box::new(AwayMessageRow { id: HOURS, message })), now);
        command(&mut core, 2, Command::PromptMade { prompt, length: Duration::from_secs(3) }, now);
        command(&mut core, 3, Command::CreateLink(link()), now);
        let call = NewCall {
            link: LinkId::of(1),
            identity: "customer".to_owned(),
            display_name: "Customer".to_owned(),
            media: CallMedia::Audio,
            custom_data: BTreeMap::new(),
        };
        let Reply::CallStarted { call, leg } = command(&mut core, 4, Command::StartCall(call), now) else {
            panic!("it is no call")
        };
        command(&mut core, 5, Command::LegConnected { leg, at: MediaTime(1) }, now);
        let effects: Vec<Effect> = std::iter::from_fn(|| core.poll_effect()).collect();
        let played = effects.iter().rev().find_map(|effect| match effect {
            Effect::Engine(Engine::SetPatches { patches, .. }) => patches.first().map(|patch| patch.source),
            _ => None,
        });
        assert_eq!(played, Some(Source::Prompts(Playlist::once(prompt))));
        let later = now.after(Duration::from_millis(3_499));
        core.handle_timeout(CommandId::of(10), later);
        assert_eq!(core.call(call.id).map(|row| row.state), Some(CallState::Waiting));
        core.handle_timeout(CommandId::of(11), now.after(Duration::from_millis(3_500)));
        assert_eq!(core.call(call.id), None, "it ends after its message");
    }
}
