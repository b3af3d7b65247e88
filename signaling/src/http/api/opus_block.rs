//! The one place where recordings are decoded.

use opus::MSDecoder;
use recording_core::opus_packet::RATE;
use recording_core::playback::{OpusHead, Place, PlaybackError, page};
use std::ops::Range;

/// Samples of the longest packet, 120 ms (RFC 6716 §3.2.5).
const LONGEST_PACKET: usize = 5_760;
/// Samples that a file may lack at its end of what was recorded: packets are not of whole milliseconds.
pub(super) const ROUNDING: u64 = 960;

/// Why sound cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub(super) enum DecodeError {
    /// The file's form.
    #[error(transparent)]
    Form(#[from] PlaybackError),
    /// What a packet holds.
    #[error("a packet of page {page} cannot be decoded: {error}")]
    Packet {
        /// The page's number.
        page: u32,
        /// The decoder's words.
        error: opus::Error,
    },
    /// The decoder was not made.
    #[error("no decoder could be made: {0}")]
    Decoder(opus::Error),
}

/// The samples `wanted`, channels taking turns. `pages` are whole pages that begin at `from`; a decoder begins with them.
pub(super) fn decode(head: &OpusHead, pages: &[u8], from: Place, wanted: &Range<u64>) -> Result<Vec<i16>, DecodeError> {
    let channels = usize::from(head.channels());
    let decoder = MSDecoder::new(RATE as u32, head.streams, head.coupled, head.mapping());
    let mut decoder = decoder.map_err(DecodeError::Decoder)?;
    let mut sound = vec![0; LONGEST_PACKET * channels];
    let missing = usize::try_from(wanted.end - wanted.start).expect("a block is small") * channels;
    let mut out = Vec::with_capacity(missing);
    let (mut at, mut granule) = (0, from.granule);
    while at < pages.len() && granule < wanted.end {
        let offset = from.offset + at as u64;
        let page = page(&pages[at..], offset)?.ok_or(PlaybackError::Cut(offset))?;
        for packet in &page.packets {
            let count = decoder.decode(packet, &mut sound, false);
            let count = count.map_err(|error| DecodeError::Packet { page: page.number, error })?;
            let decoded = granule..granule + count as u64;
            let heard = decoded.start.max(wanted.start)..decoded.end.min(wanted.end);
            if heard.start < heard.end {
                let place = |granule: u64| (granule - decoded.start) as usize * channels;
                out.extend_from_slice(&sound[place(heard.start)..place(heard.end)]);
            }
            granule = decoded.end;
        }
        // The last page may say that less of it is heard (RFC 7845 §4.4).
        if page.granule != granule && !page.is_last {
            return Err(PlaybackError::Position { page: page.number, stated: page.granule, found: granule }.into());
        }
        at += page.length;
    }
    if granule + ROUNDING < wanted.end {
        return Err(PlaybackError::Cut(from.offset + at as u64).into());
    }
    out.resize(missing, 0);
    Ok(out)
}
