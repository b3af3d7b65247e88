//! Wrap-up and call time-outs.

use super::client::{Client, NOTHING};
use crate::calls::talk;
use crate::support::House;
use callcenter_core::command::Command;
use model::Role;
use serde_json::{Value, json};

const WRAP_UP: &str = "/ccaas/voice/2/account-wrap-up-config";
const TIMEOUTS: &str = "/ccaas/voice/2/call-timeouts";

#[tokio::test]
async fn the_accounts_wrap_up_is_set_as_a_whole() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let defaults = json!({"wrapUpSeconds": 30, "canExtendWrapUp": true, "enabled": true});
    assert_eq!(client.read(&key, WRAP_UP).await, defaults);
    let new = json!({"wrapUpSeconds": 45, "canExtendWrapUp": false, "enabled": true});
    assert_eq!(client.done(&key, "PUT", WRAP_UP, new.clone()).await, new);
    assert_eq!(client.read(&key, WRAP_UP).await, new);
    let put = |body: Value| client.call("PUT", WRAP_UP).by(&key).json(&body);
    assert!(put(json!({"enabled": true})).send().await.refused_shortly(400).contains("wrapUpSeconds"));
    put(json!({"wrapUpSeconds": 3601, "canExtendWrapUp": true, "enabled": true})).send().await.refused_shortly(400);
    assert_eq!(client.read(&key, WRAP_UP).await, new);
}

#[tokio::test]
async fn an_agents_own_wrap_up_is_set_and_taken_away() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let agent = house.agent("Ada").await;
    let (config, wrap_up) =
        (format!("/ccca/1/agent-configs/{agent}"), format!("/ccca/1/agent-configs/{agent}/wrap-up"));
    assert_eq!(client.read(&key, &config).await["wrapUpSeconds"], Value::Null);
    client.done(&key, "PUT", &wrap_up, json!({"wrapUpSeconds": 5})).await;
    assert_eq!(client.read(&key, &config).await["wrapUpSeconds"], 5);
    client.done(&key, "PUT", &wrap_up, json!({"wrapUpSeconds": null})).await;
    assert_eq!(client.read(&key, &config).await["wrapUpSeconds"], Value::Null);
    let older = client.call("PUT", &format!("{wrap_up}?wrapUpSeconds=9")).by(&key).send().await;
    assert_eq!((older.status.as_u16(), &older.json()["wrapUpSeconds"]), (200, &json!(9)));
    client.call("PUT", &wrap_up).by(&key).json(&json!({"wrapUpSeconds": -1})).send().await.refused_shortly(400);
    client.call("PUT", &wrap_up).by(&key).json(&json!({})).send().await.refused_shortly(400);
    let unknown = client.call("GET", &format!("/ccca/1/agent-configs/{NOTHING}")).by(&key).send().await;
    unknown.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_running_wrap_up_is_extended_and_cleared() {
    let mut house = House::open().await;
    let agent = house.agent("Ada").await;
    let talk = talk(&mut house, agent).await;
    let client = Client::of(&house);
    let page = client.person(Role::Agent, Some(agent)).await;
    let path = |part: &str| format!("/ccaas/voice/2/agent/{agent}/wrap-up-time/{part}");
    let patch = |part: &str| client.call("PATCH", &path(part)).by(&page);
    assert_eq!(patch("add/10").send().await.refused_shortly(400), "Agent is not in Wrapping status.");
    house.does(Command::Hangup { leg: talk.agent_leg }).await;
    let left = async || {
        let wrap_up = house.center().query(move |core, now| core.agent_state(agent, now)?.wrap_up).await;
        wrap_up.expect("the account runs").map(|wrap_up| wrap_up.remaining_ms)
    };
    let before = left().await.expect("a wrap-up");
    assert_eq!(patch("add/600").send().await.json()["status"], "SUCCESS");
    assert!(left().await.expect("a wrap-up") > before + 500_000);
    for bad in ["add/0", "add/-5", "add/ten", "add/3601"] {
        patch(bad).send().await.refused_shortly(400);
    }
    assert_eq!(patch("clear").send().await.json()["status"], "SUCCESS");
    assert_eq!(left().await, None);
    let other = format!("/ccaas/voice/2/agent/{NOTHING}/wrap-up-time/clear");
    client.call("PATCH", &other).by(&client.key().await).send().await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn call_timeouts_have_defaults_and_a_range() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    assert_eq!(client.read(&key, TIMEOUTS).await, json!({"inbound": 30, "outbound": 45}));
    let set = client.done(&key, "PUT", TIMEOUTS, json!({"inbound": 3, "outbound": null})).await;
    assert_eq!(set, json!({"inbound": 3, "outbound": 45}));
    let wrong = client.call("PUT", TIMEOUTS).by(&key).json(&json!({"inbound": 2, "outbound": 61})).send().await;
    wrong.wrong_fields(&["inbound", "outbound"]);
    let reset = client.call("DELETE", TIMEOUTS).by(&key).send().await;
    assert_eq!(reset.json()["status"], "SUCCESS");
    assert_eq!(client.read(&key, TIMEOUTS).await["inbound"], 30);
}
