use crate::disk;
use crate::file::{Hashing, RecordingFile};
use crate::finish::hex;
use crate::keys::Keys;
use recording_core::mux;
use recording_core::segment::{Finished, Manifest, Sealed, State};
use sha2::Digest;
use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it, and what to do.
    pub what: String,
}

/// What [`check`] found.
#[derive(Debug, Default)]
pub struct CheckReport {
    /// Finished files read whole and found sound.
    pub sound: u64,
    /// Their length in milliseconds, together.
    pub duration_ms: u64,
    /// Segments of which nothing could be kept, or that were deleted.
    pub without_file: u64,
    /// Segments that a running recorder is writing.
    pub open: u64,
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
}

impl CheckReport {
    /// True when nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "PROBLEM  {}: {}", problem.path.display(), problem.what)?;
        }
        write!(
            f,
            "{} files sound ({:.1} s), {} segments without a file, {} being recorded, {} problems",
            self.sound,
            self.duration_ms as f64 / 1_000.0,
            self.without_file,
            self.open,
            self.problems.len()
        )
    }
}

/// Verifies every recording under `dir`: manifests readable, files whole from the first to the last byte, of the
/// stated length, size and SHA-256, sealed ones as they lie on disk, too, and nothing there that no manifest names.
pub fn check(dir: &Path, keys: &Keys) -> io::Result<CheckReport> {
    std::fs::read_dir(dir)?;
    let running = disk::is_locked(dir)?;
    let mut report = CheckReport::default();
    let (mut manifests, mut files) = (Vec::new(), BTreeSet::new());
    disk::walk(dir, &mut |path| {
        if disk::is_manifest(path) {
            manifests.push(path.to_path_buf());
        } else {
            files.insert(path.to_path_buf());
        }
    })?;
    for path in manifests {
        match disk::read_manifest(&path) {
            Ok(manifest) => check_segment(&path, &manifest, keys, running, &mut files, &mut report),
            Err(what) => report.problems.push(Problem { path, what }),
        }
    }
    for path in files {
        let what = "no manifest names this file".into();
        if !running || path.extension().is_none_or(|extension| extension != disk::TEMPORARY) {
            report.problems.push(Problem { path, what });
        }
    }
    Ok(report)
}

fn check_segment(
    path: &Path,
    manifest: &Manifest,
    keys: &Keys,
    running: bool,
    files: &mut BTreeSet<PathBuf>,
    report: &mut CheckReport,
) {
    let folder = path.parent().unwrap_or(path);
    if manifest.state.is_open() {
        let prefix = format!("{}.", manifest.stem());
        files.retain(|file| {
            let ours = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix));
            !(ours && file.parent() == Some(folder))
        });
        if running {
            report.open += 1;
        } else {
            let what = "left open by a recorder that died: run `switchroom recordings recover`".into();
            report.problems.push(Problem { path: path.into(), what });
        }
        return;
    }
    let Some(finished) = manifest.finished.as_ref().filter(|_| manifest.state != State::Deleted) else {
        report.without_file += 1;
        return;
    };
    let file = folder.join(&finished.file);
    files.remove(&file);
    match check_file(&file, &manifest.stem(), finished, keys) {
        Ok(()) => {
            report.sound += 1;
            report.duration_ms += finished.duration_ms;
        }
        Err(what) => report.problems.push(Problem { path: file, what }),
    }
}

fn check_file(path: &Path, stem: &str, stated: &Finished, keys: &Keys) -> Result<(), String> {
    let opened = RecordingFile::finished(path, stem, stated.sealed.as_ref(), keys);
    let mut file = opened.map_err(|error| format!("cannot be opened: {error}"))?;
    let reader = file.reader().map_err(|error| format!("cannot be read: {error}"))?;
    let mut hashed = Hashing::new(reader);
    let checked = mux::check(stated.container, &mut hashed).map_err(|error| error.to_string())?;
    if hashed.bytes != stated.bytes {
        return Err(format!("has {} bytes, the manifest says {}", hashed.bytes, stated.bytes));
    }
    if checked.duration_ms != stated.duration_ms {
        return Err(format!("lasts {} ms, the manifest says {}", checked.duration_ms, stated.duration_ms));
    }
    if hex(&hashed.hash.finalize()) != stated.sha256 {
        return Err("was changed: its SHA-256 is not the manifest's".into());
    }
    stated.sealed.as_ref().map_or(Ok(()), |sealed| check_sealed(path, sealed))
}

/// As it lies on disk: whoever compares copies of it does so without its key.
fn check_sealed(path: &Path, stated: &Sealed) -> Result<(), String> {
    let mut hashed = Hashing::new(File::open(path).map_err(|error| format!("cannot be opened: {error}"))?);
    io::copy(&mut hashed, &mut io::sink()).map_err(|error| format!("cannot be read: {error}"))?;
    if (hashed.bytes, hex(&hashed.hash.finalize())) != (stated.bytes, stated.sha256.clone()) {
        return Err("the manifest has another SHA-256 of it as it is sealed".into());
    }
    Ok(())
}
