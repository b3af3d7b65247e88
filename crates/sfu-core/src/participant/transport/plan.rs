//! What offer and answer settle for the packets of a leg: payload types, extension ids and SSRCs.

use model::{Codec, TrackKind};

/// What a payload type stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Media of a codec.
    Media(Codec),
    /// RFC 4588 repairs of it.
    Repair(Codec),
}

/// Ids of header extensions that both sides know; they are the same in all m-lines of a BUNDLE (RFC 8843 §9.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ExtensionIds {
    /// RFC 6464.
    pub(crate) level: Option<u8>,
    /// RFC 8843 §15.
    pub(crate) mid: Option<u8>,
    /// 3GPP TS 26.114 §7.4.5.
    pub(crate) orientation: Option<u8>,
    /// draft-holmer-rmcat-transport-wide-cc-extensions-01 §2.
    pub(crate) transport_sequence: Option<u8>,
}

/// SSRC of media, and of its repairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sources {
    pub(crate) media: Option<u32>,
    pub(crate) repairs: Option<u32>,
}

/// One slot of a leg.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Slot {
    /// Empty when the slot was not negotiated.
    pub(crate) mid: String,
    /// What the page announced that it sends.
    pub(crate) uplink: Sources,
    /// What we announced that we send.
    pub(crate) downlink: Sources,
}

/// Everything that packets need to know of a negotiation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// At most one payload type of a format: few enough to be looked through for each packet.
    formats: Vec<(u8, Format)>,
    pub(crate) extensions: ExtensionIds,
    pub(crate) slots: [Slot; 3],
    /// Our canonical name (RFC 3550 §6.5.1).
    pub(crate) name: String,
}

impl Plan {
    /// Reads the page's offer and our answer to it. `mids` say which slot each m-line is.
    pub(crate) fn read(offer: &str, answer: &str, mids: &[(TrackKind, String)]) -> Self {
        let mut plan = Self {
            formats: Vec::new(),
            extensions: ExtensionIds::default(),
            slots: Default::default(),
            name: String::new(),
        };
        for section in sections(answer) {
            plan.read_formats(&section);
            plan.read_extensions(&section);
            if let Some(slot) = plan.slot_of(&section, mids) {
                slot.downlink = sources(&section);
            }
            let name = section.iter().find_map(|line| line.strip_prefix("a=ssrc:")?.split_once(" cname:"));
            if let Some((_, name)) = name {
                plan.name = name.to_owned();
            }
        }
        for section in sections(offer) {
            if let Some(slot) = plan.slot_of(&section, mids) {
                slot.uplink = sources(&section);
            }
        }
        for (track, mid) in mids {
            plan.slots[*track as usize].mid.clone_from(mid);
        }
        plan
    }

    /// What a payload type stands for.
    pub(crate) fn format(&self, payload_type: u8) -> Option<Format> {
        self.formats.iter().find(|(known, _)| *known == payload_type).map(|(_, format)| *format)
    }

    /// The payload type of a format.
    pub(crate) fn payload_type(&self, format: Format) -> Option<u8> {
        self.formats.iter().find(|(_, known)| *known == format).map(|(payload_type, _)| *payload_type)
    }

    /// The track whose m-line has this mid.
    pub(crate) fn track_of_mid(&self, mid: &[u8]) -> Option<TrackKind> {
        let is_it = |track: &TrackKind| !mid.is_empty() && self.slots[*track as usize].mid.as_bytes() == mid;
        TrackKind::ALL.into_iter().find(is_it)
    }

    fn slot_of(&mut self, section: &[&str], mids: &[(TrackKind, String)]) -> Option<&mut Slot> {
        let mid = section.iter().find_map(|line| line.strip_prefix("a=mid:"))?;
        let (track, _) = mids.iter().find(|(_, known)| known == mid)?;
        Some(&mut self.slots[*track as usize])
    }

    fn read_formats(&mut self, section: &[&str]) {
        for line in section {
            let mapped = line.strip_prefix("a=rtpmap:").and_then(|line| line.split_once(' '));
            let Some((payload_type, encoding)) = mapped else { continue };
            if let Some(codec) = encoding.split('/').next().and_then(codec_of) {
                self.learn_format(payload_type, Format::Media(codec));
            }
        }
        for line in section {
            let repair = line.strip_prefix("a=fmtp:").and_then(|line| line.split_once(" apt="));
            let Some((payload_type, repaired)) = repair else { continue };
            let repaired = repaired.trim().parse().ok().and_then(|repaired| self.format(repaired));
            if let Some(Format::Media(codec)) = repaired {
                self.learn_format(payload_type, Format::Repair(codec));
            }
        }
    }

    /// The first payload type of a format counts.
    fn learn_format(&mut self, payload_type: &str, format: Format) {
        let number = payload_type.parse().ok().filter(|number| *number < 128);
        if let Some(number) = number.filter(|_| self.payload_type(format).is_none()) {
            self.formats.push((number, format));
        }
    }

