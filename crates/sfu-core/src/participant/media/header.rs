//! RTP headers as they lie in datagrams (RFC 3550 §5.1, RFC 8285).

/// Bytes of a header without contributing sources and extensions.
const FIXED: usize = 12;
/// Profile of extensions with one-byte headers (RFC 8285 §4.2).
const ONE_BYTE: u16 = 0xbede;
/// Profile of extensions with two-byte headers, without its application bits (RFC 8285 §4.3).
const TWO_BYTE: u16 = 0x1000;

/// Where the parts of an RTP packet are. Nothing in it is believed before the packet was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) payload_type: u8,
    pub(super) marker: bool,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) ssrc: u32,
    /// Bytes up to the payload.
    pub(super) length: usize,
    has_padding: bool,
    extensions: Extensions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Extensions {
    start: usize,
    end: usize,
    has_long_headers: bool,
}

impl Header {
    /// `None` when the datagram is no RTP packet or ends within its header.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let fixed = bytes.first_chunk::<FIXED>()?;
        if fixed[0] >> 6 != 2 {
            return None;
        }
        let word = |at: usize| u32::from_be_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
        let mut length = FIXED + 4 * usize::from(fixed[0] & 0x0f);
        let mut extensions = Extensions { start: length, end: length, has_long_headers: false };
        if fixed[0] & 0x10 != 0 {
            let head = bytes.get(length..)?.first_chunk::<4>()?;
            let profile = u16::from_be_bytes([head[0], head[1]]);
            let start = length + 4;
            length = start + 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
            let is_known = profile == ONE_BYTE || profile & 0xfff0 == TWO_BYTE;
            let end = if is_known { length } else { start };
            extensions = Extensions { start, end, has_long_headers: profile != ONE_BYTE };
        }
        (length <= bytes.len()).then_some(Self {
            payload_type: fixed[1] & 0x7f,
            marker: fixed[1] & 0x80 != 0,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: word(4),
            ssrc: word(8),
            length,
            has_padding: fixed[0] & 0x20 != 0,
            extensions,
        })
    }

    /// Extensions by their ids.
    pub(super) fn extensions<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = (u8, &'a [u8])> {
        let mut rest = &bytes[self.extensions.start..self.extensions.end];
        let has_long_headers = self.extensions.has_long_headers;
        std::iter::from_fn(move || {
            while let Some((&first, after)) = rest.split_first() {
                if first == 0 {
                    rest = after;
                    continue;
                }
                let (id, length, after) = if has_long_headers {
                    let (&length, after) = after.split_first()?;
                    (first, usize::from(length), after)
                } else {
                    // 15 ends the list (RFC 8285 §4.2).
                    if first >> 4 == 15 {
                        return None;
                    }
                    (first >> 4, usize::from(first & 0x0f) + 1, after)
                };
                let (value, after) = after.split_at_checked(length)?;
                rest = after;
                return Some((id, value));
            }
            None
        })
    }

    /// The payload of an opened packet, without padding. `None` when the padding is longer than the payload.
    pub(super) fn payload<'a>(&self, opened: &'a [u8]) -> Option<&'a [u8]> {
        let payload = &opened[self.length..];
        if !self.has_padding {
            return Some(payload);
        }
        let padding = usize::from(*payload.last()?);
        (padding > 0).then(|| payload.get(..payload.len().checked_sub(padding)?))?
    }
}

/// Writes RTP packets for one downlink.
pub(super) struct HeaderWriter<'a> {
    buffer: &'a mut [u8],
    length: usize,
    has_extensions: bool,
}

impl<'a> HeaderWriter<'a> {
    /// Begins a packet in `buffer`, which has room for a whole datagram.
    pub(super) fn new(
        buffer: &'a mut [u8],
        payload_type: u8,
        marker: bool,
        sequence: u16,
        timestamp: u32,
        ssrc: u32,
    ) -> Self {
        buffer[0] = 0x80;
        buffer[1] = payload_type | if marker { 0x80 } else { 0 };
        buffer[2..4].copy_from_slice(&sequence.to_be_bytes());
        buffer[4..8].copy_from_slice(&timestamp.to_be_bytes());
        buffer[8..12].copy_from_slice(&ssrc.to_be_bytes());
        Self { buffer, length: FIXED, has_extensions: false }
    }

