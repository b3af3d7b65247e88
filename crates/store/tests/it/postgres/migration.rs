//! A database is brought up by one process at a time; what cannot be used is refused with what to do.

use super::{
    place::Place,
    support::{ACCOUNT, Open},
};
use store::{Location, OpenError, Store, testing::PostgresServer};

#[tokio::test]
async fn a_newer_database_is_refused_and_says_what_to_do() {
    let open = Open::new().await;
    open.store.close().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (999, 'from the future', TRUE, '', 0)";
    PostgresServer::shared().run(open.place.name(), newer);
    let refused = Store::open_at(&open.place.location()).await.expect_err("newer");
    assert!(matches!(refused, OpenError::Newer { found: 999, .. }), "{refused:?}");
    assert!(refused.to_string().contains("install the newer release"), "{refused}");
}

#[tokio::test]
async fn a_database_of_this_release_is_opened_as_it_is() {
    let open = Open::new().await.reopen().await;
    assert_eq!(open.store.accounts().await.expect("readable").len(), 1);
    open.store.snapshot(ACCOUNT).await.expect("a snapshot");
}

#[tokio::test]
async fn processes_that_start_at_once_migrate_once() {
    let place = Place::new();
    let (one, two, three) = tokio::join!(place.open(), place.open(), place.open());
    for store in [one, two, three] {
        assert!(store.accounts().await.expect("readable").is_empty());
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_named_without_its_password() {
    let place = Place::new();
    let missing = place.address().replace(place.name(), "missing") + "&password=hidden";
    let location: Location = missing.parse().expect("an address");
    let refused = Store::open_at(&location).await.expect_err("no such role and database").to_string();
    assert!(refused.contains("cannot reach the database postgres:///missing?host="), "{refused}");
    assert!(!refused.contains("hidden"), "{refused}");
}

#[tokio::test]
async fn a_database_that_cannot_hold_every_text_is_refused() {
    let server = PostgresServer::shared();
    let place = Place::new();
    let name = format!("{}_latin", place.name());
    let create = format!("CREATE DATABASE {name} OWNER {} TEMPLATE template0 ENCODING 'LATIN1'", place.name());
    server.run("postgres", &create);
    let address = place.address().replacen(place.name(), &name, 1);
    let refused = Store::open_at(&address.parse().expect("an address")).await.expect_err("not UTF-8");
    assert!(matches!(refused, OpenError::Unsuitable { .. }), "{refused:?}");
    assert!(refused.to_string().contains("ENCODING 'UTF8'"), "{refused}");
}
