//! Wall time of a zone. The only place that knows the library of zones, whose data is compiled in.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use model::WallTime;

/// A zone of the IANA database.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Zone(TimeZone);

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(Date);

impl Zone {
    /// The zone of that name, for example `Europe/Zagreb`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        TimeZoneDatabase::bundled().get(name).ok().map(Self)
    }

    /// The day that it is there. Times that no calendar has are on its first or last day.
    pub(crate) fn day_at(&self, at: WallTime) -> Day {
        let outside = if at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Day(self.0.to_datetime(Timestamp::from_millisecond(at.0).unwrap_or(outside)).date())
    }

    /// When it is that minute of the day there. A minute that the clocks skip is as much later as they are set forward;
    /// of a minute that they repeat it is the first. `None` at the end of the calendar.
    pub(crate) fn instant(&self, day: Day, minute: u16) -> Option<WallTime> {
        let (day, minute) = if minute < DAY_MINUTES { (day, minute) } else { (day.plus(1)?, minute - DAY_MINUTES) };
        let hour = i8::try_from(minute / 60).ok()?;
        let minute = i8::try_from(minute % 60).ok()?;
        let time = day.0.at(hour, minute, 0, 0);
        self.0.to_ambiguous_timestamp(time).compatible().ok().map(|at| WallTime(at.as_millisecond()))
    }
}

impl Day {
    /// So many days later. `None` at the end of the calendar.
    pub(crate) fn plus(self, days: i64) -> Option<Self> {
        self.0.checked_add(jiff::Span::new().days(days)).ok().map(Self)
    }

    /// 0 for Monday to 6 for Sunday.
    pub(crate) fn of_week(self) -> usize {
        usize::try_from(self.0.weekday().to_monday_zero_offset()).expect("0 to 6")
    }
}

/// Minutes of a day, clock changes aside.
pub(crate) const DAY_MINUTES: u16 = 24 * 60;
