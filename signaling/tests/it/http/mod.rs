//! The HTTP API as programs, browsers and strangers use it.

mod access;
mod agents;
mod client;
mod conversations;
mod demo;
mod doors;
mod guest;
mod hold;
mod idempotency;
mod keys;
mod link_configs;
mod links;
mod openapi;
mod pages;
mod queues;
mod recordings;
mod settings;
mod sign_in;
mod surface;
mod tags;
mod tls;
mod tokens;
mod transfers;
mod waiting;
mod waiting_sound;
mod walls;
