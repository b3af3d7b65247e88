//! `/call-link/1/subdomains`, and requests that come under one.

use super::client::{Answer, As, Client, NOTHING, id};
use crate::support::House;
use model::Role;
use serde_json::{Value, json};

const SUBDOMAINS: &str = "/call-link/1/subdomains";
const CONFIGS: &str = "/call-link/1/configs";
const LINKS: &str = "/call-link/1/links";
const OWN: &str = "https://calls.example:8080";

async fn create(client: &Client, who: &As, name: &str) -> Answer {
    client.call("POST", SUBDOMAINS).by(who).json(&json!({"name": name})).send().await
}

async fn created(client: &Client, who: &As, name: &str) -> String {
    let answer = create(client, who, name).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    id(&answer.json())
}

#[tokio::test]
async fn three_subdomains_are_made_listed_and_deleted() {
    let house = House::open().await;
    let client = Client::reached_at(&house, OWN);
    let key = client.key().await;
    let acme = created(&client, &key, "Acme").await;
    let (shop, help) = (created(&client, &key, "shop").await, created(&client, &key, "24-7-help").await);
    let all = json!([
        {"id": acme, "name": "acme"}, {"id": shop, "name": "shop"}, {"id": help, "name": "24-7-help"},
    ]);
    assert_eq!(client.read(&key, SUBDOMAINS).await, all);
    let full = create(&client, &key, "fourth").await.refused(400, "BAD_REQUEST");
    assert!(full["text"].as_str().is_some_and(|text| text.contains("3 subdomains already")), "{full}");
    let gone = client.call("DELETE", &format!("{SUBDOMAINS}/{shop}")).by(&key).send().await;
    assert_eq!((gone.status.as_u16(), gone.json()), (200, json!({"id": shop, "name": "shop"})));
    client.call("DELETE", &format!("{SUBDOMAINS}/{shop}")).by(&key).send().await.refused(404, "NOT_FOUND");
    created(&client, &key, "fourth").await;
}

