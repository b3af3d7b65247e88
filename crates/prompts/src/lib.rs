//! Audio files and text become [`Prompt`]s: 20 ms Opus frames that the media engine only copies.
//!
//! ```text
//! file ─► format (is it what its name says?) ─► decode ─┐
//!                                                       ├─► mono ─► 48 kHz ─► Opus ─► Prompt
//! text ─► speech: espeak-ng, a subprocess ─► WAV ───────┘
//! ```
//!
//! Everything here blocks for up to seconds and belongs on a thread for blocking work. Memory stays small whatever a file
//! claims: audio is resampled and encoded while it is decoded.
//!
//! * [`from_file`] makes a prompt of an uploaded file.
//! * [`Speaker`] makes prompts of text and keeps them on disk.
//! * [`ringback`] and [`music`] are made of nothing.

mod decode;
mod encoding;
mod error;
mod format;
pub mod limits;
mod prompt;
mod speech;
mod tones;

pub use error::{Problem, PromptError};
pub use format::{EXTENSIONS, from_file};
pub use prompt::Prompt;
pub use speech::{Language, Speaker, SpeakerConfig, Speech, SpeechError, Voice};
pub use tones::{music, ringback};
