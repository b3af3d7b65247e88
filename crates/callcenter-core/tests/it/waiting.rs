//! How calls wait: what the caller hears, and for how long.

use crate::center::{Center, queue_fields, seconds};
use callcenter_core::ALL_WEB_CALLS;
use callcenter_core::audio::{Message, Music, PromptSource, Span, SpanUnit, SpokenText, VoiceName};
use callcenter_core::command::{Command, CommandError, Reply};
use callcenter_core::effect::Effect;
use callcenter_core::event::Event;
use callcenter_core::row::{
    CallState, ClientType, LinkDestination, PeriodicMessage, Sender, WaitingCondition, WaitingStrategyFields,
};
use model::{AudioFileId, CallId, EndedBy, LegId, QueueId, WaitingStrategyId};
use std::time::Duration;
use wire::browser::ServerMessage;
use wire::engine::{Announcement, Command as Engine, Playlist, Source};
use wire::prompt::{MUSIC, RINGBACK};

/// How long every prompt of these tests plays, and how long a last message holds the call.
const LENGTH: Duration = Duration::from_secs(4);
pub(crate) const LAST: Duration = Duration::from_millis(4_500);

pub(crate) fn spoken(text: &str) -> Message {
    let voice = VoiceName { name: "f2".to_owned(), gender: "FEMALE".to_owned() };
    let speech = SpokenText {
        text: text.to_owned(),
        language: "en".to_owned(),
        language_selected_manually: None,
        voice,
        rate_permille: 1000,
    };
    Message { enabled: true, source_type: None, speech: Some(speech), file: None }
}

pub(crate) fn span(value: u32) -> Span {
    Span { unit: SpanUnit::Seconds, value }
}

/// Everything switched on, for these queues; a minute at most.
pub(crate) fn full(queues: Vec<QueueId>) -> WaitingStrategyFields {
    WaitingStrategyFields {
        name: Some("Patience".to_owned()),
        maximum_wait: span(60),
        greeting: Some(spoken("Welcome")),
        music: Some(Music { enabled: true, file: None }),
        announcement: Some(PeriodicMessage {
            message: spoken("You are {{QUEUE_POSITION_DEFAULT}}"),
            repeat_interval: Some(span(20)),
        }),
        last_message: Some(spoken("Goodbye")),
        condition: WaitingCondition::Queue(queues),
    }
}

pub(crate) fn put(center: &mut Center, fields: WaitingStrategyFields) -> WaitingStrategyId {
    match center.must(Command::PutWaitingStrategy { strategy: None, fields: Box::new(fields) }) {
        Reply::WaitingStrategy(row) => row.id,
        other => panic!("{other:?}"),
    }
}

/// A center whose default queue has the full strategy, with all prompts made.
pub(crate) fn center_with_strategy() -> (Center, WaitingStrategyId) {
    let mut center = Center::new();
    let fields = full(vec![center.core.default_queue()]);
    let strategy = put(&mut center, fields);
    make_all(&mut center);
    (center, strategy)
}

/// Prompts that the core wants, as it said last.
pub(crate) fn wanted(center: &Center) -> Vec<PromptSource> {
    let said = center.effects.iter().rev().find_map(|effect| match effect {
        Effect::KeepPrompts(sources) => Some(sources.clone()),
        _ => None,
    });
    said.unwrap_or_default()
}

pub(crate) fn make_all(center: &mut Center) {
    for source in wanted(center) {
        center.must(Command::PromptMade { prompt: source.id(), length: LENGTH });
    }
}

pub(crate) fn id(message: &Message) -> model::PromptId {
    message.source().expect("it is on").id()
}

pub(crate) fn place(position: u32) -> Option<Announcement> {
    let prompt = id(&spoken(&format!("You are {position}")));
    Some(Announcement { prompt, interval_ms: 20_000 })
}

/// What the room was told to play to the caller, in order.
fn said(center: &Center, call: CallId, customer: LegId) -> Vec<Playlist> {
    let of_room = |command: &Engine| match command {
        Engine::SetPatches { room, patches } if *room == call => {
            patches.iter().find(|patch| patch.sink == customer).map(|patch| patch.source)
        }
        _ => None,
    };
    let sources = center.engine().iter().filter_map(of_room).collect::<Vec<_>>();
    sources
        .into_iter()
        .filter_map(|source| if let Source::Prompts(playlist) = source { Some(playlist) } else { None })
        .collect()
}

pub(crate) fn hears(center: &Center, call: CallId, customer: LegId) -> Playlist {
    *said(center, call, customer).last().expect("something was to be played")
}

/// Code of the customer's hang-up and who did it.
pub(crate) fn hangup(center: &Center, customer: LegId) -> Option<(u32, EndedBy)> {
    center.told_customer(customer).iter().find_map(|message| match message {
        ServerMessage::Hangup { code, ended_by, .. } => Some((code.id, *ended_by)),
        _ => None,
    })
}

