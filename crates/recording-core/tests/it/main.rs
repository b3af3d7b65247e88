//! Recordings as a listener and a player find them.

mod files;
mod hostile;
mod playback;
mod rig;
mod stereo;
mod synthetic;
mod timeline;
