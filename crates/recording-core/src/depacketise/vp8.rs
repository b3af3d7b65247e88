use super::{DepacketiseError, Frame};
use crate::limits;
use crate::timeline::Placed;

/// Joins the VP8 payloads of a frame.
#[derive(Debug, Default)]
pub struct Vp8Depacketiser {
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    ticks: i64,
    place_us: i64,
    data: Vec<u8>,
}

impl Vp8Depacketiser {
    /// Takes the next packet in order; gives the frame it completes.
    pub fn push(&mut self, packet: &Placed) -> Result<Option<Frame>, DepacketiseError> {
        if packet.payload.is_empty() {
            return Ok(None); // padding only, sent to probe the path
        }
        let header = payload_descriptor_length(&packet.payload)?;
        // RFC 7741 §4.2: S and a partition index of zero begin a frame.
        let begins = packet.payload[0] & 0x17 == 0x10;
        let body = &packet.payload[header..];
        let unfinished = self.open.as_ref().is_some_and(|open| open.ticks != packet.ticks);
        if unfinished {
            self.open = None;
        }
        if begins {
            self.open = Some(Open { ticks: packet.ticks, place_us: packet.place_us, data: Vec::new() });
        }
        let open = self.open.as_mut().ok_or(DepacketiseError::NoBeginning)?;
        if open.data.len() + body.len() > limits::FRAME_BYTES {
            return Err(DepacketiseError::TooLarge);
        }
        open.data.extend_from_slice(body);
        if unfinished {
            return Err(DepacketiseError::NoEnd);
        }
        if !packet.marker {
            return Ok(None);
        }
        self.open.take().map(frame).transpose()
    }

    /// Forgets the frame in progress.
    pub fn reset(&mut self) {
        self.open = None;
    }
}

fn frame(open: Open) -> Result<Frame, DepacketiseError> {
    // RFC 6386 §9.1: the lowest bit of the frame tag is zero for a keyframe; then start code, width and height.
    let first = *open.data.first().ok_or(DepacketiseError::Short)?;
    let keyframe = first & 1 == 0;
    let size = if keyframe { keyframe_size(&open.data)? } else { (0, 0) };
    Ok(Frame { place_us: open.place_us, keyframe, size, data: open.data, parameters: None })
}

fn keyframe_size(data: &[u8]) -> Result<(u16, u16), DepacketiseError> {
    let header: &[u8; 10] = data.first_chunk().ok_or(DepacketiseError::Short)?;
    if header[3..6] != [0x9d, 0x01, 0x2a] {
        return Err(DepacketiseError::Header);
    }
    let side = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]) & 0x3fff;
    let size = (side(6), side(8));
    if size.0 == 0 || size.1 == 0 { Err(DepacketiseError::Header) } else { Ok(size) }
}

/// Bytes before the VP8 data, RFC 7741 §4.2.
pub fn payload_descriptor_length(payload: &[u8]) -> Result<usize, DepacketiseError> {
    let at = |index: usize| payload.get(index).copied().ok_or(DepacketiseError::Short);
    let mut length = 1;
    if at(0)? & 0x80 != 0 {
        let extensions = at(1)?;
        length = 2;
        if extensions & 0x80 != 0 {
            length += if at(length)? & 0x80 != 0 { 2 } else { 1 };
        }
        if extensions & 0x40 != 0 {
            length += 1;
        }
        if extensions & 0x30 != 0 {
            length += 1;
        }
    }
    if length < payload.len() { Ok(length) } else { Err(DepacketiseError::Short) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn packet(ticks: i64, marker: bool, payload: &[u8]) -> Placed {
        Placed { place_us: 0, ticks, lost: 0, fresh: false, marker, payload: Bytes::copy_from_slice(payload) }
    }

    const KEY: [u8; 10] = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01];

    #[test]
    fn a_keyframe_in_two_packets_is_joined_and_measured() {
        let mut vp8 = Vp8Depacketiser::default();
        // X, I (15 bits), L, T.
        let first = [&[0x90, 0xe0, 0x81, 0x23, 7, 0x40][..], &KEY].concat();
        assert!(vp8.push(&packet(9, false, &first)).expect("valid").is_none());
        let frame = vp8.push(&packet(9, true, &[0x00, 0xaa, 0xbb])).expect("valid").expect("complete");
        assert_eq!((frame.keyframe, frame.size), (true, (640, 360)));
        assert_eq!(frame.into_payload(), [&KEY[..], &[0xaa, 0xbb]].concat());
    }

    #[test]
    fn a_frame_without_its_beginning_is_refused() {
        let mut vp8 = Vp8Depacketiser::default();
        assert_eq!(vp8.push(&packet(9, true, &[0x00, 1])).err(), Some(DepacketiseError::NoBeginning));
    }

    #[test]
    fn a_frame_without_its_end_is_noticed() {
        let mut vp8 = Vp8Depacketiser::default();
        vp8.push(&packet(1, false, &[0x10, 1, 2])).expect("valid");
        assert_eq!(vp8.push(&packet(2, true, &[0x10, 1, 2])).err(), Some(DepacketiseError::NoEnd));
    }

    #[test]
    fn cut_descriptors_are_refused() {
        for payload in [&[0x80][..], &[0x80, 0x80], &[0x80, 0x80, 0x80, 1], &[0x10]] {
            assert_eq!(payload_descriptor_length(payload), Err(DepacketiseError::Short));
        }
    }
}
