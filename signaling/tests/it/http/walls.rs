//! Accounts are walls: with another account's key or cookie nothing of ours is there.

use super::access::operations;
use super::client::{As, Client, id};
use super::link_images::logo;
use crate::support::House;
use model::Role;
use serde_json::{Value, json};

const MARK: &str = "OURS-AND-NOBODY-ELSES";
const TAG: &str = "ours_and_nobody_elses";

/// Things of our account, one of each kind, by the name of their place in a path.
struct Ours {
    ids: Vec<(&'static str, &'static str, String)>,
    link_secret: String,
}

async fn things(house: &House, client: &Client) -> Ours {
    let key = client.key().await;
    let agent = house.agent(MARK).await.to_string();
    let queue = client.done(&key, "POST", "/ccaas/1/queues", json!({"name": MARK})).await;
    let status = client.done(&key, "POST", "/ccaas/1/agent-statuses", json!({"name": MARK, "group": "AWAY"})).await;
    let hours = json!({"name": MARK, "timezone": "Etc/UTC", "message": MARK, "workWeek": {}});
    let hours = id(&client.done(&key, "POST", "/ccaas/1/working-hours", hours).await);
    let rules = json!([{"name": MARK, "queueId": id(&queue), "expression": {"message.channel": "CALLS"}}]);
    client.done(&key, "PUT", "/ccaas/1/routing", rules).await;
    let fields = json!({"topic": MARK, "agentId": agent});
    let conversation = id(&client.done(&key, "POST", "/ccaas/1/conversations", fields).await);
    client.done(&key, "POST", "/ccaas/1/tags", json!({"name": TAG})).await;
    let path = format!("/ccaas/1/conversations/{conversation}");
    client.done(&key, "POST", &format!("{path}/tags"), json!({"tagName": TAG})).await;
    client.done(&key, "PUT", &format!("{path}/metadata"), json!({"mark": MARK})).await;
    let notes = format!("/ccaas/1/conversations/{conversation}/notes");
    let note = client.done(&key, "POST", &notes, json!({"content": MARK})).await;
    let config = client.done(&key, "POST", "/call-link/1/configs", json!({"name": MARK})).await;
    let named = Client::reached_at(house, "https://calls.example");
    let subdomain = id(&named.done(&key, "POST", "/call-link/1/subdomains", json!({"name": MARK})).await);
    let image = logo(client, &key, &format!("{MARK}.png")).await;
    let link = json!({"displayName": MARK, "destination": {"type": "CONVERSATIONS"}});
    let link = client.done(&key, "POST", "/call-link/1/links", link).await;
    let link_secret = link["url"].as_str().expect("a url").rsplit('/').next().expect("a secret").to_owned();
    let hook = json!({"name": MARK, "url": "https://crm.example.com/", "enabled": false});
    let hook = client.done(&key, "POST", "/ccaas/1/webhooks", hook).await;
    let user = client.user(house.account, Role::Agent, None, "secret").await;
    let ids = vec![
        ("", "{userId}", user.id.to_string()),
        ("", "{keyId}", client.state.store.api_keys(house.account).await.expect("readable")[0].id.to_string()),
        ("", "{webhookId}", id(&hook)),
        ("", "{agentId}", agent),
        ("", "{queueId}", id(&queue)),
        ("", "{statusId}", id(&status)),
        ("", "{workingHoursId}", hours.clone()),
        ("/ccaas/1/working-hours", "{id}", hours),
        ("", "{conversationId}", conversation.clone()),
        ("", "{noteId}", id(&note)),
        ("", "{tagName}", TAG.to_owned()),
        ("/call-link/1/configs", "{id}", id(&config)),
        ("/call-link/1/links", "{id}", id(&link)),
        ("/call-link/1/images", "{id}", image),
        ("/call-link/1/subdomains", "{id}", subdomain),
        ("", "{segmentId}", conversation),
        ("", "{seconds}", "10".to_owned()),
        ("", "{type}", "LOGO".to_owned()),
    ];
    Ours { ids, link_secret }
}

impl Ours {
    fn path(&self, pattern: &str) -> String {
        let fitting = self.ids.iter().filter(|(under, _, _)| pattern.starts_with(under));
        fitting.fold(pattern.to_owned(), |path, (_, place, id)| path.replace(place, id))
    }

    /// A body that would do something if the door were open.
    fn body(&self) -> Value {
        let of = |place: &str| self.ids.iter().find(|(_, name, _)| *name == place).map(|(_, _, id)| id.clone());
        json!({
            "displayName": "Taken", "name": "Taken", "topic": "Taken", "content": "Taken", "status": "ACTIVE",
            "role": "AGENT", "queueId": of("{queueId}"), "agentId": of("{agentId}"), "identity": of("{agentId}"),
            "wrapUpSeconds": 7, "capacity": 7, "group": "BUSY", "isDefault": true, "tagName": TAG,
            "canExtendWrapUp": false, "enabled": true, "inbound": 7, "outbound": 7,
            "isAutoAssignmentEnabled": false, "password": "x", "link": "x",
            "destination": {"type": "WEBRTC", "identity": of("{agentId}")},
        })
    }
}

