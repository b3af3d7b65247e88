//! Recordings of a conversation and their bytes.

use super::client::{As, Client, NOTHING, id};
use crate::calls::talk;
use crate::support::House;
use callcenter_core::command::{Command, RecordingCommand};
use callcenter_core::row::SegmentState;
use model::{AgentId, RecordingMedia, Role, SegmentId};
use serde_json::{Value, json};
use wire::recorder::{self, SegmentFile, SegmentStart};

const BYTES: &[u8] = b"0123456789";

/// A recorded call whose customer's file is complete; the agent's is still being written.
struct Recorded {
    house: House,
    agent: AgentId,
    start: SegmentStart,
}

async fn recorded(path: &str) -> Recorded {
    let mut house = House::open().await;
    house.record_calls().await;
    let agent = house.agent("Ada").await;
    let talk = talk(&mut house, agent).await;
    let start = loop {
        match house.engine.recorder_command().await {
            recorder::Command::Start(start) if start.leg == talk.started.leg => break *start,
            _ => {}
        }
    };
    house.does(Command::Hangup { leg: talk.started.leg }).await;
    let folder = house.folder.path().join("recordings");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("customer.ogg"), BYTES).expect("written");
    let file = SegmentFile {
        segment: start.segment,
        account: house.account,
        call: start.call,
        leg: start.leg,
        screen: false,
        media: RecordingMedia::Audio,
        path: path.into(),
        file_name: "Ada-A-Customer-2026.ogg".into(),
        mime: "audio/ogg".into(),
        bytes: BYTES.len() as u64,
        duration_ms: 1234,
        gaps_ms: 0,
        sha256: "ab".repeat(32),
        recovered: false,
    };
    house.does(Command::SegmentFinished(Box::new(file))).await;
    Recorded { house, agent, start }
}

async fn list(client: &Client, who: &As) -> Value {
    let conversations = client.read(who, "/ccaas/1/conversations").await;
    let path = format!("/ccaas/1/conversations/{}/recordings", id(&conversations["conversations"][0]));
    client.read(who, &path).await["recordings"].clone()
}

#[tokio::test]
async fn a_recording_is_listed_played_and_saved_under_its_name() {
    let Recorded { house, agent, start } = recorded("customer.ogg").await;
    let client = Client::of(&house);
    let page = client.person(Role::Agent, Some(agent)).await;
    let recordings = list(&client, &page).await;
    let of = |status: &str| {
        let found = recordings.as_array().expect("a list").iter().find(|one| one["status"] == status);
        found.unwrap_or_else(|| panic!("no {status} in {recordings:#}")).clone()
    };
    let finished = of("FINISHED");
    assert_eq!(finished["segmentId"], start.segment.to_string());
    assert_eq!(
        (&finished["participantType"], &finished["participantName"]),
        (&json!("CUSTOMER"), &json!("A Customer"))
    );
    assert_eq!((&finished["durationMs"], &finished["bytes"]), (&json!(1234), &json!(10)));
    assert_eq!(of("RECORDING")["url"], Value::Null, "not complete yet");

    let played = client.call("GET", finished["url"].as_str().expect("a url")).by(&page).send().await;
    assert_eq!((played.status.as_u16(), played.body.as_slice()), (200, BYTES));
    assert_eq!((played.header("content-type"), played.header("accept-ranges")), ("audio/ogg", "bytes"));
    assert_eq!((played.header("content-length"), played.header("cache-control")), ("10", "private, no-cache"));
    assert!(played.header("content-disposition").starts_with("inline"));
    let saved = client.call("GET", finished["downloadUrl"].as_str().expect("a url")).by(&page).send().await;
    assert_eq!(saved.header("content-disposition"), "attachment; filename=\"Ada-A-Customer-2026.ogg\"");
}

