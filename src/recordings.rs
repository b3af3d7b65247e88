//! `switchroom recordings`: for a person, and by exit status for a script.

use crate::{
    cli::{KeysArgs, RecordingsCommand},
    settings,
};
use recorder::{ExportFilter, Keys};
use std::{fmt::Display, path::Path, process::ExitCode};

pub(crate) fn run(command: &RecordingsCommand) -> ExitCode {
    match command {
        RecordingsCommand::Check { dir, keys } => with_keys(dir, keys, |keys| {
            report(recorder::check(dir, keys).map(|report| (report.is_clean(), report)), "check", dir.display())
        }),
        RecordingsCommand::Export(args) => with_keys(&args.dir, &args.keys, |keys| {
            let filter = ExportFilter { account: args.account, conversation: args.conversation, call: args.call };
            let exported = recorder::export(&args.dir, keys, filter, &args.to);
            report(exported.map(|report| (report.is_clean(), report)), "export", args.dir.display())
        }),
        RecordingsCommand::Recover { dir, keys } => with_keys(dir, keys, |keys| {
            report(recorder::recover(dir, keys).map(|report| (report.is_clean(), report)), "recover", dir.display())
        }),
    }
}

pub(crate) fn rotate(dir: &Path, args: &KeysArgs) -> ExitCode {
    match recorder::rotate(dir, &settings::recording_keys(dir, args.file.as_ref())) {
        Ok(report) => {
            println!("{report}");
            if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => refused(&error),
    }
}

fn with_keys(dir: &Path, args: &KeysArgs, act: impl FnOnce(&Keys) -> ExitCode) -> ExitCode {
    match Keys::read(&settings::recording_keys(dir, args.file.as_ref())) {
        Ok(keys) => act(&keys),
        Err(error) => refused(&error),
    }
}

fn refused(error: &dyn Display) -> ExitCode {
    eprintln!("switchroom: {error}");
    ExitCode::from(2)
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
