//! Control of the media engine, and what it reports.
//!
//! Commands are idempotent: a repeat with the same contents leaves the engine as it is. A room exists from its first
//! leg to [`Command::CloseRoom`]. Desired patches and taps are whole states, not changes.

use crate::quality::LegQuality;
use model::{CallId, Codec, CommandId, LegId, MediaTime, TrackKind};
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
    /// Exactly these patches exist in the room from now on.
    SetPatches {
        /// The room.
        room: CallId,
        /// The whole list.
        patches: Vec<Patch>,
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
}

/// Joins a leg's track to another leg's downlink slot of the same kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Patch {
    /// The leg that sends.
    pub source: LegId,
    /// The leg that receives.
    pub sink: LegId,
    /// Which slot.
    pub track: TrackKind,
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
