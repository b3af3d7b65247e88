//! What a forwarded packet costs, beside the floor of the same machine.
//!
//! ```text
//! callers (this process, second processor)  ──UDP──►  server (a child process, first processor): floor or engine
//!    └──────────── orders, offers ──── lines on its input, answers on its output ────┘
//! ```
//!
//! The callers are legs with their own SRTP; against the engine each does the real handshake with str0m. The figure is
//! the processor time of the server's media thread divided by the packets that came through.

mod churn;
mod client;
mod durable;
mod flood;
mod floor;
mod generator;
mod held;
mod idle;
mod keys;
mod load;
mod measure;
mod micro;
mod packet;
mod plan;
mod protocol;
mod report;
mod rtcp;
mod serve;
mod server;

use churn::Churn;
use clap::{Parser, Subcommand};
use durable::Durable;
use flood::Flood;
use idle::Idle;
use plan::Plan;
use serve::Variant;
use std::{path::PathBuf, process::ExitCode};

#[derive(Parser)]
#[command(about = "What a forwarded packet costs, beside the floor of the same machine")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything: rounds of floor and engine, and the micro benches
    Run {
        /// Where the report goes; standard output without it
        #[arg(long)]
        out: Option<PathBuf>,
        /// Rounds of each
        #[arg(long, default_value_t = Plan::FULL.rounds)]
        rounds: usize,
    },
    /// Legs that hear a prompt, beside the floor
    Held {
        /// Rounds of each
        #[arg(long, default_value_t = Plan::FULL.rounds)]
        rounds: usize,
    },
    /// What the engine adds to the way of a packet, its core at 70 %
    Latency {
        /// Rounds
        #[arg(long, default_value_t = Plan::FULL.rounds)]
        rounds: usize,
    },
    /// What other uses of the socket do to the floor
    Variants {
        /// Rounds of each
        #[arg(long, default_value_t = Plan::FULL.rounds)]
        rounds: usize,
    },
    /// A flood during calls, and whether it costs them anything
    Flood,
    /// Ten thousand legs that come and go, and what they leave in the engine's process
    Churn,
    /// Commands a second that are on the disk before they are answered, on SQLite and PostgreSQL
    Durable,
    /// Ten thousand agents' pages with nothing to do
    Idle,
    /// Routing a call among many agents
    Routing {
        /// Repetitions of each
        #[arg(long, default_value_t = Plan::FULL.rounds)]
        rounds: usize,
    },
    /// A few calls for a few seconds: whether packets flow, and nothing about speed
    Quick,
    /// The server's process; the other tasks start it
    #[command(hide = true)]
    Serve {
        #[command(subcommand)]
        program: Served,
    },
}

#[derive(Subcommand)]
enum Served {
    Floor {
        #[arg(long)]
        segment: bool,
        #[arg(long)]
        coalesce_us: u64,
    },
    Engine,
    Signaling {
        folder: PathBuf,
    },
}

fn main() -> ExitCode {
    // A second provider would only mean that one was installed before: nobody else runs here yet.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match run(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<(), String> {
    match task {
        Task::Run { out, rounds } => {
            let report = Plan { rounds, ..Plan::FULL }.report()?;
            match out {
                Some(path) => std::fs::write(&path, report).map_err(|error| format!("{}: {error}", path.display())),
                None => {
                    println!("{report}");
                    Ok(())
                }
            }
        }
        Task::Held { rounds } => {
            println!("{}", Plan { rounds, ..Plan::FULL }.held_report()?);
            Ok(())
        }
        Task::Latency { rounds } => {
            println!("{}", Plan { rounds, ..Plan::FULL }.latency()?);
            Ok(())
        }
        Task::Variants { rounds } => {
            println!("{}", Plan { rounds, ..Plan::FULL }.variants()?);
            Ok(())
        }
        Task::Flood => {
            let cost = Flood::FULL.measure()?;
            println!("{}", cost.table());
            cost.check().and_then(|()| cost.check_latency())
        }
        Task::Churn => {
            let left = Churn::FULL.measure()?;
            println!("{left}.");
            left.check()
        }
        Task::Durable => {
            let rates = Durable::FULL.measure()?;
            println!("{rates}");
            rates.check()
        }
        Task::Idle => {
            let cost = Idle::FULL.measure()?;
            println!("{cost}.");
            cost.check()
        }
        Task::Routing { rounds } => {
            println!("{}", report::micro_table(&micro::routing::all(rounds)?));
            Ok(())
        }
        Task::Quick => {
            Plan::QUICK.check()?;
            let cost = Flood::QUICK.measure()?;
            eprintln!("{cost}");
            cost.check()?;
            let left = Churn::QUICK.measure()?;
            eprintln!("{left}");
            left.check()?;
            let rates = Durable::QUICK.measure()?;
            eprintln!("{rates}");
            rates.check_quick()?;
            let cost = Idle::QUICK.measure()?;
            eprintln!("{cost}");
            cost.check()
        }
        Task::Serve { program: Served::Floor { segment, coalesce_us } } => {
            serve::floor(Variant { segment, coalesce_us }).map_err(|error| error.to_string())
        }
        Task::Serve { program: Served::Signaling { folder } } => idle::serve_folder(&folder),
        Task::Serve { program: Served::Engine } => serve::engine().map_err(|error| error.to_string()),
    }
}
