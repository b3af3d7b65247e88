//! One task per account owns its call center.
//!
//! The flow of a turn: gather commands → the core decides → commit changes and events in one transaction → replies →
//! effects. If the commit fails, the core is dropped and built again from the store.

mod handle;
mod outcome;
mod owner;
mod turn;

pub(crate) use handle::Answer;
pub use handle::{AccountError, AccountHandle, Accounts};
pub(crate) use owner::Outside;
