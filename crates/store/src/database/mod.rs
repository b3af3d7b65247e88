//! Two databases behind one set of types. Everything else in this crate speaks SQL that both understand, so that a
//! query is written once; what differs between them stays in this folder and in the migrations.

mod connection;
mod location;
pub(crate) mod postgres;
mod query;
pub(crate) mod sqlite;

pub(crate) use connection::{Connection, Kind, Pool};
pub use location::{Location, LocationError, PostgresUrl};
pub(crate) use query::{DbRow, Query, QueryBuilder, query};

use crate::{error::OpenError, migrate};
use std::path::Path;

/// A database: cheap to clone, shared by all accounts of the process.
#[derive(Clone)]
pub struct Store {
    /// Connections that write.
    pub(crate) writer: Pool,
    /// Connections that only read; they see what is committed.
    pub(crate) readers: Pool,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("driver", &self.writer.driver()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the SQLite file, makes it if there is none, and brings it to this release's schema. A file of an older
    /// schema is copied beside itself first.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        migrate::sqlite::bring_up(path).await?;
        let (writer, readers) = sqlite::pools(path).await?;
        Ok(Self { writer: Pool::Sqlite(writer), readers: Pool::Sqlite(readers) })
    }

    /// Opens a database of either kind and brings it to this release's schema. A server's database must exist; it is
    /// not copied before a migration.
    pub async fn open_at(location: &Location) -> Result<Self, OpenError> {
        let url = match location {
            Location::File(path) => return Self::open(path).await,
            Location::Server(url) => url,
        };
        migrate::postgres::bring_up(url).await?;
        let (writer, readers) = postgres::pools(url).await?;
        Ok(Self { writer: Pool::Postgres(writer), readers: Pool::Postgres(readers) })
    }

    /// Waits for what runs and closes all connections.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
