//! WAV files of G.711 in the form that their reader takes.

use std::borrow::Cow;

/// Where the first chunk's length stands, and where its content begins; it describes the format in all but odd files.
const LENGTH: usize = 16;
const CONTENT: usize = 20;
/// Length of a description without the field that says how long its extension is.
const PLAIN: u32 = 16;

/// The file, with an empty extension in the description of A-law and µ-law: the reader insists on one, and many programs
/// for telephony write none.
pub(super) fn standardise(bytes: &[u8]) -> Cow<'_, [u8]> {
    let is_plain = bytes.get(12..CONTENT) == Some(&[&b"fmt "[..], &PLAIN.to_le_bytes()].concat());
    let is_g711 = matches!(bytes.get(CONTENT..CONTENT + 2), Some([6 | 7, 0]));
    let end = CONTENT + PLAIN as usize;
    if !(is_plain && is_g711) || bytes.len() < end {
        return Cow::Borrowed(bytes);
    }
    let mut extended = [&bytes[..end], &[0, 0], &bytes[end..]].concat();
    extended[LENGTH..CONTENT].copy_from_slice(&(PLAIN + 2).to_le_bytes());
    let whole = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
    extended[4..8].copy_from_slice(&whole.saturating_add(2).to_le_bytes());
    Cow::Owned(extended)
}
