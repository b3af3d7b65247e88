//! The public API's operations, asked of a running server in good and in bad ways.
//!
//! A group of operations is a JSON file and a line in [`GROUPS`]. Its `paths` (beginnings of path patterns, less
//! `except`) say which operations it must list; `inCalls` has two calls running; `given` makes what they need and names
//! it; `operations` are asked in their order, first in every wrong way that follows from the description, then as they
//! stand; `refused` are requests that are good but for the state of things. `{name}` in paths, queries and bodies stands
//! for a thing that is given. What is known to differ stands in `differs`, with the reason; what no group asks for, in
//! [`ELSEWHERE`].

mod bad;
mod calls;
mod group;
mod schema;
mod walk;

use super::client::{Client, ORIGIN};
use super::recorded::{Recorded, ogg_of, recorded, tone};
use crate::support::House;
use group::Group;
use schema::Description;
use std::collections::BTreeMap;
use walk::Walk;

const GROUPS: [(&str, &str); 10] = [
    ("conversations", include_str!("conversations.json")),
    ("team", include_str!("team.json")),
    ("routing", include_str!("routing.json")),
    ("voice", include_str!("voice.json")),
    ("apart", include_str!("apart.json")),
    ("recording", include_str!("recording.json")),
    ("recordings", include_str!("recordings.json")),
    ("calls", include_str!("calls.json")),
    ("call-links", include_str!("call-links.json")),
    ("webrtc", include_str!("webrtc.json")),
];

/// Beginnings of paths of the description that no group asks for, with the reason.
const ELSEWHERE: [(&str, &str); 10] = [
    ("/ccaas/1/conversations/{conversationId}/messages", "messages are no part of the product yet"),
    ("/ccaas/1/conversations/{conversationId}/events", "the same"),
    ("/ccaas/1/conversations/{conversationId}/related-comments", "the same"),
    ("/ccaas/1/templates", "the same"),
    ("/ccaas/2/", "forms are no part of the product yet"),
    ("/ccaas/voice/2/transfer-configs/external-number", "there are no telephone lines yet"),
    ("/ccaas/voice/2/conversation/{conversationId}/transfer/external-number", "the same"),
    ("/calls/1/recordings/", "made-up requests alone ask these so far"),
    ("/webrtc/1/recordings", "the same"),
    ("/call-link/1/recordings", "the same"),
];

#[test]
fn every_operation_of_the_description_has_its_group() {
    let description = Description::read();
    let groups = GROUPS.map(|(name, text)| Group::read(name, text));
    for path in description.0["paths"].as_object().expect("paths").keys() {
        let walked = groups.iter().filter(|group| group.covers(path)).count();
        let elsewhere = ELSEWHERE.iter().filter(|(start, _)| path.starts_with(start)).count();
        assert_eq!(walked + elsewhere, 1, "{path}: {walked} groups and {elsewhere} reasons for having none");
    }
}

#[tokio::test]
async fn the_public_api_answers_as_its_description_says() {
    let description = Description::read();
    let mut faults = Vec::new();
    for (name, text) in GROUPS {
        let mut house = House::open().await;
        let group = Group::read(name, text);
        let (things, _pages) =
            if group.in_calls { calls::begin(&mut house).await } else { (alone(&house).await, None) };
        let things = if group.recorded { with_recording(&mut house, things).await } else { things };
        let mut walk = Walk::begin(Client::reached_at(&house, ORIGIN), things, &description, &group).await;
        walk.all().await;
        faults.extend(walk.into_faults().into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// A house with an agent (`agentId`) and the default queue (`queueId`).
async fn alone(house: &House) -> BTreeMap<String, String> {
    let agent = house.agent("Ada").await.to_string();
    let queue = house.center().query(|core, _| core.default_queue()).await.expect("a queue").to_string();
    BTreeMap::from([("agentId".to_owned(), agent), ("queueId".to_owned(), queue)])
}

async fn with_recording(house: &mut House, mut things: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let Recorded { start, .. } = recorded(house, &ogg_of(&tone(440.0, 1)), 1_000).await;
    things.insert("recordingId".to_owned(), start.segment.to_string());
    things.insert("legId".to_owned(), start.leg.to_string());
    things.insert("callId".to_owned(), start.call.to_string());
    things
}
