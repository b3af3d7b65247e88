//! A call's merged recording as people see and hear it.

use super::client::{Client, id};
use super::recorded::keep;
use crate::calls::talk;
use crate::support::House;
use callcenter_core::command::Command;
use model::{AgentId, Role};
use serde_json::{Value, json};
use wire::recorder::{self, ComposeOrder, SegmentStart};

const BYTES: &[u8] = b"0123456789";
const CONFIG: &str = "/ccaas/voice/2/account-recording-config";

/// A call that is over and whose files are complete, and what the recorder was asked then.
async fn ordered() -> (House, AgentId, SegmentStart, ComposeOrder) {
    let mut house = House::open().await;
    let client = Client::of(&house);
    let admin = client.person(Role::Admin, None).await;
    let config = json!({"inbound": true, "mediaType": "AUDIO", "autoCompose": true, "enabled": true});
    assert_eq!(client.done(&admin, "PUT", CONFIG, config).await["autoCompose"], json!(true));
    assert_eq!(client.read(&admin, CONFIG).await["autoCompose"], json!(true));
    let agent = house.agent("Ada").await;
    let talk = talk(&mut house, agent).await;
    let mut starts: Vec<SegmentStart> = Vec::new();
    while starts.len() < 2 {
        if let recorder::Command::Start(start) = house.engine.recorder_command().await {
            starts.push(*start);
        }
    }
    house.does(Command::Hangup { leg: talk.started.leg }).await;
    for start in &starts {
        keep(&house, start, "audio/ogg", BYTES, 1_234).await;
    }
    loop {
        if let recorder::Command::Compose(order) = house.engine.recorder_command().await {
            return (house, agent, starts.swap_remove(0), *order);
        }
    }
}

async fn composed(client: &Client, who: &super::client::As) -> Value {
    let conversations = client.read(who, "/ccaas/1/conversations").await;
    let path = format!("/ccaas/1/conversations/{}/recordings", id(&conversations["conversations"][0]));
    let listed = client.read(who, &path).await["recordings"].clone();
    let all = listed.as_array().expect("a list");
    assert_eq!(all.iter().filter(|one| one["kind"] == "LEG" && one["legId"].is_string()).count(), 2, "{listed:#}");
    let mut composed = all.iter().filter(|one| one["kind"] == "COMPOSED");
    let found = composed.next().unwrap_or_else(|| panic!("none is merged in {listed:#}"));
    assert_eq!((composed.next(), &found["legId"]), (None, &Value::Null));
    found.clone()
}

#[tokio::test]
async fn a_merged_recording_is_listed_and_played_by_those_who_had_the_call() {
    let (house, agent, start, order) = ordered().await;
    assert_eq!(order.sources.len(), 2);
    let client = Client::of(&house);
    let own = client.person(Role::Agent, Some(agent)).await;
    let waiting = composed(&client, &own).await;
    assert_eq!((&waiting["status"], &waiting["url"]), (&json!("RECORDING"), &Value::Null));
    let merged = SegmentStart { segment: order.segment, ..start };
    keep(&house, &merged, "audio/ogg", BYTES, 1_234).await;
    let done = composed(&client, &own).await;
    assert_eq!((&done["status"], &done["durationMs"]), (&json!("FINISHED"), &json!(1234)));
    let url = done["url"].as_str().expect("a url").to_owned();
    assert_eq!(client.call("GET", &url).by(&own).send().await.body, BYTES);
    let bob = house.agent("Bob").await;
    let colleague = client.person(Role::Agent, Some(bob)).await;
    client.call("GET", &url).by(&colleague).send().await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn what_cannot_be_merged_says_why() {
    let (house, _, _, order) = ordered().await;
    let reason = "a leg has a picture: only sound is merged".to_owned();
    house.does(Command::SegmentFailed { segment: order.segment, reason: reason.clone() }).await;
    let client = Client::of(&house);
    let failed = composed(&client, &client.key().await).await;
    assert_eq!((&failed["status"], &failed["reason"]), (&json!("FAILED"), &json!(reason)));
}
