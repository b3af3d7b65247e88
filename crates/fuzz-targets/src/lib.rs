//! Every parser that a stranger can reach, with any input. Each function here is a target of the fuzzer, and must not
//! panic whatever the input is: `crates/fuzz` runs them for as long as somebody likes, the tests of this crate with the
//! inputs in `crates/fuzz/seeds` and some that are made of those.

mod binding_requests;
mod client_message;
mod hostile_call;
mod image_file;
mod leg_packets;
mod prompt_file;
mod recorded_packets;
mod recording_files;
mod sealed_file;
mod sfu_datagrams;
mod sfu_offers;
mod srtp_packets;
mod tcp_framing;
mod transport_feedback;
mod turn_datagrams;

pub use binding_requests::binding_requests;
pub use client_message::client_message;
pub use image_file::image_file;
pub use leg_packets::leg_packets;
pub use prompt_file::prompt_file;
pub use recorded_packets::recorded_packets;
pub use recording_files::recording_files;
pub use sealed_file::sealed_file;
pub use sfu_datagrams::sfu_datagrams;
pub use sfu_offers::sfu_offers;
pub use srtp_packets::srtp_packets;
pub use tcp_framing::tcp_framing;
pub use transport_feedback::transport_feedback;
pub use turn_datagrams::turn_datagrams;

/// Takes any input.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: &[(&str, Target)] = &[
    ("binding_requests", binding_requests),
    ("client_message", client_message),
    ("image_file", image_file),
    ("leg_packets", leg_packets),
    ("prompt_file", prompt_file),
    ("recorded_packets", recorded_packets),
    ("recording_files", recording_files),
    ("sealed_file", sealed_file),
    ("sfu_datagrams", sfu_datagrams),
    ("sfu_offers", sfu_offers),
    ("srtp_packets", srtp_packets),
    ("tcp_framing", tcp_framing),
    ("transport_feedback", transport_feedback),
    ("turn_datagrams", turn_datagrams),
];
