//! Codes of the public API with the words that people read.

use crate::{account::AccountError, engine_link::NegotiationError, limits};
use callcenter_core::{
    codes::{self, Code},
    command::CommandError,
};
use wire::{browser::CallError, engine::Refusal};

const fn code(id: u32, name: &'static str, description: &'static str, action: &'static str) -> Code {
    Code { id, name, description, action }
}

const TRY_SHORTLY: &str = "Try again in a few seconds.";

/// The call was answered on another page of the same agent.
pub const ANSWERED_ELSEWHERE: Code = code(10001, "ANSWERED_ELSEWHERE", "The call was answered on another page.", "");
/// The machine at the other end was detected as such.
pub const MACHINE_DETECTED: Code = code(10002, "MACHINE_DETECTED", "An answering machine took the call.", "");
/// A person at the other end was detected as such.
pub const HUMAN_DETECTED: Code = code(10003, "HUMAN_DETECTED", "A person took the call.", "");
/// The call ran into its longest duration.
pub const MAX_DURATION_REACHED: Code =
    code(10004, "MAX_DURATION_REACHED", "The call reached its longest duration.", "Call again to go on.");
/// The browser gives no microphone or camera.
pub const DEVICE_FORBIDDEN: Code = code(
    10100,
    "DEVICE_FORBIDDEN",
    "Permission to use camera and/or microphone denied",
    "Allow it in the browser's site settings and try again.",
);
/// There is no microphone or camera.
pub const DEVICE_NOT_FOUND: Code =
    code(10101, "DEVICE_NOT_FOUND", "No such microphone or camera was found.", "Plug one in and try again.");
/// It does not start.
pub const DEVICE_UNAVAILABLE: Code = code(
    10102,
    "DEVICE_UNAVAILABLE",
    "The microphone or camera does not start.",
    "Close other programs that use it and try again.",
);
/// A window or tab that may not be shared was chosen.
pub const FORBIDDEN_DISPLAY_SURFACE: Code = code(
    10104,
    "FORBIDDEN_DISPLAY_SURFACE",
    "This kind of screen may not be shared here.",
    "Choose another window, tab or screen.",
);
/// The browser cannot limit what is shared.
pub const SCREEN_SHARING_CONTROL_UNSUPPORTED: Code = code(
    10105,
    "SCREEN_SHARING_CONTROL_UNSUPPORTED",
    "This browser cannot limit what is shared.",
    "Use a current version of Chrome or Edge.",
);
/// There is a live call already.
pub const BUSY: Code = code(10201, "BUSY", "There is a call already.", "End it first.");
/// The other party cannot be reached for now.
pub const TEMPORARILY_UNAVAILABLE: Code =
    code(10204, "TEMPORARILY_UNAVAILABLE", "The other party cannot be reached at the moment.", "Try again later.");
/// Who asks may not.
pub const FORBIDDEN: Code =
    code(10300, "FORBIDDEN", "You may not do this.", "Sign in as somebody who may, or open a call link.");
/// The account has no credit.
pub const INSUFFICIENT_FUNDS: Code =
    code(10301, "INSUFFICIENT_FUNDS", "The account has no credit left.", "Ask whoever runs the account.");
/// The token is wrong or over.
pub const UNAUTHENTICATED: Code = code(
    10302,
    "UNAUTHENTICATED",
    "The token is not valid.",
    "Get a new token: sign in again, or open the call link again.",
);
/// What is called does not exist.
pub const DESTINATION_NOT_FOUND: Code = code(10303, "DESTINATION_NOT_FOUND", "What you ask for does not exist.", "");
/// It exists and cannot be reached.
pub const DESTINATION_UNAVAILABLE: Code = code(
    10304,
    "DESTINATION_UNAVAILABLE",
    "This call link cannot be used now.",
    "Ask whoever sent it to you for a new one.",
);
/// It is no destination.
pub const INVALID_DESTINATION: Code =
    code(10305, "INVALID_DESTINATION", "This cannot be called.", "Check the number or link.");
/// The message cannot be understood.
pub const INVALID_REQUEST: Code = code(
    10306,
    "INVALID_REQUEST",
    "The request is not valid.",
    "Update the page or client; docs/signaling.md describes the messages.",
);
/// Something took too long.
pub const REQUEST_TIMEOUT: Code = code(10307, "REQUEST_TIMEOUT", "The server did not answer in time.", TRY_SHORTLY);
/// The server cannot work now.
pub const SERVICE_UNAVAILABLE: Code =
    code(10309, "SERVICE_UNAVAILABLE", "The contact center is not available at the moment.", TRY_SHORTLY);
