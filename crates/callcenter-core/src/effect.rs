//! What leaves the core after its changes are committed, at least once and in order.

use crate::audio::PromptSource;
use model::{AgentId, LegId};
use wire::browser::ServerMessage;

/// Something for the outside world to do. A repeat is harmless.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Tell an agent's page, if it is connected.
    TellAgent {
        /// The agent.
        agent: AgentId,
        /// What to tell.
        message: ServerMessage,
    },
    /// Tell the page of a customer's leg, if it is connected.
    TellLeg {
        /// The leg.
        leg: LegId,
        /// What to tell.
        message: ServerMessage,
    },
    /// Command the media engine: patches, taps, removal. Negotiations are the shell's.
    Engine(wire::engine::Command),
    /// Exactly these prompts are wanted: make those that are missing, and say which are there with
    /// [`crate::command::Command::PromptMade`] or [`crate::command::Command::PromptFailed`]. The engine gets a prompt before patches that name it.
    KeepPrompts(Vec<PromptSource>),
    /// Command the recorder.
    Recorder(wire::recorder::Command),
}
