//! `switchroom loadtest`: for a person, and by exit status for a script.

use crate::cli::LoadtestArgs;
use loadtest::{Options, Overrides, Plan, Report, RunError};
use std::process::ExitCode;

/// Exit status of a plan that is wrong and of a server that cannot be used.
const CANNOT: u8 = 2;

pub(crate) fn run(args: &LoadtestArgs) -> ExitCode {
    if args.example {
        print!("{}", loadtest::EXAMPLE);
        return ExitCode::SUCCESS;
    }
    match carry_out(args) {
        Ok((plan, report)) => tell(&plan, &report, args.json),
        Err(error) => {
            eprintln!("switchroom: {error}.");
            ExitCode::from(CANNOT)
        }
    }
}

fn carry_out(args: &LoadtestArgs) -> Result<(Plan, Report), RunError> {
    let options = Options { access: args.access.clone(), server_pid: args.server_pid };
    let server = match &args.server {
        Some(server) => Some(server.clone()),
        None => loadtest::server_of(&options)?,
    };
    let overrides = Overrides { calls: args.calls, duration: args.duration, seed: args.seed, server };
    let plan = Plan::load(args.plan.as_deref(), &overrides)?;
    eprintln!("loadtest: {} with seed {}", plan.server.url, plan.seed);
    // Signaling needs little; media has threads of its own.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(RunError::Media)?;
    let report = runtime.block_on(loadtest::run(plan.clone(), &options))?;
    Ok((plan, report))
}

fn tell(plan: &Plan, report: &Report, as_json: bool) -> ExitCode {
    if as_json {
        println!("{}", serde_json::to_string(report).expect("a report is plain data"));
    } else {
        print!("{report}");
    }
    let broken = report.broken(&plan.limits);
    for sentence in &broken {
        eprintln!("loadtest: {sentence}.");
    }
    if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
