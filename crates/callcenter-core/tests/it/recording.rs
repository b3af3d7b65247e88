//! What the recorder is asked, and what its facts do.

use crate::center::{Center, Talk, seconds};
use callcenter_core::command::{Command, CommandError, RecordingCommand, Reply};
use callcenter_core::event::Event;
use callcenter_core::limits::RECORDER_ANSWER;
use callcenter_core::row::SegmentState;
use model::{AccountId, AgentId, LegId, ParticipantType, RecordingMedia, SegmentId};
use wire::browser::ServerMessage;
use wire::engine::Command as Engine;
use wire::recorder::{Command as Recorder, SegmentFile, SegmentStart};

fn recorded() -> (Center, AgentId, Talk) {
    let mut center = Center::new();
    center.record(RecordingMedia::AudioAndVideo);
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    (center, agent, talk)
}

pub(crate) fn starts(center: &Center) -> Vec<SegmentStart> {
    let start = |command| match command {
        Recorder::Start(start) => Some(*start),
        _ => None,
    };
    center.recorder().into_iter().filter_map(start).collect()
}

fn stops(center: &Center) -> Vec<SegmentId> {
    let stop = |command| match command {
        Recorder::Stop { segment } => Some(segment),
        _ => None,
    };
    center.recorder().into_iter().filter_map(stop).collect()
}

pub(crate) fn file(start: &SegmentStart, screen: bool, recovered: bool) -> Box<SegmentFile> {
    Box::new(SegmentFile {
        segment: start.segment,
        account: start.account,
        call: start.call,
        leg: start.leg,
        screen,
        media: start.media,
        path: format!("{}/{}", start.call, start.segment),
        file_name: "a-b.webm".to_owned(),
        mime: "video/webm".to_owned(),
        bytes: 1_000,
        duration_ms: 5_000,
        gaps_ms: 20,
        sha256: "00".repeat(32),
        recovered,
    })
}

#[test]
fn both_legs_are_recorded_on_one_timeline() {
    let (center, agent, talk) = recorded();
    let [customers, agents] = &starts(&center)[..] else { panic!("two segments") };
    assert_eq!((customers.leg, agents.leg), (talk.customer, talk.agent));
    assert_eq!((customers.participant, agents.participant), (ParticipantType::Customer, ParticipantType::Agent));
    assert_eq!(customers.epoch, agents.epoch);
    assert_eq!(customers.epoch, center.media_time(), "zero is when the second leg connected");
    assert_eq!(customers.started_at, center.now.wall);
    for start in [customers, agents] {
        assert_eq!((start.agent_name.as_str(), start.customer_name.as_str()), ("ann", "CUSTOMER-1"));
        assert_eq!(start.account, AccountId::of(1 << 96));
        let row = &center.segments()[&(start.segment, false)];
        assert_eq!((row.state, row.agent), (SegmentState::Recording, Some(agent)));
    }
    let taps = Engine::SetTaps { room: talk.call, legs: vec![talk.customer, talk.agent] };
    assert!(center.engine().contains(&taps));
}

#[test]
fn the_settings_of_the_calls_start_count() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let (_, _) = center.call("customer-1");
    center.record(RecordingMedia::Audio);
    let leg = center.accept(agent);
    center.connect(leg);
    assert_eq!(starts(&center), []);
}

#[test]
fn the_end_stops_taps_and_files_and_waits_for_the_facts() {
    let (mut center, _, talk) = recorded();
    let starts = starts(&center);
    center.pass(seconds(5));
    center.forget();
    center.must(Command::Hangup { leg: talk.customer });
    assert_eq!(stops(&center), [starts[0].segment, starts[1].segment]);
    let room = talk.call;
    assert_eq!(center.engine(), [Engine::SetTaps { room, legs: vec![] }, Engine::CloseRoom { room }]);
    assert!(center.segments().is_empty(), "the rows change with the facts");
    center.must(Command::SegmentFinished(file(&starts[0], false, false)));
    let row = &center.segments()[&(starts[0].segment, false)];
    assert_eq!((row.state, row.duration_ms, row.bytes), (SegmentState::Finished, Some(5_000), Some(1_000)));
    center.must(Command::SegmentFailed { segment: starts[1].segment, reason: "disk full".to_owned() });
    let row = &center.segments()[&(starts[1].segment, false)];
    assert_eq!((row.state, row.reason.as_deref()), (SegmentState::Failed, Some("disk full")));
    let finished = Event::RecordingFinished { leg: talk.customer, duration_ms: 5_000 };
    let failed = Event::RecordingFailed { leg: talk.agent, reason: "disk full".to_owned() };
    assert!(center.logged().contains(&finished) && center.logged().contains(&failed));
}

