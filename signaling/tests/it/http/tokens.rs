//! `/webrtc/1`

use super::client::{As, Client};
use crate::support::House;
use model::{AccountId, ParticipantType, Role};
use serde_json::{Value, json};
use signaling::Clock;
use signaling::auth::activity::Activity;
use signaling::auth::tokens::TokenClaims;
use uuid::Uuid;

fn claims(client: &Client, answer: &Value) -> TokenClaims {
    let token = answer["token"].as_str().expect("a token");
    client.state.auth.tokens.verify(token, Clock.wall()).expect("a valid token")
}

#[tokio::test]
async fn an_agents_token_names_the_agent_and_any_other_a_customer() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let agent = house.agent("Ada").await;
    let minted = client.done(&key, "POST", "/webrtc/1/token", json!({"identity": agent.to_string()})).await;
    let token = claims(&client, &minted);
    assert_eq!((token.agent, token.role, token.display_name.as_str()), (Some(agent), Some(Role::Agent), "Ada"));
    assert_eq!(token.participant, ParticipantType::Agent);
    let body = json!({"identity": "customer-7", "displayName": "Maria", "timeToLive": 60});
    let minted = client.done(&key, "POST", "/webrtc/1/token", body).await;
    let token = claims(&client, &minted);
    assert_eq!((token.identity.as_str(), token.display_name.as_str()), ("customer-7", "Maria"));
    assert_eq!((token.participant, token.agent), (ParticipantType::Customer, None));
    assert!(minted["expirationTime"].is_string());
}

#[tokio::test]
async fn an_agent_mints_its_own_token_alone() {
    let house = House::open().await;
    let client = Client::of(&house);
    let (ada, bob) = (house.agent("Ada").await, house.agent("Bob").await);
    for role in [Role::Agent, Role::Supervisor, Role::Admin] {
        let page = client.person(role, Some(ada)).await;
        let own = client.done(&page, "POST", "/webrtc/1/token", json!({"identity": ada.to_string()})).await;
        assert_eq!(claims(&client, &own).agent, Some(ada));
        for other in [bob.to_string(), "customer-7".to_owned()] {
            let call = client.call("POST", "/webrtc/1/token").by(&page).json(&json!({"identity": other}));
            call.send().await.refused(403, "FORBIDDEN");
        }
    }
}

#[tokio::test]
async fn identities_names_and_lives_have_limits() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let post = |body: Value| client.call("POST", "/webrtc/1/token").by(&key).json(&body);
    post(json!({})).send().await.wrong_fields(&["identity"]);
    post(json!({"identity": "no spaces"})).send().await.wrong_fields(&["identity"]);
    post(json!({"identity": "abc", "displayName": "four"})).send().await.wrong_fields(&["displayName"]);
    post(json!({"identity": "abc", "timeToLive": 86_401})).send().await.wrong_fields(&["timeToLive"]);
    post(json!({"identity": "abc", "timeToLive": 0})).send().await.wrong_fields(&["timeToLive"]);
}

#[tokio::test]
async fn activity_is_told_newest_first_to_its_own_account() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let note = |account: AccountId, connected: bool, at: i64| {
        let activity = Activity { connection: Uuid::from_u128(9), connected, at: model::WallTime(at) };
        client.state.auth.activity.note(account, "customer-7", activity);
    };
    note(house.account, true, 1_000);
    note(house.account, false, 2_000);
    note(AccountId::of(77), true, 3_000);
    let told = client.read(&key, "/webrtc/1/user-activity?identity=customer-7").await;
    let kinds: Vec<_> = told["results"].as_array().expect("a list").iter().map(|one| &one["activityType"]).collect();
    assert_eq!(kinds, ["DISCONNECTED", "CONNECTED"]);
    assert_eq!(told["pageInfo"], json!({"page": 0, "size": 20, "totalPages": 1, "totalResults": 2}));
    let from = client.read(&key, "/webrtc/1/user-activity?identity=customer-7&startTime=1970-01-01T00:00:02Z").await;
    assert_eq!(from["pageInfo"]["totalResults"], 1);
    client.call("GET", "/webrtc/1/user-activity?size=101").by(&key).send().await.wrong_fields(&["identity", "size"]);
    client
        .call("GET", "/webrtc/1/user-activity?identity=abc")
        .by(&As::Nobody)
        .send()
        .await
        .refused(401, "UNAUTHORIZED");
}
