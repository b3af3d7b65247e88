//! Merges finished segments into one file. The steps are those of finishing a segment: `docs/recording-storage.md`.

use crate::file::RecordingFile;
use crate::finish::{CompleteError, finished, write_checked};
use crate::keys::Keys;
use crate::{disk, open};
use model::ParticipantType;
use recording_core::mux::{Container, StereoError, StereoSource, write_stereo};
use recording_core::opus_packet::RATE;
use recording_core::segment::{Finished, Manifest, State};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use wire::recorder::{ComposeOrder, ComposeSource};

/// What an order has led to.
pub(crate) enum Accepted {
    /// Its manifest, which is yet to be worked on.
    Open(PathBuf),
    /// It is done, or was given up; this is its folder.
    Settled(PathBuf),
    /// It can never be done.
    Refused(String),
}

/// Makes an order's manifest, unless it has one.
pub(crate) fn accept(dir: &Path, order: ComposeOrder) -> io::Result<Accepted> {
    let Some(first) = order.sources.first() else { return Ok(Accepted::Refused("there is nothing to merge".into())) };
    let folder = match open::full_path(dir, &first.path) {
        Ok(path) => path.parent().unwrap_or(dir).to_path_buf(),
        Err(error) => return Ok(Accepted::Refused(format!("{}: {error}", first.path))),
    };
    let manifest = Manifest::compose(order);
    let path = disk::manifest_path(&folder, &manifest);
    if path.exists() {
        let is_open = disk::read_manifest(&path).map_err(io::Error::other)?.state.is_open();
        return Ok(if is_open { Accepted::Open(path) } else { Accepted::Settled(folder) });
    }
    disk::make_folder(&folder, &disk::root(dir))?;
    disk::write_manifest(&folder, &manifest)?;
    Ok(Accepted::Open(path))
}

/// Merges what the manifest in `folder` orders. On return the manifest on disk says `finished` or `failed`; an error
/// leaves it as it was, to be tried again. `is_ending` is asked often, and ends the work.
pub(crate) fn compose(
    dir: &Path,
    keys: &Keys,
    folder: &Path,
    mut manifest: Manifest,
    is_ending: &dyn Fn() -> bool,
) -> Result<Manifest, CompleteError> {
    let done = match merge(dir, keys, folder, &manifest, is_ending) {
        Ok(file) => {
            manifest.finished = Some(file);
            State::Finished
        }
        Err(Trouble::Lasting(reason)) => {
            // An earlier run may have come as far as the file's name.
            remove_files(folder, &manifest)?;
            manifest.failure = Some(reason);
            State::Failed
        }
        Err(Trouble::Passing(error)) => return Err(error),
    };
    manifest.state.enter(done).expect("only open segments are merged");
    disk::write_manifest(folder, &manifest)?;
    Ok(manifest)
}

enum Trouble {
    /// It would be the same every time.
    Lasting(String),
    Passing(CompleteError),
}

fn remove_files(folder: &Path, manifest: &Manifest) -> io::Result<()> {
    for container in [Container::Ogg, Container::Webm, Container::Mp4] {
        let path = folder.join(format!("{}.{}", manifest.stem(), container.extension()));
        disk::remove(&disk::temporary(&path))?;
        disk::remove(&path)?;
    }
    disk::sync_folder(&folder.join("any"))
}

fn merge(
    dir: &Path,
    keys: &Keys,
    folder: &Path,
    manifest: &Manifest,
    is_ending: &dyn Fn() -> bool,
) -> Result<Finished, Trouble> {
    let order = manifest.composed.as_ref().expect("only what is merged comes here");
    let files = sources(dir, order).map_err(Trouble::Lasting)?;
    if files.iter().any(|(_, file)| file.container != Container::Ogg) {
        return Err(Trouble::Lasting(
            "a leg has a picture: only sound is merged, and each party has a recording of its own".into(),
        ));
    }
    let name = format!("{}.{}", manifest.stem(), Container::Ogg.extension());
    let (mut duration_ms, mut lasting) = (0, None);
    let mut opened = open_all(&files, order, keys).map_err(|error| Trouble::Passing(error.into()))?;
    let written = write_checked(folder, &name, Container::Ogg, keys, |write| {
        let (left, right) = channels(order, &mut opened)?;
        let merged = write_stereo(left, right, |bytes| {
            if is_ending() {
                return Err(io::Error::new(io::ErrorKind::Interrupted, "the recorder is shut down"));
            }
            write(bytes)
        });
        duration_ms = match merged {
            Ok(length) => length,
            Err(StereoError::Write(error)) => return Err(error),
            Err(error) => {
                lasting = Some(reason(&error));
                return Err(io::Error::other(error));
            }
        };
        // What was deleted meanwhile shall not live on in here.
        if let Err(gone) = sources(dir, order) {
            lasting = Some(gone.clone());
            return Err(io::Error::other(gone));
        }
        Ok(())
    });
    match (written, lasting) {
        (Ok(written), _) => Ok(finished(manifest, name, Container::Ogg, duration_ms, written)),
        (Err(_), Some(reason)) => Err(Trouble::Lasting(reason)),
        (Err(error), None) => Err(Trouble::Passing(error)),
    }
}

fn reason(error: &StereoError) -> String {
    match error {
        StereoError::Frames(_) => {
            format!("{error}: they cannot be merged without encoding them anew; each party has a recording of its own")
        }
        _ => error.to_string(),
    }
}

/// The finished files of all sources with their folders, or which one is not there and why.
fn sources(dir: &Path, order: &ComposeOrder) -> Result<Vec<(PathBuf, Finished)>, String> {
    order.sources.iter().map(|source| finished_source(dir, source)).collect()
}

fn finished_source(dir: &Path, source: &ComposeSource) -> Result<(PathBuf, Finished), String> {
    let segment = source.segment;
    let path = open::full_path(dir, &source.path).map_err(|error| format!("{}: {error}", source.path))?;
    let folder = path.parent().unwrap_or(dir).to_path_buf();
    let manifest = disk::read_manifest(&folder.join(format!("{segment}.json")))
        .map_err(|error| format!("the recording {segment} cannot be read: {error}"))?;
    match (manifest.state, manifest.finished) {
        (State::Deleted, _) => Err(format!("the recording {segment} was deleted before it was merged")),
        (_, Some(finished)) => Ok((folder, finished)),
        (_, None) => Err(format!("the recording {segment} has no file")),
    }
}

fn open_all(files: &[(PathBuf, Finished)], order: &ComposeOrder, keys: &Keys) -> io::Result<Vec<RecordingFile>> {
    let open = |((folder, finished), source): (&(PathBuf, Finished), &ComposeSource)| {
        let stem = source.segment.to_string();
        RecordingFile::finished(&folder.join(&finished.file), &stem, finished.sealed.as_ref(), keys)
    };
    files.iter().zip(&order.sources).map(open).collect()
}

type Channel<'a> = Vec<StereoSource<Box<dyn Read + 'a>>>;

/// Agents left, customers right.
fn channels<'a>(order: &ComposeOrder, files: &'a mut [RecordingFile]) -> io::Result<(Channel<'a>, Channel<'a>)> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (source, file) in order.sources.iter().zip(files) {
        let from: Box<dyn Read + 'a> = Box::new(io::BufReader::with_capacity(1 << 16, file.reader()?));
        let channel = if source.participant == ParticipantType::Agent { &mut left } else { &mut right };
        channel.push(StereoSource { from, offset: source.offset_ms * RATE / 1_000 });
    }
    Ok((left, right))
}
