//! What every connection between roles opens with, and how messages travel on it.
//!
//! Both sides say [`Hello`] first. On a control connection both then say [`Resume`], and messages follow in
//! [`Envelope`]s: numbered by the sender, kept by it until the other side says that it has them, and sent again after
//! a torn connection. A connection for taps carries one stream per track, which begins with a [`TapOpening`].

use model::{InstanceId, LegId, TrackKind};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A part of Switchroom that can be a process of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// HTTP API, WebSocket, call centers.
    Signaling,
    /// Media.
    Engine,
    /// Recordings.
    Recorder,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Signaling, Self::Engine, Self::Recorder];

    /// As on the command line and in the names of certificate files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signaling => "signaling",
            Self::Engine => "engine",
            Self::Recorder => "recorder",
        }
    }

    /// The DNS name that a certificate must carry to speak for this role. It names no machine: roles may move.
    pub const fn certificate_name(self) -> &'static str {
        match self {
            Self::Signaling => "signaling.switchroom.internal",
            Self::Engine => "engine.switchroom.internal",
            Self::Recorder => "recorder.switchroom.internal",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The first message of each side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The newest protocol that the side speaks.
    pub protocol: u16,
    /// The oldest.
    pub min_protocol: u16,
    /// Name and version of the build, for people.
    pub build: String,
    /// What the side is; its certificate must say the same.
    pub role: Role,
}

/// The two sides have no protocol in common.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no common protocol: the {role} of build {build} speaks {min_protocol} to {protocol}, this one {own_min} to \
     {own}; roles may be one release apart, so update the older one"
)]
pub struct NoCommonProtocol {
    /// The other side.
    pub role: Role,
    /// Its build.
    pub build: String,
    /// Its oldest protocol.
    pub min_protocol: u16,
    /// Its newest.
    pub protocol: u16,
    /// Our oldest.
    pub own_min: u16,
    /// Our newest.
    pub own: u16,
}

impl Hello {
    /// What this build says.
    pub fn of(role: Role, build: &str) -> Self {
        Self { protocol: crate::PROTOCOL, min_protocol: crate::MIN_PROTOCOL, build: build.to_owned(), role }
    }

    /// The newest protocol that both speak.
    pub fn agree(&self, other: &Self) -> Result<u16, NoCommonProtocol> {
        let spoken = self.protocol.min(other.protocol);
        if spoken >= self.min_protocol.max(other.min_protocol) {
            return Ok(spoken);
        }
        Err(NoCommonProtocol {
            role: other.role,
            build: other.build.clone(),
            min_protocol: other.min_protocol,
            protocol: other.protocol,
            own_min: self.min_protocol,
            own: self.protocol,
        })
    }
}

/// How far a side had got when the last connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The side's process. Another one has forgotten everything.
    pub instance: InstanceId,
    /// What it has of the other side's messages.
    pub heard: Option<Heard>,
}

/// All messages of a process up to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The process that sent them.
    pub instance: InstanceId,
    /// The last one's number.
    pub number: u64,
}

/// A message, what the sender has of the other side's messages, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope<M> {
    /// The number of the last message that the sender has handed on; zero for none.
    pub applied: u64,
    /// Counts the messages of one process from 1 on; absent without a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// The message.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub message: Option<M>,
}

fn none<M>() -> Option<M> {
    None
}

/// The first frame of a tap's stream; packets follow ([`crate::tap`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TapOpening {
    /// Whose track.
    pub leg: LegId,
    /// Which.
    pub track: TrackKind,
}

/// Asks the recorder for bytes of a finished file, on a stream of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRequest {
    /// Path under the recorder's folder, with `/`, as in [`crate::recorder::SegmentFile::path`].
    pub path: String,
    /// The first byte wanted.
    pub first: u64,
    /// How many at most; zero to learn the file's length alone.
    pub count: u64,
}

/// The answer to a [`FileRequest`]. The bytes follow it until the stream ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FileReply {
    /// Here it comes.
    Found {
        /// Length of the whole file.
        length: u64,
    },
    /// There is nothing to send.
    Missing {
        /// Why, for an operator.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(min_protocol: u16, protocol: u16) -> Hello {
        Hello { protocol, min_protocol, build: "switchroom/9".into(), role: Role::Engine }
    }

    #[test]
    fn the_newest_common_protocol_is_spoken_and_neighbours_understand_each_other() {
        assert_eq!(hello(4, 5).agree(&hello(5, 6)), Ok(5));
        assert_eq!(hello(5, 6).agree(&hello(4, 5)), Ok(5));
        let error = hello(4, 5).agree(&hello(6, 7)).expect_err("two releases apart").to_string();
        assert!(error.contains("speaks 6 to 7, this one 4 to 5") && error.contains("switchroom/9"), "{error}");
    }
}
