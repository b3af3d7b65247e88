//! Who is let in, and what bad input gets.

use crate::{
    calls::{Talk, accept, start_call, talk},
    support::{House, Page, SilentPage, hello},
};
use model::{AccountId, AgentId, LegId, LinkId};
use signaling::Clock;
use std::time::Duration;
use wire::browser::{ClientMessage, MediaState, OfferReason, ServerMessage};

#[tokio::test]
async fn a_wrong_or_old_token_is_refused_and_says_so() {
    let house = House::open().await;
    let agent = house.agent("Ada").await;
    let claims = house.agent_claims(agent);
    let old = house.server.state.auth.tokens.mint(&claims, model::WallTime(0), Duration::from_secs(60)).0;
    let nobody = house.token(&house.agent_claims(AgentId::of(77)));
    let nameless = house.token(&signaling::auth::tokens::TokenClaims { agent: None, ..claims.clone() });
    let cases = [
        ("nonsense", "UNAUTHENTICATED"),
        (old.as_str(), "UNAUTHENTICATED"),
        (nobody.as_str(), "FORBIDDEN"),
        (nameless.as_str(), "FORBIDDEN"),
    ];
    for (token, name) in cases {
        let mut page = SilentPage::open(&house).await;
        page.say(hello(token)).await;
        let error = page.refusal().await;
        assert_eq!(error.name, name, "{error:?}");
        assert!(!error.action.is_empty(), "{error:?}");
        assert_eq!(page.closed().await, Some(1008), "{name}");
    }
}

#[tokio::test]
async fn hello_comes_first_and_in_a_common_protocol() {
    let house = House::open().await;
    let agent = house.agent("Ada").await;
    let token = house.token(&house.agent_claims(agent));
    let future = ClientMessage::Hello { protocol: 9, min_protocol: 8, build: "x".into(), token: token.clone() };
    let newer = ClientMessage::Hello { protocol: 9, min_protocol: 1, build: "x".into(), token };
    let say = |message: &ClientMessage| serde_json::to_string(message).expect("JSON");
    for (text, name) in [
        (say(&ClientMessage::Ping { sequence: 1 }), "INVALID_REQUEST"),
        ("{".to_owned(), "INVALID_REQUEST"),
        (say(&future), "FEATURE_UNAVAILABLE"),
    ] {
        let mut page = SilentPage::open(&house).await;
        page.say(text).await;
        assert_eq!(page.refusal().await.name, name);
        assert_eq!(page.closed().await, Some(1008));
    }
    let mut page = SilentPage::open(&house).await;
    page.say(say(&newer)).await;
    assert!(matches!(page.hear().await, Ok(ServerMessage::Welcome { protocol: 1, .. })));
}

#[tokio::test]
async fn who_says_nothing_is_sent_away() {
    let house = House::open().await;
    let mut page = SilentPage::open(&house).await;
    let error = page.refusal().await;
    assert_eq!(error.name, "INVALID_REQUEST");
    assert_eq!(page.closed().await, Some(1008));
}

#[tokio::test]
async fn the_newer_page_of_an_identity_takes_over() {
    let mut house = House::open().await;
    let agent = house.agent("Ada").await;
    let link = house.link().await;
    let mut older = house.agent_page(agent).await;
    let mut newer = house.agent_page(agent).await;
    older.until("superseded", |message| matches!(message, ServerMessage::Superseded {}).then_some(())).await;
    assert_eq!(older.closed().await, Some(4000));
    // The older page's end does not make the agent unreachable.
    let mut customer = house.customer_page("customer-1", link).await;
    start_call(&mut house, &mut customer).await;
    accept(&mut house, &mut newer).await;
}

