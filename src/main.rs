//! Switchroom: a self-hosted contact center for WebRTC calls.

mod announce;
mod cli;
mod config;
mod load;
mod recordings;
mod up;

use clap::Parser as _;
use cli::{Cli, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
    install_crypto();
    match Cli::parse().command {
        Command::Up(args) => match up::run(&args) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("switchroom: {error}");
                ExitCode::FAILURE
            }
        },
        Command::Recordings(command) => recordings::run(&command),
        Command::Loadtest(args) => load::run(&args),
        Command::Config => {
            print!("{}", config::DEFAULTS);
            ExitCode::SUCCESS
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
