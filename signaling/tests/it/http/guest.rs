//! `/call-link/1/guest`: a customer opens a link.

use super::client::{Answer, As, Client};
use crate::calls::{accept, start_call};
use crate::support::{House, Page};
use callcenter_core::command::Command;
use callcenter_core::row::LinkRow;
use model::{LinkId, ParticipantType, WallTime};
use serde_json::{Value, json};
use signaling::Clock;
use signaling::auth::limits::UNKNOWN_LINKS_PER_MINUTE;
use signaling::auth::{keys, link_secret};

async fn make(client: &Client, link: Value) -> String {
    let made = client.done(&client.key().await, "POST", "/call-link/1/links", link).await;
    made["url"].as_str().expect("a url").rsplit('/').next().expect("a secret").to_owned()
}

async fn open(client: &Client, secret: &str, from: &str) -> Answer {
    client.call("POST", "/call-link/1/guest").from(from).json(&json!({"link": secret})).send().await
}

#[tokio::test]
async fn an_active_link_shows_its_page_and_gives_a_token_to_call_with() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let theme = json!({"messages": {"welcomeText": "Hi there"}});
    let config = client.done(&key, "POST", "/call-link/1/configs", json!({"name": "Shop", "theme": theme})).await;
    let secret = make(
        &client,
        json!({
            "identity": "customer-7", "displayName": "Maria", "callLinkConfigId": config["id"],
            "destination": {"type": "CONVERSATIONS", "displayName": "The Shop"},
        }),
    )
    .await;
    let guest = open(&client, &secret, "127.0.0.1").await.json();
    assert_eq!((&guest["state"], &guest["title"]), (&json!("ACTIVE"), &json!("The Shop")));
    assert_eq!(guest["theme"]["messages"]["welcomeText"], "Hi there");
    assert_eq!(guest["callOptions"]["screenShare"], true);
    assert_eq!(guest["initialOptions"]["cameraFacingMode"], "FRONT");
    assert_eq!(guest["identity"]["displayName"], "Maria");
    let claims = client.state.auth.tokens.verify(guest["token"].as_str().expect("a token"), Clock.wall());
    let claims = claims.expect("a valid token");
    assert_eq!((claims.identity.as_str(), claims.participant), ("customer-7", ParticipantType::Customer));
    assert!(claims.link.is_some() && claims.agent.is_none() && claims.role.is_none());
}

#[tokio::test]
async fn each_visit_of_a_link_without_identity_is_somebody_else() {
    let house = House::open().await;
    let client = Client::of(&house);
    let secret = make(&client, json!({"destination": {"type": "CONVERSATIONS"}})).await;
    let identity = async || {
        let guest = open(&client, &secret, "127.0.0.1").await.json();
        let token = guest["token"].as_str().expect("a token").to_owned();
        client.state.auth.tokens.verify(&token, Clock.wall()).expect("a valid token").identity
    };
    assert_ne!(identity().await, identity().await);
    let guest = open(&client, &secret, "127.0.0.1").await.json();
    assert_eq!(guest["title"], "Test", "the account's name where the link gives none");
    assert_eq!(guest["theme"]["messages"]["welcomeText"], "Welcome to Call Link.");
}

#[tokio::test]
async fn links_that_open_later_say_so_and_give_no_token() {
    let house = House::open().await;
    let client = Client::of(&house);
    let window = json!({"startTime": "2090-01-01T00:00:00Z", "endTime": "2090-01-02T00:00:00Z"});
    let early = make(&client, json!({"destination": {"type": "CONVERSATIONS"}, "validityWindow": window})).await;
    let guest = open(&client, &early, "127.0.0.1").await;
    assert_eq!(guest.status, 200);
    let guest = guest.json();
    assert_eq!((&guest["state"], guest.get("token")), (&json!("INACTIVE"), None));
    assert_eq!(guest["theme"]["messages"]["inactiveText"], "This link is not active.");
    assert_eq!(guest["validFrom"], "2090-01-01T00:00:00.000+00:00");
}

#[tokio::test]
async fn a_one_time_link_is_spent_by_the_call_it_led_to() {
    let mut house = House::open().await;
    let client = Client::of(&house);
    let once = json!({"destination": {"type": "CONVERSATIONS"}, "validityWindow": {"oneTime": true}});
    let secret = make(&client, once).await;
    let guest = open(&client, &secret, "127.0.0.1").await.json();
    let agent = house.agent("Ada").await;
    let mut agent = house.agent_page(agent).await;
    let mut customer = Page::open(&house, guest["token"].as_str().expect("a token")).await;
    let started = start_call(&mut house, &mut customer).await;
    assert_eq!(open(&client, &secret, "127.0.0.1").await.json()["state"], "ACTIVE", "nobody has answered yet");
    let agent_leg = accept(&mut house, &mut agent).await;
    house.engine.connect(started.leg).await;
    house.engine.connect(agent_leg).await;
    customer.established().await;
    let again = open(&client, &secret, "127.0.0.1").await.json();
    assert_eq!((&again["state"], again.get("token")), (&json!("EXPIRED"), None));
    assert_eq!(again["theme"]["messages"]["expirationText"], "Link is expired.");
}

#[tokio::test]
async fn a_link_whose_time_is_over_says_so() {
    let house = House::open().await;
    let client = Client::of(&house);
    let id = house.link().await;
    let row = client.state.store.link(house.account, id).await.expect("readable").expect("stored");
    let secret = link_secret::new_secret();
    let end = Clock.wall();
    let over = LinkRow {
        id: LinkId::fresh(),
        secret_hash: keys::secret_hash(&secret),
        start: WallTime(end.0 - 1000),
        end,
        ..row
    };
    house.does(Command::CreateLink(over)).await;
    let guest = open(&client, &secret, "127.0.0.1").await.json();
    assert_eq!((&guest["state"], guest.get("token")), (&json!("EXPIRED"), None));
}

#[tokio::test]
async fn unknown_links_are_not_found_and_guessing_is_slowed() {
    let house = House::open().await;
    let client = Client::of(&house);
    let good = make(&client, json!({"destination": {"type": "CONVERSATIONS"}})).await;
    for number in 0..UNKNOWN_LINKS_PER_MINUTE {
        let guess = if number % 2 == 0 { "short".to_owned() } else { format!("{number:022}") };
        open(&client, &guess, "192.0.2.1").await.refused(404, "NOT_FOUND");
    }
    let refused = open(&client, &good, "192.0.2.1").await;
    refused.refused(429, "TOO_MANY_REQUESTS");
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|wait| (1..=60).contains(&wait)));
    assert_eq!(open(&client, &good, "192.0.2.2").await.status, 200);
}

#[tokio::test]
async fn good_links_are_not_counted_as_guesses() {
    let house = House::open().await;
    let client = Client::of(&house);
    let good = make(&client, json!({"destination": {"type": "CONVERSATIONS"}})).await;
    for _ in 0..UNKNOWN_LINKS_PER_MINUTE + 5 {
        assert_eq!(open(&client, &good, "192.0.2.1").await.status, 200);
    }
    client.call("POST", "/call-link/1/guest").by(&As::Nobody).json(&json!({})).send().await.wrong_fields(&["link"]);
}
