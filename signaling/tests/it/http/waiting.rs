//! `/ccaas/voice/2/waiting-strategies`, audio files and text to speech.

use super::client::{As, Call, Client, NOTHING, id};
use crate::support::House;
use serde_json::{Value, json};

const STRATEGIES: &str = "/ccaas/voice/2/waiting-strategies";
const FILES: &str = "/ccaas/voice/2/audio-files";

/// Half a second of a tone: 8 kHz, 16 bits, mono.
pub(super) fn wav() -> Vec<u8> {
    let samples: Vec<u8> = (0..4000_u32)
        .map(|index| ((f64::from(index) * 0.35).sin() * 8000.0) as i16)
        .flat_map(i16::to_le_bytes)
        .collect();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + samples.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(8000_u32.to_le_bytes());
    file.extend(16_000_u32.to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend((samples.len() as u32).to_le_bytes());
    file.extend(samples);
    file
}

/// A form with a file in this field.
fn upload(client: &Client, field: &str, name: &str, content: &[u8]) -> Call {
    client.call("POST", FILES).form_of(field, name, content)
}

pub(super) async fn uploaded(client: &Client, key: &As) -> String {
    let answer = upload(client, "file", "hold.wav", &wav()).by(key).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    id(&answer.json())
}

pub(super) fn speech(text: &str) -> Value {
    json!({
        "enabled": true,
        "audioSourceType": "TTS",
        "ttsAudioSource": {
            "text": text, "language": "en", "voice": {"name": "default", "gender": "MALE"}, "speechRate": 1.25,
        },
    })
}

fn plain(name: &str, queues: &[&str]) -> Value {
    json!({
        "name": name,
        "maximumWaitTime": {"unit": "MINUTES", "value": 5},
        "conditionType": "QUEUE",
        "condition": {"queues": queues},
    })
}

#[tokio::test]
async fn a_strategy_is_made_read_changed_and_deleted() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let file = uploaded(&client, &key).await;
    let mut announcement = speech("You are number {{QUEUE_POSITION_DEFAULT}}.");
    announcement["repeatInterval"] = json!({"unit": "SECONDS", "value": 30});
    let whole = json!({
        "name": "Patience",
        "maximumWaitTime": {"unit": "MINUTES", "value": 10},
        "greetingMessage": speech("Welcome."),
        "musicOnHold": {"enabled": true, "fileAudioSource": {"fileDescriptor": file}},
        "announcementMessage": announcement,
        "maximumWaitTimeMessage": {
            "enabled": true, "audioSourceType": "FILE", "fileAudioSource": {"fileDescriptor": file},
        },
        "conditionType": "QUEUE",
        "condition": {"queues": ["default"]},
    });
    let made = client.done(&key, "POST", STRATEGIES, whole.clone()).await;
    let path = format!("{STRATEGIES}/{}", id(&made));
    let read = client.read(&key, &path).await;
    assert_eq!(read, made);
    for (field, value) in whole.as_object().expect("an object") {
        assert_eq!(&read[field], value, "{field} comes back as it was set");
    }
    let changed = client.done(&key, "PUT", &path, plain("Less", &["default"])).await;
    assert_eq!((&changed["name"], &changed["greetingMessage"]), (&json!("Less"), &Value::Null));
    assert_eq!(changed["createdAt"], made["createdAt"]);
    let gone = client.call("DELETE", &path).by(&key).send().await;
    assert_eq!((gone.status.as_u16(), &gone.json()["status"]), (200, &json!("SUCCESS")));
    client.call("GET", &path).by(&key).send().await.refused(404, "NOT_FOUND");
    client.call("PUT", &path).by(&key).json(&plain("x", &["default"])).send().await.refused(404, "NOT_FOUND");
    client.call("DELETE", &path).by(&key).send().await.refused_shortly(404);
    client.call("GET", &format!("{STRATEGIES}/nothing")).by(&key).send().await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn strategies_are_listed_by_pages_and_for_a_queue() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let queue = id(&client.done(&key, "POST", "/ccaas/1/queues", json!({"name": "Sales"})).await);
    client.done(&key, "POST", STRATEGIES, plain("B", &["default"])).await;
    client.done(&key, "POST", STRATEGIES, plain("A", &[&queue])).await;
    let names = async |query: &str| {
        let page = client.read(&key, &format!("{STRATEGIES}{query}")).await;
        let names = page["elements"].as_array().expect("a list").iter().map(|row| row["name"].clone());
        (names.collect::<Vec<_>>(), page["total"].clone(), page["totalPages"].clone())
    };
    assert_eq!(names("?sortBy=NAME&sortDirection=ASC").await, (vec![json!("A"), json!("B")], json!(2), json!(1)));
    assert_eq!(names("?pageSize=1&pageNumber=1&sortBy=NAME").await, (vec![json!("A")], json!(2), json!(2)));
    assert_eq!(names("?queueId=default").await.0, [json!("B")]);
    assert_eq!(names(&format!("?queueId={queue}")).await.0, [json!("A")]);
    assert_eq!(names(&format!("?queueId={NOTHING}")).await, (Vec::new(), json!(0), json!(0)));
    client.call("GET", &format!("{STRATEGIES}?sortBy=AGE&pageSize=0")).by(&key).send().await.refused_shortly(400);
}

