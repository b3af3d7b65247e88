//! What pages are told of TURN servers.

use crate::support::House;
use ::turn::{Secret, SharedSecret};
use serde_json::Value;
use signaling::{Clock, TurnServers};
use std::time::Duration;
use wire::browser::{IceServer, ServerMessage};

const URL: &str = "turn:192.0.2.1:3478?transport=udp";
const LIFETIME: Duration = Duration::from_secs(10);

fn servers() -> TurnServers {
    TurnServers { urls: vec![URL.to_owned()], secret: SharedSecret::new(Secret::random()), lifetime: LIFETIME }
}

/// Seconds since 1970 at which a server's credentials expire.
fn expiry(server: &IceServer) -> i64 {
    server.username.split(':').next().and_then(|seconds| seconds.parse().ok()).expect("a name begins with a time")
}

#[tokio::test]
async fn a_page_gets_credentials_and_new_ones_before_they_expire() {
    let house = House::open_with_turn(servers()).await;
    let link = house.link().await;
    let mut page = house.customer_page("maria@example.com", link).await;
    let first: Vec<IceServer> = serde_json::from_value(page.welcome["ice_servers"].clone()).expect("servers");
    let [first] = &first[..] else { panic!("one server: {first:?}") };
    assert_eq!(first.urls, [URL]);
    let ends = expiry(first);
    let now = Clock.wall().0 / 1_000;
    assert!((now..=now + 10).contains(&ends), "{ends} at {now}");
    assert!(!first.username.contains("maria"), "the name stands in other servers' logs");
    assert!(!format!("{first:?}").contains(&first.credential), "and the password in none");

    let renewed = page.until("new credentials", |message| match message {
        ServerMessage::IceServers { ice_servers } => Some(ice_servers),
        _ => None,
    });
    let renewed = renewed.await;
    assert!(Clock.wall().0 / 1_000 <= ends, "they come while the old ones are valid");
    assert!(expiry(&renewed[0]) > ends && renewed[0].credential != first.credential);
}

#[tokio::test]
async fn a_house_without_turn_servers_names_none() {
    let house = House::open().await;
    let link = house.link().await;
    let page = house.customer_page("customer", link).await;
    assert_eq!(page.welcome["ice_servers"], Value::Array(Vec::new()));
}
