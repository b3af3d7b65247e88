//! What is recorded, as it is set for the account and for agents.

use crate::center::Center;
use callcenter_core::command::{AgentRecordingFields, Command, CommandError, RecordingCommand, RecordingFields, Reply};
use callcenter_core::row::RecordingConfig;
use model::{AgentId, LegId, RecordingMedia};
use wire::browser::ServerMessage;
use wire::engine::Command as Engine;
use wire::recorder::Command as Recorder;

const AUDIO: RecordingFields =
    RecordingFields { inbound: true, outbound: true, media: RecordingMedia::Audio, enabled: true, auto_compose: false };
const OFF: RecordingFields = RecordingFields { enabled: false, ..AUDIO };

fn account(fields: RecordingFields) -> Command {
    Command::Recording(RecordingCommand::SetAccount { fields, only_new: false })
}

fn of_agent(agent: AgentId, use_default: bool, recording: RecordingFields) -> Command {
    let fields = AgentRecordingFields { use_default, recording };
    Command::Recording(RecordingCommand::SetAgent { agent, fields, only_new: false })
}

/// Legs that got a file, with what is recorded of them.
fn recorded(center: &Center) -> Vec<(LegId, RecordingMedia)> {
    let start = |command| match command {
        Recorder::Start(start) => Some((start.leg, start.media)),
        _ => None,
    };
    center.recorder().into_iter().filter_map(start).collect()
}

fn refused(center: &mut Center, command: Command) -> String {
    center.try_command(command).expect_err("it is refused").to_string()
}

#[test]
fn rec_02_and_11_directions_are_read_at_the_start_and_running_calls_go_on() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    center.must(account(RecordingFields { inbound: false, ..AUDIO }));
    center.talk("customer-1", ann);
    assert_eq!(recorded(&center), [], "the customer began it");
    center.must(account(RecordingFields { inbound: false, ..OFF }));
    center.must(account(AUDIO));
    assert_eq!(recorded(&center), [], "a running call stays as it is");
    let talk = center.talk("customer-2", bob);
    let both = [(talk.customer, RecordingMedia::Audio), (talk.agent, RecordingMedia::Audio)];
    assert_eq!(recorded(&center), both);
    center.must(account(OFF));
    center.restart();
    assert!(center.core.call(talk.call).is_some_and(|call| call.recording.is_some()), "after a restart too");
}

#[test]
fn rec_10_only_the_switch_changes_while_it_is_on() {
    let mut center = Center::new();
    center.must(account(AUDIO));
    let on_since = center.core.settings().recording.and_then(|config| config.enabled_changed_at);
    assert_eq!(on_since, Some(center.now.wall));
    let video = RecordingFields { media: RecordingMedia::AudioAndVideo, ..AUDIO };
    for change in [video, RecordingFields { outbound: false, ..AUDIO }] {
        assert!(refused(&mut center, account(change)).contains("turned off before"));
    }
    center.must(account(AUDIO));
    center.must(account(RecordingFields { enabled: false, ..video }));
    center.must(account(video));
    assert_eq!(center.core.settings().recording.map(|config| config.media), Some(RecordingMedia::AudioAndVideo));
}

#[test]
fn neither_direction_and_a_second_first_time_are_refused() {
    let mut center = Center::new();
    let ann = center.free_agent("ann");
    let neither = RecordingFields { inbound: false, outbound: false, ..OFF };
    for command in [account(neither), of_agent(ann, false, neither)] {
        let refused = center.try_command(command);
        assert!(matches!(refused, Err(CommandError::Invalid { field: "inbound", .. })), "{refused:?}");
    }
    center.must(of_agent(ann, true, neither));
    center.must(Command::Recording(RecordingCommand::SetAccount { fields: OFF, only_new: true }));
    let again = Command::Recording(RecordingCommand::SetAccount { fields: OFF, only_new: true });
    assert!(refused(&mut center, again).contains("already exists"));
    let fields = AgentRecordingFields { use_default: false, recording: OFF };
    let again = Command::Recording(RecordingCommand::SetAgent { agent: ann, fields, only_new: true });
    assert!(refused(&mut center, again).contains("already exists"));
}

