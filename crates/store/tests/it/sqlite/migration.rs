//! Older files are copied and brought up, newer ones are left alone.

use super::support::{ACCOUNT, Open};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::path::Path;
use store::{OpenError, Store};

async fn connect(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).connect().await.expect("the file")
}

async fn set_version(file: &Path, version: i64) {
    let mut connection = connect(file).await;
    let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
               VALUES ($1, 'from the future', TRUE, x'00', 0)";
    sqlx::query(sql).bind(version).execute(&mut connection).await.expect("written");
    connection.close().await.expect("closed");
}

#[tokio::test]
async fn a_newer_database_is_refused_and_says_what_to_do() {
    let open = Open::new().await;
    open.store.close().await;
    let file = open.place.file();
    set_version(&file, 999).await;
    let refused = Store::open(&file).await.expect_err("newer");
    assert!(matches!(refused, OpenError::Newer { found: 999, .. }), "{refused:?}");
    assert!(refused.to_string().contains("install the newer release"), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("test.db");
    std::fs::write(&file, "this is a text file and no database at all").expect("written");
    let refused = Store::open(&file).await.expect_err("no database");
    assert!(refused.to_string().contains("test.db"), "{refused}");
    let missing = folder.path().join("nowhere/test.db");
    let refused = Store::open(&missing).await.expect_err("no folder");
    assert!(refused.to_string().contains("folder exists"), "{refused}");
}

#[tokio::test]
async fn a_file_of_this_release_is_opened_as_it_is() {
    let open = Open::new().await.reopen().await;
    assert_eq!(open.store.accounts().await.expect("readable").len(), 1);
    open.store.snapshot(ACCOUNT).await.expect("a snapshot");
    let copies = std::fs::read_dir(open.place.folder()).expect("the folder").flatten();
    assert_eq!(copies.filter(|file| file.path().extension().is_some_and(|end| end == "copy")).count(), 0);
}
