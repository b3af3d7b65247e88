//! The call center of one account as a state machine without IO.
//!
//! The contract with the shell: `handle(command, id, now)` decides; then the shell drains `poll_change`,
//! `poll_event` and `poll_effect`, commits changes and events in one transaction, and only then lets the reply and the
//! effects out. `poll_timeout` says when to call `handle_timeout`. If the commit fails, the core is dropped and built
//! again from the store. [`CallCenter::new`] plans changes too, so the shell drains after it as well.
//!
//! After `new` every live leg counts as lost until its page is back: the shell sends `AgentConnected` and `PageBack`
//! for the pages that are there, and `EngineRestarted` unless the engine still holds the legs.

mod agent;
pub mod audio;
mod call;
mod call_center;
mod check;
pub mod codes;
pub mod command;
mod conversation;
pub mod effect;
pub mod event;
mod hold;
mod hours;
mod ids;
mod leg;
pub mod limits;
mod link;
mod outbox;
mod planted;
mod prompt;
mod queries;
mod queue;
mod recording;
mod restart;
mod routing;
pub mod row;
pub mod settings;
mod sound;
mod timers;
mod transfer;
pub mod transitions;
mod waiting;
mod wrap_up;

pub use call_center::CallCenter;
pub use conversation::Route;
pub use ids::IdSource;
pub use link::LinkState;
pub use planted::{Planted, PlantedBug};
pub use timers::Reason;
pub use waiting::ALL_WEB_CALLS;