#[test]
fn rec_09_and_17_what_is_set_for_an_agent_holds_for_the_calls_that_the_agent_takes() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    center.must(account(AUDIO));
    center.must(of_agent(ann, false, OFF));
    center.talk("customer-1", ann);
    assert_eq!(recorded(&center), []);
    center.must(of_agent(bob, false, RecordingFields { media: RecordingMedia::AudioAndVideo, ..AUDIO }));
    let talk = center.talk("customer-2", bob);
    let video = RecordingMedia::AudioAndVideo;
    assert_eq!(recorded(&center), [(talk.customer, video), (talk.agent, video)]);
}

#[test]
fn rec_17_an_agent_who_uses_the_default_is_recorded_as_the_account_says() {
    let mut center = Center::new();
    let ann = center.free_agent("ann");
    center.must(account(AUDIO));
    center.must(of_agent(ann, true, OFF));
    center.restart();
    center.open_page(ann);
    let talk = center.talk("customer-1", ann);
    assert_eq!(recorded(&center).len(), 2);
    assert_eq!(recorded(&center)[0].0, talk.customer);
}

#[test]
fn trx_17_a_call_that_goes_to_an_agent_who_is_not_recorded_stops_being_recorded_and_back_again() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.agent("bob"));
    center.must(account(AUDIO));
    center.must(of_agent(bob, false, OFF));
    let talk = center.talk("customer-1", ann);
    center.open_page(bob);
    center.must(Command::SetStatus { agent: bob, status: model::AgentStatus::Active });
    center.forget();
    center.must(Command::TransferToAgent { leg: talk.agent, to: bob });
    let target = center.accept(bob);
    center.connect(target);
    assert_eq!(recorded(&center), [], "nobody is recorded any more");
    let stops = center.recorder().into_iter().filter(|command| matches!(command, Recorder::Stop { .. })).count();
    assert_eq!(stops, 2);
    assert!(center.engine().contains(&Engine::SetTaps { room: talk.call, legs: Vec::new() }));
    let told = center.told_customer(talk.customer);
    assert!(told.iter().any(|message| matches!(message, ServerMessage::Established { recording: false, .. })));
    center.must(Command::ClearWrapUp { agent: ann });
    center.must(of_agent(ann, false, AUDIO));
    center.forget();
    center.must(Command::TransferToAgent { leg: target, to: ann });
    let back = center.accept(ann);
    center.connect(back);
    assert_eq!(recorded(&center).iter().map(|(leg, _)| *leg).collect::<Vec<_>>(), [talk.customer, back]);
}

#[test]
fn settings_of_older_releases_record_all_calls() {
    let mut settings = serde_json::to_value(Center::new().core.settings()).expect("plain data");
    settings["recording"] = serde_json::json!("AUDIO_AND_VIDEO");
    let read: callcenter_core::settings::AccountSettings = serde_json::from_value(settings).expect("readable");
    let media = RecordingMedia::AudioAndVideo;
    let enabled_changed_at = None;
    let all = RecordingConfig {
        inbound: true,
        outbound: true,
        media,
        enabled: true,
        enabled_changed_at,
        auto_compose: false,
    };
    assert_eq!(read.recording, Some(all));
}

#[test]
fn an_unknown_agent_has_no_configuration() {
    let mut center = Center::new();
    let stranger = AgentId::fresh();
    let refused = center.try_command(of_agent(stranger, false, AUDIO));
    assert!(matches!(refused, Err(CommandError::UnknownAgent(id)) if id == stranger));
    assert!(matches!(center.must(account(AUDIO)), Reply::AccountRecording(config) if config.enabled));
}
