//! Webhooks as a receiver and as their owner see them.

use super::client::{As, Client, id};
use crate::support::House;
use aws_lc_rs::hmac;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Router, routing::post};
use model::{Role, WallTime, WebhookId};
use serde_json::{Value, json};
use signaling::Clock;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::SeqCst};
use std::time::{Duration, Instant};
use store::WebhookFailure;
use tokio::sync::mpsc;

const PATH: &str = "/ccaas/1/webhooks";

/// A receiver that answers as it is told and hands on what it took.
struct Receiver {
    address: SocketAddr,
    answer: Arc<AtomicU16>,
    taken: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
}

type Taking = (Arc<AtomicU16>, mpsc::UnboundedSender<(HeaderMap, Bytes)>);

impl Receiver {
    async fn open() -> Self {
        let (sender, taken) = mpsc::unbounded_channel();
        let answer = Arc::new(AtomicU16::new(200));
        let router = Router::new().route("/in", post(take)).with_state((answer.clone(), sender));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, answer, taken }
    }

    fn url(&self) -> String {
        format!("http://{}/in", self.address)
    }

    fn answer(&self, status: u16) {
        self.answer.store(status, SeqCst);
    }

    async fn next(&mut self) -> (HeaderMap, Value) {
        let taken = tokio::time::timeout(Duration::from_secs(20), self.taken.recv()).await.expect("in time");
        let (headers, body) = taken.expect("the receiver runs");
        (headers, serde_json::from_slice(&body).expect("JSON"))
    }
}

async fn take(State((answer, sender)): State<Taking>, headers: HeaderMap, body: Bytes) -> Response {
    drop(sender.send((headers, body)));
    match answer.load(SeqCst) {
        302 => Redirect::to("http://127.0.0.1:1/elsewhere").into_response(),
        status => StatusCode::from_u16(status).expect("a status").into_response(),
    }
}

async fn webhook(client: &Client, key: &As, url: &str, events: Value) -> Value {
    client.done(key, "POST", PATH, json!({"name": "crm", "url": url, "events": events})).await
}

/// Waits until the webhook's state is as wanted.
async fn until(client: &Client, key: &As, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let shown = client.read(key, &format!("{PATH}/{id}")).await;
        if wanted(&shown) {
            return shown;
        }
        assert!(Instant::now() < deadline, "{shown}");
        tokio::task::yield_now().await;
    }
}

async fn conversation(client: &Client, key: &As, topic: &str) -> String {
    id(&client.done(key, "POST", "/ccaas/1/conversations", json!({"topic": topic})).await)
}

#[tokio::test]
async fn events_come_in_order_signed_and_with_what_they_are_about() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let mut receiver = Receiver::open().await;
    conversation(&client, &key, "before").await;
    let made = webhook(&client, &key, &receiver.url(), json!([])).await;
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    assert!(secret.starts_with("whsec_"));
    let agent = house.agent("Ada").await.to_string();
    let conversation = conversation(&client, &key, "Invoice").await;
    let path = format!("/ccaas/1/conversations/{conversation}");
    client.done(&key, "PUT", &format!("{path}/assignee"), json!({"agentId": agent})).await;
    client.done(&key, "PATCH", &path, json!({"priority": "URGENT", "status": "CLOSED"})).await;

    let mut told = Vec::new();
    for _ in 0..4 {
        let (headers, body) = receiver.next().await;
        assert_eq!(headers["content-type"], "application/json");
        told.push((headers, body));
    }
    let types: Vec<&str> = told.iter().map(|(_, body)| body["type"].as_str().expect("a type")).collect();
    let expected = [
        "CONVERSATION_CREATED",
        "CONVERSATION_ASSIGNMENT_UPDATED",
        "CONVERSATION_PRIORITY_UPDATED",
        "CONVERSATION_STATUS_UPDATED",
    ];
    assert_eq!(types, expected);
    let ids: Vec<u64> = told.iter().map(|(_, body)| body["id"].as_str().expect("an id").parse().expect("n")).collect();
    assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
    let payload = &told[1].1["payload"];
    assert_eq!((&payload["id"], &payload["topic"]), (&json!(conversation), &json!("Invoice")));
    assert_eq!((&payload["assignee"]["id"], &payload["assignee"]["name"]), (&json!(agent), &json!("Ada")));
    assert_eq!(payload["invoker"]["type"], "SYSTEM");
    assert_eq!(told[3].1["payload"]["status"], "CLOSED");
    let (headers, body) = &told[0];
    assert!(is_signed(headers, body.to_string().as_bytes(), &[&secret]), "{headers:?}");
}

