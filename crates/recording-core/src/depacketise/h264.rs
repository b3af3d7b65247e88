use super::{DepacketiseError, Frame, picture_size};
use crate::limits;
use crate::timeline::Placed;
use bytes::Bytes;

const IDR: u8 = 5;
const SPS: u8 = 7;
const PPS: u8 = 8;
const DELIMITER: u8 = 9;
const FILLER: u8 = 12;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;
/// Picture parameter sets of one sequence that are kept.
const PPS_KEPT: usize = 16;

/// The parameter sets a keyframe was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterSets {
    sps: Bytes,
    pps: Vec<Bytes>,
    /// Other sets were in force earlier, so that a decoder no longer has the declared ones.
    pub(super) repeated: bool,
}

impl ParameterSets {
    /// The `AVCDecoderConfigurationRecord` with 4-byte lengths, ISO/IEC 14496-15 §5.3.3.1.
    pub fn configuration(&self) -> Bytes {
        let mut record = vec![1, self.sps[1], self.sps[2], self.sps[3], 0xff, 0xe1];
        push_16(&mut record, &self.sps);
        record.push(self.pps.len() as u8);
        for pps in &self.pps {
            push_16(&mut record, pps);
        }
        Bytes::from(record)
    }

    /// The sets as length-prefixed NAL units.
    pub(super) fn in_band(&self) -> Vec<u8> {
        let mut data = Vec::new();
        for set in std::iter::once(&self.sps).chain(&self.pps) {
            push_32(&mut data, set);
        }
        data
    }
}

/// Joins the H.264 payloads of an access unit.
#[derive(Debug, Default)]
pub struct H264Depacketiser {
    sps: Option<Bytes>,
    pps: Vec<Bytes>,
    /// Sets of the last keyframe, to notice a change.
    used: Option<(Bytes, Vec<Bytes>)>,
    changed: bool,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    ticks: i64,
    place_us: i64,
    data: Vec<u8>,
    keyframe: bool,
    /// NAL unit that is being joined from fragments.
    fragment: Option<Vec<u8>>,
}

impl H264Depacketiser {
    /// Takes the next packet in order; gives the access unit it completes.
    pub fn push(&mut self, packet: &Placed) -> Result<Option<Frame>, DepacketiseError> {
        if packet.payload.is_empty() {
            return Ok(None); // padding only, sent to probe the path
        }
        // A new RTP time ends an access unit whose last packet had no marker.
        let ended = match self.open.take() {
            Some(open) if open.ticks != packet.ticks => self.frame(open)?,
            same => {
                self.open = same;
                None
            }
        };
        self.open.get_or_insert_with(|| Open {
            ticks: packet.ticks,
            place_us: packet.place_us,
            data: Vec::new(),
            keyframe: false,
            fragment: None,
        });
        self.take_payload(&packet.payload)?;
        if packet.marker
            && ended.is_none()
            && let Some(open) = self.open.take()
        {
            return self.frame(open);
        }
        Ok(ended)
    }

    /// Forgets the access unit in progress; parameter sets stay known.
    pub fn reset(&mut self) {
        self.open = None;
    }

    fn take_payload(&mut self, payload: &Bytes) -> Result<(), DepacketiseError> {
        match payload[0] & 0x1f {
            1..=23 => self.take_nal(payload),
            STAP_A => {
                let mut rest = payload.slice(1..);
                while !rest.is_empty() {
                    let length = rest.first_chunk().map(|&size| usize::from(u16::from_be_bytes(size)));
                    let end = 2 + length.filter(|&length| length > 0).ok_or(DepacketiseError::Short)?;
                    if end > rest.len() {
                        return Err(DepacketiseError::Short);
                    }
                    self.take_nal(&rest.slice(2..end))?;
                    rest = rest.slice(end..);
                }
                Ok(())
            }
            FU_A => self.take_fragment(payload),
            other => Err(DepacketiseError::Unsupported(other)),
        }
    }

    /// RFC 6184 §5.8.
    fn take_fragment(&mut self, payload: &Bytes) -> Result<(), DepacketiseError> {
        let [indicator, header, body @ ..] = &payload[..] else { return Err(DepacketiseError::Short) };
        let open = self.open.as_mut().ok_or(DepacketiseError::NoBeginning)?;
        if header & 0x80 != 0 {
            open.fragment = Some(vec![indicator & 0xe0 | header & 0x1f]);
        }
        let nal = open.fragment.as_mut().ok_or(DepacketiseError::NoBeginning)?;
        if nal.len() + body.len() > limits::FRAME_BYTES {
            return Err(DepacketiseError::TooLarge);
        }
        nal.extend_from_slice(body);
        if header & 0x40 != 0
            && let Some(nal) = open.fragment.take()
        {
            return self.take_nal(&Bytes::from(nal));
        }
        Ok(())
    }

    fn take_nal(&mut self, nal: &Bytes) -> Result<(), DepacketiseError> {
        match nal.first().map(|header| header & 0x1f) {
            None => return Err(DepacketiseError::Short),
            Some(SPS) => return self.take_sps(nal),
            Some(PPS) => return self.take_pps(nal),
            Some(DELIMITER | FILLER) => return Ok(()),
            Some(kind) => {
                let open = self.open.as_mut().ok_or(DepacketiseError::NoBeginning)?;
                if open.data.len() + nal.len() + 4 > limits::FRAME_BYTES {
                    return Err(DepacketiseError::TooLarge);
                }
                open.keyframe |= kind == IDR;
                push_32(&mut open.data, nal);
            }
        }
        Ok(())
    }

