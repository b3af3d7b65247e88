//! The VP8 payload descriptor (RFC 7741 §4.2): its picture id and temporal level counter have to run on when the source
//! changes.

/// Where the fields of a descriptor are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Descriptor {
    picture_id: Option<PictureId>,
    /// Value and offset of TL0PICIDX.
    tl0_picture: Option<(u8, usize)>,
    /// Length of the descriptor.
    length: usize,
    /// The packet starts partition 0.
    starts_frame: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PictureId {
    value: u16,
    offset: usize,
    is_long: bool,
}

impl Descriptor {
    /// `None` when the payload ends within its descriptor.
    pub(super) fn parse(payload: &[u8]) -> Option<Self> {
        let first = *payload.first()?;
        let mut descriptor = Self { length: 1, starts_frame: first & 0x17 == 0x10, ..Self::default() };
        if first & 0x80 == 0 {
            return (payload.len() > 1).then_some(descriptor);
        }
        let extensions = *payload.get(1)?;
        let mut at = 2;
        if extensions & 0x80 != 0 {
            let high = *payload.get(at)?;
            let is_long = high & 0x80 != 0;
            let value =
                if is_long { u16::from_be_bytes([high & 0x7f, *payload.get(at + 1)?]) } else { u16::from(high) };
            descriptor.picture_id = Some(PictureId { value, offset: at, is_long });
            at += if is_long { 2 } else { 1 };
        }
        if extensions & 0x40 != 0 {
            descriptor.tl0_picture = Some((*payload.get(at)?, at));
            at += 1;
        }
        if extensions & 0x30 != 0 {
            at += 1;
        }
        descriptor.length = at;
        (payload.len() > at).then_some(descriptor)
    }
}

/// P bit of the frame header clear, at the start of a frame (RFC 6386 §9.1).
pub(super) fn starts_keyframe(payload: &[u8]) -> bool {
    let Some(descriptor) = Descriptor::parse(payload) else { return false };
    descriptor.starts_frame && payload.get(descriptor.length).is_some_and(|header| header & 1 == 0)
}

/// What is added to the counters of a source to make them the sink's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Offsets {
    picture: u16,
    tl0: u8,
}

/// What changes in a payload on its way to a sink; nothing for most packets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rewrite {
    picture: Option<PictureId>,
    tl0: Option<(u8, usize)>,
}

/// What is added to the counters of the present source, and where the sink stands.
#[derive(Debug, Default)]
pub(super) struct Counters {
    offsets: Offsets,
    last_picture: Option<u16>,
    last_tl0: Option<u8>,
    starts: bool,
}

const PICTURE_MASK: u16 = 0x7fff;

impl Offsets {
    /// What changes in a payload of the source that these offsets belong to.
    pub(super) fn rewrite(self, payload: &[u8]) -> Rewrite {
        match Descriptor::parse(payload) {
            Some(descriptor) if self != Self::default() => self.of(&descriptor),
            _ => Rewrite::default(),
        }
    }

    fn of(self, descriptor: &Descriptor) -> Rewrite {
        let moved = |id: PictureId| PictureId { value: id.value.wrapping_add(self.picture) & PICTURE_MASK, ..id };
        let tl0 = descriptor.tl0_picture.map(|(value, offset)| (value.wrapping_add(self.tl0), offset));
        Rewrite { picture: descriptor.picture_id.map(moved), tl0 }
    }
}

impl Rewrite {
    /// Changes the payload.
    pub(crate) fn apply(&self, payload: &mut [u8]) {
        if let Some(id) = self.picture {
            write_picture(payload, id);
        }
        if let Some((value, offset)) = self.tl0 {
            payload[offset] = value;
        }
    }
}

impl Counters {
    /// The next packet comes from another source.
    pub(super) fn begin(&mut self) {
        self.starts = true;
    }

    /// The offsets of the present source.
    pub(super) fn offsets(&self) -> Offsets {
        self.offsets
    }

