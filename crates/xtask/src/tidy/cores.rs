//! What keeps cores free of the world, and `unsafe` in one place.

use super::{
    File,
    rust_text::{code, line_of, without_tests, words},
};

const CORES: &[&str] = &["callcenter-core", "sfu-core", "recording-core"];

/// Packages that a core must not depend on: they do IO, run tasks, or are other cores.
const NOT_IN_CORES: &[&str] = &[
    "async-trait",
    "axum",
    "callcenter-core",
    "dashmap",
    "futures",
    "futures-util",
    "hyper",
    "libc",
    "link",
    "media-engine",
    "mio",
    "netio",
    "prometheus",
    "quinn",
    "rand",
    "recorder",
    "recording-core",
    "sfu-core",
    "signaling",
    "sim",
    "socket2",
    "sqlx",
    "store",
    "telemetry",
    "tempfile",
    "tokio",
];

/// Paths that a core's code must not name, tests aside. Hash maps are left to clippy, which takes reasons.
const NOT_IN_CORE_CODE: &[&str] = &[
    "Instant::now",
    "SystemTime",
    "std::fs",
    "std::thread",
    "std::process",
    "std::env",
    "std::sync::Mutex",
    "std::sync::RwLock",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "Uuid::now_v7",
    "::fresh",
    "println!",
    "async fn",
];

pub(crate) fn check_source(file: &File, broken: &mut Vec<String>) {
    let code = code(&file.text);
    if !file.path.starts_with("crates/netio/")
        && let Some((at, _)) = words(&code).find(|(_, word)| *word == "unsafe")
    {
        broken.push(format!("{}:{}: `unsafe` outside of crates/netio", file.path, line_of(&code, at)));
    }
    let in_core = CORES.iter().any(|core| file.path.starts_with(&format!("crates/{core}/src/")));
    let is_test = file.path.ends_with("/tests.rs") || file.path.contains("/tests/");
    if !in_core || is_test {
        return;
    }
    let code = without_tests(&code);
    for banned in NOT_IN_CORE_CODE {
        for (at, _) in code.match_indices(banned).filter(|(at, _)| is_whole(&code, *at, banned)) {
            broken.push(format!("{}:{}: `{banned}` in a core", file.path, line_of(&code, at)));
        }
    }
}

/// Whether what was found at `at` is not just a part of a longer name.
fn is_whole(code: &str, at: usize, found: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let before = code[..at].chars().next_back().is_some_and(is_name) && found.starts_with(is_name);
    let after = code[at + found.len()..].chars().next().is_some_and(is_name) && found.ends_with(is_name);
    !before && !after
}

pub(crate) fn check_manifest(file: &File, broken: &mut Vec<String>) {
    let core = CORES.iter().find(|core| file.path == format!("crates/{core}/Cargo.toml"));
    if core.is_none() {
        return;
    }
    for dependency in dependencies(&file.text) {
        if NOT_IN_CORES.contains(&dependency) {
            broken.push(format!("{}: a core must not depend on {dependency}", file.path));
        }
    }
}

/// Names under `[dependencies]`.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let section = manifest.split("\n[dependencies]").nth(1).unwrap_or_default();
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| line.split(['.', '=', ' ']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(path: &str, text: &str) -> Vec<String> {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        let mut broken = Vec::new();
        check_source(&file, &mut broken);
        check_manifest(&file, &mut broken);
        broken
    }

    #[test]
    fn a_core_reads_no_clock_but_its_tests_may() {
        let bad = "fn f() {\n    let now = Instant::now();\n}";
        assert_eq!(broken("crates/sfu-core/src/a.rs", bad), ["crates/sfu-core/src/a.rs:2: `Instant::now` in a core"]);
        assert!(broken("crates/netio/src/a.rs", bad).is_empty());
        assert!(broken("crates/sfu-core/src/a.rs", &format!("#[cfg(test)]\nmod tests {{ {bad} }}")).is_empty());
        assert!(broken("crates/sfu-core/src/a.rs", "// Instant::now\nfn read_UdpSockets() {}").is_empty());
    }

    #[test]
    fn a_core_depends_on_no_io() {
        let manifest = "[package]\nname = \"x\"\n\n[dependencies]\nmodel.workspace = true\ntokio = \"1\"\n\n[dev-dependencies]\ntempfile.workspace = true\n";
        let expected = ["crates/recording-core/Cargo.toml: a core must not depend on tokio"];
        assert_eq!(broken("crates/recording-core/Cargo.toml", manifest), expected);
        assert!(broken("crates/store/Cargo.toml", manifest).is_empty());
    }

    #[test]
    fn what_has_no_safe_form_stays_in_netio() {
        let source = "fn f() { unsafe { g() } }";
        assert_eq!(broken("recorder/src/a.rs", source), ["recorder/src/a.rs:1: `unsafe` outside of crates/netio"]);
        assert!(broken("crates/netio/src/a.rs", source).is_empty());
        assert!(broken("recorder/src/a.rs", "#![forbid(unsafe_code)] // unsafe").is_empty());
    }
}
