//! Strategies as they are set, and which of them a call waits by.

use super::row::{ClientType, PeriodicMessage, Sender, WaitingCondition, WaitingStrategyFields, WaitingStrategyRow};
use crate::audio::{Message, PromptSource, Span};
use crate::call::Call;
use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, Reply};
use crate::limits::{
    ANNOUNCED_POSITIONS, MAX_PROMPTS, MAX_SPOKEN_TEXT, MAX_STRATEGY_CONDITIONS, MAX_STRATEGY_NAME, MAX_WAIT,
    MAX_WAITING_STRATEGIES, RATE_PERMILLE,
};
use crate::row::RowChange;
use crate::settings::ANNOUNCEMENT_INTERVAL;
use model::{PromptId, QueueId, WaitingStrategyId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// All calls of browsers, as a sender.
pub const ALL_WEB_CALLS: &str = "conversations";

/// A strategy with what follows from it.
#[derive(Debug)]
pub(crate) struct Strategy {
    pub(crate) row: WaitingStrategyRow,
    pub(crate) greeting: Option<PromptId>,
    pub(crate) music: Background,
    pub(crate) announcement: Option<Announced>,
    pub(crate) last_message: Option<PromptId>,
    /// How many prompts it plays.
    prompts: usize,
}

/// What plays behind everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Background {
    Silence,
    /// The music that comes with the program.
    Preset,
    File(PromptId),
}

/// What interrupts the music.
#[derive(Debug)]
pub(crate) struct Announced {
    /// One for each place from the first on; a single one where the text names no place.
    prompts: Vec<PromptId>,
    names_position: bool,
    pub(crate) interval: Duration,
}

impl Announced {
    fn of(periodic: &PeriodicMessage) -> Option<Self> {
        let names_position = periodic.message.names_position();
        let places = if names_position { ANNOUNCED_POSITIONS } else { 1 };
        let prompts: Vec<_> =
            (1..=places).filter_map(|place| periodic.message.source_at(place)).map(|source| source.id()).collect();
        let interval = periodic.repeat_interval.map_or(ANNOUNCEMENT_INTERVAL, Span::duration);
        (!prompts.is_empty()).then_some(Self { prompts, names_position, interval })
    }

    /// What is said at this place; nothing far behind.
    pub(crate) fn at(&self, position: u32) -> Option<PromptId> {
        let index = if self.names_position { position.saturating_sub(1) } else { 0 };
        usize::try_from(index).ok().and_then(|index| self.prompts.get(index)).copied()
    }
}

impl Strategy {
    pub(crate) fn of(row: WaitingStrategyRow) -> Self {
        let id = |message: &Option<Message>| message.as_ref().and_then(Message::source).map(|source| source.id());
        let music = match row.fields.music {
            None => Background::Preset,
            Some(music) if !music.enabled => Background::Silence,
            Some(music) => {
                music.file.map_or(Background::Preset, |file| Background::File(PromptSource::File(file).id()))
            }
        };
        let mut strategy = Self {
            greeting: id(&row.fields.greeting),
            music,
            announcement: row.fields.announcement.as_ref().and_then(Announced::of),
            last_message: id(&row.fields.last_message),
            prompts: 0,
            row,
        };
        strategy.prompts = strategy.sources().count();
        strategy
    }

    /// Everything that it plays.
    pub(crate) fn sources(&self) -> impl Iterator<Item = PromptSource> {
        let fields = &self.row.fields;
        let messages = [&fields.greeting, &fields.last_message].into_iter().flatten().filter_map(Message::source);
        let music = fields.music.filter(|music| music.enabled).and_then(|music| music.file).map(PromptSource::File);
        let announced = fields.announcement.iter().flat_map(|periodic| {
            let places = if periodic.message.names_position() { ANNOUNCED_POSITIONS } else { 1 };
            (1..=places).filter_map(move |place| periodic.message.source_at(place))
        });
        messages.chain(music).chain(announced)
    }
}

