//! Working hours: outside of them a queue assigns nothing, unless it is allowed to.

mod week;
mod zone;

use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, Reply};
use crate::limits::{HOURS_LOOK, MAX_HOLIDAYS, MAX_NAME, MAX_NOTE, MAX_WORKING_HOURS};
use crate::row::{QueueRow, RowChange, WorkingHoursRow};
use crate::timers::Reason;
use model::{Now, QueueId, WorkingHoursId};
use zone::{DAY_MINUTES, Zone};

/// Working hours, with what was found last.
#[derive(Debug, Clone)]
pub(crate) struct Hours {
    pub(crate) row: WorkingHoursRow,
    zone: Zone,
    /// Found when it was looked at last.
    pub(crate) open: bool,
}

impl CallCenter {
    /// New hours, or new fields of known ones. Becoming the default takes that from others.
    pub(crate) fn put_working_hours(&mut self, row: WorkingHoursRow, turn: &mut Turn) -> Result<Reply, CommandError> {
        let zone = check_fields(&row)?;
        if !self.hours.contains_key(&row.id) {
            check::room_for_one("MAX_WORKING_HOURS", self.hours.len(), MAX_WORKING_HOURS)?;
        }
        if self.hours.values().any(|hours| hours.row.name == row.name && hours.row.id != row.id) {
            return Err(CommandError::Conflict(format!("working hours named {:?} exist already", row.name)));
        }
        let id = row.id;
        let others = self.hours.values_mut().filter(|hours| row.is_default && hours.row.is_default);
        for other in others.filter(|hours| hours.row.id != id) {
            other.row.is_default = false;
            self.outbox.save(RowChange::WorkingHours(other.row.clone()));
        }
        self.outbox.save(RowChange::WorkingHours(row.clone()));
        self.hours.insert(id, Hours { row, zone, open: false });
        self.look_at_hours(id, turn.now);
        self.refresh_manners();
        Ok(Reply::Done)
    }

    /// Queues that had these hours have the default ones, or none.
    pub(crate) fn delete_working_hours(&mut self, id: WorkingHoursId, turn: &Turn) -> Result<Reply, CommandError> {
        self.known_hours(id)?;
        self.timers.cancel(Reason::HoursChange(id));
        self.hours.remove(&id);
        let queues: Vec<QueueRow> = self.queues.values().filter(|row| row.working_hours == Some(id)).cloned().collect();
        for row in queues {
            self.save_queue(QueueRow { working_hours: None, updated_at: turn.now.wall, ..row });
        }
        self.outbox.save(RowChange::WorkingHoursDeleted(id));
        self.forget_away_message(id);
        self.refresh_manners();
        Ok(Reply::Done)
    }

    /// At a start; what is stored was checked before.
    pub(crate) fn take_up_hours(&mut self, row: WorkingHoursRow, now: Now) {
        let zone = Zone::named(&row.timezone).expect("releases only add zones and keep old names as links");
        let id = row.id;
        self.hours.insert(id, Hours { row, zone, open: false });
        self.look_at_hours(id, now);
    }

    /// Hours may have begun or ended.
    pub(crate) fn hours_change(&mut self, id: WorkingHoursId, turn: &Turn) {
        let was_open = self.hours[&id].open;
        self.look_at_hours(id, turn.now);
        if self.hours[&id].open != was_open {
            self.refresh_manners();
        }
    }

    fn look_at_hours(&mut self, id: WorkingHoursId, now: Now) {
        let hours = self.hours.get_mut(&id).expect("looked at while they are there");
        hours.open = week::is_open(&hours.row, &hours.zone, now.wall);
        if let Some(next) = week::next_boundary(&hours.row, &hours.zone, now.wall) {
            // Not much later: the clock on the wall may be set while the other one runs on.
            let wait = next.since(now.wall).min(HOURS_LOOK);
            self.timers.arm(Reason::HoursChange(id), now.mono + wait);
        } else {
            self.timers.cancel(Reason::HoursChange(id));
        }
    }

    /// The queue's own hours, or the default ones.
    pub(crate) fn hours_of(&self, queue: &QueueRow) -> Option<&Hours> {
        match queue.working_hours {
            Some(own) => self.hours.get(&own),
            None => self.hours.values().find(|hours| hours.row.is_default),
        }
    }

    /// Whether it is within the queue's hours. Without any it always is.
    pub(crate) fn is_within_hours(&self, queue: &QueueRow) -> bool {
        self.hours_of(queue).is_none_or(|hours| hours.open)
    }

    pub(crate) fn known_hours(&self, id: WorkingHoursId) -> Result<&Hours, CommandError> {
        self.hours.get(&id).ok_or(CommandError::UnknownWorkingHours(id))
    }

    fn refresh_manners(&mut self) {
        let queues: Vec<QueueId> = self.queues.keys().copied().collect();
        queues.into_iter().for_each(|queue| self.refresh_manner(queue));
    }

    /// Working hours.
    pub fn working_hours(&self, id: WorkingHoursId) -> Option<&WorkingHoursRow> {
        self.hours.get(&id).map(|hours| &hours.row)
    }

    /// All working hours.
    pub fn all_working_hours(&self) -> impl Iterator<Item = &WorkingHoursRow> {
        self.hours.values().map(|hours| &hours.row)
    }

    /// Whether it is within these hours now. Disabled ones are always.
    pub fn are_hours_open(&self, id: WorkingHoursId, now: Now) -> Option<bool> {
        self.hours.get(&id).map(|hours| week::is_open(&hours.row, &hours.zone, now.wall))
    }

    /// Whether it is within the queue's hours. `None` for a queue that does not exist or is deleted.
    pub fn is_queue_open(&self, queue: QueueId) -> Option<bool> {
        self.live_queue(queue).ok().map(|row| self.is_within_hours(row))
    }
}

fn check_fields(row: &WorkingHoursRow) -> Result<Zone, CommandError> {
    check::name("name", &row.name)?;
    check::at_most("message", &row.message, MAX_NOTE)?;
    for day in &row.week {
        check::in_range("workWeek", u32::from(day.start_minute.max(day.end_minute)), 0..=u32::from(DAY_MINUTES))?;
    }
    if row.holidays.len() > MAX_HOLIDAYS {
        return Err(check::invalid("holidays", format!("must have at most {MAX_HOLIDAYS} items")));
    }
    for holiday in &row.holidays {
        check::name("holidays.name", &holiday.name)?;
        if holiday.end <= holiday.start {
            return Err(check::invalid("holidays.endDate", "must be after startDate"));
        }
    }
    check::at_most("timezone", &row.timezone, MAX_NAME)?;
    Zone::named(&row.timezone)
        .ok_or_else(|| check::invalid("timezone", "must be a zone of the IANA database, for example Europe/Zagreb"))
}