#[test]
fn who_waits_hears_the_greeting_then_music_and_their_place() {
    let (mut center, _) = center_with_strategy();
    let (call, customer) = center.call("first");
    let expected = Playlist { greeting: Some(id(&spoken("Welcome"))), music: Some(MUSIC), announcement: place(1) };
    assert_eq!(hears(&center, call, customer), expected);
    let (second, leg) = center.call("second");
    assert_eq!(hears(&center, second, leg), Playlist { announcement: place(2), ..expected });
    center.must(Command::Hangup { leg: customer });
    assert_eq!(hears(&center, second, leg), expected, "the announcement alone is another");
}

#[test]
fn without_a_strategy_callers_hear_ringback_and_wait_as_long_as_they_like() {
    let mut center = Center::new();
    let (call, customer) = center.call("customer-1");
    assert_eq!(hears(&center, call, customer), Playlist::looped(RINGBACK));
    center.pass(Duration::from_hours(20));
    assert_eq!(center.state(call), CallState::Waiting);
}

#[test]
fn ringing_does_not_interrupt_the_music() {
    let (mut center, _) = center_with_strategy();
    let (call, customer) = center.call("customer-1");
    let before = hears(&center, call, customer);
    center.forget();
    let agent = center.free_agent("ann");
    center.decline(agent);
    assert_eq!(center.state(call), CallState::Waiting);
    center.pass(seconds(10));
    assert!(center.rings(agent));
    assert!(said(&center, call, customer).iter().all(|playlist| *playlist == before), "nothing else is played");
}

#[test]
fn after_the_longest_wait_the_last_message_plays_and_the_call_ends() {
    let (mut center, _) = center_with_strategy();
    let (call, customer) = center.call("customer-1");
    center.forget();
    center.pass(seconds(59));
    assert_eq!(center.engine(), []);
    center.pass(seconds(1));
    assert_eq!(hears(&center, call, customer), Playlist::once(id(&spoken("Goodbye"))));
    let told = ServerMessage::WaitingEnds { leg: customer, ends_in_ms: 4_500 };
    assert!(center.told_customer(customer).contains(&told));
    assert!(center.logged().contains(&Event::MaximumWaitPassed { waiting_ms: 60_000 }));
    let late = center.free_agent("ann");
    assert!(!center.rings(late), "it is not assigned any more");
    center.pass(LAST - seconds(1) - Duration::from_millis(1));
    assert_eq!(center.state(call), CallState::Waiting);
    center.pass(Duration::from_millis(1));
    assert_eq!(center.state(call), CallState::Ended);
    assert_eq!(hangup(&center, customer), Some((10_200, EndedBy::Platform)));
    let ended = Event::CallEnded { ended_by: EndedBy::Platform, duration_ms: 0, code: 10_200 };
    assert_eq!(center.logged().last(), Some(&ended));
}

#[test]
fn without_a_last_message_the_call_ends_at_once() {
    let mut center = Center::new();
    let queue = center.core.default_queue();
    put(&mut center, WaitingStrategyFields { last_message: None, ..full(vec![queue]) });
    let (call, customer) = center.call("customer-1");
    center.pass(seconds(60));
    assert_eq!((center.state(call), hangup(&center, customer)), (CallState::Ended, Some((10_200, EndedBy::Platform))));
}

#[test]
fn an_agent_that_rings_when_the_time_is_over_may_still_answer() {
    let (mut center, _) = center_with_strategy();
    let (taken, _) = center.call("customer-1");
    center.pass(seconds(50));
    let agent = center.free_agent("ann");
    center.pass(seconds(15));
    assert_eq!(center.state(taken), CallState::Ringing, "a minute is over");
    let leg = center.accept(agent);
    center.connect(leg);
    center.pass(seconds(300));
    assert_eq!(center.state(taken), CallState::Established);
}

#[test]
fn if_they_do_not_answer_it_ends_then() {
    let (mut center, _) = center_with_strategy();
    let (call, customer) = center.call("customer-1");
    center.pass(seconds(50));
    let agent = center.free_agent("ann");
    let other = center.free_agent("ben");
    center.pass(seconds(15));
    center.decline(agent);
    assert!(!center.rings(other), "its time is over");
    assert_eq!(hears(&center, call, customer), Playlist::once(id(&spoken("Goodbye"))));
    center.pass(LAST);
    assert_eq!(hangup(&center, customer), Some((10_200, EndedBy::Platform)));
}

