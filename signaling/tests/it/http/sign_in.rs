//! Signing in to the console and out of it.

use super::client::{Answer, As, Client, ORIGIN};
use crate::support::House;
use model::Role;
use serde_json::json;
use signaling::auth::limits::FAILED_SIGN_INS_PER_ADDRESS_PER_MINUTE;

async fn sign_in(client: &Client, name: &str, password: &str, from: &str) -> Answer {
    let body = json!({"name": name, "password": password});
    client.call("POST", "/auth/1/session").header("origin", ORIGIN).from(from).json(&body).send().await
}

#[tokio::test]
async fn the_cookie_is_bound_to_this_host_and_opens_the_session_until_the_sign_out() {
    let house = House::open().await;
    let client = Client::of(&house);
    let agent = house.agent("Ada").await;
    let user = client.user(house.account, Role::Agent, Some(agent), "correct horse").await;
    let answer = sign_in(&client, &user.login.to_uppercase(), "correct horse", "127.0.0.1").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let session = answer.json();
    assert_eq!(session["agentId"], agent.to_string());
    assert_eq!((&session["role"], &session["name"]), (&json!("AGENT"), &json!(user.login)));
    let cookie = answer.header("set-cookie").to_owned();
    for flag in ["__Host-switchroom=", "; HttpOnly", "; Secure", "; SameSite=Strict", "; Path=/;", "; Max-Age=43200"] {
        assert!(cookie.contains(flag), "{flag} is not in {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let secret = cookie.split(['=', ';']).nth(1).expect("a secret").to_owned();
    let stored = client.state.store.session(&secret).await.expect("readable");
    assert_eq!(stored, None, "the store must know the secret's hash alone");

    let page = As::Cookie(secret);
    assert_eq!(client.read(&page, "/auth/1/session").await["userId"], user.id.to_string());
    let out = client.call("DELETE", "/auth/1/session").by(&page).send().await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    client.call("GET", "/auth/1/session").by(&page).send().await.refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_look_alike() {
    let house = House::open().await;
    let client = Client::of(&house);
    let user = client.user(house.account, Role::Admin, None, "right").await;
    let wrong_password = sign_in(&client, &user.login, "wrong", "127.0.0.1").await;
    let wrong_name = sign_in(&client, "nobody", "right", "127.0.0.1").await;
    wrong_password.refused(401, "UNAUTHORIZED");
    assert_eq!(wrong_password.body, wrong_name.body);
    assert!(wrong_password.headers.get("set-cookie").is_none());
}

#[tokio::test]
async fn the_sixth_try_for_a_name_is_told_to_wait_and_other_names_and_addresses_are_not() {
    let house = House::open().await;
    let client = Client::of(&house);
    let user = client.user(house.account, Role::Admin, None, "right").await;
    for _ in 0..5 {
        sign_in(&client, &user.login, "wrong", "192.0.2.1").await.refused(401, "UNAUTHORIZED");
    }
    let refused = sign_in(&client, &user.login, "right", "192.0.2.1").await;
    refused.refused(429, "TOO_MANY_REQUESTS");
    let wait: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(sign_in(&client, &user.login, "right", "192.0.2.2").await.status, 200);
    let colleague = client.user(house.account, Role::Admin, None, "right").await;
    assert_eq!(sign_in(&client, &colleague.login, "right", "192.0.2.1").await.status, 200);
}

#[tokio::test]
async fn right_passwords_do_not_count_as_tries() {
    let house = House::open().await;
    let client = Client::of(&house);
    let user = client.user(house.account, Role::Admin, None, "right").await;
    for _ in 0..8 {
        assert_eq!(sign_in(&client, &user.login, "right", "192.0.2.1").await.status, 200);
    }
}

#[tokio::test]
async fn an_address_that_tries_many_names_is_told_to_wait() {
    let house = House::open().await;
    let client = Client::of(&house);
    for number in 0..FAILED_SIGN_INS_PER_ADDRESS_PER_MINUTE {
        sign_in(&client, &format!("name{number}"), "guess", "192.0.2.1").await.refused(401, "UNAUTHORIZED");
    }
    sign_in(&client, "another", "guess", "192.0.2.1").await.refused(429, "TOO_MANY_REQUESTS");
}

#[tokio::test]
async fn missing_fields_and_other_bodies_are_named() {
    let house = House::open().await;
    let client = Client::of(&house);
    let post = || client.call("POST", "/auth/1/session").header("origin", ORIGIN);
    post().json(&json!({})).send().await.wrong_fields(&["name", "password"]);
    post().json(&json!([])).send().await.refused(400, "BAD_REQUEST");
    post().raw("application/json", "{").send().await.refused(400, "BAD_REQUEST");
    post().raw("text/plain", "name=a").send().await.refused(415, "BAD_REQUEST");
    let long = format!("{{\"name\": \"{}\"}}", "x".repeat(70_000));
    post().raw("application/json", long).send().await.refused(413, "BAD_REQUEST");
}

#[tokio::test]
async fn a_disabled_user_is_out_at_once() {
    let house = House::open().await;
    let client = Client::of(&house);
    let mut user = client.user(house.account, Role::Admin, None, "right").await;
    user.id = model::UserId::fresh();
    user.login = "gone".into();
    user.enabled = false;
    client.state.store.create_user(&user).await.expect("stored");
    sign_in(&client, "gone", "right", "127.0.0.1").await.refused(401, "UNAUTHORIZED");
    let session = client.session_of(&user).await;
    client.call("GET", "/auth/1/session").by(&session).send().await.refused(401, "UNAUTHORIZED");
}
