//! The store as a call center uses it: over a file that is closed, opened, killed and handed over.

mod access;
mod durability;
mod idempotent;
mod migration;
mod queries;
mod rows;
mod support;