    /// What changes in the next payload.
    pub(super) fn rewrite(&mut self, payload: &[u8]) -> Rewrite {
        let Some(descriptor) = Descriptor::parse(payload) else { return Rewrite::default() };
        if self.starts {
            self.starts = false;
            self.align(&descriptor);
        }
        let rewrite = self.offsets.of(&descriptor);
        self.note(rewrite.picture.map(|id| id.value), rewrite.tl0.map(|(value, _)| value));
        if self.offsets == Offsets::default() { Rewrite::default() } else { rewrite }
    }

    /// The source's first counters become the successors of the sink's last.
    fn align(&mut self, descriptor: &Descriptor) {
        let picture = match (self.last_picture, descriptor.picture_id) {
            (Some(last), Some(id)) => last.wrapping_add(1).wrapping_sub(id.value) & PICTURE_MASK,
            _ => 0,
        };
        let tl0 = match (self.last_tl0, descriptor.tl0_picture) {
            (Some(last), Some((value, _))) => last.wrapping_add(1).wrapping_sub(value),
            _ => 0,
        };
        self.offsets = Offsets { picture, tl0 };
    }

    /// Packets come in any order; what counts is the newest picture.
    fn note(&mut self, picture: Option<u16>, tl0: Option<u8>) {
        let is_newer = match (self.last_picture, picture) {
            (Some(last), Some(new)) => new.wrapping_sub(last) & PICTURE_MASK < PICTURE_MASK / 2,
            _ => true,
        };
        if is_newer {
            self.last_picture = picture.or(self.last_picture);
            self.last_tl0 = tl0.or(self.last_tl0);
        }
    }
}

fn write_picture(bytes: &mut [u8], id: PictureId) {
    if id.is_long {
        let [high, low] = id.value.to_be_bytes();
        bytes[id.offset] = high | 0x80;
        bytes[id.offset + 1] = low;
    } else {
        bytes[id.offset] = (id.value & 0x7f) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(picture: u16, tl0: u8, is_keyframe: bool) -> Vec<u8> {
        let [high, low] = picture.to_be_bytes();
        vec![0x90, 0xe0, high | 0x80, low, tl0, 0x20, u8::from(!is_keyframe), 9, 9]
    }

    /// What a receiver reads after the payload went through `counters`.
    fn counters_of(counters: &mut Counters, mut payload: Vec<u8>) -> (u16, u8) {
        counters.rewrite(&payload).apply(&mut payload);
        let descriptor = Descriptor::parse(&payload).expect("a descriptor");
        (descriptor.picture_id.expect("a picture id").value, descriptor.tl0_picture.expect("TL0PICIDX").0)
    }

    #[test]
    fn keyframes_are_told_from_others() {
        assert!(starts_keyframe(&payload(1, 1, true)));
        assert!(!starts_keyframe(&payload(1, 1, false)));
        assert!(starts_keyframe(&[0x10, 0]), "without extensions");
        assert!(!starts_keyframe(&[0x11, 0]), "partition 1");
        assert!(!starts_keyframe(&[0x00, 0]), "in the middle of a frame");
        assert!(!starts_keyframe(&[0x90, 0x80, 0x80]), "torn");
        assert!(!starts_keyframe(&[]));
    }

    #[test]
    fn counters_run_on_over_a_change_of_source() {
        let mut counters = Counters::default();
        counters.begin();
        assert_eq!(
            counters.rewrite(&payload(32_766, 254, true)),
            Rewrite::default(),
            "the first source stays as it is"
        );
        assert_eq!(counters_of(&mut counters, payload(32_767, 255, false)), (32_767, 255));
        counters.begin();
        assert_eq!(counters_of(&mut counters, payload(500, 7, true)), (0, 0));
        assert_eq!(counters_of(&mut counters, payload(502, 8, false)), (2, 1));
        assert_eq!(counters_of(&mut counters, payload(501, 7, false)), (1, 0), "a late packet");
        let mut again = payload(500, 7, true);
        counters.offsets().rewrite(&again).apply(&mut again);
        let descriptor = Descriptor::parse(&again).expect("a descriptor");
        assert_eq!(descriptor.picture_id.map(|id| id.value), Some(0), "a repair is what was sent first");
        counters.begin();
        assert_eq!(counters_of(&mut counters, payload(9, 9, true)), (3, 2));
    }
}
