use crate::disk;
use std::fs::File;
use std::io;
use std::path::{Component, Path};

/// Opens a finished file by its path as [`wire::recorder::SegmentFile::path`] has it. A path that leads elsewhere is
/// refused.
pub fn open_file(dir: &Path, path: &str) -> io::Result<File> {
    let path = Path::new(path);
    let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    let full = dir.join(path);
    if !inside || !full.starts_with(disk::root(dir)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no path of a recording"));
    }
    File::open(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_recordings_are_opened() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(disk::root(dir.path())).expect("made");
        for file in ["secret", "recordings/a.ogg"] {
            std::fs::write(dir.path().join(file), "x").expect("written");
        }
        assert!(open_file(dir.path(), "recordings/a.ogg").is_ok());
        for path in ["secret", "recordings/../secret", "/etc/passwd", "", "recordings/b.ogg"] {
            assert!(open_file(dir.path(), path).is_err(), "{path}");
        }
    }
}
