//! The call center of one account as a state machine without IO.
//!
//! The contract with the shell: `handle(command, id, now)` decides; then the shell drains `poll_change`,
//! `poll_event` and `poll_effect`, commits changes and events in one transaction, and only then lets the reply and the
//! effects out. `poll_timeout` says when to call `handle_timeout`. If the commit fails, the core is dropped and built
//! again from the store.

pub mod command;
pub mod effect;
pub mod event;
pub mod row;
pub mod settings;
