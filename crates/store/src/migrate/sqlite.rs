//! An older file is copied beside itself before it is migrated.

use super::newest;
use crate::{
    database::sqlite::{options, unavailable},
    error::OpenError,
    limits,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, SqliteConnection, migrate::Migrator};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Brings the file to the newest schema that this release knows.
pub(crate) async fn bring_up(path: &Path) -> Result<(), OpenError> {
    let mut connection = options(path).connect().await.map_err(|error| unavailable(path, &error))?;
    let done = bring_up_on(path, &mut connection, &MIGRATIONS).await;
    let closed = connection.close().await.map_err(|error| unavailable(path, &error));
    done.and(closed)
}

async fn bring_up_on(path: &Path, connection: &mut SqliteConnection, migrations: &Migrator) -> Result<(), OpenError> {
    let failed = |reason: String| OpenError::Migration { database: path.display().to_string(), reason };
    let known = newest(migrations);
    let found = version(connection).await.map_err(|error| unavailable(path, &error))?;
    if found > known {
        return Err(OpenError::Newer { database: path.display().to_string(), found, known });
    }
    if found > 0 && found < known {
        copy(path, connection, found).await.map_err(|error| failed(format!("cannot copy it first: {error}")))?;
        forget_old_copies(path).map_err(|error| failed(format!("cannot remove old copies: {error}")))?;
    }
    migrations.run(connection).await.map_err(|error| failed(error.to_string()))
}

/// Version of the last migration that was applied; 0 for an empty file.
async fn version(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let table = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    let tables: i64 = sqlx::query_scalar(table).fetch_one(&mut *connection).await?;
    if tables == 0 {
        return Ok(0);
    }
    let newest = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success";
    sqlx::query_scalar(newest).fetch_one(&mut *connection).await
}

/// Copies the whole database beside itself, the write-ahead log included.
async fn copy(path: &Path, connection: &mut SqliteConnection, version: i64) -> Result<(), sqlx::Error> {
    let target = copy_name(path, version);
    if target.exists() {
        // From an attempt that failed after this point; the file has not changed since.
        std::fs::remove_file(&target)?;
    }
    let quoted = target.to_string_lossy().replace('\'', "''");
    sqlx::raw_sql(AssertSqlSafe(format!("VACUUM INTO '{quoted}'"))).execute(connection).await?;
    std::fs::File::open(&target)?.sync_all()?;
    Ok(())
}

/// `NAME.schema-3.copy` for a file of version 3.
fn copy_name(path: &Path, version: i64) -> PathBuf {
    let mut name = prefix(path);
    name.push(format!("{version}.copy"));
    path.with_file_name(name)
}

fn prefix(path: &Path) -> OsString {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(".schema-");
    name
}

fn forget_old_copies(path: &Path) -> std::io::Result<()> {
    let prefix = prefix(path).to_string_lossy().into_owned();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut copies = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let version = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(".copy"));
        if let Some(version) = version.and_then(|version| version.parse::<i64>().ok()) {
            copies.push((version, entry.path()));
        }
    }
    copies.sort();
    let surplus = copies.len().saturating_sub(limits::KEPT_COPIES);
    copies.into_iter().take(surplus).try_for_each(|(_, copy)| std::fs::remove_file(copy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{
        SqlSafeStr,
        migrate::{Migration, MigrationType},
    };

    /// The first `count` releases of a schema that gets one table more with each.
    fn releases(count: i64) -> Migrator {
        let migration = |version: i64| {
            let sql = AssertSqlSafe(format!("CREATE TABLE t{version} (a BIGINT)")).into_sql_str();
            Migration::new(version, format!("release {version}").into(), MigrationType::Simple, sql, false)
        };
        Migrator { migrations: (1..=count).map(migration).collect(), ..Migrator::DEFAULT }
    }

    async fn open_with(path: &Path, count: i64) -> SqliteConnection {
        let mut connection = options(path).connect().await.expect("a database");
        bring_up_on(path, &mut connection, &releases(count)).await.expect("brought up");
        connection
    }

    async fn rows(connection: &mut SqliteConnection) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM t1").fetch_one(connection).await.expect("a table")
    }

    #[tokio::test]
    async fn an_older_file_is_copied_before_it_is_migrated() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("it's.db");
        for release in 1..=6 {
            let mut connection = open_with(&path, release).await;
            assert_eq!(rows(&mut connection).await, release - 1, "nothing is lost");
            sqlx::query("INSERT INTO t1 VALUES (1)").execute(&mut connection).await.expect("written");
            connection.close().await.expect("closed");
        }
        // Each copy is the file as it was before the release after it; the oldest have gone.
        let exists = |version| copy_name(&path, version).exists();
        assert_eq!((1..=6).map(exists).collect::<Vec<_>>(), [false, false, true, true, true, false]);
        let copy = copy_name(&path, 5);
        let mut connection = options(&copy).connect().await.expect("the copy is a database");
        assert_eq!(version(&mut connection).await.expect("a version"), 5);
        assert_eq!(rows(&mut connection).await, 5);
    }

    #[tokio::test]
    async fn a_migration_that_fails_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("test.db");
        let mut connection = open_with(&path, 1).await;
        sqlx::query("CREATE TABLE t2 (in_the_way BIGINT)").execute(&mut connection).await.expect("written");
        let failed = bring_up_on(&path, &mut connection, &releases(2)).await.expect_err("t2 exists");
        assert!(failed.to_string().contains("t2"), "{failed}");
        assert_eq!(version(&mut connection).await.expect("a version"), 1);
        assert_eq!(rows(&mut connection).await, 0);
    }
}
