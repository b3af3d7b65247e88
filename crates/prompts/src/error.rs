//! Why a file gives no prompt.

use crate::{format::EXTENSIONS, limits};

/// A file that gives no prompt, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct PromptError {
    /// The file's name as it was given, shortened to [`limits::NAME_CHARS`].
    pub file: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with an audio file; reads as a sentence about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Its name ends in nothing that says an audio format.
    #[error("a prompt's file name must end in one of {}", EXTENSIONS.join(", "))]
    Name,
    /// More than [`limits::FILE_BYTES`].
    #[error("it has {bytes} bytes, and {} are allowed; shorten it, or save it as .mp3 or .m4a", limits::FILE_BYTES)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// More than [`limits::PROMPT_DURATION`].
    #[error("it lasts longer than {} minutes; shorten it", limits::PROMPT_DURATION.as_secs() / 60)]
    TooLong,
    /// Its content is of another format than its name.
    #[error("it says it is a {says} but is {is}; give it the name of its format, or save it as {says}")]
    Mismatch {
        /// The end of its name.
        says: &'static str,
        /// What its content is.
        is: &'static str,
    },
    /// Its content is of no format that is known here.
    #[error("it says it is a {says} but holds no such data; save it as {says} again")]
    NotWhatItSays {
        /// The end of its name.
        says: &'static str,
    },
    /// Its format is right, but what lies inside is encoded in a way that is not read here.
    #[error("it is encoded in a way that cannot be read ({what}); save it as 16-bit .wav")]
    Unsupported {
        /// What is not supported.
        what: String,
    },
    /// It breaks the rules of its format.
    #[error("it is damaged ({reason}); save or upload it again")]
    Damaged {
        /// What was found.
        reason: String,
    },
    /// There is no sound in it.
    #[error("it holds no audio")]
    Empty,
}

impl Problem {
    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into() }
    }

    pub(crate) fn damaged(reason: impl Into<String>) -> Self {
        Self::Damaged { reason: reason.into() }
    }

    /// Names the file.
    pub(crate) fn of(self, name: &str) -> PromptError {
        PromptError { file: name.chars().take(limits::NAME_CHARS).collect(), problem: self }
    }
}
