//! Recording timeline, containers and segment life cycle without IO.
//!
//! The way of a packet:
//!
//! ```text
//! Packet ─► timeline::{Sequencer, SenderClock} ─► AudioTrack | VideoTrack ─► Block ─► mux::LiveWriter ─► live parts
//!                                                                                                   │
//!                       finished file  ◄─ mux::FinishPlan ◄─ mux::LiveIndex  ◄──────────────────────┘
//! ```
//!
//! * [`timeline`] puts the packets of one track on the call's timeline: zero is the call's epoch for every leg.
//! * [`depacketise`] turns RTP payloads into VP8 and H.264 frames.
//! * [`mux`] writes the live container, reads it back, and writes finished files.
//! * [`segment`] holds a segment's life cycle and its manifest.
//! * [`playback`] finds any second of a finished file of sound, and says what it is as WAV.
//! * [`Assembler`] joins the tracks of one file.
//!
//! Readers and writers of containers work on [`std::io::Read`] and byte vectors; nothing here opens a file.

mod assembler;
pub mod depacketise;
pub mod limits;
pub mod mux;
pub mod opus_packet;
pub mod playback;
pub mod segment;
pub mod timeline;

pub use assembler::{Assembler, Block, BlockTrack, VideoFormat};