#[tokio::test]
async fn ranges_are_served_and_those_outside_refused() {
    let Recorded { house, start, .. } = recorded("customer.ogg").await;
    let client = Client::of(&house);
    let key = client.key().await;
    let path = format!("/recordings/1/files/{}", start.segment);
    let get = |name: &str, value: &str| client.call("GET", &path).by(&key).header(name, value).send();
    for (range, bytes, content_range) in [
        ("bytes=2-4", &b"234"[..], "bytes 2-4/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
    ] {
        let part = get("range", range).await;
        assert_eq!((part.status.as_u16(), part.body.as_slice()), (206, bytes), "{range}");
        assert_eq!(part.header("content-range"), content_range);
    }
    let outside = get("range", "bytes=10-").await;
    outside.refused(416, "BAD_REQUEST");
    assert_eq!(outside.header("content-range"), "bytes */10");
    let etag = get("range", "bytes=0-0").await.header("etag").to_owned();
    assert_eq!(get("if-none-match", &etag).await.status, 304);
    let changed = client.call("GET", &path).by(&key).header("range", "bytes=2-4").header("if-range", "\"old\"");
    assert_eq!(changed.send().await.status, 200, "the file is another than the one the client has");
    assert_eq!(client.call("HEAD", &path).by(&key).send().await.header("content-length"), "10");
}

#[tokio::test]
async fn only_those_who_may_hear_a_recording_get_it() {
    let Recorded { house, agent, start } = recorded("customer.ogg").await;
    let client = Client::of(&house);
    let path = format!("/recordings/1/files/{}", start.segment);
    let bob = house.agent("Bob").await;
    let neighbour = client.neighbour().await;
    let mine = client.person(Role::Agent, Some(agent)).await;
    let colleague = client.person(Role::Agent, Some(bob)).await;
    let lead = client.person(Role::Supervisor, None).await;
    let stranger = client.key_with(neighbour, &["conversations:manage"]).await;
    for (who, status) in [(&mine, 200), (&lead, 200), (&colleague, 404), (&stranger, 404), (&As::Nobody, 401)] {
        let answer = client.call("GET", &path).by(who).send().await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    }
    for unknown in [NOTHING, "x", &format!("{}?screen=true", start.segment)] {
        let answer = client.call("GET", &format!("/recordings/1/files/{unknown}")).by(&lead).send().await;
        answer.refused(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn a_file_that_is_gone_is_told_and_not_a_crash() {
    let Recorded { house, start, .. } = recorded("gone.ogg").await;
    let client = Client::of(&house);
    let answer = client.call("GET", &format!("/recordings/1/files/{}", start.segment)).by(&client.key().await);
    let details = answer.send().await.refused(404, "NOT_FOUND");
    assert!(details["text"].as_str().is_some_and(|text| text.contains("operator")), "{details}");
}

async fn state_of(house: &House, segment: SegmentId) -> SegmentState {
    let rows = house.server.state.store.segment(house.account, segment).await.expect("rows");
    rows.first().expect("the row stays").state
}

#[tokio::test]
async fn rdl_04_to_06_a_deleted_recording_is_gone_for_good_and_leaves_who_and_when() {
    let Recorded { mut house, agent, start } = recorded("customer.ogg").await;
    let client = Client::of(&house);
    let path = format!("/recordings/1/files/{}", start.segment);
    let own = client.person(Role::Agent, Some(agent)).await;
    client.call("DELETE", &path).by(&own).send().await.refused(403, "FORBIDDEN");
    let lead = client.person(Role::Supervisor, None).await;
    assert_eq!(client.call("DELETE", &path).by(&lead).send().await.status, 204);
    client.call("GET", &path).by(&lead).send().await.refused(404, "NOT_FOUND");
    assert_eq!(state_of(&house, start.segment).await, SegmentState::Deleting, "until the recorder says so");
    let asked = |command: &recorder::Command| *command == recorder::Command::Delete { segment: start.segment };
    while !asked(&house.engine.recorder_command().await) {}

    // Whether the recorder was told is not known after a crash: it is told again.
    let mut house = house.crash_and_start().await;
    while !asked(&house.engine.recorder_command().await) {}
    house.does(Command::Recording(RecordingCommand::Deleted { segment: start.segment })).await;
    assert_eq!(state_of(&house, start.segment).await, SegmentState::Deleted);
    let client = Client::of(&house);
    let lead = client.person(Role::Supervisor, None).await;
    let listed = list(&client, &lead).await;
    let gone = listed.as_array().expect("a list").iter().find(|one| one["segmentId"] == start.segment.to_string());
    let gone = gone.unwrap_or_else(|| panic!("it is not listed any more: {listed:#}"));
    assert_eq!((&gone["status"], &gone["url"], &gone["durationMs"]), (&json!("DELETED"), &Value::Null, &json!(1234)));
    assert!(gone["deletedBy"].as_str().is_some_and(|by| by.starts_with("supervisor-")), "{gone}");
    assert!(gone["deletedAt"].as_str().is_some_and(|at| !at.is_empty()), "{gone}");
    assert_eq!(client.call("DELETE", &path).by(&lead).send().await.status, 204, "once is enough");
    client.call("DELETE", &format!("/recordings/1/files/{NOTHING}")).by(&lead).send().await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_recording_that_is_still_being_made_is_not_deleted() {
    let Recorded { house, .. } = recorded("customer.ogg").await;
    let client = Client::of(&house);
    let key = client.key().await;
    let listed = list(&client, &key).await;
    let open = listed.as_array().expect("a list").iter().find(|one| one["status"] == "RECORDING").expect("one is open");
    let path = format!("/recordings/1/files/{}", open["segmentId"].as_str().expect("an id"));
    let refused = client.call("DELETE", &path).by(&key).send().await.refused(400, "BAD_REQUEST");
    assert!(refused["text"].as_str().expect("a text").contains("when the call is over"), "{refused}");
}

#[tokio::test]
async fn a_recording_is_paused_and_goes_on_by_its_agent_or_a_lead_and_says_so_in_the_timeline() {
    let mut house = House::open().await;
    house.record_calls().await;
    let agent = house.agent("Ada").await;
    let talk = talk(&mut house, agent).await;
    let client = Client::of(&house);
    let mine = client.person(Role::Agent, Some(agent)).await;
    let bob = house.agent("Bob").await;
    let colleague = client.person(Role::Agent, Some(bob)).await;
    let lead = client.person(Role::Supervisor, None).await;
    let conversation = id(&client.read(&lead, "/ccaas/1/conversations").await["conversations"][0]).to_owned();
    let path = |what: &str| format!("/recordings/1/conversations/{conversation}/{what}");
    client.call("POST", &path("pause")).by(&colleague).send().await.refused(404, "NOT_FOUND");
    assert_eq!(client.call("POST", &path("pause")).by(&mine).send().await.status, 204);
    let paused = |command: &recorder::Command, wanted: bool| match command {
        recorder::Command::SetPaused { paused, .. } => *paused == wanted,
        _ => false,
    };
    while !paused(&house.engine.recorder_command().await, true) {}
    assert_eq!(client.call("POST", &path("resume")).by(&lead).send().await.status, 204);
    while !paused(&house.engine.recorder_command().await, false) {}
    let timeline = client.read(&lead, &format!("/ccaas/1/conversations/{conversation}/timeline")).await;
    let types: Vec<&str> =
        timeline["events"].as_array().expect("a list").iter().filter_map(|event| event["type"].as_str()).collect();
    assert!(types.ends_with(&["RECORDING_PAUSED", "RECORDING_RESUMED"]), "{types:?}");
    house.does(Command::Hangup { leg: talk.started.leg }).await;
    let gone = client.call("POST", &path("pause")).by(&lead).send().await.refused(404, "NOT_FOUND");
    assert!(gone["text"].as_str().is_some_and(|text| text.contains("no call with an agent")), "{gone}");
}
