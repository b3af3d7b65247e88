//! Subdomains: one name for one account, and no more of them than allowed.

use super::support::{ACCOUNT, Open};
use model::{AccountId, SubdomainId, WallTime};
use store::{Error, SubdomainRow};

const NEIGHBOUR: AccountId = AccountId::of(99);

fn subdomain(account: AccountId, number: u128, name: &str) -> SubdomainRow {
    SubdomainRow { account, id: SubdomainId::of(number), name: name.to_owned(), created_at: WallTime(5) }
}

#[tokio::test]
async fn a_subdomain_is_one_accounts_until_it_is_deleted() {
    let open = Open::new().await;
    let row = subdomain(ACCOUNT, 1, "acme");
    assert!(open.store.create_subdomain(&row, 3).await.expect("written"));
    let open = open.reopen().await;
    let store = &open.store;
    assert_eq!(store.subdomains(ACCOUNT).await.expect("readable"), std::slice::from_ref(&row));
    assert_eq!(store.subdomains(NEIGHBOUR).await.expect("readable"), []);
    assert!(store.is_subdomain("acme").await.expect("readable"));
    assert!(!store.is_subdomain("acm").await.expect("readable"));
    for account in [ACCOUNT, NEIGHBOUR] {
        let taken = store.create_subdomain(&subdomain(account, 2, "acme"), 3).await;
        assert!(matches!(taken, Err(Error::Exists(_))), "{taken:?}");
    }
    assert!(!store.delete_subdomain(NEIGHBOUR, row.id).await.expect("answered"), "it is not the neighbour's");
    assert!(store.delete_subdomain(ACCOUNT, row.id).await.expect("answered"));
    assert!(!store.delete_subdomain(ACCOUNT, row.id).await.expect("answered"), "it is gone");
    assert!(store.create_subdomain(&subdomain(NEIGHBOUR, 3, "acme"), 3).await.expect("written"), "free again");
}

#[tokio::test]
async fn an_account_has_so_many_subdomains_and_its_neighbour_as_many() {
    let open = Open::new().await;
    let create = async |account, number, name| {
        open.store.create_subdomain(&subdomain(account, number, name), 2).await.expect("answered")
    };
    assert!(create(ACCOUNT, 1, "a").await && create(ACCOUNT, 2, "b").await);
    assert!(!create(ACCOUNT, 3, "c").await, "two are allowed");
    assert!(create(NEIGHBOUR, 3, "c").await);
}
