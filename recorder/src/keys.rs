//! The keys that recordings are sealed with: where they come from, and what they open.

use crate::disk;
use recording_core::segment::WrappedKey;
use sealed::{DataKey, KeyError, KeyRing, Wrapped};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const EXPLANATION: &str = "\
# Keys of recordings: the first seals new ones, all of them open. Who has them can read the recordings; without them
# nobody can. Keep a copy, apart from the recordings. Lines of several files may be joined.
";

/// Where the keys of recordings come from.
#[derive(Clone)]
pub enum KeySource {
    /// A file of keys; it is made at the first start.
    File(PathBuf),
    /// The keys themselves, and what holds them, for errors.
    Text {
        /// For example an environment variable.
        holder: &'static str,
        /// A secret.
        keys: String,
    },
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Text { holder, .. } => f.debug_tuple("Text").field(holder).finish(),
        }
    }
}

impl KeySource {
    /// The usual file in a data folder.
    pub fn usual(dir: &Path) -> Self {
        Self::File(dir.join("keys/recordings.keys"))
    }
}

/// Why the keys of recordings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read or made.
    #[error(
        "{path} with the keys of recordings: {source}. Let this user read and write it, or name another file with \
         recordings.keys", path = path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds something else.
    #[error(
        "{path} with the keys of recordings: {reason}. Put the file right from a backup; or move it away to get a new \
         key, then what was recorded before cannot be played until its lines are back", path = path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: KeyError,
    },
    /// The text is not made of keys.
    #[error("{holder} with the keys of recordings: {reason}")]
    Text {
        /// What holds it.
        holder: &'static str,
        /// What is wrong.
        reason: KeyError,
    },
}

/// Seals and opens recordings. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Keys {
    ring: Arc<KeyRing>,
    seals: bool,
}

impl Keys {
    /// For a recorder: a file that is missing is made. Without `seals` new recordings are plain, no file is made, and
    /// what is sealed is still opened.
    pub fn open(source: &KeySource, seals: bool) -> Result<Self, KeysError> {
        let ring = match (read_ring(source)?, source) {
            (Some(ring), _) => ring,
            (None, KeySource::File(path)) if seals => {
                let ring = KeyRing::empty().with_new_key();
                write_ring(path, &ring).map_err(|source| KeysError::File { path: path.clone(), source })?;
                let path = path.display();
                tracing::info!(%path, "a key for recordings was made: keep a copy, without it nobody can read them");
                ring
            }
            (None, _) => KeyRing::empty(),
        };
        Ok(Self { ring: Arc::new(ring), seals })
    }

    /// For a folder on which no recorder runs: makes no file, and seals where there are keys.
    pub fn read(source: &KeySource) -> Result<Self, KeysError> {
        let ring = read_ring(source)?.unwrap_or_else(KeyRing::empty);
        Ok(Self { seals: !ring.is_empty(), ring: Arc::new(ring) })
    }

    /// A key for a new file, which `stem` names; `None` where files are plain.
    pub(crate) fn new_key(&self, stem: &str) -> Option<(DataKey, WrappedKey)> {
        let data = DataKey::random();
        let wrapped = if self.seals { self.ring.wrap(stem, &data) } else { None };
        wrapped.map(|Wrapped { key, sealed }| (data, WrappedKey { key, sealed }))
    }

    /// The key of the file that `stem` names.
    pub(crate) fn data_key(&self, stem: &str, wrapped: &WrappedKey) -> Result<DataKey, KeyError> {
        let WrappedKey { key, sealed } = wrapped.clone();
        self.ring.unwrap_key(stem, &Wrapped { key, sealed })
    }
}

/// The keys that are there; `None` where there is no file.
pub(crate) fn read_ring(source: &KeySource) -> Result<Option<KeyRing>, KeysError> {
    match source {
        KeySource::Text { holder, keys } => {
            KeyRing::parse(keys).map(Some).map_err(|reason| KeysError::Text { holder, reason })
        }
        KeySource::File(path) => match fs::read_to_string(path) {
            Ok(text) => {
                KeyRing::parse(&text).map(Some).map_err(|reason| KeysError::Damaged { path: path.clone(), reason })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(KeysError::File { path: path.clone(), source }),
        },
    }
}

/// Durable before the first use: what a lost key has sealed is lost.
pub(crate) fn write_ring(path: &Path, ring: &KeyRing) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let fresh = disk::temporary(path);
    // An earlier one that was not complete may have other rights.
    disk::remove(&fresh)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    file.write_all(format!("{EXPLANATION}{}", ring.to_text()).as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    File::open(folder)?.sync_all()?;
    // The folder itself may be new.
    File::open(folder.canonicalize()?.parent().unwrap_or(Path::new("/")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn source(dir: &Path) -> (PathBuf, KeySource) {
        let path = dir.join("keys/recordings.keys");
        (path.clone(), KeySource::File(path))
    }

    #[test]
    fn a_file_of_keys_is_made_once_for_who_seals_and_kept_from_others() {
        let dir = tempfile::tempdir().expect("a folder");
        let (path, source) = source(dir.path());
        assert!(Keys::read(&source).expect("none is none").new_key("a").is_none());
        assert!(Keys::open(&source, false).expect("none is needed").new_key("a").is_none());
        assert!(!path.exists(), "nobody needed it");
        let (data, wrapped) = Keys::open(&source, true).expect("made").new_key("a").expect("it seals");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        for keys in [Keys::open(&source, true), Keys::open(&source, false), Keys::read(&source)] {
            let keys = keys.expect("there");
            assert_eq!(keys.data_key("a", &wrapped), Ok(data.clone()));
            assert_eq!(keys.data_key("b", &wrapped), Err(KeyError::Wrapped(wrapped.key.clone())));
        }
    }

    #[test]
    fn keys_that_cannot_be_used_are_named_and_left_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let (path, source) = source(dir.path());
        Keys::open(&source, true).expect("made");
        let text = fs::read_to_string(&path).expect("readable");
        let cut = &text[..text.len() - 2];
        fs::write(&path, cut).expect("writable");
        let error = Keys::open(&source, true).expect_err("damaged").to_string();
        assert!(error.contains("recordings.keys") && error.contains("key 1 is damaged"), "{error}");
        assert_eq!(fs::read_to_string(&path).expect("readable"), cut);
        fs::remove_file(&path).expect("removable");
        fs::create_dir(&path).expect("makeable");
        let error = Keys::open(&source, true).expect_err("no file").to_string();
        assert!(error.contains("recordings.keys") && error.contains("directory"), "{error}");
        let text = KeySource::Text { holder: "THE_KEYS", keys: "nothing useful".into() };
        assert!(Keys::read(&text).expect_err("no keys").to_string().contains("THE_KEYS"));
        assert!(!format!("{text:?}").contains("useful"));
    }
}
