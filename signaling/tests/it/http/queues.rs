//! `/ccaas/1/queues`

use super::client::{Client, NOTHING, id};
use crate::support::House;
use serde_json::{Value, json};

#[tokio::test]
async fn a_queue_is_made_changed_and_deleted() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let made = client.done(&key, "POST", "/ccaas/1/queues", json!({"name": "Sales", "externalId": "crm-1"})).await;
    assert_eq!((&made["isAutoAssignmentEnabled"], &made["externalId"]), (&json!(false), &json!("crm-1")));
    let path = format!("/ccaas/1/queues/{}", id(&made));
    let changed = client.done(&key, "PUT", &path, json!({"name": "Sales EU"})).await;
    assert_eq!((&changed["name"], &changed["isAutoAssignmentEnabled"]), (&json!("Sales EU"), &json!(true)));
    assert_eq!(changed["externalId"], "crm-1", "what is left out stays");
    assert_eq!(client.read(&key, "/ccaas/1/queues?name=SALES").await["pagination"]["totalItems"], 1);
    let gone = client.call("DELETE", &path).by(&key).send().await;
    assert_eq!(gone.json()["statusCode"], "SUCCESS");
    assert_eq!(client.read(&key, "/ccaas/1/queues?name=SALES").await["queues"], json!([]));
    client.call("PUT", &path).by(&key).json(&json!({})).send().await.refused(400, "NOT_FOUND");
}

#[tokio::test]
async fn how_a_queue_finds_agents_is_set_and_falls_back_as_in_the_public_api() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let made = client.done(&key, "POST", "/ccaas/1/queues", json!({"name": "Sales"})).await;
    assert_eq!(made["autoAssignmentAlgorithm"], "LOAD_BALANCING");
    let path = format!("/ccaas/1/queues/{}", id(&made));
    let fields = json!({
        "autoAssignmentAlgorithm": "ROUND_ROBIN", "isStickyAutoAssignmentEnabled": true, "stickyAgentTimeoutDays": 3
    });
    let changed = client.done(&key, "PUT", &path, fields).await;
    assert_eq!(changed["autoAssignmentAlgorithm"], "ROUND_ROBIN");
    let sticky =
        |queue: &Value| (queue["isStickyAutoAssignmentEnabled"].clone(), queue["stickyAgentTimeoutDays"].clone());
    assert_eq!(sticky(&changed), (json!(true), json!(3)));
    let again = client.done(&key, "PUT", &path, json!({})).await;
    assert_eq!(again["autoAssignmentAlgorithm"], "LOAD_BALANCING", "its default, as the public API has it");
    assert_eq!(sticky(&again), (json!(true), json!(3)), "what has no default stays");
    let unset = client.done(&key, "PUT", &path, json!({"stickyAgentTimeoutDays": null})).await;
    assert_eq!(sticky(&unset), (json!(true), Value::Null));
    let wrong = json!({"autoAssignmentAlgorithm": "PERFORMANCE_BASED", "stickyAgentTimeoutDays": 0});
    let refused = client.call("PUT", &path).by(&key).json(&wrong).send().await;
    refused.wrong_fields(&["autoAssignmentAlgorithm", "stickyAgentTimeoutDays"]);
}

#[tokio::test]
async fn a_queue_counts_its_enabled_agents() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let queue = id(&client.done(&key, "POST", "/ccaas/1/queues", json!({"name": "Sales"})).await);
    let (ada, bob) = (house.agent("Ada").await, house.agent("Bob").await);
    for agent in [ada, bob] {
        client.done(&key, "POST", &format!("/ccaas/1/agents/{agent}/queues"), json!({"queueId": queue})).await;
    }
    let count = async || {
        let found = client.read(&key, &format!("/ccaas/1/queues?queueIds={queue}")).await;
        found["queues"][0]["enabledAgentsCount"].clone()
    };
    assert_eq!(count().await, 2);
    let fields = json!({"displayName": "Bob", "status": "ACTIVE", "role": "AGENT", "enabled": false});
    client.done(&key, "PUT", &format!("/ccaas/1/agents/{bob}"), fields).await;
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn the_default_queue_cannot_be_deleted() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let queues = client.read(&key, "/ccaas/1/queues").await;
    let default = queues["queues"].as_array().expect("a list").iter().find(|queue| queue["isDefault"] == true);
    let path = format!("/ccaas/1/queues/{}", id(default.expect("a default queue")));
    client.call("DELETE", &path).by(&key).send().await.refused(400, "BAD_REQUEST");
}

#[tokio::test]
async fn wrong_and_unsupported_fields_are_named() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let post = |body: Value| client.call("POST", "/ccaas/1/queues").by(&key).json(&body);
    post(json!({"name": ""})).send().await.wrong_fields(&["name"]);
    let unsupported = json!({"name": "x", "workingHoursId": "1", "isRestricted": true});
    post(unsupported).send().await.wrong_fields(&["isRestricted", "workingHoursId"]);
    let gone = client.call("DELETE", &format!("/ccaas/1/queues/{NOTHING}")).by(&key).send().await;
    gone.refused(400, "NOT_FOUND");
}
