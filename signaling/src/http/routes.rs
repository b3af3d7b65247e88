//! Registers the API's routes, each with its [`Operation`].

use super::access::Operation;
use super::caller::guard;
use crate::state::AppState;
use axum::middleware::from_fn_with_state;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};

/// Routes that are being registered.
pub(crate) struct Routes {
    router: OpenApiRouter<AppState>,
    /// Absent when only the description is wanted.
    state: Option<AppState>,
}

impl Routes {
    /// No routes yet. Without a state they are good for the API's description alone and must not be served.
    pub(crate) fn new(router: OpenApiRouter<AppState>, state: Option<AppState>) -> Self {
        Self { router, state }
    }

    /// Registers the route of an operation: its rule is applied before the handler runs.
    pub(crate) fn on(mut self, operation: Operation, route: UtoipaMethodRouter<AppState>) -> Self {
        let guarded = match &self.state {
            Some(state) => route.layer(from_fn_with_state((state.clone(), operation), guard)),
            None => route,
        };
        self.router = self.router.routes(guarded);
        self
    }

    /// What was registered.
    pub(crate) fn into_router(self) -> OpenApiRouter<AppState> {
        self.router
    }
}
