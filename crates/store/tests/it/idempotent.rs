//! Requests that are carried out once.

use super::support::{ACCOUNT, Open};
use model::{AccountId, WallTime};
use store::{Claim, IdempotentKey, KeptAnswer};

fn key(caller: &str) -> IdempotentKey {
    IdempotentKey { account: ACCOUNT, caller: caller.into(), operation: "POST /tags".into(), key: "k".into() }
}

fn answer() -> KeptAnswer {
    KeptAnswer { status: 200, content_type: Some("application/json".into()), sealed: "sealed".into() }
}

#[tokio::test]
async fn an_answer_is_kept_over_a_restart_until_its_key_expires() {
    let open = Open::new().await;
    let claim = async |open: &Open, key: &IdempotentKey, hash: &str, now: i64| {
        open.store.claim_request(key, hash, WallTime(now), WallTime(now + 100)).await.expect("answered")
    };
    assert_eq!(claim(&open, &key("a"), "h", 10).await, Claim::Fresh);
    assert_eq!(claim(&open, &key("a"), "h", 20).await, Claim::Begun(WallTime(10)));
    assert_eq!(claim(&open, &key("b"), "h", 20).await, Claim::Fresh, "another caller's key is another key");
    let neighbour = IdempotentKey { account: AccountId::of(2), ..key("a") };
    assert_eq!(claim(&open, &neighbour, "h", 20).await, Claim::Fresh);
    open.store.keep_answer(&key("a"), &answer()).await.expect("kept");
    let open = open.reopen().await;
    assert_eq!(claim(&open, &key("a"), "h", 30).await, Claim::Answered(answer()));
    assert_eq!(claim(&open, &key("a"), "other", 30).await, Claim::Different);
    assert_eq!(claim(&open, &key("a"), "other", 110).await, Claim::Fresh, "expired");
}

#[tokio::test]
async fn a_key_of_a_request_that_changed_nothing_is_free_again() {
    let open = Open::new().await;
    let claim = async || open.store.claim_request(&key("a"), "h", WallTime(1), WallTime(9)).await.expect("answered");
    assert_eq!(claim().await, Claim::Fresh);
    open.store.release_request(&key("a")).await.expect("released");
    assert_eq!(claim().await, Claim::Fresh);
    open.store.keep_answer(&key("a"), &answer()).await.expect("kept");
    open.store.release_request(&key("a")).await.expect("too late");
    assert_eq!(claim().await, Claim::Answered(answer()));
}
