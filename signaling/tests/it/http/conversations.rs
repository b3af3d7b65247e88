//! `/ccaas/1/conversations` with notes and timeline.

use super::client::{Client, NOTHING, id};
use crate::calls::talk;
use crate::support::House;
use callcenter_core::command::Command;
use model::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn a_conversation_is_made_changed_and_closed_for_good() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let made = client.done(&key, "POST", "/ccaas/1/conversations", json!({"topic": "Invoice"})).await;
    assert_eq!((&made["status"], &made["priority"]), (&json!("OPEN"), &json!("NORMAL")));
    assert_eq!((&made["topic"], &made["channel"]), (&json!("Invoice"), &json!("NO_CHANNEL")));
    let path = format!("/ccaas/1/conversations/{}", id(&made));

    let patched = client.done(&key, "PATCH", &path, json!({"priority": "URGENT", "summary": "Paid twice"})).await;
    assert_eq!((&patched["topic"], &patched["priority"]), (&json!("Invoice"), &json!("URGENT")));
    let replaced = client.done(&key, "PUT", &path, json!({"summary": "Paid"})).await;
    assert_eq!((replaced.get("topic"), &replaced["priority"]), (None, &json!("NORMAL")));
    assert_eq!(client.read(&key, &path).await["summary"], "Paid");

    let closed = client.done(&key, "PATCH", &path, json!({"status": "CLOSED"})).await;
    assert!(closed["closedAt"].is_string(), "{closed}");
    for (method, path) in [("PATCH", path.clone()), ("PUT", path.clone()), ("POST", format!("{path}/notes"))] {
        let refused = client.call(method, &path).by(&key).json(&json!({"content": "x"})).send().await;
        let text = refused.refused(400, "BAD_REQUEST")["text"].clone();
        assert_eq!(text, "Closed conversation cannot be changed", "{method} {path}");
    }
    assert_eq!(client.read(&key, &path).await["status"], "CLOSED");
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let agent = house.agent("Ada").await.to_string();
    for (topic, priority) in [("c", "LOW"), ("a", "HIGH"), ("b", "HIGH")] {
        let body = json!({"topic": topic, "priority": priority, "agentId": agent});
        client.done(&key, "POST", "/ccaas/1/conversations", body).await;
    }
    let topics = async |path: String| -> Vec<String> {
        let list = client.read(&key, &path).await;
        let all = list["conversations"].as_array().expect("a list").clone();
        all.iter().map(|one| one["topic"].as_str().expect("a topic").to_owned()).collect()
    };
    let list = |query: &str| format!("/ccaas/1/conversations?{query}");
    assert_eq!(topics(list("orderBy=topic:asc")).await, ["a", "b", "c"]);
    assert_eq!(topics(list("orderBy=topic:desc&limit=1&page=1")).await, ["b"]);
    assert_eq!(topics(list("priority=HIGH&orderBy=topic:asc&status=OPEN")).await, ["a", "b"]);
    assert_eq!(topics(list("status=CLOSED")).await, [""; 0]);
    assert_eq!(topics(list("conversationIds=nonsense")).await, [""; 0]);
    assert_eq!(topics(list("tagNames=vip")).await, [""; 0]);
    assert_eq!(topics(list(&format!("agentId={NOTHING}"))).await, [""; 0]);
    assert_eq!(topics(format!("/ccaas/1/agents/{agent}/conversations?orderBy=topic:asc")).await, ["a", "b", "c"]);
    let wrong = client.call("GET", &list("status=PENDING&closedAfter=now")).by(&key).send().await;
    wrong.wrong_fields(&["closedAfter", "status"]);
}

#[tokio::test]
async fn too_long_texts_and_unknown_people_are_wrong_fields() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let post = |body: Value| client.call("POST", "/ccaas/1/conversations").by(&key).json(&body);
    let long = json!({"topic": "x".repeat(1001), "summary": "x".repeat(4001), "status": "NEW", "priority": 1});
    post(long).send().await.wrong_fields(&["priority", "status", "summary", "topic"]);
    post(json!({"agentId": NOTHING})).send().await.wrong_fields(&["agentId"]);
    post(json!({"queueId": NOTHING})).send().await.wrong_fields(&["queueId"]);
    post(json!({"queueId": "sales"})).send().await.wrong_fields(&["queueId"]);
    for unknown in [NOTHING, "x"] {
        let answer = client.call("GET", &format!("/ccaas/1/conversations/{unknown}")).by(&key).send().await;
        let text = answer.refused(400, "NOT_FOUND")["text"].clone();
        assert_eq!(text, format!("Invalid id '{unknown}' given! No such entity exists."));
    }
}

