//! Threads on cores of their own.

use crate::{
    calls::talk,
    harness::{Bench, drive, drive_until, loopback},
};
use media_engine::EngineConfig;
use model::{CallId, LegId, TrackKind};
use sfu_core::Protocol;
use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use wire::engine::Command;

/// The CPUs that each of this process's media threads may run on.
fn media_threads() -> BTreeMap<String, String> {
    let tasks = fs::read_dir("/proc/self/task").expect("Linux lists threads");
    let read = |task: fs::DirEntry| fs::read_to_string(task.path().join("status"));
    let status = tasks.filter_map(|task| read(task.expect("Linux lists threads")).ok());
    let field = |status: &str, name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned())
    };
    let named = status.filter_map(|status| Some((field(&status, "Name:")?, field(&status, "Cpus_allowed_list:")?)));
    named.filter(|(name, _)| name.starts_with("media-")).collect()
}

#[test]
fn pinned_threads_have_different_cores() {
    let cores = std::thread::available_parallelism().expect("known").get();
    let mut bench = Bench::new(EngineConfig { shards: cores, pin: true, ..EngineConfig::new(loopback()) });
    // A thread pins itself before its first turn.
    let deadline = Instant::now() + Duration::from_secs(10);
    let is_one = |cpus: &String| cpus.parse::<usize>().is_ok();
    let mut threads = media_threads();
    while !(threads.len() == cores && threads.values().all(is_one)) && cores > 1 {
        assert!(Instant::now() < deadline, "{threads:?}");
        std::thread::yield_now();
        threads = media_threads();
    }
    let mut cpus: Vec<&String> = threads.values().collect();
    cpus.sort();
    cpus.dedup();
    assert_eq!(cpus.len(), cores, "{threads:?}");
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
    let heard = |callers: &[crate::harness::Caller]| callers[1].client.received(TrackKind::Audio).count();
    drive(&mut first, Duration::from_millis(100));
    let before = heard(&first);
    drive(&mut first, Duration::from_millis(500));
    assert_eq!(heard(&first), before, "the first thread was busy all the time");
    is_busy.store(false, Relaxed);
    let goes_on = drive_until(&mut first, Duration::from_secs(10), |callers| heard(callers) >= before + 50);
    assert!(goes_on, "and then goes on");
    bench.engine.shutdown();
}
