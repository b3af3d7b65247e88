//! Routing: which calls wait in which order, and who is rung next.

mod assign;
mod waiting;

pub(crate) use waiting::WaitingLine;
