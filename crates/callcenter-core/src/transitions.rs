//! Which state may follow which, as data: asserted at every change and drawn in `docs/state-machines.md`.

use crate::row::CallState;
use model::VoiceStatus;
use std::fmt::{Debug, Write};
use wire::browser::LegPhase;

/// Life of a call. It begins as waiting, or as ringing where an agent places it.
pub const CALL: &[(CallState, CallState)] = &[
    (CallState::Waiting, CallState::Ringing),
    (CallState::Ringing, CallState::Waiting),
    (CallState::Ringing, CallState::Connecting),
    (CallState::Connecting, CallState::Waiting),
    (CallState::Connecting, CallState::Established),
    (CallState::Established, CallState::Held),
    (CallState::Held, CallState::Established),
    (CallState::Established, CallState::Transferring),
    (CallState::Held, CallState::Transferring),
    (CallState::Transferring, CallState::Established),
    (CallState::Transferring, CallState::Held),
    (CallState::Established, CallState::Waiting),
    (CallState::Held, CallState::Waiting),
    (CallState::Transferring, CallState::Waiting),
    (CallState::Waiting, CallState::Ended),
    (CallState::Ringing, CallState::Ended),
    (CallState::Connecting, CallState::Ended),
    (CallState::Established, CallState::Ended),
    (CallState::Held, CallState::Ended),
    (CallState::Transferring, CallState::Ended),
];

/// Life of a leg. A customer's begins as waiting, an agent's as ringing; where an agent places the call, the customer's as
/// ringing and the agent's as connecting.
pub const LEG: &[(LegPhase, LegPhase)] = &[
    (LegPhase::Waiting, LegPhase::Connecting),
    (LegPhase::Ringing, LegPhase::Connecting),
    (LegPhase::Connecting, LegPhase::Waiting),
    (LegPhase::Connecting, LegPhase::Established),
    (LegPhase::Established, LegPhase::Waiting),
    (LegPhase::Waiting, LegPhase::Finished),
    (LegPhase::Ringing, LegPhase::Finished),
    (LegPhase::Connecting, LegPhase::Finished),
    (LegPhase::Established, LegPhase::Finished),
];

/// What an agent does with calls.
pub const VOICE: &[(VoiceStatus, VoiceStatus)] = &[
    (VoiceStatus::Idle, VoiceStatus::Ringing),
    (VoiceStatus::Idle, VoiceStatus::InCall),
    (VoiceStatus::Ringing, VoiceStatus::Idle),
    (VoiceStatus::Ringing, VoiceStatus::InCall),
    (VoiceStatus::InCall, VoiceStatus::OnHold),
    (VoiceStatus::OnHold, VoiceStatus::InCall),
    (VoiceStatus::InCall, VoiceStatus::Transferring),
    (VoiceStatus::OnHold, VoiceStatus::Transferring),
    (VoiceStatus::Transferring, VoiceStatus::InCall),
    (VoiceStatus::Transferring, VoiceStatus::OnHold),
    (VoiceStatus::InCall, VoiceStatus::Idle),
    (VoiceStatus::OnHold, VoiceStatus::Idle),
    (VoiceStatus::Transferring, VoiceStatus::Idle),
    (VoiceStatus::InCall, VoiceStatus::Wrapping),
    (VoiceStatus::OnHold, VoiceStatus::Wrapping),
    (VoiceStatus::Transferring, VoiceStatus::Wrapping),
    (VoiceStatus::Wrapping, VoiceStatus::Idle),
];

pub(crate) fn assert_allowed<S: Copy + PartialEq + Debug>(table: &[(S, S)], from: S, to: S) {
    assert!(table.contains(&(from, to)), "a transition from {from:?} to {to:?} is not in the table");
}

/// The table as a Mermaid diagram.
pub fn mermaid<S: Debug>(table: &[(S, S)]) -> String {
    let mut text = String::from("stateDiagram-v2\n");
    for (from, to) in table {
        writeln!(text, "    {from:?} --> {to:?}").expect("a string takes all that is written");
    }
    text
}
