//! Where files lie and how they get there. Invariants: `docs/recording-storage.md`.

use crate::names::date_folders;
use crate::steps::step;
use recording_core::segment::Manifest;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use wire::recorder::SegmentStart;

/// Name of the folder under which all recordings lie.
const ROOT: &str = "recordings";
/// Held while a recorder works on the folder.
const LOCK: &str = "recorder.lock";
/// What an unfinished write is called.
pub(crate) const TEMPORARY: &str = "tmp";

/// `DIR/recordings`.
pub(crate) fn root(dir: &Path) -> PathBuf {
    dir.join(ROOT)
}

/// `DIR/recordings/<account>/<yyyy>/<mm>/<dd>/<call>`.
pub(crate) fn folder(dir: &Path, start: &SegmentStart) -> PathBuf {
    let mut folder = root(dir).join(start.account.to_string());
    folder.extend(date_folders(start.started_at));
    folder.join(start.call.to_string())
}

/// The lock of `dir`, or `None` while another process holds it.
pub(crate) fn lock(dir: &Path) -> io::Result<Option<File>> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(dir.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// True while a recorder works on `dir`. Changes nothing there.
pub(crate) fn is_locked(dir: &Path) -> io::Result<bool> {
    match File::open(dir.join(LOCK)) {
        Ok(file) => Ok(matches!(file.try_lock_shared(), Err(fs::TryLockError::WouldBlock))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes a file that is either the old or the new one, whenever power fails: temporary name, sync, rename, sync of
/// the folder.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = temporary(path);
    step();
    let mut file = File::create(&temporary)?;
    step();
    file.write_all(bytes)?;
    step();
    file.sync_all()?;
    drop(file);
    rename(&temporary, path)
}

/// Gives a temporary file its name, durably.
pub(crate) fn rename(temporary: &Path, path: &Path) -> io::Result<()> {
    step();
    fs::rename(temporary, path)?;
    sync_folder(path)
}

/// `name.ext.tmp`.
pub(crate) fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(TEMPORARY);
    PathBuf::from(name)
}

/// Makes the names in the folder of `path` durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    step();
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}

/// Makes `folder` and durable its name in every folder above, up to `root`.
pub(crate) fn make_folder(folder: &Path, root: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    step();
    fs::create_dir_all(folder)?;
    for made in folder.ancestors().take_while(|made| made.starts_with(root)) {
        sync_folder(made)?;
    }
    Ok(())
}

/// Path of a manifest.
pub(crate) fn manifest_path(folder: &Path, manifest: &Manifest) -> PathBuf {
    folder.join(format!("{}.json", manifest.stem()))
}

/// Writes a manifest durably.
pub(crate) fn write_manifest(folder: &Path, manifest: &Manifest) -> io::Result<()> {
    replace(&manifest_path(folder, manifest), &manifest.to_json())
}

/// Name of a part of a live file.
pub(crate) fn part_name(stem: &str, part: u32, extension: &str) -> String {
    format!("{stem}.live-{part}.{extension}")
}

/// The parts of a live file, in order.
pub(crate) fn parts(folder: &Path, stem: &str) -> io::Result<Vec<(u32, PathBuf)>> {
    let prefix = format!("{stem}.live-");
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(&prefix)).and_then(|rest| rest.split('.').next());
        if let Some(Ok(number)) = number.map(str::parse) {
            parts.push((number, entry.path()));
        }
    }
    parts.sort();
    Ok(parts)
}

/// All files below `dir/recordings`, each folder's in order of name. A folder that vanishes meanwhile is skipped.
pub(crate) fn walk(dir: &Path, visit: &mut impl FnMut(&Path)) -> io::Result<()> {
    walk_folder(&root(dir), visit)
}

pub(crate) fn walk_folder(folder: &Path, visit: &mut impl FnMut(&Path)) -> io::Result<()> {
    let mut entries: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk_folder(&path, visit)?;
        } else {
            visit(&path);
        }
    }
    Ok(())
}

/// Reads a manifest; the error says what is wrong with it.
pub(crate) fn read_manifest(path: &Path) -> Result<Manifest, String> {
    let json = fs::read(path).map_err(|error| error.to_string())?;
    Manifest::parse(&json).map_err(|error| error.to_string())
}

/// True for the name of a manifest.
pub(crate) fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

/// Removes a file; one that is not there is removed already.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    step();
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
