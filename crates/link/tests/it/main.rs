//! Two roles of one process, joined over loopback.

mod control;
mod doors;
mod files;
mod prompts;
mod released;
mod rig;
mod taps;
