//! Requests that are sent again, and requests that come too fast.

use super::client::{Answer, As, Client, id};
use crate::support::House;
use futures_util::future::{join_all, select_all};
use model::Role;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PATH: &str = "/ccaas/1/conversations";

async fn post(client: &Client, who: &As, key: &str, body: &Value) -> Answer {
    client.call("POST", PATH).by(who).header("idempotency-key", key).json(body).send().await
}

async fn count(client: &Client, who: &As) -> Value {
    client.read(who, PATH).await["pagination"]["totalItems"].clone()
}

#[tokio::test]
async fn a_repeat_is_answered_as_before_and_makes_nothing_even_after_a_restart() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let body = json!({"topic": "Invoice"});
    let first = post(&client, &key, "once", &body).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (200, ""));
    let again = post(&client, &key, "once", &body).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (200, "true"), "{}", again.text());
    assert_eq!((again.json(), again.header("content-type")), (first.json(), "application/json"));
    let house = house.crash_and_start().await;
    let client = Client::of(&house);
    assert_eq!(post(&client, &key, "once", &body).await.json(), first.json());
    assert_eq!(count(&client, &key).await, json!(1));
    assert_ne!(id(&post(&client, &key, "twice", &body).await.json()), id(&first.json()), "another key");
    assert_eq!(count(&client, &key).await, json!(2));
}

#[tokio::test]
async fn a_key_belongs_to_one_request_of_one_caller() {
    let house = House::open().await;
    let client = Client::of(&house);
    let (key, other) = (client.key().await, client.key().await);
    let person = client.person(Role::Admin, None).await;
    post(&client, &key, "k", &json!({"topic": "a"})).await;
    let refused = post(&client, &key, "k", &json!({"topic": "b"})).await;
    refused.refused(422, "BAD_REQUEST");
    for who in [&other, &person] {
        assert_eq!(post(&client, who, "k", &json!({"topic": "b"})).await.status, 200);
    }
    let queue = client.call("POST", "/ccaas/1/queues").by(&key).header("idempotency-key", "k");
    assert_eq!(queue.json(&json!({"name": "Sales"})).send().await.status, 200, "another operation");
    assert_eq!(count(&client, &key).await, json!(3));
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_free() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    post(&client, &key, "k", &json!({"priority": "SOON"})).await.wrong_fields(&["priority"]);
    assert_eq!(post(&client, &key, "k", &json!({"priority": "HIGH"})).await.status, 200);
    for wrong in ["", "with space", &"x".repeat(256)] {
        post(&client, &key, wrong, &json!({})).await.refused(400, "BAD_REQUEST");
    }
    assert_eq!(post(&client, &key, &"x".repeat(255), &json!({})).await.status, 200);
    let read = client.call("GET", PATH).by(&key).header("idempotency-key", "k").send().await;
    assert_eq!(read.status, 200, "reading needs no key and ignores it");
}

#[tokio::test]
async fn repeats_at_the_same_time_are_carried_out_once() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let body = json!({"topic": "Invoice"});
    let answers = join_all((0..20).map(|_| post(&client, &key, "k", &body))).await;
    let done: Vec<_> = answers.iter().filter(|answer| answer.status == 200).map(|answer| answer.json()).collect();
    assert!(!done.is_empty() && done.iter().all(|answer| *answer == done[0]), "{done:?}");
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        refused.refused(409, "CONFLICT");
        assert_eq!(refused.header("retry-after"), "1");
    }
    assert_eq!(count(&client, &key).await, json!(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_request_whose_client_hangs_up_is_carried_out_and_answered_later() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let body = json!({"topic": "Invoice"});
    // The call center stands still until it is told to go on.
    let (go_on, told) = std::sync::mpsc::channel::<()>();
    let center = house.center();
    let still = tokio::spawn(async move { center.query(move |_, _| told.recv()).await });
    let two = [0, 1].map(|_| Box::pin(post(&client, &key, "k", &body)));
    let (refused, _, mut running) = select_all(two).await;
    refused.refused(409, "CONFLICT");
    // The other one is being carried out when its client goes.
    drop(running.pop());
    drop(go_on);
    still.await.expect("no panic").expect("the call center goes on").expect_err("told by the drop");
    let deadline = Instant::now() + Duration::from_secs(20);
    let answer = loop {
        let answer = post(&client, &key, "k", &body).await;
        if answer.status == 200 {
            break answer;
        }
        answer.refused(409, "CONFLICT");
        assert!(Instant::now() < deadline, "the answer never came");
    };
    assert_eq!(answer.header("idempotency-replayed"), "true");
    assert_eq!(count(&client, &key).await, json!(1));
}

#[tokio::test]
async fn a_caller_who_asks_too_fast_is_told_when_to_come_again() {
    let house = House::open().await;
    let client = Client::of(&house);
    let (key, other) = (client.key().await, client.key().await);
    let ask = || client.call("GET", "/ccaas/voice/2/call-timeouts").by(&key).send();
    let answers = join_all((0..200).map(|_| ask())).await;
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status != 200).collect();
    assert!(answers.len() - refused.len() >= 20, "the burst passes");
    assert!(!refused.is_empty(), "200 at once are more than 20 and 10 a second");
    refused[0].refused(429, "TOO_MANY_REQUESTS");
    assert!(refused[0].header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1));
    client.read(&other, "/ccaas/voice/2/call-timeouts").await;
    client.read(&key, "/ccaas/voice/2/account-wrap-up-config").await;
}
