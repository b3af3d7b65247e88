//! EBML (RFC 8794) elements and the Matroska (RFC 9559) ids in use.

use std::io::{self, Read};

pub(super) const EBML: u32 = 0x1a45_dfa3;
pub(super) const EBML_VERSION: u32 = 0x4286;
pub(super) const EBML_READ_VERSION: u32 = 0x42f7;
pub(super) const EBML_MAX_ID: u32 = 0x42f2;
pub(super) const EBML_MAX_SIZE: u32 = 0x42f3;
pub(super) const DOC_TYPE: u32 = 0x4282;
pub(super) const DOC_TYPE_VERSION: u32 = 0x4287;
pub(super) const DOC_TYPE_READ_VERSION: u32 = 0x4285;
pub(super) const VOID: u32 = 0xec;
pub(super) const CRC_32: u32 = 0xbf;
pub(super) const SEGMENT: u32 = 0x1853_8067;
pub(super) const SEEK_HEAD: u32 = 0x114d_9b74;
pub(super) const SEEK: u32 = 0x4dbb;
pub(super) const SEEK_ID: u32 = 0x53ab;
pub(super) const SEEK_POSITION: u32 = 0x53ac;
pub(super) const INFO: u32 = 0x1549_a966;
pub(super) const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
pub(super) const DURATION: u32 = 0x4489;
pub(super) const MUXING_APP: u32 = 0x4d80;
pub(super) const WRITING_APP: u32 = 0x5741;
pub(super) const TRACKS: u32 = 0x1654_ae6b;
pub(super) const TRACK_ENTRY: u32 = 0xae;
pub(super) const TRACK_NUMBER: u32 = 0xd7;
pub(super) const TRACK_UID: u32 = 0x73c5;
pub(super) const TRACK_TYPE: u32 = 0x83;
pub(super) const FLAG_LACING: u32 = 0x9c;
pub(super) const CODEC_ID: u32 = 0x86;
pub(super) const CODEC_PRIVATE: u32 = 0x63a2;
pub(super) const SEEK_PRE_ROLL: u32 = 0x56bb;
pub(super) const AUDIO: u32 = 0xe1;
pub(super) const SAMPLING_FREQUENCY: u32 = 0xb5;
pub(super) const CHANNELS: u32 = 0x9f;
pub(super) const VIDEO: u32 = 0xe0;
pub(super) const PIXEL_WIDTH: u32 = 0xb0;
pub(super) const PIXEL_HEIGHT: u32 = 0xba;
pub(super) const CLUSTER: u32 = 0x1f43_b675;
pub(super) const TIMESTAMP: u32 = 0xe7;
pub(super) const SIMPLE_BLOCK: u32 = 0xa3;
pub(super) const CUES: u32 = 0x1c53_bb6b;
pub(super) const CUE_POINT: u32 = 0xbb;
pub(super) const CUE_TIME: u32 = 0xb3;
pub(super) const CUE_TRACK_POSITIONS: u32 = 0xb7;
pub(super) const CUE_TRACK: u32 = 0xf7;
pub(super) const CUE_CLUSTER_POSITION: u32 = 0xf1;

/// The size that says "until the end", in eight bytes.
pub(super) const UNKNOWN_SIZE: u64 = (1 << 56) - 1;

/// Appends an element id: its length is in its leading bits.
pub(super) fn put_id(to: &mut Vec<u8>, id: u32) {
    let bytes = id.to_be_bytes();
    to.extend_from_slice(&bytes[id.leading_zeros() as usize / 8..]);
}

/// Appends a size in eight bytes, so that its length does not depend on its value.
pub(super) fn put_size(to: &mut Vec<u8>, size: u64) {
    to.extend_from_slice(&(size | 1 << 56).to_be_bytes());
}

/// Appends an element with `body`.
pub(super) fn put(to: &mut Vec<u8>, id: u32, body: &[u8]) {
    put_id(to, id);
    put_size(to, body.len() as u64);
    to.extend_from_slice(body);
}

/// Appends an unsigned integer element of eight bytes.
pub(super) fn put_unsigned(to: &mut Vec<u8>, id: u32, value: u64) {
    put(to, id, &value.to_be_bytes());
}

/// Appends a float element of eight bytes.
pub(super) fn put_float(to: &mut Vec<u8>, id: u32, value: f64) {
    put(to, id, &value.to_be_bytes());
}