#[test]
fn a_shared_screen_is_a_file_of_its_own_in_either_order() {
    for screen_first in [true, false] {
        let (mut center, _, talk) = recorded();
        let start = starts(&center)[0].clone();
        center.must(Command::Hangup { leg: talk.customer });
        center.forget();
        for screen in [screen_first, !screen_first] {
            center.must(Command::SegmentFinished(file(&start, screen, false)));
        }
        let rows = center.segments();
        assert_eq!(rows.len(), 2);
        assert!(rows.values().all(|row| row.state == SegmentState::Finished && row.leg == talk.customer));
    }
}

#[test]
fn a_fact_that_comes_twice_counts_once() {
    let (mut center, _, talk) = recorded();
    let start = starts(&center)[0].clone();
    center.must(Command::Hangup { leg: talk.customer });
    center.must(Command::SegmentFinished(file(&start, false, false)));
    center.forget();
    center.must(Command::SegmentFinished(file(&start, false, false)));
    center.must(Command::SegmentFailed { segment: start.segment, reason: "late".to_owned() });
    center.must(Command::SegmentFailed { segment: SegmentId::of(9), reason: "unknown".to_owned() });
    assert!(center.rows.is_empty() && center.events.is_empty());
}

#[test]
fn after_an_engine_restart_new_files_go_on_with_the_same_timeline() {
    let (mut center, _, talk) = recorded();
    let before = starts(&center);
    center.pass(seconds(7));
    center.forget();
    center.must(Command::EngineRestarted);
    assert_eq!(stops(&center), [before[0].segment, before[1].segment]);
    center.connect(talk.agent);
    center.connect(talk.customer);
    let after = starts(&center);
    assert_eq!(after.iter().map(|start| start.leg).collect::<Vec<LegId>>(), [talk.customer, talk.agent]);
    assert!(after.iter().all(|start| start.epoch == before[0].epoch && start.started_at == before[0].started_at));
    assert!(after.iter().all(|start| before.iter().all(|old| old.segment != start.segment)));
}

#[test]
fn a_rejoin_keeps_its_file() {
    let (mut center, _, talk) = recorded();
    center.forget();
    center.must(Command::PathLost { leg: talk.customer });
    center.connect(talk.customer);
    assert_eq!(center.recorder(), []);
    assert!(matches!(&center.engine()[..], [Engine::SetPatches { .. }, Engine::SetTaps { .. }]));
}

#[test]
fn when_the_recorder_was_restarted_a_live_call_is_recorded_on() {
    let (mut center, _, talk) = recorded();
    let start = starts(&center)[0].clone();
    center.forget();
    center.must(Command::SegmentFinished(file(&start, false, true)));
    let after = starts(&center);
    assert_eq!(after.iter().map(|start| start.leg).collect::<Vec<LegId>>(), [talk.customer]);
}

#[test]
fn a_failed_file_is_not_tried_again_at_once() {
    let (mut center, _, _) = recorded();
    let start = starts(&center)[0].clone();
    center.forget();
    center.must(Command::SegmentFailed { segment: start.segment, reason: "disk full".to_owned() });
    assert_eq!(starts(&center), []);
}

