//! A file that may not grow.

use super::support::{ACCOUNT, conversation, create_account};
use callcenter_core::row::RowChange;
use std::process::Command;
use store::{Error, Store, Unit};

const LIMITED_CHILD: &str = "STORE_TEST_LIMITED_FILE";

fn unit(number: u128) -> Unit {
    Unit { changes: vec![RowChange::Conversation(conversation(number))], events: Vec::new() }
}

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
            "trap '' XFSZ; ulimit -f 3000; exec \"$0\" sqlite::disk::child_that_runs_out_of_room --exact --nocapture",
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
