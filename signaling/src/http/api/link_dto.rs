use super::webrtc_tokens::{IDENTITY_EXPECTED, is_identity};
use crate::http::fields::Fields;
use crate::http::params::PageInfo;
use crate::http::times;
use callcenter_core::LinkState;
use callcenter_core::row::{LinkDestination, LinkHours, LinkRow};
use callcenter_core::settings::LINK_DEFAULT_LIFE;
use model::{LinkConfigId, WallTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::ToSchema;

const DISPLAY_NAME_MAX: usize = 255;
const LAST_MINUTE: u16 = 24 * 60 - 1;

/// Where a link leads.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub(super) enum Destination {
    /// To the contact center, by its routing rules.
    Conversations {
        /// Name of the contact center to show.
        #[serde(skip_serializing_if = "Option::is_none")]
        display_name: Option<String>,
    },
    /// To one agent.
    Webrtc {
        /// The agent's id.
        identity: String,
        /// Name to show.
        #[serde(skip_serializing_if = "Option::is_none")]
        display_name: Option<String>,
    },
}

/// A time of the day, UTC.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
struct TimeOfDay {
    #[schema(minimum = 0, maximum = 23)]
    hour: u16,
    #[schema(minimum = 0, maximum = 59)]
    minute: u16,
}

/// Hours of the day, UTC. An end before the start lies on the next day.
#[derive(Debug, Serialize, ToSchema)]
struct AcceptableHours {
    start: TimeOfDay,
    end: TimeOfDay,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum DayOfWeek {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

const WEEK: [DayOfWeek; 7] = [
    DayOfWeek::Monday,
    DayOfWeek::Tuesday,
    DayOfWeek::Wednesday,
    DayOfWeek::Thursday,
    DayOfWeek::Friday,
    DayOfWeek::Saturday,
    DayOfWeek::Sunday,
];

/// When a link may be used. One-time: `oneTime`. Time frame: start and end. Expiration: end alone, 24 hours after the
/// link was made when nothing is given.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ValidityWindow {
    /// Spent once a call is established.
    one_time: bool,
    #[schema(format = DateTime)]
    start_time: String,
    #[schema(format = DateTime)]
    end_time: String,
    acceptable_hours: AcceptableHours,
    acceptable_days: Vec<DayOfWeek>,
}

/// A call link.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallLink {
    id: String,
    /// What the customer opens. Whoever has it may call.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    show_identity: bool,
    destination: Destination,
    custom_data: BTreeMap<String, String>,
    validity_window: ValidityWindow,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_link_config_id: Option<String>,
    /// Whether it can be used now.
    state: LinkStateDto,
    #[schema(format = DateTime)]
    created_at: String,
    /// The agent that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
}

/// Whether a link can be used now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = CallLinkState)]
pub(super) enum LinkStateDto {
    /// It can.
    Active,
    /// Not yet, or not at this hour.
    Inactive,
    /// Its time is over, or it was used.
    Expired,
}

impl From<LinkState> for LinkStateDto {
    fn from(state: LinkState) -> Self {
        match state {
            LinkState::Active => Self::Active,
            LinkState::Inactive => Self::Inactive,
            LinkState::Expired => Self::Expired,
        }
    }
}

impl From<LinkDestination> for Destination {
    fn from(destination: LinkDestination) -> Self {
        match destination {
            LinkDestination::Conversations { display_name } => Self::Conversations { display_name },
            LinkDestination::Webrtc { identity, display_name } => Self::Webrtc { identity, display_name },
        }
    }
}

impl ValidityWindow {
    fn of(row: &LinkRow) -> Self {
        let (start, end) = row.open_hours.as_ref().map_or((0, LAST_MINUTE), |h| (h.start_minute, h.end_minute));
        let time_of_day = |minute: u16| TimeOfDay { hour: minute / 60, minute: minute % 60 };
        let days = row.open_hours.as_ref().map(|hours| hours.days.as_slice()).unwrap_or_default();
        let accepted = |index: usize| days.is_empty() || days.iter().any(|day| usize::from(*day) == index);
        Self {
            one_time: row.one_time,
            start_time: times::text(row.start),
            end_time: times::text(row.end),
            acceptable_hours: AcceptableHours { start: time_of_day(start), end: time_of_day(end) },
            acceptable_days: (0..WEEK.len()).filter(|index| accepted(*index)).map(|index| WEEK[index]).collect(),
        }
    }
}

