//! `/ccaas/voice/2/hold-configs-per-queue`, and what a customer on hold hears of it.

use super::client::{Client, NOTHING, id};
use super::waiting::{speech, uploaded};
use super::waiting_sound::{Heard, file};
use crate::calls::talk;
use crate::support::House;
use callcenter_core::{audio::PromptSource, command::Command};
use serde_json::{Value, json};
use wire::engine::Playlist;

const CONFIGS: &str = "/ccaas/voice/2/hold-configs-per-queue";

fn plain(name: &str, queues: &[&str]) -> Value {
    json!({"name": name, "queueIds": queues})
}

#[tokio::test]
async fn a_configuration_is_made_read_changed_and_deleted() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let file = uploaded(&client, &key).await;
    let mut announcement = speech("One moment, please.");
    announcement["repeatInterval"] = json!({"unit": "SECONDS", "value": 30});
    let whole = json!({
        "name": "Calm",
        "onHoldMusic": {"enabled": true, "useDefault": false, "fileAudioSource": {"fileDescriptor": file}},
        "announcementMessage": announcement,
        "queueIds": ["default"],
        "enabled": true,
        "default": true,
    });
    let made = client.done(&key, "POST", CONFIGS, whole.clone()).await;
    let path = format!("{CONFIGS}/{}", id(&made));
    assert_eq!(client.read(&key, &path).await, made);
    for (field, value) in whole.as_object().expect("an object") {
        assert_eq!(&made[field], value, "{field} comes back as it was set");
    }
    let refused = client.call("DELETE", &format!("/ccaas/voice/2/audio-files/{file}")).by(&key).send().await;
    assert!(!refused.status.is_success(), "a file that callers may hear stays: {}", refused.text());

    let changed = client.done(&key, "PUT", &path, plain("Plain", &["default"])).await;
    assert_eq!(
        (&changed["name"], &changed["enabled"], &changed["default"]),
        (&json!("Plain"), &json!(true), &json!(false))
    );
    assert_eq!((&changed["onHoldMusic"], &changed["createdAt"]), (&Value::Null, &made["createdAt"]));
    assert_eq!(client.read(&key, CONFIGS).await["elements"], json!([changed]));

    let gone = client.call("DELETE", &path).by(&key).send().await;
    assert_eq!((gone.status.as_u16(), &gone.json()["status"]), (200, &json!("SUCCESS")));
    client.call("GET", &path).by(&key).send().await.refused_shortly(404);
    client.call("DELETE", &path).by(&key).send().await.refused_shortly(404);
    client.call("PUT", &path).by(&key).json(&plain("x", &["default"])).send().await.refused_shortly(404);
}

#[tokio::test]
async fn configurations_are_listed_in_pages() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let queue = id(&client.done(&key, "POST", "/ccaas/1/queues", json!({"name": "Sales"})).await);
    client.done(&key, "POST", CONFIGS, plain("B", &["default"])).await;
    client.done(&key, "POST", CONFIGS, plain("A", &[&queue])).await;
    let page = client.read(&key, &format!("{CONFIGS}?sortBy=NAME&sortDirection=ASC&pageSize=1&pageNumber=1")).await;
    assert_eq!(
        (&page["elements"][0]["name"], &page["total"], &page["totalPages"]),
        (&json!("B"), &json!(2), &json!(2))
    );
    client.call("GET", &format!("{CONFIGS}?sortBy=AGE")).by(&key).send().await.refused_shortly(400);
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    client.done(&key, "POST", CONFIGS, plain("Calm", &["default"])).await;
    let refused = async |change: Value, status: u16| {
        let mut body = json!({"name": "x", "queueIds": [], "default": true});
        body.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        client.call("POST", CONFIGS).by(&key).json(&body).send().await.refused_shortly(status)
    };
    let upload = json!({"fileAudioSource": {"fileDescriptor": NOTHING}, "enabled": true, "useDefault": false});
    let cases = [
        (json!({"name": null}), 400, "name: must not be null"),
        (json!({"name": "x".repeat(129)}), 400, "name: size must be between 1 and 128"),
        (json!({"queueIds": null}), 400, "queueIds: must not be null"),
        (json!({"default": false}), 400, "queueIds: must name a queue"),
        (json!({"queueIds": ["x"]}), 400, "queueIds: Invalid id"),
        (json!({"queueIds": [NOTHING]}), 404, "No such entity exists"),
        (json!({"queueIds": ["default"]}), 400, "the hold configuration \"Calm\" is for one of these already"),
        (json!({"onHoldMusic": {"enabled": true, "useDefault": false}}), 400, "onHoldMusic.fileAudioSource: must name"),
        (json!({"onHoldMusic": upload}), 400, "upload it first"),
        (json!({"announcementMessage": {"enabled": true}}), 400, "announcementMessage: needs"),
        (
            json!({"announcementMessage": speech("{{QUEUE_POSITION_DEFAULT}}")}),
            400,
            "only the announcement of a waiting",
        ),
    ];
    for (change, status, expected) in cases {
        let told = refused(change.clone(), status).await;
        assert!(told.contains(expected), "{change}: {told}");
    }
}

#[tokio::test]
async fn a_customer_on_hold_hears_the_uploaded_music() {
    let mut house = House::open().await;
    let file = file(&house).await;
    let client = Client::of(&house);
    let key = client.key().await;
    let music = json!({"enabled": true, "useDefault": false, "fileAudioSource": {"fileDescriptor": file.to_string()}});
    let config = json!({"name": "Calm", "queueIds": ["default"], "onHoldMusic": music});
    client.done(&key, "POST", CONFIGS, config).await;
    let ada = house.agent("Ada").await;
    let talk = talk(&mut house, ada).await;
    house.does(Command::Hold { leg: talk.agent_leg }).await;
    let playlist = Playlist::looped(PromptSource::File(file).id());
    Heard::default().until(&mut house.engine, talk.started.call, playlist).await;
}
