//! Hold and transfer over the WebSocket.

use crate::{
    calls::{Talk, accept, talk},
    support::{House, Page},
};
use model::{AgentId, LegId, QueueId, TransferFailure, VoiceStatus};
use wire::{
    browser::{CallKind, ClientMessage, ServerMessage, TransferTarget},
    engine::Playlist,
    prompt::{MUSIC, RINGBACK},
};

async fn hold(page: &mut Page, leg: LegId) -> u64 {
    let request = page.next_request();
    page.send(&ClientMessage::Hold { request, leg }).await;
    request
}

async fn transfer(page: &mut Page, leg: LegId, to: TransferTarget) -> u64 {
    let request = page.next_request();
    page.send(&ClientMessage::Transfer { request, leg, to }).await;
    request
}

async fn voice(page: &mut Page, voice: VoiceStatus) {
    page.until("the agent's state", |message| match message {
        ServerMessage::AgentState(state) if state.voice == voice => Some(()),
        _ => None,
    })
    .await;
}

#[tokio::test]
async fn a_call_is_held_and_taken_up_again() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let Talk { mut customer, started, mut agent, agent_leg } = talk(&mut house, ada).await;
    house.engine.expect_patches(started.call, [started.leg, agent_leg]).await;

    let request = hold(&mut agent, agent_leg).await;
    agent.done(request).await;
    assert_eq!(house.engine.expect_playlist(started.leg).await, Playlist::looped(MUSIC));
    let held = customer.until("held", |message| match message {
        ServerMessage::Held { leg, since } => Some((leg, since)),
        _ => None,
    });
    let (leg, since) = held.await;
    assert_eq!(leg, started.leg);

    let request = hold(&mut agent, agent_leg).await;
    let refused = agent.error(Some(request)).await;
    assert_eq!(refused.description, "The call is on hold already.");
    let request = customer.next_request();
    customer.send(&ClientMessage::Resume { request, leg: started.leg }).await;
    assert_eq!(customer.error(Some(request)).await.name, "FORBIDDEN");

    drop(agent);
    let mut agent = house.agent_page(ada).await;
    assert_eq!(agent.welcome["leg"]["held_since"], serde_json::json!(since), "after a reload");
    assert_eq!(agent.welcome["agent"]["voice"], "ON_HOLD");
    let request = agent.next_request();
    agent.send(&ClientMessage::Resume { request, leg: agent_leg }).await;
    agent.done(request).await;
    house.engine.expect_patches(started.call, [started.leg, agent_leg]).await;
    let resumed = |message| matches!(message, ServerMessage::Resumed { .. }).then_some(());
    customer.until("resumed", resumed).await;
}

#[tokio::test]
async fn a_call_is_handed_over_to_another_agent() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let Talk { mut customer, started, mut agent, agent_leg } = talk(&mut house, ada).await;
    house.engine.expect_patches(started.call, [started.leg, agent_leg]).await;
    let bob = house.agent("Bob").await;
    let mut other = house.agent_page(bob).await;

    transfer(&mut agent, agent_leg, TransferTarget::Agent(bob)).await;
    // It comes before or after the answer to the request.
    voice(&mut agent, VoiceStatus::Transferring).await;
    assert_eq!(house.engine.expect_playlist(started.leg).await, Playlist::looped(RINGBACK));
    let told = customer.until("transferring", |message| match message {
        ServerMessage::Transferring { transfer, .. } => Some(transfer),
        _ => None,
    });
    assert_eq!(told.await.to, None);

    let target = accept(&mut house, &mut other).await;
    house.engine.connect(target).await;
    let ServerMessage::Established { remote, .. } = customer.established().await else { unreachable!() };
    assert_eq!(remote.display_name, "Bob");
    other.established().await;
    house.engine.expect_patches(started.call, [started.leg, target]).await;
    voice(&mut agent, VoiceStatus::Wrapping).await;
}

