//! API keys and people, as admins manage them.

use super::client::{As, Client, NOTHING, id};
use crate::support::{House, Page, SilentPage, hello};
use model::Role;
use serde_json::{Value, json};

const KEYS: &str = "/auth/1/api-keys";
const USERS: &str = "/auth/1/users";

async fn sign_in(client: &Client, name: &str, password: &str) -> u16 {
    let body = json!({"name": name, "password": password});
    client.call("POST", "/auth/1/session").json(&body).send().await.status.as_u16()
}

#[tokio::test]
async fn a_key_is_shown_once_used_and_ended() {
    let house = House::open().await;
    let client = Client::of(&house);
    let admin = client.person(Role::Admin, None).await;
    let body = json!({"name": "billing", "scopes": ["conversations:read"], "expiresAt": "2999-01-01T00:00:00Z"});
    let made = client.done(&admin, "POST", KEYS, body).await;
    let second = client.done(&admin, "POST", KEYS, json!({"name": "b", "scopes": ["conversations:manage"]})).await;
    let key = |made: &Value| As::Key(made["key"].as_str().expect("a key").to_owned());
    client.read(&key(&made), "/ccaas/1/agents").await;
    client.read(&key(&second), "/ccaas/1/agents").await;
    client
        .call("POST", "/ccaas/1/conversations")
        .by(&key(&made))
        .json(&json!({}))
        .send()
        .await
        .refused(403, "FORBIDDEN");
    let listed = client.read(&admin, &format!("{KEYS}?orderBy=createdAt:asc")).await;
    let first = &listed["apiKeys"][0];
    assert_eq!((&first["id"], &first["name"], first.get("key")), (&made["id"], &json!("billing"), None));
    assert!(first["lastUsedAt"].is_string() && first["expiresAt"].is_string(), "{first}");

    let path = format!("{KEYS}/{}", id(&made));
    assert_eq!(client.call("DELETE", &path).by(&admin).send().await.status, 204);
    client.call("DELETE", &path).by(&admin).send().await.refused(404, "NOT_FOUND");
    client.call("GET", "/ccaas/1/agents").by(&key(&made)).send().await.refused(401, "UNAUTHORIZED");
    client.read(&key(&second), "/ccaas/1/agents").await;
}

#[tokio::test]
async fn wrong_keys_are_told_by_field_and_only_admins_make_them() {
    let house = House::open().await;
    let client = Client::of(&house);
    let admin = client.person(Role::Admin, None).await;
    let post = |who: &As, body: Value| client.call("POST", KEYS).by(who).json(&body);
    post(&admin, json!({"name": "a:b", "scopes": [], "expiresAt": "2020-01-01T00:00:00Z"}))
        .send()
        .await
        .wrong_fields(&["expiresAt", "name", "scopes"]);
    post(&admin, json!({"name": "a", "scopes": ["everything"]})).send().await.wrong_fields(&["scopes"]);
    let supervisor = client.person(Role::Supervisor, None).await;
    for who in [&supervisor, &client.key().await] {
        post(who, json!({"name": "a", "scopes": ["conversations:read"]})).send().await.refused(403, "FORBIDDEN");
    }
}

