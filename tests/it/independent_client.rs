//! Two peers of the `webrtc` crate, which shares no code with the engine, make a call through the documented messages.

use crate::{
    call::{AGENT_HERTZ, CUSTOMER_HERTZ, Call},
    recorded,
    server::{self, Server},
    tone,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

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