#[tokio::test]
async fn a_target_that_declines_gives_the_call_back() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let Talk { mut customer, started, mut agent, agent_leg } = talk(&mut house, ada).await;
    house.engine.expect_patches(started.call, [started.leg, agent_leg]).await;
    let bob = house.agent("Bob").await;
    let mut other = house.agent_page(bob).await;
    transfer(&mut agent, agent_leg, TransferTarget::Agent(bob)).await;
    let ringing = other.incoming().await;
    assert_eq!((ringing.kind, ringing.from.display_name.as_str()), (CallKind::Transferred, "A Customer"));
    house.engine.expect_playlist(started.leg).await;

    let request = other.next_request();
    other.send(&ClientMessage::Decline { request, leg: ringing.leg }).await;
    let failed = agent.until("the failure", |message| match message {
        ServerMessage::TransferFailed { to, reason, .. } => Some((to.display_name, reason)),
        _ => None,
    });
    assert_eq!(failed.await, ("Bob".to_owned(), TransferFailure::Declined));
    let ServerMessage::Established { remote, .. } = customer.established().await else { unreachable!() };
    assert_eq!(remote.display_name, "Ada");
    house.engine.expect_patches(started.call, [started.leg, agent_leg]).await;
}

#[tokio::test]
async fn a_call_is_handed_over_to_a_queue() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let Talk { mut customer, started, mut agent, agent_leg } = talk(&mut house, ada).await;
    house.engine.expect_patches(started.call, [started.leg, agent_leg]).await;
    let bob = house.agent("Bob").await;
    let mut other = house.agent_page(bob).await;
    transfer(&mut agent, agent_leg, TransferTarget::Queue(None)).await;
    voice(&mut agent, VoiceStatus::Wrapping).await;
    customer.until("ringing", |message| matches!(message, ServerMessage::Ringing { .. }).then_some(())).await;
    assert_eq!(house.engine.expect_playlist(started.leg).await, Playlist::looped(RINGBACK));
    let leg = accept(&mut house, &mut other).await;
    house.engine.connect(leg).await;
    customer.established().await;
    house.engine.expect_patches(started.call, [started.leg, leg]).await;
}

#[tokio::test]
async fn what_cannot_take_a_call_is_said() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let Talk { mut agent, agent_leg, .. } = talk(&mut house, ada).await;
    let away = house.agent("Bob").await;
    let cases = [
        (TransferTarget::Agent(AgentId::of(1)), "DESTINATION_NOT_FOUND", "This agent does not exist any more."),
        (TransferTarget::Queue(Some(QueueId::of(1))), "DESTINATION_NOT_FOUND", "This queue does not exist any more."),
        (
            TransferTarget::Agent(away),
            "DESTINATION_UNAVAILABLE",
            "The call cannot be transferred: this agent is not available; choose another one, or the queue.",
        ),
        (
            TransferTarget::Agent(ada),
            "DESTINATION_UNAVAILABLE",
            "The call cannot be transferred: it cannot go to the agent who has it.",
        ),
    ];
    for (to, name, description) in cases {
        let request = transfer(&mut agent, agent_leg, to).await;
        let error = agent.error(Some(request)).await;
        assert_eq!((error.name.as_str(), error.description.as_str()), (name, description));
    }
    let request = hold(&mut agent, agent_leg).await;
    agent.done(request).await;
}

#[tokio::test]
async fn a_transfer_outlives_the_process() {
    let mut house = House::open().await;
    let ada = house.agent("Ada").await;
    let Talk { mut agent, agent_leg, .. } = talk(&mut house, ada).await;
    let link = house.link().await;
    let bob = house.agent("Bob").await;
    let mut other = house.agent_page(bob).await;
    let request = transfer(&mut agent, agent_leg, TransferTarget::Agent(bob)).await;
    agent.done(request).await;
    let ringing = other.incoming().await;

    let house = house.crash_and_start().await;
    let customer = house.customer_page("customer-1", link).await;
    assert!(customer.welcome["leg"]["transfer"].is_object(), "{}", customer.welcome);
    let agent = house.agent_page(ada).await;
    assert_eq!(agent.welcome["leg"]["transfer"]["to"]["display_name"], "Bob");
    assert_eq!(agent.welcome["agent"]["voice"], "TRANSFERRING");
    let other = house.agent_page(bob).await;
    assert_eq!(other.welcome["leg"]["incoming"]["leg"], serde_json::json!(ringing.leg));
    assert_eq!(other.welcome["leg"]["incoming"]["kind"], "TRANSFERRED");
}
