//! Legs that come, talk and go: what the engine's process holds afterwards.

use crate::{
    generator::{Generator, leg_id, room_of},
    load::Load,
    server::{Program, Server},
};
use model::CommandId;
use std::{
    fmt,
    time::{Duration, Instant},
};
use wire::engine::{Command, Request};

/// What the process's memory may grow by. Nothing is meant to be left, but the allocator keeps some of what was freed in
/// pieces, which does not grow with the number of legs. A leg takes a hundred kilobytes and more: a few dozen that are left
/// show, as do 400 bytes of each of ten thousand.
const LEFT: f64 = 4e6;
/// Batches before the first that counts.
const LEAST_WARM_UP: usize = 10;
/// A batch talks for such a time, and once more until all hear and see: pictures begin with the next keyframe.
const TALK: Duration = Duration::from_millis(100);
/// How long that may take.
const HEARD_WITHIN: Duration = Duration::from_secs(10);
/// How long until metrics and timers of what has gone are gone as well.
const SETTLED_WITHIN: Duration = Duration::from_secs(10);

/// How many legs, and how many at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Churn {
    pub(crate) at_once: Load,
    pub(crate) batches: usize,
}

/// What a process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    bytes: u64,
    threads: usize,
    files: usize,
}

/// Before and after.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Left {
    legs: usize,
    took: Duration,
    before: Held,
    after: Held,
}

impl Churn {
    /// Ten thousand legs.
    pub(crate) const FULL: Self = Self { at_once: Load { calls: 50, video: true }, batches: 100 };

    /// Some.
    pub(crate) const QUICK: Self = Self { at_once: Load { calls: 5, video: true }, batches: 4 };

    /// Runs it. Before it is counted, a tenth as many come and go, and some batches at least: what is made once, and what
    /// the allocator keeps, is there then.
    pub(crate) fn measure(self) -> Result<Left, String> {
        let mut server = Server::start(Program::Engine)?;
        let warm_up = self.batches.div_ceil(10).max(LEAST_WARM_UP);
        (0..warm_up).try_for_each(|batch| self.come_and_go(batch, &mut server))?;
        let before = held(&mut server)?;
        let start = Instant::now();
        (0..self.batches).try_for_each(|batch| self.come_and_go(batch, &mut server))?;
        let took = start.elapsed();
        Ok(Left { legs: self.batches * self.at_once.legs(), took, before, after: held(&mut server)? })
    }

    fn come_and_go(&self, batch: usize, server: &mut Server) -> Result<(), String> {
        let generator = Generator::new(self.at_once, server.media, false);
        let mut generator = generator.map_err(|error| format!("the callers' socket: {error}"))?;
        generator.join(server)?;
        generator.talk(server)?;
        let mut schedule = generator.schedule();
        let start = Instant::now();
        while generator.legs_that_hear() < self.at_once.legs() {
            if start.elapsed() > HEARD_WITHIN {
                return Err(format!("only {} legs of {} hear", generator.legs_that_hear(), self.at_once.legs()));
            }
            generator.run(&mut schedule, TALK);
        }
        for leg in 0..self.at_once.legs() {
            if batch.is_multiple_of(2) {
                server.request(request(Command::RemoveLeg { leg: leg_id(leg) }))?;
            }
            server.request(request(Command::CloseRoom { room: room_of(leg) }))?;
        }
        Ok(())
    }
}

fn request(command: Command) -> Request {
    Request { id: CommandId::of(1), command }
}

/// What the process holds once it says that there is nobody.
fn held(server: &mut Server) -> Result<Held, String> {
    let deadline = Instant::now() + SETTLED_WITHIN;
    loop {
        let metrics = server.metrics()?;
        let is_none = |name: &str| metrics.lines().any(|line| line == format!("{name} 0"));
        if is_none("switchroom_legs") && is_none("switchroom_rooms") {
            break;
        }
        if Instant::now() > deadline {
            return Err(format!("all have gone, and after {SETTLED_WITHIN:?} the engine says\n{metrics}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let [threads, files] = server.threads_and_files()?;
    Ok(Held { bytes: server.resident()?, threads, files })
}

impl Left {
    /// That memory, threads and files are what they were.
    pub(crate) fn check(&self) -> Result<(), String> {
        let more = self.after.bytes.saturating_sub(self.before.bytes) as f64;
        let fails = [
            (more > LEFT, "memory grew"),
            (self.after.threads != self.before.threads, "threads were left"),
            (self.after.files != self.before.files, "files were left"),
        ];
        let failed = fails.iter().find(|(failed, _)| *failed);
        failed.map_or(Ok(()), |(_, what)| Err(format!("{what}: {self}")))
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { legs, took, before, after } = self;
        write!(
            f,
            "{legs} legs came and went in {:.0} s ({:.1} ms each): memory {:.1} MB before and {:.1} MB after, threads {} \
             and {}, files {} and {}",
            took.as_secs_f64(),
            took.as_secs_f64() * 1e3 / *legs as f64,
            before.bytes as f64 / 1e6,
            after.bytes as f64 / 1e6,
            before.threads,
            after.threads,
            before.files,
            after.files,
        )
    }
}
