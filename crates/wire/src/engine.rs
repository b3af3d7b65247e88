//! Control of the media engine, and what it reports.
//!
//! Commands are idempotent: a repeat with the same contents leaves the engine as it is. A room exists from its first
//! leg to [`Command::CloseRoom`]. Desired patches and taps are whole states, not changes. Prompts are handed over once, for
//! all rooms.

use crate::{prompt::Frames, quality::LegQuality};
use model::{CallId, Codec, CommandId, LegId, MediaTime, PromptId, TrackKind};
use serde::{Deserialize, Serialize};

/// A command with the id under which it is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Answers carry it. Negotiations ([`Command::AddLeg`], [`Command::Negotiate`]) are always answered.
    pub id: CommandId,
    /// What to do.
    pub command: Command,
}

/// What signaling asks of the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// A leg joins its room with a new PeerConnection. A leg that is already there *rejoins*: its transport is
    /// replaced; its patches, taps and place on the timeline stay.
    AddLeg {
        /// The room: one per call.
        room: CallId,
        /// The leg.
        leg: LegId,
        /// The page's SDP offer with up to three m-lines in the order audio, camera, screen.
        offer: String,
    },
    /// A new offer on the leg's PeerConnection: ICE restart, or another codec order after
    /// [`Event::RenegotiationNeeded`].
    Negotiate {
        /// The leg.
        leg: LegId,
        /// The SDP offer.
        offer: String,
    },
    /// Exactly these patches exist in the room from now on. Prompts that they name are loaded before.
    SetPatches {
        /// The room.
        room: CallId,
        /// The whole list.
        patches: Vec<Patch>,
    },
    /// No leg of the room hears or sees another from now on. What prompts play goes on.
    PartLegs {
        /// The room.
        room: CallId,
    },
    /// Exactly these legs are tapped in the room from now on. The tap copies all tracks that the leg sends.
    SetTaps {
        /// The room.
        room: CallId,
        /// The whole list.
        legs: Vec<LegId>,
    },
    /// Ask a leg's track for a keyframe, throttled per source.
    RequestKeyframe {
        /// The leg that sends the video.
        leg: LegId,
        /// Camera or screen.
        track: TrackKind,
    },
    /// A leg leaves for good.
    RemoveLeg {
        /// The leg.
        leg: LegId,
    },
    /// The room and all its legs end.
    CloseRoom {
        /// The room.
        room: CallId,
    },
    /// A part of a prompt; with its last part the engine has it. Parts come in order, and one that begins at 0 begins
    /// anew; [`crate::prompt::load`] makes them. Of a prompt that is there already they change nothing.
    LoadPrompt {
        /// The prompt.
        prompt: PromptId,
        /// Which of the prompt's frames the part begins with.
        first: u32,
        /// How many frames the whole prompt has.
        of: u32,
        /// The part.
        frames: Frames,
    },
    /// The prompt is not played anew. Where it plays it plays on, until the patches change.
    UnloadPrompt {
        /// The prompt.
        prompt: PromptId,
    },
}

/// Joins a source to a leg's downlink slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Patch {
    /// What plays. A leg's track plays into slots of its kind, prompts into sound alone.
    pub source: Source,
    /// The leg that receives.
    pub sink: LegId,
    /// Which slot.
    pub track: TrackKind,
}

/// What plays into a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Source {
    /// What a leg sends.
    Leg(LegId),
    /// What the engine plays.
    Prompts(Playlist),
}

impl Source {
    /// The leg, if it is one.
    pub const fn leg(self) -> Option<LegId> {
        match self {
            Self::Leg(leg) => Some(leg),
            Self::Prompts(_) => None,
        }
    }
}

impl From<LegId> for Source {
    fn from(leg: LegId) -> Self {
        Self::Leg(leg)
    }
}

impl From<Playlist> for Source {
    fn from(playlist: Playlist) -> Self {
        Self::Prompts(playlist)
    }
}

/// Prompts in turn: the greeting once, then music over and over, which the announcement interrupts. What is absent is
/// silence. It begins when the leg can hear it and goes on where it was when the leg rejoins; another playlist, or the
/// same one after another source, begins anew. One that differs in its announcement alone goes on: the other announcement
/// is heard when one comes next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Playlist {
    /// Once, before everything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greeting: Option<PromptId>,
    /// Over and over. Ringback is nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub music: Option<PromptId>,
    /// Between stretches of music.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announcement: Option<Announcement>,
}

impl Playlist {
    /// One prompt, once.
    pub const fn once(prompt: PromptId) -> Self {
        Self { greeting: Some(prompt), music: None, announcement: None }
    }

    /// One prompt, over and over.
    pub const fn looped(prompt: PromptId) -> Self {
        Self { greeting: None, music: Some(prompt), announcement: None }
    }

    /// All prompts that it names.
    pub fn prompts(&self) -> impl Iterator<Item = PromptId> {
        let announced = self.announcement.map(|announcement| announcement.prompt);
        [self.greeting, self.music, announced].into_iter().flatten()
    }
}

