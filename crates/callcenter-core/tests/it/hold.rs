//! The agent puts the call on hold.

use crate::center::{Center, Talk, both_ways, only_music, seconds};
use callcenter_core::command::{Command, CommandError};
use callcenter_core::event::Event;
use callcenter_core::row::CallState;
use model::{AgentId, AgentStatus, LegId, RecordingMedia, VoiceStatus};
use wire::browser::ServerMessage;
use wire::engine::{Command as Engine, Playlist};
use wire::prompt::MUSIC;

/// A call that has been on hold from now on.
fn held() -> (Center, AgentId, Talk) {
    let mut center = Center::new();
    center.record(RecordingMedia::Audio);
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    center.pass(seconds(60));
    center.forget();
    center.must(Command::Hold { leg: talk.agent });
    (center, agent, talk)
}

fn music(talk: Talk) -> Engine {
    only_music(talk.call, talk.customer, Playlist::looped(MUSIC))
}

#[test]
fn hld_01_to_05_the_customer_hears_music_and_nobody_hears_anybody() {
    let (center, agent, talk) = held();
    assert_eq!(center.state(talk.call), CallState::Held);
    assert_eq!(center.voice(agent), VoiceStatus::OnHold);
    assert_eq!(center.availability(agent), AgentStatus::Busy);
    assert_eq!(center.logged(), [Event::CallHeld { agent }]);
    let taps = Engine::SetTaps { room: talk.call, legs: vec![talk.customer, talk.agent] };
    assert_eq!(center.engine(), [music(talk), taps]);
    assert_eq!(center.recorder(), [], "the recording goes on as it is");
    let since = center.now.wall;
    assert_eq!(center.told_customer(talk.customer), [ServerMessage::Held { leg: talk.customer, since }]);
    assert!(center.told_agent(agent).contains(&ServerMessage::Held { leg: talk.agent, since }));
    for leg in [talk.customer, talk.agent] {
        let snapshot = center.core.leg_snapshot(leg, center.now).expect("live");
        assert_eq!(snapshot.held_since, Some(since), "a page that was reloaded shows how long");
        assert!(snapshot.remote.is_some());
    }
}

#[test]
fn hld_06_resume_joins_them_again() {
    let (mut center, agent, talk) = held();
    center.pass(seconds(12));
    center.forget();
    center.must(Command::Resume { leg: talk.agent });
    assert_eq!(center.state(talk.call), CallState::Established);
    assert_eq!(center.voice(agent), VoiceStatus::InCall);
    assert_eq!(center.logged(), [Event::CallResumed { agent, held_ms: 12_000 }]);
    assert_eq!(center.engine()[0], both_ways(talk.call, talk.customer, talk.agent));
    assert_eq!(center.told_customer(talk.customer), [ServerMessage::Resumed { leg: talk.customer }]);
    assert!(center.told_agent(agent).contains(&ServerMessage::Resumed { leg: talk.agent }));
    assert_eq!(center.core.leg_snapshot(talk.agent, center.now).expect("live").held_since, None);
    center.must(Command::Hold { leg: talk.agent });
    assert_eq!(center.state(talk.call), CallState::Held, "it can be held as often as wanted");
}

#[test]
fn each_refusal_says_what_is_in_the_way() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let (_, customer) = center.call("customer-1");
    let hold = |center: &mut Center, leg| center.try_command(Command::Hold { leg });
    let resume = |center: &mut Center, leg| center.try_command(Command::Resume { leg });
    let leg = center.ringing(agent);
    assert_eq!(hold(&mut center, leg), Err(CommandError::NotInTalk), "it rings");
    center.accept(agent);
    assert_eq!(hold(&mut center, leg), Err(CommandError::NotInTalk), "media is being set up");
    center.connect(leg);
    assert_eq!(hold(&mut center, customer), Err(CommandError::NotTheAgents));
    assert_eq!(resume(&mut center, leg), Err(CommandError::NotHeld));
    center.must(Command::Hold { leg });
    assert_eq!(hold(&mut center, leg), Err(CommandError::HeldAlready));
    assert_eq!(resume(&mut center, customer), Err(CommandError::NotTheAgents));
    center.must(Command::Hangup { leg: customer });
    for refused in [hold(&mut center, leg), resume(&mut center, leg)] {
        assert_eq!(refused, Err(CommandError::UnknownLeg(leg)), "the call is over");
    }
    let unknown = LegId::of(9);
    assert_eq!(hold(&mut center, unknown), Err(CommandError::UnknownLeg(unknown)));
}

