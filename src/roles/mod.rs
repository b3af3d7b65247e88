//! Roles that run apart, joined by [`link`].

pub(crate) mod drain;
pub(crate) mod engine;
mod pool;
pub(crate) mod recorder;
pub(crate) mod signaling;

use crate::{
    config::Config,
    process::{BUILD, ProcessError},
};
use ::link::{LinkState, Node};
use tokio::sync::watch;
use wire::link::Role;

/// The role with its certificates.
fn node(config: &Config, role: Role) -> Result<Node, ProcessError> {
    Node::new(role, BUILD, &config.link.files(role)).map_err(ProcessError::new)
}

/// What is in the way when another role is away.
fn problem(role: Role, state: &watch::Receiver<LinkState>) -> Option<String> {
    match &*state.borrow() {
        LinkState::Up { .. } => None,
        LinkState::Down { reason: Some(reason) } => Some(format!("the {role} is not connected: {reason}")),
        LinkState::Down { reason: None } => Some(format!("the {role} is not connected yet")),
    }
}
