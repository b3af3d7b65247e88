use crate::http::errors::ApiError;
use crate::http::fields::Fields;
use crate::http::times;
use callcenter_core::limits::MAX_HOLIDAYS;
use callcenter_core::row::{DayHours, Holiday, WorkingHoursRow};
use model::{HolidayId, WallTime};
use serde::Serialize;
use utoipa::ToSchema;

const NAME_MAX: usize = 255;
const MESSAGE_MAX: usize = 4000;
const MINUTES_MAX: i64 = 1440;
const DAYS: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

/// Hours of one day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DailyWorkingHours {
    /// First minute of the day.
    #[schema(minimum = 0, maximum = 1440)]
    start_time: u16,
    /// Minute at which they end; before `startTime` they go past midnight, and equal to it there are none.
    #[schema(minimum = 0, maximum = 1440)]
    end_time: u16,
    #[schema(default = true)]
    enabled: bool,
}

/// Hours of a week, in the zone's wall time. Days that are left out have none.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct WorkWeek {
    monday: Option<DailyWorkingHours>,
    tuesday: Option<DailyWorkingHours>,
    wednesday: Option<DailyWorkingHours>,
    thursday: Option<DailyWorkingHours>,
    friday: Option<DailyWorkingHours>,
    saturday: Option<DailyWorkingHours>,
    sunday: Option<DailyWorkingHours>,
}

/// A time off.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HolidayResponse {
    id: String,
    name: String,
    #[schema(format = DateTime)]
    start_date: String,
    /// Exclusive.
    #[schema(format = DateTime)]
    end_date: String,
    enabled: bool,
}

/// When people work.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WorkingHours {
    id: String,
    /// Name in the IANA database.
    timezone: String,
    /// For customers outside of the hours.
    message: String,
    work_week: WorkWeek,
    name: String,
    /// Disabled hours never end.
    enabled: bool,
    /// The ones of queues that name none.
    is_default: bool,
    /// For messages alone; kept for programs that read it again.
    close_conversations: bool,
    /// For messages alone; kept for programs that read it again.
    #[serde(rename = "sendAwayMessageEveryOOWHPeriod")]
    away_message_every_period: bool,
    holidays: Vec<HolidayResponse>,
}

impl From<WorkingHoursRow> for WorkingHours {
    fn from(row: WorkingHoursRow) -> Self {
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = row.week.map(|day| {
            let DayHours { start_minute, end_minute, enabled } = day;
            Some(DailyWorkingHours { start_time: start_minute, end_time: end_minute, enabled })
        });
        let holiday = |holiday: Holiday| HolidayResponse {
            id: holiday.id.to_string(),
            name: holiday.name,
            start_date: times::text(holiday.start),
            end_date: times::text(holiday.end),
            enabled: holiday.enabled,
        };
        Self {
            id: row.id.to_string(),
            timezone: row.timezone,
            message: row.message,
            work_week: WorkWeek { monday, tuesday, wednesday, thursday, friday, saturday, sunday },
            name: row.name,
            enabled: row.enabled,
            is_default: row.is_default,
            close_conversations: row.close_conversations,
            away_message_every_period: row.away_message_every_period,
            holidays: row.holidays.into_iter().map(holiday).collect(),
        }
    }
}

/// Fields of a holiday.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `read_holiday` reads")]
pub(super) struct HolidayRequest {
    #[schema(max_length = 255)]
    name: String,
    #[schema(format = DateTime, value_type = String)]
    start_date: WallTime,
    /// Exclusive.
    #[schema(format = DateTime, value_type = String)]
    end_date: WallTime,
    #[schema(default = true)]
    enabled: Option<bool>,
}

/// Fields of working hours. What is left out has its default, or with PATCH stays.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `read` reads")]
pub(super) struct WorkingHoursRequest {
    timezone: String,
    #[schema(max_length = 4000)]
    message: String,
    work_week: WorkWeek,
    #[schema(max_length = 255)]
    name: String,
    #[schema(default = true)]
    enabled: Option<bool>,
    /// Becoming the default takes that from others.
    #[schema(default = false)]
    is_default: Option<bool>,
    #[schema(default = false)]
    close_conversations: Option<bool>,
    #[schema(default = false, rename = "sendAwayMessageEveryOOWHPeriod")]
    away_message_every_period: Option<bool>,
    #[schema(max_items = 500)]
    holidays: Option<Vec<HolidayRequest>>,
}

/// Reads all fields into `row`. With `patch`, what is left out stays.
pub(super) fn read(fields: &mut Fields, mut row: WorkingHoursRow, patch: bool) -> WorkingHoursRow {
    if !patch || fields.mentions("name") {
        row.name = fields.required_text("name", NAME_MAX);
    }
    if !patch || fields.mentions("timezone") {
        row.timezone = fields.required_text("timezone", NAME_MAX);
    }
    if !patch || fields.mentions("message") {
        fields.require("message");
        row.message = fields.text("message", 0..=MESSAGE_MAX).unwrap_or_default();
    }
    if !patch || fields.mentions("workWeek") {
        fields.require("workWeek");
    }
    if !patch {
        row = WorkingHoursRow { week: [DayHours::default(); 7], holidays: Vec::new(), ..flags(row) };
    }
    let mut week = row.week;
    fields.object("workWeek", |days| {
        for (name, day) in DAYS.into_iter().zip(&mut week) {
            *day = days.object(name, read_day).unwrap_or(*day);
        }
    });
    row.week = week;
    row.enabled = fields.flag("enabled").unwrap_or(row.enabled);
    row.is_default = fields.flag("isDefault").unwrap_or(row.is_default);
    row.close_conversations = fields.flag("closeConversations").unwrap_or(row.close_conversations);
    let every_period = fields.flag("sendAwayMessageEveryOOWHPeriod");
    row.away_message_every_period = every_period.unwrap_or(row.away_message_every_period);
    row.holidays = fields.objects("holidays", MAX_HOLIDAYS, read_holiday).unwrap_or(row.holidays);
    row
}

/// As they are where nothing is said.
fn flags(row: WorkingHoursRow) -> WorkingHoursRow {
    WorkingHoursRow {
        enabled: true,
        is_default: false,
        close_conversations: false,
        away_message_every_period: false,
        ..row
    }
}

fn read_day(day: &mut Fields) -> DayHours {
    let mut minute = |name| {
        day.require(name);
        let minute = day.number(name, 0..=MINUTES_MAX).unwrap_or_default();
        u16::try_from(minute).expect("within the range above")
    };
    let (start_minute, end_minute) = (minute("startTime"), minute("endTime"));
    DayHours { start_minute, end_minute, enabled: day.flag("enabled").unwrap_or(true) }
}

pub(super) fn read_holiday(fields: &mut Fields) -> Holiday {
    let name = fields.required_text("name", NAME_MAX);
    let mut time = |name| {
        fields.require(name);
        fields.time(name).unwrap_or_default()
    };
    let (start, end) = (time("startDate"), time("endDate"));
    Holiday { id: HolidayId::fresh(), name, start, end, enabled: fields.flag("enabled").unwrap_or(true) }
}

/// The id in a path.
pub(super) fn parse<T: std::str::FromStr>(id: &str) -> Result<T, ApiError> {
    id.parse().map_err(|_| ApiError::unknown_id(id))
}
