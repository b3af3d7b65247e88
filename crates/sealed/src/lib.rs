//! Files that only who has a key can read, and in which every change shows.
//!
//! A file is a head of 32 bytes and a chain of chunks, each sealed with AES-256-GCM:
//!
//! ```text
//! head    magic "SWSEALED" (8) | version (1) | kind (1) | zero (6) | file id (16)
//! live    length of the plaintext (4, big-endian) | ciphertext | tag (16), one or more for each flush
//! finished                                          ciphertext | tag (16), each of 64 KiB of plaintext, the last shorter
//! ```
//!
//! * Every file has a random data key and a random id. Chunks are sealed with HKDF-SHA-256 of both, so that a counter
//!   is a safe nonce even where one data key has several files.
//! * A chunk's nonce is its number; with it are authenticated the head, the number and whether it is the last. A chunk
//!   that was changed, moved, dropped or taken from another file does not open.
//! * A live file has no last chunk: it may be cut anywhere, and what is before the cut is whole. A finished file has one,
//!   and who keeps the number of its chunks elsewhere notices every cut.
//! * The data key is kept elsewhere, wrapped by a key of a [`KeyRing`]: a new key there changes no byte of any file.
//!
//! Nothing here opens a file: readers work on [`std::io::Read`] and [`std::io::Seek`], writers on [`std::io::Write`].

mod chunk;
mod error;
mod head;
mod keys;
pub mod limits;
mod live;
mod reader;
mod ring;
mod writer;

pub use error::{KeyError, SealError};
pub use head::MAGIC;
pub use keys::DataKey;
pub use live::LiveSealer;
pub use reader::{Reading, SealedFile};
pub use ring::{KeyRing, Wrapped};
pub use writer::SealingWriter;
