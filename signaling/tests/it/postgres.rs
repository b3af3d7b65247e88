//! With its database on a PostgreSQL server.

use crate::{
    calls::{Talk, talk},
    durability::everybody_rejoins_after_a_crash,
    support::{House, PATIENCE},
};
use callcenter_core::{
    command::{Command, ConversationFields, Reply},
    row::CallState,
};
use signaling::account::AccountError;
use store::testing::PostgresServer;

async fn house_over(server: &PostgresServer) -> House {
    House::open_over(server.database().parse().expect("an address")).await
}

#[tokio::test]
async fn after_a_crash_of_the_process_everybody_rejoins_the_call() {
    everybody_rejoins_after_a_crash(house_over(PostgresServer::shared()).await).await;
}

#[tokio::test]
async fn a_call_outlives_its_database_s_crash() {
    let server = PostgresServer::start(&std::env::temp_dir(), None);
    let mut house = house_over(&server).await;
    let agent_id = house.agent("Ada").await;
    // The pages stay connected.
    let Talk { started, agent_leg, agent: _agent, customer: _customer } = talk(&mut house, agent_id).await;
    house.engine.expect_patches(started.call, [started.leg, agent_leg]).await;
    let create = || Command::CreateConversation(ConversationFields::default());
    let Reply::Conversation(answered) = house.does(create()).await else { panic!("a conversation was asked for") };
    let answered = answered.id;
    server.crash();
    // Nothing is answered that is not stored.
    let refused = house.center().handle(create()).await;
    assert!(matches!(refused, Err(AccountError::Unavailable)), "{refused:?}");
    server.start_again();

    // The call center is built again by itself, with everything that was answered and nothing else.
    let back = async {
        loop {
            let answer = house.center().query(move |core, _| core.conversation(answered).is_some()).await;
            match answer {
                Ok(known) => return assert!(known, "what was answered is known"),
                Err(_) => tokio::task::yield_now().await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, back).await.expect("built again");
    let stored = house.server.state.store.snapshot(house.account).await.expect("readable");
    assert_eq!(stored.conversations.len(), 2, "the call's and the answered one");
    assert_eq!(stored.calls.len(), 1);
    assert_eq!((stored.calls[0].id, stored.calls[0].state), (started.call, CallState::Established));
    house.engine.expect_patches(started.call, [started.leg, agent_leg]).await;
    house.does(create()).await;
}
