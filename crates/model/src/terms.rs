use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use utoipa::ToSchema;

/// The two clocks a core sees: one that never jumps, and the time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Runs evenly; timers follow it.
    pub mono: Instant,
    /// UTC, for what is stored and shown.
    pub wall: WallTime,
}

impl Now {
    /// The same instant `by` later on both clocks.
    pub fn after(self, by: Duration) -> Self {
        Self { mono: self.mono + by, wall: self.wall.after(by) }
    }
}

/// UTC in milliseconds since 1970-01-01.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema, ToSchema,
)]
#[serde(transparent)]
pub struct WallTime(pub i64);

impl WallTime {
    /// This time plus `by`.
    pub fn after(self, by: Duration) -> Self {
        Self(self.0 + i64::try_from(by.as_millis()).expect("a wait fits 63 bits of milliseconds"))
    }
    /// How long after `earlier` this is; zero when it is not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }
}

/// Microseconds since 1970 on the media engine's own even clock: anchored to UTC once, at the engine's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct MediaTime(pub u64);

impl MediaTime {
    /// How long after `earlier` this is; zero when it is not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
    /// This time plus `by`.
    pub fn after(self, by: Duration) -> Self {
        Self(self.0 + u64::try_from(by.as_micros()).expect("a wait fits 64 bits of microseconds"))
    }
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// Takes calls.
    Agent,
    /// Sees and changes what the team does.
    Supervisor,
    /// Sets up the account.
    Admin,
}

/// What an image of a call link's page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ImageType {
    /// The sign of whoever is called, beside the name.
    Logo,
    /// What lies behind the page.
    Background,
}

/// What an agent says of themselves; the public API's four groups. `INVISIBLE` is shown as Offline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AgentStatus {
    /// Can take new conversations.
    Active,
    /// No new ones.
    Busy,
    /// Away from the computer.
    Away,
    /// Not at work.
    #[default]
    Invisible,
}

/// What the system finds an agent doing, in words for people who look at the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FoundStatus {
    /// Not at work, disabled, or without a page.
    Offline,
    /// Away from the computer.
    Away,
    /// Busy with something else.
    Busy,
    /// A call is offered.
    Ringing,
    /// In a call.
    InACall,
    /// In a call that is on hold.
    OnHold,
    /// Writing up the last call.
    WrapUp,
    /// As many conversations as the agent can have.
    FullCapacity,
    /// Some conversations, and room for more.
    UnderCapacity,
    /// Available without any conversation.
    Idle,
}

/// What the system finds an agent doing with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VoiceStatus {
    /// No call.
    #[default]
    Idle,
    /// A call is offered.
    Ringing,
    /// Connected or connecting.
    InCall,
    /// The call is on hold.
    OnHold,
    /// Hands the call over to another agent, who has not taken it yet.
    Transferring,
    /// Writing up the last call.
    Wrapping,
}

/// Who a participant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ParticipantType {
    /// Called us or was called.
    Customer,
    /// Works here.
    Agent,
}

/// Direction of a call, seen from the contact center.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CallDirection {
    /// The customer called.
    Inbound,
    /// An agent called.
    Outbound,
}

/// Whether a call began with or without a camera. Either can be turned on later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallMedia {
    /// *Start audio call*.
    Audio,
    /// *Start video call*.
    Video,
}

/// The three track slots that every leg has in each direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// Microphone.
    Audio,
    /// Camera.
    Camera,
    /// Shared screen.
    Screen,
}

impl TrackKind {
    /// All kinds, in the order of the m-lines in an offer.
    pub const ALL: [Self; 3] = [Self::Audio, Self::Camera, Self::Screen];
}

/// A codec that the engine forwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Codec {
    /// RFC 7587, 48 kHz.
    Opus,
    /// RFC 7741, 90 kHz.
    Vp8,
    /// RFC 6184, 90 kHz.
    H264,
}

impl Codec {
    /// RTP clock rate in hertz.
    pub const fn clock_rate(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            Self::Vp8 | Self::H264 => 90_000,
        }
    }
}

/// What a recording holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecordingMedia {
    /// Voices only.
    Audio,
    /// Voices, cameras and screens.
    AudioAndVideo,
}

/// Why a transfer to an agent came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TransferFailure {
    /// The other agent declined.
    Declined,
    /// The other agent let it ring.
    NoAnswer,
    /// The other agent's page was gone too long.
    AgentGone,
    /// The other agent answered, but their media did not come up.
    NotConnected,
}

/// Who or what ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EndedBy {
    /// The customer hung up or went away.
    Customer,
    /// The agent hung up or went away.
    Agent,
    /// A program over the API.
    Api,
    /// The contact center itself, for example after the longest wait.
    Platform,
}
