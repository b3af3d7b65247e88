//! Calls through a shard, in virtual time.

mod calls;
