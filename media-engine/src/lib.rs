//! Media engine: one thread and one SFU shard per core.