#[test]
fn either_party_can_hang_up_meanwhile() {
    for by_agent in [true, false] {
        let (mut center, agent, talk) = held();
        center.pass(seconds(5));
        center.forget();
        center.must(Command::Hangup { leg: if by_agent { talk.agent } else { talk.customer } });
        assert_eq!(center.state(talk.call), CallState::Ended);
        assert_eq!(center.voice(agent), VoiceStatus::Wrapping);
        let held = Event::CallResumed { agent, held_ms: 5_000 };
        assert_eq!(center.logged()[0], held, "the log tells how long the hold was");
        assert_eq!(center.recorder().len(), 2, "both files end");
    }
}

#[test]
fn a_page_that_is_reloaded_meanwhile_leaves_the_hold_as_it_is() {
    let (mut center, agent, talk) = held();
    center.must(Command::PageLost { leg: talk.customer });
    assert!(center.told_agent(agent).contains(&ServerMessage::RemoteConnection { leg: talk.agent, connected: false }));
    center.pass(seconds(3));
    center.must(Command::PageBack { leg: talk.customer });
    center.close_page(agent);
    center.pass(seconds(3));
    center.open_page(agent);
    center.forget();
    center.connect(talk.customer);
    assert_eq!(center.engine()[0], music(talk), "a rejoin");
    assert_eq!(center.state(talk.call), CallState::Held);
    center.must(Command::Resume { leg: talk.agent });
    assert_eq!(center.state(talk.call), CallState::Established);
}

#[test]
fn an_agent_who_stays_away_ends_the_call() {
    let (mut center, agent, talk) = held();
    center.close_page(agent);
    center.pass(seconds(30));
    assert_eq!(center.state(talk.call), CallState::Ended);
}

#[test]
fn a_restart_of_the_engine_brings_the_music_back_first() {
    let (mut center, _, talk) = held();
    center.forget();
    center.must(Command::EngineRestarted);
    center.connect(talk.customer);
    assert_eq!(center.engine(), [music(talk)], "the customer need not wait for the agent");
    center.connect(talk.agent);
    assert_eq!(center.engine()[1], music(talk));
    assert!(matches!(center.engine()[2], Engine::SetTaps { .. }), "both are recorded again");
    center.must(Command::Resume { leg: talk.agent });
    assert!(center.engine().contains(&both_ways(talk.call, talk.customer, talk.agent)));
}

#[test]
fn resumed_while_the_agent_has_no_media_they_are_joined_when_it_is_back() {
    let (mut center, _, talk) = held();
    center.must(Command::EngineRestarted);
    center.connect(talk.customer);
    center.must(Command::Resume { leg: talk.agent });
    center.forget();
    center.connect(talk.agent);
    assert_eq!(center.engine()[0], both_ways(talk.call, talk.customer, talk.agent));
}

#[test]
fn a_restart_of_the_core_keeps_the_hold() {
    let (mut center, agent, talk) = held();
    let since = center.now.wall;
    center.pass(seconds(7));
    center.restart();
    assert_eq!(center.state(talk.call), CallState::Held);
    assert_eq!(center.voice(agent), VoiceStatus::OnHold);
    center.forget();
    center.must(Command::PageBack { leg: talk.customer });
    assert_eq!(center.engine()[0], music(talk), "said again: the engine may have missed it");
    center.open_page(agent);
    let snapshot = center.core.leg_snapshot(talk.agent, center.now).expect("live");
    assert_eq!(snapshot.held_since, Some(since));
    center.must(Command::Resume { leg: talk.agent });
    assert!(center.logged().contains(&Event::CallResumed { agent, held_ms: 7_000 }));
}
