//! What a routing rule can ask a call for.

use crate::call_center::CallCenter;
use crate::row::{CallRow, Priority};
use model::{CallMedia, Now};
use std::borrow::Cow;

/// Where operands may come from.
const NAMESPACES: [&str; 7] = ["message", "customer", "company", "conversation", "call", "customData", "time"];
const HOUR_MS: i64 = 3_600_000;

/// A property of a call. What a call does not know is equal to nothing and unlike everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    Channel,
    Identity,
    DisplayName,
    Link,
    Media,
    Priority,
    /// Hour of the day and day of the week, UTC.
    Hour,
    Day,
    /// What came with the call under this key, attributes of the customer among it.
    CustomData(String),
    /// A property that no call has.
    Unknown,
}

impl Operand {
    /// The operand of that name, or what is wrong with it.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let known = name.split_once('.').filter(|(space, key)| NAMESPACES.contains(space) && !key.is_empty());
        let Some((space, key)) = known else {
            return Err(format!("{name} is no operand: they begin with {}.", NAMESPACES.join("., ")));
        };
        Ok(match name {
            "message.channel" => Self::Channel,
            "message.sender" | "customer.identity" => Self::Identity,
            "customer.displayName" => Self::DisplayName,
            "message.receiver" | "call.link" => Self::Link,
            "call.media" => Self::Media,
            "conversation.priority" => Self::Priority,
            "time.hour" => Self::Hour,
            "time.day" => Self::Day,
            _ => match space {
                "customer" | "customData" => Self::CustomData(key.to_owned()),
                "company" => Self::CustomData(name.to_owned()),
                _ => Self::Unknown,
            },
        })
    }
}

impl CallCenter {
    /// The call's own value.
    pub(crate) fn operand<'c>(&'c self, call: &'c CallRow, operand: &Operand, now: Now) -> Option<Cow<'c, str>> {
        let customer = || self.customer(call.customer);
        match operand {
            Operand::Channel => Some("CALLS".into()),
            Operand::Identity => customer().map(|row| row.identity.as_str().into()),
            Operand::DisplayName => customer().map(|row| row.display_name.as_str().into()),
            Operand::Link => call.link.map(|link| link.to_string().into()),
            Operand::Media => Some(media_name(call.media).into()),
            Operand::Priority => self.conversation(call.conversation).map(|row| priority_name(row.priority).into()),
            Operand::Hour => Some((now.wall.0.div_euclid(HOUR_MS).rem_euclid(24)).to_string().into()),
            Operand::Day => Some(day_name(now).into()),
            Operand::CustomData(key) => call.custom_data.get(key).map(|value| value.as_str().into()),
            Operand::Unknown => None,
        }
    }
}

fn media_name(media: CallMedia) -> &'static str {
    match media {
        CallMedia::Audio => "AUDIO",
        CallMedia::Video => "VIDEO",
    }
}

fn day_name(now: Now) -> &'static str {
    const DAYS: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
    // 1970-01-01 was a Thursday.
    let day = (now.wall.0.div_euclid(24 * HOUR_MS) + 3).rem_euclid(7);
    DAYS[usize::try_from(day).expect("0 to 6")]
}

fn priority_name(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => "URGENT",
        Priority::High => "HIGH",
        Priority::Normal => "NORMAL",
        Priority::Low => "LOW",
    }
}