#[test]
fn a_file_of_which_the_recorder_says_nothing_fails_until_it_comes_after_all() {
    let (mut center, _, talk) = recorded();
    let start = starts(&center)[0].clone();
    center.must(Command::Hangup { leg: talk.customer });
    center.pass(RECORDER_ANSWER - seconds(1));
    assert_eq!(center.segments()[&(start.segment, false)].state, SegmentState::Recording);
    center.pass(seconds(1));
    assert_eq!(center.segments()[&(start.segment, false)].state, SegmentState::Failed);
    center.must(Command::SegmentFinished(file(&start, false, true)));
    let row = &center.segments()[&(start.segment, false)];
    assert_eq!((row.state, row.reason.as_deref()), (SegmentState::Finished, None));
}

#[test]
fn a_screens_file_that_is_complete_in_mid_call_leaves_the_voices_open() {
    let (mut center, _, talk) = recorded();
    let start = starts(&center)[0].clone();
    center.must(Command::SegmentFinished(file(&start, true, false)));
    center.forget();
    center.must(Command::Hangup { leg: talk.customer });
    assert!(stops(&center).contains(&start.segment));
}

#[test]
fn a_recorder_that_is_back_hears_again_what_is_being_recorded() {
    let (mut center, _, talk) = recorded();
    let before = starts(&center);
    center.forget();
    center.must(Command::RecorderBack);
    assert_eq!(starts(&center), before, "the same segments");
    assert!(stops(&center).is_empty());
    // The recorder had completed one of them when it was started anew: the leg goes on in another.
    center.must(Command::SegmentFinished(file(&before[0], false, true)));
    center.forget();
    center.must(Command::RecorderBack);
    let after = starts(&center);
    assert_eq!(after.len(), 2);
    assert!(after.iter().any(|start| start.leg == talk.customer && start.segment != before[0].segment));
    assert!(after.contains(&before[1]));
}

fn deletions(center: &Center) -> Vec<SegmentId> {
    let deletion = |command| match command {
        Recorder::Delete { segment } => Some(segment),
        _ => None,
    };
    center.recorder().into_iter().filter_map(deletion).collect()
}

fn delete(center: &mut Center, segment: SegmentId) -> Result<Reply, CommandError> {
    let rows = center.segments().into_values().filter(|row| row.id == segment).collect();
    center.try_command(Command::Recording(RecordingCommand::Delete { rows, by: "lea".to_owned() }))
}

#[test]
fn rdl_04_to_06_a_deleted_file_is_asked_for_until_it_is_gone_and_its_row_says_who_and_when() {
    let (mut center, _, talk) = recorded();
    let start = starts(&center).remove(0);
    let refused = delete(&mut center, start.segment);
    assert!(matches!(&refused, Err(CommandError::Conflict(why)) if why.contains("still being made")), "{refused:?}");
    center.must(Command::Hangup { leg: talk.customer });
    center.must(Command::SegmentFinished(file(&start, false, false)));
    center.must(Command::SegmentFinished(file(&start, true, false)));
    delete(&mut center, start.segment).expect("deleted");
    assert_eq!(deletions(&center), [start.segment], "voice and screen at once");
    let leg = talk.customer;
    assert!(center.logged().contains(&Event::RecordingDeleted { leg, by: "lea".to_owned() }));
    for screen in [false, true] {
        let row = &center.segments()[&(start.segment, screen)];
        let deletion = row.deleted.clone().expect("who and when");
        assert_eq!((row.state, deletion.at, deletion.by.as_str()), (SegmentState::Deleting, center.now.wall, "lea"));
    }

    // What the recorder says of the file it had counts no more; a repeat of the wish is harmless.
    center.must(Command::SegmentFinished(file(&start, false, false)));
    delete(&mut center, start.segment).expect("nothing more to do");
    assert_eq!(center.segments()[&(start.segment, false)].state, SegmentState::Deleting);
    center.must(Command::RecorderBack);
    assert_eq!(deletions(&center), [start.segment; 2]);
    center.restart();
    assert_eq!(deletions(&center), [start.segment; 3]);

    center.must(Command::Recording(RecordingCommand::Deleted { segment: start.segment }));
    let row = center.segments()[&(start.segment, false)].clone();
    assert_eq!((row.state, row.path, row.duration_ms), (SegmentState::Deleted, None, Some(5_000)));
    center.must(Command::RecorderBack);
    assert_eq!(deletions(&center).len(), 3, "it is gone");
}

