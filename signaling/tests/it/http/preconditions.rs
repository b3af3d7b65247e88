//! Two people who change the same thing at once.

use super::client::{Answer, As, Client, NOTHING, id};
use crate::support::House;
use futures_util::future::join_all;
use model::Role;
use serde_json::{Value, json};

async fn tag_of(client: &Client, who: &As, path: &str) -> String {
    let answer = client.call("GET", path).by(who).send().await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    let tag = answer.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 2, "{path}: {tag:?}");
    tag
}

async fn put(client: &Client, who: &As, path: &str, tag: &str, body: &Value) -> Answer {
    client.call("PUT", path).by(who).header("if-match", tag).json(body).send().await
}

async fn queue(client: &Client, key: &As) -> String {
    let made = client.done(key, "POST", "/ccaas/1/queues", json!({"name": "Sales"})).await;
    format!("/ccaas/1/queues/{}", id(&made))
}

#[tokio::test]
async fn who_saw_something_older_changes_nothing_and_is_told() {
    let house = House::open().await;
    let client = Client::of(&house);
    let (one, other) = (client.person(Role::Admin, None).await, client.person(Role::Admin, None).await);
    let path = queue(&client, &one).await;
    let seen = tag_of(&client, &one, &path).await;
    assert_eq!(tag_of(&client, &other, &path).await, seen, "both see the same");
    assert_eq!(put(&client, &one, &path, &seen, &json!({"name": "Sales EU"})).await.status, 200);
    let late = put(&client, &other, &path, &seen, &json!({"name": "Sales US"})).await;
    let told = late.refused(412, "PRECONDITION_FAILED");
    assert!(told["text"].as_str().expect("a text").contains("Read it again"), "{told}");
    assert_eq!(late.header("cache-control"), "no-store", "it passes the doors as all answers do");
    let now = client.call("GET", &path).by(&other).send().await;
    assert_eq!(now.json()["name"], "Sales EU");
    assert_eq!(put(&client, &other, &path, now.header("etag"), &json!({"name": "Sales US"})).await.status, 200);
    let gone = client.call("DELETE", &path).by(&one).header("if-match", &seen).send().await;
    gone.refused(412, "PRECONDITION_FAILED");
    assert_eq!(client.call("DELETE", &path).by(&one).header("if-match", "*").send().await.status, 200);
    put(&client, &one, &path, "*", &json!({})).await.refused(400, "NOT_FOUND");
}

#[tokio::test]
async fn of_many_at_the_same_time_one_is_the_first() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let path = queue(&client, &key).await;
    let seen = tag_of(&client, &key, &path).await;
    let names: Vec<_> = (0..20).map(|n| json!({"name": format!("Sales {n}")})).collect();
    let answers = join_all(names.iter().map(|name| put(&client, &key, &path, &seen, name))).await;
    let done: Vec<_> = answers.iter().filter(|answer| answer.status == 200).map(Answer::json).collect();
    assert_eq!(done.len(), 1, "{done:?}");
    assert_eq!(client.read(&key, &path).await["name"], done[0]["name"]);
    assert!(answers.iter().all(|answer| answer.status == 200 || answer.status == 412));
}

#[tokio::test]
async fn every_setting_that_can_be_read_where_it_is_changed_heeds_it() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let agent = house.agent("Ada").await;
    for (path, body) in [
        ("/ccaas/voice/2/call-timeouts".to_owned(), json!({"inbound": 20, "outbound": 30})),
        ("/ccaas/1/capacity-config".to_owned(), json!({"capacity": 7})),
        (
            format!("/ccaas/1/agents/{agent}"),
            json!({"displayName": "Ada L.", "status": "ACTIVE", "role": "AGENT", "enabled": true}),
        ),
    ] {
        let stale = put(&client, &key, &path, "\"0123\", W/\"4567\"", &body).await;
        stale.refused(412, "PRECONDITION_FAILED");
        let seen = tag_of(&client, &key, &path).await;
        let good = put(&client, &key, &path, &format!("\"0123\", {seen}"), &body).await;
        assert_eq!(good.status, 200, "{path}: {}", good.text());
    }
}

#[tokio::test]
async fn different_settings_that_are_changed_at_once_are_all_changed() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let wanted = [
        ("/ccaas/voice/2/call-timeouts", json!({"inbound": 20, "outbound": 30})),
        ("/ccaas/1/capacity-config", json!({"capacity": 7})),
        (
            "/ccaas/voice/2/account-wrap-up-config",
            json!({"wrapUpSeconds": 12, "canExtendWrapUp": false, "enabled": true}),
        ),
    ];
    let changes = wanted.iter().map(|(path, body)| client.done(&key, "PUT", path, body.clone()));
    join_all(changes).await;
    for (path, body) in &wanted {
        assert_eq!(client.read(&key, path).await, *body, "{path}");
    }
}

#[tokio::test]
async fn what_cannot_be_compared_is_not_changed() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let agent = house.agent("Ada").await;
    let path = format!("/ccaas/1/agents/{agent}/status");
    let refused = put(&client, &key, &path, "*", &json!({"status": "ACTIVE"})).await;
    let told = refused.refused(412, "PRECONDITION_FAILED");
    assert!(told["text"].as_str().expect("a text").contains("Leave the header out"), "{told}");
    let unknown = put(&client, &key, &format!("/ccaas/1/queues/{NOTHING}"), "*", &json!({})).await;
    unknown.refused(400, "NOT_FOUND");
    let nobody = put(&client, &As::Nobody, &path, "\"0\"", &json!({})).await;
    nobody.refused(401, "UNAUTHORIZED");
}