impl CallLink {
    /// As the API shows it.
    pub(super) fn of(row: LinkRow, state: LinkState, url: Option<String>) -> Self {
        let validity_window = ValidityWindow::of(&row);
        Self {
            id: row.id.to_string(),
            url,
            identity: row.identity,
            display_name: row.display_name,
            show_identity: row.show_identity,
            destination: row.destination.into(),
            custom_data: row.custom_data,
            validity_window,
            call_link_config_id: row.config.map(|id| id.to_string()),
            state: state.into(),
            created_at: times::text(row.created_at),
            created_by: row.created_by.map(|id| id.to_string()),
        }
    }
}

/// A page of call links.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallLinkPage {
    pub(super) results: Vec<CallLink>,
    pub(super) paging: PageInfo,
}

/// A new call link.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `NewLink::read` reads")]
pub(super) struct CallLinkRequest {
    /// Identity under which the customer appears; a fresh one per visit when left out.
    #[schema(pattern = r"^[\p{L}\p{N}\-_+=/.]{3,64}$")]
    identity: Option<String>,
    #[schema(max_length = 255)]
    display_name: Option<String>,
    #[schema(default = true)]
    show_identity: Option<bool>,
    destination: Destination,
    /// Given to the agent with the call; JSON text of at most 920 characters.
    custom_data: Option<BTreeMap<String, String>>,
    validity_window: Option<ValidityWindow>,
    /// The default configuration when left out.
    call_link_config_id: Option<String>,
}

/// A new link as it was asked for.
pub(super) struct NewLink {
    pub(super) identity: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) show_identity: bool,
    pub(super) destination: LinkDestination,
    pub(super) custom_data: BTreeMap<String, String>,
    pub(super) config: Option<LinkConfigId>,
    pub(super) window: Window,
}

/// When a new link may be used.
pub(super) struct Window {
    pub(super) one_time: bool,
    pub(super) start: WallTime,
    pub(super) end: WallTime,
    pub(super) open_hours: Option<LinkHours>,
}

impl NewLink {
    /// A link to the contact center that anybody may use until its end.
    pub(super) fn to_contact_center(config: Option<LinkConfigId>, now: WallTime, life: Duration) -> Self {
        Self {
            identity: None,
            display_name: None,
            show_identity: true,
            destination: LinkDestination::Conversations { display_name: None },
            custom_data: BTreeMap::new(),
            config,
            window: Window { one_time: false, start: now, end: now.after(life), open_hours: None },
        }
    }

    pub(super) fn read(fields: &mut Fields, now: WallTime) -> Self {
        fields.require("destination");
        let destination = fields.object("destination", read_destination);
        Self {
            identity: read_identity(fields),
            display_name: fields.text("displayName", 1..=DISPLAY_NAME_MAX),
            show_identity: fields.flag("showIdentity").unwrap_or(true),
            destination: destination.unwrap_or(LinkDestination::Conversations { display_name: None }),
            custom_data: fields.custom_data("customData").unwrap_or_default(),
            config: fields.id("callLinkConfigId"),
            window: fields
                .object("validityWindow", |window| read_window(window, now))
                .unwrap_or_else(|| Window::lasting(now)),
        }
    }
}

impl Window {
    fn lasting(now: WallTime) -> Self {
        Self { one_time: false, start: now, end: now.after(LINK_DEFAULT_LIFE), open_hours: None }
    }
}

fn read_identity(fields: &mut Fields) -> Option<String> {
    let identity = fields.text("identity", 0..=64)?;
    if !is_identity(&identity) {
        fields.reject("identity", IDENTITY_EXPECTED);
    }
    Some(identity)
}

fn read_destination(fields: &mut Fields) -> LinkDestination {
    fields.require("type");
    let kind = fields.text("type", 0..=64);
    let display_name = fields.text("displayName", 1..=DISPLAY_NAME_MAX);
    match kind.as_deref() {
        Some("WEBRTC") => LinkDestination::Webrtc { identity: fields.required_text("identity", 64), display_name },
        Some("CONVERSATIONS") | None => LinkDestination::Conversations { display_name },
        Some(_) => {
            fields.reject("type", "must be CONVERSATIONS or WEBRTC; other types are not supported by this release");
            LinkDestination::Conversations { display_name }
        }
    }
}

