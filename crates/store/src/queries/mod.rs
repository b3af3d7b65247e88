//! What people and programs read.

mod agents;
mod calls;
mod conversations;
mod events;
mod links;
mod segments;
mod select;
mod tags;

pub(crate) use agents::queues_of_agents;
pub use agents::{AgentFilter, QueueFilter};
pub use conversations::ConversationFilter;
pub use segments::{Entrance, SegmentFilter, Span, Together, TogetherOrder};
pub use tags::TagFilter;
