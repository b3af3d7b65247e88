//! An agent's page calls a customer's page that is connected and waits.

use crate::support::{ANSWER, House, Page};
use callcenter_core::command::OutboundCommand;
use model::{AgentId, CallDirection, CallMedia, LegId, LinkId, VoiceStatus};
use signaling::auth::tokens::TokenClaims;
use std::collections::BTreeMap;
use wire::browser::{ClientMessage, RingEnd, ServerMessage};

const CUSTOMER: &str = "customer-1";

/// A page of a customer who came by no link, with a token of `/webrtc/1/token`.
async fn waiting_page(house: &House) -> Page {
    let claims = TokenClaims { link: None, ..house.customer_claims(CUSTOMER, LinkId::of(1)) };
    Page::open(house, &house.token(&claims)).await
}

/// The agent's page starts the call of this conversation.
async fn start(agent: &mut Page, conversation: &str) -> u64 {
    let request = agent.next_request();
    let custom_data = BTreeMap::from([
        ("conversationId".to_owned(), conversation.to_owned()),
        ("calleeClientType".to_owned(), "WebRTC".to_owned()),
    ]);
    let offer = "v=0 an offer".to_owned();
    agent.send(&ClientMessage::StartCall { request, media: CallMedia::Audio, offer, custom_data }).await;
    request
}

async fn started(house: &mut House, agent: &mut Page, request: u64) -> LegId {
    house.engine.answer_offer().await;
    agent
        .until("call_started", |message| match message {
            ServerMessage::CallStarted { request: of, leg, answer, .. } if of == request => {
                assert_eq!(answer, ANSWER);
                Some(leg)
            }
            ServerMessage::Error { error, .. } => panic!("refused: {error:?}"),
            _ => None,
        })
        .await
}

async fn conversation(house: &House, agent: AgentId) -> String {
    let identity = CUSTOMER.to_owned();
    let command = callcenter_core::command::Command::Outbound(OutboundCommand::Open { agent, identity });
    match house.does(command).await {
        callcenter_core::command::Reply::Conversation(row) => row.id.to_string(),
        other => panic!("{other:?}"),
    }
}

async fn voice(page: &mut Page, wanted: VoiceStatus) {
    let is_it = |message| match message {
        ServerMessage::AgentState(state) if state.voice == wanted => Some(()),
        _ => None,
    };
    page.until("the agent's state", is_it).await;
}

#[tokio::test]
async fn the_customers_page_rings_answers_and_both_talk() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let (mut agent, mut customer) = (house.agent_page(ada).await, waiting_page(&house).await);
    let conversation = conversation(&house, ada).await;
    let request = start(&mut agent, &conversation).await;
    let agent_leg = started(&mut house, &mut agent, request).await;
    agent.until("ringing", |message| matches!(message, ServerMessage::Ringing { .. }).then_some(())).await;
    let incoming = customer.incoming().await;
    assert_eq!((incoming.from.display_name.as_str(), incoming.direction), ("Ada", CallDirection::Outbound));
    assert_eq!(incoming.conversation.to_string(), conversation);
    house.engine.connect(agent_leg).await;
    // A reload does not lose it.
    drop(customer);
    let mut customer = waiting_page(&house).await;
    assert_eq!(customer.welcome["leg"]["incoming"]["leg"], incoming.leg.to_string());
    let request = customer.next_request();
    let offer = "v=0 an offer".to_owned();
    customer.send(&ClientMessage::Accept { request, leg: incoming.leg, offer }).await;
    house.engine.answer_offer().await;
    assert_eq!(customer.answer(request).await, ANSWER);
    house.engine.connect(incoming.leg).await;
    let ServerMessage::Established { remote, .. } = customer.established().await else { unreachable!() };
    assert_eq!(remote.display_name, "Ada");
    agent.established().await;
    let request = customer.next_request();
    customer.send(&ClientMessage::Hangup { request, leg: incoming.leg }).await;
    customer.done(request).await;
    voice(&mut agent, VoiceStatus::Wrapping).await;
}

#[tokio::test]
async fn a_customer_declines_and_an_agent_gives_up() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let (mut agent, mut customer) = (house.agent_page(ada).await, waiting_page(&house).await);
    let conversation = conversation(&house, ada).await;
    let request = start(&mut agent, &conversation).await;
    started(&mut house, &mut agent, request).await;
    let leg = customer.incoming().await.leg;
    let request = customer.next_request();
    customer.send(&ClientMessage::Decline { request, leg }).await;
    customer.done(request).await;
    let code = |message| match message {
        ServerMessage::Hangup { code, .. } => Some(code.name),
        _ => None,
    };
    assert_eq!(agent.until("a hang-up", code).await, "REJECTED");
    voice(&mut agent, VoiceStatus::Idle).await;

    let request = start(&mut agent, &conversation).await;
    let agent_leg = started(&mut house, &mut agent, request).await;
    let leg = customer.incoming().await.leg;
    let request = agent.next_request();
    agent.send(&ClientMessage::Hangup { request, leg: agent_leg }).await;
    agent.done(request).await;
    let gone = |message| match message {
        ServerMessage::IncomingCallGone { leg: of, reason } if of == leg => Some(reason),
        _ => None,
    };
    assert_eq!(customer.until("no more ringing", gone).await, RingEnd::Cancelled);
}

#[tokio::test]
async fn who_cannot_be_called_is_told_at_once() {
    let house = House::open().await;
    let (ada, bob) = (house.agent("Ada").await, house.agent("Bob").await);
    let (mut agent, mut other) = (house.agent_page(ada).await, house.agent_page(bob).await);
    let conversation = conversation(&house, ada).await;
    let request = start(&mut agent, &conversation).await;
    let error = agent.error(Some(request)).await;
    assert_eq!(error.name, "TEMPORARILY_UNAVAILABLE", "no page of the customer is connected: {}", error.description);
    let _customer = waiting_page(&house).await;
    let request = start(&mut other, &conversation).await;
    assert_eq!(other.error(Some(request)).await.name, "INVALID_REQUEST", "it is another agent's conversation");
    let request = start(&mut agent, "nonsense").await;
    let error = agent.error(Some(request)).await;
    assert!(error.description.contains("conversationId"), "{}", error.description);
}

#[tokio::test]
async fn a_customers_page_answers_its_own_calls_alone() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let (mut agent, mut customer) = (house.agent_page(ada).await, waiting_page(&house).await);
    let link = house.link().await;
    let mut stranger = house.customer_page("stranger", link).await;
    let conversation = conversation(&house, ada).await;
    let request = start(&mut agent, &conversation).await;
    started(&mut house, &mut agent, request).await;
    let leg = customer.incoming().await.leg;
    for accepts in [true, false] {
        let request = stranger.next_request();
        let offer = "v=0 an offer".to_owned();
        let accept = ClientMessage::Accept { request, leg, offer };
        stranger.send(&if accepts { accept } else { ClientMessage::Decline { request, leg } }).await;
        stranger.error(Some(request)).await;
    }
    let request = customer.next_request();
    customer.send(&ClientMessage::Decline { request, leg }).await;
    customer.done(request).await;
}