/// All strategies of the account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Strategies {
    by_id: BTreeMap<WaitingStrategyId, Arc<Strategy>>,
    by_queue: BTreeMap<QueueId, WaitingStrategyId>,
    by_sender: BTreeMap<Sender, WaitingStrategyId>,
}

impl Strategies {
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Strategy>> {
        self.by_id.values()
    }

    pub(crate) fn get(&self, id: WaitingStrategyId) -> Option<&Arc<Strategy>> {
        self.by_id.get(&id)
    }

    pub(crate) fn put(&mut self, row: WaitingStrategyRow) {
        self.remove(row.id);
        match &row.fields.condition {
            WaitingCondition::Queue(queues) => self.by_queue.extend(queues.iter().map(|queue| (*queue, row.id))),
            WaitingCondition::Sender(senders) => {
                self.by_sender.extend(senders.iter().map(|sender| (sender.clone(), row.id)));
            }
        }
        self.by_id.insert(row.id, Arc::new(Strategy::of(row)));
    }

    /// How many prompts all of them play.
    pub(super) fn prompts(&self) -> usize {
        self.all().map(|strategy| strategy.prompts).sum()
    }

    fn remove(&mut self, id: WaitingStrategyId) {
        self.by_id.remove(&id);
        self.by_queue.retain(|_, strategy| *strategy != id);
        self.by_sender.retain(|_, strategy| *strategy != id);
    }

    /// A strategy other than `own` for some of the same calls.
    fn rival(&self, own: WaitingStrategyId, condition: &WaitingCondition) -> Option<&WaitingStrategyRow> {
        let rival = match condition {
            WaitingCondition::Queue(queues) => {
                queues.iter().find_map(|queue| self.by_queue.get(queue).filter(|id| **id != own))
            }
            WaitingCondition::Sender(senders) => {
                senders.iter().find_map(|sender| self.by_sender.get(sender).filter(|id| **id != own))
            }
        };
        rival.and_then(|id| self.get(*id)).map(|strategy| &strategy.row)
    }
}

impl CallCenter {
    /// What was called decides before the queue does. A call to one agent waits for that agent and in no queue.
    pub(super) fn strategy_for(&self, call: &Call) -> Option<Arc<Strategy>> {
        if call.row.only_agent.is_some() {
            return None;
        }
        let sender = |identifier: String| Sender { client: ClientType::Webrtc, identifier };
        let link = call.row.link.map(|link| sender(link.to_string()));
        let senders = link.into_iter().chain([sender(ALL_WEB_CALLS.to_owned())]);
        let by_sender = senders.into_iter().find_map(|sender| self.strategies.by_sender.get(&sender));
        let id = by_sender.or_else(|| self.strategies.by_queue.get(&call.row.queue))?;
        self.strategies.get(*id).cloned()
    }

    pub(crate) fn put_waiting_strategy(
        &mut self,
        id: Option<WaitingStrategyId>,
        fields: WaitingStrategyFields,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        let known = id.map(|id| self.known_strategy(id)).transpose()?;
        let created_at = known.map_or(turn.now.wall, |strategy| strategy.row.created_at);
        if id.is_none() {
            check::room_for_one("MAX_WAITING_STRATEGIES", self.strategies.by_id.len(), MAX_WAITING_STRATEGIES)?;
        }
        self.check_strategy(&fields)?;
        let id = id.unwrap_or_else(|| WaitingStrategyId(turn.ids.next_id()));
        if let Some(rival) = self.strategies.rival(id, &fields.condition) {
            let named = rival.fields.name.clone().unwrap_or_else(|| rival.id.to_string());
            return Err(check::invalid(
                "condition",
                format!("the waiting strategy {named:?} is for one of these already"),
            ));
        }
        let row = WaitingStrategyRow { id, fields, created_at, updated_at: turn.now.wall };
        let others = self.strategies.all().filter(|other| other.row.id != id);
        let prompts = others.map(|other| other.prompts).sum::<usize>() + Strategy::of(row.clone()).prompts;
        let prompts = prompts + self.away_messages.len();
        check::room_for_one("MAX_PROMPTS", prompts.saturating_sub(1), MAX_PROMPTS)?;
        self.outbox.save(RowChange::WaitingStrategy(row.clone()));
        self.strategies.put(row.clone());
        self.want_prompts();
        Ok(Reply::WaitingStrategy(Box::new(row)))
    }

