//! Threads on cores of their own.

use crate::{
    calls::talk,
    harness::{Bench, Caller, drive, drive_until, loopback},
};
use media_engine::EngineConfig;
use model::{CallId, LegId, TrackKind};
use sfu_core::Protocol;
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use wire::engine::Command;

/// The CPUs of each media thread of this process that has a single one. Engines of other tests pin none.
fn pinned_threads() -> Vec<usize> {
    let tasks = fs::read_dir("/proc/self/task").expect("Linux lists threads");
    let read = |task: fs::DirEntry| fs::read_to_string(task.path().join("status"));
    let status = tasks.filter_map(|task| read(task.expect("Linux lists threads")).ok());
    let field = |status: &str, name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned())
    };
    let media = status.filter(|status| field(status, "Name:").is_some_and(|name| name.starts_with("media-")));
    media.filter_map(|status| field(&status, "Cpus_allowed_list:")?.parse().ok()).collect()
}

#[test]
fn pinned_threads_have_different_cores() {
    let cores = std::thread::available_parallelism().expect("known").get();
    let mut bench = Bench::new(EngineConfig { shards: cores, pin: true, ..EngineConfig::new(loopback()) });
    // A thread pins itself before its first turn.
    let deadline = Instant::now() + Duration::from_secs(10);
    while pinned_threads().len() < cores && cores > 1 {
        assert!(Instant::now() < deadline, "{:?}", pinned_threads());
        std::thread::yield_now();
    }
    let mut cpus = pinned_threads();
    cpus.sort_unstable();
    cpus.dedup();
    assert!(cpus.len() == cores || cores == 1, "{cpus:?} of {cores}");
    talk(&mut bench.pair([Protocol::Udp; 2]));
    bench.engine.shutdown();
}

/// As busy as can be: for as long as this test wants, one thread does nothing but hand over a frame.
#[test]
fn a_busy_thread_does_not_delay_another() {
    let is_busy = Arc::new(AtomicBool::new(true));
    let held = Arc::clone(&is_busy);
    let limit = Instant::now() + Duration::from_secs(60);
    let hold = move |_: &[_]| {
        while held.load(Relaxed) && Instant::now() < limit {
            std::thread::park_timeout(Duration::from_millis(1));
        }
    };
    let mut bench = Bench::with_taps(EngineConfig { shards: 2, ..EngineConfig::new(loopback()) }, hold);
    let mut first = bench.pair_in(1, [Protocol::Udp; 2]);
    let mut second = bench.pair_in(2, [Protocol::Udp; 2]);
    bench.command(Command::SetTaps { room: CallId::of(1), legs: vec![LegId::of(11)] });
    first[0].client.speak(true);
    first[1].client.speak(true);
    let tapped = bench.tapped.clone();
    let stuck = drive_until(&mut first, Duration::from_secs(10), |_| tapped.load(Relaxed) > 0);
    assert!(stuck, "the first thread holds a frame");
    talk(&mut second);
    let heard = |callers: &[Caller]| callers[1].client.received(TrackKind::Audio).count();
    drive(&mut first, Duration::from_millis(100));
    let before = heard(&first);
    drive(&mut first, Duration::from_millis(500));
    assert_eq!(heard(&first), before, "the first thread was busy all the time");
    is_busy.store(false, Relaxed);
    let goes_on = drive_until(&mut first, Duration::from_secs(10), |callers| heard(callers) >= before + 50);
    assert!(goes_on, "and then goes on");
    bench.engine.shutdown();
}
