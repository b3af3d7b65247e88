//! Hold configurations as they are set, and which of them counts for a call.

use super::row::{HoldConfigFields, HoldConfigRow};
use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, Reply};
use crate::limits::{MAX_HOLD_CONFIG_NAME, MAX_HOLD_CONFIG_QUEUES, MAX_HOLD_CONFIGS};
use crate::row::RowChange;
use crate::sound::{self, Sound};
use model::{HoldConfigId, QueueId};
use std::collections::BTreeMap;

/// All hold configurations of the account.
#[derive(Debug, Clone, Default)]
pub(crate) struct HoldConfigs {
    by_id: BTreeMap<HoldConfigId, HoldConfig>,
    by_queue: BTreeMap<QueueId, HoldConfigId>,
    default: Option<HoldConfigId>,
}

#[derive(Debug, Clone)]
struct HoldConfig {
    row: HoldConfigRow,
    sound: Sound,
}

impl HoldConfigs {
    pub(crate) fn all(&self) -> impl Iterator<Item = &HoldConfigRow> {
        self.by_id.values().map(|config| &config.row)
    }

    /// How many prompts all of them play.
    pub(crate) fn prompts(&self) -> usize {
        self.all().map(|row| row.fields.prompts()).sum()
    }

    pub(crate) fn put(&mut self, row: HoldConfigRow) {
        self.remove(row.id);
        let fields = &row.fields;
        self.by_queue.extend(fields.queues.iter().map(|queue| (*queue, row.id)));
        if fields.is_default {
            self.default = Some(row.id);
        }
        let sound = Sound::of(fields.music, fields.announcement.as_ref());
        self.by_id.insert(row.id, HoldConfig { row, sound });
    }

    /// What is set for calls of this queue.
    pub(super) fn sound_for(&self, queue: QueueId) -> Option<&Sound> {
        let own = self.by_queue.get(&queue).into_iter();
        let configs = own.chain(&self.default).filter_map(|id| self.by_id.get(id));
        configs.into_iter().find(|config| config.row.fields.enabled).map(|config| &config.sound)
    }

    fn remove(&mut self, id: HoldConfigId) {
        self.by_id.remove(&id);
        self.by_queue.retain(|_, config| *config != id);
        self.default.take_if(|config| *config == id);
    }

    fn get(&self, id: HoldConfigId) -> Result<&HoldConfigRow, CommandError> {
        self.by_id.get(&id).map(|config| &config.row).ok_or(CommandError::UnknownHoldConfig(id))
    }

    /// Another configuration that is in the way of this one, with the field in which they meet.
    fn rival(&self, own: HoldConfigId, fields: &HoldConfigFields) -> Option<(&'static str, &HoldConfigRow)> {
        let other = |id: &&HoldConfigId| **id != own;
        let of_queue = |queue: &QueueId| self.by_queue.get(queue).filter(other).map(|id| ("queueIds", id));
        let of_default = || self.default.as_ref().filter(|_| fields.is_default).filter(other).map(|id| ("default", id));
        let (field, id) = fields.queues.iter().find_map(of_queue).or_else(of_default)?;
        Some((field, &self.by_id.get(id)?.row))
    }
}

impl HoldConfigFields {
    fn prompts(&self) -> usize {
        sound::sources(self.music, self.announcement.as_ref()).count()
    }
}

impl CallCenter {
    pub(crate) fn put_hold_config(
        &mut self,
        id: Option<HoldConfigId>,
        fields: HoldConfigFields,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        let known = id.map(|id| self.hold_configs.get(id)).transpose()?;
        let created_at = known.map_or(turn.now.wall, |row| row.created_at);
        let prompts_before = known.map_or(0, |row| row.fields.prompts());
        if id.is_none() {
            check::room_for_one("MAX_HOLD_CONFIGS", self.hold_configs.by_id.len(), MAX_HOLD_CONFIGS)?;
        }
        self.check_hold_config(&fields)?;
        self.check_room_for_prompts(prompts_before, fields.prompts())?;
        let id = id.unwrap_or_else(|| HoldConfigId(turn.ids.next_id()));
        if let Some((field, rival)) = self.hold_configs.rival(id, &fields) {
            let name = &rival.fields.name;
            let why = match field {
                "default" => format!("the hold configuration {name:?} is the default one already; change that one"),
                _ => format!("the hold configuration {name:?} is for one of these already"),
            };
            return Err(check::invalid(field, why));
        }
        let row = HoldConfigRow { id, fields, created_at, updated_at: turn.now.wall };
        self.outbox.save(RowChange::HoldConfig(row.clone()));
        self.change_sounds(|core| {
            core.hold_configs.put(row.clone());
            core.want_prompts();
        });
        Ok(Reply::HoldConfig(Box::new(row)))
    }

    pub(crate) fn delete_hold_config(&mut self, id: HoldConfigId) -> Result<Reply, CommandError> {
        self.hold_configs.get(id)?;
        self.outbox.save(RowChange::HoldConfigDeleted(id));
        self.change_sounds(|core| {
            core.hold_configs.remove(id);
            core.want_prompts();
        });
        Ok(Reply::Done)
    }

    fn check_hold_config(&self, fields: &HoldConfigFields) -> Result<(), CommandError> {
        check::name("name", &fields.name)?;
        check::at_most("name", &fields.name, MAX_HOLD_CONFIG_NAME)?;
        if let Some(periodic) = &fields.announcement {
            sound::check_placeless("announcementMessage", &periodic.message)?;
            sound::check_interval(periodic)?;
        }
        fields.queues.iter().try_for_each(|queue| self.live_queue(*queue).map(drop))?;
        match fields.queues.len() {
            0 if !fields.is_default => Err(check::invalid("queueIds", "must name a queue, unless it is the default")),
            0..=MAX_HOLD_CONFIG_QUEUES => Ok(()),
            _ => Err(check::invalid("queueIds", format!("must name at most {MAX_HOLD_CONFIG_QUEUES}"))),
        }
    }
}
