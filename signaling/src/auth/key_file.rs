//! Keys that live in files of their own under the data folder.

use super::keys;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Bytes in a key.
pub const KEY_BYTES: usize = 32;

/// Why a key could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file system refused.
    #[error("{path}: {source}; the data folder must be writable for the user that runs switchroom", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The file is not a key of ours.
    #[error(
        "{path} holds {found} bytes instead of {KEY_BYTES}; put the right file back from a backup, or remove it to \
         get a new key (sign-ins and call links made with the old one stop working)", path = path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Its length.
        found: usize,
    },
}

/// Reads a key, or makes a random one that only our user can read.
pub fn load_or_create(path: &Path) -> Result<[u8; KEY_BYTES], KeyFileError> {
    let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
    match fs::read(path) {
        Ok(bytes) => <[u8; KEY_BYTES]>::try_from(bytes.as_slice())
            .map_err(|_| KeyFileError::Damaged { path: path.to_owned(), found: bytes.len() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = keys::random::<KEY_BYTES>();
            create(path, &key).map_err(failed)?;
            Ok(key)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Writes the key under another name first: a crash leaves no half key.
fn create(path: &Path, key: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let fresh = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(key)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_is_made_once_and_kept_from_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys/a.key");
        let first = load_or_create(&path).expect("made");
        assert_eq!(load_or_create(&path).expect("read"), first);
        assert_ne!(load_or_create(&folder.path().join("keys/b.key")).expect("made"), first);
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_key_is_named_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.key");
        fs::write(&path, b"short").expect("written");
        let error = load_or_create(&path).expect_err("damaged").to_string();
        assert!(error.contains("a.key holds 5 bytes"), "{error}");
        assert_eq!(fs::read(&path).expect("there"), b"short");
    }
}
