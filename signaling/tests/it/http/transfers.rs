//! `/ccaas/voice/2/…/transfer`: calls are handed over, and where they can go is told.

use super::client::{As, Client, NOTHING, id};
use super::hold::conversation;
use crate::calls::talk;
use crate::support::House;
use callcenter_core::command::Command;
use model::{AgentId, AgentStatus, LegId, Role};
use serde_json::{Value, json};

async fn transfer(client: &Client, who: &As, conversation: &str, to: &str, body: Value) -> super::client::Answer {
    let path = format!("/ccaas/voice/2/conversation/{conversation}/transfer/{to}");
    client.call("PATCH", &path).by(who).json(&body).send().await
}

async fn leg_of(house: &House, agent: AgentId) -> Option<LegId> {
    house.center().query(move |core, _| core.leg_of_agent(agent)).await.expect("the account runs")
}

#[tokio::test]
async fn a_call_goes_to_an_agent_and_comes_back_when_it_is_declined() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let talk = talk(&mut house, ada).await;
    let bob = house.agent("Bob").await;
    let mut other = house.agent_page(bob).await;
    let (client, conversation) = (Client::of(&house), conversation(&house).await);
    let key = client.key().await;
    let answer = transfer(&client, &key, &conversation, "agent", json!({"agentId": bob.to_string()})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json(), json!({"status": "SUCCESS", "message": "Call transferred successfully."}));
    let again = transfer(&client, &key, &conversation, "agent", json!({"agentId": bob.to_string()})).await;
    assert_eq!(again.refused_shortly(409), "The call is being transferred already.");
    let leg = other.incoming().await.leg;
    house.does(Command::Decline { agent: bob, leg }).await;

    let timeline = client.read(&key, &format!("/ccaas/1/conversations/{conversation}/timeline")).await;
    let events = timeline["events"].as_array().expect("events");
    let of = |kind: &str| events.iter().find(|event| event["type"] == kind).expect("logged");
    assert_eq!(of("CALL_TRANSFER_STARTED")["agentName"], "Ada");
    let failed = of("CALL_TRANSFER_FAILED");
    assert_eq!((&failed["toAgentName"], &failed["reason"]), (&json!("Bob"), &json!("DECLINED")));
    assert_eq!(failed["toAgentId"], bob.to_string());
    assert_eq!(leg_of(&house, ada).await, Some(talk.agent_leg));
}

#[tokio::test]
async fn a_call_goes_to_a_queue() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let talk = talk(&mut house, ada).await;
    let (client, conversation) = (Client::of(&house), conversation(&house).await);
    let key = client.key().await;
    let sales = json!({"name": "Sales", "isAutoAssignmentEnabled": true});
    let sales = id(&client.done(&key, "POST", "/ccaas/1/queues", sales).await);
    let ours = client.person(Role::Agent, Some(ada)).await;
    let answer = transfer(&client, &ours, &conversation, "queue", json!({"queueId": sales})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let shown = client.read(&key, &format!("/ccaas/1/conversations/{conversation}")).await;
    assert_eq!((&shown["queueId"], shown.get("agentId")), (&json!(sales), None));
    assert_eq!(leg_of(&house, ada).await, None);
    let again = transfer(&client, &key, &conversation, "queue", json!({"queueId": null})).await;
    assert!(again.refused_shortly(412).starts_with("No conference found for the conversation"), "nobody has it now");
    house.does(Command::Hangup { leg: talk.started.leg }).await;
}

