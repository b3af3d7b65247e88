//! Random lives of a call center, each compared with the reference model after every step.

mod found;
mod lives;
mod planted;
