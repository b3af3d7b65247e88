//! The API asked in made-up ways: schemathesis against the tests' build, by the API's own description.

use crate::{
    shell::{Done, Failure, at, command, root, run, run_told, shown},
    tools,
};
use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Stdio},
    thread,
};

/// Schemathesis and all that it builds on, each of one version: the same seed makes the same requests.
const PACKAGES: &str = include_str!("../schemathesis/requirements.txt");
/// What is asked and looked at.
const CONFIG: &str = "crates/xtask/schemathesis/schemathesis.toml";

/// Lines that are said again of an operation, of all of them, and characters of each.
const FINDING_LINES: usize = 6;
const FINDINGS_LINES: usize = 24;
const FINDING_WIDTH: usize = 160;

/// A server with demo data and nothing else.
struct Server {
    process: Child,
    /// With a slash at its end.
    url: String,
    key: String,
    /// Kept open: whoever writes to a closed pipe dies.
    _out: BufReader<ChildStdout>,
}

/// The part of the gate by itself.
pub(crate) fn alone() -> Done {
    tools::get(&[tools::PYTHON_VENV])?;
    get()?;
    check()
}

/// Gets the packages into a folder of their own, unless just these are there.
pub(crate) fn get() -> Done {
    let folder = folder();
    let note = folder.join("requirements.txt");
    if fs::read_to_string(&note).is_ok_and(|there| there == PACKAGES) {
        return Ok(());
    }
    let root = root();
    let mut make = command(&root, "python3 -m venv --clear");
    make.arg(&folder);
    run(make)?;
    let mut install = command(&root, &folder.join("bin/pip").display().to_string());
    install.args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
        "crates/xtask/schemathesis/requirements.txt",
    ]);
    run(install)?;
    fs::write(&note, PACKAGES).map_err(at(&note))
}

fn folder() -> PathBuf {
    root().join("target/schemathesis")
}

/// Whose operations are asked of a server of their own, by their paths. All are asked at once: whoever asks too often is
/// told to wait, and most of the time is such waiting.
const SHARES: [Share; 3] = [
    Share { name: "calls a-s", only: "--include-path-regex", paths: "^/ccaas/voice/2/[a-s]" },
    Share { name: "calls w", only: "--include-path-regex", paths: "^/ccaas/voice/2/w" },
    Share { name: "others", only: "--exclude-path-regex", paths: "^/ccaas/voice/2/[a-sw]" },
];

struct Share {
    name: &'static str,
    /// Option of schemathesis.
    only: &'static str,
    paths: &'static str,
}

/// Asks all that the configuration names, a server for each share, and looks whether they still run.
pub(crate) fn check() -> Done {
    let root = root();
    let data = root.join("target/schemathesis-data");
    if data.exists() {
        fs::remove_dir_all(&data).map_err(at(&data))?;
    }
    let asked: Vec<Done> = thread::scope(|scope| {
        let ask = |share: &'static Share| {
            let (root, data) = (&root, data.join(share.name.replace(' ', "-")));
            scope.spawn(move || ask(share, root, &data))
        };
        let all: Vec<_> = SHARES.iter().map(ask).collect();
        all.into_iter().map(|one| one.join().unwrap_or_else(|_| Err(Failure::new("it panicked")))).collect()
    });
    asked.into_iter().collect()
}

fn ask(share: &Share, root: &Path, data: &Path) -> Done {
    fs::create_dir_all(data).map_err(at(data))?;
    let mut server = start(root, data)?;
    let mut ask = command(data, &folder().join("bin/st").display().to_string());
    ask.arg("--config-file").arg(root.join(CONFIG)).arg("run").arg(format!("{}openapi.json", server.url));
    ask.arg(share.only).arg(share.paths).env("SWITCHROOM_API_KEY", &server.key);
    let mut found = Findings::default();
    let asked = run_told(ask, |line| {
        println!("{:<11}{line}", share.name);
        found.hear(line);
    });
    let ended = server.process.try_wait().map_err(|error| Failure::new(format!("the server: {error}")))?;
    server.process.kill().and_then(|()| server.process.wait()).map_err(|error| Failure::new(error.to_string()))?;
    match ended {
        Some(status) => Err(Failure::new(format!("the server ended under the requests: {status}"))),
        None => asked.map_err(|failure| Failure::new(format!("{failure}\n{}", found.lines.join("\n")))),
    }
}

/// What a report says of operations that something is wrong with: their names and the lines that follow.
#[derive(Default)]
struct Findings {
    lines: Vec<String>,
    left: usize,
}

impl Findings {
    fn hear(&mut self, line: &str) {
        if line.starts_with("___") {
            self.left = FINDING_LINES;
        }
        if self.left > 0 && self.lines.len() < FINDINGS_LINES && !line.trim().is_empty() {
            self.left -= 1;
            self.lines.push(line.trim_matches('_').trim().chars().take(FINDING_WIDTH).collect());
        }
    }
}

fn start(root: &Path, data: &Path) -> Result<Server, Failure> {
    let log = data.join("server.log");
    let mut server = command(root, &root.join("target/debug/switchroom").display().to_string());
    server.args(["up", "--demo", "--http", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--media", "127.0.0.1:0"]);
    server.args(["--turn", "127.0.0.1:0", "--data"]).arg(data.join("data"));
    server.stdout(Stdio::piped()).stderr(fs::File::create(&log).map_err(at(&log))?);
    let shown = shown(&server);
    println!("$ {shown}");
    let mut process = server.spawn().map_err(|error| Failure::new(format!("{shown}: {error}")))?;
    let mut out = BufReader::new(process.stdout.take().expect("it is a pipe"));
    let (mut url, mut key) = (None, None);
    for line in out.by_ref().lines().map_while(Result::ok) {
        url = url.or_else(|| told(&line, "Console"));
        key = key.or_else(|| told(&line, "API key"));
        if line.starts_with("Press Ctrl+C") {
            break;
        }
    }
    match url.zip(key) {
        Some((url, key)) => Ok(Server { process, url, key, _out: out }),
        None => Err(Failure::new(format!("{shown} did not start; see {}", log.display()))),
    }
}

/// What a line of the server's start says after these words.
fn told(line: &str, what: &str) -> Option<String> {
    line.trim().strip_prefix(what).map(|rest| rest.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Findings, told};

    #[test]
    fn what_is_wrong_is_kept_and_the_rest_is_not() {
        let mut found = Findings::default();
        let report =
            ["____ GET /a ____", "1. Test Case ID: x", "", "- Server error", "3", "4", "5", "6", "=== SUMMARY"];
        report.iter().for_each(|line| found.hear(line));
        assert_eq!(found.lines, ["GET /a", "1. Test Case ID: x", "- Server error", "3", "4", "5"]);
    }

    #[test]
    fn the_servers_start_is_read() {
        assert_eq!(told("  Console     http://127.0.0.1:80/", "Console").as_deref(), Some("http://127.0.0.1:80/"));
        assert_eq!(told("  API key     abc", "API key").as_deref(), Some("abc"));
        assert_eq!(told("              agent       ana / word", "Console"), None);
    }
}
