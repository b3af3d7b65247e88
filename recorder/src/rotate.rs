//! A new key for recordings, with what it takes to retire the old ones.

use crate::keys::{KeySource, KeysError, read_ring, write_ring};
use crate::{Problem, disk};
use recording_core::segment::{Manifest, WrappedKey};
use sealed::{KeyError, KeyRing, Wrapped};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Why keys cannot be rotated.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// The folder cannot be read or locked.
    #[error("cannot read recordings in {dir}: {source}. Name the data folder of a server.")]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The recorder holds its keys in memory, and writes manifests itself.
    #[error("a recorder is running on {0}: stop it, rotate, and start it again; it then seals with the new key")]
    InUse(PathBuf),
    /// The keys cannot be used.
    #[error("{0}")]
    Keys(#[from] KeysError),
    /// There is no file of keys.
    #[error("there is no {0} with keys of recordings: a recorder makes it at its first start")]
    NoFile(PathBuf),
}

/// What [`rotate`] did.
#[derive(Debug, Default)]
pub struct RotationReport {
    /// Id of the key that seals from now on.
    pub newest: String,
    /// It was made just now; keys that do not lie in a file are made by whoever keeps them.
    pub made: bool,
    /// Recordings whose key is now wrapped by it.
    pub rewrapped: u64,
    /// Keys that recordings need: by id, how many.
    pub in_use: BTreeMap<String, u64>,
    /// Keys that no recording needs any more.
    pub unneeded: Vec<String>,
    /// What could not be read or written.
    pub problems: Vec<Problem>,
}

impl RotationReport {
    /// True when every recording needs the newest key alone.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }
}

impl fmt::Display for RotationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "PROBLEM  {}: {}", problem.path.display(), problem.what)?;
        }
        for (id, recordings) in &self.in_use {
            writeln!(f, "key {id}: needed by {recordings} recordings")?;
        }
        for id in &self.unneeded {
            writeln!(f, "key {id}: needed by no recording here; backups may still need it")?;
        }
        let made = if self.made { "a new key" } else { "the first key" };
        let (newest, rewrapped, problems) = (&self.newest, self.rewrapped, self.problems.len());
        write!(f, "{made} seals from now on: {newest}; {rewrapped} recordings rewrapped, {problems} problems")
    }
}

/// Puts a new key before the others where they lie in a file, and wraps with the first key what others wrapped. No
/// recording is written anew: only manifests change, each as a whole. It can be repeated after a crash.
pub fn rotate(dir: &Path, source: &KeySource) -> Result<RotationReport, RotateError> {
    let folder_error = |source| RotateError::Folder { dir: dir.into(), source };
    fs::read_dir(dir).map_err(folder_error)?;
    let _lock = disk::lock(dir).map_err(folder_error)?.ok_or_else(|| RotateError::InUse(dir.into()))?;
    let (ring, made) = match (read_ring(source)?, source) {
        (Some(old), KeySource::File(path)) => {
            let ring = old.with_new_key();
            write_ring(path, &ring).map_err(|source| KeysError::File { path: path.clone(), source })?;
            (ring, true)
        }
        (Some(ring), KeySource::Text { .. }) => (ring, false),
        (None, KeySource::File(path)) => return Err(RotateError::NoFile(path.clone())),
        (None, KeySource::Text { .. }) => unreachable!("a text holds keys or is refused"),
    };
    let newest = ring.ids().next().expect("a ring that was read has a key").to_owned();
    let mut report = RotationReport { newest, made, ..RotationReport::default() };
    let mut manifests = Vec::new();
    disk::walk(dir, &mut |path| {
        if disk::is_manifest(path) {
            manifests.push(path.to_path_buf());
        }
    })
    .map_err(folder_error)?;
    for path in manifests {
        if let Err(what) = rewrap(&path, &ring, &mut report) {
            report.problems.push(Problem { path, what });
        }
    }
    report.unneeded =
        ring.ids().filter(|id| *id != report.newest && !report.in_use.contains_key(*id)).map(str::to_owned).collect();
    Ok(report)
}

fn rewrap(path: &Path, ring: &KeyRing, report: &mut RotationReport) -> Result<(), String> {
    let mut manifest = disk::read_manifest(path)?;
    let before = manifest.clone();
    let stem = manifest.stem();
    let mut wrong = None;
    for key in manifest.keys_mut().filter(|key| key.key != report.newest) {
        match wrapped_by_first(key, &stem, ring) {
            Ok(fresh) => *key = fresh,
            Err(error) => wrong = Some(error.to_string()),
        }
    }
    if manifest != before {
        if let Err(error) = replace(path, &manifest) {
            count(before, report);
            return Err(error.to_string());
        }
        report.rewrapped += 1;
    }
    count(manifest, report);
    wrong.map_or(Ok(()), Err)
}

fn count(mut manifest: Manifest, report: &mut RotationReport) {
    for key in manifest.keys_mut() {
        *report.in_use.entry(key.key.clone()).or_default() += 1;
    }
}

fn wrapped_by_first(key: &WrappedKey, stem: &str, ring: &KeyRing) -> Result<WrappedKey, KeyError> {
    let WrappedKey { key, sealed } = key.clone();
    let data = ring.unwrap_key(stem, &Wrapped { key, sealed })?;
    let Wrapped { key, sealed } = ring.wrap(stem, &data).ok_or(KeyError::Empty)?;
    Ok(WrappedKey { key, sealed })
}

/// Nothing new is to be told of the recording: the manifest keeps its time.
fn replace(path: &Path, manifest: &Manifest) -> io::Result<()> {
    let changed = fs::metadata(path)?.modified()?;
    disk::replace(path, &manifest.to_json())?;
    File::options().write(true).open(path)?.set_modified(changed)
}
