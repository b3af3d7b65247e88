//! Every bound of sealed files, by name.

/// Plaintext bytes of a finished file's chunk, but for the last.
pub const CHUNK_BYTES: usize = 64 << 10;
/// Plaintext bytes of a live file's chunk; a longer flush becomes several.
pub const LIVE_CHUNK_BYTES: usize = 1 << 20;
/// Chunks of one live file: 24 hours with twenty a second fit.
pub const LIVE_CHUNKS: usize = 2_000_000;
/// Keys of a ring.
pub const KEYS: usize = 256;
/// Bytes of a wrapped key as it is read.
pub const WRAPPED_BYTES: usize = 128;
