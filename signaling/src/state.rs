//! What every request handler can reach.

use crate::{
    account::Accounts, auth::Auth, clock::Clock, config::Config, directory::Directory, engine_link::EngineLink,
    http::throttle::Throttle, hub::Hub, recorder_link::RecorderPlace, supply::Maker, webhooks::News,
};
use link::LinkState;
use std::sync::Arc;
use store::Store;
use telemetry::Metrics;
use tokio::sync::watch;

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
    pub(crate) maker: Maker,
    pub(crate) apart: Apart,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) news: News,
}

/// Roles that may be processes of their own; an engine in this process is absent.
#[derive(Clone)]
pub(crate) struct Apart {
    pub(crate) engine: Option<watch::Receiver<LinkState>>,
    pub(crate) recorder: RecorderPlace,
}

impl Apart {
    /// What is in the way of calls or their recording.
    pub(crate) fn problems(&self) -> Vec<String> {
        let states = [("media engine", self.engine.as_ref()), ("recorder", self.recorder.link())];
        let down = |(role, state): (&str, Option<&watch::Receiver<LinkState>>)| match &*state?.borrow() {
            LinkState::Up { .. } => None,
            LinkState::Down { reason: Some(reason) } => Some(format!("the {role} is not connected: {reason}")),
            LinkState::Down { reason: None } => Some(format!("the {role} is not connected yet")),
        };
        states.into_iter().filter_map(down).collect()
    }
}