#[tokio::test]
async fn each_refusal_has_its_code_and_the_call_goes_on() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let talk = talk(&mut house, ada).await;
    let (bob, cid) = (house.agent("Bob").await, house.agent("Cid").await);
    let _page = house.agent_page(cid).await;
    house.does(Command::SetStatus { agent: cid, status: AgentStatus::Away }).await;
    let (client, conversation) = (Client::of(&house), conversation(&house).await);
    let key = client.key().await;
    let manual = id(&client.done(&key, "POST", "/ccaas/1/queues", json!({"name": "By hand"})).await);
    let agent = async |body: Value| transfer(&client, &key, &conversation, "agent", body).await;
    let queue = async |body: Value| transfer(&client, &key, &conversation, "queue", body).await;

    for unknown in [NOTHING, "x"] {
        assert_eq!(agent(json!({"agentId": unknown})).await.refused_shortly(404), "Destination not found.");
        assert_eq!(queue(json!({"queueId": unknown})).await.refused_shortly(404), "Destination not found.");
    }
    for unavailable in [ada, bob, cid] {
        let text = agent(json!({"agentId": unavailable.to_string()})).await.refused_shortly(409);
        assert!(text.starts_with("Destination not available."), "{text}");
    }
    let text = queue(json!({"queueId": manual})).await.refused_shortly(409);
    assert!(text.contains("does not assign calls automatically"), "{text}");
    agent(json!({})).await.wrong_fields(&["agentId"]);
    agent(json!({"agentId": 7})).await.wrong_fields(&["agentId"]);
    queue(json!({})).await.wrong_fields(&["queueId"]);
    let body = json!({"agentId": bob.to_string()});
    for nothing in [NOTHING, "x"] {
        transfer(&client, &key, nothing, "agent", body.clone()).await.refused_shortly(412);
        transfer(&client, &key, nothing, "queue", json!({"queueId": null})).await.refused_shortly(412);
    }
    let strange = client.person(Role::Agent, Some(bob)).await;
    transfer(&client, &strange, &conversation, "queue", json!({"queueId": null})).await.refused_shortly(412);
    assert_eq!(leg_of(&house, ada).await, Some(talk.agent_leg));
}

#[tokio::test]
async fn where_a_call_can_go_is_told_with_the_available_first() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let _talk = talk(&mut house, ada).await;
    let (_bob, zoe) = (house.agent("Bob").await, house.agent("Zoe").await);
    let _page = house.agent_page(zoe).await;
    let (client, conversation) = (Client::of(&house), conversation(&house).await);
    let key = client.key().await;
    client.done(&key, "POST", "/ccaas/1/queues", json!({"name": "By hand"})).await;
    let auto = json!({"name": "Sales", "isAutoAssignmentEnabled": true});
    client.done(&key, "POST", "/ccaas/1/queues", auto).await;

    let queues = client.read(&key, "/ccaas/voice/2/transfer/queues").await;
    let names = |list: &Value, name: &str| -> Vec<String> {
        let all = list["elements"].as_array().expect("a list").iter();
        all.map(|one| one[name].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names(&queues, "queueName"), ["Default", "Sales", "By hand"]);
    assert_eq!((&queues["total"], &queues["totalPages"]), (&json!(3), &json!(1)));
    let first = &queues["elements"][0];
    assert_eq!((&first["queueId"], &first["active"]), (&Value::Null, &json!(true)));
    assert_eq!((&first["autoAssignmentEnabled"], &first["availableAgentsCount"]), (&json!(true), &json!(1)));
    let second = client.read(&key, "/ccaas/voice/2/transfer/queues?page=1&size=2").await;
    assert_eq!((names(&second, "queueName"), &second["totalPages"]), (vec!["By hand".to_owned()], &json!(2)));
    client.call("GET", "/ccaas/voice/2/transfer/queues?size=2001").by(&key).send().await.refused_shortly(400);

    let path = format!("/ccaas/voice/2/conversation/{conversation}/transfer/agents");
    let ours = client.person(Role::Agent, Some(ada)).await;
    let agents = client.read(&ours, &path).await;
    assert_eq!(
        (names(&agents, "displayName"), &agents["queueName"]),
        (vec!["Zoe".into(), "Bob".into()], &json!("Default"))
    );
    assert_eq!(agents["elements"][0]["available"], true);
    let found = client.read(&ours, &format!("{path}?name=BO")).await;
    assert_eq!(names(&found, "displayName"), ["Bob"]);
    let none = format!("/ccaas/voice/2/conversation/{NOTHING}/transfer/agents");
    client.call("GET", &none).by(&ours).send().await.refused_shortly(412);
}
