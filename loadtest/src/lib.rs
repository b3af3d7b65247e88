//! Real calls, as people make them, from a plan and a seed.
//!
//! ```text
//! Plan ─► Stage (agents, links) ─► Agent × N   ring, answer, notes ─┐
//!                               └► customer × N link, call, hang up ┴─► Board ─► Report
//!                                       │ offers, answers                ▲
//!                                       ▼                                │ what was heard
//!                                     Media: threads with a UDP socket and a str0m client per leg
//! ```
//!
//! Everything goes over the public API, the documented WebSocket and real sockets. Each packet carries a stamp that says
//! whose it is and when it left, so that receivers measure loss, delay, damage and somebody else's voice by themselves.

mod access;
mod agent;
mod api;
mod board;
mod call;
mod customer;
mod histogram;
mod http;
pub mod limits;
mod media;
mod origin;
mod page;
mod plan;
mod recordings;
mod report;
mod run;
mod server_process;
mod stage;

pub use access::{AccessError, KEY_VARIABLE};
pub use http::HttpError;
pub use origin::OriginError;
pub use plan::{
    CallsPlan, Distribution, EXAMPLE, LimitsPlan, MediaPlan, NetworkPlan, Overrides, Plan, PlanError, RecordingsPlan,
    Route, ServerPlan, TalkPlan,
};
pub use report::{
    CallsReport, DelayReport, MediaReport, MosReport, RecordingsReport, Report, ServerReport, SetupReport,
};
pub use stage::StageError;

use std::{io, path::PathBuf};

/// What the command line says besides the plan.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// File with an API key, or with what a demo server prints; otherwise [`KEY_VARIABLE`] holds the key.
    pub access: Option<PathBuf>,
    /// The server's process on this machine; otherwise it is looked for.
    pub server_pid: Option<u32>,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The key.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The server's address.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// Agents and links.
    #[error("the run cannot be set up on the server: {0}")]
    Stage(#[from] StageError),
    /// Not all agents became active.
    #[error("only {ready} of {wanted} agents became free for calls; their pages or the server say why")]
    Agents {
        /// Agents that did.
        ready: usize,
        /// Agents that are needed.
        wanted: usize,
    },
    /// The process that was named.
    #[error("there is no process {0} that can be looked at; leave --server-pid out to have it found")]
    NoProcess(u32),
    /// Threads or sockets.
    #[error("the system does not let media threads run: {0}")]
    Media(#[source] io::Error),
}

/// Carries out the plan in `plan`, or the example where there is none, and tells what was measured. Progress goes to
/// stderr, a line a second. Ctrl-C ends all calls properly; there is a report all the same.
///
/// The process has to have one rustls provider installed when the server is reached by https.
pub async fn run(plan: Plan, options: &Options) -> Result<Report, RunError> {
    let access = access::read(options.access.as_deref())?;
    run::run(plan, access.key, options).await
}

/// The server's address that an access file tells, where there is one that does.
pub fn server_of(options: &Options) -> Result<Option<String>, RunError> {
    match &options.access {
        Some(file) => Ok(access::read(Some(file))?.server),
        None => Ok(None),
    }
}
