//! When working hours are: the week of a zone's wall time, without holidays.

use super::zone::Zone;
use crate::row::{DayHours, WorkingHoursRow};
use model::WallTime;

/// Days before and after which hours matter at an instant: a night that began yesterday, and the whole week to come.
const DAYS: std::ops::RangeInclusive<i64> = -1..=8;

/// Whether it is within the hours. Disabled ones are always.
pub(super) fn is_open(row: &WorkingHoursRow, zone: &Zone, at: WallTime) -> bool {
    if !row.enabled {
        return true;
    }
    let holiday = row.holidays.iter().any(|holiday| holiday.enabled && (holiday.start..holiday.end).contains(&at));
    !holiday && spans(row, zone, at).any(|(start, end)| (start..end).contains(&at))
}

/// The next instant at which hours or a holiday begin or end. What begins there may change nothing.
pub(super) fn next_boundary(row: &WorkingHoursRow, zone: &Zone, at: WallTime) -> Option<WallTime> {
    if !row.enabled {
        return None;
    }
    let holidays = row.holidays.iter().filter(|holiday| holiday.enabled).flat_map(|day| [day.start, day.end]);
    spans(row, zone, at).flat_map(|(start, end)| [start, end]).chain(holidays).filter(|edge| *edge > at).min()
}

