//! The call center as its pages, its engine and its recorder see it. Names of tests cite the behaviours of the
//! feature list.

mod agents;
mod center;
mod connection;
mod conversations;
mod hold;
mod hold_configs;
mod hours;
mod links;
mod outbound;
mod queues;
mod recording;
mod recording_compose;
mod recording_config;
mod restart;
mod ringing;
mod routing;
mod rules;
mod scale;
mod state_machines;
mod statuses;
mod stored;
mod tags;
mod talking;
mod transfer_strategy;
mod transfer_to_agent;
mod transfer_to_queue;
mod waiting;
mod waiting_again;
mod wrap_up;