#[test]
fn a_greeting_is_heard_once_whatever_happens() {
    let (mut center, _) = center_with_strategy();
    let (call, customer) = center.call("customer-1");
    assert!(hears(&center, call, customer).greeting.is_some());
    center.must(Command::EngineRestarted);
    center.connect(customer);
    let again = hears(&center, call, customer);
    assert_eq!((again.greeting, again.music), (None, Some(MUSIC)), "a new engine does not begin with it");
    center.restart();
    make_all(&mut center);
    center.must(Command::PageBack { leg: customer });
    center.connect(customer);
    assert_eq!(hears(&center, call, customer), again, "nor after a restart");
}

#[test]
fn a_greeting_that_plays_goes_on_when_signaling_alone_is_started_anew() {
    let (mut center, _) = center_with_strategy();
    let (call, customer) = center.call("customer-1");
    let before = hears(&center, call, customer);
    center.restart();
    let sources = wanted(&center);
    center.forget();
    center.must(Command::PageBack { leg: customer });
    assert_eq!(center.engine(), [], "nothing less is played meanwhile");
    for source in &sources {
        center.must(Command::PromptMade { prompt: source.id(), length: LENGTH });
    }
    let said_since = said(&center, call, customer);
    assert!(!said_since.is_empty() && said_since.iter().all(|playlist| *playlist == before), "{said_since:?}");
    center.restart();
    center.forget();
    center.must(Command::PageBack { leg: customer });
    for source in sources {
        let prompt = source.id();
        let is_greeting = Some(prompt) == before.greeting;
        center.must(if is_greeting {
            Command::PromptFailed { prompt }
        } else {
            Command::PromptMade { prompt, length: LENGTH }
        });
    }
    assert_eq!(hears(&center, call, customer), Playlist { greeting: None, ..before }, "what fails is not waited for");
}

#[test]
fn a_change_applies_to_the_next_caller() {
    let (mut center, strategy) = center_with_strategy();
    let (first, leg) = center.call("first");
    let before = hears(&center, first, leg);
    let queue = center.core.default_queue();
    let music = Some(Music { enabled: false, file: None });
    let changed = WaitingStrategyFields { music, maximum_wait: span(10), greeting: None, ..full(vec![queue]) };
    center.must(Command::PutWaitingStrategy { strategy: Some(strategy), fields: Box::new(changed) });
    let (second, other) = center.call("second");
    assert_eq!(hears(&center, second, other), Playlist { announcement: place(2), ..Playlist::default() });
    center.pass(seconds(30));
    assert_eq!((center.state(first), center.state(second)), (CallState::Waiting, CallState::Ended));
    assert_eq!(hears(&center, first, leg), before);
    center.must(Command::DeleteWaitingStrategy(strategy));
    center.pass(seconds(30));
    assert_eq!(hears(&center, first, leg), Playlist::once(id(&spoken("Goodbye"))), "even if it is deleted");
}

#[test]
fn the_longest_wait_and_the_last_message_survive_a_restart() {
    let (mut center, _) = center_with_strategy();
    let (call, customer) = center.call("customer-1");
    center.pass(seconds(50));
    center.restart();
    make_all(&mut center);
    center.must(Command::PageBack { leg: customer });
    center.connect(customer);
    center.pass(seconds(10));
    assert_eq!(hears(&center, call, customer), Playlist::once(id(&spoken("Goodbye"))));
    center.restart();
    make_all(&mut center);
    center.forget();
    let agent = center.free_agent("ann");
    center.must(Command::PageBack { leg: customer });
    assert!(!center.rings(agent), "it waits for nobody any more");
    let told = center.told_customer(customer);
    assert!(matches!(told.first(), Some(ServerMessage::WaitingEnds { ends_in_ms: 3_500, .. })), "{told:?}");
    center.pass(LAST);
    assert_eq!(hangup(&center, customer), Some((10_200, EndedBy::Platform)));
}

#[test]
fn what_is_not_made_yet_is_left_out_until_it_is() {
    let mut center = Center::new();
    let file = AudioFileId::of(7);
    let queue = center.core.default_queue();
    put(
        &mut center,
        WaitingStrategyFields { music: Some(Music { enabled: true, file: Some(file) }), ..full(vec![queue]) },
    );
    let (call, customer) = center.call("customer-1");
    assert_eq!(hears(&center, call, customer), Playlist::looped(MUSIC), "there is music at least");
    center.forget();
    let prompt = PromptSource::File(file).id();
    center.must(Command::PromptMade { prompt, length: LENGTH });
    assert_eq!(hears(&center, call, customer), Playlist::looped(prompt));
    center.must(Command::PromptMade { prompt: id(&spoken("Welcome")), length: LENGTH });
    assert!(hears(&center, call, customer).greeting.is_some());
    let unknown = PromptSource::File(AudioFileId::of(8)).id();
    center.forget();
    center.must(Command::PromptMade { prompt: unknown, length: LENGTH });
    assert_eq!(center.engine(), []);
}

