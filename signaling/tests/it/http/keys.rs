//! How programs show who they are.

use super::client::{As, Client};
use crate::support::House;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Role;
use serde_json::json;
use signaling::Clock;
use signaling::auth::keys;
use std::time::Duration;
use store::ApiKeyRow;
use uuid::Uuid;

const FORM: &str = "application/x-www-form-urlencoded";

async fn key(client: &Client, expires_at: Option<model::WallTime>) -> (ApiKeyRow, String) {
    let key = keys::new_secret();
    let row = ApiKeyRow {
        account: client.account,
        id: Uuid::now_v7(),
        hash: keys::secret_hash(&key),
        name: "billing".into(),
        scopes: vec!["conversations:read".into()],
        created_at: Clock.wall(),
        expires_at,
        last_used_at: None,
    };
    client.state.store.create_api_key(&row).await.expect("stored");
    (row, key)
}

#[tokio::test]
async fn a_key_opens_as_app_as_basic_and_as_bearer() {
    let house = House::open().await;
    let client = Client::of(&house);
    let (row, key) = key(&client, None).await;
    let ask = async |authorization: String| {
        client.call("GET", "/ccaas/1/agents").header("authorization", &authorization).send().await.status.as_u16()
    };
    assert_eq!(ask(format!("App {key}")).await, 200);
    assert_eq!(ask(format!("Basic {}", STANDARD.encode(format!("billing:{key}")))).await, 200);
    assert_eq!(ask(format!("Basic {}", STANDARD.encode(format!("{}:{key}", row.id)))).await, 200);
    let form = format!("client_id={}&client_secret={key}&grant_type=client_credentials", row.id);
    let answer = client.call("POST", "/auth/1/oauth2/token").raw(FORM, form).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let token = answer.json();
    assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("Bearer"), &json!(3600)));
    let bearer = format!("Bearer {}", token["access_token"].as_str().expect("a token"));
    assert_eq!(ask(bearer.clone()).await, 200);

    for wrong in [
        "App wrong".to_owned(),
        format!("Basic {}", STANDARD.encode(format!("other:{key}"))),
        "Basic !!".to_owned(),
        "Bearer e30.e30.e30".to_owned(),
        format!("IBSSO {key}"),
        key.clone(),
    ] {
        assert_eq!(ask(wrong.clone()).await, 401, "{wrong}");
    }
    client.state.store.delete_api_key(client.account, row.id).await.expect("deleted");
    assert_eq!(ask(format!("App {key}")).await, 401, "a deleted key");
    assert_eq!(ask(bearer).await, 401, "a deleted key's token");
}

#[tokio::test]
async fn an_expired_key_is_refused() {
    let house = House::open().await;
    let client = Client::of(&house);
    let (_, old) = key(&client, Some(Clock.wall())).await;
    let (_, good) = key(&client, Some(Clock.wall().after(Duration::from_secs(3600)))).await;
    client.call("GET", "/ccaas/1/agents").by(&As::Key(old)).send().await.refused(401, "UNAUTHORIZED");
    client.read(&As::Key(good), "/ccaas/1/agents").await;
}

#[tokio::test]
async fn a_webrtc_token_does_not_open_the_api_and_an_access_token_no_websocket() {
    let house = House::open().await;
    let client = Client::of(&house);
    let manage = client.key().await;
    let token = client.done(&manage, "POST", "/webrtc/1/token", json!({"identity": "someone"})).await;
    let bearer = format!("Bearer {}", token["token"].as_str().expect("a token"));
    let answer = client.call("GET", "/ccaas/1/agents").header("authorization", &bearer).send().await;
    answer.refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn grants_that_are_not_known_and_bodies_of_another_kind_are_refused() {
    let house = House::open().await;
    let client = Client::of(&house);
    let post = || client.call("POST", "/auth/1/oauth2/token");
    post().raw(FORM, "grant_type=password").send().await.wrong_fields(&["grant_type"]);
    let wrong = "grant_type=client_credentials&client_id=x&client_secret=y";
    post().raw(FORM, wrong).send().await.refused(401, "UNAUTHORIZED");
    post().json(&json!({})).send().await.refused(415, "BAD_REQUEST");
}

#[tokio::test]
async fn keys_are_not_people() {
    let house = House::open().await;
    let client = Client::of(&house);
    let manage = client.key().await;
    client.call("GET", "/auth/1/session").by(&manage).send().await.refused(403, "FORBIDDEN");
    let person = client.person(Role::Admin, None).await;
    client.read(&person, "/auth/1/session").await;
}
