//! Sealed files as their readers and their enemies meet them.

mod changed;
mod ranges;
mod rig;
