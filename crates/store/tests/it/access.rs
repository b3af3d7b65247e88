//! Users, sessions and keys.

use super::support::{ACCOUNT, Open, create_account};
use model::{AccountId, AgentId, Role, UserId, WallTime, WebhookId};
use store::{ApiKeyRow, Error, SessionRow, UserRow, WebhookFailure, WebhookRow};
use uuid::Uuid;

fn user(number: u128, login: &str) -> UserRow {
    UserRow {
        account: ACCOUNT,
        id: UserId::of(number),
        login: login.into(),
        password_hash: "$argon2id$x".into(),
        display_name: "Ada".into(),
        role: Role::Supervisor,
        agent: Some(AgentId::of(3)),
        enabled: true,
        created_at: WallTime(1),
        updated_at: WallTime(2),
    }
}

#[tokio::test]
async fn users_are_found_by_login_and_a_login_is_unique_over_all_accounts() {
    let open = Open::new().await;
    open.store.create_user(&user(1, "ada@example.com")).await.expect("created");
    let found = open.store.user_by_login("ada@example.com").await.expect("readable");
    assert!(found == Some(user(1, "ada@example.com")));
    assert!(open.store.user_by_login("nobody").await.expect("readable").is_none());
    create_account(&open.store, AccountId::of(2)).await;
    let twin = UserRow { account: AccountId::of(2), ..user(2, "ada@example.com") };
    let refused = open.store.create_user(&twin).await;
    assert!(matches!(refused, Err(Error::Exists("the login name"))), "{refused:?}");

    open.store.set_password(ACCOUNT, UserId::of(1), "$argon2id$y", WallTime(9)).await.expect("set");
    let changed = open.store.user(ACCOUNT, UserId::of(1)).await.expect("readable").expect("there");
    assert_eq!((changed.password_hash.as_str(), changed.updated_at), ("$argon2id$y", WallTime(9)));
    assert!(open.store.user(AccountId::of(2), UserId::of(1)).await.expect("readable").is_none());
    assert!(!format!("{changed:?}").contains("argon2"), "debug output ends in logs");
}

#[tokio::test]
async fn sessions_end_when_they_are_told_to() {
    let open = Open::new().await;
    let session = |hash: &str, user: u128, expires: i64| SessionRow {
        hash: hash.into(),
        account: ACCOUNT,
        user: UserId::of(user),
        created_at: WallTime(1),
        expires_at: WallTime(expires),
    };
    for row in [session("a", 1, 100), session("b", 1, 200), session("c", 2, 300)] {
        open.store.create_session(&row).await.expect("created");
    }
    assert_eq!(open.store.session("a").await.expect("readable"), Some(session("a", 1, 100)));
    open.store.extend_session("a", WallTime(250)).await.expect("extended");
    assert_eq!(open.store.delete_expired_sessions(WallTime(200)).await.expect("deleted"), 1, "b");
    assert_eq!(open.store.session("b").await.expect("readable"), None);
    open.store.delete_session("c").await.expect("deleted");
    assert_eq!(open.store.session("c").await.expect("readable"), None);
    open.store.delete_sessions_of(AccountId::of(2), UserId::of(1)).await.expect("another account's");
    assert!(open.store.session("a").await.expect("readable").is_some());
    open.store.delete_sessions_of(ACCOUNT, UserId::of(1)).await.expect("deleted");
    assert_eq!(open.store.session("a").await.expect("readable"), None);
}

#[tokio::test]
async fn keys_are_found_by_hash_and_belong_to_one_account() {
    let open = Open::new().await;
    let key = ApiKeyRow {
        account: ACCOUNT,
        id: Uuid::from_u128(1),
        hash: "h".into(),
        name: "crm".into(),
        scopes: vec!["conversations:read".into(), "with \"quotes\"".into()],
        created_at: WallTime(1),
        expires_at: Some(WallTime(2)),
        last_used_at: None,
    };
    open.store.create_api_key(&key).await.expect("created");
    assert_eq!(open.store.api_key_by_hash("h").await.expect("readable"), Some(key.clone()));
    assert_eq!(open.store.api_key(AccountId::of(2), key.id).await.expect("readable"), None);
    assert_eq!(open.store.api_keys(ACCOUNT).await.expect("readable"), std::slice::from_ref(&key));
    assert!(!open.store.delete_api_key(AccountId::of(2), key.id).await.expect("another account's"));
    assert!(open.store.delete_api_key(ACCOUNT, key.id).await.expect("deleted"));
    assert_eq!(open.store.api_key_by_hash("h").await.expect("readable"), None);
}

#[tokio::test]
async fn a_webhooks_position_moves_only_while_it_is_the_one_that_was_read() {
    let open = Open::new().await;
    let row = WebhookRow {
        account: ACCOUNT,
        id: WebhookId::of(1),
        name: "crm".into(),
        url: "https://crm.example.com".into(),
        events: vec!["CONVERSATION_CREATED".into()],
        secret: "sealed".into(),
        old_secret: Some(("older".into(), WallTime(9))),
        enabled: true,
        disabled_reason: None,
        position: 3,
        revision: 1,
        failure: None,
        delivered_at: None,
        created_at: WallTime(1),
        updated_at: WallTime(1),
    };
    open.store.create_webhook(&row).await.expect("made");
    let failure = WebhookFailure { since: WallTime(2), attempts: 4, next_attempt_at: WallTime(8), error: "500".into() };
    let delivered = WebhookRow { position: 5, failure: Some(failure), delivered_at: Some(WallTime(2)), ..row.clone() };
    assert!(open.store.note_delivery(&delivered).await.expect("noted"));
    let open = open.reopen().await;
    assert_eq!(open.store.webhook(ACCOUNT, row.id).await.expect("readable"), Some(delivered.clone()));
    let changed = WebhookRow { name: "other".into(), revision: 2, ..delivered.clone() };
    assert!(open.store.update_webhook(&changed).await.expect("changed"));
    assert!(!open.store.update_webhook(&changed).await.expect("answered"), "somebody was first");
    assert!(!open.store.note_delivery(&delivered).await.expect("answered"), "it has changed since");
    assert_eq!(open.store.webhooks(ACCOUNT).await.expect("readable"), [changed]);
    assert_eq!(open.store.webhook(AccountId::of(2), row.id).await.expect("readable"), None);
    assert!(!open.store.delete_webhook(AccountId::of(2), row.id).await.expect("another account's"));
    assert!(open.store.delete_webhook(ACCOUNT, row.id).await.expect("deleted"));
    assert!(!format!("{row:?}").contains("sealed") && !format!("{row:?}").contains("example"), "ends in logs");
}
