use crate::keys::{KeySource, KeysError};
use std::path::PathBuf;

/// What the recorder must know to start.
#[derive(Debug, Clone)]
pub struct RecorderConfig {
    /// Folder of all recordings; made if it is missing.
    pub dir: PathBuf,
    /// Keys that recordings are sealed with.
    pub keys: KeySource,
    /// Seal new recordings. What is sealed already is read in any case.
    pub seal: bool,
}

impl RecorderConfig {
    /// Sealed recordings, and their keys in the same folder.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        let dir = dir.into();
        Self { keys: KeySource::usual(&dir), dir, seal: true }
    }
}

/// Why the recorder cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder cannot be made or written.
    #[error("cannot use {dir} for recordings: {source}. Give a folder that this user may write with --data")]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another recorder works there.
    #[error("another recorder is running on {0}; two would destroy each other's files")]
    InUse(PathBuf),
    /// The keys of recordings cannot be used.
    #[error("{0}")]
    Keys(#[from] KeysError),
    /// A thread could not be made.
    #[error("cannot start a recorder thread: {0}")]
    Thread(std::io::Error),
}
