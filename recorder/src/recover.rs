use crate::compose::compose;
use crate::finish::{complete, remove_parts};
use crate::keys::Keys;
use crate::{disk, limits};
use recording_core::segment::{Manifest, State};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why recovery could not begin.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The folder cannot be read or locked.
    #[error("cannot read recordings in {dir}: {source}")]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A recorder is running there: it does this itself.
    #[error("a recorder is running on {0}: it recovered what there was when it started")]
    InUse(PathBuf),
}

/// What recovery found and did.
#[derive(Debug, Default)]
pub struct RecoveryReport {
    /// Files completed.
    pub recovered: Vec<PathBuf>,
    /// Segments with nothing to keep, and why.
    pub failed: Vec<(PathBuf, String)>,
    /// Left-overs of interrupted writes and deletions, removed.
    pub removed: Vec<PathBuf>,
    /// What could not be done, and why. It can be tried again.
    pub errors: Vec<(PathBuf, String)>,
}

impl RecoveryReport {
    /// True when nothing is left to do.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }
}

impl fmt::Display for RecoveryReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for path in &self.recovered {
            writeln!(f, "recovered  {}", path.display())?;
        }
        for (path, reason) in &self.failed {
            writeln!(f, "empty      {}: {reason}", path.display())?;
        }
        for path in &self.removed {
            writeln!(f, "removed    {}", path.display())?;
        }
        for (path, reason) in &self.errors {
            writeln!(f, "ERROR      {}: {reason}", path.display())?;
        }
        write!(
            f,
            "{} recovered, {} empty, {} left-overs removed, {} errors",
            self.recovered.len(),
            self.failed.len(),
            self.removed.len(),
            self.errors.len()
        )
    }
}

/// Completes every recording under `dir` that a dead recorder left open, and removes left-overs. [`crate::start`]
/// does the same; this is for a folder on which no recorder runs.
pub fn recover(dir: &Path, keys: &Keys) -> Result<RecoveryReport, RecoverError> {
    let folder_error = |source| RecoverError::Folder { dir: dir.into(), source };
    std::fs::read_dir(dir).map_err(folder_error)?;
    let _lock = disk::lock(dir).map_err(folder_error)?.ok_or_else(|| RecoverError::InUse(dir.into()))?;
    recover_unclaimed(dir, keys, Merging::Now, |_| false, &mut |_| {}).map_err(folder_error)
}

/// When files that were to be merged are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Merging {
    Now,
    /// By the thread that does nothing else.
    Later,
}

/// What recovery knows about one manifest.
pub(crate) struct Known<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) manifest: Manifest,
    /// Completed just now; otherwise it was complete before.
    pub(crate) completed: bool,
}

/// The work of [`recover`], leaving alone what `claimed` names by its stem. `known` hears of every manifest that was
/// completed now or lately: the fact may not have reached anyone before the end of the earlier run.
pub(crate) fn recover_unclaimed(
    dir: &Path,
    keys: &Keys,
    merging: Merging,
    claimed: impl Fn(&str) -> bool,
    known: &mut dyn FnMut(Known<'_>),
) -> io::Result<RecoveryReport> {
    let mut report = RecoveryReport::default();
    let (mut manifests, mut temporaries) = (Vec::new(), Vec::new());
    disk::walk(dir, &mut |path| {
        if disk::is_manifest(path) {
            manifests.push(path.to_path_buf());
        } else if path.extension().is_some_and(|extension| extension == disk::TEMPORARY) {
            temporaries.push(path.to_path_buf());
        }
    })?;
    for path in temporaries.into_iter().filter(|path| !claimed(stem(path))) {
        match disk::remove(&path) {
            Ok(()) => report.removed.push(path),
            Err(error) => report.errors.push((path, error.to_string())),
        }
    }
    for path in manifests.into_iter().filter(|path| !claimed(stem(path))) {
        match recover_one(dir, &path, keys, merging, &mut report) {
            Ok((manifest, _)) if manifest.state.is_open() => {}
            Ok((manifest, completed)) if completed || is_recent(&path) => {
                known(Known { folder: path.parent().unwrap_or(dir), manifest, completed });
            }
            Ok(_) => {}
            Err(reason) => report.errors.push((path, reason)),
        }
    }
    Ok(report)
}

fn is_recent(path: &Path) -> bool {
    let changed = std::fs::metadata(path).and_then(|metadata| metadata.modified());
    changed.is_ok_and(|at| at.elapsed().is_ok_and(|age| age < limits::TELL_AGAIN))
}

/// The manifest as it is now, and whether it was completed just now.
fn recover_one(
    dir: &Path,
    path: &Path,
    keys: &Keys,
    merging: Merging,
    report: &mut RecoveryReport,
) -> Result<(Manifest, bool), String> {
    let manifest = disk::read_manifest(path)?;
    let folder = path.parent().unwrap_or(path);
    if manifest.state.is_open() {
        let done = match (&manifest.composed, merging) {
            (None, _) => complete(folder, manifest, true, keys),
            (Some(_), Merging::Now) => compose(dir, keys, folder, manifest, &|| false),
            (Some(_), Merging::Later) => return Ok((manifest, false)),
        };
        let done = done.map_err(|error| error.to_string())?;
        match (&done.finished, &done.failure) {
            (Some(finished), _) => report.recovered.push(folder.join(&finished.file)),
            (None, reason) => report.failed.push((path.into(), reason.clone().unwrap_or_default())),
        }
        return Ok((done, true));
    }
    let leftover = disk::parts(folder, &manifest.stem()).map_err(|error| error.to_string())?;
    if !leftover.is_empty() {
        remove_parts(folder, &manifest).map_err(|error| error.to_string())?;
        report.removed.extend(leftover.into_iter().map(|(_, path)| path));
    }
    if let (State::Deleted, Some(finished)) = (manifest.state, &manifest.finished) {
        let file = folder.join(&finished.file);
        if file.exists() {
            disk::remove(&file).map_err(|error| error.to_string())?;
            report.removed.push(file);
        }
    }
    Ok((manifest, false))
}

/// What stands before the first dot of a file's name.
fn stem(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).and_then(|name| name.split('.').next()).unwrap_or_default()
}