/// A prompt that comes again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Announcement {
    /// What is said.
    pub prompt: PromptId,
    /// From the end of one to the beginning of the next, and before the first; in steps of 20 ms, at least one.
    pub interval_ms: u32,
}

/// What the engine reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The SDP answer to a negotiation.
    Answer {
        /// The request that it answers.
        id: CommandId,
        /// The leg.
        leg: LegId,
        /// SDP answer with the engine's candidates (ICE-lite).
        sdp: String,
    },
    /// A command could not be carried out; nothing changed.
    Refused {
        /// The request that it answers.
        id: CommandId,
        /// Why.
        reason: Refusal,
    },
    /// ICE and DTLS are up: media flows.
    LegConnected {
        /// The leg.
        leg: LegId,
        /// When, on the engine's clock: the call's recording timeline may begin here.
        at: MediaTime,
    },
    /// No authenticated packet came from the leg for a few seconds.
    PathLost {
        /// The leg.
        leg: LegId,
    },
    /// Packets come again.
    PathBack {
        /// The leg.
        leg: LegId,
    },
    /// The leg's transport is gone for good, or its participant failed inside the engine. It may rejoin.
    LegClosed {
        /// The leg.
        leg: LegId,
        /// What happened, for an operator.
        reason: String,
    },
    /// The leg sends a video codec that another leg of the room cannot take: it must offer again with these first.
    RenegotiationNeeded {
        /// The leg.
        leg: LegId,
        /// Video codecs that every leg of the room has, best first; empty when there is none in common.
        video_codecs: Vec<Codec>,
    },
    /// Of each room once a second, with all its legs; rooms that are due at the same time come together.
    Stats {
        /// One entry per leg.
        legs: Vec<LegStats>,
    },
    /// Everything that the engine holds: the answer to every new connection of signaling, after all events of before.
    Holds {
        /// Every room with at least one leg.
        rooms: Vec<HeldRoom>,
        /// Every whole prompt.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        prompts: Vec<PromptId>,
    },
}

/// A room that the engine holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldRoom {
    /// The room.
    pub room: CallId,
    /// Its legs.
    pub legs: Vec<HeldLeg>,
}

/// A leg whose transport the engine holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldLeg {
    /// The leg.
    pub leg: LegId,
    /// Since when ICE and DTLS are up; absent before that.
    pub connected: Option<MediaTime>,
    /// They were up, and no packets come.
    pub path_lost: bool,
}

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Refusal {
    /// The offer is not SDP that the engine can use.
    #[error("the SDP offer cannot be used: {detail}")]
    InvalidOffer {
        /// What is wrong with it.
        detail: String,
    },
    /// No such leg.
    #[error("the media engine does not hold this leg")]
    UnknownLeg,
    /// The engine is of an earlier release and knows no such command.
    #[error("the media engine does not support the command {command}")]
    Unsupported {
        /// The command's type.
        command: String,
    },
    /// A limit was reached.
    #[error("the media engine is full: {limit}")]
    Full {
        /// Name of the limit.
        limit: String,
    },
    /// A patch names a prompt that is not loaded.
    #[error("the media engine does not have the prompt {prompt}: it must be loaded before a patch plays it")]
    UnknownPrompt {
        /// The prompt.
        prompt: PromptId,
    },
    /// No prompt more fits.
    #[error("the media engine has no room for the prompt {prompt}: {limit}; unload others first")]
    TooManyPrompts {
        /// The prompt.
        prompt: PromptId,
        /// Name of the limit.
        limit: String,
    },
    /// The prompt has more frames than one may have.
    #[error("the prompt {prompt} is longer than a prompt may be: {limit}")]
    PromptTooLong {
        /// The prompt.
        prompt: PromptId,
        /// Name of the limit.
        limit: String,
    },
    /// A part of a prompt does not fit: the prompt must be sent again from its first frame on.
    #[error("the prompt {prompt} cannot be used: {detail}")]
    InvalidPrompt {
        /// The prompt.
        prompt: PromptId,
        /// What is wrong with it.
        detail: String,
    },
    /// A patch plays prompts into a video slot.
    #[error("prompts are sound and cannot play into a leg's {track:?}")]
    PromptsAreSound {
        /// The slot.
        track: TrackKind,
    },
}

/// A second of a leg.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LegStats {
    /// The leg.
    pub leg: LegId,
    /// Engine time of the sample.
    pub at: MediaTime,
    /// Loss, jitter, RTT and MOS, averaged over the last five seconds.
    pub quality: LegQuality,
    /// Which tracks delivered packets during this second.
    pub receiving: Vec<TrackKind>,
    /// Audio packets came in, but none of them went out to a patched, connected sink (or the reverse).
    pub one_way: bool,
    /// Level of the leg's microphone, 0 (silent) to 127 (loudest), from RFC 6464.
    pub audio_level: u8,
}
