//! Tags, free values, assignment and routing of conversations.

use super::client::{As, Client, NOTHING, id};
use crate::support::House;
use model::Role;
use serde_json::{Value, json};

async fn conversation(client: &Client, who: &As, fields: Value) -> String {
    format!("/ccaas/1/conversations/{}", id(&client.done(who, "POST", "/ccaas/1/conversations", fields).await))
}

#[tokio::test]
async fn tags_are_made_given_found_taken_and_deleted() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let (first, second) = (conversation(&client, &key, json!({})).await, conversation(&client, &key, json!({})).await);
    let add = async |path: &str, name: &str| {
        client.call("POST", &format!("{path}/tags")).by(&key).json(&json!({"tagName": name})).send().await
    };
    add(&first, "vip").await.refused(400, "NOT_FOUND");
    for name in ["vip", "late_2.b"] {
        assert_eq!(client.done(&key, "POST", "/ccaas/1/tags", json!({"name": name})).await["name"], name);
    }
    let again = client.call("POST", "/ccaas/1/tags").by(&key).json(&json!({"name": "vip"})).send().await;
    assert_eq!(again.refused(400, "BAD_REQUEST")["text"], "Tag already exists.");
    for wrong in [json!({}), json!({"name": ""}), json!({"name": "two words"}), json!({"name": "x".repeat(101)})] {
        client.call("POST", "/ccaas/1/tags").by(&key).json(&wrong).send().await.wrong_fields(&["name"]);
    }
    assert_eq!(add(&first, "vip").await.json()["statusCode"], "SUCCESS");
    assert_eq!(add(&second, "late_2.b").await.json()["statusCode"], "SUCCESS");

    let found = async |query: &str| -> Vec<String> {
        let list = client.read(&key, &format!("/ccaas/1/conversations?{query}")).await;
        let all = list["conversations"].as_array().expect("a list").clone();
        all.iter().map(|one| format!("/ccaas/1/conversations/{}", id(one))).collect()
    };
    assert_eq!(found("tagNames=vip").await, std::slice::from_ref(&first));
    assert_eq!(found("tagNames=vip,late_2.b").await, [first.clone(), second.clone()]);
    assert_eq!(found("tagNames=vip&tagNames=other").await, std::slice::from_ref(&first));
    assert_eq!(found("tagNames=other").await, [""; 0]);
    let of = first.rsplit('/').next().expect("an id");
    let carried = client.read(&key, &format!("/ccaas/1/tags?conversationId={of}")).await;
    assert_eq!((&carried["tags"][0]["name"], &carried["pagination"]["totalItems"]), (&json!("vip"), &json!(1)));
    let named = client.read(&key, "/ccaas/1/tags?name=LATE&orderBy=name:desc").await;
    assert_eq!(named["pagination"]["totalItems"], 1);

    let take = client.call("DELETE", &format!("{first}/tags/vip")).by(&key);
    assert_eq!(take.send().await.json()["statusCode"], "SUCCESS");
    client.call("DELETE", &format!("{first}/tags/vip")).by(&key).send().await.refused(400, "NOT_FOUND");
    client.done(&key, "DELETE", "/ccaas/1/tags/late_2.b", json!({})).await;
    assert_eq!(found("tagNames=late_2.b").await, [""; 0]);
    client.call("DELETE", "/ccaas/1/tags/late_2.b").by(&key).send().await.refused(400, "NOT_FOUND");
}

#[tokio::test]
async fn free_values_are_replaced_merged_and_removed() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let conversation = conversation(&client, &key, json!({})).await;
    let path = format!("{conversation}/metadata");
    assert_eq!(client.read(&key, &path).await, json!({}));
    client.done(&key, "PUT", &path, json!({"order": 7, "tags": ["a"], "old": null})).await;
    client.done(&key, "PATCH", &path, json!({"shop": {"id": 1}, "order": 8, "old": null})).await;
    assert_eq!(client.read(&key, &path).await, json!({"order": 8, "shop": {"id": 1}, "tags": ["a"]}));
    client.call("PUT", &path).by(&key).json(&json!({})).send().await.refused(400, "BAD_REQUEST");
    let long = json!({"long": "x".repeat(20_000)});
    client.call("PUT", &path).by(&key).json(&long).send().await.refused(400, "BAD_REQUEST");
    assert_eq!(client.done(&key, "DELETE", &path, json!({})).await["statusCode"], "SUCCESS");
    assert_eq!(client.read(&key, &path).await, json!({}));
    client.done(&key, "PATCH", &conversation, json!({"status": "CLOSED"})).await;
    let late = client.call("PATCH", &path).by(&key).json(&json!({"a": 1})).send().await;
    assert_eq!(late.refused(400, "BAD_REQUEST")["text"], "Closed conversation cannot be changed");
}

#[tokio::test]
async fn assignment_has_operations_of_its_own_and_agents_may_give_theirs_away() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let (ada, bob) = (house.agent("Ada").await, house.agent("Bob").await);
    let page = client.person(Role::Agent, Some(ada)).await;
    let conversation = conversation(&client, &key, json!({"agentId": ada.to_string()})).await;
    let path = format!("{conversation}/assignee");
    for (body, who) in [(json!({}), &key), (json!({"agentId": NOTHING}), &key), (json!({"agentId": "x"}), &page)] {
        client.call("PUT", &path).by(who).json(&body).send().await.wrong_fields(&["agentId"]);
    }
    let given = client.done(&page, "PUT", &path, json!({"agentId": bob.to_string()})).await;
    assert_eq!(given["agentId"], bob.to_string());
    client.call("PUT", &path).by(&page).json(&json!({})).send().await.refused(400, "NOT_FOUND");
    let taken = client.call("DELETE", &path).by(&key).send().await.json();
    assert_eq!(taken.get("agentId"), None);

    let timeline = client.read(&key, &format!("{conversation}/timeline")).await;
    let events = timeline["events"].as_array().expect("events");
    let assigned: Vec<_> = events.iter().filter(|event| event["type"] == "CONVERSATION_ASSIGNED").collect();
    assert_eq!(assigned[0]["author"], json!({"type": "AGENT", "id": ada.to_string(), "name": "Ada"}));
    assert_eq!((&assigned[0]["agentName"], &assigned[1]["agentId"]), (&json!("Bob"), &json!(null)));
    assert_eq!(assigned[1]["author"]["type"], "AUTOMATION");
}

#[tokio::test]
async fn routing_is_simulated_and_done_again() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let agent = house.agent("Ada").await;
    let fields = json!({"agentId": agent.to_string(), "priority": "HIGH"});
    let conversation = conversation(&client, &key, fields).await;
    let simulated = client.read(&key, &format!("{conversation}/simulate-routing")).await;
    assert_eq!(simulated["priority"], "HIGH");
    assert_eq!(client.read(&key, &conversation).await["agentId"], agent.to_string(), "nothing changed");
    let route = format!("{conversation}/route");
    let routed = client.call("POST", &route).by(&key).send().await.json();
    let row = &routed["conversations"][0];
    assert_eq!((row.get("agentId"), &row["queueId"]), (None, &simulated["queueId"]));
    assert_eq!(routed["pagination"]["totalItems"], 1);
    assert_eq!(client.read(&key, &format!("{conversation}/links")).await, json!({"linkedConversations": []}));
    client.done(&key, "PATCH", &conversation, json!({"status": "CLOSED"})).await;
    client.call("POST", &route).by(&key).send().await.refused(400, "BAD_REQUEST");
    client.call("GET", &format!("{conversation}/simulate-routing")).by(&key).send().await.refused(400, "BAD_REQUEST");
}
