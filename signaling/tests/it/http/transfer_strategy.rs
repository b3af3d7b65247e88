//! `/ccaas/voice/2/transfer-configs/transfer-strategy`, and what a customer hears of it.

use super::client::{Client, NOTHING, id};
use super::waiting::speech;
use super::waiting_sound::{Heard, file};
use crate::calls::talk;
use crate::support::House;
use callcenter_core::{audio::PromptSource, command::Command};
use serde_json::{Value, json};
use wire::engine::Playlist;

const STRATEGY: &str = "/ccaas/voice/2/transfer-configs/transfer-strategy";

#[tokio::test]
async fn the_strategy_is_set_read_and_changed() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let none = client.call("GET", STRATEGY).by(&key).send().await.refused_shortly(404);
    assert!(none.contains("ringing"), "{none}");
    let mut announcement = speech("We connect you.");
    announcement["repeatInterval"] = json!({"unit": "SECONDS", "value": 15});
    let whole = json!({"musicOnHold": {"enabled": true, "useDefault": true}, "announcementMessage": announcement});
    let made = client.done(&key, "PUT", STRATEGY, whole.clone()).await;
    for (field, value) in whole.as_object().expect("an object") {
        assert_eq!(&made[field], value, "{field} comes back as it was set");
    }
    let changed = client.done(&key, "PUT", STRATEGY, json!({"musicOnHold": {"enabled": false}})).await;
    assert_eq!((id(&changed), &changed["createdAt"]), (id(&made), &made["createdAt"]));
    assert_eq!(changed["announcementMessage"], Value::Null);
    assert_eq!(client.read(&key, STRATEGY).await, changed);
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let cases = [
        (json!({"musicOnHold": {"enabled": true, "useDefault": false}}), "musicOnHold.fileAudioSource: must name"),
        (
            json!({"musicOnHold": {"useDefault": false, "fileAudioSource": {"fileDescriptor": NOTHING}}}),
            "upload it first",
        ),
        (json!({"announcementMessage": {"enabled": true}}), "announcementMessage: needs"),
        (json!({"announcementMessage": speech("{{QUEUE_POSITION_DEFAULT}}")}), "only the announcement of a waiting"),
        (
            json!({"announcementMessage": {"enabled": false, "repeatInterval": {"unit": "HOURS", "value": 25}}}),
            "announcementMessage.repeatInterval: must be between",
        ),
    ];
    for (body, expected) in cases {
        let told = client.call("PUT", STRATEGY).by(&key).json(&body).send().await.refused_shortly(400);
        assert!(told.contains(expected), "{body}: {told}");
    }
}

#[tokio::test]
async fn a_customer_who_is_handed_over_hears_the_uploaded_music() {
    let mut house = House::open().await;
    let file = file(&house).await;
    let client = Client::of(&house);
    let key = client.key().await;
    let music = json!({"enabled": true, "useDefault": false, "fileAudioSource": {"fileDescriptor": file.to_string()}});
    client.done(&key, "PUT", STRATEGY, json!({"musicOnHold": music})).await;
    let ada = house.agent("Ada").await;
    let talk = talk(&mut house, ada).await;
    let bob = house.agent("Bob").await;
    let _page = house.agent_page(bob).await;
    house.does(Command::TransferToAgent { leg: talk.agent_leg, to: bob }).await;
    let playlist = Playlist::looped(PromptSource::File(file).id());
    Heard::default().until(&mut house.engine, talk.started.call, playlist).await;
}