    fn read_extensions(&mut self, section: &[&str]) {
        for line in section {
            let Some((id, uri)) = line.strip_prefix("a=extmap:").and_then(|line| line.split_once(' ')) else {
                continue;
            };
            let id = id.split('/').next().and_then(|id| id.parse().ok());
            let known = match uri.split(' ').next().unwrap_or_default() {
                "urn:ietf:params:rtp-hdrext:ssrc-audio-level" => &mut self.extensions.level,
                "urn:ietf:params:rtp-hdrext:sdes:mid" => &mut self.extensions.mid,
                "urn:3gpp:video-orientation" => &mut self.extensions.orientation,
                "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01" => {
                    &mut self.extensions.transport_sequence
                }
                _ => continue,
            };
            *known = known.or(id);
        }
    }
}

/// The lines of each m-line, its own among them.
fn sections(text: &str) -> Vec<Vec<&str>> {
    let mut sections: Vec<Vec<&str>> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if line.starts_with("m=") {
            sections.push(Vec::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push(line);
        }
    }
    sections
}

/// The first source of an m-line, and its repairs by `a=ssrc-group:FID` (RFC 5576 §4.2).
fn sources(section: &[&str]) -> Sources {
    let mut group = section.iter().find_map(|line| line.strip_prefix("a=ssrc-group:FID ")).into_iter();
    let mut group = group.next().unwrap_or_default().split(' ').map(|ssrc| ssrc.parse().ok());
    let (media, repairs) = (group.next().flatten(), group.next().flatten());
    let single = || section.iter().find_map(|line| line.strip_prefix("a=ssrc:")?.split(' ').next()?.parse().ok());
    Sources { media: media.or_else(single), repairs }
}

fn codec_of(encoding: &str) -> Option<Codec> {
    let known = [("opus", Codec::Opus), ("VP8", Codec::Vp8), ("H264", Codec::H264)];
    known.into_iter().find(|(name, _)| encoding.eq_ignore_ascii_case(name)).map(|(_, codec)| codec)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\nm=audio 9 X 111\r\na=mid:a\r\na=ssrc:1 cname:page\r\nm=video 9 X 96 97\r\na=mid:b\r\n\
        a=ssrc-group:FID 2 3\r\na=ssrc:2 cname:page\r\na=ssrc:3 cname:page\r\n";
    const ANSWER: &str = "v=0\r\nm=audio 9 X 111\r\na=mid:a\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n\
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=rtpmap:111 opus/48000/2\r\na=ssrc:7 cname:us\r\n\
        m=video 9 X 96 97\r\na=mid:b\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n\
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
        a=ssrc-group:FID 8 9\r\na=ssrc:8 cname:us\r\na=ssrc:9 cname:us\r\n";

    #[test]
    fn all_that_packets_need_is_read() {
        let mids = [(TrackKind::Audio, "a".to_owned()), (TrackKind::Camera, "b".to_owned())];
        let plan = Plan::read(OFFER, ANSWER, &mids);
        assert_eq!(plan.format(111), Some(Format::Media(Codec::Opus)));
        assert_eq!(plan.format(97), Some(Format::Repair(Codec::Vp8)));
        assert_eq!(plan.payload_type(Format::Media(Codec::Vp8)), Some(96));
        assert_eq!(plan.payload_type(Format::Media(Codec::H264)), None);
        let ids = ExtensionIds { level: Some(1), mid: Some(4), orientation: None, transport_sequence: Some(3) };
        assert_eq!(plan.extensions, ids);
        let [audio, camera, screen] = &plan.slots;
        assert_eq!((audio.uplink, audio.downlink), (of(1, None), of(7, None)));
        assert_eq!((camera.uplink, camera.downlink), (of(2, Some(3)), of(8, Some(9))));
        assert_eq!(screen, &Slot::default());
        assert_eq!(plan.name, "us");
        assert_eq!(plan.track_of_mid(b"b"), Some(TrackKind::Camera));
        assert_eq!(plan.track_of_mid(b""), None);
    }

    #[test]
    fn nonsense_is_passed_over() {
        let mids = [(TrackKind::Audio, "a".to_owned())];
        let answer = "m=audio\r\na=mid:a\r\na=rtpmap:999 opus/48000\r\na=rtpmap:x opus\r\na=fmtp:97 apt=\r\n\
            a=extmap:x urn:3gpp:video-orientation\r\na=ssrc:x\r\na=ssrc-group:FID\r\n";
        let plan = Plan::read("", answer, &mids);
        assert_eq!(plan.formats, []);
        assert_eq!(plan.extensions, ExtensionIds::default());
    }

    fn of(media: u32, repairs: Option<u32>) -> Sources {
        Sources { media: Some(media), repairs }
    }
}
