//! `/ccaas/voice/2/outbound-call-conversation`

use super::client::{As, Client, NOTHING};
use crate::support::House;
use model::Role;
use serde_json::{Value, json};

const OUTBOUND: &str = "/ccaas/voice/2/outbound-call-conversation";

fn request(agent: &str) -> Value {
    json!({"from": "Support", "to": "customer-1", "agentId": agent, "voiceClientType": "WEBRTC"})
}

async fn refused(client: &Client, key: &As, body: &Value) -> String {
    client.call("POST", OUTBOUND).by(key).json(body).send().await.refused_shortly(400)
}

#[tokio::test]
async fn a_conversation_is_made_for_the_call_and_found_again() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let ada = house.agent("Ada").await;
    let made = client.done(&key, "POST", OUTBOUND, request(&ada.to_string())).await;
    assert_eq!(made["from"], "Support");
    assert_eq!((&made["to"], &made["agentId"]), (&json!("customer-1"), &json!(ada.to_string())));
    let id = made["conversationId"].as_str().expect("an id");
    let conversation = client.read(&key, &format!("/ccaas/1/conversations/{id}")).await;
    assert_eq!((&conversation["agentId"], &conversation["status"]), (&json!(ada.to_string()), &json!("OPEN")));
    let own = client.person(Role::Agent, Some(ada)).await;
    let again = client.done(&own, "POST", OUTBOUND, request(&ada.to_string())).await;
    assert_eq!(again["conversationId"], id);
    let bob = house.agent("Bob").await;
    let told = refused(&client, &key, &request(&bob.to_string())).await;
    assert!(told.starts_with("Ada has an open conversation"), "{told}");
    let strange = client.person(Role::Agent, Some(bob)).await;
    client.call("POST", OUTBOUND).by(&strange).json(&request(&ada.to_string())).send().await.refused(403, "FORBIDDEN");
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let ada = house.agent("Ada").await.to_string();
    let cases = [
        (json!({"to": ""}), "to: must not be blank"),
        (json!({"to": "ab"}), "to: must have 3 to 64 characters"),
        (json!({"from": null}), "from: must not be blank"),
        (json!({"agentId": NOTHING}), "No agent found with id="),
        (json!({"agentId": "x"}), "No agent found with id=x"),
        (json!({"voiceClientType": null}), "voiceClientType: only WEBRTC is supported"),
        (json!({"voiceClientType": "VIBER"}), "voiceClientType: only WEBRTC is supported"),
        (json!({"voiceClientType": "PIGEON"}), "voiceClientType: must be one of PSTN, WEBRTC"),
    ];
    for (change, expected) in cases {
        let mut body = request(&ada);
        body.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        let told = refused(&client, &key, &body).await;
        assert!(told.contains(expected), "{change}: {told}");
    }
}
