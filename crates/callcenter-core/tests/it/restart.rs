//! The core is dropped at any moment and built again from its rows.

use crate::center::{Center, seconds};
use callcenter_core::command::Command;
use callcenter_core::event::Event;
use callcenter_core::row::CallState;
use model::{AgentStatus, RecordingMedia, VoiceStatus};
use wire::browser::LegPhase;
use wire::engine::Command as Engine;
use wire::recorder::Command as Recorder;

#[test]
fn a_ring_goes_on_until_its_deadline() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    let (_, customer) = center.call("customer-1");
    let leg = center.ringing(ann);
    center.pass(seconds(10));
    center.restart();
    assert_eq!(center.ringing(ann), leg);
    center.must(Command::PageBack { leg: customer });
    center.open_page(ann);
    center.open_page(bob);
    center.pass(seconds(19));
    assert!(center.rings(ann));
    center.pass(seconds(1));
    assert!(center.rings(bob));
}

#[test]
fn a_talk_goes_on_when_both_pages_are_back_in_time() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    center.restart();
    center.must(Command::EngineRestarted);
    assert_eq!(center.core.leg(talk.customer).expect("live").phase, LegPhase::Established);
    center.pass(seconds(3));
    center.forget();
    center.open_page(agent);
    center.must(Command::PageBack { leg: talk.customer });
    center.connect(talk.agent);
    center.connect(talk.customer);
    assert!(matches!(&center.engine()[..], [Engine::SetPatches { .. }]));
    center.pass(seconds(60));
    assert_eq!(center.state(talk.call), CallState::Established);
    center.must(Command::Hangup { leg: talk.agent });
    assert_eq!(center.voice(agent), VoiceStatus::Wrapping);
}

#[test]
fn a_talk_that_nobody_takes_up_ends_after_the_window() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    center.must(Command::PageLost { leg: talk.customer });
    center.pass(seconds(20));
    center.restart();
    center.pass(seconds(29));
    assert_eq!(center.state(talk.call), CallState::Established, "the window begins anew with the restart");
    center.pass(seconds(1));
    assert_eq!(center.state(talk.call), CallState::Ended);
    assert_eq!(center.availability(agent), AgentStatus::Invisible);
}

#[test]
fn a_wrap_up_ends_at_its_time() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    center.must(Command::Hangup { leg: talk.customer });
    center.pass(seconds(10));
    center.restart();
    center.open_page(agent);
    center.pass(seconds(19));
    assert_eq!(center.voice(agent), VoiceStatus::Wrapping);
    center.pass(seconds(1));
    assert_eq!(center.voice(agent), VoiceStatus::Idle);
}

#[test]
fn agents_have_a_lease_to_come_back_and_stay_reachable_meanwhile() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    let away = center.agent("cid");
    center.restart();
    center.forget();
    center.pass(seconds(5));
    center.open_page(ann);
    center.pass(seconds(30));
    assert_eq!(center.logged(), [Event::AgentReachable { agent: bob, reachable: false }]);
    assert_eq!(center.availability(ann), AgentStatus::Active);
    assert_eq!(center.availability(away), AgentStatus::Invisible);
}

#[test]
fn waiting_calls_keep_their_order_and_what_agents_passed_over() {
    let mut center = Center::new();
    let ann = center.free_agent("ann");
    let (first, first_leg) = center.call("customer-1");
    center.decline(ann);
    center.must(Command::SetStatus { agent: ann, status: AgentStatus::Away });
    center.pass(seconds(1));
    let (second, second_leg) = center.call("customer-2");
    center.restart();
    for leg in [first_leg, second_leg] {
        center.must(Command::PageBack { leg });
    }
    center.open_page(ann);
    center.must(Command::SetStatus { agent: ann, status: AgentStatus::Active });
    assert_eq!(center.core.leg(center.ringing(ann)).expect("rings").call, second, "ann has passed the first one over");
    let bob = center.free_agent("bob");
    assert_eq!(center.core.leg(center.ringing(bob)).expect("rings").call, first);
}

#[test]
fn a_fresh_account_that_was_never_stored_makes_the_same_default_queue_again() {
    let first = Center::untouched().core.default_queue();
    assert_eq!(Center::untouched().core.default_queue(), first);
}

#[test]
fn the_log_goes_on_counting() {
    let mut center = Center::new();
    center.free_agent("ann");
    center.call("customer-1");
    let last = center.events.last().expect("events").sequence;
    center.restart();
    assert_eq!(center.events[usize::try_from(last).expect("small")].sequence, last + 1);
}

#[test]
fn what_engine_and_recorder_may_have_missed_is_said_again() {
    let mut center = Center::new();
    center.record(RecordingMedia::Audio);
    let agent = center.free_agent("ann");
    center.forget();
    let talk = center.talk("customer-1", agent);
    let said_first = center.recorder();
    center.restart();
    center.forget();
    center.open_page(agent);
    assert_eq!(center.recorder(), [], "the customer is not back yet");
    center.must(Command::PageBack { leg: talk.customer });
    assert_eq!(center.recorder(), said_first, "the same files: a repeat is harmless");
    assert!(matches!(&center.engine()[..], [Engine::SetPatches { .. }, Engine::SetTaps { .. }]));
}

#[test]
fn files_of_calls_that_are_over_are_stopped_again() {
    let mut center = Center::new();
    center.record(RecordingMedia::Audio);
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    center.must(Command::Hangup { leg: talk.customer });
    let stops = |center: &Center| {
        let all = center.recorder();
        all.into_iter().filter(|command| matches!(command, Recorder::Stop { .. })).count()
    };
    assert_eq!(stops(&center), 2);
    center.forget();
    center.restart();
    assert_eq!(stops(&center), 2);
}
