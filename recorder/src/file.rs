//! One file of media, plain or sealed: written once, read at any place.

use crate::finish::hex;
use crate::keys::Keys;
use recording_core::segment::{Sealed, WrappedKey};
use sealed::{DataKey, SealedFile, SealingWriter};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// What was written.
#[derive(Debug)]
pub(crate) struct Written {
    /// Bytes that were handed over.
    pub(crate) bytes: u64,
    /// Their SHA-256.
    pub(crate) sha256: String,
    /// How they were sealed.
    pub(crate) sealed: Option<Sealed>,
}

/// Writes a file durably; `content` hands its bytes over in order. `stem` begins the name that it will have.
pub(crate) fn write(
    path: &Path,
    stem: &str,
    keys: &Keys,
    content: impl FnOnce(&mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()>,
) -> io::Result<Written> {
    let disk = BufWriter::with_capacity(1 << 18, File::create(path)?);
    let mut out = Out::new(disk, keys.new_key(stem))?;
    let mut hash = Sha256::new();
    let mut bytes = 0;
    content(&mut |chunk| {
        hash.update(chunk);
        bytes += chunk.len() as u64;
        out.write_all(chunk)
    })?;
    let (disk, sealed) = out.finish()?;
    disk.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(Written { bytes, sha256: hex(&hash.finalize()), sealed })
}

enum Out {
    Plain(BufWriter<File>),
    Sealed(Box<SealingWriter<Hashing<BufWriter<File>>>>, WrappedKey),
}

impl Out {
    fn new(disk: BufWriter<File>, key: Option<(DataKey, WrappedKey)>) -> io::Result<Self> {
        Ok(match key {
            None => Self::Plain(disk),
            Some((data, wrapped)) => Self::Sealed(Box::new(SealingWriter::new(Hashing::new(disk), &data)?), wrapped),
        })
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(disk) => disk.write_all(bytes),
            Self::Sealed(writer, _) => writer.write_all(bytes),
        }
    }

    fn finish(self) -> io::Result<(BufWriter<File>, Option<Sealed>)> {
        match self {
            Self::Plain(disk) => Ok((disk, None)),
            Self::Sealed(writer, key) => {
                let (Hashing { inner, hash, bytes }, chunks) = writer.finish()?;
                Ok((inner, Some(Sealed { key, chunks, bytes, sha256: hex(&hash.finalize()) })))
            }
        }
    }
}

/// Counts and hashes what passes.
pub(crate) struct Hashing<T> {
    inner: T,
    pub(crate) hash: Sha256,
    pub(crate) bytes: u64,
}

impl<T> Hashing<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0 }
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(buffer)?;
        self.hash.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }
}

/// A file of media, open. What is read of it is plain, however it lies on disk.
#[derive(Debug)]
pub struct RecordingFile {
    inner: Inner,
    length: u64,
}

#[derive(Debug)]
enum Inner {
    Plain(File),
    Finished(Box<SealedFile<File>>),
    Live(Box<SealedFile<File>>),
}

impl RecordingFile {
    /// A finished file, whose stem its key was made for.
    pub(crate) fn finished(path: &Path, stem: &str, sealed: Option<&Sealed>, keys: &Keys) -> io::Result<Self> {
        let file = File::open(path)?;
        let Some(sealed) = sealed else { return Self::plain(file) };
        let key = keys.data_key(stem, &sealed.key).map_err(io::Error::other)?;
        let sealed = SealedFile::finished(file, &path.to_string_lossy(), &key, sealed.chunks)?;
        Ok(Self { length: sealed.length(), inner: Inner::Finished(Box::new(sealed)) })
    }

    /// A part of a live file.
    pub(crate) fn part(path: &Path, key: Option<&DataKey>) -> io::Result<Self> {
        let file = File::open(path)?;
        let Some(key) = key else { return Self::plain(file) };
        let sealed = SealedFile::live(file, &path.to_string_lossy(), key)?;
        Ok(Self { length: sealed.length(), inner: Inner::Live(Box::new(sealed)) })
    }

    /// A file that is not sealed.
    pub(crate) fn plain(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { inner: Inner::Plain(file), length })
    }

    /// Bytes that can be read.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Reads at a place: at least one byte, unless the file ends there. An error names the file and what is wrong
    /// with it; nothing of a damaged part is given.
    pub fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Plain(file) => file.read_at(buffer, offset),
            Inner::Finished(file) | Inner::Live(file) => Ok(file.read_at(offset, buffer)?),
        }
    }

    pub(crate) fn read_exact_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        match &mut self.inner {
            Inner::Plain(file) => file.read_exact_at(buffer, offset),
            Inner::Finished(file) | Inner::Live(file) => file.read_exact_at(offset, buffer),
        }
    }

    /// Reads from the beginning; of a live file what is whole.
    pub(crate) fn reader(&mut self) -> io::Result<Box<dyn Read + '_>> {
        Ok(match &mut self.inner {
            Inner::Plain(file) => {
                file.rewind()?;
                Box::new(file)
            }
            Inner::Finished(file) => Box::new(file.reader()),
            Inner::Live(file) => Box::new(file.whole_part()),
        })
    }
}
