//! Calls over the public interfaces, one after the other: what the server's process holds when all are over.

use crate::{
    loadtest::{access, loadtest, report, stderr},
    server::Server,
    soak,
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Short calls with pictures, recorded, and forgiving: nothing here is about speed.
const PLAN: &str = r#"
duration_seconds = 8
[calls]
at_once = 6
per_second = 6
video_percent = 50
ring_seconds = 0.05
wrap_up_seconds = 0.05
[talk]
distribution = "uniform"
min_seconds = 1
max_seconds = 1.5
[limits]
failed_calls = 1000
loss_percent = 50
mos_p1 = 1.0
setup_p99_ms = 60000
one_way_delay_p99_ms = 10000
"#;
/// How long recordings may take to be finished, and connections to be closed.
const SETTLED_WITHIN: Duration = Duration::from_secs(20);
/// What a call may leave in memory: its rows in the database's cache and in queries that are kept, and the pieces in which
/// allocators keep what was freed. A transport that stayed would be 200 kB.
const LEFT_PER_CALL: f64 = 40_000.0;
/// The same for few calls: arenas of threads that had nothing to do before.
const LEFT_AT_ALL: f64 = 16e6;

/// What a process holds.
#[derive(Debug)]
struct Held {
    bytes: f64,
    threads: usize,
    files: Vec<PathBuf>,
}

fn held(pid: u32) -> Held {
    let proc = Path::new("/proc").join(pid.to_string());
    let status = fs::read_to_string(proc.join("status")).expect("the process runs");
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
    let bytes = kilobytes.and_then(|number| number.parse::<f64>().ok()).expect("VmRSS") * 1024.0;
    let threads = fs::read_dir(proc.join("task")).expect("the process runs").count();
    let entries = fs::read_dir(proc.join("fd")).expect("the process runs").flatten();
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| fs::read_link(entry.path()).ok()).collect();
    files.sort();
    Held { bytes, threads, files }
}

/// Files below a folder that are being written, or were about to be.
fn unfinished(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be listed").flatten() {
        let name = entry.file_name().display().to_string();
        if entry.path().is_dir() {
            found.extend(unfinished(&entry.path()));
        } else if name.contains(".live-") || name.ends_with(".tmp") {
            found.push(entry.path());
        }
    }
    found
}

fn has_no_legs(server: &Server) -> bool {
    let metrics = ureq::get(server.told("metrics")).call().expect("metrics are served").body_mut().read_to_string();
    let metrics = metrics.expect("text");
    ["switchroom_legs 0", "switchroom_rooms 0", "switchroom_websocket_connections 0"]
        .iter()
        .all(|wanted| metrics.lines().any(|line| line == *wanted))
}

/// Waits until no call and no connection is left, and no recording is being written.
fn settled(server: &Server, data: &Path, files: usize) -> Held {
    let started = Instant::now();
    loop {
        let held = held(server.process.id());
        let open = unfinished(&data.join("recordings"));
        if has_no_legs(server) && open.is_empty() && held.files.len() <= files {
            return held;
        }
        assert!(started.elapsed() < SETTLED_WITHIN, "after {SETTLED_WITHIN:?}: {open:?}, {held:?}, {files} expected");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn calls_that_come_and_go_leave_nothing_open() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(data.path(), &[]);
    let access = access(&server, data.path());
    let run = || {
        let output = loadtest(data.path(), PLAN, &["--access", &access, "--json"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        report(&output)["calls"]["established"].as_u64().expect("a number")
    };
    run();
    // What is made once is there now: threads, the database's connections, tables.
    let before = settled(&server, data.path(), usize::MAX);
    let calls: u64 = (0..soak::times()).map(|_| run()).sum();
    assert!(calls >= 6, "{calls} calls were made");
    let after = settled(&server, data.path(), before.files.len());
    assert!(after.threads <= before.threads, "{} threads, {} before", after.threads, before.threads);
    let recordings = data.path().join("recordings");
    assert!(!after.files.iter().any(|file| file.starts_with(&recordings)), "{:?}", after.files);
    let left = after.bytes - before.bytes;
    let allowed = LEFT_AT_ALL.max(LEFT_PER_CALL * calls as f64);
    assert!(left <= allowed, "{calls} calls leave {left} bytes");
    soak::figure("calls that came and went over the API", &format!("{calls}, leaving {:.1} MB", left / 1e6));
}
