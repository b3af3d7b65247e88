//! Calls through a shard, in virtual time.

mod amplification;
mod bounds;
mod calls;
mod churn;
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

#[global_allocator]
static ALLOCATOR: netio::testing::CountingAllocator = netio::testing::CountingAllocator;
