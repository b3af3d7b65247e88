//! What protocol 1 puts on a connection. These texts stay readable for as long as a release speaks it.

use model::{
    AccountId, CallDirection, CallId, CommandId, ConversationId, LegId, MediaTime, ParticipantType, PromptId,
    RecordingMedia, SegmentId, TrackKind, WallTime,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::fmt::Debug;
use wire::engine::{self, Announcement, HeldLeg, HeldRoom, Patch, Playlist, Refusal, Request, Source};
use wire::link::{Envelope, FileReply, FileRequest, Hello, Resume, Role, TapOpening};
use wire::prompt::Frames;
use wire::recorder;

const ID: &str = "00000000-0000-0000-0000-000000000001";

/// The text is read as this message, also with a field that a later release added, and written so again.
fn is<T: Serialize + DeserializeOwned + PartialEq + Debug>(text: Value, message: T) {
    assert_eq!(serde_json::to_value(&message).expect("JSON"), text);
    let mut later = text;
    later.as_object_mut().expect("an object").insert("of_a_later_release".into(), json!([1]));
    assert_eq!(serde_json::from_value::<T>(later).expect("readable"), message);
}

#[test]
fn openings() {
    is(
        json!({"protocol": 1, "min_protocol": 1, "build": "switchroom/0.1.0", "role": "engine"}),
        Hello::of(Role::Engine, "switchroom/0.1.0"),
    );
    is(
        json!({"instance": ID, "heard": {"instance": ID, "number": 7}}),
        Resume {
            instance: model::InstanceId::of(1),
            heard: Some(wire::link::Heard { instance: model::InstanceId::of(1), number: 7 }),
        },
    );
    is(json!({"leg": ID, "track": "camera"}), TapOpening { leg: LegId::of(1), track: TrackKind::Camera });
    is(
        json!({"path": "recordings/a.ogg", "first": 0, "count": 10}),
        FileRequest { path: "recordings/a.ogg".into(), first: 0, count: 10 },
    );
    is(json!({"type": "found", "length": 10}), FileReply::Found { length: 10 });
    is(json!({"type": "missing", "reason": "gone"}), FileReply::Missing { reason: "gone".into() });
}

#[test]
fn envelopes() {
    is(json!({"applied": 3}), Envelope::<Value> { applied: 3, number: None, message: None });
    is(
        json!({"applied": 0, "number": 1, "message": {"type": "holds", "segments": [ID]}}),
        Envelope {
            applied: 0,
            number: Some(1),
            message: Some(recorder::Event::Holds { segments: vec![SegmentId::of(1)] }),
        },
    );
}

#[test]
fn messages_of_the_engine() {
    is(
        json!({"id": ID, "command": {"type": "add_leg", "room": ID, "leg": ID, "offer": "v=0"}}),
        Request {
            id: CommandId::of(1),
            command: engine::Command::AddLeg { room: CallId::of(1), leg: LegId::of(1), offer: "v=0".into() },
        },
    );
    is(
        json!({"type": "set_patches", "room": ID, "patches": [{"source": ID, "sink": ID, "track": "audio"}]}),
        engine::Command::SetPatches {
            room: CallId::of(1),
            patches: vec![Patch { source: LegId::of(1).into(), sink: LegId::of(1), track: TrackKind::Audio }],
        },
    );
    is(
        json!({"type": "leg_connected", "leg": ID, "at": 5}),
        engine::Event::LegConnected { leg: LegId::of(1), at: MediaTime(5) },
    );
    is(
        json!({"type": "holds", "rooms": [{"room": ID, "legs": [{"leg": ID, "connected": 5, "path_lost": false}]}]}),
        engine::Event::Holds {
            rooms: vec![HeldRoom {
                room: CallId::of(1),
                legs: vec![HeldLeg { leg: LegId::of(1), connected: Some(MediaTime(5)), path_lost: false }],
            }],
            prompts: Vec::new(),
        },
    );
    is(
        json!({"type": "refused", "id": ID, "reason": {"type": "unsupported", "command": "dance"}}),
        engine::Event::Refused { id: CommandId::of(1), reason: Refusal::Unsupported { command: "dance".into() } },
    );
}

#[test]
fn prompts() {
    let prompt = PromptId::of(1);
    is(
        json!({"type": "load_prompt", "prompt": ID, "first": 0, "of": 3, "frames": ["AQI=", "/w=="]}),
        engine::Command::LoadPrompt {
            prompt,
            first: 0,
            of: 3,
            frames: Frames::new([[1, 2].as_slice(), [255].as_slice()]),
        },
    );
    is(json!({"type": "unload_prompt", "prompt": ID}), engine::Command::UnloadPrompt { prompt });
    is(json!({"type": "part_legs", "room": ID}), engine::Command::PartLegs { room: CallId::of(1) });
    is(
        json!({
            "source": {"greeting": ID, "music": ID, "announcement": {"prompt": ID, "interval_ms": 10_000}},
            "sink": ID,
            "track": "audio",
        }),
        Patch {
            source: Source::Prompts(Playlist {
                greeting: Some(prompt),
                music: Some(prompt),
                announcement: Some(Announcement { prompt, interval_ms: 10_000 }),
            }),
            sink: LegId::of(1),
            track: TrackKind::Audio,
        },
    );
    is(
        json!({"source": {"music": ID}, "sink": ID, "track": "audio"}),
        Patch { source: Playlist::looped(prompt).into(), sink: LegId::of(1), track: TrackKind::Audio },
    );
    is(json!({"type": "unknown_prompt", "prompt": ID}), Refusal::UnknownPrompt { prompt });
    is(
        json!({"type": "holds", "rooms": [], "prompts": [ID]}),
        engine::Event::Holds { rooms: Vec::new(), prompts: vec![prompt] },
    );
}

#[test]
fn messages_of_the_recorder() {
    is(json!({"type": "stop", "segment": ID}), recorder::Command::Stop { segment: SegmentId::of(1) });
    let paused = recorder::Command::SetPaused { segment: SegmentId::of(1), paused: true };
    is(json!({"type": "set_paused", "segment": ID, "paused": true}), paused);
    is(json!({"type": "tell", "segments": [ID]}), recorder::Command::Tell { segments: vec![SegmentId::of(1)] });
    is(
        json!({
            "type": "compose", "segment": ID, "account": ID, "conversation": ID, "call": ID, "agent_name": "Ana",
            "customer_name": "Kim", "direction": "INBOUND", "media": "AUDIO", "started_at": 5,
            "sources": [{"segment": ID, "path": "a/b.ogg", "participant": "AGENT", "offset_ms": 7}],
        }),
        recorder::Command::Compose(Box::new(recorder::ComposeOrder {
            segment: SegmentId::of(1),
            account: AccountId::of(1),
            conversation: ConversationId::of(1),
            call: CallId::of(1),
            agent_name: "Ana".into(),
            customer_name: "Kim".into(),
            direction: CallDirection::Inbound,
            media: RecordingMedia::Audio,
            started_at: WallTime(5),
            sources: vec![recorder::ComposeSource {
                segment: SegmentId::of(1),
                path: "a/b.ogg".into(),
                participant: ParticipantType::Agent,
                offset_ms: 7,
            }],
        })),
    );
    is(
        json!({"type": "failed", "segment": ID, "reason": "disk full"}),
        recorder::Event::Failed { segment: SegmentId::of(1), reason: "disk full".into() },
    );
}
