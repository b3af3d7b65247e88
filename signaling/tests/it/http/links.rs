//! `/call-link/1/links`

use super::client::{Client, NOTHING, ORIGIN, id};
use crate::support::House;
use model::Role;
use serde_json::{Value, json};

const LINKS: &str = "/call-link/1/links";

#[tokio::test]
async fn a_link_is_made_read_listed_and_deleted() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let body = json!({
        "identity": "customer-7", "displayName": "Maria", "customData": {"order": "17"},
        "destination": {"type": "CONVERSATIONS", "displayName": "Shop"},
        "validityWindow": {"oneTime": true, "acceptableDays": ["MONDAY"]},
    });
    let answer = client.call("POST", LINKS).by(&key).json(&body).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let made = answer.json();
    let url = made["url"].as_str().expect("a url");
    let secret = url.strip_prefix(&format!("{ORIGIN}/c/")).expect("a call link of this server");
    assert_eq!(secret.len(), 22, "128 bits: {secret}");
    let path = format!("{LINKS}/{}", id(&made));
    let read = client.read(&key, &path).await;
    assert_eq!(read["url"], made["url"], "the address can be shown again");
    assert_eq!((&read["identity"], &read["customData"]["order"]), (&json!("customer-7"), &json!("17")));
    assert_eq!(read["destination"], json!({"type": "CONVERSATIONS", "displayName": "Shop"}));
    let window = &read["validityWindow"];
    assert_eq!((&window["oneTime"], &window["acceptableDays"]), (&json!(true), &json!(["MONDAY"])));
    let row = client.state.store.link(house.account, id(&made).parse().expect("an id")).await.expect("readable");
    assert!(!format!("{row:?}").contains(secret), "the store must not know the secret");

    let list = client.read(&key, LINKS).await;
    assert_eq!(list["results"][0], read);
    assert_eq!(list["paging"], json!({"page": 0, "size": 20, "totalPages": 1, "totalResults": 1}));
    assert_eq!(client.call("DELETE", &path).by(&key).send().await.json()["id"], made["id"]);
    client.call("GET", &path).by(&key).send().await.refused(404, "NOT_FOUND");
    client.call("DELETE", &path).by(&key).send().await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn without_a_window_a_link_lasts_a_day() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let made = client.done(&key, "POST", LINKS, json!({"destination": {"type": "CONVERSATIONS"}})).await;
    let row = client.state.store.link(house.account, id(&made).parse().expect("an id")).await.expect("readable");
    let row = row.expect("stored");
    assert_eq!(row.end.since(row.created_at).as_secs(), 24 * 3600);
    assert!(row.show_identity && !row.one_time);
}

#[tokio::test]
async fn wrong_links_are_refused_field_by_field() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let post = |body: Value| client.call("POST", LINKS).by(&key).json(&body);
    post(json!({})).send().await.wrong_fields(&["destination"]);
    post(json!({"destination": {"type": "ROOM"}})).send().await.wrong_fields(&["destination.type"]);
    post(json!({"destination": {"type": "WEBRTC"}})).send().await.wrong_fields(&["destination.identity"]);
    let stranger = json!({"destination": {"type": "WEBRTC", "identity": NOTHING}});
    post(stranger).send().await.wrong_fields(&["destination.identity"]);
    let to = json!({"type": "CONVERSATIONS"});
    post(json!({"destination": to, "identity": "a b"})).send().await.wrong_fields(&["identity"]);
    post(json!({"destination": to, "callLinkConfigId": NOTHING})).send().await.wrong_fields(&["callLinkConfigId"]);
    post(json!({"destination": to, "customData": {"a": true}})).send().await.wrong_fields(&["customData"]);
    let much = json!({"destination": to, "customData": {"a": "x".repeat(920)}});
    post(much).send().await.wrong_fields(&["customData"]);
    let past = json!({"destination": to, "validityWindow": {"endTime": "2020-01-01T00:00:00Z"}});
    post(past).send().await.wrong_fields(&["validityWindow.endTime"]);
}

#[tokio::test]
async fn agents_manage_the_links_they_made() {
    let house = House::open().await;
    let client = Client::of(&house);
    let (ada, bob) = (house.agent("Ada").await, house.agent("Bob").await);
    let (hers, his) = (client.person(Role::Agent, Some(ada)).await, client.person(Role::Agent, Some(bob)).await);
    let body = json!({"destination": {"type": "WEBRTC", "identity": ada.to_string()}});
    let made = client.done(&hers, "POST", LINKS, body).await;
    let path = format!("{LINKS}/{}", id(&made));
    assert_eq!(client.read(&hers, &path).await["createdBy"], ada.to_string());
    assert_eq!(client.read(&hers, LINKS).await["paging"]["totalResults"], 1);
    assert_eq!(client.read(&his, LINKS).await["results"], json!([]));
    client.call("GET", &path).by(&his).send().await.refused(404, "NOT_FOUND");
    client.call("DELETE", &path).by(&his).send().await.refused(404, "NOT_FOUND");
    assert_eq!(client.call("DELETE", &path).by(&hers).send().await.status, 200);
}

#[tokio::test]
async fn lists_are_cut_into_pages_newest_first() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(id(&client.done(&key, "POST", LINKS, json!({"destination": {"type": "CONVERSATIONS"}})).await));
    }
    let page = client.read(&key, &format!("{LINKS}?size=2&page=1")).await;
    assert_eq!(page["paging"], json!({"page": 1, "size": 2, "totalPages": 2, "totalResults": 3}));
    assert_eq!(page["results"].as_array().expect("a list").len(), 1);
    assert_eq!(page["results"][0]["id"], made[0]);
    client.call("GET", &format!("{LINKS}?size=0")).by(&key).send().await.wrong_fields(&["size"]);
}
