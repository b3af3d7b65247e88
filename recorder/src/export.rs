//! Plain copies of recordings, for an operator.

use crate::file::RecordingFile;
use crate::finish::hex;
use crate::keys::Keys;
use crate::names::utc;
use crate::{Problem, disk, limits};
use model::{AccountId, CallId, ConversationId, ParticipantType};
use recording_core::segment::{Finished, Manifest};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

/// Name of the file that says what each copy is.
const TABLE: &str = "recordings.csv";
const COLUMNS: &str =
    "file,agent_name,end_user,conversation_id,call_id,speaker,participant_type,utc_start,utc_end,sha256\r\n";

/// Which recordings are copied: those of which every given id is right.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExportFilter {
    /// Whose.
    pub account: Option<AccountId>,
    /// Of which conversation.
    pub conversation: Option<ConversationId>,
    /// Of which call.
    pub call: Option<CallId>,
}

impl ExportFilter {
    fn takes(&self, manifest: &Manifest) -> bool {
        let start = &manifest.start;
        self.account.is_none_or(|account| account == start.account)
            && self.conversation.is_none_or(|conversation| conversation == start.conversation)
            && self.call.is_none_or(|call| call == start.call)
    }
}

/// What [`export`] did.
#[derive(Debug, Default)]
pub struct ExportReport {
    /// Recordings copied.
    pub files: u64,
    /// Their bytes, together.
    pub bytes: u64,
    /// What could not be copied.
    pub problems: Vec<Problem>,
}

impl ExportReport {
    /// True when everything was copied.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }
}

impl fmt::Display for ExportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "PROBLEM  {}: {}", problem.path.display(), problem.what)?;
        }
        write!(f, "{} recordings copied ({} bytes), {} problems", self.files, self.bytes, self.problems.len())
    }
}

/// Copies finished recordings under `dir` into `out`, plain and under their download names, and writes beside them a
/// table of whose they are. `out` is made, or must be empty. A recorder may run on `dir`.
pub fn export(dir: &Path, keys: &Keys, filter: ExportFilter, out: &Path) -> io::Result<ExportReport> {
    fs::read_dir(dir)?;
    DirBuilder::new().recursive(true).mode(0o700).create(out)?;
    if fs::read_dir(out)?.next().is_some() {
        return Err(io::Error::other(format!("{} is not empty; name a folder that is, or a new one", out.display())));
    }
    let mut manifests = Vec::new();
    disk::walk(dir, &mut |path| {
        if disk::is_manifest(path) {
            manifests.push(path.to_path_buf());
        }
    })?;
    let mut table = create(&out.join(TABLE))?;
    table.write_all(COLUMNS.as_bytes())?;
    let mut report = ExportReport::default();
    for path in manifests {
        let copied = disk::read_manifest(&path).and_then(|manifest| match &manifest.finished {
            Some(finished) if manifest.state.has_file() && filter.takes(&manifest) => {
                copy(path.parent().unwrap_or(dir), &manifest, finished, keys, out).map(|name| {
                    report.files += 1;
                    report.bytes += finished.bytes;
                    Some(row(&name, &manifest, finished))
                })
            }
            _ => Ok(None),
        });
        match copied {
            Ok(row) => table.write_all(row.unwrap_or_default().as_bytes())?,
            Err(what) => report.problems.push(Problem { path, what }),
        }
    }
    table.sync_all()?;
    Ok(report)
}

/// The name of the copy. What does not turn out as it was recorded leaves none.
fn copy(folder: &Path, manifest: &Manifest, finished: &Finished, keys: &Keys, out: &Path) -> Result<String, String> {
    let source = folder.join(&finished.file);
    let opened = RecordingFile::finished(&source, &manifest.stem(), finished.sealed.as_ref(), keys);
    let mut file = opened.map_err(|error| format!("cannot be opened: {error}"))?;
    let (name, mut target) = free_name(out, &finished.download_name).map_err(|error| error.to_string())?;
    let written = copy_bytes(&mut file, &mut target);
    let sound = written.map_err(|error| error.to_string()).and_then(|sha256| {
        if sha256 == finished.sha256 { Ok(()) } else { Err("its SHA-256 is not the manifest's".to_owned()) }
    });
    if let Err(what) = sound {
        disk::remove(&out.join(&name)).map_err(|error| format!("{what}; and its copy cannot be removed: {error}"))?;
        return Err(what);
    }
    Ok(name)
}

fn copy_bytes(file: &mut RecordingFile, target: &mut File) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; limits::COPY_BYTES];
    let mut at = 0;
    loop {
        let count = file.read_at(at, &mut buffer)?;
        if count == 0 {
            target.sync_all()?;
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&buffer[..count]);
        target.write_all(&buffer[..count])?;
        at += count as u64;
    }
}

/// The legs of a call have one download name: the second gets a number.
fn free_name(out: &Path, wanted: &str) -> io::Result<(String, File)> {
    let wanted = Path::new(wanted).file_name().map_or("recording".into(), |name| name.to_string_lossy());
    let (stem, extension) = wanted.rsplit_once('.').unwrap_or((&wanted, "bin"));
    for number in 1..limits::NAMESAKES {
        let name = if number == 1 { wanted.to_string() } else { format!("{stem}-{number}.{extension}") };
        match create(&out.join(&name)) {
            Ok(file) => return Ok((name, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!("too many recordings are called {wanted}")))
}

/// What is plain is for its owner alone.
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn row(name: &str, manifest: &Manifest, finished: &Finished) -> String {
    let start = &manifest.start;
    let end = start.started_at.after(Duration::from_millis(finished.duration_ms));
    let participant_type = match start.participant {
        ParticipantType::Customer => "CUSTOMER",
        ParticipantType::Agent => "AGENT",
    };
    let fields = [
        field(name),
        field(&start.agent_name),
        field(&start.customer_name),
        start.conversation.to_string(),
        start.call.to_string(),
        field(&start.display_name),
        participant_type.to_owned(),
        utc(start.started_at).to_string(),
        utc(end).to_string(),
        finished.sha256.clone(),
    ];
    fields.join(",") + "\r\n"
}

/// RFC 4180 §2. A name that a spreadsheet would take for a formula gets an apostrophe before it.
fn field(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_one_field_and_no_formula() {
        assert_eq!(field("Ana"), "\"Ana\"");
        assert_eq!(field("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\"");
        assert_eq!(field("=1+1"), "\"'=1+1\"");
    }
}
