use std::io;

/// Why a sealed file, or a part of it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The file system refused.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: String,
        /// What it said.
        source: io::Error,
    },
    /// It does not begin as a sealed file of this kind does.
    #[error("{file} does not begin as a sealed file")]
    Foreign {
        /// The file.
        file: String,
    },
    /// A later release made it.
    #[error("{file} was sealed by a later release")]
    Newer {
        /// The file.
        file: String,
    },
    /// A chunk does not open.
    #[error("chunk {chunk} of {file} was changed, moved, or sealed with another key")]
    Damaged {
        /// The file.
        file: String,
        /// Number of the chunk, from zero.
        chunk: u64,
    },
    /// It has more or fewer chunks than were written.
    #[error("{file} was cut or added to: it has {found} bytes, {stated} chunks were written")]
    Length {
        /// The file.
        file: String,
        /// Its length in bytes.
        found: u64,
        /// Chunks that were written.
        stated: u64,
    },
    /// A live file with more chunks than any recording has.
    #[error("{file} has too many chunks")]
    TooMany {
        /// The file.
        file: String,
    },
}

impl From<SealError> for io::Error {
    fn from(error: SealError) -> Self {
        let kind = match &error {
            SealError::Io { source, .. } => source.kind(),
            _ => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

/// Why keys cannot be used. No text tells a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Something among the keys is none.
    #[error("key {0} is damaged: a key is its id, a colon and 64 hexadecimal digits, and the id belongs to the digits")]
    Damaged(usize),
    /// Not one key.
    #[error("there is no key")]
    Empty,
    /// More keys than [`crate::limits::KEYS`].
    #[error("there are more than {} keys", crate::limits::KEYS)]
    TooMany,
    /// The key that is needed is not among those that are there.
    #[error("it was sealed with key {0}, which is not there: add its line to the keys from a backup of them")]
    Missing(String),
    /// The key is there, but what it wrapped does not open.
    #[error("its wrapped key is damaged or of another file (it names key {0})")]
    Wrapped(String),
}
