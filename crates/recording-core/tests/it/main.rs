//! Recordings as a listener and a player find them.

mod files;
mod rig;
mod synthetic;
mod timeline;
