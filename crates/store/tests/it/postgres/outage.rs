//! Servers fail, and come back.

use super::{
    place::Place,
    support::{ACCOUNT, Open, conversation},
};
use callcenter_core::row::RowChange;
use sqlx::{Connection, PgConnection};
use store::{Error, Unit, testing::PostgresServer};

fn unit(number: u128) -> Unit {
    Unit { changes: vec![RowChange::Conversation(conversation(number))], events: Vec::new() }
}

#[tokio::test]
async fn a_server_that_dies_is_unavailable_and_has_lost_nothing_when_it_is_back() {
    let server = PostgresServer::start(&std::env::temp_dir(), None);
    let open = Open::at(Place::on(&server)).await;
    open.store.commit(ACCOUNT, open.epoch, &[unit(1)]).await.expect("committed");
    server.crash();
    let refused = open.store.commit(ACCOUNT, open.epoch, &[unit(2)]).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    let refused = open.store.snapshot(ACCOUNT).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    server.start_again();
    // The same store, whose connections are all gone.
    open.store.commit(ACCOUNT, open.epoch, &[unit(3)]).await.expect("committed again");
    let stored = open.store.snapshot(ACCOUNT).await.expect("a snapshot").conversations;
    assert_eq!(stored, [conversation(1), conversation(3)]);
    open.store.close().await;
}

#[tokio::test]
async fn connections_that_an_administrator_ends_are_replaced() {
    let open = Open::new().await;
    open.store.commit(ACCOUNT, open.epoch, &[unit(1)]).await.expect("committed");
    let end_all =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", open.place.name());
    assert!(PostgresServer::shared().run("postgres", &end_all).contains('t'), "there were some");
    open.store.commit(ACCOUNT, open.epoch, &[unit(2)]).await.expect("committed");
    assert_eq!(open.store.snapshot(ACCOUNT).await.expect("a snapshot").conversations.len(), 2);
}

/// An owner that hangs in the middle of a commit keeps the next one out for a bounded time.
#[tokio::test]
async fn a_lock_that_another_process_holds_is_not_waited_for_without_end() {
    let open = Open::new().await;
    let mut other = PgConnection::connect(&open.place.address()).await.expect("the same database");
    let mut hanging = other.begin().await.expect("a transaction");
    sqlx::query("UPDATE epochs SET epoch = epoch").execute(&mut *hanging).await.expect("locked");
    let refused = open.store.claim_epoch(ACCOUNT).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    let refused = open.store.commit(ACCOUNT, open.epoch, &[unit(1)]).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    hanging.rollback().await.expect("ended");
    assert!(open.store.claim_epoch(ACCOUNT).await.expect("claimed") > open.epoch);
    assert!(open.store.snapshot(ACCOUNT).await.expect("a snapshot").conversations.is_empty());
}
