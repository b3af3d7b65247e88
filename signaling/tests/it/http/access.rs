//! Who may do what, asked of the running API for every operation.

use super::client::{As, Client, NOTHING};
use crate::support::House;
use model::{AgentId, Role};
use serde_json::{Value, json};
use signaling::http::openapi;
use std::fmt::Write;

/// Method and path pattern of every operation that is described.
pub(super) fn operations() -> Vec<(String, String)> {
    let document = serde_json::to_value(openapi()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let methods = ["get", "post", "put", "patch", "delete"];
    let mut all: Vec<_> = paths
        .iter()
        .flat_map(|(path, item)| {
            let described = methods.iter().filter(|method| item.get(**method).is_some());
            described.map(|method| (path.clone(), method.to_uppercase()))
        })
        .collect();
    all.sort();
    all.into_iter().map(|(path, method)| (method, path)).collect()
}

/// The path with an agent's id where it names one, and ids of nothing elsewhere.
fn filled(pattern: &str, agent: AgentId) -> String {
    let path = pattern.replace("{agentId}", &agent.to_string()).replace("{seconds}", "10");
    let mut filled = String::new();
    let mut rest = path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        filled.push_str(NOTHING);
        rest = after.split_once('}').expect("a closed name").1;
    }
    filled + rest
}

/// What a status says about access: refused for want of a credential, refused for the role, or let in.
async fn verdict(client: &Client, who: &As, method: &str, path: &str) -> &'static str {
    let call = client.call(method, path).by(who);
    let call = if method == "GET" || method == "DELETE" { call } else { call.json(&json!({})) };
    let answer = call.send().await;
    match answer.status.as_u16() {
        401 => "sign in",
        403 => "no",
        _ => "yes",
    }
}

#[tokio::test]
async fn the_table_of_access_is_as_written() {
    let house = House::open().await;
    let client = Client::of(&house);
    let own = house.agent("Ada").await;
    let other = house.agent("Bob").await;
    let agent = client.user(house.account, Role::Agent, Some(own), "x").await;
    let supervisor = client.user(house.account, Role::Supervisor, None, "x").await;
    let admin = client.user(house.account, Role::Admin, None, "x").await;
    let read = client.key_with(house.account, &["conversations:read"]).await;
    let manage = client.key_with(house.account, &["conversations:manage"]).await;
    let mut table =
        String::from("operation | nobody | read key | manage key | agent | of another agent | supervisor | admin\n");
    for (method, pattern) in operations() {
        let path = filled(&pattern, own);
        let strange = filled(&pattern, other);
        write!(table, "{method} {pattern}").expect("a string grows");
        // Signing out ends a session, so that each request has one of its own.
        let sessions =
            [client.session_of(&agent).await, client.session_of(&supervisor).await, client.session_of(&admin).await];
        let again = client.session_of(&agent).await;
        let columns = [
            (&As::Nobody, &path),
            (&read, &path),
            (&manage, &path),
            (&sessions[0], &path),
            (&again, &strange),
            (&sessions[1], &path),
            (&sessions[2], &path),
        ];
        for (who, path) in columns {
            write!(table, " | {}", verdict(&client, who, &method, path).await).expect("a string grows");
        }
        table.push('\n');
    }
    super::openapi::compare_or_bless(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/http/access.txt"), &table);
}

#[tokio::test]
async fn an_agent_sees_its_own_conversations_alone() {
    let house = House::open().await;
    let client = Client::of(&house);
    let (ada, bob) = (house.agent("Ada").await, house.agent("Bob").await);
    let key = client.key().await;
    let page = client.person(Role::Agent, Some(ada)).await;
    let hers = client.done(&key, "POST", "/ccaas/1/conversations", json!({"agentId": ada.to_string()})).await;
    let his = client.done(&key, "POST", "/ccaas/1/conversations", json!({"agentId": bob.to_string()})).await;
    let (hers, his) = (super::client::id(&hers), super::client::id(&his));

    let listed = client.read(&page, "/ccaas/1/conversations").await;
    assert_eq!(ids(&listed["conversations"]), std::slice::from_ref(&hers));
    let asked_for_his = client.read(&page, &format!("/ccaas/1/conversations?agentId={bob}")).await;
    assert_eq!(ids(&asked_for_his["conversations"]), [""; 0]);
    for part in ["", "/notes", "/timeline", "/recordings"] {
        assert_eq!(
            client.call("GET", &format!("/ccaas/1/conversations/{hers}{part}")).by(&page).send().await.status,
            200
        );
        let refused = client.call("GET", &format!("/ccaas/1/conversations/{his}{part}")).by(&page).send().await;
        refused.refused(400, "NOT_FOUND");
    }
    let give_away = json!({"agentId": bob.to_string()});
    let refused =
        client.call("PATCH", &format!("/ccaas/1/conversations/{hers}")).by(&page).json(&give_away).send().await;
    refused.refused(403, "FORBIDDEN");
}

#[tokio::test]
async fn a_sign_in_without_an_agent_has_nothing_of_its_own() {
    let house = House::open().await;
    let client = Client::of(&house);
    let nobodys = client.person(Role::Agent, None).await;
    for path in ["/ccaas/1/conversations", "/call-link/1/links"] {
        client.call("GET", path).by(&nobodys).send().await.refused(403, "FORBIDDEN");
    }
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().expect("a list").iter().map(super::client::id).collect()
}
