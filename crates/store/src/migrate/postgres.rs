//! A PostgreSQL database is migrated by one process at a time. It is not copied first: backups are the server's matter.

use super::newest;
use crate::{
    database::{
        PostgresUrl,
        postgres::{session, unreachable},
    },
    error::OpenError,
    limits,
};
use sqlx::{ConnectOptions, Connection as _, PgConnection, Row, migrate::Migrator};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Advisory lock of who migrates: "switchrm" in ASCII, so that no other program means the same.
const LOCK: i64 = 0x7377_6974_6368_726d;

/// The oldest release that is tested, as `server_version_num` says it.
const OLDEST: i64 = 140_000;

/// Brings the database to the newest schema that this release knows.
pub(crate) async fn bring_up(url: &PostgresUrl) -> Result<(), OpenError> {
    let options = session(url, limits::MIGRATION_TIMEOUT, limits::MIGRATION_WAIT);
    let mut connection = tokio::time::timeout(limits::ACQUIRE_TIMEOUT, options.connect())
        .await
        .map_err(|_| unreachable(url, "no answer"))?
        .map_err(|error| unreachable(url, error))?;
    let done = bring_up_on(url, &mut connection, &MIGRATIONS).await;
    // Closing gives the lock back. The migration is done or not, whether the server hears the goodbye or not.
    let _ = connection.close().await;
    done
}

async fn bring_up_on(url: &PostgresUrl, connection: &mut PgConnection, migrations: &Migrator) -> Result<(), OpenError> {
    let failed = |reason: String| OpenError::Migration { database: url.to_string(), reason };
    check(url, connection).await?;
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(LOCK)
        .execute(&mut *connection)
        .await
        .map_err(|error| failed(format!("another process migrates it and does not come to an end: {error}")))?;
    let known = newest(migrations);
    let found = version(connection).await.map_err(|error| unreachable(url, error))?;
    if found > known {
        return Err(OpenError::Newer { database: url.to_string(), found, known });
    }
    migrations.run(connection).await.map_err(|error| failed(error.to_string()))
}

/// Refuses servers that could not keep what they are given.
async fn check(url: &PostgresUrl, connection: &mut PgConnection) -> Result<(), OpenError> {
    let sql = "SELECT current_setting('server_version_num')::bigint, current_setting('server_version'), \
               current_setting('server_encoding'), pg_is_in_recovery()";
    let row = sqlx::query(sql).fetch_one(connection).await.map_err(|error| unreachable(url, error))?;
    let read = || {
        Ok::<(i64, String, String, bool), sqlx::Error>((
            row.try_get(0)?,
            row.try_get(1)?,
            row.try_get(2)?,
            row.try_get(3)?,
        ))
    };
    let (number, version, encoding, is_standby) = read().map_err(|error| unreachable(url, error))?;
    let reason = match () {
        () if number < OLDEST => format!("the server is PostgreSQL {version}; 14 or newer is needed"),
        () if encoding != "UTF8" => format!("its encoding is {encoding}; create it with ENCODING 'UTF8'"),
        () if is_standby => "the server is a standby, which cannot be written to; name the primary".to_owned(),
        () => return Ok(()),
    };
    Err(OpenError::Unsuitable { database: url.to_string(), reason })
}

/// Version of the last migration that was applied; 0 for an empty database.
async fn version(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    let exists = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
    if !sqlx::query_scalar::<_, bool>(exists).fetch_one(&mut *connection).await? {
        return Ok(0);
    }
    let newest = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success";
    sqlx::query_scalar(newest).fetch_one(connection).await
}
