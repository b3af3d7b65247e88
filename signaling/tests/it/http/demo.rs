//! Demo data.

use super::client::{As, Client, ORIGIN};
use crate::support::House;
use model::Role;
use serde_json::json;
use signaling::demo::{self, Demo, SignIn};

async fn session(client: &Client, person: &SignIn) -> As {
    let body = json!({"name": person.name, "password": person.password});
    let answer = client.call("POST", "/auth/1/session").header("origin", ORIGIN).json(&body).send().await;
    assert_eq!(answer.status, 200, "{}: {}", person.name, answer.text());
    As::Cookie(answer.header("set-cookie").split(['=', ';']).nth(1).expect("a secret").to_owned())
}

async fn seed(client: &Client) -> Demo {
    demo::seed(&client.state, ORIGIN).await.expect("demo data")
}

#[tokio::test]
async fn everybody_can_sign_in_and_the_link_and_the_key_work() {
    let house = House::open().await;
    let client = Client::of(&house);
    let demo = seed(&client).await;
    assert_eq!(
        demo.sign_ins.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
        ["agent", "agent2", "agent3", "supervisor", "admin"]
    );
    for person in &demo.sign_ins {
        let page = session(&client, person).await;
        let shown = client.read(&page, "/auth/1/session").await;
        assert_eq!(shown["agentId"].is_string(), person.role == Role::Agent, "{shown}");
    }
    let secret = demo.call_link.strip_prefix(&format!("{ORIGIN}/c/")).expect("a link of this server");
    let guest = client.done(&As::Nobody, "POST", "/call-link/1/guest", json!({"link": secret})).await;
    assert_eq!((&guest["state"], &guest["title"]), (&json!("ACTIVE"), &json!("Demo")));
    assert_eq!(guest["theme"]["colors"]["primary"], "1B5E9B");
    let key = As::Key(demo.api_key.clone());
    let queues = client.read(&key, "/ccaas/1/queues").await;
    assert_eq!(
        (&queues["queues"][0]["isAutoAssignmentEnabled"], &queues["queues"][0]["enabledAgentsCount"]),
        (&json!(true), &json!(3))
    );
}

#[tokio::test]
async fn a_second_start_gives_new_passwords_and_nothing_twice() {
    let house = House::open().await;
    let client = Client::of(&house);
    let first = seed(&client).await;
    let second = seed(&client).await;
    assert_eq!((first.account, &first.call_link), (second.account, &second.call_link));
    assert_ne!(first.sign_ins[0].password, second.sign_ins[0].password);
    session(&client, &second.sign_ins[0]).await;
    let old = json!({"name": "agent", "password": first.sign_ins[0].password});
    let refused = client.call("POST", "/auth/1/session").header("origin", ORIGIN).json(&old).send().await;
    refused.refused(401, "UNAUTHORIZED");
    client.call("GET", "/ccaas/1/agents").by(&As::Key(first.api_key)).send().await.refused(401, "UNAUTHORIZED");
    let key = As::Key(second.api_key);
    assert_eq!(client.read(&key, "/ccaas/1/agents").await["pagination"]["totalItems"], 3);
    assert_eq!(client.read(&key, "/ccaas/1/queues").await["pagination"]["totalItems"], 1);
    assert_eq!(client.read(&key, "/call-link/1/links").await["paging"]["totalResults"], 1);
    assert_eq!(client.read(&key, "/call-link/1/configs").await["paging"]["totalResults"], 1);
}

#[tokio::test]
async fn demo_data_is_refused_off_loopback() {
    let house = House::open().await;
    let mut state = house.server.state.clone();
    let exposed = signaling::Config { http: "192.0.2.1:8080".parse().expect("an address"), ..(*state.config).clone() };
    state.config = std::sync::Arc::new(exposed);
    let error = demo::seed(&state, ORIGIN).await.expect_err("refused").to_string();
    assert!(error.contains("loopback") && error.contains("--demo"), "{error}");
    let accounts = state.store.accounts().await.expect("readable");
    assert!(accounts.iter().all(|account| account.name != "Demo"));
}