    pub(crate) fn delete_waiting_strategy(&mut self, id: WaitingStrategyId) -> Result<Reply, CommandError> {
        self.known_strategy(id)?;
        self.strategies.remove(id);
        self.outbox.save(RowChange::WaitingStrategyDeleted(id));
        self.want_prompts();
        Ok(Reply::Done)
    }

    fn known_strategy(&self, id: WaitingStrategyId) -> Result<&Arc<Strategy>, CommandError> {
        self.strategies.get(id).ok_or(CommandError::UnknownWaitingStrategy(id))
    }

    fn check_strategy(&self, fields: &WaitingStrategyFields) -> Result<(), CommandError> {
        if let Some(name) = &fields.name {
            check::name("name", name)?;
            check::at_most("name", name, MAX_STRATEGY_NAME)?;
        }
        check_span("maximumWaitTime", fields.maximum_wait)?;
        let messages = [("greetingMessage", &fields.greeting), ("maximumWaitTimeMessage", &fields.last_message)];
        for (field, message) in messages {
            let Some(message) = message else { continue };
            check_message(field, message)?;
            if message.names_position() {
                return Err(check::invalid(field, "only the announcement can name the place in the queue"));
            }
        }
        if let Some(periodic) = &fields.announcement {
            check_message("announcementMessage", &periodic.message)?;
            periodic.repeat_interval.map_or(Ok(()), |span| check_span("announcementMessage.repeatInterval", span))?;
        }
        self.check_condition(&fields.condition)
    }

    fn check_condition(&self, condition: &WaitingCondition) -> Result<(), CommandError> {
        let count = match condition {
            WaitingCondition::Queue(queues) => {
                if let Some(unknown) = queues.iter().find(|queue| self.live_queue(**queue).is_err()) {
                    let why = format!("Invalid id '{unknown}' given! No such entity exists.");
                    return Err(check::invalid("condition.queues", why));
                }
                queues.len()
            }
            WaitingCondition::Sender(senders) => {
                senders
                    .iter()
                    .try_for_each(|sender| check::name("condition.senders.identifier", &sender.identifier))?;
                senders.len()
            }
        };
        match count {
            0 => Err(check::invalid("condition", "must name a sender or a queue")),
            1..=MAX_STRATEGY_CONDITIONS => Ok(()),
            _ => Err(check::invalid("condition", format!("must name at most {MAX_STRATEGY_CONDITIONS}"))),
        }
    }
}

fn check_span(field: &'static str, span: Span) -> Result<(), CommandError> {
    let most = MAX_WAIT.as_secs();
    // Checked before it is multiplied.
    let fits = span.value >= 1 && u64::from(span.value) <= most && span.duration() <= MAX_WAIT;
    if fits { Ok(()) } else { Err(check::invalid(field, format!("must be between 1 and {most} seconds"))) }
}

pub(super) fn check_message(field: &'static str, message: &Message) -> Result<(), CommandError> {
    if message.enabled && message.source().is_none() {
        return Err(check::invalid(field, "needs a ttsAudioSource or a fileAudioSource when it is enabled"));
    }
    let Some(speech) = &message.speech else { return Ok(()) };
    check::at_most(field, &speech.text, MAX_SPOKEN_TEXT)?;
    if message.enabled && speech.text.trim().is_empty() && message.file.is_none() {
        return Err(check::invalid(field, "needs a text when it is enabled"));
    }
    check::in_range(field, speech.rate_permille, RATE_PERMILLE)
}