#[tokio::test]
async fn a_person_is_made_changed_and_shut_out() {
    let house = House::open().await;
    let client = Client::of(&house);
    let admin = client.person(Role::Admin, None).await;
    let agent = house.agent("Ada").await.to_string();
    let body = json!({
        "name": "Ada@Example.com", "password": "correct horse", "displayName": "Ada", "role": "AGENT", "agentId": agent,
    });
    let made = client.done(&admin, "POST", USERS, body.clone()).await;
    assert_eq!((&made["name"], &made["agentId"]), (&json!("ada@example.com"), &json!(agent)));
    assert_eq!((made.get("password"), made.get("passwordHash")), (None, None));
    client.call("POST", USERS).by(&admin).json(&body).send().await.refused(409, "CONFLICT");
    let path = format!("{USERS}/{}", id(&made));
    let user = client.state.store.user_by_login("ada@example.com").await.expect("readable").expect("there");
    let page = client.session_of(&user).await;
    client.read(&page, "/ccaas/1/conversations").await;
    client.call("GET", &path).by(&page).send().await.refused(403, "FORBIDDEN");

    let supervisor = json!({"displayName": "Ada L.", "role": "SUPERVISOR"});
    let changed = client.done(&admin, "PUT", &path, supervisor).await;
    assert_eq!((&changed["role"], changed.get("agentId")), (&json!("SUPERVISOR"), None));
    client.read(&page, "/ccaas/1/agents").await;
    client.done(&admin, "PUT", &path, json!({"displayName": "Ada", "role": "AGENT", "enabled": false})).await;
    client.call("GET", "/auth/1/session").by(&page).send().await.refused(401, "UNAUTHORIZED");
    assert_eq!(sign_in(&client, "ada@example.com", "correct horse").await, 401);
    client.done(&admin, "PUT", &path, json!({"displayName": "Ada", "role": "AGENT"})).await;
    client.call("GET", "/auth/1/session").by(&page).send().await.refused(401, "UNAUTHORIZED");
    assert_eq!(sign_in(&client, "ada@example.com", "correct horse").await, 200);
    assert_eq!(client.call("DELETE", &path).by(&admin).send().await.status, 204);
    assert_eq!(sign_in(&client, "ada@example.com", "correct horse").await, 401);
    client.call("GET", &path).by(&admin).send().await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_new_password_signs_its_owner_out() {
    let house = House::open().await;
    let client = Client::of(&house);
    let admin = client.person(Role::Admin, None).await;
    let user = client.user(house.account, Role::Agent, None, "old password").await;
    let page = client.session_of(&user).await;
    let path = format!("{USERS}/{}/password", user.id);
    let put = |body: Value| client.call("PUT", &path).by(&admin).json(&body);
    put(json!({"password": "short"})).send().await.wrong_fields(&["password"]);
    put(json!({})).send().await.wrong_fields(&["password"]);
    assert_eq!(put(json!({"password": "new password"})).send().await.status, 204);
    client.call("GET", "/auth/1/session").by(&page).send().await.refused(401, "UNAUTHORIZED");
    assert_eq!(sign_in(&client, &user.login, "old password").await, 401);
    assert_eq!(sign_in(&client, &user.login, "new password").await, 200);
}

#[tokio::test]
async fn who_is_shut_out_is_disconnected_and_not_let_in_again() {
    let house = House::open().await;
    let client = Client::of(&house);
    let admin = client.person(Role::Admin, None).await;
    let agent = house.agent("Ada").await;
    let user = client.user(house.account, Role::Agent, Some(agent), "correct horse").await;
    let session = client.session_of(&user).await;
    let body = json!({"identity": agent.to_string()});
    let minted = client.done(&session, "POST", "/webrtc/1/token", body.clone()).await;
    let token = minted["token"].as_str().expect("a token");
    let mut page = Page::open(&house, token).await;
    let path = format!("{USERS}/{}", user.id);
    let fields = json!({"displayName": "Ada", "role": "AGENT", "agentId": agent.to_string(), "enabled": false});
    client.done(&admin, "PUT", &path, fields).await;
    assert_eq!(page.closed().await, Some(1012));
    let mut again = SilentPage::open(&house).await;
    again.say(hello(token)).await;
    let refusal = again.refusal().await;
    assert_eq!(refusal.name, "UNAUTHENTICATED");
    assert!(refusal.description.contains("sign-in"), "{refusal:?}");
    client.call("POST", "/webrtc/1/token").by(&session).json(&body).send().await.refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn an_account_keeps_an_admin() {
    let house = House::open().await;
    let client = Client::of(&house);
    let user = client.user(house.account, Role::Admin, None, "x").await;
    let admin = client.session_of(&user).await;
    let path = format!("{USERS}/{}", user.id);
    let demoted = json!({"displayName": "x", "role": "SUPERVISOR"});
    let disabled = json!({"displayName": "x", "role": "ADMIN", "enabled": false});
    for body in [&demoted, &disabled] {
        client.call("PUT", &path).by(&admin).json(body).send().await.refused(409, "CONFLICT");
    }
    client.call("DELETE", &path).by(&admin).send().await.refused(409, "CONFLICT");
    client.user(house.account, Role::Admin, None, "x").await;
    client.done(&admin, "PUT", &path, demoted).await;
}

#[tokio::test]
async fn wrong_people_are_told_by_field() {
    let house = House::open().await;
    let client = Client::of(&house);
    let admin = client.person(Role::Admin, None).await;
    let post = |body: Value| client.call("POST", USERS).by(&admin).json(&body);
    post(json!({"enabled": 1})).send().await.wrong_fields(&["displayName", "enabled", "name", "password", "role"]);
    let with = |agent: &str| json!({"name": "a", "password": "long enough", "displayName": "A", "role": "AGENT", "agentId": agent});
    post(with(NOTHING)).send().await.wrong_fields(&["agentId"]);
    post(with("x")).send().await.wrong_fields(&["agentId"]);
}