/// Appends a SimpleBlock (RFC 9559 §10.2) without lacing.
pub(super) fn put_block(to: &mut Vec<u8>, track: u8, relative_ms: i16, keyframe: bool, payload: &[u8]) {
    put_id(to, SIMPLE_BLOCK);
    put_size(to, payload.len() as u64 + 4);
    to.push(0x80 | track);
    to.extend_from_slice(&relative_ms.to_be_bytes());
    to.push(if keyframe { 0x80 } else { 0 });
    to.extend_from_slice(payload);
}

/// Bytes that [`put_block`] writes for a payload of `length`.
pub(super) fn block_size(length: u64) -> u64 {
    1 + 8 + 4 + length
}

/// Head of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) id: u32,
    /// `None`: unknown.
    pub(super) size: Option<u64>,
    /// Bytes of the head itself.
    pub(super) length: u64,
}

/// Reads an element's head; `None` at the end of `from` or when the bytes are no head.
pub(super) fn read_head(from: &mut impl Read) -> io::Result<Option<Head>> {
    let Some((id, id_length)) = read_number(from, 4, true)? else { return Ok(None) };
    let Some((size, size_length)) = read_number(from, 8, false)? else { return Ok(None) };
    let unknown = size == (1u64 << (7 * size_length)) - 1;
    let id = u32::try_from(id).unwrap_or(0);
    Ok(Some(Head { id, size: (!unknown).then_some(size), length: id_length + size_length }))
}

fn read_number(from: &mut impl Read, longest: u32, keep_marker: bool) -> io::Result<Option<(u64, u64)>> {
    let mut first = [0];
    if !read_whole(from, &mut first)? {
        return Ok(None);
    }
    let length = first[0].leading_zeros() + 1;
    if length > longest {
        return Ok(None);
    }
    let mut value = if keep_marker { u64::from(first[0]) } else { u64::from(first[0]) & (0xff >> length) };
    for _ in 1..length {
        let mut byte = [0];
        if !read_whole(from, &mut byte)? {
            return Ok(None);
        }
        value = value << 8 | u64::from(byte[0]);
    }
    Ok(Some((value, u64::from(length))))
}

/// Fills `buffer`; false when the end comes first.
pub(super) fn read_whole(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Reads `size` bytes; `None` when the end comes first. Memory grows only with what is really there.
pub(super) fn read_body(from: &mut impl Read, size: u64) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    from.take(size).read_to_end(&mut body)?;
    Ok((body.len() as u64 == size).then_some(body))
}

/// The children of a master element: id and body, up to the first that is cut.
pub(super) fn children(mut body: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || {
        let head = read_head(&mut body).ok()??;
        let size = usize::try_from(head.size?).ok()?;
        let child = body.get(..size)?;
        body = &body[size..];
        Some((head.id, child))
    })
}

/// First child with `id`.
pub(super) fn child(body: &[u8], id: u32) -> Option<&[u8]> {
    children(body).find(|(found, _)| *found == id).map(|(_, child)| child)
}

/// Value of an unsigned integer element of up to eight bytes.
pub(super) fn unsigned(body: &[u8]) -> Option<u64> {
    (body.len() <= 8).then(|| body.iter().fold(0, |value, &byte| value << 8 | u64::from(byte)))
}

/// IEEE CRC-32 as EBML and zlib have it.
pub(super) fn crc_32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = crc_table();
    !bytes.iter().fold(!0u32, |crc, &byte| TABLE[usize::from(crc as u8 ^ byte)] ^ crc >> 8)
}

const fn crc_table() -> [u32; 256] {
    let mut table = [0u32; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ crc >> 1 } else { crc >> 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_of_the_standard_test_string() {
        assert_eq!(crc_32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn heads_read_back() {
        let mut bytes = Vec::new();
        put(&mut bytes, SEGMENT, &[1, 2, 3]);
        let head = read_head(&mut &bytes[..]).expect("no IO").expect("a head");
        assert_eq!(head, Head { id: SEGMENT, size: Some(3), length: 12 });
        assert!(read_head(&mut &bytes[..7]).expect("no IO").is_none());
        assert!(read_head(&mut &[0u8; 16][..]).expect("no IO").is_none(), "zeros are no element");
    }
}
