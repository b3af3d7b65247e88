//! The little of SDP that is read and changed as text (RFC 8866).

use crate::limits::{OFFER_BYTES, OFFER_MEDIA_LINES};
use model::{Codec, TrackKind};

/// Hashes by which a page's certificate can be checked (RFC 8122 §5).
const FINGERPRINTS: [&str; 2] = ["sha-256 ", "sha-1 "];

/// An offer that the engine can work with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Offer {
    /// Without what an ICE-lite agent has no use for: remote candidates (some pages hide theirs behind `.local` names)
    /// and simulcast.
    pub(super) text: String,
    /// mid of each m-line that is in use, with the slot it stands for.
    pub(super) mids: Vec<(TrackKind, String)>,
    /// The page's user name fragment.
    pub(super) remote_ufrag: String,
}

impl Offer {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if text.len() > OFFER_BYTES {
            return Err(format!("it is longer than {OFFER_BYTES} bytes"));
        }
        let kept: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !is_useless(line)).collect();
        let mut mids = Vec::new();
        let mut sections = kept.split(|line| line.starts_with("m=")).skip(1);
        let headers: Vec<&str> = kept.iter().filter_map(|line| line.strip_prefix("m=")).collect();
        if headers.is_empty() || headers.len() > OFFER_MEDIA_LINES {
            return Err(format!("it has {} m-lines, and 1 to {OFFER_MEDIA_LINES} are allowed", headers.len()));
        }
        for header in headers {
            let section = sections.next().unwrap_or_default();
            let track = slot(header, &mids)?;
            let mid = attribute(section, "mid").ok_or("an m-line has no a=mid")?;
            if mid.is_empty() || mid.len() > 16 {
                return Err("an a=mid is empty or longer than 16 bytes".into());
            }
            if attribute(section, "setup") == Some("passive") {
                return Err("a=setup:passive, but the engine is the DTLS server".into());
            }
            mids.push((track, mid.to_owned()));
        }
        let fingerprint = attribute(&kept, "fingerprint").ok_or("it has no a=fingerprint")?;
        if !FINGERPRINTS.iter().any(|hash| fingerprint.to_ascii_lowercase().starts_with(hash)) {
            return Err("its a=fingerprint is neither sha-256 nor sha-1".into());
        }
        let remote_ufrag = attribute(&kept, "ice-ufrag").ok_or("it has no a=ice-ufrag")?.to_owned();
        let mut text = kept.join("\r\n");
        text.push_str("\r\n");
        Ok(Self { text, mids, remote_ufrag })
    }
}

fn is_useless(line: &str) -> bool {
    ["a=candidate:", "a=end-of-candidates", "a=simulcast:", "a=rid:"].iter().any(|prefix| line.starts_with(prefix))
        || line.is_empty()
}

fn attribute<'a>(lines: &[&'a str], name: &str) -> Option<&'a str> {
    lines.iter().find_map(|line| line.strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':'))
}

/// Audio, then camera, then screen.
fn slot(header: &str, before: &[(TrackKind, String)]) -> Result<TrackKind, String> {
    let taken = |track| before.iter().any(|(other, _)| *other == track);
    let candidates: &[TrackKind] = match header.split(' ').next() {
        Some("audio") => &[TrackKind::Audio],
        Some("video") => &[TrackKind::Camera, TrackKind::Screen],
        _ => {
            return Err(format!(
                "an m-line is neither audio nor video: {}",
                header.chars().take(40).collect::<String>()
            ));
        }
    };
    candidates
        .iter()
        .copied()
        .find(|track| !taken(*track))
        .ok_or_else(|| "it has more than one audio or two video m-lines".to_owned())
}

/// Names the streams of an answer, so that a page keeps sound and camera in step (only tracks of one stream are, RFC 8830
/// §2) and knows the screen from the camera.
pub(super) fn with_stream_names(answer: &str, mids: &[(TrackKind, String)]) -> String {
    let mut name = "";
    let mut text = String::with_capacity(answer.len());
    for line in answer.lines() {
        if let Some((track, _)) =
            line.strip_prefix("a=mid:").and_then(|mid| mids.iter().find(|(_, known)| known == mid))
        {
            name = if *track == TrackKind::Screen { "screen" } else { "call" };
        }
        if line.starts_with("a=msid-semantic:") {
            text.push_str("a=msid-semantic: WMS call screen");
        } else if let Some((head, (_, track))) = split_msid(line) {
            text.extend([head, name, " ", track]);
        } else {
            text.push_str(line);
        }
        text.push_str("\r\n");
    }
    text
}

/// Takes transport-wide numbers from the sound of an answer: where there is only sound, feedback about it would be a
/// fifth of all packets, and nobody could send less.
pub(super) fn without_numbered_sound(answer: &str) -> String {
    let mut is_sound = false;
    let mut text = String::with_capacity(answer.len());
    for line in answer.lines() {
        if line.starts_with("m=") {
            is_sound = line.starts_with("m=audio");
        }
        let is_numbering = line.starts_with("a=extmap:") && line.contains("transport-wide-cc-extensions-01")
            || line.starts_with("a=rtcp-fb:") && line.ends_with(" transport-cc");
        if !(is_sound && is_numbering) {
            text.push_str(line);
            text.push_str("\r\n");
        }
    }
    text
}

/// `a=msid:` or `a=ssrc:N msid:`, then stream and track.
fn split_msid(line: &str) -> Option<(&str, (&str, &str))> {
    let start =
        line.find("msid:").filter(|_| line.starts_with("a=msid:") || line.starts_with("a=ssrc:"))? + "msid:".len();
    let (head, ids) = line.split_at(start);
    Some((head, ids.split_once(' ')?))
}