/// Checks the signature as a receiver would.
fn is_signed(headers: &HeaderMap, body: &[u8], secrets: &[&str]) -> bool {
    let header = headers["switchroom-signature"].to_str().expect("plain");
    let (time, signatures) = header.split_once(',').expect("a time and signatures");
    let time = time.strip_prefix("t=").expect("a time");
    let signatures: Vec<&str> = signatures.split(',').filter_map(|one| one.strip_prefix("v1=")).collect();
    let is_one = |secret: &&str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, &[time.as_bytes(), b".", body].concat());
        let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        signatures.contains(&hex.as_str())
    };
    signatures.len() == secrets.len() && secrets.iter().all(is_one)
}

#[tokio::test]
async fn only_the_types_that_were_asked_for_come() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let mut receiver = Receiver::open().await;
    webhook(&client, &key, &receiver.url(), json!(["CONVERSATION_TAG_ADDED", "CONVERSATION_NOTE_ADDED"])).await;
    let path = format!("/ccaas/1/conversations/{}", conversation(&client, &key, "a").await);
    client.done(&key, "POST", "/ccaas/1/tags", json!({"name": "vip"})).await;
    client.done(&key, "POST", &format!("{path}/tags"), json!({"tagName": "vip"})).await;
    client.done(&key, "POST", &format!("{path}/notes"), json!({"content": "Hello"})).await;
    let (_, tagged) = receiver.next().await;
    assert_eq!((&tagged["type"], &tagged["payload"]["tag"]["name"]), (&json!("CONVERSATION_TAG_ADDED"), &json!("vip")));
    assert_eq!(tagged["payload"]["tags"][0]["name"], "vip");
    let (_, noted) = receiver.next().await;
    let shown = (&noted["type"], &noted["payload"]["note"]["content"]);
    assert_eq!(shown, (&json!("CONVERSATION_NOTE_ADDED"), &json!("Hello")));
}

#[tokio::test]
async fn what_fails_is_tried_again_in_order_and_nothing_is_lost_over_a_crash() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let mut receiver = Receiver::open().await;
    receiver.answer(500);
    let hook = id(&webhook(&client, &key, &receiver.url(), json!(["CONVERSATION_CREATED"])).await);
    let first = conversation(&client, &key, "1").await;
    assert_eq!(receiver.next().await.1["payload"]["id"], first);
    let failing = until(&client, &key, &hook, |shown| shown["failure"].is_object()).await;
    assert!(failing["failure"]["error"].as_str().is_some_and(|error| error.contains("500")), "{failing}");
    let second = conversation(&client, &key, "2").await;
    receiver.answer(302);
    until(&client, &key, &hook, |shown| {
        shown["failure"]["error"].as_str().is_some_and(|error| error.contains("redirects are not followed"))
    })
    .await;

    let house = house.crash_and_start().await;
    let client = Client::of(&house);
    receiver.answer(200);
    let mut delivered = Vec::new();
    while delivered.last() != Some(&second) {
        delivered.push(receiver.next().await.1["payload"]["id"].as_str().expect("an id").to_owned());
    }
    delivered.dedup();
    assert_eq!(delivered, [first, second], "in order, the first until it was taken");
    let well = until(&client, &key, &hook, |shown| shown.get("failure").is_none()).await;
    assert!(well["deliveredAt"].is_string());
}

#[tokio::test]
async fn events_are_delivered_again_from_an_event_or_a_time_on() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let mut receiver = Receiver::open().await;
    let hook = id(&webhook(&client, &key, &receiver.url(), json!(["CONVERSATION_CREATED"])).await);
    let all = [conversation(&client, &key, "1").await, conversation(&client, &key, "2").await];
    let mut events = Vec::new();
    for conversation in &all {
        let (_, body) = receiver.next().await;
        assert_eq!(body["payload"]["id"], *conversation);
        events.push(body["id"].as_str().expect("an id").parse::<i64>().expect("a number"));
    }
    let replay = format!("{PATH}/{hook}/replay");
    client.done(&key, "POST", &replay, json!({"fromEvent": events[1]})).await;
    assert_eq!(receiver.next().await.1["payload"]["id"], all[1]);
    client.done(&key, "POST", &replay, json!({"fromTime": "2020-01-01T00:00:00.000+0000"})).await;
    for conversation in &all {
        assert_eq!(receiver.next().await.1["payload"]["id"], *conversation);
    }
    for wrong in [json!({}), json!({"fromEvent": 1, "fromTime": "2020-01-01T00:00:00Z"}), json!({"fromEvent": 0})] {
        client.call("POST", &replay).by(&key).json(&wrong).send().await.wrong_fields(&["fromEvent"]);
    }
}

