use model::{Codec, MediaTime};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// What a shard is told at its start.
#[derive(Debug, Clone)]
pub struct Config {
    /// Addresses that answers announce for UDP and for ICE-TCP (passive), best first.
    pub announced: Vec<SocketAddr>,
    /// Video codecs, best first.
    pub video_codecs: Vec<Codec>,
    /// How long a leg may be silent before it is closed.
    pub reconnect_window: Duration,
    /// An instant and what it is on the engine's even clock.
    pub anchor: (Instant, MediaTime),
    /// Seeds the first sequence numbers of downlinks. Not a secret.
    pub seed: u64,
}

impl Config {
    /// The usual settings for these announced addresses.
    pub fn new(announced: Vec<SocketAddr>, anchor: (Instant, MediaTime)) -> Self {
        Self {
            announced,
            video_codecs: vec![Codec::Vp8, Codec::H264],
            reconnect_window: Duration::from_secs(30),
            anchor,
            seed: 0,
        }
    }

    pub(crate) fn media_time(&self, at: Instant) -> MediaTime {
        self.anchor.1.after(at.saturating_duration_since(self.anchor.0))
    }
}
