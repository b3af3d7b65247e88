//! What programs learn of recordings, and the WAV that they download.

use super::client::{As, Client, NOTHING};
use super::recorded::{Recorded, both, keep, loudness, ogg_of, ogg_with, recorded, tone};
use crate::support::House;
use model::Role;
use serde_json::Value;
use std::process::Command as Tool;

const LIST: &str = "/ccaas/voice/2/recording/metadata";

async fn house_with(bytes: &[u8], duration_ms: u64) -> (House, Recorded) {
    let mut house = House::open().await;
    let recorded = recorded(&mut house, bytes, duration_ms).await;
    (house, recorded)
}

fn path_of(recorded: &Recorded) -> String {
    format!("/ccaas/voice/2/recording/download/{}", recorded.start.segment)
}

/// The samples behind a WAV head.
fn samples(wav: &[u8]) -> Vec<i16> {
    wav[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

#[tokio::test]
async fn a_recording_is_found_by_every_field_and_by_nothing_else() {
    let (house, recorded) = house_with(&ogg_of(&tone(440.0, 2)), 2_000).await;
    let client = Client::of(&house);
    let key = client.key().await;
    let all = client.read(&key, LIST).await;
    assert_eq!((&all["total"], &all["totalPages"]), (&1.into(), &1.into()), "{all:#}");
    let one = &all["elements"][0];
    let start = &recorded.start;
    let text = |name: &str| one[name].as_str().unwrap_or_else(|| panic!("no {name} in {one:#}")).to_owned();
    assert_eq!(text("recordingId"), start.segment.to_string());
    assert_eq!((text("callId"), text("conferenceId")), (start.leg.to_string(), start.call.to_string()));
    assert_eq!((text("recordingStatus"), text("filename")), ("SUCCESSFUL".into(), "Ada-A-Customer-2026.wav".into()));
    assert_eq!((text("participantIdentity"), text("participantType")), ("customer-1".into(), "CUSTOMER".into()));
    assert_eq!((&one["duration"], &one["size"]), (&2.into(), &(44 + 2 * 96_000).into()));
    assert_eq!(one["startedAt"], start.started_at.0);
    let fields = [
        "recordingId",
        "conversationId",
        "conferenceId",
        "callId",
        "direction",
        "filename",
        "participantId",
        "participantIdentity",
        "participantName",
        "participantType",
        "mediaType",
    ];
    for name in fields {
        let path = format!("{LIST}?{name}={}", text(name).replace(' ', "%20"));
        assert_eq!(client.read(&key, &path).await["total"], 1, "{path}");
    }
    // Each key may ask so often.
    let key = client.key().await;
    let began = start.started_at.0;
    for (query, total) in [
        (format!("startedAtFrom={began}&startedAtTo={began}"), 1),
        (format!("startedAtFrom={}", began + 1), 0),
        ("durationFrom=2&durationTo=2".to_owned(), 1),
        ("durationFrom=3".to_owned(), 0),
        ("deletedAtFrom=0".to_owned(), 0),
        ("deletedBy=Lea".to_owned(), 0),
        (format!("transferredFrom={}", recorded.agent), 0),
        (format!("transferredToQueue={NOTHING}"), 0),
        ("callId=x".to_owned(), 0),
        (format!("recordingId={}-screen", start.segment), 0),
        ("direction=OUTBOUND".to_owned(), 0),
        ("filename=Ada-A-Customer-2026.mp4".to_owned(), 0),
        ("participantName=Ada".to_owned(), 0),
        ("page=1".to_owned(), 1),
    ] {
        let answer = client.read(&key, &format!("{LIST}?{query}")).await;
        assert_eq!(answer["total"], total, "{query}: {answer:#}");
    }
    for wrong in ["sortBy=size", "direction=UP", "startedAtFrom=soon", "size=1000", "participantType=BOT"] {
        let refused = client.call("GET", &format!("{LIST}?{wrong}")).by(&key).send().await.refused_shortly(400);
        assert!(refused.starts_with(wrong.split_once('=').expect("a name").0), "{refused}");
    }
}

#[tokio::test]
async fn the_wav_is_what_ffmpeg_hears_in_the_file() {
    let ogg = ogg_of(&tone(440.0, 12));
    let (house, recorded) = house_with(&ogg, 12_000).await;
    let client = Client::of(&house);
    let key = client.key().await;
    let answer = client.call("GET", &path_of(&recorded)).by(&key).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"Ada-A-Customer-2026.wav\"");
    assert_eq!(answer.header("content-length"), (44 + 2 * 12 * 48_000).to_string());
    assert_eq!(answer.body.len(), 44 + 2 * 12 * 48_000);
    let ours = samples(&answer.body);
    let native = house.folder.path().join("tone.ogg");
    std::fs::write(&native, ogg).expect("written");
    let arguments = ["-v", "error", "-i", &native.to_string_lossy(), "-f", "s16le", "-ac", "1", "-ar", "48000", "-"];
    let output = Tool::new("ffmpeg").args(arguments).output().expect("ffmpeg is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs: Vec<i16> = output.stdout.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    assert_eq!(theirs.len(), ours.len());
    let most = ours.iter().zip(&theirs).map(|(ours, theirs)| ours.abs_diff(*theirs)).max().expect("samples");
    assert!(most <= 400, "they differ by {most} of 12000");
    let second = |at: usize| &ours[at * 48_000..(at + 1) * 48_000];
    for at in 0..12 {
        assert!(loudness(second(at), 440.0) > 0.8 && loudness(second(at), 700.0) < 0.05, "second {at}");
    }
}

#[tokio::test]
async fn ranges_join_to_the_same_bytes_as_the_whole() {
    let (house, recorded) = house_with(&ogg_of(&tone(300.0, 17)), 17_000).await;
    let client = Client::of(&house);
    let key = client.key().await;
    let path = path_of(&recorded);
    let whole = client.call("GET", &path).by(&key).send().await.body;
    let seed = std::env::var("SWITCHROOM_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(3u64);
    println!("SWITCHROOM_SEED={seed}");
    let mut state = seed;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut ranges = vec![(0, 0), (0, 43), (43, 44), (45, 47), (44 + 480_000 - 1, 44 + 480_000)];
    for _ in 0..40 {
        let first = random(whole.len());
        ranges.push((first, first + random(whole.len() - first)));
    }
    for (first, last) in ranges {
        let part = client.call("GET", &path).by(&key).header("range", &format!("bytes={first}-{last}")).send().await;
        assert_eq!(part.status, 206);
        assert_eq!(part.header("content-range"), format!("bytes {first}-{last}/{}", whole.len()));
        assert!(part.body == whole[first..=last], "bytes {first} to {last} differ from those of the whole");
    }
    for bad in ["bytes=9999999-", "bytes=5-2", "bytes=0-1,4-5", "seconds=1-2"] {
        client.call("GET", &path).by(&key).header("range", bad).send().await.refused_shortly(400);
    }
}

#[tokio::test]
async fn two_voices_in_one_file_are_left_and_right() {
    let (left, right) = (tone(440.0, 6), tone(1_000.0, 6));
    let packets: Vec<Vec<u8>> = left.iter().zip(&right).map(|(left, right)| both(left, right)).collect();
    let (house, recorded) = house_with(&ogg_with(&[1, 2, 0, 0, 1], &packets), 6_000).await;
    let client = Client::of(&house);
    let answer = client.call("GET", &path_of(&recorded)).by(&client.key().await).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 44 + 4 * 6 * 48_000), "{}", answer.text());
    assert_eq!(answer.body[22], 2, "channels");
    let both = samples(&answer.body);
    let of = |channel: usize| both.iter().skip(channel).step_by(2).copied().collect::<Vec<i16>>();
    assert!(loudness(&of(0), 440.0) > 0.8 && loudness(&of(0), 1_000.0) < 0.05);
    assert!(loudness(&of(1), 1_000.0) > 0.8 && loudness(&of(1), 440.0) < 0.05);
}

#[tokio::test]
async fn a_damaged_file_is_told_with_what_is_wrong() {
    let good = ogg_of(&tone(440.0, 4));
    let mut flipped = good.clone();
    flipped[200] ^= 1;
    let cut = good[..good.len() / 2].to_vec();
    for (bytes, why) in [(flipped, "checksum"), (cut, "cut off"), (b"RIFF".to_vec(), "no page")] {
        let (house, recorded) = house_with(&bytes, 4_000).await;
        let client = Client::of(&house);
        let answer = client.call("GET", &path_of(&recorded)).by(&client.key().await).send().await;
        let told = answer.refused_shortly(404);
        assert!(told.contains(why) && told.contains("/recordings/1/files/"), "{told}");
    }
    let (house, recorded) = house_with(&good, 9_000).await;
    let client = Client::of(&house);
    let answer = client.call("GET", &path_of(&recorded)).by(&client.key().await).send().await;
    assert!(answer.refused_shortly(404).contains("4000 ms of sound, not 9000"));
}

#[tokio::test]
async fn agents_have_their_own_and_deleted_ones_stay_known() {
    let (house, recorded) = house_with(&ogg_of(&tone(440.0, 1)), 1_000).await;
    let client = Client::of(&house);
    let bob = house.agent("Bob").await;
    let own = client.person(Role::Agent, Some(recorded.agent)).await;
    let colleague = client.person(Role::Agent, Some(bob)).await;
    let lead = client.person(Role::Supervisor, None).await;
    let neighbour = client.neighbour().await;
    let stranger = client.key_with(neighbour, &["conversations:read"]).await;
    for (who, status, total) in [(&own, 200, 1), (&lead, 200, 1), (&colleague, 404, 0), (&stranger, 404, 0)] {
        let answer = client.call("GET", &path_of(&recorded)).by(who).send().await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(client.read(who, LIST).await["total"], total);
    }
    assert_eq!(client.call("GET", LIST).by(&As::Nobody).send().await.status, 401);
    let native = format!("/recordings/1/files/{}", recorded.start.segment);
    assert_eq!(client.call("DELETE", &native).by(&lead).send().await.status, 204);
    let known = client.read(&lead, &format!("{LIST}?deletedAtFrom=1")).await["elements"][0].clone();
    assert!(known["deletedBy"].as_str().is_some_and(|by| by.starts_with("supervisor-")), "{known:#}");
    assert_eq!((&known["recordingStatus"], &known["nativeUrl"]), (&"SUCCESSFUL".into(), &Value::Null));
    client.call("GET", &path_of(&recorded)).by(&lead).send().await.refused_shortly(404);
}

#[tokio::test]
async fn pictures_are_mp4_or_said_to_be_in_another_form() {
    let mut house = House::open().await;
    let first = recorded(&mut house, &ogg_of(&tone(440.0, 1)), 1_000).await;
    let client = Client::of(&house);
    let key = client.key().await;
    let open = house.server.state.store.segments_of(house.account, first.start.conversation).await.expect("rows");
    let other = open.into_iter().find(|row| row.id != first.start.segment).expect("the agent's");
    let start = wire::recorder::SegmentStart { segment: other.id, leg: other.leg, ..first.start };
    keep(&house, &start, "video/webm", b"pictures", 1_000).await;
    let found = client.read(&key, &format!("{LIST}?participantType=AGENT")).await["elements"][0].clone();
    assert_eq!(
        (&found["recordingStatus"], &found["filename"]),
        (&"PARTIALLY_FAILED".into(), &"Ada-A-Customer-2026.mp4".into())
    );
    assert!(found["reason"].as_str().is_some_and(|why| why.contains("VP8")), "{found:#}");
    assert_eq!(found["nativeMimeType"], "video/webm");
    let path = format!("/ccaas/voice/2/recording/download/{}", other.id);
    let told = client.call("GET", &path).by(&key).send().await.refused_shortly(404);
    assert!(told.contains(found["nativeUrl"].as_str().expect("a url")), "{told}");
}
