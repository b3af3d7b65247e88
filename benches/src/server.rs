//! The server's process as the callers see it: its lines, and what the kernel says that it uses.

use crate::{
    protocol::{Order, Report},
    serve::{ENGINE_THREAD, FLOOR_THREAD, Variant},
};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel},
    time::{Duration, Instant},
};
use wire::engine::{Event, Request};

/// How long a server may take to start, or a thread to appear.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    Floor(Variant),
    Engine,
}

/// A running server. It ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    input: Option<ChildStdin>,
    reports: Receiver<Report>,
    thread: &'static str,
    /// Where media goes.
    pub(crate) media: SocketAddr,
}

impl Server {
    /// Starts this program again, as a server.
    pub(crate) fn start(program: Program) -> Result<Self, String> {
        let own = std::env::current_exe().map_err(|error| format!("our own program cannot be found: {error}"))?;
        let mut command = Command::new(own);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let thread = match program {
            Program::Engine => {
                command.args(["serve", "engine"]);
                ENGINE_THREAD
            }
            Program::Floor(variant) => {
                command.args(["serve", "floor", "--coalesce-us", &variant.coalesce_us.to_string()]);
                command.args(variant.segment.then_some("--segment"));
                FLOOR_THREAD
            }
        };
        let mut child = command.spawn().map_err(|error| format!("the server cannot be started: {error}"))?;
        let input = child.stdin.take();
        let output = child.stdout.take().expect("its output is piped");
        let (sender, reports) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let Ok(report) = serde_json::from_str(&line) else { continue };
                if sender.send(report).is_err() {
                    return;
                }
            }
        });
        let media = match reports.recv_timeout(PATIENCE) {
            Ok(Report::Listening(media)) => Some(media),
            Ok(Report::Event(_) | Report::Metrics(_))
            | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        };
        let mut server = Self { child, input, reports, thread, media: SocketAddr::from(([0, 0, 0, 0], 0)) };
        server.media = media.ok_or("the server did not say where it listens")?;
        Ok(server)
    }

    /// Hands an order over.
    pub(crate) fn order(&mut self, order: &Order) -> Result<(), String> {
        let mut line = serde_json::to_vec(order).map_err(|error| error.to_string())?;
        line.push(b'\n');
        let input = self.input.as_mut().ok_or("the server was stopped")?;
        input.write_all(&line).map_err(|error| format!("the server takes no orders: {error}"))
    }

    /// Hands a command to the engine.
    pub(crate) fn request(&mut self, request: Request) -> Result<(), String> {
        self.order(&Order::Engine(request))
    }

    /// The engine's next event, if there is one.
    pub(crate) fn event(&self) -> Result<Option<Event>, String> {
        loop {
            match self.reports.try_recv() {
                Ok(Report::Event(event)) => return Ok(Some(event)),
                Ok(Report::Listening(_) | Report::Metrics(_)) => {}
                Err(TryRecvError::Empty) => return Ok(None),
                Err(TryRecvError::Disconnected) => return Err("the server ended".to_owned()),
            }
        }
    }

    /// The engine's metrics, about a second old at most.
    pub(crate) fn metrics(&mut self) -> Result<String, String> {
        self.order(&Order::Metrics)?;
        loop {
            match self.reports.recv_timeout(PATIENCE) {
                Ok(Report::Metrics(text)) => return Ok(text),
                Ok(Report::Event(_) | Report::Listening(_)) => {}
                Err(_) => return Err("the server does not tell its metrics".to_owned()),
            }
        }
    }

    /// Threads and open files of the process.
    pub(crate) fn threads_and_files(&self) -> Result<[usize; 2], String> {
        let count = |folder: &str| {
            let path = self.proc().join(folder);
            fs::read_dir(&path).map(Iterator::count).map_err(|error| format!("{}: {error}", path.display()))
        };
        Ok([count("task")?, count("fd")?])
    }

    /// Processor time that the media thread has used.
    pub(crate) fn cpu(&self) -> Result<Duration, String> {
        let path = self.media_thread()?.join("schedstat");
        // The first number is the time on a processor, nanoseconds.
        let text = read(&path)?;
        let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok());
        nanoseconds.map(Duration::from_nanos).ok_or_else(|| format!("{}: {text:?} has no time", path.display()))
    }

    /// Memory of the process, bytes.
    pub(crate) fn resident(&self) -> Result<u64, String> {
        resident(&self.child)
    }

    fn proc(&self) -> PathBuf {
        proc(&self.child)
    }

    /// The media thread's folder; it may just be starting.
    fn media_thread(&self) -> Result<PathBuf, String> {
        let tasks = self.proc().join("task");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let entries = fs::read_dir(&tasks).map_err(|error| format!("{}: {error}", tasks.display()))?;
            let is_media = |path: &PathBuf| read(&path.join("comm")).is_ok_and(|name| name.trim() == self.thread);
            if let Some(found) = entries.flatten().map(|entry| entry.path()).find(is_media) {
                return Ok(found);
            }
            if Instant::now() > deadline {
                return Err(format!("{}: no thread is named {}", tasks.display(), self.thread));
            }
            std::thread::yield_now();
        }
    }
}

fn proc(child: &Child) -> PathBuf {
    Path::new("/proc").join(child.id().to_string())
}

/// Memory of a process, bytes.
pub(crate) fn resident(child: &Child) -> Result<u64, String> {
    let path = proc(child).join("status");
    let text = read(&path)?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.map(|kilobytes| 1024 * kilobytes).ok_or_else(|| format!("{}: no VmRSS", path.display()))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input ends it; the floor's thread has no end of its own, and ends with the process.
        self.input = None;
        let deadline = Instant::now() + PATIENCE;
        while let Ok(None) = self.child.try_wait() {
            if Instant::now() > deadline {
                // It is ours, and hangs.
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