    /// Adds an extension of 1 to 16 bytes with a one-byte header, where the other side has an id for it.
    pub(super) fn extension(&mut self, id: Option<u8>, value: &[u8]) {
        let Some(id) = id.filter(|id| (1..15).contains(id) && (1..=16).contains(&value.len())) else { return };
        if !self.has_extensions {
            self.has_extensions = true;
            self.buffer[0] |= 0x10;
            self.length += 4;
        }
        self.buffer[self.length] = (id << 4) | (value.len() - 1) as u8;
        self.buffer[self.length + 1..][..value.len()].copy_from_slice(value);
        self.length += 1 + value.len();
    }

    /// Ends the header; the answer is its length.
    pub(super) fn finish(mut self) -> usize {
        if self.has_extensions {
            let end = FIXED + 4 + (self.length - FIXED - 4).next_multiple_of(4);
            self.buffer[self.length..end].fill(0);
            self.length = end;
            self.buffer[FIXED..FIXED + 2].copy_from_slice(&ONE_BYTE.to_be_bytes());
            let words = ((end - FIXED - 4) / 4) as u16;
            self.buffer[FIXED + 2..FIXED + 4].copy_from_slice(&words.to_be_bytes());
        }
        self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(extensions: &[(u8, &[u8])], payload: &[u8]) -> Vec<u8> {
        let mut buffer = [0xaa; 100];
        let mut writer = HeaderWriter::new(&mut buffer, 111, true, 7, 960, 0xcafe);
        for (id, value) in extensions {
            writer.extension(Some(*id), value);
        }
        writer.extension(None, &[1]);
        let length = writer.finish();
        [&buffer[..length], payload].concat()
    }

    #[test]
    fn what_is_written_is_read() {
        for extensions in [&[][..], &[(1, &[5][..])], &[(1, &[5]), (14, &[1, 2]), (3, &[9; 16])]] {
            let bytes = written(extensions, b"payload");
            let header = Header::read(&bytes).expect("a header");
            let fields = (header.payload_type, header.marker, header.sequence, header.timestamp, header.ssrc);
            assert_eq!(fields, (111, true, 7, 960, 0xcafe));
            assert_eq!(header.extensions(&bytes).collect::<Vec<_>>(), extensions);
            assert_eq!(header.payload(&bytes), Some(&b"payload"[..]));
        }
    }

    #[test]
    fn long_extension_headers_are_read() {
        let mut bytes = written(&[], b"");
        bytes[0] |= 0x10;
        bytes.extend([0x10, 0x00, 0, 2, 20, 3, 7, 8, 9, 0, 21, 0]);
        let header = Header::read(&bytes).expect("a header");
        assert_eq!(header.extensions(&bytes).collect::<Vec<_>>(), [(20, &[7, 8, 9][..]), (21, &[])]);
        assert_eq!(header.length, bytes.len());
    }

    #[test]
    fn padding_is_no_payload() {
        let mut bytes = written(&[], &[1, 2, 3, 0, 2]);
        bytes[0] |= 0x20;
        let header = Header::read(&bytes).expect("a header");
        assert_eq!(header.payload(&bytes), Some(&[1, 2, 3][..]));
        for wrong in [0, 6, 255] {
            *bytes.last_mut().expect("not empty") = wrong;
            assert_eq!(header.payload(&bytes), None);
        }
    }

    #[test]
    fn torn_headers_are_none() {
        let whole = written(&[(1, &[5]), (2, &[1, 2, 3])], b"");
        for length in 0..whole.len() {
            assert_eq!(Header::read(&whole[..length]), None, "{length} bytes");
        }
        let mut extension_past_its_end = whole.clone();
        extension_past_its_end[18] = (2 << 4) | 9;
        let header = Header::read(&extension_past_its_end).expect("a header");
        assert_eq!(header.extensions(&extension_past_its_end).count(), 1);
    }
}
