//! `/ccaas/voice/2/{conversationId}/hold` and `/unhold`

use super::client::{As, Client, NOTHING};
use crate::calls::{Talk, talk};
use crate::support::House;
use model::Role;
use serde_json::json;
use wire::browser::ServerMessage;

/// The conversation of the house's only live call.
pub(super) async fn conversation(house: &House) -> String {
    let found = house.center().query(|core, _| core.calls().next().map(|call| call.conversation)).await;
    found.expect("the account runs").expect("a live call").to_string()
}

async fn patch(client: &Client, who: &As, conversation: &str, what: &str) -> super::client::Answer {
    client.call("PATCH", &format!("/ccaas/voice/2/{conversation}/{what}")).by(who).send().await
}

#[tokio::test]
async fn a_program_holds_a_call_and_takes_it_up_again() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let Talk { mut customer, agent: _page, .. } = talk(&mut house, ada).await;
    let (client, conversation) = (Client::of(&house), conversation(&house).await);
    let key = client.key().await;

    let answer = patch(&client, &key, &conversation, "unhold").await;
    assert_eq!(answer.refused_shortly(400), "Unhold action failed. Reason: the call is not on hold.");
    let answer = patch(&client, &key, &conversation, "hold").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (200, &json!("SUCCESS")));
    customer.until("held", |message| matches!(message, ServerMessage::Held { .. }).then_some(())).await;
    let answer = patch(&client, &key, &conversation, "hold").await;
    assert_eq!(answer.refused_shortly(400), "Hold action failed. Reason: the call is on hold already.");
    let agent = client.read(&key, &format!("/ccaas/1/agents/{ada}")).await;
    assert_eq!(agent["availability"], "BUSY");
    assert_eq!(patch(&client, &key, &conversation, "unhold").await.status, 200);
    customer.until("resumed", |message| matches!(message, ServerMessage::Resumed { .. }).then_some(())).await;

    let timeline = client.read(&key, &format!("/ccaas/1/conversations/{conversation}/timeline")).await;
    let events = timeline["events"].as_array().expect("events");
    let of = |kind: &str| events.iter().find(|event| event["type"] == kind).expect("logged");
    assert_eq!(of("CALL_HELD")["agentName"], "Ada");
    assert!(of("CALL_RESUMED")["heldMs"].is_u64());
}

#[tokio::test]
async fn what_is_no_call_of_ones_own_is_not_found() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let talk = talk(&mut house, ada).await;
    let bob = house.agent("Bob").await;
    let (client, own) = (Client::of(&house), conversation(&house).await);
    let (key, strange) = (client.key().await, client.person(Role::Agent, Some(bob)).await);
    patch(&client, &strange, &own, "hold").await.refused_shortly(404);
    for nothing in [NOTHING, "nonsense"] {
        patch(&client, &key, nothing, "hold").await.refused_shortly(404);
        patch(&client, &key, nothing, "unhold").await.refused_shortly(404);
    }
    let ours = client.person(Role::Agent, Some(ada)).await;
    assert_eq!(patch(&client, &ours, &own, "hold").await.status, 200);
    house.does(callcenter_core::command::Command::Hangup { leg: talk.started.leg }).await;
    patch(&client, &key, &own, "unhold").await.refused_shortly(404);
}
