//! What customers hear while it rings at another agent, as it is set.

use super::row::{TransferStrategyFields, TransferStrategyRow};
use crate::audio::PromptSource;
use crate::call_center::{CallCenter, Turn};
use crate::command::{CommandError, Reply};
use crate::row::RowChange;
use crate::sound::{self, Sound};
use model::TransferStrategyId;

/// The strategy with what follows from it.
#[derive(Debug, Clone)]
pub(crate) struct TransferStrategy {
    pub(crate) row: TransferStrategyRow,
    pub(super) sound: Sound,
}

impl TransferStrategy {
    pub(crate) fn of(row: TransferStrategyRow) -> Self {
        let sound = Sound::of(row.fields.music, row.fields.announcement.as_ref());
        Self { row, sound }
    }

    /// Everything that it plays.
    pub(crate) fn sources(&self) -> impl Iterator<Item = PromptSource> {
        self.row.fields.sources()
    }
}

impl TransferStrategyFields {
    fn sources(&self) -> impl Iterator<Item = PromptSource> {
        sound::sources(self.music, self.announcement.as_ref())
    }
}

impl CallCenter {
    pub(crate) fn set_transfer_strategy(
        &mut self,
        fields: TransferStrategyFields,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        if let Some(periodic) = &fields.announcement {
            sound::check_placeless("announcementMessage", &periodic.message)?;
            sound::check_interval(periodic)?;
        }
        self.check_room_for_prompts(self.prompts_of_transfers(), fields.sources().count())?;
        let before = self.transfer_strategy.as_ref().map(|strategy| (strategy.row.id, strategy.row.created_at));
        let (id, created_at) = before.unwrap_or_else(|| (TransferStrategyId(turn.ids.next_id()), turn.now.wall));
        let row = TransferStrategyRow { id, fields, created_at, updated_at: turn.now.wall };
        self.outbox.save(RowChange::TransferStrategy(row.clone()));
        self.change_sounds(|core| {
            core.transfer_strategy = Some(TransferStrategy::of(row.clone()));
            core.want_prompts();
        });
        Ok(Reply::TransferStrategy(Box::new(row)))
    }

    /// How many prompts the strategy plays.
    pub(crate) fn prompts_of_transfers(&self) -> usize {
        self.transfer_strategy.as_ref().map_or(0, |strategy| strategy.sources().count())
    }
}
