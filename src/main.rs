//! Switchroom: a self-hosted contact center for WebRTC calls.

mod admin;
mod announce;
mod certs;
mod cli;
mod config;
mod join;
mod load;
mod process;
mod recordings;
mod roles;
mod settings;
mod up;

use clap::Parser as _;
use cli::{Cli, Command, KeysCommand};
use process::ProcessError;
use std::process::ExitCode;

fn main() -> ExitCode {
    install_crypto();
    match Cli::parse().command {
        Command::Up(args) => ended(up::run(&args)),
        Command::Engine(args) => match roles::engine::run(&args) {
            Ok(code) => code,
            Err(error) => ended(Err(error)),
        },
        Command::Signaling(args) => ended(roles::signaling::run(&args)),
        Command::Recorder(args) => ended(roles::recorder::run(&args)),
        Command::Certs { dir, name } => certs::run(&dir, &name),
        Command::Recordings(command) => recordings::run(&command),
        Command::Keys(KeysCommand::Rotate { dir, keys }) => recordings::rotate(&dir, &keys),
        Command::Loadtest(args) => load::run(&args),
        Command::Config => {
            print!("{}", config::DEFAULTS);
            ExitCode::SUCCESS
        }
    }
}

fn ended(outcome: Result<(), ProcessError>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("switchroom: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One provider for TLS and DTLS; with two in the process the first handshake would fail.
fn install_crypto() {
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .expect("no provider was installed before the first line");
    str0m::crypto::from_feature_flags().install_process_default();
}