fn read_window(fields: &mut Fields, now: WallTime) -> Window {
    let one_time = fields.flag("oneTime").unwrap_or(false);
    let start = fields.time("startTime");
    let end = fields.time("endTime");
    let begins = start.unwrap_or(now).max(now);
    let ends = end.unwrap_or_else(|| begins.after(LINK_DEFAULT_LIFE));
    if ends <= now {
        fields.reject("endTime", "must lie in the future");
    } else if ends <= start.unwrap_or(now) {
        fields.reject("endTime", "must be after startTime");
    }
    Window { one_time, start: start.unwrap_or(now), end: ends, open_hours: read_hours(fields) }
}

fn read_hours(fields: &mut Fields) -> Option<LinkHours> {
    let hours = fields.object("acceptableHours", |hours| {
        let start = hours.object("start", minute_of_day).unwrap_or(0);
        let end = hours.object("end", minute_of_day).unwrap_or(LAST_MINUTE);
        (start, end)
    });
    let days = read_days(fields);
    if hours.is_none() && days.is_empty() {
        return None;
    }
    let (start_minute, end_minute) = hours.unwrap_or((0, LAST_MINUTE));
    Some(LinkHours { start_minute, end_minute, days })
}

fn minute_of_day(fields: &mut Fields) -> u16 {
    let hour = fields.number("hour", 0..=23).unwrap_or(0);
    let minute = fields.number("minute", 0..=59).unwrap_or(0);
    u16::try_from(hour * 60 + minute).expect("a minute of the day")
}

fn read_days(fields: &mut Fields) -> Vec<u8> {
    let mut days = Vec::new();
    for value in fields.list("acceptableDays", WEEK.len()).unwrap_or_default() {
        let day = serde_json::from_value::<DayOfWeek>(value).ok();
        match day.and_then(|day| WEEK.iter().position(|one| *one == day)) {
            Some(index) => days.push(u8::try_from(index).expect("seven days")),
            None => fields.reject("acceptableDays", "must be names of days, for example MONDAY"),
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: WallTime = WallTime(1_795_213_800_000);

    fn read(value: Value) -> (NewLink, bool) {
        let Value::Object(map) = value else { panic!("no object") };
        let mut fields = Fields::new(map);
        let link = NewLink::read(&mut fields, NOW);
        (link, fields.done().is_ok())
    }

    #[test]
    fn a_link_without_a_window_expires_after_a_day() {
        let (link, good) = read(json!({"destination": {"type": "CONVERSATIONS"}}));
        assert!(good && !link.window.one_time && link.show_identity);
        assert_eq!((link.window.start, link.window.end), (NOW, NOW.after(LINK_DEFAULT_LIFE)));
    }

    #[test]
    fn a_time_frame_that_begins_later_lasts_a_day_from_then() {
        let window = json!({"startTime": "2026-12-01T08:00:00+01:00"});
        let (link, good) = read(json!({"destination": {"type": "CONVERSATIONS"}, "validityWindow": window}));
        assert!(good);
        assert_eq!(link.window.end, link.window.start.after(LINK_DEFAULT_LIFE));
    }

    #[test]
    fn windows_that_never_open_are_refused() {
        for window in [
            json!({"endTime": "2020-01-01T00:00:00Z"}),
            json!({"startTime": "2027-01-02T00:00:00Z", "endTime": "2027-01-01T00:00:00Z"}),
            json!({"acceptableDays": ["FUNDAY"]}),
            json!({"acceptableHours": {"start": {"hour": 24}}}),
        ] {
            let (_, good) = read(json!({"destination": {"type": "CONVERSATIONS"}, "validityWindow": window}));
            assert!(!good, "{window}");
        }
    }

    #[test]
    fn hours_and_days_are_kept() {
        let window = json!({
            "acceptableHours": {"start": {"hour": 8, "minute": 30}, "end": {"hour": 17, "minute": 0}},
            "acceptableDays": ["MONDAY", "SUNDAY"],
        });
        let (link, good) = read(json!({"destination": {"type": "CONVERSATIONS"}, "validityWindow": window}));
        assert!(good);
        let hours = LinkHours { start_minute: 510, end_minute: 1020, days: vec![0, 6] };
        assert_eq!(link.window.open_hours, Some(hours));
    }
}
