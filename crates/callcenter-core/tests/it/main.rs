//! The call center as its pages, its engine and its recorder see it. Names of tests cite the behaviours of the
//! feature list.

mod agents;
mod center;
mod connection;
mod conversations;
mod links;
mod queues;
mod recording;
mod restart;
mod ringing;
mod routing;
mod state_machines;
mod stored;
mod talking;
mod waiting;
mod wrap_up;
