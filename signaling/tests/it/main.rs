//! Signaling as pages, the media engine and the recorder see it. Engine and recorder are played by the tests.

mod support;

mod apart;
mod calls;
mod doors;
mod durability;
mod hand_over;
mod http;
mod outbound;
mod postgres;
mod schema;
mod turn;
