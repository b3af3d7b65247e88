//! Completes one segment's file: live parts in, finished file and manifest out, parts gone.

use crate::disk;
use crate::file::{self, RecordingFile, Written};
use crate::keys::Keys;
use crate::names::file_name;
use recording_core::mux::{self, Container, FinishError, FinishPlan, LiveError, LiveIndex};
use recording_core::segment::{FileRole, Finished, Manifest, State};
use sealed::KeyError;
use std::io;
use std::path::Path;
use wire::recorder::{Event, SegmentFile};

/// Why a file could not be completed now. What lies on disk is unchanged and can be tried again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompleteError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Live(#[from] LiveError),
    #[error("{0}")]
    Key(#[from] KeyError),
    #[error("the finished file does not pass its own check: {0}")]
    Check(#[from] mux::CheckError),
}

/// Finishes the file of `manifest`, which lies in `folder`. On return the manifest on disk says `finished`,
/// `recovered` or `failed`.
pub(crate) fn complete(
    folder: &Path,
    mut manifest: Manifest,
    recovered: bool,
    keys: &Keys,
) -> Result<Manifest, CompleteError> {
    let stem = manifest.stem();
    let key = manifest.live_key.as_ref().map(|key| keys.data_key(&stem, key)).transpose()?;
    let mut index = LiveIndex::default();
    let mut parts = Vec::new();
    for (_, path) in disk::parts(folder, &stem)? {
        let mut part = RecordingFile::part(&path, key.as_ref())?;
        index.add_part(part.reader()?)?;
        parts.push(part);
    }
    match FinishPlan::new(index) {
        Ok(plan) => {
            manifest.finished = Some(write_finished(folder, &manifest, &plan, &mut parts, keys)?);
            let done = if recovered { State::Recovered } else { State::Finished };
            manifest.state.enter(done).expect("only open segments are completed");
        }
        Err(error @ (FinishError::Empty | FinishError::NoParameters)) => {
            manifest.failure = Some(error.to_string());
            manifest.state.enter(State::Failed).expect("only open segments are completed");
        }
    }
    // The parts go, and nobody needs their key any more.
    manifest.live_key = None;
    disk::write_manifest(folder, &manifest)?;
    remove_parts(folder, &manifest)?;
    Ok(manifest)
}

/// The live parts of a completed file go.
pub(crate) fn remove_parts(folder: &Path, manifest: &Manifest) -> io::Result<()> {
    for (_, path) in disk::parts(folder, &manifest.stem())? {
        disk::remove(&path)?;
    }
    disk::sync_folder(&folder.join("any"))
}

fn write_finished(
    folder: &Path,
    manifest: &Manifest,
    plan: &FinishPlan,
    parts: &mut [RecordingFile],
    keys: &Keys,
) -> Result<Finished, CompleteError> {
    let container = plan.container();
    let stem = manifest.stem();
    let name = format!("{stem}.{}", container.extension());
    let written = write_checked(folder, &name, container, keys, |write| {
        plan.write(
            |part, offset, length| {
                let mut payload = vec![0; length as usize];
                parts[part as usize].read_exact_at(offset, &mut payload)?;
                Ok::<_, io::Error>(payload)
            },
            write,
        )
    })?;
    Ok(finished(manifest, name, container, plan.duration_ms(), written))
}

/// What is stated of a file that was written.
pub(crate) fn finished(
    manifest: &Manifest,
    file: String,
    container: Container,
    duration_ms: u64,
    written: Written,
) -> Finished {
    let download_name = download_name(manifest, container);
    let Written { bytes, sha256, sealed } = written;
    Finished { file, container, download_name, bytes, duration_ms, sha256, sealed }
}

/// Writes a finished file under `name`, whose stem its key is made for: a temporary file, which is read back whole
/// and has its name only then.
pub(crate) fn write_checked(
    folder: &Path,
    name: &str,
    container: Container,
    keys: &Keys,
    content: impl FnOnce(&mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()>,
) -> Result<Written, CompleteError> {
    let path = folder.join(name);
    let stem = name.split('.').next().unwrap_or(name);
    let temporary = disk::temporary(&path);
    let written = file::write(&temporary, stem, keys, content)?;
    let mut back = RecordingFile::finished(&temporary, stem, written.sealed.as_ref(), keys)?;
    mux::check(container, back.reader()?)?;
    disk::rename(&temporary, &path)?;
    Ok(written)
}

/// Lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn download_name(manifest: &Manifest, container: Container) -> String {
    let start = &manifest.start;
    let extension = container.extension();
    let name = file_name(start.conversation, &start.agent_name, &start.customer_name, start.started_at, extension);
    name.replace(&format!(".{extension}"), &format!("{}.{extension}", manifest.role.suffix()))
}

/// What signaling is told about a completed file. A camera's second file, after a change of codec, has no row of its
/// own and is not told.
pub(crate) fn fact(dir: &Path, folder: &Path, manifest: &Manifest) -> Option<Event> {
    let segment = manifest.segment();
    let told = matches!(manifest.role, FileRole::Main | FileRole::Screen);
    let Some(finished) = &manifest.finished else {
        let reason = manifest.failure.clone().unwrap_or_default();
        return (manifest.role == FileRole::Main).then_some(Event::Failed { segment, reason });
    };
    let path = folder.strip_prefix(dir).unwrap_or(folder).join(&finished.file);
    told.then(|| {
        Event::Finished(Box::new(SegmentFile {
            segment,
            account: manifest.start.account,
            call: manifest.start.call,
            leg: manifest.start.leg,
            screen: manifest.role.is_screen(),
            media: finished.container.media(),
            path: slashed(&path),
            file_name: finished.download_name.clone(),
            mime: finished.container.mime().into(),
            bytes: finished.bytes,
            duration_ms: finished.duration_ms,
            gaps_ms: manifest.lost_ms(),
            sha256: finished.sha256.clone(),
            recovered: manifest.state == State::Recovered,
        }))
    })
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
