//! Groups of operations as their files have them.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Group {
    /// Beginnings of the path patterns that belong to the group.
    pub(super) paths: Vec<String>,
    /// Beginnings of those that do not, though they seem to.
    #[serde(default)]
    pub(super) except: Vec<String>,
    /// Two calls are there, and an agent who is free.
    #[serde(default)]
    pub(super) in_calls: bool,
    /// A recording is there (`recordingId`), of a leg (`legId`) in a call (`callId`).
    #[serde(default)]
    pub(super) recorded: bool,
    /// Requests that make what the operations need.
    #[serde(default)]
    pub(super) given: Vec<Given>,
    pub(super) operations: Vec<Good>,
    #[serde(default)]
    pub(super) refused: Vec<Refused>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// Method and path.
    pub(super) send: String,
    #[serde(default)]
    pub(super) body: Value,
    /// Names for parts of the answer, by JSON pointer.
    #[serde(default)]
    pub(super) take: BTreeMap<String, String>,
}

/// An operation and a good request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Good {
    /// The operation's id.
    pub(super) operation: String,
    /// Other things for places of the path than those of the same name.
    #[serde(default)]
    pub(super) path: BTreeMap<String, String>,
    /// Without its question mark.
    #[serde(default)]
    pub(super) query: String,
    #[serde(default)]
    pub(super) body: Value,
    /// Places of the path that are no ids.
    #[serde(default)]
    pub(super) free: Vec<String>,
    /// What differs from the description, with the reason: a field or parameter, or `answer`.
    #[serde(default)]
    pub(super) differs: BTreeMap<String, String>,
    /// Names for parts of the answer, by JSON pointer.
    #[serde(default)]
    pub(super) take: BTreeMap<String, String>,
}

/// A request that is refused, with what the refusal says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Refused {
    pub(super) operation: String,
    #[serde(default)]
    pub(super) path: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) body: Value,
    pub(super) status: u16,
    /// Where the description has the long form; `BAD_REQUEST` when absent.
    pub(super) message_id: Option<String>,
    #[serde(default)]
    pub(super) text: Option<String>,
}

impl Group {
    pub(super) fn read(name: &str, text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}.json: {error}"))
    }

    pub(super) fn covers(&self, path: &str) -> bool {
        let begins = |list: &[String]| list.iter().any(|start| path.starts_with(start.as_str()));
        begins(&self.paths) && !begins(&self.except)
    }
}
