//! Prompts on disk, one file each.
//!
//! A file is [`Prompt::to_bytes`]. Whatever a crash or a full disk leaves, it is known by its hash, and made anew. Files
//! are written under another name and renamed: a reader sees all or nothing.

use crate::{
    Prompt, limits,
    prompt::{FRAME_SAMPLES, HASH_BYTES},
};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

/// Changes whenever the same text would give other frames, or a file would read otherwise.
const VERSION: &str = "1";
/// The end of a kept prompt's name, and of one that is being written.
const KEPT: &str = "prompt";
const UNFINISHED: &str = "unfinished";
/// The longest prompt in the largest frames.
const FILE_BYTES: u64 =
    limits::PROMPT_DURATION.as_secs() * (48_000 / FRAME_SAMPLES as u64) * (limits::FRAME_BYTES as u64 + 2);

/// Names a prompt by all that it is made of.
pub(super) struct Key(String);

impl Key {
    pub(super) fn new(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in [&[VERSION], parts].concat() {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    most_prompts: usize,
    most_bytes: u64,
    /// Tells files apart that this process writes.
    written: AtomicU64,
}

impl Cache {
    pub(super) fn open(folder: PathBuf, most_prompts: usize, most_bytes: u64) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder, most_prompts, most_bytes, written: AtomicU64::new(0) })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is kept under this key, unless it is damaged. It counts as used now.
    pub(super) fn get(&self, key: &Key) -> Option<Prompt> {
        let file = File::open(self.path(key)).ok()?;
        let mut bytes = Vec::new();
        (&file).take(HASH_BYTES as u64 + FILE_BYTES + 1).read_to_end(&mut bytes).ok()?;
        let prompt = Prompt::from_bytes(&bytes)?;
        // Where that is not possible the prompt only goes earlier than it might.
        let _ = File::options().append(true).open(self.path(key)).and_then(|file| file.set_modified(SystemTime::now()));
        Some(prompt)
    }

    /// Keeps a prompt, and removes what is too much.
    pub(super) fn put(&self, key: &Key, prompt: &Prompt) -> io::Result<()> {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.folder.join(format!("{}-{}-{number}.{UNFINISHED}", key.0, process::id()));
        let kept = fs::write(&unfinished, prompt.to_bytes()).and_then(|()| fs::rename(&unfinished, self.path(key)));
        if kept.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        self.trim()?;
        kept
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(format!("{}.{KEPT}", key.0))
    }

    /// Removes files until the rest is within bounds, the least recently used first; what a crash left unfinished too.
    fn trim(&self) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let ours = path.extension().is_some_and(|end| end == KEPT || end == UNFINISHED);
            // Another process may have removed it since.
            if let (true, Ok(about)) = (ours, path.metadata()) {
                files.push((about.modified()?, about.len(), path));
            }
        }
        files.sort_unstable();
        let mut bytes: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        let mut count = files.len();
        for (_, size, path) in files {
            if count <= self.most_prompts && bytes <= self.most_bytes {
                break;
            }
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => (bytes, count) = (bytes - size, count - 1),
            }
        }
        Ok(())
    }
}
