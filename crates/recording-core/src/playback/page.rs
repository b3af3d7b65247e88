use super::PlaybackError;
use crate::mux::ogg::checksum;

/// Bytes before the lacing values (RFC 3533 §6).
const HEAD: usize = 27;

/// A page whose checksum is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<'a> {
    /// Bytes of the whole page.
    pub length: usize,
    /// Sample at which it ends.
    pub granule: u64,
    /// Counts from zero.
    pub number: u32,
    /// Its packets, all whole.
    pub packets: Vec<&'a [u8]>,
    /// The file's first, by its own mark.
    pub is_first: bool,
    /// The file's last.
    pub is_last: bool,
}

/// The page that these bytes begin with, `at` being where they stand in the file; nothing when the page is longer than they.
pub fn page(bytes: &[u8], at: u64) -> Result<Option<Page<'_>>, PlaybackError> {
    let magic = b"OggS\0";
    let seen = bytes.len().min(magic.len());
    if bytes[..seen] != magic[..seen] {
        return Err(PlaybackError::NoPage(at));
    }
    let Some(head) = bytes.get(..HEAD) else { return Ok(None) };
    let lacing_end = HEAD + usize::from(head[26]);
    let Some(lacing) = bytes.get(HEAD..lacing_end) else { return Ok(None) };
    let length = lacing_end + lacing.iter().map(|&value| usize::from(value)).sum::<usize>();
    let Some(whole) = bytes.get(..length) else { return Ok(None) };
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let number = word(18);
    let mut unsigned = whole.to_vec();
    unsigned[22..26].fill(0);
    if checksum(&unsigned) != word(22) {
        return Err(PlaybackError::Checksum(number));
    }
    if lacing.last() == Some(&255) || head[5] & 1 != 0 {
        return Err(PlaybackError::SplitPacket(number));
    }
    let granule = u64::from(word(6)) | u64::from(word(10)) << 32;
    let packets = packets(lacing, &whole[lacing_end..]);
    Ok(Some(Page { length, granule, number, packets, is_first: head[5] & 2 != 0, is_last: head[5] & 4 != 0 }))
}

/// The first whole page in the bytes, and where it begins in them. What only looks like a page has no right checksum.
pub(super) fn first_page(bytes: &[u8]) -> Option<(usize, Page<'_>)> {
    let mut from = 0;
    while let Some(found) = bytes.get(from..)?.windows(4).position(|four| four == b"OggS") {
        from += found;
        if let Ok(Some(page)) = page(&bytes[from..], from as u64) {
            return Some((from, page));
        }
        from += 1;
    }
    None
}

fn packets<'a>(lacing: &[u8], mut body: &'a [u8]) -> Vec<&'a [u8]> {
    let mut packets = Vec::new();
    let mut length = 0;
    for &value in lacing {
        length += usize::from(value);
        if value < 255 {
            let (packet, rest) = body.split_at(length);
            packets.push(packet);
            (body, length) = (rest, 0);
        }
    }
    packets
}

/// The page with which these bytes end, all of a file's last.
pub fn last_page(bytes: &[u8]) -> Option<Page<'_>> {
    let mut end = bytes.len();
    while let Some(at) = bytes[..end].windows(4).rposition(|four| four == b"OggS") {
        if let Ok(Some(page)) = page(&bytes[at..], at as u64)
            && at + page.length == bytes.len()
        {
            return Some(page);
        }
        end = at + 3;
    }
    None
}
