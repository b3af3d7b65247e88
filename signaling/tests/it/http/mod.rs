//! The HTTP API as programs, browsers and strangers use it.

mod access;
mod agents;
mod client;
mod conversations;
mod demo;
mod doors;
mod guest;
mod keys;
mod link_configs;
mod links;
mod openapi;
mod pages;
mod queues;
mod recordings;
mod routing;
mod settings;
mod sign_in;
mod tls;
mod tokens;
mod walls;
mod working_hours;
