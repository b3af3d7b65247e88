//! Calls through a shard, in virtual time.

mod calls;
mod coming_back;
mod congestion;
mod holds;
mod hostile;
mod lives;
mod measures;
mod narrow;
mod negotiation;
mod prompts;
mod tones;
mod video;
