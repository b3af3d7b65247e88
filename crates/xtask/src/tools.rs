//! Programs that must be there, and getting them.

use crate::shell::{self, Done, Failure, at, command, has, root, run};
use std::{fs, path::Path};

/// A program and the Debian package that brings it.
type Tool = (&'static str, &'static str);

/// What building needs besides Rust and Node.
pub(crate) const TO_BUILD: &[Tool] =
    &[("cc", "gcc"), ("c++", "g++"), ("make", "make"), ("cmake", "cmake"), ("git", "git")];

/// What tests need besides. PulseAudio is the silent sound card without which Firefox plays nothing.
pub(crate) const TO_TEST: &[Tool] = &[
    ("chromium", "chromium"),
    ("firefox-esr", "firefox-esr"),
    ("pulseaudio", "pulseaudio"),
    ("curl", "curl"),
    ("ip", "iproute2"),
    ("unshare", "util-linux"),
    ("ffmpeg", "ffmpeg"),
    ("ffprobe", "ffmpeg"),
    ("espeak-ng", "espeak-ng"),
    POSTGRESQL,
    PYTHON_VENV,
];

/// What benches need besides.
pub(crate) const TO_BENCH: &[Tool] = &[POSTGRESQL];

/// Its programs lie apart, in a folder of each release.
const POSTGRESQL: Tool = ("postgres", "postgresql");
const POSTGRESQL_RELEASES: &str = "/usr/lib/postgresql";
/// Debian's way to say that installing the package makes and starts no server of the machine's own.
const NO_CLUSTER: (&str, &str) = ("/etc/postgresql-common/createcluster.d", "create_main_cluster = false");

/// What makes folders for Python's packages: a module, not a program.
pub(crate) const PYTHON_VENV: Tool = ("ensurepip", "python3-venv");

/// Node's versions that the pages' build tool accepts: these minors of these majors, and any later major.
const NODE: &[(u32, u32)] = &[(20, 19), (22, 12)];

/// Gets Debian packages for what is missing, as root; otherwise stops with the command to run.
pub(crate) fn get(tools: &[Tool]) -> Done {
    let mut packages: Vec<_> = tools.iter().filter(|tool| !is_there(tool)).map(|(_, package)| *package).collect();
    packages.sort_unstable();
    packages.dedup();
    if packages.is_empty() {
        return Ok(());
    }
    let makes_a_cluster = packages.contains(&POSTGRESQL.1);
    let packages = packages.join(" ");
    if !has("apt-get") {
        return Err(Failure::new(format!(
            "These programs are missing; their Debian packages are called: {packages}\nInstall them and try again."
        )));
    }
    let install = format!("apt-get install -y --no-install-recommends {packages}");
    if !shell::is_root() {
        let first = if makes_a_cluster {
            let (folder, line) = NO_CLUSTER;
            format!("    sudo mkdir -p {folder} && echo '{line}' | sudo tee {folder}/switchroom.conf\n")
        } else {
            String::new()
        };
        return Err(Failure::new(format!(
            "These packages are missing: {packages}\nInstall them with\n\n{first}    sudo apt-get update && sudo {install}\n\nand try again."
        )));
    }
    if makes_a_cluster {
        make_no_cluster()?;
    }
    let root = root();
    run(command(&root, "apt-get update"))?;
    let mut install = command(&root, &install);
    install.env("DEBIAN_FRONTEND", "noninteractive");
    run(install)
}

fn is_there((program, package): &Tool) -> bool {
    if *package == PYTHON_VENV.1 {
        let mut python = command(&root(), "python3 -c");
        python.arg(format!("import {program}"));
        return shell::output(python).is_some();
    }
    if *package != POSTGRESQL.1 {
        return has(program);
    }
    let releases = fs::read_dir(POSTGRESQL_RELEASES).into_iter().flatten().flatten();
    releases.into_iter().any(|release| release.path().join("bin").join(program).is_file())
}

fn make_no_cluster() -> Done {
    let folder = Path::new(NO_CLUSTER.0);
    fs::create_dir_all(folder).map_err(at(folder))?;
    let file = folder.join("switchroom.conf");
    fs::write(&file, format!("{}\n", NO_CLUSTER.1)).map_err(at(&file))
}

/// Stops unless Node and npm are there and new enough.
pub(crate) fn need_node() -> Done {
    let version = shell::output(command(&root(), "node --version"));
    let wanted = "Node 20.19 or newer, or 22.12 or newer, and npm are needed to build the pages";
    match version {
        None => Err(Failure::new(format!("{wanted}; there is none.\nSee https://nodejs.org/en/download"))),
        Some(version) if !is_new_enough(&version) => Err(Failure::new(format!("{wanted}; this is {version}."))),
        Some(_) if !has("npm") => Err(Failure::new(format!("{wanted}; npm is missing."))),
        Some(_) => Ok(()),
    }
}

/// Gets rustfmt and clippy where rustup can; otherwise stops.
pub(crate) fn need_rust_components() -> Done {
    for (program, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if shell::output(command(&root(), &format!("cargo {program} --version"))).is_some() {
            continue;
        }
        if !has("rustup") {
            return Err(Failure::new(format!("cargo {program} is missing: install Rust's component {component}.")));
        }
        run(command(&root(), &format!("rustup component add {component}")))?;
    }
    Ok(())
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|number| number.parse::<u32>().ok());
    let (Some(major), Some(minor)) = (numbers.next(), numbers.next()) else { return false };
    let newest = NODE.last().expect("the list is not empty").0;
    major > newest || NODE.iter().any(|&(of, least)| major == of && minor >= least)
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn the_pages_build_tool_decides_about_node() {
        for good in ["v20.19.0", "v20.20.2", "v22.12.1", "v24.0.0"] {
            assert!(is_new_enough(good), "{good}");
        }
        for bad in ["v18.20.1", "v20.18.9", "v21.7.0", "v22.11.0", "", "node"] {
            assert!(!is_new_enough(bad), "{bad}");
        }
    }
}
