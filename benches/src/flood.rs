//! A flood during calls: what it costs them.

use crate::{
    generator::{Flooded, Generator},
    load::Load,
    measure::{Percentiles, apart},
    server::{Program, Server},
};
use std::{
    fmt,
    time::{Duration, Instant},
};

/// The most that a flood may add to the calls' latency, one packet in a hundred.
const MOST_ADDED: Duration = Duration::from_millis(2);
/// Below this share of the rate that was asked for, figures are not those of that flood.
const LEAST_RATE: f64 = 0.95;
/// Beyond this lateness of the generator, latency is its own.
const MOST_LATE: Duration = Duration::from_millis(2);
/// The most that may come back for a byte of the flood.
const MOST_BACK: f64 = 1.5;
/// What is on its way has come after this.
const DRAIN: Duration = Duration::from_millis(300);

/// Which calls, and how much of what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flood {
    pub(crate) load: Load,
    /// Datagrams.
    pub(crate) per_second: u32,
    pub(crate) warm_up: Duration,
    /// Without the flood, and with it.
    pub(crate) window: Duration,
    pub(crate) spin: bool,
}

/// What it cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    load: Load,
    /// Datagrams a second, as they were sent.
    rate: f64,
    flooded: Flooded,
    quiet: Percentiles,
    under: Percentiles,
    /// Share of its processor that the media thread used, without flood and with it.
    busy: [f64; 2],
    /// The calls' packets, with and without flood.
    packets: u64,
    lost: u64,
    /// Packets that came to a caller and that nobody sent.
    strange: u64,
    late: Percentiles,
    /// Datagrams of the flood that were asked for.
    per_second: u32,
}

impl Flood {
    /// What results are made of.
    pub(crate) const FULL: Self = Self {
        load: Load { calls: 50, video: false },
        per_second: 20_000,
        warm_up: Duration::from_millis(1500),
        window: Duration::from_secs(10),
        spin: true,
    };

    /// Whether calls live through it, on a machine that has other things to do.
    pub(crate) const QUICK: Self = Self {
        load: Load { calls: 5, video: false },
        per_second: 4000,
        warm_up: Duration::from_millis(500),
        window: Duration::from_millis(1500),
        spin: false,
    };

    /// Runs it, the engine on the first processor, callers and flood on the second.
    pub(crate) fn measure(self) -> Result<Cost, String> {
        apart(Program::Engine, |server| self.call(server))
    }

    fn call(self, server: &mut Server) -> Result<Cost, String> {
        let generator = Generator::new(self.load, server.media, self.spin);
        let mut generator = generator.map_err(|error| format!("the callers' socket: {error}"))?;
        generator.listen_in(self.per_second).map_err(|error| format!("the flood's socket: {error}"))?;
        generator.join(server)?;
        generator.talk(server)?;
        let mut schedule = generator.schedule();
        generator.run(&mut schedule, self.warm_up);
        generator.drain(DRAIN);
        let before = generator.take_seen();
        schedule.resume(Instant::now());
        let cpu = server.cpu()?;
        generator.run(&mut schedule, self.window);
        let (quiet, quiet_cpu) = (generator.take_seen(), server.cpu()?);
        generator.begin_flood();
        let start = Instant::now();
        generator.run(&mut schedule, self.window);
        let (took, flood_cpu) = (start.elapsed(), server.cpu()?);
        let mut flooded = generator.end_flood();
        let under = generator.take_seen();
        generator.drain(DRAIN);
        let after = generator.take_seen();
        let late_replies = generator.end_flood();
        (flooded.replies, flooded.reply_bytes) = (late_replies.replies, late_replies.reply_bytes);
        let (sent, received) = (after.sent - before.sent, after.received - before.received);
        Ok(Cost {
            load: self.load,
            rate: flooded.sent as f64 / took.as_secs_f64(),
            flooded,
            quiet: Percentiles::of(quiet.latencies),
            under: Percentiles::of(under.latencies),
            busy: [quiet_cpu - cpu, flood_cpu - quiet_cpu].map(|used| used.as_secs_f64() / self.window.as_secs_f64()),
            packets: sent,
            lost: sent.saturating_sub(received),
            strange: received.saturating_sub(sent) + quiet.bad + under.bad + after.bad,
            late: Percentiles::of(under.late),
            per_second: self.per_second,
        })
    }
}

impl Cost {
    /// Bytes that came back to strangers for each byte of the flood.
    fn back(&self) -> f64 {
        self.flooded.reply_bytes as f64 / self.flooded.sent_bytes.max(1) as f64
    }

    /// That calls lost nothing, heard nobody else, and nobody else was answered.
    pub(crate) fn check(&self) -> Result<(), String> {
        let fails = [
            (self.packets == 0, "nothing was forwarded"),
            (self.flooded.sent == 0, "there was no flood"),
            (self.lost > 0, "packets were lost"),
            (self.strange > 0, "packets came that no caller sent"),
            (self.back() > MOST_BACK, "strangers got more back than they sent"),
        ];
        let failed = fails.iter().find(|(failed, _)| *failed);
        failed.map_or(Ok(()), |(_, what)| Err(format!("{what}: {self}")))
    }

    /// That the calls' packets came in time as well: for a machine that does nothing else.
    pub(crate) fn check_latency(&self) -> Result<(), String> {
        let added = self.under.p99.saturating_sub(self.quiet.p99);
        let fails = [
            (self.rate < LEAST_RATE * f64::from(self.per_second), "this machine is too slow to send that flood"),
            (self.late.p99 > MOST_LATE, "this machine is too slow to send the calls' packets in time"),
            (added >= MOST_ADDED, "the flood delays calls"),
        ];
        let failed = fails.iter().find(|(failed, _)| *failed);
        failed.map_or(Ok(()), |(_, what)| Err(format!("{what} ({added:?} more at p99): {self}")))
    }

    /// As a table of one row.
    pub(crate) fn table(&self) -> String {
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        format!(
            "| load | flood, datagrams a second | lost of | strange | latency without flood, p50 / p99, µs | with | \
             core busy without / with, % | bytes back for one |\n|---|---|---|---|---|---|---|---|\n\
             | {} | {:.0} | {} of {} | {} | {:.0} / {:.0} | {:.0} / {:.0} | {:.0} / {:.0} | {:.4} |\n",
            self.load,
            self.rate,
            self.lost,
            self.packets,
            self.strange,
            micros(self.quiet.p50),
            micros(self.quiet.p99),
            micros(self.under.p50),
            micros(self.under.p99),
            100.0 * self.busy[0],
            100.0 * self.busy[1],
            self.back(),
        )
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, flood of {:.0} datagrams a second: {} of {} lost, {} strange, {:?} without and {:?} with, {} replies, \
             {:.4} bytes back for one, core {:.0} % and {:.0} % busy, generator p99 {:?} late",
            self.load,
            self.rate,
            self.lost,
            self.packets,
            self.strange,
            self.quiet,
            self.under,
            self.flooded.replies,
            self.back(),
            100.0 * self.busy[0],
            100.0 * self.busy[1],
            self.late.p99,
        )
    }
}