#[tokio::test]
async fn oversized_messages_and_offers_are_refused() {
    let house = House::open().await;
    let link = house.link().await;
    let mut page = house.customer_page("customer-1", link).await;
    let offer = format!(r#"{{"type":"start_call","request":1,"media":"audio","offer":"{}"}}"#, "x".repeat(33 * 1024));
    page.say(offer).await;
    assert_eq!(page.error(Some(1)).await.description, "The SDP offer is longer than 32 kB.");
    page.say("x".repeat(65 * 1024)).await;
    assert_eq!(page.error(None).await.description, "A message has at most 64 kB.");
    assert_eq!(page.closed().await, Some(1009));
    let calls = house.center().query(|core, _| core.calls().count()).await.expect("an answer");
    assert_eq!(calls, 0);
}

#[tokio::test]
async fn unknown_messages_are_unsupported_and_broken_ones_end_the_connection() {
    let house = House::open().await;
    let agent = house.agent("Ada").await;
    let mut page = house.agent_page(agent).await;
    for request in 1..=15 {
        page.say(format!(r#"{{"type":"from_the_future","request":{request}}}"#)).await;
        let error = page.error(Some(request)).await;
        assert!(error.description.starts_with("Unsupported"), "{error:?}");
    }
    for _ in 0..10 {
        page.say("nonsense").await;
        assert_eq!(page.error(None).await.name, "INVALID_REQUEST");
    }
    assert_eq!(page.closed().await, Some(1008));
}

#[tokio::test]
async fn messages_that_come_too_fast_are_refused() {
    let house = House::open().await;
    let agent = house.agent("Ada").await;
    let mut page = house.agent_page(agent).await;
    for sequence in 0..200 {
        page.say(format!(r#"{{"type":"ping","sequence":{sequence}}}"#)).await;
    }
    assert_eq!(page.error(None).await.name, "CONGESTION");
    assert_eq!(page.closed().await, Some(1008));
}

#[tokio::test]
async fn legs_of_others_are_out_of_reach() {
    let mut house = House::open().await;
    let (ada, bob) = (house.agent("Ada").await, house.agent("Bob").await);
    let Talk { mut customer, started, agent, agent_leg } = talk(&mut house, ada).await;
    let mut stranger = house.customer_page("customer-2", house.link().await).await;
    let mut colleague = house.agent_page(bob).await;
    let _agent = agent;
    for (page, leg) in [(&mut stranger, started.leg), (&mut colleague, agent_leg), (&mut customer, agent_leg)] {
        let media = MediaState::default();
        let request = page.next_request();
        let (reason, sdp) = (OfferReason::Rejoin, "v=0".to_owned());
        refused(page, &ClientMessage::Hangup { request, leg }, Some(request)).await;
        refused(page, &ClientMessage::Offer { request, leg, reason, sdp }, Some(request)).await;
        refused(page, &ClientMessage::SetMedia { leg, media }, None).await;
        refused(page, &ClientMessage::NetworkQualityChanged { leg, network_quality: 1 }, None).await;
    }
    let request = colleague.next_request();
    refused(&mut colleague, &ClientMessage::Decline { request, leg: agent_leg }, Some(request)).await;
    refused(&mut colleague, &ClientMessage::Hangup { request, leg: LegId::of(5) }, Some(request)).await;
    let live = house.center().query(|core, _| core.calls().count()).await.expect("an answer");
    assert_eq!(live, 1, "the call goes on");
}

async fn refused(page: &mut Page, message: &ClientMessage, request: Option<u64>) {
    page.send(message).await;
    assert_eq!(page.error(request).await.name, "DESTINATION_NOT_FOUND", "{message:?}");
}

#[tokio::test]
async fn calls_start_by_a_link_that_works_or_in_an_agents_conversation() {
    let house = House::open().await;
    let agent = house.agent("Ada").await;
    let start = |request| format!(r#"{{"type":"start_call","request":{request},"media":"audio","offer":"v=0"}}"#);
    let mut page = house.agent_page(agent).await;
    page.say(start(1)).await;
    assert_eq!(page.error(Some(1)).await.name, "INVALID_REQUEST", "it names no conversation");

    let unlinked = signaling::auth::tokens::TokenClaims { link: None, ..house.customer_claims("cust", LinkId::of(1)) };
    let mut page = Page::open(&house, &house.token(&unlinked)).await;
    page.say(start(2)).await;
    assert_eq!(page.error(Some(2)).await.name, "FORBIDDEN");

    let mut page = house.customer_page("customer-2", LinkId::of(404)).await;
    page.say(start(3)).await;
    assert_eq!(page.error(Some(3)).await.name, "DESTINATION_NOT_FOUND");
}

#[tokio::test]
async fn a_token_opens_its_own_account_alone() {
    let mut house = House::open().await;
    let row = store::AccountRow { id: AccountId::of(2), name: "Other".into(), created_at: Clock.wall() };
    house.server.state.store.create_account(&row).await.expect("a second account");
    house.server.state.accounts.open(row.id);
    let ada = house.agent("Ada").await;
    let Talk { started, customer, .. } = talk(&mut house, ada).await;
    let _customer = customer;
    // The same identity and the same agent id, in the other account.
    let twin = signaling::auth::tokens::TokenClaims {
        account: row.id,
        ..house.customer_claims("customer-1", house.link().await)
    };
    let mut page = Page::open(&house, &house.token(&twin)).await;
    assert_eq!(page.welcome["leg"], serde_json::Value::Null);
    let request = page.next_request();
    refused(&mut page, &ClientMessage::Hangup { request, leg: started.leg }, Some(request)).await;
    let mut page = SilentPage::open(&house).await;
    let agent = signaling::auth::tokens::TokenClaims { account: row.id, ..house.agent_claims(ada) };
    page.say(hello(&house.token(&agent))).await;
    assert_eq!(page.refusal().await.name, "FORBIDDEN");
}

#[tokio::test]
async fn too_many_connections_are_turned_away() {
    let house = House::open().await;
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(SilentPage::open(&house).await);
    }
    let url = format!("ws://{}{}", house.server.http, signaling::ws::PATH);
    let refused = tokio_tungstenite::connect_async(url).await.expect_err("no room");
    assert!(refused.to_string().contains("503"), "{refused}");
}
