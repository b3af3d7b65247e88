//! `switchroom recordings`: for a person, and by exit status for a script.

use crate::cli::RecordingsCommand;
use std::{fmt::Display, process::ExitCode};

pub(crate) fn run(command: &RecordingsCommand) -> ExitCode {
    match command {
        RecordingsCommand::Check { dir } => {
            report(recorder::check(dir).map(|report| (report.is_clean(), report)), "check", dir.display())
        }
        RecordingsCommand::Recover { dir } => {
            report(recorder::recover(dir).map(|report| (report.is_clean(), report)), "recover", dir.display())
        }
    }
}

fn report(outcome: Result<(bool, impl Display), impl Display>, action: &str, dir: impl Display) -> ExitCode {
    match outcome {
        Ok((clean, report)) => {
            println!("{report}");
            if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("switchroom: cannot {action} recordings in {dir}: {error}. Name the data folder of a server.");
            ExitCode::from(2)
        }
    }
}
