//! The SFU of one shard as a state machine without IO.
