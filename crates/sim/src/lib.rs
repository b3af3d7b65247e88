//! Simulated customers and agents against a reference model.
//!
//! [`World`] owns a call center core, a virtual clock, pages, an engine and a recorder that only keep count. It makes
//! random transitions from a seed, among them crashes that lose what was not committed or not yet let out, and after
//! each one compares the core with the reference model, the pages with the core, and the engine and the recorder with
//! what they should hold. Whatever differs panics with the seed and the last transitions.

mod acts;
mod checks;
mod clocks;
mod coverage;
mod crash;
mod engine;
mod log;
mod model;
mod pages;
mod random;
mod recorder;
mod set_up;
mod store;
mod world;

pub use coverage::Coverage;
pub use random::Random;
pub use store::Store;
pub use world::World;