fn pause(center: &mut Center, leg: LegId, paused: bool) -> Result<Reply, CommandError> {
    center.try_command(Command::Recording(RecordingCommand::SetPaused { leg, paused, by: "ann".to_owned() }))
}

fn paused_segments(center: &Center) -> Vec<(SegmentId, bool)> {
    let of = |command| match command {
        Recorder::SetPaused { segment, paused } => Some((segment, paused)),
        _ => None,
    };
    center.recorder().into_iter().filter_map(of).collect()
}

#[test]
fn a_pause_keeps_nothing_of_either_party_until_it_is_ended() {
    let mut center = Center::new();
    center.record(RecordingMedia::Audio);
    let ann = center.free_agent("ann");
    let talk = center.talk("customer-1", ann);
    let room = talk.call;
    let segments: Vec<SegmentId> = starts(&center).iter().map(|start| start.segment).collect();
    center.forget();
    pause(&mut center, talk.agent, true).expect("paused");
    assert_eq!(center.engine(), [Engine::SetTaps { room, legs: vec![] }]);
    let both = |paused| segments.iter().map(|segment| (*segment, paused)).collect::<Vec<_>>();
    assert_eq!(paused_segments(&center), both(true));
    assert!(center.logged().contains(&Event::RecordingPaused { by: "ann".to_owned() }));
    let told = |center: &Center| {
        let told = center.told_customer(talk.customer);
        told.iter().rev().find_map(|message| match message {
            ServerMessage::RecordingPaused { paused, .. } => Some(*paused),
            _ => None,
        })
    };
    assert_eq!(told(&center), Some(true));

    center.forget();
    pause(&mut center, talk.agent, true).expect("a repeat is harmless");
    assert!(center.engine().is_empty() && center.logged().is_empty());
    center.must(Command::Hold { leg: talk.agent });
    center.must(Command::Resume { leg: talk.agent });
    assert!(center.engine().contains(&Engine::SetTaps { room, legs: vec![] }), "a hold does not end it");
    center.restart();
    center.must(Command::RecorderBack);
    assert_eq!(paused_segments(&center), both(true), "nor does a restart");

    center.forget();
    pause(&mut center, talk.agent, false).expect("it goes on");
    assert_eq!(paused_segments(&center), both(false));
    assert_eq!(center.engine(), [Engine::SetTaps { room, legs: vec![talk.customer, talk.agent] }]);
    assert_eq!(told(&center), Some(false));
}

#[test]
fn only_a_recorded_talk_can_be_paused_and_by_the_leg_of_its_agent() {
    let mut center = Center::new();
    let ann = center.free_agent("ann");
    let talk = center.talk("customer-1", ann);
    let refused = pause(&mut center, talk.agent, true).expect_err("it is not recorded").to_string();
    assert!(refused.contains("not being recorded"), "{refused}");
    assert_eq!(pause(&mut center, talk.customer, true), Err(CommandError::NotTheAgents));
}

#[test]
fn a_transfer_in_a_pause_goes_on_paused() {
    let mut center = Center::new();
    center.record(RecordingMedia::Audio);
    let (ann, bob) = (center.free_agent("ann"), center.agent("bob"));
    let talk = center.talk("customer-1", ann);
    pause(&mut center, talk.agent, true).expect("paused");
    center.open_page(bob);
    center.must(Command::SetStatus { agent: bob, status: model::AgentStatus::Active });
    center.must(Command::TransferToAgent { leg: talk.agent, to: bob });
    let target = center.accept(bob);
    center.forget();
    center.connect(target);
    let begun = starts(&center).into_iter().find(|start| start.leg == target).expect("a file for the other agent");
    assert_eq!(paused_segments(&center).last(), Some(&(begun.segment, true)));
    assert!(!center.engine().iter().any(|command| matches!(command, Engine::SetTaps { legs, .. } if !legs.is_empty())));
}
