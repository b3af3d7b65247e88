//! Two peers of the `webrtc` crate, which shares no code with the engine, make a call through the documented messages.

use crate::{
    call::{AGENT_HERTZ, CUSTOMER_HERTZ, Call},
    recorded,
    server::{self, Server},
    tone,
};
use serde_json::{Value, json};
use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_between_two_independent_clients_is_heard_and_recorded() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(data.path(), &[]);
    let mut call = Call::establish(&server).await;
    call.is_heard_both_ways().await;

    let quality = call
        .agent
        .page
        .find("quality of both sides", |message| {
            message["type"] == "quality" && message["own"]["uplink"]["mos"].is_f64() && message["remote"].is_object()
        })
        .await;
    assert!(quality["own"]["uplink"]["mos"].as_f64() > Some(4.0), "loopback is a good connection: {quality}");

    let hang_up = json!({"type": "hangup", "leg": call.customer.leg});
    call.customer.page.request(hang_up, "done").await;
    let hangup = call.agent.page.expect("hangup").await;
    assert_eq!((&hangup["code"]["name"], &hangup["ended_by"]), (&json!("NORMAL_HANGUP"), &json!("CUSTOMER")));
    let wrapping = |message: &Value| message["type"] == "agent_state" && message["wrap_up"].is_object();
    call.agent.page.find("wrap-up", wrapping).await;

    let conversation = call.conversation;
    timeline_tells_the_call(&server, &conversation);
    let recordings = finished_recordings(&server, &conversation, 2).await;
    for (participant, own, foreign) in
        [("CUSTOMER", CUSTOMER_HERTZ, AGENT_HERTZ), ("AGENT", AGENT_HERTZ, CUSTOMER_HERTZ)]
    {
        let recording = recordings.iter().find(|one| one["participantType"] == participant).expect("one per leg");
        let file = data.path().join(participant);
        server.download(recording["url"].as_str().expect("finished"), &file);
        any_part_is_served(&server, recording["url"].as_str().expect("finished"), &file);
        let pcm = recorded::pcm(&file);
        let middle = &pcm[pcm.len() / 2..];
        assert!(tone::share(middle, own) > 0.8, "{participant}'s file holds their own tone");
        assert!(tone::share(middle, foreign) < 0.05, "{participant}'s file holds nobody else's tone");
        let name = recording["fileName"].as_str().expect("a name");
        let parts: Vec<&str> = name.trim_end_matches(".ogg").split('_').collect();
        assert_eq!((parts[0], parts.len()), (conversation.as_str(), 4), "rfn_01: {name}");
        assert!(parts[3].len() == 14 && parts[3].bytes().all(|byte| byte.is_ascii_digit()), "rfn_02: {name}");
    }
    server.kill();
    server::recordings_are_clean(data.path());
    keys_are_rotated_and_copies_made(data.path());
}

/// What lies on disk is sealed, and who asks for a part of it gets that part.
fn any_part_is_served(server: &Server, url: &str, downloaded: &Path) {
    let whole = std::fs::read(downloaded).expect("readable");
    for (first, last) in [(0, 0), (whole.len() / 3, whole.len() / 2), (whole.len() - 10, whole.len() - 1)] {
        assert!(server.range(url, first, last) == whole[first..=last], "bytes {first} to {last} of {}", whole.len());
    }
}

/// As an operator does it; afterwards recordings are what they were.
fn keys_are_rotated_and_copies_made(data: &Path) {
    let printed = server::operator(["keys".as_ref(), "rotate".as_ref(), "--data".as_ref(), data.as_os_str()]);
    assert!(printed.contains("2 recordings rewrapped"), "{printed}");
    server::recordings_are_clean(data);
    let copies = data.join("copies");
    let export = ["recordings".as_ref(), "export".as_ref(), data.as_os_str(), "--to".as_ref(), copies.as_os_str()];
    server::operator(export);
    let wrong = Command::new(env!("CARGO_BIN_EXE_switchroom"))
        .args(["recordings".as_ref(), "check".as_ref(), data.as_os_str()])
        .env("SWITCHROOM_RECORDING_KEYS", "these are no keys")
        .output()
        .expect("the binary starts");
    let complaint = String::from_utf8_lossy(&wrong.stderr);
    assert!(!wrong.status.success() && complaint.contains("SWITCHROOM_RECORDING_KEYS"), "{complaint}");
    let mut copied: Vec<Vec<u8>> = std::fs::read_dir(&copies)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ogg"))
        .map(|path| std::fs::read(path).expect("readable"))
        .collect();
    let mut heard = ["AGENT", "CUSTOMER"].map(|name| std::fs::read(data.join(name)).expect("readable"));
    copied.sort();
    heard.sort();
    assert!(copied == heard, "a copy is what people download");
}

/// EVT-01, EVT-02 and EVT-04.
fn timeline_tells_the_call(server: &Server, conversation: &str) {
    let timeline = server.api("GET", &format!("/ccaas/1/conversations/{conversation}/timeline"), None);
    let events = timeline["events"].as_array().expect("a list");
    let event = |kind: &str| {
        events.iter().find(|event| event["type"] == kind).unwrap_or_else(|| panic!("{kind} in {timeline}"))
    };
    assert_eq!(event("CALL_STARTED")["direction"], "INBOUND");
    assert!(event("CALL_ANSWERED")["waitingMs"].is_u64(), "{timeline}");
    assert_eq!(event("CALL_ENDED")["endedBy"], "CUSTOMER");
    assert!(event("CALL_ENDED")["durationMs"].as_u64() > Some(1_000), "{timeline}");
}

pub(crate) async fn finished_recordings(server: &Server, conversation: &str, files: usize) -> Vec<Value> {
    let started = Instant::now();
    loop {
        let reply = server.api("GET", &format!("/ccaas/1/conversations/{conversation}/recordings"), None);
        let recordings = reply["recordings"].as_array().expect("a list");
        if recordings.len() == files && recordings.iter().all(|one| one["status"] == "FINISHED") {
            return recordings.clone();
        }
        assert!(started.elapsed() < Duration::from_secs(15), "recordings are not finished: {reply}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
