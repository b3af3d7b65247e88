//! Figures as tables in Markdown.

use crate::{held::Prompted, load::Load, measure::Figures, micro::Cost};
use std::{fmt::Write, time::Duration};

/// The middle of some numbers, and how far they spread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    /// Of at least one number.
    pub(crate) fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        let mut numbers: Vec<f64> = numbers.into_iter().collect();
        numbers.sort_by(f64::total_cmp);
        let (least, most) = (numbers[0], numbers[numbers.len() - 1]);
        let (below, above) = (numbers[(numbers.len() - 1) / 2], numbers[numbers.len() / 2]);
        Self { median: (below + above) / 2.0, least, most }
    }

    pub(crate) fn show(self, digits: usize) -> String {
        format!("{:.digits$} ({:.digits$}–{:.digits$})", self.median, self.least, self.most)
    }
}

/// The rounds of one server under one load.
#[derive(Debug, Clone)]
pub(crate) struct Rounds {
    pub(crate) what: String,
    pub(crate) load: Load,
    pub(crate) figures: Vec<Figures>,
}

impl Rounds {
    fn spread(&self, figure: impl Fn(&Figures) -> f64) -> Spread {
        Spread::of(self.figures.iter().map(figure))
    }

    pub(crate) fn cpu_ns(&self) -> Spread {
        self.spread(|figures| figures.cpu_ns)
    }

    pub(crate) fn busy(&self) -> Spread {
        self.spread(|figures| figures.busy)
    }

    /// Round by round against the floor's: the machine's speed may drift.
    pub(crate) fn ratio(&self, floor: &Self) -> Spread {
        let pairs = self.figures.iter().zip(&floor.figures);
        Spread::of(pairs.map(|(own, floor)| own.cpu_ns / floor.cpu_ns))
    }
}

/// Head of [`rounds_row`]'s table.
pub(crate) const ROUNDS_HEAD: &str = "\
| load | server | CPU per packet, ns | × floor | kB per call | core busy, % | latency p50 / p99, µs | lost of |
|---|---|---|---|---|---|---|---|
";

/// One server under one load: medians, and in brackets least and most.
pub(crate) fn rounds_row(rounds: &Rounds, floor: &Rounds) -> String {
    let latency = |pick: fn(&Figures) -> Duration| rounds.spread(|figures| pick(figures).as_secs_f64() * 1e6).median;
    let sum = |pick: fn(&Figures) -> u64| rounds.figures.iter().map(pick).sum::<u64>();
    format!(
        "| {} | {} | {} | {} | {:.0} | {:.0} | {:.0} / {:.0} | {} of {} |\n",
        rounds.load,
        rounds.what,
        rounds.cpu_ns().show(0),
        rounds.ratio(floor).show(2),
        rounds.spread(|figures| figures.call_bytes / 1000.0).median,
        rounds.busy().median * 100.0,
        latency(|figures| figures.latency.p50),
        latency(|figures| figures.latency.p99),
        sum(|figures| figures.lost),
        sum(|figures| figures.packets),
    )
}

/// What a tap adds to each packet that it copies.
pub(crate) fn taps_line(tapped: &Rounds, untapped: &Rounds, floor: &Rounds) -> String {
    let rounds = || tapped.figures.iter().zip(&untapped.figures).zip(&floor.figures);
    let added = Spread::of(rounds().map(|((with, without), _)| with.cpu_ns - without.cpu_ns));
    let share = Spread::of(rounds().map(|((with, without), floor)| (with.cpu_ns - without.cpu_ns) / floor.cpu_ns));
    format!(
        "A recorded packet adds {} ns on the media core under {}, {} × the floor.\n",
        added.show(0),
        tapped.load,
        share.show(2)
    )
}

/// What a server adds to the way of a packet.
pub(crate) fn latency_line(rounds: &Rounds) -> String {
    let latency = |pick: fn(&Figures) -> Duration| rounds.spread(|figures| pick(figures).as_secs_f64() * 1e6).show(0);
    let sum = |pick: fn(&Figures) -> u64| rounds.figures.iter().map(pick).sum::<u64>();
    format!(
        "With {} the engine's core is {:.0} % busy: added latency p50 {} µs, p99 {} µs, {} of {} lost.\n",
        rounds.load,
        100.0 * rounds.busy().median,
        latency(|figures| figures.latency.p50),
        latency(|figures| figures.latency.p99),
        sum(|figures| figures.lost),
        sum(|figures| figures.packets),
    )
}

/// Legs that hear a prompt, beside the floor of the same rounds.
pub(crate) fn held_table(load: Load, rounds: &[Prompted], floor: &Rounds) -> String {
    let spread = |figure: fn(&Prompted) -> f64| Spread::of(rounds.iter().map(figure));
    let pairs = rounds.iter().zip(&floor.figures);
    let ratio = Spread::of(pairs.map(|(own, floor)| own.cpu_ns / floor.cpu_ns));
    let sum = |pick: fn(&Prompted) -> u64| rounds.iter().map(pick).sum::<u64>();
    format!(
        "| load | CPU per prompt packet, ns | floor, ns | × floor | kB per leg | core busy, % | late p50 / p99, µs | \
         lost of |\n|---|---|---|---|---|---|---|---|\n| {} held legs | {} | {} | {} | {:.0} | {:.0} | {:.0} / {:.0} | {} \
         of {} |\n",
        load.legs(),
        spread(|figures| figures.cpu_ns).show(0),
        floor.cpu_ns().show(0),
        ratio.show(2),
        spread(|figures| figures.leg_bytes / 1000.0).median,
        spread(|figures| figures.busy * 100.0).median,
        spread(|figures| figures.late.p50.as_secs_f64() * 1e6).median,
        spread(|figures| figures.late.p99.as_secs_f64() * 1e6).median,
        sum(|figures| figures.lost),
        sum(|figures| figures.packets),
    )
}

/// The micro benches.
pub(crate) fn micro_table(costs: &[Cost]) -> String {
    let mut table = "| in memory | ns |\n|---|---|\n".to_owned();
    for cost in costs {
        let spread = Spread::of(cost.nanoseconds.iter().copied());
        writeln!(table, "| {} | {} |", cost.what, spread.show(0)).expect("a string takes what is written");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_even_count_lies_between() {
        assert_eq!(Spread::of([4.0, 1.0, 2.0, 100.0]).show(1), "3.0 (1.0–100.0)");
        assert_eq!(Spread::of([7.0]).show(0), "7 (7–7)");
    }
}
