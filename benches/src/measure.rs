//! One run: a server, its callers, and what a window of time costs.

use crate::{
    generator::Generator,
    load::Load,
    protocol::Order,
    server::{Program, Server},
};
use std::time::{Duration, Instant};

/// From the pause before a window to its start.
const SETTLE: Duration = Duration::from_millis(300);
/// What is on its way has come after this.
const DRAIN: Duration = Duration::from_millis(200);
/// A generator whose packets leave later than this, one in a hundred, measures itself.
const LATEST: Duration = Duration::from_millis(50);

/// What to run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) program: Program,
    pub(crate) load: Load,
    /// Every leg is tapped.
    pub(crate) taps: bool,
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
    /// The callers keep their processor to themselves, so that nothing delays a packet.
    pub(crate) spin: bool,
}

/// What a window cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    /// Processor time of the media thread per forwarded packet, nanoseconds.
    pub(crate) cpu_ns: f64,
    /// Share of its processor that the media thread used.
    pub(crate) busy: f64,
    /// Memory that a call adds, bytes.
    pub(crate) call_bytes: f64,
    /// From a caller to the other.
    pub(crate) latency: Percentiles,
    /// Forwarded packets.
    pub(crate) packets: u64,
    /// Of all packets, from the pause before the window to the end.
    pub(crate) lost: u64,
    /// Packets that did not decrypt.
    pub(crate) bad: u64,
    /// Legs that heard all that they should.
    pub(crate) hearing: usize,
    /// How late packets left the generator.
    pub(crate) late: Percentiles,
}

/// Of some durations.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Percentiles {
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

impl Percentiles {
    pub(crate) fn of(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        let at = |share: f64| {
            let index = (durations.len() as f64 * share) as usize;
            durations.get(index.min(durations.len().saturating_sub(1))).copied().unwrap_or_default()
        };
        Self { p50: at(0.5), p99: at(0.99) }
    }
}

/// Starts a server, which takes the first processor, and does the callers' part on a thread of the second.
pub(crate) fn apart<T: Send>(
    program: Program,
    callers: impl FnOnce(&mut Server) -> Result<T, String> + Send,
) -> Result<T, String> {
    let mut server = Server::start(program)?;
    std::thread::scope(|scope| {
        let run = scope.spawn(|| {
            // With one processor both share it, and figures say little.
            let _ = netio::pin_current_thread(1);
            callers(&mut server)
        });
        run.join().map_err(|_| "the generator failed".to_owned())?
    })
}

impl Run {
    /// Runs it on a thread of the second processor, where there is one; the server takes the first.
    pub(crate) fn measure(self) -> Result<Figures, String> {
        apart(self.program, |server| self.call(server))
    }

    fn call(self, server: &mut Server) -> Result<Figures, String> {
        let empty = server.resident()?;
        let generator = Generator::new(self.load, server.media, self.spin);
        let mut generator = generator.map_err(|error| format!("the callers' socket: {error}"))?;
        if self.program == Program::Engine {
            generator.join(server)?;
            generator.talk(server)?;
            if self.taps {
                generator.tap(server)?;
            }
        } else {
            generator.settle_fixed();
            server.order(&Order::Floor { load: self.load, port: generator.port() })?;
            // Packets that come before the floor knows its flows would be lost.
            server.cpu()?;
        }
        let mut schedule = generator.schedule();
        generator.run(&mut schedule, self.warm_up);
        generator.drain(DRAIN);
        let before = generator.take_seen();
        schedule.resume(Instant::now());
        generator.run(&mut schedule, SETTLE);
        let (cpu, start, first) = (server.cpu()?, Instant::now(), generator.take_seen());
        generator.run(&mut schedule, self.window);
        let (cpu, took, last) = (server.cpu()? - cpu, start.elapsed(), generator.take_seen());
        let full = server.resident()?;
        generator.drain(DRAIN);
        let after = generator.take_seen();
        let packets = last.received - first.received;
        let late = Percentiles::of(last.late);
        if self.spin && late.p99 > LATEST {
            return Err(format!("this machine is too slow to generate {}: p99 is {:?} late", self.load, late.p99));
        }
        Ok(Figures {
            cpu_ns: cpu.as_nanos() as f64 / packets.max(1) as f64,
            busy: cpu.as_secs_f64() / took.as_secs_f64(),
            call_bytes: full.saturating_sub(empty) as f64 / self.load.calls as f64,
            latency: Percentiles::of(last.latencies),
            packets,
            lost: (after.sent - before.sent).saturating_sub(after.received - before.received),
            bad: before.bad + first.bad + last.bad + after.bad,
            hearing: generator.legs_that_hear(),
            late,
        })
    }
}