/// Hours of the days around an instant.
fn spans(row: &WorkingHoursRow, zone: &Zone, at: WallTime) -> impl Iterator<Item = (WallTime, WallTime)> {
    let today = zone.day_at(at);
    DAYS.filter_map(move |offset| {
        let day = today.plus(offset)?;
        let hours: &DayHours = row.week.get(day.of_week())?;
        let end_day = if hours.end_minute < hours.start_minute { day.plus(1)? } else { day };
        let start = zone.instant(day, hours.start_minute)?;
        let end = zone.instant(end_day, hours.end_minute)?;
        hours.enabled.then_some((start, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Holiday;
    use model::{HolidayId, WorkingHoursId};

    const HOUR: i64 = 3_600_000;

    /// Every day from and to these minutes.
    fn daily(start_minute: u16, end_minute: u16) -> WorkingHoursRow {
        WorkingHoursRow {
            id: WorkingHoursId::of(1),
            name: "Office".to_owned(),
            timezone: "Europe/Zagreb".to_owned(),
            message: String::new(),
            week: [DayHours { start_minute, end_minute, enabled: true }; 7],
            enabled: true,
            is_default: false,
            close_conversations: false,
            away_message_every_period: false,
            holidays: Vec::new(),
            created_at: WallTime(0),
            updated_at: WallTime(0),
        }
    }

    fn zagreb() -> Zone {
        Zone::named("Europe/Zagreb").expect("a zone")
    }

    fn utc(text: &str) -> WallTime {
        WallTime(text.parse::<jiff::Timestamp>().expect("a time").as_millisecond())
    }

    /// All edges in a span of time at which hours open or close.
    fn changes(row: &WorkingHoursRow, from: WallTime, to: WallTime) -> Vec<(WallTime, bool)> {
        let mut found = Vec::new();
        let mut at = from;
        while let Some(next) = next_boundary(row, &zagreb(), at).filter(|next| *next <= to) {
            let (before, after) = (is_open(row, &zagreb(), at), is_open(row, &zagreb(), next));
            if before != after {
                found.push((next, after));
            }
            at = next;
        }
        found
    }

    #[test]
    fn hours_are_the_zones_wall_time_in_winter_and_in_summer() {
        let row = daily(9 * 60, 17 * 60);
        // Clocks go from 2:00 to 3:00 on 28 March 2027, and from 3:00 to 2:00 on 31 October.
        for (from, opens) in [
            ("2027-03-27T00:00:00Z", ["2027-03-27T08:00:00Z", "2027-03-28T07:00:00Z"]),
            ("2027-10-30T00:00:00Z", ["2027-10-30T07:00:00Z", "2027-10-31T08:00:00Z"]),
        ] {
            let from = utc(from);
            let found = changes(&row, from, WallTime(from.0 + 48 * HOUR));
            let expected: Vec<_> =
                opens.iter().flat_map(|open| [(utc(open), true), (WallTime(utc(open).0 + 8 * HOUR), false)]).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn hours_that_begin_in_the_skipped_hour_begin_when_it_is_over() {
        let row = daily(2 * 60 + 30, 6 * 60);
        let from = utc("2027-03-27T12:00:00Z");
        let found = changes(&row, from, WallTime(from.0 + 24 * HOUR));
        // 2:30 is not there; as late on an unchanged clock it would be 3:30 in summer time.
        assert_eq!(found, [(utc("2027-03-28T01:30:00Z"), true), (utc("2027-03-28T04:00:00Z"), false)]);
    }

    #[test]
    fn hours_that_end_in_the_repeated_hour_end_at_its_first_time() {
        let row = daily(60, 2 * 60 + 30);
        let from = utc("2027-10-30T12:00:00Z");
        let found = changes(&row, from, WallTime(from.0 + 20 * HOUR));
        assert_eq!(found, [(utc("2027-10-30T23:00:00Z"), true), (utc("2027-10-31T00:30:00Z"), false)]);
        assert!(!is_open(&row, &zagreb(), utc("2027-10-31T01:15:00Z")), "2:15 for the second time");
    }

    #[test]
    fn a_whole_day_is_as_long_as_its_clocks_make_it() {
        let mut row = daily(0, DAY);
        for day in &mut row.week {
            day.enabled = false;
        }
        row.week[6].enabled = true;
        for (sunday, hours) in
            [("2027-03-27T23:00:00Z", 23), ("2027-10-30T22:00:00Z", 25), ("2027-11-06T23:00:00Z", 24)]
        {
            let start = utc(sunday);
            let found = changes(&row, WallTime(start.0 - HOUR), WallTime(start.0 + 30 * HOUR));
            assert_eq!(found, [(start, true), (WallTime(start.0 + hours * HOUR), false)], "{sunday}");
        }
    }

    const DAY: u16 = super::super::zone::DAY_MINUTES;

    #[test]
    fn hours_past_midnight_belong_to_the_day_they_began() {
        let mut row = daily(22 * 60, 6 * 60);
        for (day, hours) in row.week.iter_mut().enumerate() {
            hours.enabled = day == 4;
        }
        let monday = utc("2026-11-23T00:00:00Z");
        let found = changes(&row, monday, WallTime(monday.0 + 7 * 24 * HOUR));
        assert_eq!(found, [(utc("2026-11-27T21:00:00Z"), true), (utc("2026-11-28T05:00:00Z"), false)]);
    }

    #[test]
    fn holidays_close_and_days_of_equal_ends_have_no_hours() {
        let mut row = daily(9 * 60, 17 * 60);
        let holiday = Holiday {
            id: HolidayId::of(1),
            name: "Christmas".to_owned(),
            start: utc("2026-12-24T11:00:00Z"),
            end: utc("2026-12-27T12:00:00Z"),
            enabled: true,
        };
        row.holidays = vec![holiday.clone()];
        let from = utc("2026-12-24T00:00:00Z");
        let to = utc("2026-12-27T23:00:00Z");
        let expected = [
            (utc("2026-12-24T08:00:00Z"), true),
            (holiday.start, false),
            (holiday.end, true),
            (utc("2026-12-27T16:00:00Z"), false),
        ];
        assert_eq!(changes(&row, from, to), expected);
        row.holidays[0].enabled = false;
        assert_eq!(changes(&row, from, to).len(), 8);
        let never = daily(9 * 60, 9 * 60);
        assert!(changes(&never, from, to).is_empty() && !is_open(&never, &zagreb(), from));
        let disabled = WorkingHoursRow { enabled: false, ..never };
        assert!(is_open(&disabled, &zagreb(), from) && next_boundary(&disabled, &zagreb(), from).is_none());
    }
}
