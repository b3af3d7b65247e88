use crate::disk;
use crate::file::RecordingFile;
use crate::keys::Keys;
use recording_core::segment::Sealed;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Component, Path, PathBuf};

/// Opens a finished file by its path as [`wire::recorder::SegmentFile::path`] has it. A path that leads elsewhere is
/// refused.
pub fn open_file(dir: &Path, path: &str, keys: &Keys) -> io::Result<RecordingFile> {
    let full = full_path(dir, path)?;
    let stem = full.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    match sealed_by_manifest(&full)? {
        Some(sealed) => RecordingFile::finished(&full, &stem, Some(&sealed), keys),
        None => open_plain(&full),
    }
}

/// Where a file lies of which only the path under the folder is known.
pub(crate) fn full_path(dir: &Path, path: &str) -> io::Result<PathBuf> {
    let path = Path::new(path);
    let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    let full = dir.join(path);
    if !inside || !full.starts_with(disk::root(dir)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no path of a recording"));
    }
    Ok(full)
}

/// How the file is sealed, by its manifest.
fn sealed_by_manifest(path: &Path) -> io::Result<Option<Sealed>> {
    let beside = path.with_extension("json");
    if !beside.exists() {
        return Ok(None);
    }
    let manifest = disk::read_manifest(&beside);
    let manifest = manifest.map_err(|reason| io::Error::other(format!("{}: {reason}", beside.display())))?;
    Ok(manifest.finished.and_then(|finished| finished.sealed))
}

/// A sealed file whose manifest is gone is not taken for a plain one.
fn open_plain(path: &Path) -> io::Result<RecordingFile> {
    let file = File::open(path)?;
    let mut begin = [0; sealed::MAGIC.len()];
    let count = file.read_at(&mut begin, 0)?;
    if begin[..count] == *sealed::MAGIC {
        let reason = format!("{} is sealed, and the manifest with its key is missing", path.display());
        return Err(io::Error::other(reason));
    }
    RecordingFile::plain(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeySource;

    #[test]
    fn only_recordings_are_opened() {
        let dir = tempfile::tempdir().expect("a folder");
        let keys = Keys::read(&KeySource::usual(dir.path())).expect("none");
        std::fs::create_dir(disk::root(dir.path())).expect("made");
        for file in ["secret", "recordings/a.ogg"] {
            std::fs::write(dir.path().join(file), "x").expect("written");
        }
        std::fs::write(dir.path().join("recordings/sealed.ogg"), "SWSEALED and so on").expect("written");
        assert!(open_file(dir.path(), "recordings/a.ogg", &keys).is_ok());
        for path in ["secret", "recordings/../secret", "/etc/passwd", "", "recordings/b.ogg", "recordings/sealed.ogg"] {
            assert!(open_file(dir.path(), path, &keys).is_err(), "{path}");
        }
    }
}