/// Nothing else fits.
pub const UNKNOWN: Code = code(10310, "UNKNOWN", "Something unexpected happened.", TRY_SHORTLY);
/// This release or account does not have it.
pub const FEATURE_UNAVAILABLE: Code =
    code(10311, "FEATURE_UNAVAILABLE", "This is not available here.", "Update the page or client.");
/// Too much at once.
pub const CONGESTION: Code = code(10312, "CONGESTION", "Too much is going on at once.", TRY_SHORTLY);
/// Who asks is known and lacks the right.
pub const UNAUTHORIZED: Code =
    code(10313, "UNAUTHORIZED", "Your sign-in does not allow this.", "Sign in as somebody who may.");
/// An address that the account gave does not exist.
pub const URL_NOT_FOUND: Code =
    code(10400, "URL_NOT_FOUND", "An address that this account uses does not exist.", "Ask whoever runs the account.");
/// It does not answer.
pub const URL_UNREACHABLE: Code = code(
    10401,
    "URL_UNREACHABLE",
    "An address that this account uses does not answer.",
    "Ask whoever runs the account.",
);
/// It answers nonsense.
pub const INVALID_RESPONSE: Code = code(
    10402,
    "INVALID_RESPONSE",
    "A system that this account uses gave an answer that cannot be used.",
    "Ask whoever runs the account.",
);

/// Every code, by number.
pub const ALL: [Code; 33] = [
    codes::NORMAL_HANGUP,
    ANSWERED_ELSEWHERE,
    MACHINE_DETECTED,
    HUMAN_DETECTED,
    MAX_DURATION_REACHED,
    DEVICE_FORBIDDEN,
    DEVICE_NOT_FOUND,
    DEVICE_UNAVAILABLE,
    codes::MEDIA_ERROR,
    FORBIDDEN_DISPLAY_SURFACE,
    SCREEN_SHARING_CONTROL_UNSUPPORTED,
    codes::NO_ANSWER,
    BUSY,
    codes::CANCELLED,
    codes::REJECTED,
    TEMPORARILY_UNAVAILABLE,
    FORBIDDEN,
    INSUFFICIENT_FUNDS,
    UNAUTHENTICATED,
    DESTINATION_NOT_FOUND,
    DESTINATION_UNAVAILABLE,
    INVALID_DESTINATION,
    INVALID_REQUEST,
    REQUEST_TIMEOUT,
    codes::NETWORK_ERROR,
    SERVICE_UNAVAILABLE,
    UNKNOWN,
    FEATURE_UNAVAILABLE,
    CONGESTION,
    UNAUTHORIZED,
    URL_NOT_FOUND,
    URL_UNREACHABLE,
    INVALID_RESPONSE,
];

/// The code with words of its own for what happened.
pub(super) fn told(code: Code, description: impl Into<String>) -> CallError {
    CallError { description: sentence(description.into()), ..code.to_error() }
}

/// The code with words of its own for what happened and for what to do.
pub(super) fn advised(code: Code, description: impl Into<String>, action: &str) -> CallError {
    CallError { action: action.to_owned(), ..told(code, description) }
}

/// Errors inside begin small and end without a stop; people read sentences.
fn sentence(text: String) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return text };
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), letters.as_str())
}

/// A leg that does not exist, or belongs to somebody else, which is not told apart.
pub(super) fn unknown_leg() -> CallError {
    advised(DESTINATION_NOT_FOUND, "This call is over or is not yours", "")
}

pub(super) fn of_account(error: &AccountError) -> CallError {
    match error {
        AccountError::Refused(refusal) => of_refusal(refusal),
        AccountError::Unavailable => SERVICE_UNAVAILABLE.to_error(),
    }
}

/// As [`of_account`], where an agent named in the request is another one than who asks.
pub(super) fn of_agents_call(error: &AccountError) -> CallError {
    match error {
        AccountError::Refused(CommandError::UnknownAgent(_)) => {
            advised(DESTINATION_NOT_FOUND, "This agent does not exist any more", "Choose another one.")
        }
        AccountError::Refused(CommandError::UnknownQueue(_)) => {
            advised(DESTINATION_NOT_FOUND, "This queue does not exist any more", "Choose another one.")
        }
        other => of_account(other),
    }
}

