//! `switchroom loadtest` against a server of the test's own, as an operator runs it.

use crate::server::Server;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// Small and forgiving: what is proved is that calls are made and judged, not how fast this machine is.
const PLAN: &str = r#"
duration_seconds = 6
[calls]
at_once = 4
per_second = 4
video_percent = 25
ring_seconds = 0.1
wrap_up_seconds = 0.1
[limits]
loss_percent = 2
mos_p1 = 2.0
setup_p99_ms = 20000
one_way_delay_p99_ms = 2000
"#;

pub(crate) fn plan_file(folder: &Path, plan: &str) -> PathBuf {
    let file = folder.join("plan.toml");
    fs::write(&file, plan).expect("the folder is ours");
    file
}

fn loadtest(folder: &Path, plan: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_switchroom"))
        .arg("loadtest")
        .arg(plan_file(folder, plan))
        .args(more)
        .env_remove("SWITCHROOM_API_KEY")
        .output()
        .expect("the binary starts")
}

/// Saves what the server printed, as `> FILE` does.
fn access(server: &Server, folder: &Path) -> String {
    let file = folder.join("demo.json");
    fs::write(&file, format!("\nSwitchroom is running.\n{}\n", server.process.ready())).expect("the folder is ours");
    file.display().to_string()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(output)))
}

#[test]
fn calls_are_made_measured_recorded_and_judged() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(data.path(), &[]);
    let access = access(&server, data.path());
    let before = server.api("GET", "/ccaas/1/agents?limit=999", None);

    let output = loadtest(data.path(), PLAN, &["--access", &access, "--json"]);
    let found = report(&output);
    assert_eq!(output.status.code(), Some(0), "{found}\n{}", stderr(&output));
    assert_eq!(
        found["calls"],
        json!({"asked": 4, "established": 4, "reconnections": 0, "failed": {}}),
        "{}",
        stderr(&output)
    );
    assert_eq!(found["recordings"], json!({"checked": 8, "bad": 0}), "{}", stderr(&output));
    // Four calls of audio for at least three seconds, both ways; the video comes on top.
    assert!(found["media"]["packets"].as_u64() > Some(4 * 2 * 50 * 3), "{found}");
    assert!(found["server"]["cpu_ns_per_forwarded_packet"].as_u64() > Some(100), "the server is found: {found}");
    let progress = stderr(&output);
    assert!(progress.contains("seed 1") && progress.contains("talking 4"), "{progress}");

    // Nothing of it is left but agents that are disabled, and the next run takes those again.
    let links = server.api("GET", "/call-link/1/links", None);
    assert_eq!(links["results"].as_array().map(Vec::len), Some(1), "the demo's own: {links}");
    let strict = PLAN.replace("mos_p1 = 2.0", "mos_p1 = 4.5");
    let output = loadtest(data.path(), &strict, &["--access", &access, "--json", "--calls", "2", "--duration", "3"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("the limit is 4.5"), "nothing scores 4.5: {}", stderr(&output));
    let after = server.api("GET", "/ccaas/1/agents?limit=999", None);
    let (before, after) = (before["agents"].as_array().expect("a list"), after["agents"].as_array().expect("a list"));
    assert_eq!(after.len(), before.len() + 4, "two runs, the agents of one");
    let left = after.iter().filter(|agent| agent["displayName"].as_str().is_some_and(|name| name.starts_with("Load")));
    assert!(left.into_iter().all(|agent| agent["enabled"] == false), "{after:?}");
}

#[test]
fn what_cannot_be_carried_out_is_told_with_status_2() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key = folder.path().join("key");
    fs::write(&key, "secret").expect("the folder is ours");
    let key = key.display().to_string();
    let nobody = ["--server", "http://127.0.0.1:1", "--access", &key];
    for (plan, more, sentence) in [
        ("[calls]\nat_onze = 1\n", &nobody[..], "calls.at_onze"),
        ("[calls]\nat_once = 0\n", &nobody[..], "calls.at_once is 0; it must be between 1 and 5000"),
        ("", &nobody[..], "cannot reach the server at 127.0.0.1:1"),
        ("", &["--server", "nowhere", "--access", &key][..], "is no address of a server"),
        ("", &[][..], "SWITCHROOM_API_KEY"),
        ("", &["--access", "/nowhere/key"][..], "cannot read an API key from /nowhere/key"),
    ] {
        let output = loadtest(folder.path(), plan, more);
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(sentence) && !told.contains("secret"), "{sentence}: {told}");
        assert!(output.stdout.is_empty(), "no report");
    }
}

#[test]
fn the_example_is_a_plan() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let example = loadtest(folder.path(), "", &["--example"]);
    assert!(example.status.success());
    let example = String::from_utf8(example.stdout).expect("text");
    let output = loadtest(folder.path(), &example, &["--server", "http://127.0.0.1:1"]);
    assert!(stderr(&output).contains("SWITCHROOM_API_KEY"), "only the key is missing: {}", stderr(&output));
}
