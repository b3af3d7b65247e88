use store::{Location, Store, testing::PostgresServer};

/// A database of its own.
pub(crate) struct Place(String);

impl Place {
    pub(crate) fn new() -> Self {
        Self::on(PostgresServer::shared())
    }

    /// On a server that a test has for itself.
    pub(crate) fn on(server: &PostgresServer) -> Self {
        Self(server.database())
    }

    /// As a configuration names it.
    pub(crate) fn address(&self) -> String {
        self.0.clone()
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open_at(&self.location()).await.expect("a database")
    }

    pub(crate) fn location(&self) -> Location {
        self.0.parse().expect("an address")
    }

    /// Its name on the server.
    pub(crate) fn name(&self) -> &str {
        let path = self.0.strip_prefix("postgres:///").expect("as the server gives it");
        path.split('?').next().expect("a name")
    }
}
