//! Ids, units and the words of the house.
//!
//! # Words
//!
//! An **account** owns everything. A **customer** has **conversations** (OPEN to CLOSED, any channel). A
//! conversation holds **calls** (the public API's *conference*): one voice or video contact from arrival to the end
//! of its last leg. A call has a direction, one *room* in the media engine and one recording timeline. A **leg** (the
//! public API's *call*) is one signaled connection to one endpoint. At most one call of a conversation is live.
//!
//! A **track** is one audio or video source of a leg, a **patch** joins a source to a sink, a **tap** is a copy of a
//! track for the recorder. *Ingress* and *egress* speak of packets, *inbound* and *outbound* of calls. *Mute* stops a
//! source, *pause* stops forwarding, *hold* takes a leg out of the talk.
//!
//! A **recording** is a call's whole, a **segment** one file of it, a **gap** missing time that is stated.

mod ids;
mod terms;

pub use ids::*;
pub use terms::*;
