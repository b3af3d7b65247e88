//! The store as a call center uses it: over a database that is closed, opened, killed and handed over. What holds for one
//! database holds for the other, so both modules have the same tests, and few of their own.

#![expect(clippy::duplicate_mod, reason = "a test is written once and runs on both databases")]

mod postgres;
mod sqlite;
