//! Values at the door.

use crate::command::CommandError;
use crate::limits::{IDENTITY_LENGTH, MAX_CUSTOM_DATA, MAX_NAME};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

pub(crate) fn invalid(field: &'static str, reason: impl Into<String>) -> CommandError {
    CommandError::Invalid { field, reason: reason.into() }
}

pub(crate) fn name(field: &'static str, text: &str) -> Result<(), CommandError> {
    if text.trim().is_empty() {
        return Err(invalid(field, "must not be blank"));
    }
    at_most(field, text, MAX_NAME)
}

pub(crate) fn at_most(field: &'static str, text: &str, limit: usize) -> Result<(), CommandError> {
    if text.chars().count() > limit {
        return Err(invalid(field, format!("size cannot be longer than {limit} characters.")));
    }
    Ok(())
}

pub(crate) fn in_range(field: &'static str, value: u32, range: RangeInclusive<u32>) -> Result<(), CommandError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(invalid(field, format!("must be between {} and {}", range.start(), range.end())))
}

pub(crate) fn identity(field: &'static str, text: &str) -> Result<(), CommandError> {
    if IDENTITY_LENGTH.contains(&text.chars().count()) {
        return Ok(());
    }
    Err(invalid(field, format!("must have {} to {} characters", IDENTITY_LENGTH.start(), IDENTITY_LENGTH.end())))
}

pub(crate) fn custom_data(field: &'static str, data: &BTreeMap<String, String>) -> Result<(), CommandError> {
    let text = serde_json::to_string(data).expect("a map of strings is JSON");
    at_most(field, &text, MAX_CUSTOM_DATA)
}

pub(crate) fn room_for_one(limit: &str, count: usize, most: usize) -> Result<(), CommandError> {
    if count < most {
        return Ok(());
    }
    Err(CommandError::LimitReached { limit: format!("{limit} ({most})") })
}
