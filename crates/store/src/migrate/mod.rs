//! Schema versions: a newer database is refused, an older one is migrated.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use sqlx::migrate::Migrator;

/// The newest version that these migrations bring.
fn newest(migrations: &Migrator) -> i64 {
    migrations.iter().map(|migration| migration.version).max().unwrap_or(0)
}
