//! Which runs, in which order, and what they show.

use crate::{
    churn::Churn,
    durable::Durable,
    flood::Flood,
    held::{Held, Prompted},
    idle::Idle,
    load::Load,
    measure::{Figures, Run},
    micro,
    report::{self, Rounds},
    serve::Variant,
    server::Program,
};
use std::time::Duration;

/// How much of everything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) loads: [Load; 2],
    /// Legs that hear a prompt: two a call.
    pub(crate) held: Load,
    pub(crate) rounds: usize,
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
    pub(crate) spin: bool,
}

/// Share of a core at which added latency is looked at.
const BUSY: f64 = 0.7;
/// Packets a second that the generator can pace with some room.
const FASTEST: f64 = 75_000.0;
/// A generator whose packets leave later than this, one in a hundred, was held up by another program: what it says of
/// latency is its own.
const MOST_LATE: Duration = Duration::from_micros(500);
/// How often a run is tried.
const TRIES: usize = 3;
/// The plain floor.
const PLAIN: Variant = Variant { segment: false, coalesce_us: 0 };

impl Plan {
    /// What results are made of.
    pub(crate) const FULL: Self = Self {
        loads: [Load { calls: 500, video: false }, Load { calls: 50, video: true }],
        held: Load { calls: 1000, video: false },
        rounds: 5,
        warm_up: Duration::from_millis(1500),
        window: Duration::from_secs(5),
        spin: true,
    };

    /// Whether it works at all, on a machine that has other things to do.
    pub(crate) const QUICK: Self = Self {
        loads: [Load { calls: 3, video: false }, Load { calls: 1, video: true }],
        held: Load { calls: 3, video: false },
        rounds: 1,
        warm_up: Duration::from_millis(1500),
        window: Duration::from_millis(1500),
        spin: false,
    };

    fn run(&self, program: Program, load: Load, taps: bool) -> Result<Figures, String> {
        let run = Run { program, load, taps, warm_up: self.warm_up, window: self.window, spin: self.spin };
        let figures = tried(|| run.measure())?;
        eprintln!(
            "{load}, {program:?}{}: {:.0} ns a packet, core {:.0} % busy, {} of {} lost, generator p99 {:?} late",
            if taps { " with taps" } else { "" },
            figures.cpu_ns,
            100.0 * figures.busy,
            figures.lost,
            figures.packets,
            figures.late.p99
        );
        Ok(figures)
    }

    /// Rounds of the floor and of held legs in turn.
    fn held(&self) -> Result<(Rounds, Vec<Prompted>), String> {
        let held = Held { load: self.held, warm_up: self.warm_up, window: self.window, spin: self.spin };
        let load = self.loads[0];
        let mut floor = Rounds { what: "floor".to_owned(), load, figures: Vec::new() };
        let mut all = Vec::new();
        for _ in 0..self.rounds {
            floor.figures.push(self.run(Program::Floor(PLAIN), load, false)?);
            let prompted = tried(|| held.measure())?;
            eprintln!("{} held legs: {prompted:?}", self.held.legs());
            all.push(prompted);
        }
        Ok((floor, all))
    }

    /// Rounds of several servers in turn, so that a drift of the machine meets all alike.
    fn in_turns(&self, load: Load, servers: &[(&str, Program, bool)]) -> Result<Vec<Rounds>, String> {
        let empty = |&(what, ..): &(&str, Program, bool)| Rounds { what: what.to_owned(), load, figures: Vec::new() };
        let mut all: Vec<Rounds> = servers.iter().map(empty).collect();
        for _ in 0..self.rounds {
            for (rounds, &(_, program, taps)) in all.iter_mut().zip(servers) {
                rounds.figures.push(self.run(program, load, taps)?);
            }
        }
        Ok(all)
    }

    /// Floor, engine and engine with taps under both loads.
    pub(crate) fn end_to_end(&self) -> Result<Vec<[Rounds; 3]>, String> {
        let floor = ("floor", Program::Floor(PLAIN), false);
        let servers = [floor, ("engine", Program::Engine, false), ("engine, recording", Program::Engine, true)];
        let all = self.loads.iter().map(|&load| {
            let rounds = self.in_turns(load, &servers)?;
            Ok(rounds.try_into().expect("as many rounds as servers"))
        });
        all.collect()
    }

    /// The whole report.
    pub(crate) fn report(&self) -> Result<String, String> {
        let all = self.end_to_end()?;
        let mut text = report::ROUNDS_HEAD.to_owned();
        for [floor, engine, recording] in &all {
            for rounds in [floor, engine, recording] {
                text += &report::rounds_row(rounds, floor);
            }
        }
        text.push('\n');
        for [floor, engine, recording] in &all {
            text += &report::taps_line(recording, engine, floor);
        }
        text += &self.at_70_percent(&all[0][1])?;
        text.push('\n');
        let cost = Flood::FULL.measure()?;
        eprintln!("{cost}");
        text += &cost.table();
        text += &format!("\n{}.\n\n", Churn::FULL.measure()?);
        text += &self.held_report()?;
        text.push('\n');
        text += &report::micro_table(&micro::all(self.rounds)?);
        text += &format!("\n{}", Durable::FULL.measure()?);
        text += &format!("\n{}.\n", Idle::FULL.measure()?);
        Ok(text)
    }

