//! The files of a call's legs are merged into one when the call is over.

use crate::center::{Center, Talk};
use crate::recording::{self, starts};
use callcenter_core::command::{Command, RecordingCommand, RecordingFields};
use callcenter_core::row::{SegmentRow, SegmentState};
use model::{AgentId, ParticipantType, RecordingMedia, SegmentId};
use wire::recorder::{Command as Recorder, ComposeOrder, SegmentFile, SegmentStart};

fn composing() -> (Center, AgentId, Talk) {
    let mut center = Center::new();
    let media = RecordingMedia::Audio;
    let fields = RecordingFields { inbound: true, outbound: true, media, enabled: true, auto_compose: true };
    center.must(Command::Recording(RecordingCommand::SetAccount { fields, only_new: true }));
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    (center, agent, talk)
}

fn orders(center: &Center) -> Vec<ComposeOrder> {
    let order = |command| match command {
        Recorder::Compose(order) => Some(*order),
        _ => None,
    };
    center.recorder().into_iter().filter_map(order).collect()
}

fn file(start: &SegmentStart, segment: SegmentId) -> Command {
    let told = recording::file(start, false, false);
    Command::SegmentFinished(Box::new(SegmentFile { segment, path: format!("recordings/{segment}.ogg"), ..*told }))
}

fn failure(segment: SegmentId) -> Command {
    Command::SegmentFailed { segment, reason: "disk full".to_owned() }
}

/// The merged file's row as it was left.
fn composed(center: &Center) -> SegmentRow {
    let rows = center.segments();
    let mut found = rows.into_values().filter(|row| row.composed.is_some());
    let row = found.next().expect("it has a row");
    assert_eq!(found.next(), None, "there is one merged file");
    row
}

#[test]
fn once_all_files_are_there_they_are_merged() {
    let (mut center, agent, talk) = composing();
    let starts = starts(&center);
    let row = composed(&center);
    assert_eq!((row.state, row.call, row.agent), (SegmentState::Recording, talk.call, Some(agent)));
    center.must(Command::Hangup { leg: talk.customer });
    center.must(file(&starts[0], starts[0].segment));
    assert_eq!(orders(&center), [], "one is still to come");
    center.must(file(&starts[1], starts[1].segment));
    let [order] = &orders(&center)[..] else { panic!("one order") };
    assert_eq!((order.segment, order.call, order.account), (row.id, talk.call, starts[0].account));
    assert_eq!((order.agent_name.as_str(), order.customer_name.as_str()), ("ann", "CUSTOMER-1"));
    assert_eq!(order.started_at, starts[0].started_at);
    let sources: Vec<_> = order.sources.iter().map(|source| (source.segment, source.participant)).collect();
    let expected = [(starts[0].segment, ParticipantType::Customer), (starts[1].segment, ParticipantType::Agent)];
    assert_eq!(sources, expected);
    assert!(order.sources.iter().all(|source| source.path == format!("recordings/{}.ogg", source.segment)));

    // Whoever was away meanwhile hears it again, and a repeated fact orders nothing.
    center.must(file(&starts[1], starts[1].segment));
    assert_eq!(orders(&center).len(), 1);
    center.must(Command::RecorderBack);
    center.restart();
    assert_eq!(orders(&center), vec![order.clone(); 3]);
    center.must(file(&starts[0], row.id));
    let done = composed(&center);
    assert_eq!((done.state, done.duration_ms), (SegmentState::Finished, Some(5_000)));
    center.must(Command::RecorderBack);
    assert_eq!(orders(&center).len(), 3, "it is done");
}

#[test]
fn a_restart_between_the_files_loses_nothing() {
    let (mut center, _, talk) = composing();
    let starts = starts(&center);
    center.must(Command::Hangup { leg: talk.customer });
    center.restart();
    center.must(file(&starts[0], starts[0].segment));
    center.restart();
    assert_eq!(orders(&center), []);
    center.must(failure(starts[1].segment));
    let [order] = &orders(&center)[..] else { panic!("one order") };
    assert_eq!(order.sources.len(), 1, "what there is is merged");
}

#[test]
fn all_files_of_a_call_are_merged_although_the_recorder_was_restarted() {
    let (mut center, _, talk) = composing();
    center.must(Command::EngineRestarted);
    center.connect(talk.agent);
    center.connect(talk.customer);
    let starts = starts(&center);
    assert_eq!(starts.len(), 4);
    starts[..2].iter().for_each(|start| drop(center.must(file(start, start.segment))));
    assert_eq!(orders(&center), [], "the call goes on");
    center.must(Command::Hangup { leg: talk.customer });
    starts[2..].iter().for_each(|start| drop(center.must(file(start, start.segment))));
    let [order] = &orders(&center)[..] else { panic!("one order") };
    assert_eq!(order.sources.len(), 4);
}

#[test]
fn what_cannot_be_merged_says_why() {
    let (mut center, _, talk) = composing();
    let starts = starts(&center);
    center.must(Command::Hangup { leg: talk.customer });
    starts.iter().for_each(|start| drop(center.must(file(start, start.segment))));
    let id = composed(&center).id;
    center.must(Command::SegmentFailed { segment: id, reason: "needs ffmpeg".to_owned() });
    let row = composed(&center);
    assert_eq!((row.state, row.reason.as_deref()), (SegmentState::Failed, Some("needs ffmpeg")));
}

#[test]
fn without_any_file_there_is_nothing_to_merge() {
    let (mut center, _, talk) = composing();
    let starts = starts(&center);
    center.must(Command::Hangup { leg: talk.customer });
    starts.iter().for_each(|start| drop(center.must(failure(start.segment))));
    assert_eq!((orders(&center), composed(&center).state), (vec![], SegmentState::Failed));
}

#[test]
fn a_recorder_of_an_earlier_release_merges_nothing() {
    let (mut center, _, talk) = composing();
    let starts = starts(&center);
    center.must(Command::Recording(RecordingCommand::CannotCompose));
    assert_eq!(composed(&center).state, SegmentState::Recording, "it was not asked yet");
    center.must(Command::Hangup { leg: talk.customer });
    starts.iter().for_each(|start| drop(center.must(file(start, start.segment))));
    center.must(Command::Recording(RecordingCommand::CannotCompose));
    let row = composed(&center);
    assert!(row.state == SegmentState::Failed && row.reason.expect("why").contains("earlier release"));
}

#[test]
fn what_is_set_when_the_call_begins_counts() {
    let mut center = Center::new();
    center.record(RecordingMedia::Audio);
    let agent = center.free_agent("ann");
    center.talk("customer-1", agent);
    assert!(center.segments().values().all(|row| row.composed.is_none()));
}
