//! What can be asked of calls that agents place.

use model::{AgentId, CallMedia, ConversationId, LegId};
use std::collections::BTreeMap;

/// An agent calls a customer.
#[derive(Debug, Clone, PartialEq)]
pub enum OutboundCommand {
    /// The conversation in which an agent is going to call a customer: an open one, or a new one.
    Open {
        /// The agent.
        agent: AgentId,
        /// The customer's identity, 3 to 64 characters.
        identity: String,
    },
    /// The agent's page calls the customer of a conversation. The shell then adds the leg to the engine.
    Place(NewOutboundCall),
    /// The customer answers. The shell then adds the leg to the engine.
    Accept {
        /// The ringing leg.
        leg: LegId,
    },
    /// The customer declines.
    Decline {
        /// The ringing leg.
        leg: LegId,
    },
}

/// A call by an agent.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOutboundCall {
    /// Who calls.
    pub agent: AgentId,
    /// The agent's conversation with the customer.
    pub conversation: ConversationId,
    /// A page of the customer is connected, so that it can ring.
    pub reachable: bool,
    /// With or without a camera.
    pub media: CallMedia,
    /// From the agent's page, for the customer's.
    pub custom_data: BTreeMap<String, String>,
}
