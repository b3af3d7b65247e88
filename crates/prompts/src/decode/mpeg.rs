//! Frames of MPEG audio layers II and III: finding them (ISO/IEC 11172-3 §2.4.1.3, ISO/IEC 13818-3 §2.4.2.3).

use crate::{format::Format, limits};

/// Bytes of a frame's header.
pub(super) const HEADER: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    Two,
    Three,
}

/// Which standard a frame follows: half and quarter of the sample rates came later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
    TwoAndHalf,
}

/// What the first four bytes of a frame say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) version: Version,
    pub(super) layer: Layer,
    /// Kilobits a second.
    pub(super) kilobits: u32,
    /// Samples a second.
    pub(super) rate: u32,
    pub(super) mono: bool,
    padded: bool,
}

impl Header {
    /// The header at the front of `bytes`. Free-format frames, which do not tell their length, are none.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let &[sync, kind, rates, mode] = bytes.first_chunk()?;
        if sync != 0xff || kind & 0xe0 != 0xe0 {
            return None;
        }
        let version = match kind >> 3 & 3 {
            0 => Version::TwoAndHalf,
            2 => Version::Two,
            3 => Version::One,
            _ => return None,
        };
        let layer = match kind >> 1 & 3 {
            1 => Layer::Three,
            2 => Layer::Two,
            _ => return None,
        };
        let kilobits = match (rates >> 4, version, layer) {
            (0 | 15, ..) => return None,
            (at, Version::One, Layer::Two) => LAYER_TWO[usize::from(at) - 1],
            (at, Version::One, Layer::Three) => LAYER_THREE[usize::from(at) - 1],
            (at, ..) => LOWER_RATES[usize::from(at) - 1],
        };
        let rate = *[44_100, 48_000, 32_000].get(usize::from(rates >> 2 & 3))?;
        let rate = match version {
            Version::One => rate,
            Version::Two => rate / 2,
            Version::TwoAndHalf => rate / 4,
        };
        Some(Self { version, layer, kilobits, rate, mono: mode >> 6 == 3, padded: rates & 2 != 0 })
    }

    /// Bytes of the whole frame.
    pub(super) fn frame_length(&self) -> usize {
        let samples = match (self.layer, self.version) {
            (Layer::Three, Version::Two | Version::TwoAndHalf) => 576,
            _ => 1_152,
        };
        (samples / 8 * self.kilobits * 1_000 / self.rate) as usize + usize::from(self.padded)
    }

    /// Whether both belong to one stream.
    pub(super) fn continues(&self, before: &Self) -> bool {
        (self.version, self.layer, self.rate) == (before.version, before.layer, before.rate)
    }

    fn format(&self) -> Format {
        match self.layer {
            Layer::Two => Format::Mp2,
            Layer::Three => Format::Mp3,
        }
    }
}

/// Kilobits a second by index, from 1 on.
const LAYER_TWO: [u32; 14] = [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
const LAYER_THREE: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const LOWER_RATES: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/// The format whose frames begin right here, or right behind tags.
pub(crate) fn detect(bytes: &[u8]) -> Option<Format> {
    let bytes = behind_tags(bytes);
    begins_stream(bytes).then(|| Header::parse(bytes).expect("a stream begins with a header").format())
}

/// Where the first frame of this format is, in what lies behind tags and up to [`limits::MPEG_JUNK_BYTES`] of junk.
pub(crate) fn find(bytes: &[u8], format: Format) -> Option<usize> {
    let tags = bytes.len() - behind_tags(bytes).len();
    let last = bytes.len().min(tags + limits::MPEG_JUNK_BYTES);
    (tags..last).find(|&at| {
        Header::parse(&bytes[at..]).is_some_and(|header| header.format() == format) && begins_stream(&bytes[at..])
    })
}

/// Whether there is a frame that another one follows, or that ends with the file: four bytes alone say too little.
fn begins_stream(bytes: &[u8]) -> bool {
    let Some(header) = Header::parse(bytes) else { return false };
    match bytes.get(header.frame_length()..) {
        None => false,
        Some([]) => true,
        Some(behind) => Header::parse(behind).is_some_and(|next| next.continues(&header)),
    }
}

/// Skips ID3v2 tags (ID3v2.4.0 structure §3.1).
fn behind_tags(mut bytes: &[u8]) -> &[u8] {
    /// Bytes of a tag's header, and of its footer.
    const ENDS: usize = 10;
    while let Some([b'I', b'D', b'3', _, _, flags, size @ ..]) = bytes.first_chunk::<ENDS>() {
        // 28 bits in four bytes.
        let size = size.iter().fold(0_usize, |size, byte| size << 7 | usize::from(byte & 0x7f));
        let footer = if flags & 0x10 == 0 { 0 } else { ENDS };
        bytes = bytes.get(ENDS + size + footer..).unwrap_or_default();
    }
    bytes
}
