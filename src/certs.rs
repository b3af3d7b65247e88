//! `switchroom certs`: certificates for roles that run apart.

use std::{path::Path, process::ExitCode};

pub(crate) fn run(folder: &Path, name: &str) -> ExitCode {
    match link::make_certs(folder, name) {
        Ok(files) => {
            println!("Certificates for connections between roles, valid for {} years:\n", link::YEARS);
            for file in files {
                println!("  {:<36} {}", file.path.display(), file.goes_to);
            }
            println!(
                "\nCopy to each machine ca.pem and the two files of its role, into the folder that link.certs or --certs names."
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("switchroom: {error}");
            ExitCode::FAILURE
        }
    }
}
