//! What was answered outlives the task, the process and a stale owner.

use crate::{
    calls::{Talk, accept, start_call, talk},
    support::House,
};
use callcenter_core::command::{Command as CoreCommand, ConversationFields, Reply};
use model::TrackKind;
use signaling::account::AccountError;
use wire::{
    browser::{ClientMessage, OfferReason, ServerMessage},
    engine::Command,
    recorder,
};

#[tokio::test]
async fn a_call_survives_the_death_of_its_account_s_task_between_commit_and_effect() {
    // An engine whose one place is taken holds the task after its commit, before its patches.
    let mut house = House::open_with(1).await;
    let link = house.link().await;
    let agent_id = house.agent("Ada").await;
    let mut agent = house.agent_page(agent_id).await;
    let mut customer = house.customer_page("customer-1", link).await;
    let started = start_call(&mut house, &mut customer).await;
    let agent_leg = accept(&mut house, &mut agent).await;
    let wish = recorder::Event::KeyframeNeeded { leg: agent_leg, track: TrackKind::Camera };
    house.engine.facts.send(wish).await.expect("signaling lives");
    house.engine.until_full().await;
    // The customer comes last, so that no ringback waits before the patches.
    house.engine.connect(agent_leg).await;
    house.engine.connect(started.leg).await;
    // Both legs are up: established is committed once the store has it.
    let established = async {
        loop {
            let call = house.server.state.store.call(house.account, started.call).await.expect("readable");
            if call.is_some_and(|call| call.state == callcenter_core::row::CallState::Established) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::support::PATIENCE, established).await.expect("the call is established");
    house.server.state.accounts.restart(house.account);

    // The engine, which lives, is told everything anew; the pages connect again and find the call.
    house.engine.expect_patches(started.call, [started.leg, agent_leg]).await;
    assert_eq!(agent.closed().await, Some(1012));
    let agent = house.agent_page(agent_id).await;
    assert_eq!(agent.welcome["leg"]["leg"], agent_leg.to_string());
    assert_eq!(agent.welcome["leg"]["phase"], "established");
    assert_eq!(agent.welcome["leg"]["media_alive"], true);
}

#[tokio::test]
async fn after_a_crash_of_the_process_everybody_rejoins_the_call() {
    everybody_rejoins_after_a_crash(House::open().await).await;
}

pub(crate) async fn everybody_rejoins_after_a_crash(mut house: House) {
    let agent_id = house.agent("Ada").await;
    let Talk { started, agent_leg, .. } = talk(&mut house, agent_id).await;
    let mut house = house.crash_and_start().await;
    let link = house.link().await;
    let mut agent = house.agent_page(agent_id).await;
    let mut customer = house.customer_page("customer-1", link).await;
    for (page, leg) in [(&mut agent, agent_leg), (&mut customer, started.leg)] {
        assert_eq!(page.welcome["leg"]["leg"], leg.to_string());
        assert_eq!(page.welcome["leg"]["phase"], "established");
        assert_eq!(page.welcome["leg"]["media_alive"], false, "the engine is a new one");
        let request = page.next_request();
        let (reason, sdp) = (OfferReason::Rejoin, "v=0 again".to_owned());
        page.send(&ClientMessage::Offer { request, leg, reason, sdp: sdp.clone() }).await;
        let command = house.engine.answer_offer().await;
        assert_eq!(command, Command::AddLeg { room: started.call, leg, offer: sdp });
        page.answer(request).await;
        house.engine.connect(leg).await;
    }
    house.engine.expect_patches(started.call, [started.leg, agent_leg]).await;
}

#[tokio::test]
async fn a_stale_owner_can_change_nothing() {
    let house = House::open().await;
    // Another process claims the account.
    let other = store::Store::open(&house.folder.path().join("test.db")).await.expect("the same database");
    other.claim_epoch(house.account).await.expect("claimed");
    let create = || CoreCommand::CreateConversation(ConversationFields::default());
    let refused = house.center().handle(create()).await;
    assert!(matches!(refused, Err(AccountError::Unavailable)), "{refused:?}");
    assert!(other.snapshot(house.account).await.expect("readable").conversations.is_empty());
    // It has left the account for good.
    let refused = house.center().handle(create()).await;
    assert!(matches!(refused, Err(AccountError::Unavailable)), "{refused:?}");
}

#[tokio::test]
async fn many_commands_at_once_are_all_answered_and_stored() {
    let house = House::open().await;
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..600 {
        let center = house.center();
        waiting.spawn(async move {
            match center.handle(CoreCommand::CreateConversation(ConversationFields::default())).await {
                Ok(Reply::Conversation(row)) => row.id,
                other => panic!("{other:?}"),
            }
        });
    }
    let answered = waiting.join_all().await;
    let stored = house.server.state.store.snapshot(house.account).await.expect("readable").conversations;
    let mut answered: Vec<_> = answered.into_iter().collect();
    let mut stored: Vec<_> = stored.into_iter().map(|row| row.id).collect();
    answered.sort();
    stored.sort();
    assert_eq!(answered, stored);
}

#[tokio::test]
async fn a_server_that_stops_says_so() {
    let house = House::open().await;
    let agent_id = house.agent("Ada").await;
    let mut agent = house.agent_page(agent_id).await;
    let House { server, .. } = house;
    let stopped = tokio::spawn(server.stop());
    assert_eq!(agent.closed().await, Some(1001));
    drop(agent);
    stopped.await.expect("it stops");
}

#[tokio::test]
async fn while_the_database_fails_nothing_is_answered_as_done() {
    let house = House::open().await;
    let store = house.server.state.store.clone();
    house.does(CoreCommand::CreateConversation(ConversationFields::default())).await;
    store.close().await;
    let refused = house.center().handle(CoreCommand::CreateConversation(ConversationFields::default())).await;
    assert!(matches!(refused, Err(AccountError::Unavailable)), "{refused:?}");
    // In this state pages are told to come again shortly.
    let agent = house.agent_claims(model::AgentId::of(1));
    let mut page = crate::support::SilentPage::open(&house).await;
    page.say(crate::support::hello(&house.token(&agent))).await;
    match page.hear().await {
        Ok(ServerMessage::Error { error, .. }) => assert_eq!(error.name, "SERVICE_UNAVAILABLE"),
        other => panic!("{other:?}"),
    }
    assert_eq!(page.closed().await, Some(1013));
}