#[tokio::test]
async fn notes_are_written_in_ones_own_name() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let (ada, bob) = (house.agent("Ada").await, house.agent("Bob").await);
    let page = client.person(Role::Agent, Some(ada)).await;
    let made = client.done(&key, "POST", "/ccaas/1/conversations", json!({"agentId": ada.to_string()})).await;
    let notes = format!("/ccaas/1/conversations/{}/notes", id(&made));
    let first = client.done(&page, "POST", &notes, json!({"content": "Calls back on Monday"})).await;
    assert_eq!((&first["agentId"], &first["type"]), (&json!(ada.to_string()), &json!("INTERNAL")));
    let body = json!({"content": {"text": "By a program"}, "agentId": bob.to_string()});
    let second = client.done(&key, "POST", &notes, body.clone()).await;
    assert_eq!((&second["agentId"], &second["content"]), (&json!(bob.to_string()), &json!("By a program")));
    client.call("POST", &notes).by(&page).json(&body).send().await.refused(403, "FORBIDDEN");

    let listed = client.read(&page, &format!("{notes}?orderBy=createdAt:desc&limit=1")).await;
    assert_eq!((&listed["notes"][0]["id"], &listed["pagination"]["totalItems"]), (&second["id"], &json!(2)));
    assert_eq!(client.read(&page, &format!("{notes}/{}", id(&first))).await["content"], "Calls back on Monday");
    client.call("GET", &format!("{notes}/{NOTHING}")).by(&key).send().await.refused(400, "NOT_FOUND");
    let post = |body: Value| client.call("POST", &notes).by(&key).json(&body);
    post(json!({})).send().await.wrong_fields(&["content"]);
    post(json!({"content": "x".repeat(4001)})).send().await.wrong_fields(&["content"]);
    post(json!({"content": {"text": ""}})).send().await.wrong_fields(&["content.text"]);
    post(json!({"content": "x", "type": "ATTACHMENT"})).send().await.wrong_fields(&["content"]);
    post(json!({"content": {"text": "x"}, "type": "ATTACHMENT"})).send().await.wrong_fields(&["content.url"]);
    post(json!({"content": {"url": "ftp://x"}, "type": "ATTACHMENT"})).send().await.wrong_fields(&["content.url"]);
    post(json!({"content": "x", "type": "JIRA_COMMENT"})).send().await.wrong_fields(&["type"]);
    let file = json!({"content": {"url": "https://files.example/1.pdf"}, "type": "ATTACHMENT"});
    let file = post(file).send().await.json();
    assert_eq!((&file["type"], &file["content"]), (&json!("ATTACHMENT"), &json!("https://files.example/1.pdf")));
    post(json!({"content": "x", "agentId": NOTHING})).send().await.wrong_fields(&["agentId"]);
}

#[tokio::test]
async fn the_timeline_tells_a_call_from_its_start_to_its_end() {
    let mut house = House::open().await;
    let agent = house.agent("Ada").await;
    let talk = talk(&mut house, agent).await;
    house.does(Command::Hangup { leg: talk.started.leg }).await;
    let client = Client::of(&house);
    let page = client.person(Role::Agent, Some(agent)).await;
    let listed = client.read(&page, "/ccaas/1/conversations").await;
    let conversation = &listed["conversations"][0];
    assert_eq!((&conversation["channel"], &conversation["agentId"]), (&json!("CALLS"), &json!(agent.to_string())));
    assert_eq!(conversation["customer"]["displayName"], "A Customer");
    let timeline = client.read(&page, &format!("/ccaas/1/conversations/{}/timeline", id(conversation))).await;
    let events = timeline["events"].as_array().expect("events");
    let of = |kind: &str| {
        let found = events.iter().find(|event| event["type"] == kind);
        found.unwrap_or_else(|| panic!("no {kind} in {events:#?}"))
    };
    assert_eq!(of("CALL_STARTED")["direction"], "INBOUND");
    let answered = of("CALL_ANSWERED");
    assert_eq!((&answered["agentName"], &answered["agentId"]), (&json!("Ada"), &json!(agent.to_string())));
    assert!(answered["waitingMs"].is_u64() && answered["at"].is_string(), "{answered}");
    assert_eq!(answered["callId"], talk.started.call.to_string());
    let ended = of("CALL_ENDED");
    assert_eq!((&ended["endedBy"], &ended["code"]), (&json!("CUSTOMER"), &json!(10_000)));
    let numbers: Vec<u64> =
        events.iter().map(|event| event["id"].as_str().expect("a number").parse().expect("digits")).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
}
