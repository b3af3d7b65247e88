//! A Switchroom process of the test's own.

use serde_json::Value;
use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

/// How long a start may take, recovery of recordings included.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// A process of the binary. Killed when dropped.
pub(crate) struct Process {
    child: Child,
    /// What `--print-json` said: addresses, sign-ins, a call link.
    ready: Value,
}

impl Process {
    /// Starts it and waits until it is ready.
    pub(crate) fn start<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Self {
        Self::spawn(Command::new(env!("CARGO_BIN_EXE_switchroom")).args(arguments))
    }

    /// The same of a command that has more to say about the child.
    pub(crate) fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .arg("--print-json")
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the binary starts");
        let stdout = child.stdout.take().expect("stdout is piped");
        let (tell, told) = mpsc::channel();
        // The reader goes on to the end, so that the process never blocks on a full pipe.
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if line.starts_with('{') {
                    tell.send(line).ok();
                }
            }
        });
        let line = match told.recv_timeout(START_TIMEOUT) {
            Ok(line) => line,
            Err(error) => {
                child.kill().ok();
                panic!("the process did not print its addresses: {error}");
            }
        };
        Self { child, ready: serde_json::from_str(&line).expect("one line of JSON") }
    }

    /// The start-up line.
    pub(crate) fn ready(&self) -> &Value {
        &self.ready
    }

    /// A string of the start-up line.
    pub(crate) fn told(&self, key: &str) -> &str {
        self.ready[key].as_str().unwrap_or_else(|| panic!("{key} in {}", self.ready))
    }

    /// SIGTERM: as an operator ends it.
    pub(crate) fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
    }

    /// Waits until it ends by itself; gives its exit status.
    pub(crate) fn ended(mut self) -> Option<i32> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                return status.code();
            }
            assert!(started.elapsed() < START_TIMEOUT, "the process does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// SIGKILL, as a crash.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A process with pages and API.
pub(crate) struct Server {
    pub(crate) process: Process,
}

impl Server {
    /// Starts all roles in one process with demo data in `data`, on free ports.
    pub(crate) fn start(data: &Path, more: &[&str]) -> Self {
        let fixed =
            ["up", "--demo", "--http", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--media", "127.0.0.1:0", "--data"];
        let all = fixed.iter().map(OsStr::new).chain([data.as_os_str()]).chain(more.iter().map(OsStr::new));
        Self::of(Process::start(all))
    }

    pub(crate) fn of(process: Process) -> Self {
        Self { process }
    }

    /// A string of the start-up line.
    pub(crate) fn told(&self, key: &str) -> &str {
        self.process.told(key)
    }

    /// The demo sign-in with this user name.
    pub(crate) fn login(&self, username: &str) -> &Value {
        self.process.ready["logins"]
            .as_array()
            .and_then(|logins| logins.iter().find(|login| login["username"] == username))
            .unwrap_or_else(|| panic!("a sign-in for {username} in {}", self.process.ready))
    }

    /// An address below the console's.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.told("console").trim_end_matches('/'))
    }

    /// Calls the API with the demo key.
    pub(crate) fn api(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(self.url(path))
            .header("authorization", format!("App {}", self.told("api_key")))
            .header("content-type", "application/json")
            .body(body.map(Value::to_string).unwrap_or_default())
            .expect("a request");
        let mut response = ureq::run(request).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        response.body_mut().read_json().unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Saves a file of the API.
    pub(crate) fn download(&self, path: &str, to: &Path) {
        let mut response = ureq::get(self.url(path))
            .header("authorization", format!("App {}", self.told("api_key")))
            .call()
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut file = std::fs::File::create(to).expect("the folder is ours");
        std::io::copy(&mut response.body_mut().as_reader(), &mut file).expect("saved");
    }

    /// Bytes of a file of the API, the first and the last of them by number.
    pub(crate) fn range(&self, path: &str, first: usize, last: usize) -> Vec<u8> {
        let mut response = ureq::get(self.url(path))
            .header("authorization", format!("App {}", self.told("api_key")))
            .header("range", format!("bytes={first}-{last}"))
            .call()
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(response.status(), 206, "{path}");
        response.body_mut().read_to_vec().unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// SIGKILL, as a crash.
    pub(crate) fn kill(self) {
        self.process.kill();
    }
}

/// Runs `switchroom recordings recover` and `check`, as an operator would after a crash.
pub(crate) fn recordings_are_clean(data: &Path) {
    for action in ["recover", "check"] {
        operator(["recordings".as_ref(), action.as_ref(), data.as_os_str()]);
    }
}

/// Runs a command to its good end; gives what it prints.
pub(crate) fn operator<const N: usize>(arguments: [&OsStr; N]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_switchroom")).args(arguments).output().expect("the binary starts");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {printed}{complaint}");
    printed
}
