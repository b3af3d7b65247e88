//! Finished files of sound, converted to PCM from any sample on.
//!
//! A file is cut into blocks of [`limits::PLAYBACK_BLOCK`](crate::limits::PLAYBACK_BLOCK) samples. Each is decoded by a new decoder,
//! which begins [`limits::PLAYBACK_PRE_ROLL`](crate::limits::PLAYBACK_PRE_ROLL) samples before it: a decoder's output depends on where
//! it began, and so whoever asks for a range hears the same as who asks for the whole.
//!
//! Reading is the caller's: [`OpusHead`] says how a file begins, [`Search`] where the pages of a block begin, [`page()`] what is in
//! them, and [`Wav`] which bytes the samples are.

mod head;
mod page;
mod search;
mod wav;

pub use head::OpusHead;
pub use page::{Page, last_page, page};
pub use search::{Place, Search, Step};
pub use wav::Wav;

/// Why a file cannot be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlaybackError {
    /// Another format, or one that was never written here.
    #[error("it is no Opus in Ogg as it is recorded: {0}")]
    Foreign(&'static str),
    /// Something else where a page should begin.
    #[error("there is no page at byte {0}")]
    NoPage(u64),
    /// A damaged page.
    #[error("page {0} has a wrong checksum")]
    Checksum(u32),
    /// Packets are whole in what is recorded.
    #[error("page {0} ends within a packet")]
    SplitPacket(u32),
    /// The file ends before its sound does.
    #[error("it is cut off at byte {0}")]
    Cut(u64),
    /// Pages that contradict themselves, or are out of order.
    #[error("page {page} says that it ends at sample {stated}, and ends at {found}")]
    Position {
        /// The page's number.
        page: u32,
        /// As the page has it.
        stated: u64,
        /// As its packets have it.
        found: u64,
    },
    /// Less sound than was recorded.
    #[error("it holds {found} ms of sound, not {recorded}")]
    Short {
        /// As its last page has it.
        found: u64,
        /// As was recorded.
        recorded: u64,
    },
    /// Pages whose order leads nowhere.
    #[error("sample {0} cannot be found in it")]
    NotFound(u64),
    /// More bytes than so much sound can be.
    #[error("its pages from byte {0} on hold too little sound")]
    TooDense(u64),
}
