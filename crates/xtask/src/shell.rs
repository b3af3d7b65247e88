//! Running other programs.

use std::{
    collections::VecDeque,
    env, fmt,
    io::{self, BufRead, BufReader},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Lines that are said again of what failed, and characters of each.
const LAST_WORDS: usize = 12;
const LAST_WORDS_WIDTH: usize = 160;

/// Why a task stopped, in words for the person who started it.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// On standard error, unless everything was said before.
    pub(crate) fn print(&self) {
        if !self.0.is_empty() {
            eprintln!("{self}");
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(crate) type Done = Result<(), Failure>;

/// Adds what was being done to an error of the system.
pub(crate) fn at<'a>(path: &'a Path) -> impl FnOnce(io::Error) -> Failure + 'a {
    move |error| Failure::new(format!("{}: {error}", path.display()))
}

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    root.expect("xtask lies two folders below the workspace").to_path_buf()
}

/// A program in a folder of the workspace, with words for arguments.
pub(crate) fn command(folder: &Path, line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().expect("a command has a name"));
    command.args(words).current_dir(folder);
    // What cargo set for xtask itself must not reach the cargo that xtask starts.
    for variable in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION", "CARGO_MANIFEST_PATH"] {
        command.env_remove(variable);
    }
    command
}

/// Runs a command in the open and fails when it does.
pub(crate) fn run(mut command: Command) -> Done {
    let shown = shown(&command);
    println!("$ {shown}");
    let status = command.status().map_err(|error| Failure::new(format!("{shown}: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{shown}: {status}"))) }
}

/// As [`run`], but the failure ends with the command's last lines: where only the end of a long log is kept, they are
/// all that is left of it.
pub(crate) fn run_heard(command: Command) -> Done {
    let mut last = VecDeque::new();
    let done = run_told(command, |line| {
        println!("{line}");
        if !line.trim().is_empty() {
            last.push_back(line.chars().take(LAST_WORDS_WIDTH).collect::<String>());
        }
        if last.len() > LAST_WORDS {
            last.pop_front();
        }
    });
    done.map_err(|failure| Failure::new(format!("{failure}\n{}", Vec::from(last).join("\n"))))
}

/// As [`run`], but what the command prints is told line by line instead of shown.
pub(crate) fn run_told(mut command: Command, mut tell: impl FnMut(&str)) -> Done {
    let shown = shown(&command);
    println!("$ {shown}");
    let failed = |error: io::Error| Failure::new(format!("{shown}: {error}"));
    let (lines, both) = io::pipe().map_err(failed)?;
    command.stdout(both.try_clone().map_err(failed)?).stderr(both);
    let mut child = command.spawn().map_err(failed)?;
    // The command holds the pipe's other end as well, which would never close.
    drop(command);
    for line in BufReader::new(lines).split(b'\n') {
        let line = line.map_err(failed)?;
        tell(&String::from_utf8_lossy(&line));
    }
    let status = child.wait().map_err(failed)?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{shown}: {status}"))) }
}

/// What a command prints, without line ends around it; `None` when it cannot run or fails.
pub(crate) fn output(mut command: Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Whether a program of this name can be started.
pub(crate) fn has(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Whether we may install packages.
pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_words_of_what_failed_are_kept() {
        let mut script = command(Path::new("/"), "sh -c");
        script.arg("for i in $(seq 40); do echo line $i; done; echo it broke >&2; exit 3");
        let failure = run_heard(script).expect_err("it fails").to_string();
        assert!(failure.contains("exit status: 3") && failure.ends_with("line 40\nit broke"), "{failure}");
        assert_eq!(failure.lines().count(), LAST_WORDS + 1, "{failure}");
    }
}