#[tokio::test]
async fn wrong_fields_of_a_strategy_are_named() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let refused = async |change: Value| {
        let mut body = plain("Patience", &["default"]);
        let change = change.as_object().expect("an object").clone();
        body.as_object_mut().expect("an object").extend(change);
        let answer = client.call("POST", STRATEGIES).by(&key).json(&body).send().await;
        answer.refused_shortly(400)
    };
    let cases = [
        (json!({"maximumWaitTime": null}), "maximumWaitTime: must not be null"),
        (json!({"maximumWaitTime": {"unit": "DAYS", "value": 0}}), "maximumWaitTime.unit: must be one of"),
        (json!({"maximumWaitTime": {"unit": "HOURS", "value": 25}}), "maximumWaitTime: must be between 1 and 86400"),
        (json!({"name": ""}), "name: size must be between 1 and 128"),
        (json!({"conditionType": "ANY"}), "conditionType: must be one of SENDER, QUEUE"),
        (json!({"condition": {"queues": []}}), "condition: must name a sender or a queue"),
        (json!({"condition": {"queues": ["x"]}}), "condition.queues: Invalid id"),
        (json!({"condition": {"queues": [NOTHING]}}), "No such entity exists"),
        (json!({"conditionType": "SENDER", "condition": {"senders": [{"identifier": "x"}]}}), "condition.senders"),
        (json!({"greetingMessage": {"enabled": true}}), "greetingMessage: needs"),
        (json!({"greetingMessage": speech("{{QUEUE_POSITION_ORDINAL}}")}), "only the announcement"),
        (json!({"musicOnHold": {"enabled": true, "fileAudioSource": {"fileDescriptor": NOTHING}}}), "upload it first"),
        (json!({"musicOnHold": {"fileAudioSource": {"fileDescriptor": "x"}}}), "upload it first"),
        (json!({"announcementMessage": {"collectables": [{}]}}), "announcementMessage.collectables: is not supported"),
    ];
    for (change, expected) in cases {
        let told = refused(change.clone()).await;
        assert!(told.contains(expected), "{change}: {told}");
    }
    let mut fast = speech("Hello");
    fast["ttsAudioSource"]["speechRate"] = json!(3);
    fast["ttsAudioSource"]["voice"]["gender"] = Value::Null;
    let told = refused(json!({ "greetingMessage": fast })).await;
    assert!(
        told.contains("speechRate: must be a number between 0.5 and 2.0") && told.contains("voice.gender"),
        "{told}"
    );
    for (field, value) in [("voice", json!({"name": "Nobody", "gender": "MALE"})), ("language", json!("xx"))] {
        let mut message = speech("Hello");
        message["ttsAudioSource"][field] = value;
        let told = refused(json!({ "greetingMessage": message })).await;
        assert!(told.starts_with("greetingMessage.ttsAudioSource: there is no"), "{told}");
    }
    client.done(&key, "POST", STRATEGIES, plain("First", &["default"])).await;
    assert!(refused(json!({})).await.contains("\"First\" is for one of these already"));
}

