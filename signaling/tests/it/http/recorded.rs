//! Recorded calls whose files hold tones.

use crate::calls::talk;
use crate::support::House;
use callcenter_core::command::Command;
use model::{AgentId, RecordingMedia};
use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use opus::{Application, Channels, Encoder};
use std::f64::consts::TAU;
use wire::recorder::{self, SegmentFile, SegmentStart};

const RATE: f64 = 48_000.0;
/// Samples of a packet.
const FRAME: usize = 960;

/// A call that is over, of which the customer's file is complete.
pub(super) struct Recorded {
    pub(super) agent: AgentId,
    pub(super) start: SegmentStart,
}

/// Packets of 20 ms with this tone.
pub(super) fn tone(hertz: f64, seconds: u64) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(48_000, Channels::Mono, Application::Voip).expect("an encoder");
    let frames = seconds as usize * 50;
    let sample = |at: usize| (12_000.0 * (at as f64 * hertz * TAU / RATE).sin()) as i16;
    let frame = |frame: usize| (0..FRAME).map(|at| sample(frame * FRAME + at)).collect::<Vec<i16>>();
    (0..frames).map(|at| encoder.encode_vec(&frame(at), 4_000).expect("a packet")).collect()
}

/// The file of one leg, as the recorder writes it: what browsers send is called stereo.
pub(super) fn ogg_of(packets: &[Vec<u8>]) -> Vec<u8> {
    ogg_with(&[0], packets)
}

/// A file whose head ends with this mapping of channels (RFC 7845 §5.1.1).
pub(super) fn ogg_with(mapping: &[u8], packets: &[Vec<u8>]) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x02\0\0".to_vec();
    head.extend(48_000u32.to_le_bytes());
    head.extend([0, 0]);
    head.extend(mapping);
    let mut file = Vec::new();
    let mut writer = PacketWriter::new(&mut file);
    let page = PacketWriteEndInfo::EndPage;
    writer.write_packet(head, 7, page, 0).expect("memory");
    writer.write_packet(b"OpusTags\0\0\0\0\0\0\0\0".to_vec(), 7, page, 0).expect("memory");
    for (at, packet) in packets.iter().enumerate() {
        let end = match at + 1 {
            last if last == packets.len() => PacketWriteEndInfo::EndStream,
            count if count % 25 == 0 => page,
            _ => PacketWriteEndInfo::NormalPacket,
        };
        writer.write_packet(packet.clone(), 7, end, ((at + 1) * FRAME) as u64).expect("memory");
    }
    file
}

/// A packet of two streams: the first with its length (RFC 6716 appendix B).
pub(super) fn both(left: &[u8], right: &[u8]) -> Vec<u8> {
    assert_eq!(left[0] & 3, 0, "one frame");
    let mut packet = vec![left[0]];
    let length = left.len() - 1;
    if length < 252 {
        packet.push(length as u8);
    } else {
        let first = 252 + (length & 3);
        packet.extend([first as u8, ((length - first) / 4) as u8]);
    }
    packet.extend(&left[1..]);
    packet.extend(right);
    packet
}

/// A recorded call of a new agent, whose customer's file has these bytes and lasts so long.
pub(super) async fn recorded(house: &mut House, bytes: &[u8], duration_ms: u64) -> Recorded {
    house.record_calls().await;
    let agent = house.agent("Ada").await;
    let talk = talk(house, agent).await;
    let start = loop {
        match house.engine.recorder_command().await {
            recorder::Command::Start(start) if start.leg == talk.started.leg => break *start,
            _ => {}
        }
    };
    house.does(Command::Hangup { leg: talk.started.leg }).await;
    keep(house, &start, "audio/ogg", bytes, duration_ms).await;
    Recorded { agent, start }
}

/// The recorder reports a file of this segment.
pub(super) async fn keep(house: &House, start: &SegmentStart, mime: &str, bytes: &[u8], duration_ms: u64) {
    let folder = house.folder.path().join("recordings");
    std::fs::create_dir_all(&folder).expect("a folder");
    let kind = mime.rsplit_once('/').expect("a type").1;
    let path = format!("{}.{kind}", start.segment);
    std::fs::write(folder.join(&path), bytes).expect("written");
    let file = SegmentFile {
        segment: start.segment,
        account: house.account,
        call: start.call,
        leg: start.leg,
        screen: false,
        media: if kind == "ogg" { RecordingMedia::Audio } else { RecordingMedia::AudioAndVideo },
        path,
        file_name: format!("Ada-A-Customer-2026.{kind}"),
        mime: mime.to_owned(),
        bytes: bytes.len() as u64,
        duration_ms,
        gaps_ms: 0,
        sha256: "ab".repeat(32),
        recovered: false,
    };
    house.does(Command::SegmentFinished(Box::new(file))).await;
}

/// How loud a tone is in a sound, 0 to about 1.
pub(super) fn loudness(sound: &[i16], hertz: f64) -> f64 {
    let (mut cosine, mut sine) = (0.0, 0.0);
    for (at, sample) in sound.iter().enumerate() {
        let angle = at as f64 * hertz * TAU / RATE;
        cosine += f64::from(*sample) * angle.cos();
        sine += f64::from(*sample) * angle.sin();
    }
    cosine.hypot(sine) * 2.0 / (sound.len() as f64 * 12_000.0)
}