    fn take_sps(&mut self, nal: &Bytes) -> Result<(), DepacketiseError> {
        if nal.len() < 4 || nal.len() > limits::PARAMETER_SET_BYTES {
            return Err(DepacketiseError::Header);
        }
        picture_size(nal)?;
        if self.sps.as_ref() != Some(nal) {
            self.sps = Some(nal.clone());
            self.pps.clear();
        }
        Ok(())
    }

    fn take_pps(&mut self, nal: &Bytes) -> Result<(), DepacketiseError> {
        if nal.len() > limits::PARAMETER_SET_BYTES {
            return Err(DepacketiseError::Header);
        }
        if !self.pps.contains(nal) {
            if self.pps.len() >= PPS_KEPT {
                self.pps.remove(0);
            }
            self.pps.push(nal.clone());
        }
        Ok(())
    }

    fn frame(&mut self, open: Open) -> Result<Option<Frame>, DepacketiseError> {
        if open.fragment.is_some() {
            return Err(DepacketiseError::NoEnd);
        }
        if open.data.is_empty() {
            return Ok(None); // parameter sets alone
        }
        let mut frame =
            Frame { place_us: open.place_us, keyframe: open.keyframe, size: (0, 0), data: open.data, parameters: None };
        if open.keyframe {
            let sps = self.sps.clone().filter(|_| !self.pps.is_empty()).ok_or(DepacketiseError::Header)?;
            frame.size = picture_size(&sps)?;
            let sets = (sps, self.pps.clone());
            self.changed |= self.used.as_ref().is_some_and(|used| *used != sets);
            self.used = Some(sets.clone());
            frame.parameters = Some(ParameterSets { sps: sets.0, pps: sets.1, repeated: self.changed });
        }
        Ok(Some(frame))
    }
}

fn push_16(to: &mut Vec<u8>, nal: &[u8]) {
    to.extend_from_slice(&(nal.len() as u16).to_be_bytes());
    to.extend_from_slice(nal);
}

fn push_32(to: &mut Vec<u8>, nal: &[u8]) {
    to.extend_from_slice(&(nal.len() as u32).to_be_bytes());
    to.extend_from_slice(nal);
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPS_640: [u8; 14] = [0x67, 0x42, 0xc0, 0x1f, 0x8c, 0x8d, 0x40, 0x50, 0x1e, 0xd0, 0x0f, 0x08, 0x84, 0x6a];
    const PPS_1: [u8; 4] = [0x68, 0xce, 0x3c, 0x80];

    fn packet(ticks: i64, marker: bool, payload: &[u8]) -> Placed {
        Placed { place_us: 7, ticks, lost: 0, fresh: false, marker, payload: Bytes::copy_from_slice(payload) }
    }

    fn stap(nals: &[&[u8]]) -> Vec<u8> {
        let mut payload = vec![STAP_A];
        nals.iter().for_each(|nal| push_16(&mut payload, nal));
        payload
    }

    #[test]
    fn stap_a_and_fu_a_make_a_keyframe() {
        let mut h264 = H264Depacketiser::default();
        assert!(h264.push(&packet(1, false, &stap(&[&SPS_640, &PPS_1]))).expect("valid").is_none());
        assert!(h264.push(&packet(1, false, &[0x7c, 0x85, 1, 2])).expect("valid").is_none());
        let frame = h264.push(&packet(1, true, &[0x7c, 0x45, 3])).expect("valid").expect("complete");
        assert_eq!((frame.keyframe, frame.size), (true, (640, 480)));
        let format = frame.format();
        assert_eq!(format.private[..6], [1, 0x42, 0xc0, 0x1f, 0xff, 0xe1]);
        assert_eq!(frame.into_payload()[..], [0, 0, 0, 4, 0x65, 1, 2, 3]);
    }

    #[test]
    fn changed_parameter_sets_stay_in_band() {
        let mut h264 = H264Depacketiser::default();
        let mut other = SPS_640;
        other[3] = 0x1e;
        let mut declared = None;
        let mut sizes = Vec::new();
        for (ticks, sps) in [(1, SPS_640), (2, SPS_640), (3, other), (4, SPS_640)] {
            let unit = stap(&[&sps, &PPS_1, &[0x65, 9]]);
            let mut frame = h264.push(&packet(ticks, true, &unit)).expect("valid").expect("complete");
            frame.settle_parameters(declared.get_or_insert(frame.format()));
            sizes.push(frame.into_payload().len());
        }
        let with_sets = 6 + 4 + SPS_640.len() + 4 + PPS_1.len();
        assert_eq!(sizes, [6, 6, with_sets, with_sets]);
    }

    #[test]
    fn a_keyframe_without_parameter_sets_is_refused() {
        let mut h264 = H264Depacketiser::default();
        assert_eq!(h264.push(&packet(1, true, &[0x65, 1])).err(), Some(DepacketiseError::Header));
    }

    #[test]
    fn cut_and_unknown_packetizations_are_refused() {
        let mut h264 = H264Depacketiser::default();
        assert_eq!(h264.push(&packet(1, true, &[STAP_A, 0, 9, 1])).err(), Some(DepacketiseError::Short));
        assert_eq!(h264.push(&packet(1, true, &[0x7c])).err(), Some(DepacketiseError::Short));
        assert_eq!(h264.push(&packet(1, true, &[0x7c, 0x05, 1])).err(), Some(DepacketiseError::NoBeginning));
        assert_eq!(h264.push(&packet(1, true, &[29])).err(), Some(DepacketiseError::Unsupported(29)));
    }
}