#[tokio::test]
async fn an_audio_file_is_uploaded_played_back_and_deleted_when_nobody_hears_it() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let file = uploaded(&client, &key).await;
    let path = format!("{FILES}/{file}");
    let read = client.read(&key, &path).await;
    assert_eq!((&read["name"], &read["durationMs"]), (&json!("hold.wav"), &json!(500)));
    assert_eq!(client.read(&key, FILES).await["elements"], json!([read]));
    let content = client.call("GET", &format!("{path}/content")).by(&key).send().await;
    assert_eq!((content.header("content-type"), &content.body), ("audio/wav", &wav()));

    let mut strategy = plain("Patience", &["default"]);
    strategy["musicOnHold"] = json!({"enabled": true, "fileAudioSource": {"fileDescriptor": file}});
    let strategy = format!("{STRATEGIES}/{}", id(&client.done(&key, "POST", STRATEGIES, strategy).await));
    client.call("DELETE", &path).by(&key).send().await.refused(409, "CONFLICT");
    assert_eq!(client.call("DELETE", &strategy).by(&key).send().await.status, 200);
    assert_eq!(client.call("DELETE", &path).by(&key).send().await.json()["status"], "SUCCESS");
    for path in [&path, &format!("{path}/content"), &format!("{FILES}/x")] {
        client.call("GET", path).by(&key).send().await.refused(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn what_is_no_audio_file_is_refused_with_its_reason() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let refused = async |field: &str, name: &str, content: &[u8]| {
        upload(&client, field, name, content).by(&key).send().await.refused_shortly(400)
    };
    assert!(refused("file", "hold.wav", b"%PDF-1.4").await.contains("a PDF document"));
    assert!(refused("file", "hold.ogg", &wav()).await.contains("must end in one of .wav"));
    assert!(refused("file", "", &wav()).await.contains("needs a file name"));
    assert!(refused("other", "hold.wav", &wav()).await.contains("file: must not be null"));
    let large = vec![0; (4 << 20) + 1];
    assert!(refused("file", "hold.wav", &large).await.contains("4194304 are allowed"));
    upload(&client, "file", "hold.wav", &vec![0; 5 << 20]).by(&key).send().await.refused(413, "BAD_REQUEST");
    let json = client.call("POST", FILES).by(&key).json(&json!({})).send().await;
    json.refused(415, "BAD_REQUEST");
    let broken = client.call("POST", FILES).by(&key).raw("multipart/form-data; boundary=limit", "nothing").send().await;
    assert!(broken.refused_shortly(400).contains("The form cannot be read"));
    assert_eq!(client.read(&key, FILES).await["elements"], json!([]), "nothing is left behind");
}

#[tokio::test]
async fn files_and_strategies_of_a_neighbour_do_not_exist() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let neighbour = client.neighbour().await;
    let stranger = client.key_with(neighbour, &["conversations:manage"]).await;
    let file = uploaded(&client, &key).await;
    let mut strategy = plain("Patience", &["default"]);
    strategy["musicOnHold"] = json!({"enabled": true, "fileAudioSource": {"fileDescriptor": file}});
    let told = client.call("POST", STRATEGIES).by(&stranger).json(&strategy).send().await.refused_shortly(400);
    assert!(told.contains("upload it first"), "{told}");
    let made = id(&client.done(&key, "POST", STRATEGIES, strategy).await);
    for path in [format!("{FILES}/{file}"), format!("{FILES}/{file}/content"), format!("{STRATEGIES}/{made}")] {
        client.call("GET", &path).by(&stranger).send().await.refused(404, "NOT_FOUND");
    }
    client.call("DELETE", &format!("{FILES}/{file}")).by(&stranger).send().await.refused(404, "NOT_FOUND");
    assert_eq!(client.read(&stranger, STRATEGIES).await["total"], 0);
}

#[tokio::test]
async fn voices_and_placeholders_are_told() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let voices = client.read(&key, "/tts/3/voices/en-US?includeNeural=true").await;
    let voices = voices["voices"].as_array().expect("a list");
    assert!(voices.len() > 10, "{voices:?}");
    assert_eq!(voices.iter().filter(|voice| voice["isDefault"] == true).count(), 1);
    assert!(voices.iter().any(|voice| voice["gender"] == "FEMALE" && voice["ssmlSupported"] == false));
    client.call("GET", "/tts/3/voices/xx").by(&key).send().await.refused(404, "NOT_FOUND");
    let placeholders =
        |purpose: &str| client.call("GET", &format!("/ccaas/voice/2/tts/options/placeholders/{purpose}")).by(&key);
    let place = placeholders("WAITING_STRATEGY_ANNOUNCEMENT_MESSAGE").send().await.json();
    assert_eq!(place["type"], "POSITION_IN_QUEUE");
    assert_eq!(place["placeholderValue"], "{{QUEUE_POSITION_DEFAULT}}");
    placeholders("ON_HOLD_MESSAGE").send().await.refused_shortly(404);
    assert!(placeholders("NOTHING").send().await.refused_shortly(400).contains("ON_HOLD_MESSAGE"));
}

#[tokio::test]
async fn an_away_message_is_set_read_and_deleted() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let hours = json!({"name": "Office", "timezone": "Etc/UTC", "message": "We are away.", "workWeek": {}});
    let hours = id(&client.done(&key, "POST", "/ccaas/1/working-hours", hours).await);
    let path = format!("/ccaas/voice/2/away-audio-message/{hours}");
    client.call("GET", &path).by(&key).send().await.refused_shortly(404);
    let body = json!({"audioSource": speech("We are closed.")});
    let set = client.done(&key, "PUT", &path, body.clone()).await;
    assert_eq!((&set["workingHoursConfigId"], &set["audioSource"]), (&json!(hours), &body["audioSource"]));
    let of_nothing = format!("/ccaas/voice/2/away-audio-message/{NOTHING}");
    client.call("PUT", &of_nothing).by(&key).json(&body).send().await.refused_shortly(404);
    assert_eq!(client.read(&key, &path).await, set);
    let put = |body: Value| client.call("PUT", &path).by(&key).json(&body);
    assert!(put(json!({})).send().await.refused_shortly(400).contains("audioSource: must not be null"));
    assert!(put(json!({"audioSource": {"enabled": true}})).send().await.refused_shortly(400).contains("needs a"));
    assert_eq!(client.call("DELETE", &path).by(&key).send().await.json()["status"], "SUCCESS");
    client.call("DELETE", &path).by(&key).send().await.refused_shortly(404);
}