#[test]
fn wanted_prompts_are_said_as_a_whole() {
    let (mut center, strategy) = center_with_strategy();
    // Greeting, last message, and one announcement for each place.
    assert_eq!(wanted(&center).len(), 2 + 30);
    center.forget();
    center.restart();
    assert_eq!(wanted(&center).len(), 2 + 30, "a new process asks for all of them");
    center.call("customer-1");
    center.must(Command::DeleteWaitingStrategy(strategy));
    center.forget();
    center.call("customer-2");
    let queue = center.core.default_queue();
    put(&mut center, WaitingStrategyFields { greeting: Some(spoken("Hi")), announcement: None, ..full(vec![queue]) });
    assert_eq!(wanted(&center).len(), 2 + 30 + 1, "somebody still waits by the old one");
}

#[test]
fn what_was_called_counts_before_the_queue() {
    let mut center = Center::new();
    let queue = center.core.default_queue();
    let by_queue = put(&mut center, full(vec![queue]));
    let link = center.link(5, LinkDestination::Conversations { display_name: None }, false);
    let sender = |identifier: String| vec![Sender { client: ClientType::Webrtc, identifier }];
    let condition = WaitingCondition::Sender(sender(link.to_string()));
    let by_link = put(&mut center, WaitingStrategyFields { condition, ..full(Vec::new()) });
    let strategy = |center: &Center, call: CallId| center.core.call(call).expect("live").wait.strategy;
    let general = center.link(6, LinkDestination::Conversations { display_name: None }, false);
    let (call, _) = center.call_by(general, "first");
    assert_eq!(strategy(&center, call), Some(by_queue));
    let (call, _) = center.call_by(link, "second");
    assert_eq!(strategy(&center, call), Some(by_link));
    let condition = WaitingCondition::Sender(sender(ALL_WEB_CALLS.to_owned()));
    let by_client = put(&mut center, WaitingStrategyFields { condition, ..full(Vec::new()) });
    let (call, _) = center.call_by(general, "third");
    assert_eq!(strategy(&center, call), Some(by_client));
    let agent = center.agent("ann");
    let direct = LinkDestination::Webrtc { identity: agent.to_string(), display_name: None };
    let direct = center.link(7, direct, false);
    let (call, _) = center.call_by(direct, "fourth");
    assert_eq!(strategy(&center, call), None, "who calls one agent waits in no queue");
}

#[test]
fn what_cannot_be_is_refused_by_its_field() {
    let (mut center, _) = center_with_strategy();
    let queue = center.core.default_queue();
    let Reply::Queue(row) = center.must(Command::CreateQueue(queue_fields("Sales", true))) else { panic!("no queue") };
    let good = full(vec![row.id]);
    let mut refused = |change: fn(&mut WaitingStrategyFields)| {
        let mut fields = good.clone();
        change(&mut fields);
        match center.try_command(Command::PutWaitingStrategy { strategy: None, fields: Box::new(fields) }) {
            Err(CommandError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    };
    let of_place = |fields: &mut WaitingStrategyFields| fields.greeting = Some(spoken("{{QUEUE_POSITION_ORDINAL}}"));
    assert_eq!(refused(of_place), "greetingMessage");
    assert_eq!(
        refused(|fields| fields.last_message = Some(spoken("x".repeat(1401).as_str()))),
        "maximumWaitTimeMessage"
    );
    assert_eq!(refused(|fields| fields.greeting = Some(spoken(" "))), "greetingMessage");
    assert_eq!(refused(|fields| fields.maximum_wait = span(0)), "maximumWaitTime");
    assert_eq!(refused(|fields| fields.maximum_wait = Span { unit: SpanUnit::Hours, value: 25 }), "maximumWaitTime");
    assert_eq!(
        refused(|fields| fields.maximum_wait = Span { unit: SpanUnit::Hours, value: u32::MAX }),
        "maximumWaitTime"
    );
    assert_eq!(refused(|fields| fields.condition = WaitingCondition::Queue(Vec::new())), "condition");
    assert_eq!(refused(|fields| fields.name = Some(" ".to_owned())), "name");
    let empty = |fields: &mut WaitingStrategyFields| {
        fields.greeting = Some(Message { enabled: true, source_type: None, speech: None, file: None });
    };
    assert_eq!(refused(empty), "greetingMessage");
    assert_eq!(refused(|fields| fields.condition = WaitingCondition::Queue(vec![QueueId::of(9)])), "condition.queues");
    let rival = center.try_command(Command::PutWaitingStrategy { strategy: None, fields: Box::new(full(vec![queue])) });
    let told = rival.expect_err("it has one already").to_string();
    assert!(told.contains("\"Patience\""), "{told}");
    let unknown = WaitingStrategyId::of(9);
    let answer = center.try_command(Command::DeleteWaitingStrategy(unknown));
    assert_eq!(answer, Err(CommandError::UnknownWaitingStrategy(unknown)));
}