/// Puts the payload types of a codec, and their repairs, first in every video m-line of an answer: that is what a
/// browser then sends (RFC 8829 §5.3.1 keeps the order of the answer for the sender's choice).
pub(super) fn with_video_codec_first(answer: &str, codec: Codec) -> String {
    let lines: Vec<&str> = answer.lines().collect();
    let starts: Vec<usize> = (0..lines.len()).filter(|&index| lines[index].starts_with("m=")).collect();
    let mut text = String::with_capacity(answer.len());
    for (index, line) in lines.iter().enumerate() {
        let end = starts.iter().copied().find(|&start| start > index).unwrap_or(lines.len());
        if line.starts_with("m=video") {
            text.push_str(&reordered(line, &lines[index..end], codec));
        } else {
            text.push_str(line);
        }
        text.push_str("\r\n");
    }
    text
}

fn reordered(line: &str, section: &[&str], codec: Codec) -> String {
    let name = encoding_name(codec);
    let wanted: Vec<&str> = section
        .iter()
        .filter_map(|line| line.strip_prefix("a=rtpmap:")?.split_once(' '))
        .filter(|(_, encoding)| encoding.split('/').next().is_some_and(|found| found.eq_ignore_ascii_case(name)))
        .map(|(payload_type, _)| payload_type)
        .collect();
    let repairs: Vec<&str> = section
        .iter()
        .filter_map(|line| line.strip_prefix("a=fmtp:")?.split_once(" apt="))
        .filter(|(_, repaired)| wanted.contains(repaired))
        .map(|(payload_type, _)| payload_type)
        .collect();
    let fields: Vec<&str> = line.split(' ').collect();
    let (head, payload_types) = fields.split_at(fields.len().min(3));
    let is_first = |field: &&&str| wanted.contains(*field) || repairs.contains(*field);
    let first = payload_types.iter().filter(is_first);
    let rest = payload_types.iter().filter(|field| !is_first(field));
    head.iter().chain(first).chain(rest).copied().collect::<Vec<_>>().join(" ")
}

fn encoding_name(codec: Codec) -> &'static str {
    match codec {
        Codec::Opus => "opus",
        Codec::Vp8 => "VP8",
        Codec::H264 => "H264",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:abcd\r\na=fingerprint:sha-256 00\r\na=setup:actpass\r\n\
        a=candidate:1 1 udp 1 x.local 9 typ host\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rid:h send\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:2\r\n";

    #[test]
    fn m_lines_are_audio_camera_screen() {
        let offer = Offer::read(OFFER).expect("a usable offer");
        let expected = [(TrackKind::Audio, "0"), (TrackKind::Camera, "1"), (TrackKind::Screen, "2")];
        assert_eq!(offer.mids, expected.map(|(track, mid)| (track, mid.to_owned())));
        assert_eq!(offer.remote_ufrag, "abcd");
        assert!(!offer.text.contains("candidate") && !offer.text.contains("rid"));
    }

    #[test]
    fn what_the_engine_cannot_use_is_named() {
        let refused = |text: &str| Offer::read(text).expect_err("refused");
        assert!(refused("").contains("0 m-lines"));
        assert!(refused(&OFFER.replace("actpass", "passive")).contains("DTLS server"));
        assert!(refused(&OFFER.replace("m=video", "m=application")).contains("neither audio nor video"));
        assert!(refused(&format!("{OFFER}m=video 9 RTP 96\r\na=mid:3\r\n")).contains("4 m-lines"));
        assert!(refused(&OFFER.replace("a=mid:1\r\n", "")).contains("a=mid"));
        assert!(refused(&"x".repeat(OFFER_BYTES + 1)).contains("longer"));
    }

    #[test]
    fn sound_and_camera_are_one_stream() {
        let mids = [(TrackKind::Audio, "0".to_owned()), (TrackKind::Screen, "2".to_owned())];
        let answer = "a=msid-semantic: WMS x y\r\nm=audio\r\na=mid:0\r\na=msid:x t0\r\na=ssrc:7 msid:x t0\r\n\
            a=ssrc:7 cname:x t0\r\nm=video\r\na=mid:2\r\na=msid:y t2\r\n";
        let expected = "a=msid-semantic: WMS call screen\r\nm=audio\r\na=mid:0\r\na=msid:call t0\r\n\
            a=ssrc:7 msid:call t0\r\na=ssrc:7 cname:x t0\r\nm=video\r\na=mid:2\r\na=msid:screen t2\r\n";
        assert_eq!(with_stream_names(answer, &mids), expected);
    }

    #[test]
    fn pictures_alone_are_numbered() {
        let numbering = "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
            a=rtcp-fb:1 transport-cc\r\n";
        let answer = format!("v=0\r\nm=audio 9 X 1\r\n{numbering}a=mid:0\r\nm=video 9 X 1\r\n{numbering}a=mid:1\r\n");
        let expected = format!("v=0\r\nm=audio 9 X 1\r\na=mid:0\r\nm=video 9 X 1\r\n{numbering}a=mid:1\r\n");
        assert_eq!(without_numbered_sound(&answer), expected);
    }

    #[test]
    fn a_codec_and_its_repairs_move_to_the_front() {
        let answer = "v=0\r\nm=audio 9 X 111\r\nm=video 9 X 96 97 106 107\r\na=rtpmap:96 VP8/90000\r\n\
            a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:106 H264/90000\r\na=rtpmap:107 rtx/90000\r\n\
            a=fmtp:107 apt=106\r\n";
        let changed = with_video_codec_first(answer, Codec::H264);
        assert!(changed.contains("m=video 9 X 106 107 96 97\r\n"), "{changed}");
        assert_eq!(with_video_codec_first(&changed, Codec::Vp8), answer);
    }
}