    /// Legs that hear a prompt.
    pub(crate) fn held_report(&self) -> Result<String, String> {
        let (floor, held) = self.held()?;
        Ok(report::held_table(self.held, &held, &floor))
    }

    /// Added latency with as many audio calls as fill 70 % of a core, by how busy another number of them keeps it; with
    /// fewer where the generator cannot pace so many.
    fn at_70_percent(&self, engine: &Rounds) -> Result<String, String> {
        let per_call = engine.busy().median / engine.load.calls as f64;
        let one = Load { calls: 1, ..engine.load };
        let calls = (BUSY / per_call).min(FASTEST / one.packets_per_second()) as usize;
        let mut rounds = Rounds { what: "engine".to_owned(), load: Load { calls, ..engine.load }, figures: Vec::new() };
        let mut disturbed = 0;
        while rounds.figures.len() < self.rounds {
            let figures = self.run(Program::Engine, rounds.load, false)?;
            if figures.late.p99 < MOST_LATE {
                rounds.figures.push(figures);
                continue;
            }
            disturbed += 1;
            if disturbed % TRIES == 0 {
                rounds.load.calls -= rounds.load.calls / 10;
                rounds.figures.clear();
            }
            if disturbed == self.rounds * TRIES {
                return Ok("This machine had too much else to do for latencies at 70 % of a core.\n".to_owned());
            }
        }
        Ok(report::latency_line(&rounds))
    }

    /// [`Self::at_70_percent`] alone.
    pub(crate) fn latency(&self) -> Result<String, String> {
        let first = Self { rounds: 1, ..*self }.in_turns(self.loads[0], &[("engine", Program::Engine, false)])?;
        self.at_70_percent(&first[0])
    }

    /// What other uses of the socket do to the floor.
    pub(crate) fn variants(&self) -> Result<String, String> {
        let floor = |segment, coalesce_us| Program::Floor(Variant { segment, coalesce_us });
        let servers = [
            ("plain", floor(false, 0), false),
            ("segments", floor(true, 0), false),
            ("wait 100 µs", floor(false, 100), false),
            ("wait 200 µs", floor(false, 200), false),
            ("segments, wait 200 µs", floor(true, 200), false),
            ("segments, wait 400 µs", floor(true, 400), false),
        ];
        let mut text = report::ROUNDS_HEAD.to_owned();
        for load in self.loads {
            let all = self.in_turns(load, &servers)?;
            for rounds in &all {
                text += &report::rounds_row(rounds, &all[0]);
            }
        }
        Ok(text)
    }

    /// That packets flow both ways and none is lost, on a machine of any speed.
    pub(crate) fn check(&self) -> Result<(), String> {
        for rounds in self.end_to_end()?.iter().flatten() {
            for figures in &rounds.figures {
                let fails = [
                    (figures.packets == 0, "nothing was forwarded"),
                    (figures.lost > 0, "packets were lost"),
                    (figures.bad > 0, "packets did not decrypt"),
                    (figures.hearing < rounds.load.legs(), "not every leg hears its other"),
                    (figures.cpu_ns <= 0.0, "no processor time was used"),
                    (figures.latency.p50.is_zero(), "no packet's latency was known"),
                ];
                if let Some((_, what)) = fails.iter().find(|(failed, _)| *failed) {
                    return Err(format!("{}, {}: {what}: {figures:?}", rounds.load, rounds.what));
                }
            }
        }
        let (_, held) = self.held()?;
        for prompted in held {
            let fails = [
                (prompted.packets == 0, "nothing was played"),
                (prompted.lost > 0, "packets were lost"),
                (prompted.bad > 0, "packets did not decrypt"),
                (prompted.hearing < self.held.legs(), "not every leg hears the prompt"),
                (prompted.cpu_ns <= 0.0, "no processor time was used"),
            ];
            if let Some((_, what)) = fails.iter().find(|(failed, _)| *failed) {
                return Err(format!("{} held legs: {what}: {prompted:?}", self.held.legs()));
            }
        }
        Ok(())
    }
}

/// Another program may have taken the generator's processor for a while.
fn tried<T>(measure: impl Fn() -> Result<T, String>) -> Result<T, String> {
    let mut outcome = measure();
    for _ in 1..TRIES {
        let Err(error) = &outcome else { break };
        eprintln!("{error}; once more");
        outcome = measure();
    }
    outcome
}
