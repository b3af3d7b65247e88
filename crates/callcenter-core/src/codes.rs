//! Hang-up codes of the public API that the core gives.

use wire::browser::CallError;

/// A code with its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Number in the public API.
    pub id: u32,
    /// Name in the public API.
    pub name: &'static str,
    /// What happened.
    pub description: &'static str,
    /// What to do about it; empty when there is nothing to do.
    pub action: &'static str,
}

/// A party hung up after the answer.
pub const NORMAL_HANGUP: Code =
    Code { id: 10000, name: "NORMAL_HANGUP", description: "The call has ended.", action: "" };
/// The agent handed the call over.
pub const TRANSFERRED: Code =
    Code { id: 10000, name: "NORMAL_HANGUP", description: "The call was transferred.", action: "" };
/// The page's offer could not be used.
pub const MEDIA_ERROR: Code = Code {
    id: 10103,
    name: "MEDIA_ERROR",
    description: "Audio and video could not be set up.",
    action: "Try again with a current version of Chrome, Edge, Firefox or Safari.",
};
/// The customer waited as long as a call may wait, or let a call ring.
pub const NO_ANSWER: Code =
    Code { id: 10200, name: "NO_ANSWER", description: "Nobody answered.", action: "Try again later." };
/// Who called hung up before the answer.
pub const CANCELLED: Code =
    Code { id: 10202, name: "CANCELLED", description: "The call was ended before it was answered.", action: "" };
/// The agent whom the customer called declined, or the customer whom an agent called.
pub const REJECTED: Code =
    Code { id: 10203, name: "REJECTED", description: "The call was declined.", action: "Try again later." };
/// A party was gone for longer than the reconnect window.
pub const NETWORK_ERROR: Code = Code {
    id: 10308,
    name: "NETWORK_ERROR",
    description: "The connection was lost.",
    action: "Check your network and call again.",
};

impl Code {
    /// As pages read it.
    pub fn to_error(self) -> CallError {
        CallError {
            id: self.id,
            name: self.name.to_owned(),
            description: self.description.to_owned(),
            action: self.action.to_owned(),
        }
    }
}
