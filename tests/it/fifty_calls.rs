//! Signaling is killed again and again under fifty calls, at moments that a seed chooses: nobody hears anything of it.

use crate::{apart::House, loadtest, server::Server, soak};
use serde_json::{Value, json};
use sim::Random;
use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

const CALLS: u64 = 50;
/// In the gate; a soak multiplies it.
const KILLS: u64 = 5;
/// Until all calls are up; generous for a machine with other things to do.
const SET_UP: Duration = Duration::from_secs(120);
/// Pages find the server again within a second or so; another kill comes at the soonest when they may just have.
const LEAST_BETWEEN: Duration = Duration::from_millis(1_500);
/// A moment within this much later is chosen.
const SPREAD_MS: u64 = 2_000;
/// Signaling is back so soon, calls and all.
const BACK_WITHIN: Duration = Duration::from_secs(2);

/// The calls: held until the run's end, by agents and customers whose pages come back as browsers' do.
fn plan(seconds: u64) -> String {
    format!(
        "duration_seconds = {seconds}\n\
         [calls]\nat_once = {CALLS}\nper_second = 10\nring_seconds = 0.1\nwrap_up_seconds = 0.1\n\
         setup_timeout_seconds = 60\n\
         [limits]\nloss_percent = 1\nmos_p1 = 2.0\nsetup_p99_ms = 60000\none_way_delay_p99_ms = 2000\n"
    )
}

/// The demo's own key is another one after each start.
fn lasting_key(server: &Server) -> String {
    let admin = server.login("admin");
    let sign_in = json!({"name": admin["username"], "password": admin["password"]});
    let session = ureq::post(server.url("/auth/1/session")).send_json(sign_in).expect("the admin may sign in");
    let cookie = session.headers().get("set-cookie").expect("a cookie").to_str().expect("text");
    let cookie = cookie.split(';').next().expect("a value").to_owned();
    let key = ureq::post(server.url("/auth/1/api-keys"))
        .header("cookie", cookie)
        .header("origin", server.told("console").trim_end_matches('/'))
        .send_json(json!({"name": "Load test", "scopes": ["conversations:manage"]}))
        .expect("a key is made")
        .body_mut()
        .read_json::<Value>()
        .expect("JSON");
    key["key"].as_str().expect("it is shown once").to_owned()
}

/// Starts the calls and returns once all of them talk.
fn begin_calls(house: &House, seconds: u64) -> Child {
    let key = house.folder().join("key");
    std::fs::write(&key, lasting_key(house.server())).expect("the folder is ours");
    let mut calls = Command::new(env!("CARGO_BIN_EXE_switchroom"))
        .arg("loadtest")
        .arg(loadtest::plan_file(house.folder(), &plan(seconds)))
        .args(["--server", house.server().told("console"), "--json", "--access"])
        .arg(key)
        .env_remove("SWITCHROOM_API_KEY")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let progress = BufReader::new(calls.stderr.take().expect("it is piped"));
    let (tell, told) = mpsc::channel();
    // It reads on to the end, so that the load tester never blocks on a full pipe.
    std::thread::spawn(move || {
        for line in progress.lines().map_while(Result::ok) {
            eprintln!("{line}");
            if line.contains(&format!("talking {CALLS} ")) {
                tell.send(()).ok();
            }
        }
    });
    if told.recv_timeout(SET_UP).is_err() {
        calls.kill().ok();
        panic!("not all calls are up after {SET_UP:?}");
    }
    calls
}

#[test]
fn signaling_that_is_killed_under_fifty_calls_interrupts_none_and_forgets_none() {
    let kills = KILLS * soak::times();
    let seed = soak::seed(4);
    println!("seed {seed}");
    let mut random = Random::new(seed);
    let mut house = House::open();
    // From the first call's start: their set-up, the kills, and time for the last pages to come back.
    let seconds = 20 + kills * (LEAST_BETWEEN.as_secs() + SPREAD_MS / 1_000 + 2);
    let mut calls = begin_calls(&house, seconds);
    let mut slowest = Duration::ZERO;
    for _ in 0..kills {
        // The moment is what is tested, not something that could be waited for.
        std::thread::sleep(LEAST_BETWEEN + Duration::from_millis(random.below(SPREAD_MS)));
        house.kill_signaling();
        let killed = Instant::now();
        house.start_signaling();
        slowest = slowest.max(killed.elapsed());
    }
    soak::figure("kills of signaling under fifty calls", &kills.to_string());
    soak::figure("slowest start of signaling with fifty calls", &format!("{slowest:?}"));

    let mut report = String::new();
    calls.stdout.take().expect("it is piped").read_to_string(&mut report).expect("text");
    let status = calls.wait().expect("it ends");
    let report: Value = serde_json::from_str(&report).unwrap_or_else(|error| panic!("{error}: {report}"));
    assert_eq!(status.code(), Some(0), "{report}");
    assert_eq!(report["calls"]["failed"], json!({}), "{report}");
    assert_eq!(report["calls"]["established"], CALLS, "{report}");
    let reconnections = report["calls"]["reconnections"].as_u64().expect("a number");
    assert!(reconnections >= 2 * CALLS, "all pages came back: {report}");
    assert_eq!(report["recordings"], json!({"checked": 2 * CALLS, "bad": 0}), "recording went on: {report}");
    assert!(slowest < BACK_WITHIN, "signaling was back after {slowest:?}");
    nothing_is_left(&house);
}

/// Everything that the calls had is over: agents in no call, and every conversation with its two complete recordings.
fn nothing_is_left(house: &House) {
    let agents = house.server().api("GET", "/ccaas/1/agents?limit=999", None);
    let agents = agents["agents"].as_array().expect("a list").clone();
    let busy: Vec<&Value> =
        agents.iter().filter(|agent| agent["enabled"] == true && agent["status"] == "BUSY").collect();
    assert!(busy.is_empty(), "{busy:?}");
    let calls = house.server().api("GET", "/ccaas/1/conversations?limit=999", None);
    let calls = calls["conversations"].as_array().expect("a list");
    assert_eq!(calls.len() as u64, CALLS, "one conversation for each call");
}
