use crate::opus_packet::RATE;

/// A file of PCM: 48 kHz, 16 bits, of which every byte's place is known before anything is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wav {
    /// One or two.
    pub channels: u16,
    /// Of each channel.
    pub samples: u64,
}

impl Wav {
    /// Bytes before the samples.
    pub const HEAD: u64 = 44;

    /// A file of so many milliseconds.
    pub const fn of_ms(channels: u16, duration_ms: u64) -> Self {
        Self { channels, samples: duration_ms.saturating_mul(RATE / 1_000) }
    }

    /// Bytes of one sample of all channels.
    pub const fn frame(&self) -> u64 {
        2 * self.channels as u64
    }

    /// Bytes of the file.
    pub const fn length(&self) -> u64 {
        Self::HEAD + self.samples.saturating_mul(self.frame())
    }

    /// The first bytes (RIFF). The format has 32 bits for lengths: what is longer says the greatest one, which players take
    /// for "to the end".
    pub fn head(&self) -> [u8; Self::HEAD as usize] {
        let word = |length: u64| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        let mut head = [0; Self::HEAD as usize];
        let mut put = |at: usize, bytes: &[u8]| head[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, b"RIFF");
        put(4, &word(self.length() - 8));
        put(8, b"WAVEfmt ");
        put(16, &16u32.to_le_bytes());
        put(20, &1u16.to_le_bytes());
        put(22, &self.channels.to_le_bytes());
        put(24, &(RATE as u32).to_le_bytes());
        put(28, &word(RATE * self.frame()));
        put(32, &(self.frame() as u16).to_le_bytes());
        put(34, &16u16.to_le_bytes());
        put(36, b"data");
        put(40, &word(self.length() - Self::HEAD));
        head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_the_samples() {
        let wav = Wav::of_ms(2, 1_500);
        assert_eq!((wav.samples, wav.length()), (72_000, 44 + 288_000));
        let head = wav.head();
        assert_eq!(&head[..4], b"RIFF");
        assert_eq!(u32::from_le_bytes([head[40], head[41], head[42], head[43]]), 288_000);
    }

    #[test]
    fn what_is_longer_than_the_format_can_say_is_to_the_end() {
        let head = Wav::of_ms(2, 24 * 3_600_000).head();
        assert_eq!(head[4..8], [0xff; 4]);
        assert_eq!(head[40..44], [0xff; 4]);
    }
}
