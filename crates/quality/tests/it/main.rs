//! The E-model against published values, and what must hold for every input.

mod hops;
mod published;
mod sdk;