/// Everything of our account that the API shows.
async fn everything(client: &Client, ours: &Ours) -> Vec<Value> {
    let key = client.key().await;
    let mut all = Vec::new();
    for pattern in [
        "/ccaas/1/agents/{agentId}",
        "/ccaas/1/agents/{agentId}/capacity",
        "/ccaas/1/agent-statuses",
        "/ccaas/1/capacity-config",
        "/ccaas/1/queues",
        "/ccaas/1/routing",
        "/ccaas/1/working-hours",
        "/ccaas/1/conversations/{conversationId}",
        "/ccaas/1/conversations/{conversationId}/notes",
        "/ccaas/1/conversations/{conversationId}/timeline",
        "/ccaas/1/conversations/{conversationId}/metadata",
        "/ccaas/1/tags?conversationId={conversationId}",
        "/ccaas/1/webhooks",
        "/call-link/1/configs",
        "/call-link/1/images",
        "/call-link/1/subdomains",
        "/call-link/1/links",
        "/ccca/1/agent-configs/{agentId}",
        "/ccaas/voice/2/account-wrap-up-config",
        "/ccaas/voice/2/call-timeouts",
    ] {
        all.push(client.read(&key, &ours.path(pattern)).await);
    }
    all
}

#[tokio::test]
async fn no_endpoint_shows_or_changes_anything_of_another_account() {
    let house = House::open().await;
    let client = Client::of(&house);
    let ours = things(&house, &client).await;
    let before = everything(&client, &ours).await;
    let neighbour = client.neighbour().await;
    let key = client.key_with(neighbour, &["conversations:manage"]).await;
    let admin = client.user(neighbour, Role::Admin, None, "x").await;
    let image = "/call-link/1/guest/images/{accountId}/{imageId}";
    let public = ["/auth/1/session", "/auth/1/oauth2/token", "/call-link/1/guest", image];

    let mut asked = 0;
    for (method, pattern) in operations() {
        if public.contains(&pattern.as_str()) {
            continue;
        }
        let path = ours.path(&pattern);
        for who in [&key, &client.session_of(&admin).await] {
            let call = client.call(&method, &path).by(who);
            let call = if method == "GET" || method == "DELETE" { call } else { call.json(&ours.body()) };
            let answer = call.send().await;
            let (status, text) = (answer.status.as_u16(), answer.text());
            let shows = text.contains(MARK) || text.contains(&MARK.to_lowercase());
            assert!(!shows, "{method} {pattern} shows our data: {text}");
            // A purpose and a type are no ids.
            if pattern.contains('{') && !pattern.contains("{ttsPurpose}") && !pattern.contains("{type}") {
                let not_found = text.contains("NOT_FOUND");
                // Transfers have 412 for a conversation without a call, be there one or not.
                assert!(
                    matches!(status, 403 | 404 | 412) || (status == 400 && not_found),
                    "{method} {pattern}: {status} {text}"
                );
            }
            asked += 1;
        }
    }
    assert!(asked > 80, "only {asked} requests were tried");
    assert_eq!(everything(&client, &ours).await, before);
}

#[tokio::test]
async fn lists_filtered_by_ids_of_another_account_are_empty() {
    let house = House::open().await;
    let client = Client::of(&house);
    let ours = things(&house, &client).await;
    let neighbour = client.neighbour().await;
    let key = client.key_with(neighbour, &["conversations:read"]).await;
    for (pattern, items) in [
        ("/ccaas/1/agents?agentIds={agentId}", "agents"),
        ("/ccaas/1/queues?queueIds={queueId}", "queues"),
        ("/ccaas/1/conversations?conversationIds={conversationId}", "conversations"),
        ("/ccaas/1/conversations?agentId={agentId}", "conversations"),
        ("/call-link/1/links", "results"),
        ("/call-link/1/configs", "results"),
        ("/call-link/1/images", "results"),
    ] {
        let list = client.read(&key, &ours.path(pattern)).await;
        assert_eq!(list[items], json!([]), "{pattern}");
    }
}

#[tokio::test]
async fn a_neighbours_token_and_link_name_their_own_account() {
    let house = House::open().await;
    let client = Client::of(&house);
    let ours = things(&house, &client).await;
    let neighbour = client.neighbour().await;
    let key = client.key_with(neighbour, &["conversations:manage"]).await;
    // Our agent's id is for them an identity like any other: the token makes nobody our agent.
    let identity = json!({"identity": ours.path("{agentId}")});
    let token = client.done(&key, "POST", "/webrtc/1/token", identity).await;
    let claims = client.state.auth.tokens.verify(token["token"].as_str().expect("a token"), signaling::Clock.wall());
    let claims = claims.expect("a valid token");
    assert_eq!((claims.account, claims.agent), (neighbour, None));
    let guest = client.done(&As::Nobody, "POST", "/call-link/1/guest", json!({"link": ours.link_secret})).await;
    let claims = client.state.auth.tokens.verify(guest["token"].as_str().expect("a token"), signaling::Clock.wall());
    assert_eq!(claims.expect("a valid token").account, house.account);
}
