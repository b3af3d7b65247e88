//! Schema versions: a newer database is refused, an older one is copied and migrated.

use crate::{
    database::{Connection, options, unavailable},
    error::OpenError,
    limits,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, migrate::Migrator};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Brings the file to the newest schema that this release knows.
pub(crate) async fn bring_up(path: &Path) -> Result<(), OpenError> {
    let mut connection = options(path).connect().await.map_err(|error| unavailable(path, &error))?;
    let done = bring_up_on(path, &mut connection).await;
    let closed = connection.close().await.map_err(|error| unavailable(path, &error));
    done.and(closed)
}

async fn bring_up_on(path: &Path, connection: &mut Connection) -> Result<(), OpenError> {
    let failed = |reason: String| OpenError::Migration { path: path.to_owned(), reason };
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    let found = version(connection).await.map_err(|error| unavailable(path, &error))?;
    if found > known {
        return Err(OpenError::Newer { path: path.to_owned(), found, known });
    }
    if found > 0 && found < known {
        copy(path, connection, found).await.map_err(|error| failed(format!("cannot copy it first: {error}")))?;
        forget_old_copies(path).map_err(|error| failed(format!("cannot remove old copies: {error}")))?;
    }
    MIGRATIONS.run(connection).await.map_err(|error| failed(error.to_string()))
}

/// Version of the last migration that was applied; 0 for an empty file.
async fn version(connection: &mut Connection) -> Result<i64, sqlx::Error> {
    let table = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    let tables: i64 = sqlx::query_scalar(table).fetch_one(&mut *connection).await?;
    if tables == 0 {
        return Ok(0);
    }
    let newest = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success";
    sqlx::query_scalar(newest).fetch_one(&mut *connection).await
}

/// Copies the whole database beside itself, the write-ahead log included.
async fn copy(path: &Path, connection: &mut Connection, version: i64) -> Result<(), sqlx::Error> {
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
