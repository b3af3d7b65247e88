//! Commits are whole, belong to the account's one owner, and outlive the process.

use crate::support::{ACCOUNT, Open, conversation, create_account};
use callcenter_core::row::RowChange;
use model::{AccountId, ConversationId};
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};
use store::{Error, Store, Unit};

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

const CHILD: &str = "STORE_TEST_FILE";

/// Writes conversation after conversation and says each number once it is committed. Runs in the child process alone.
#[tokio::test]
async fn child_that_is_killed() {
    let Some(file) = std::env::var_os(CHILD) else { return };
    let store = Store::open(file.as_ref()).await.expect("a database");
    create_account(&store, ACCOUNT).await;
    let epoch = store.claim_epoch(ACCOUNT).await.expect("claimed");
    for number in 1.. {
        store.commit(ACCOUNT, epoch, &[unit(number)]).await.expect("committed");
        println!("committed {number}");
    }
}

#[tokio::test]
async fn what_was_committed_outlives_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("test.db");
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["durability::child_that_is_killed", "--exact", "--nocapture"])
        .env(CHILD, &file)
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
    let store = Store::open(&file).await.expect("the database again");
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

const LIMITED_CHILD: &str = "STORE_TEST_LIMITED_FILE";

/// Writes until the file may not grow further. Runs in the child process alone.
#[tokio::test]
async fn child_that_runs_out_of_room() {
    let Some(file) = std::env::var_os(LIMITED_CHILD) else { return };
    let store = Store::open(file.as_ref()).await.expect("a database");
    create_account(&store, ACCOUNT).await;
    let epoch = store.claim_epoch(ACCOUNT).await.expect("claimed");
    for number in 1.. {
        match store.commit(ACCOUNT, epoch, &[unit(number)]).await {
            Ok(()) => println!("committed {number}"),
            Err(Error::Unavailable(_)) => {
                let readable = store.snapshot(ACCOUNT).await.expect("reading goes on").conversations.len();
                println!("readable {readable}");
                return;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

/// A limit on the size of files plays the full disk.
#[tokio::test]
async fn a_full_disk_is_unavailable_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("test.db");
    // The signal that comes with the limit is ignored, so that writing fails as on a full disk.
    let output = Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 1500; exec \"$0\" durability::child_that_runs_out_of_room --exact --nocapture",
        ])
        .arg(std::env::current_exe().expect("this test"))
        .env(LIMITED_CHILD, &file)
        .output()
        .expect("a child process");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said} {}", String::from_utf8_lossy(&output.stderr));
    let number_after = |word: &str| -> u128 {
        let (_, rest) = said.rsplit_once(word).unwrap_or_else(|| panic!("no {word:?} in {said}"));
        rest.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
    };
    let committed = number_after("committed ");
    assert_eq!(number_after("readable "), committed);
    let store = Store::open(&file).await.expect("the database again");
    let stored = store.snapshot(ACCOUNT).await.expect("a snapshot").conversations;
    assert_eq!(stored, (1..=committed).map(conversation).collect::<Vec<_>>());
}