#[tokio::test]
async fn a_name_is_one_label_that_nobody_has() {
    let house = House::open().await;
    let client = Client::reached_at(&house, OWN);
    let key = client.key().await;
    let long = "x".repeat(64);
    for name in ["", " ", "a.b", "-a", "a-", "a_b", "ä", "a b", long.as_str()] {
        create(&client, &key, name).await.wrong_fields(&["name"]);
    }
    client.call("POST", SUBDOMAINS).by(&key).json(&json!({})).send().await.wrong_fields(&["name"]);
    created(&client, &key, &"x".repeat(63)).await;
    let neighbour = client.key_with(client.neighbour().await, &["conversations:manage"]).await;
    let theirs = created(&client, &neighbour, "acme").await;
    let taken = create(&client, &key, "ACME").await;
    taken.wrong_fields(&["name"]);
    assert!(taken.text().contains("'acme' is taken"), "{}", taken.text());
    client.call("DELETE", &format!("{SUBDOMAINS}/{theirs}")).by(&key).send().await.refused(404, "NOT_FOUND");
    let supervisor = client.person(Role::Supervisor, None).await;
    create(&client, &supervisor, "mine").await.refused(403, "FORBIDDEN");
    assert_eq!(client.read(&supervisor, SUBDOMAINS).await.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn where_people_reach_the_server_by_no_name_there_are_none() {
    let house = House::open().await;
    for (client, why) in [
        (Client::of(&house), "http.public_url"),
        (Client::reached_at(&house, "http://127.0.0.1:8080"), "127.0.0.1, which is an address"),
        (Client::reached_at(&house, "https://[2001:db8::1]"), "which is an address"),
    ] {
        let refused = create(&client, &client.key().await, "acme").await.refused(400, "BAD_REQUEST");
        assert!(refused["text"].as_str().is_some_and(|text| text.contains(why)), "{refused}");
    }
}

/// The address of a new link with this configuration, and of the same link as it is read and listed.
async fn addresses(client: &Client, key: &As, config: &str) -> Vec<String> {
    let body = json!({"destination": {"type": "CONVERSATIONS"}, "callLinkConfigId": config});
    let made = client.done(key, "POST", LINKS, body).await;
    let read = client.read(key, &format!("{LINKS}/{}", id(&made))).await;
    let listed = client.read(key, LINKS).await["results"][0].clone();
    [made, read, listed].iter().map(|link| link["url"].as_str().expect("a url").to_owned()).collect()
}

#[tokio::test]
async fn links_of_a_configuration_lie_under_its_subdomain_while_it_is_there() {
    let house = House::open().await;
    let client = Client::reached_at(&house, OWN);
    let key = client.key().await;
    let acme = created(&client, &key, "acme").await;
    let config = client.done(&key, "POST", CONFIGS, json!({"name": "Acme", "subdomainId": acme})).await;
    assert_eq!(config["subdomainId"], acme.as_str());
    let config = id(&config);
    for address in addresses(&client, &key, &config).await {
        assert!(address.starts_with("https://acme.calls.example:8080/c/"), "{address}");
    }
    let path = format!("{CONFIGS}/{config}");
    let kept = client.done(&key, "PATCH", &path, json!({"name": "Acme EU"})).await;
    assert_eq!(kept["subdomainId"], acme.as_str());
    let without = client.done(&key, "PATCH", &path, json!({"subdomainId": null})).await;
    assert_eq!(without.get("subdomainId"), None);
    client.done(&key, "PATCH", &path, json!({"subdomainId": acme})).await;
    client.done(&key, "DELETE", &format!("{SUBDOMAINS}/{acme}"), json!({})).await;
    for address in addresses(&client, &key, &config).await {
        assert!(address.starts_with("https://calls.example:8080/c/"), "{address}");
    }
    let read = client.read(&key, &path).await;
    assert_eq!(read.get("subdomainId"), None);
    assert_eq!(client.done(&key, "PUT", &path, read.clone()).await, read, "what was read can be written");
    let wrong = async |who: &As, id: Value| {
        let body = json!({"name": "x", "subdomainId": id});
        client.call("POST", CONFIGS).by(who).json(&body).send().await.wrong_fields(&["subdomainId"]);
    };
    wrong(&key, json!(acme)).await;
    wrong(&key, json!(NOTHING)).await;
    wrong(&key, json!("x")).await;
    let ours = created(&client, &key, "ours").await;
    let stranger = client.key_with(client.neighbour().await, &["conversations:manage"]).await;
    wrong(&stranger, json!(ours)).await;
}

#[tokio::test]
async fn the_default_configurations_subdomain_is_that_of_links_without_one() {
    let house = House::open().await;
    let client = Client::reached_at(&house, OWN);
    let key = client.key().await;
    let acme = created(&client, &key, "acme").await;
    client.done(&key, "POST", CONFIGS, json!({"name": "Acme", "isDefault": true, "subdomainId": acme})).await;
    let made = client.done(&key, "POST", LINKS, json!({"destination": {"type": "CONVERSATIONS"}})).await;
    assert!(made["url"].as_str().is_some_and(|url| url.starts_with("https://acme.calls.example:8080/")), "{made}");
}

/// A page of `host` opens a link and a WebSocket: whether each is let in.
async fn asks(client: &Client, host: &str, origin: &str) -> [bool; 2] {
    let call = |method: &str, path: &str| client.call_at(host, method, path).over_tls().header("origin", origin);
    let link = call("POST", "/call-link/1/guest").json(&json!({"link": "none"})).send().await;
    let socket = call("GET", "/signaling/1/ws").header("connection", "upgrade").header("upgrade", "websocket");
    let socket = socket.header("sec-websocket-version", "13").header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    [link, socket.send().await].map(|answer| answer.status != 403)
}

#[tokio::test]
async fn pages_of_existing_subdomains_may_call_and_of_no_others() {
    let house = House::open().await;
    let client = Client::reached_at(&house, OWN);
    let key = client.key().await;
    let acme = "acme.calls.example:8080";
    assert_eq!(asks(&client, acme, "https://acme.calls.example:8080").await, [false, false], "not yet");
    let subdomain = created(&client, &key, "acme").await;
    assert_eq!(asks(&client, acme, "https://acme.calls.example:8080").await, [true, true]);
    assert_eq!(asks(&client, "ACME.calls.example:8080", "https://acme.calls.example:8080").await, [true, true]);
    assert_eq!(asks(&client, "calls.example:8080", "https://calls.example:8080").await, [true, true]);
    for (host, origin) in [
        ("calls.example:8080", "https://acme.calls.example:8080"),
        (acme, "https://calls.example:8080"),
        (acme, "https://shop.calls.example:8080"),
        (acme, "http://acme.calls.example:8080"),
        ("shop.calls.example:8080", "https://shop.calls.example:8080"),
        ("a.acme.calls.example:8080", "https://a.acme.calls.example:8080"),
    ] {
        assert_eq!(asks(&client, host, origin).await, [false, false], "{origin} at {host}");
    }
    client.done(&key, "DELETE", &format!("{SUBDOMAINS}/{subdomain}"), json!({})).await;
    assert_eq!(asks(&client, acme, "https://acme.calls.example:8080").await, [false, false], "no longer");
}

#[tokio::test]
async fn a_link_that_was_sent_under_a_deleted_subdomain_leads_to_the_own_name() {
    let house = House::open().await;
    let client = Client::reached_at(&house, OWN);
    let key = client.key().await;
    let subdomain = created(&client, &key, "acme").await;
    let open = async |host: &str, link: &str| client.call_at(host, "GET", &format!("/c/{link}")).send().await;
    let (acme, link) = ("acme.calls.example", "AAAAAAAAAAAAAAAAAAAAAA");
    assert!(open(acme, link).await.header("content-type").starts_with("text/html"));
    client.done(&key, "DELETE", &format!("{SUBDOMAINS}/{subdomain}"), json!({})).await;
    let moved = open(acme, link).await;
    assert_eq!(
        (moved.status.as_u16(), moved.header("location")),
        (307, "https://calls.example:8080/c/AAAAAAAAAAAAAAAAAAAAAA")
    );
    assert_eq!(open("calls.example:8080", link).await.header("location"), "");
    assert_eq!(open("127.0.0.1:8080", link).await.header("location"), "");
    assert_eq!(open(acme, "no%0asecret").await.header("location"), "", "what is no link's secret goes into no header");
}
