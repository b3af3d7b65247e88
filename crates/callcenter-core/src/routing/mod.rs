//! Routing: which calls wait in which order, and who is rung next.

mod assign;
mod expression;
mod lines;
mod operand;
mod rules;
mod waiting;

pub(crate) use lines::{Lines, Manner};
pub(crate) use rules::Rule;
