use model::{HolidayId, WallTime, WorkingHoursId};
use serde::{Deserialize, Serialize};

/// When people work, in a zone's wall time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkingHoursRow {
    /// Key.
    pub id: WorkingHoursId,
    /// Name, at most 255 characters.
    pub name: String,
    /// Name in the IANA database, for example `Europe/Zagreb`.
    pub timezone: String,
    /// For customers outside of the hours, at most 4000 characters.
    pub message: String,
    /// Monday to Sunday.
    pub week: [DayHours; 7],
    /// Disabled hours never end.
    pub enabled: bool,
    /// The ones of queues that name none.
    pub is_default: bool,
    /// Of messages that come outside of the hours, whether their conversations are closed.
    pub close_conversations: bool,
    /// Of messages that come outside of the hours, whether each period without hours is told of anew.
    pub away_message_every_period: bool,
    /// Days off.
    pub holidays: Vec<Holiday>,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
}

/// Hours of one day of the week.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayHours {
    /// First minute of the day, 0 to 1440.
    pub start_minute: u16,
    /// Minute at which they end, 0 to 1440; before the first one, they go past midnight. The same: no hours.
    pub end_minute: u16,
    /// Whether there are hours on that day.
    pub enabled: bool,
}

/// A time off within working hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// Key within its working hours.
    pub id: HolidayId,
    /// Name, at most 255 characters.
    pub name: String,
    /// Begins then.
    pub start: WallTime,
    /// Ends then, exclusive.
    pub end: WallTime,
    /// Whether it applies.
    pub enabled: bool,
}
