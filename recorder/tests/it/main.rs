//! The recorder on a real disk: whole calls, kills, a disk that refuses, and what the check finds.

mod calls;
mod compose;
mod cost;
mod damage;
mod disk_trouble;
mod kills;
mod sealing;
mod steps;
#[path = "../../../crates/recording-core/tests/it/synthetic.rs"]
mod synthetic;
mod world;
