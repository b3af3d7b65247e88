use super::{PlaybackError, page};

/// How a file of sound begins (RFC 7845 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpusHead {
    /// Streams in each packet.
    pub streams: u8,
    /// Those of them that hold two channels.
    pub coupled: u8,
    /// Which decoded channel each channel of the sound is.
    mapping: [u8; 2],
    channels: usize,
    /// Samples of the first packets that are not heard.
    pub pre_skip: u64,
    /// Where the first page with sound begins.
    pub sound_at: u64,
}

impl OpusHead {
    /// Reads the two pages before the sound; `bytes` are the file's first, as many as [`limits::SEARCH_BYTES`] where it has them.
    ///
    /// [`limits::SEARCH_BYTES`]: crate::limits::SEARCH_BYTES
    pub fn read(bytes: &[u8]) -> Result<Self, PlaybackError> {
        let cut = PlaybackError::Cut(bytes.len() as u64);
        let first = page(bytes, 0)?.ok_or(cut)?;
        let [head] = first.packets[..] else {
            return Err(PlaybackError::Foreign("its first page holds more than a head"));
        };
        let tags_at = first.length;
        let tags = page(&bytes[tags_at..], tags_at as u64)?.ok_or(cut)?;
        if !tags.packets.first().is_some_and(|packet| packet.starts_with(b"OpusTags")) {
            return Err(PlaybackError::Foreign("its second page holds no comments"));
        }
        let (streams, coupled, mapping, channels) = mapping(head)?;
        let pre_skip = u64::from(u16::from_le_bytes([head[10], head[11]]));
        Ok(Self { streams, coupled, mapping, channels, pre_skip, sound_at: (tags_at + tags.length) as u64 })
    }

    /// For each channel of the sound, which decoded channel it is.
    pub fn mapping(&self) -> &[u8] {
        &self.mapping[..self.channels]
    }

    /// Channels of the sound, one or two.
    pub fn channels(&self) -> u16 {
        self.channels as u16
    }
}

/// What is recorded has one voice in one stream, whatever its sender's codec calls it, or two voices in two.
fn mapping(head: &[u8]) -> Result<(u8, u8, [u8; 2], usize), PlaybackError> {
    if !head.starts_with(b"OpusHead\x01") || head.len() < 19 {
        return Err(PlaybackError::Foreign("its first page is no head of Opus"));
    }
    if head[16..18] != [0, 0] {
        return Err(PlaybackError::Foreign("its loudness is changed by its head"));
    }
    match (head[18], &head[19..]) {
        (0, _) => Ok((1, 0, [0, 0], 1)),
        (1, &[streams @ 1..=2, coupled, left, right]) if head[9] == 2 && coupled <= streams => {
            let decoded = streams + coupled;
            if left >= decoded || right >= decoded {
                return Err(PlaybackError::Foreign("its channels are of no stream"));
            }
            Ok((streams, coupled, [left, right], 2))
        }
        _ => Err(PlaybackError::Foreign("its channels are mapped in another way")),
    }
}
