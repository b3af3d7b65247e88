//! What every request handler can reach.

use crate::{
    account::Accounts, auth::Auth, clock::Clock, config::Config, directory::Directory, engine_link::EngineLink,
    hub::Hub,
};
use std::sync::Arc;
use store::Store;
use telemetry::Metrics;

/// Cheap to clone: everything in it is shared.
#[derive(Clone)]
pub struct AppState {
    /// The call centers.
    pub accounts: Accounts,
    /// The database.
    pub store: Store,
    /// Tokens, passwords, secrets.
    pub auth: Arc<Auth>,
    /// What operators count.
    pub metrics: Arc<Metrics>,
    /// As it was at start.
    pub config: Arc<Config>,
    /// The clock of the process.
    pub clock: Clock,
    pub(crate) hub: Hub,
    pub(crate) directory: Directory,
    pub(crate) engine: EngineLink,
}
