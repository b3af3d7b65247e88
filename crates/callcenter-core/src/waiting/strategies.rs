//! Strategies as they are set, and which of them a call waits by.

use super::row::{ClientType, Sender, WaitingCondition, WaitingStrategyFields, WaitingStrategyRow};
use crate::audio::{Message, PromptSource};
use crate::call::Call;
use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, Reply};
use crate::limits::{MAX_STRATEGY_CONDITIONS, MAX_STRATEGY_NAME, MAX_WAITING_STRATEGIES};
use crate::row::RowChange;
use crate::sound::{self, Sound};
use model::{PromptId, QueueId, WaitingStrategyId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All calls of browsers, as a sender.
pub const ALL_WEB_CALLS: &str = "conversations";

/// A strategy with what follows from it.
#[derive(Debug)]
pub(crate) struct Strategy {
    pub(crate) row: WaitingStrategyRow,
    pub(crate) greeting: Option<PromptId>,
    /// What follows the greeting.
    pub(crate) sound: Sound,
    pub(crate) last_message: Option<PromptId>,
    /// How many prompts it plays.
    prompts: usize,
}

impl Strategy {
    pub(crate) fn of(row: WaitingStrategyRow) -> Self {
        let id = |message: &Option<Message>| message.as_ref().and_then(Message::source).map(|source| source.id());
        let mut strategy = Self {
            greeting: id(&row.fields.greeting),
            sound: Sound::of(row.fields.music, row.fields.announcement.as_ref()),
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
        messages.chain(sound::sources(fields.music, fields.announcement.as_ref()))
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
    pub(crate) fn prompts(&self) -> usize {
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
        let before = self.strategies.get(id).map_or(0, |strategy| strategy.prompts);
        self.check_room_for_prompts(before, Strategy::of(row.clone()).prompts)?;
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
        sound::check_span("maximumWaitTime", fields.maximum_wait)?;
        let messages = [("greetingMessage", &fields.greeting), ("maximumWaitTimeMessage", &fields.last_message)];
        for (field, message) in messages {
            message.as_ref().map_or(Ok(()), |message| sound::check_placeless(field, message))?;
        }
        if let Some(periodic) = &fields.announcement {
            sound::check_message("announcementMessage", &periodic.message)?;
            sound::check_interval(periodic)?;
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
