//! Commits are whole, belong to the account's one owner, and outlive the process.

use super::{
    place::Place,
    support::{ACCOUNT, Open, conversation, create_account},
};
use callcenter_core::row::RowChange;
use model::{AccountId, ConversationId};
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};
use store::{Error, Location, Store, Unit};

fn unit(number: u128) -> Unit {
    Unit { changes: vec![RowChange::Conversation(conversation(number))], events: Vec::new() }
}

#[tokio::test]
async fn a_stale_owner_s_commit_changes_nothing() {
    let open = Open::new().await;
    open.store.commit(ACCOUNT, open.epoch, &[unit(1)]).await.expect("the owner may");
    let newer = open.store.claim_epoch(ACCOUNT).await.expect("claimed");
    assert!(newer > open.epoch);
    let refused = open.store.commit(ACCOUNT, open.epoch, &[unit(2), unit(3)]).await;
    assert!(matches!(refused, Err(Error::StaleEpoch { account: ACCOUNT, .. })), "{refused:?}");
    open.store.commit(ACCOUNT, newer, &[unit(4)]).await.expect("the new owner may");
    let stored = open.store.snapshot(ACCOUNT).await.expect("a snapshot").conversations;
    assert_eq!(stored, [conversation(1), conversation(4)]);
}

#[tokio::test]
async fn a_group_is_written_as_a_whole_or_not_at_all() {
    let open = Open::new().await;
    let mut broken = unit(2);
    // The same sequence twice: what only a bug does.
    let event = callcenter_core::event::EventRecord {
        sequence: 1,
        at: model::WallTime(0),
        conversation: None,
        call: None,
        author: None,
        event: callcenter_core::event::Event::ConversationCreated,
    };
    broken.events = vec![event.clone(), event];
    assert!(open.store.commit(ACCOUNT, open.epoch, &[unit(1), broken]).await.is_err());
    let snapshot = open.store.snapshot(ACCOUNT).await.expect("a snapshot");
    assert!(snapshot.conversations.is_empty());
    assert_eq!(snapshot.last_event, 0);
    open.store.commit(ACCOUNT, open.epoch, &[unit(1)]).await.expect("the connection still works");
}

#[tokio::test]
async fn accounts_do_not_see_each_other() {
    let open = Open::new().await;
    let other = AccountId::of(2);
    create_account(&open.store, other).await;
    let epoch = open.store.claim_epoch(other).await.expect("claimed");
    open.store.commit(ACCOUNT, open.epoch, &[unit(1)]).await.expect("committed");
    // The same key in both accounts is two rows.
    open.store.commit(other, epoch, &[unit(1), unit(2)]).await.expect("committed");
    assert_eq!(open.store.snapshot(ACCOUNT).await.expect("a snapshot").conversations.len(), 1);
    assert_eq!(open.store.conversation(ACCOUNT, ConversationId::of(2)).await.expect("readable"), None);
    let page = open.store.conversations(ACCOUNT, &Default::default(), Default::default()).await.expect("readable");
    assert_eq!(page.total, 1);
}

const CHILD: &str = "STORE_TEST_DATABASE";

/// Writes conversation after conversation and says each number once it is committed. Runs in the child process alone.
#[tokio::test]
async fn child_that_is_killed() {
    let Ok(database) = std::env::var(CHILD) else { return };
    let location: Location = database.parse().expect("an address");
    let store = Store::open_at(&location).await.expect("a database");
    create_account(&store, ACCOUNT).await;
    let epoch = store.claim_epoch(ACCOUNT).await.expect("claimed");
    for number in 1.. {
        store.commit(ACCOUNT, epoch, &[unit(number)]).await.expect("committed");
        println!("committed {number}");
    }
}

#[tokio::test]
async fn what_was_committed_outlives_a_kill() {
    let place = Place::new();
    let (_, module) = module_path!().split_once("::").expect("a module of this program");
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args([&format!("{module}::child_that_is_killed"), "--exact", "--nocapture"])
        .env(CHILD, place.address())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child process");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut last = 0;
    for line in lines.map_while(Result::ok) {
        // The test harness writes its own words before the first.
        let Some((_, number)) = line.rsplit_once("committed ") else { continue };
        last = number.trim().parse().expect("a number");
        if last == 25 {
            child.kill().expect("killed");
        }
    }
    child.wait().expect("it ended");
    assert!(last >= 25, "the child committed {last}");
    let store = place.open().await;
    let stored = store.snapshot(ACCOUNT).await.expect("a snapshot").conversations;
    let count = u128::try_from(stored.len()).expect("few");
    assert!(count >= last, "{last} were committed, {count} are there");
    assert_eq!(stored, (1..=count).map(conversation).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_closed_database_is_unavailable() {
    let open = Open::new().await;
    open.store.close().await;
    let refused = open.store.commit(ACCOUNT, open.epoch, &[unit(1)]).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    let refused = open.store.snapshot(ACCOUNT).await.map(drop);
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
}