#[tokio::test]
async fn a_new_secret_signs_beside_the_old_one() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let mut receiver = Receiver::open().await;
    let made = webhook(&client, &key, &receiver.url(), json!(["CONVERSATION_CREATED"])).await;
    let path = format!("{PATH}/{}", id(&made));
    let rotated = client.done(&key, "POST", &format!("{path}/secret"), json!({})).await;
    conversation(&client, &key, "1").await;
    let (headers, body) = receiver.next().await;
    let secrets = [&rotated, &made].map(|shown| shown["secret"].as_str().expect("a secret"));
    assert_ne!(secrets[0], secrets[1]);
    assert!(is_signed(&headers, body.to_string().as_bytes(), &secrets), "{headers:?}");
    assert_eq!(client.read(&key, &path).await.get("secret"), None, "it is shown once");
}

#[tokio::test]
async fn a_receiver_that_fails_for_days_is_given_up_visibly_and_can_be_enabled_again() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let mut receiver = Receiver::open().await;
    receiver.answer(503);
    let hook = id(&webhook(&client, &key, &receiver.url(), json!(["CONVERSATION_CREATED"])).await);
    let conversation = conversation(&client, &key, "1").await;
    receiver.next().await;
    until(&client, &key, &hook, |shown| shown["failure"].is_object()).await;
    // As if the first failure had been four days ago.
    let parsed: WebhookId = hook.parse().expect("an id");
    let mut row = client.state.store.webhook(house.account, parsed).await.expect("readable").expect("there");
    let now = Clock.wall();
    let since = WallTime(now.0 - 4 * 24 * 3_600_000);
    row.failure = Some(WebhookFailure { since, attempts: 70, next_attempt_at: now, error: "503".into() });
    row.revision += 1;
    assert!(client.state.store.update_webhook(&row).await.expect("written"));
    let house = house.crash_and_start().await;
    let client = Client::of(&house);
    let given_up = until(&client, &key, &hook, |shown| shown["enabled"] == false).await;
    assert!(given_up["disabledReason"].as_str().is_some_and(|why| why.contains("503")), "{given_up}");

    receiver.answer(200);
    let again = json!({"name": "crm", "url": receiver.url(), "events": ["CONVERSATION_CREATED"]});
    let enabled = client.done(&key, "PUT", &format!("{PATH}/{hook}"), again).await;
    assert_eq!((&enabled["enabled"], enabled.get("disabledReason")), (&json!(true), None));
    while receiver.next().await.1["payload"]["id"] != conversation {}
    until(&client, &key, &hook, |shown| shown["deliveredAt"].is_string()).await;
}

#[tokio::test]
async fn inner_addresses_and_unknown_types_are_refused() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let post = |body: Value| client.call("POST", PATH).by(&key).json(&body);
    for url in ["http://10.0.0.1/", "https://169.254.169.254/", "https://[::1]/", "ftp://a.example", "nonsense"] {
        post(json!({"name": "x", "url": url})).send().await.wrong_fields(&["url"]);
    }
    post(json!({"name": "", "events": ["NONE"], "enabled": 1}))
        .send()
        .await
        .wrong_fields(&["enabled", "events", "name", "url"]);
    let person = client.person(Role::Supervisor, None).await;
    client.call("GET", PATH).by(&person).send().await.refused(403, "FORBIDDEN");
}

#[tokio::test]
async fn a_webhook_is_listed_changed_and_deleted_and_their_number_is_bounded() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let mut all = Vec::new();
    for _ in 0..store::limits::WEBHOOKS {
        all.push(id(&webhook(&client, &key, "http://127.0.0.1:9/", json!([])).await));
    }
    let full =
        client.call("POST", PATH).by(&key).json(&json!({"name": "x", "url": "http://127.0.0.1:9/"})).send().await;
    full.refused(400, "BAD_REQUEST");
    let listed = client.read(&key, &format!("{PATH}?limit=2&orderBy=createdAt:desc")).await;
    assert_eq!(listed["pagination"]["totalItems"], store::limits::WEBHOOKS);
    assert_eq!(listed["webhooks"][0]["id"], *all.last().expect("some"));
    let path = format!("{PATH}/{}", all[0]);
    let off = json!({"name": "off", "url": "http://127.0.0.1:9/", "enabled": false});
    assert_eq!(client.done(&key, "PUT", &path, off).await["enabled"], false);
    client.call("DELETE", &path).by(&key).send().await.json();
    client.call("GET", &path).by(&key).send().await.refused(400, "NOT_FOUND");
}
