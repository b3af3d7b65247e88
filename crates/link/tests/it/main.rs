//! Two roles of one process, joined over loopback.

mod control;
mod doors;
mod files;
mod rig;
mod taps;
