//! Every bound of prompts, by name.

use std::{ops::RangeInclusive, time::Duration};

/// Bytes of one audio file.
pub const FILE_BYTES: usize = 4 << 20;
/// How long one prompt may be.
pub const PROMPT_DURATION: Duration = Duration::from_secs(600);
/// Samples a second of one audio file.
pub const SAMPLE_RATES: RangeInclusive<u32> = 4_000..=192_000;
/// Channels of one audio file.
pub const CHANNELS: usize = 8;
/// Bytes of one Opus frame: whatever transport it meets, it is one packet.
pub const FRAME_BYTES: usize = 400;
/// Characters of a file's name in an error.
pub const NAME_CHARS: usize = 120;
/// Bytes before the first frame of an MPEG file that are passed over; tags are counted apart.
pub(crate) const MPEG_JUNK_BYTES: usize = 64 << 10;
/// Packets of one file in a container: ten minutes of the shortest that encoders make, several times over.
pub(crate) const PACKETS: u32 = 400_000;
/// Undecodable packets that every file may have: one that was cut out of a longer one begins with some.
pub(crate) const BAD_PACKETS: u32 = 4;
/// Beyond [`BAD_PACKETS`], at most one packet in so many may be undecodable.
pub(crate) const BAD_PACKETS_ONE_IN: u32 = 20;

/// Characters of one text to speak. It must fit a pipe's buffer (64 KiB), so that writing it never waits.
pub const TEXT_CHARS: usize = 2_000;
/// Characters of a language's tag, and of a voice's id in an error.
pub(crate) const SPEECH_NAME_CHARS: usize = 64;
/// How fast speech may be, as a factor of the voice's own rate.
pub const SPEECH_RATES: RangeInclusive<f32> = 0.5..=2.0;
/// How long speaking one text may take.
pub const SPEAK_WITHIN: Duration = Duration::from_secs(20);
/// Bytes that the speech program may write: the longest prompt at 22,050 samples a second, and some.
pub(crate) const SPEECH_BYTES: u64 = 32 << 20;
/// Bytes that are kept of what the speech program says about an error.
pub(crate) const COMPLAINT_BYTES: u64 = 4 << 10;
/// Bytes of address space that the speech program may take.
pub(crate) const SPEECH_MEMORY: u64 = 512 << 20;
/// Prompts that a cache of speech keeps.
pub const CACHED_PROMPTS: usize = 2_000;
/// Bytes that a cache of speech keeps.
pub const CACHED_BYTES: u64 = 256 << 20;