fn of_refusal(refusal: &CommandError) -> CallError {
    let text = refusal.to_string();
    match refusal {
        CommandError::UnknownLeg(_) => unknown_leg(),
        CommandError::UnknownLink => {
            advised(DESTINATION_NOT_FOUND, text, "Check the address, or ask whoever sent it to you for a new one.")
        }
        CommandError::LinkInactive => advised(DESTINATION_UNAVAILABLE, text, "Open it again at the agreed time."),
        CommandError::LinkExpired => told(DESTINATION_UNAVAILABLE, text),
        CommandError::CallExists | CommandError::AgentBusy | CommandError::WrappingUp => told(BUSY, text),
        CommandError::CustomerUnreachable => told(TEMPORARILY_UNAVAILABLE, text),
        CommandError::NotTheAgents => told(FORBIDDEN, text),
        CommandError::NotInTalk
        | CommandError::HeldAlready
        | CommandError::NotHeld
        | CommandError::BeingTransferred => advised(INVALID_REQUEST, text, ""),
        CommandError::CannotTransfer(_) => advised(DESTINATION_UNAVAILABLE, text, "Choose another agent or queue."),
        CommandError::NotRinging => told(codes::CANCELLED, text),
        CommandError::UnknownAgent(_) => told(FORBIDDEN, "This sign-in is not an agent of this contact center"),
        CommandError::LimitReached { .. } => told(CONGESTION, text),
        CommandError::Invalid { .. } => told(INVALID_REQUEST, text),
        CommandError::UnknownStatus(_)
        | CommandError::UnknownWorkingHours(_)
        | CommandError::UnknownQueue(_)
        | CommandError::UnknownConversation(_)
        | CommandError::UnknownLinkConfig(_)
        | CommandError::UnknownTag(_)
        | CommandError::UnknownWaitingStrategy(_)
        | CommandError::UnknownHoldConfig(_)
        | CommandError::UnknownAwayMessage(_) => told(DESTINATION_NOT_FOUND, text),
        CommandError::ConversationClosed
        | CommandError::NotWrapping
        | CommandError::CannotExtendWrapUp
        | CommandError::Conflict(_) => told(INVALID_REQUEST, text),
    }
}

pub(super) fn of_negotiation(error: &NegotiationError) -> CallError {
    match error {
        NegotiationError::Refused(Refusal::UnknownLeg) => {
            advised(codes::MEDIA_ERROR, "The media engine no longer holds this call's connection", "Rejoin the call.")
        }
        // Prompts are no matter of an offer; whatever is refused is told by its name.
        NegotiationError::Refused(
            refusal @ (Refusal::InvalidOffer { .. }
            | Refusal::UnknownPrompt { .. }
            | Refusal::TooManyPrompts { .. }
            | Refusal::PromptTooLong { .. }
            | Refusal::InvalidPrompt { .. }
            | Refusal::PromptsAreSound { .. }),
        ) => told(codes::MEDIA_ERROR, refusal.to_string()),
        NegotiationError::Refused(Refusal::Full { .. }) | NegotiationError::Busy => {
            told(CONGESTION, "The server carries as many calls as it can")
        }
        NegotiationError::Refused(refusal @ Refusal::Unsupported { .. }) => {
            told(FEATURE_UNAVAILABLE, refusal.to_string())
        }
        NegotiationError::TimedOut => REQUEST_TIMEOUT.to_error(),
        NegotiationError::Gone => SERVICE_UNAVAILABLE.to_error(),
    }
}

pub(super) fn offer_too_large() -> CallError {
    told(INVALID_REQUEST, format!("The SDP offer is longer than {} kB", limits::SDP_BYTES / 1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_say_what_happened() {
        for pair in ALL.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} before {}", pair[0].name, pair[1].name);
        }
        for code in ALL {
            assert!(code.description.len() > 10, "{}", code.name);
        }
    }

    #[test]
    fn inner_errors_become_sentences() {
        let error = of_account(&AccountError::Refused(CommandError::LinkExpired));
        assert_eq!(error.description, "This call link is expired or was used.");
        assert_eq!((error.id, error.name.as_str()), (10304, "DESTINATION_UNAVAILABLE"));
        assert!(!error.action.is_empty());
    }
}
