//! Legs are lost and come back.

use crate::center::{Center, Talk, seconds};
use callcenter_core::command::{Command, CommandError};
use callcenter_core::event::Event;
use callcenter_core::row::CallState;
use model::{AgentId, EndedBy, VoiceStatus};
use wire::browser::ServerMessage;
use wire::engine::Command as Engine;

fn talking() -> (Center, AgentId, Talk) {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    center.forget();
    (center, agent, talk)
}

fn ended_by(center: &Center) -> Option<(EndedBy, u32)> {
    center.logged().into_iter().find_map(|event| match event {
        Event::CallEnded { ended_by, code, .. } => Some((ended_by, code)),
        _ => None,
    })
}

#[test]
fn qly_01_to_03_a_path_that_comes_back_goes_on_and_the_other_side_is_told() {
    let (mut center, agent, talk) = talking();
    center.must(Command::PathLost { leg: talk.customer });
    let told = ServerMessage::RemoteConnection { leg: talk.agent, connected: false };
    assert_eq!(center.told_agent(agent), [told]);
    center.pass(seconds(29));
    center.must(Command::PathBack { leg: talk.customer });
    assert!(center.told_agent(agent).contains(&ServerMessage::RemoteConnection { leg: talk.agent, connected: true }));
    assert_eq!(center.logged(), [Event::LegLost { leg: talk.customer }, Event::LegBack { leg: talk.customer }]);
    center.pass(seconds(60));
    assert_eq!(center.state(talk.call), CallState::Established);
}

#[test]
fn an_answer_while_the_customers_packets_stop_is_not_forgotten() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let (call, customer) = center.call("customer-1");
    let leg = center.accept(agent);
    center.must(Command::PathLost { leg: customer });
    center.connect(leg);
    center.must(Command::PathBack { leg: customer });
    assert_eq!(center.state(call), CallState::Established);
}

#[test]
fn a_party_that_stays_away_ends_the_call_with_a_network_error() {
    let (mut center, agent, talk) = talking();
    center.must(Command::PageLost { leg: talk.customer });
    center.pass(seconds(29));
    assert_eq!(center.state(talk.call), CallState::Established);
    center.pass(seconds(1));
    assert_eq!(ended_by(&center), Some((EndedBy::Customer, 10308)));
    assert_eq!(center.voice(agent), VoiceStatus::Wrapping);

    let (mut center, agent, talk) = talking();
    center.close_page(agent);
    center.pass(seconds(30));
    assert_eq!(ended_by(&center), Some((EndedBy::Agent, 10308)));
    assert_eq!(center.state(talk.call), CallState::Ended);
}

#[test]
fn a_leg_is_back_when_both_its_page_and_its_path_are() {
    let (mut center, _, talk) = talking();
    let leg = talk.customer;
    center.must(Command::PageLost { leg });
    center.must(Command::PathLost { leg });
    center.must(Command::PageBack { leg });
    assert_eq!(center.logged(), [Event::LegLost { leg }]);
    center.connect(leg);
    assert_eq!(center.logged(), [Event::LegLost { leg }, Event::LegBack { leg }]);
}

#[test]
fn a_rejoin_gets_its_patches_again() {
    let (mut center, agent, talk) = talking();
    center.close_page(agent);
    center.pass(seconds(3));
    center.open_page(agent);
    center.forget();
    center.connect(talk.agent);
    assert!(matches!(&center.engine()[..], [Engine::SetPatches { patches, .. }] if patches.len() == 6));
    assert_eq!(center.state(talk.call), CallState::Established);
}

#[test]
fn a_refused_rejoin_does_not_end_the_call() {
    let (mut center, _, talk) = talking();
    for leg in [talk.customer, talk.agent] {
        center.must(Command::LegRefused { leg, reason: "bad offer".to_owned() });
    }
    assert_eq!(center.state(talk.call), CallState::Established);
}

#[test]
fn a_waiting_customer_who_is_away_is_not_rung_for_and_given_up_after_the_window() {
    let mut center = Center::new();
    let (call, leg) = center.call("customer-1");
    center.must(Command::PageLost { leg });
    let agent = center.free_agent("ann");
    assert_eq!(center.voice(agent), VoiceStatus::Idle);
    center.forget();
    center.must(Command::PageBack { leg });
    assert!(center.rings(agent));
    assert_eq!(center.told_customer(leg), [ServerMessage::Ringing { leg }]);
    center.must(Command::PageLost { leg });
    center.pass(seconds(30));
    assert_eq!(center.state(call), CallState::Ended);
    assert_eq!(ended_by(&center), Some((EndedBy::Customer, 10308)));
}

#[test]
fn a_waiting_customer_who_comes_back_is_told_the_position_again() {
    let mut center = Center::new();
    let (_, leg) = center.call("customer-1");
    center.must(Command::PageLost { leg });
    center.forget();
    center.must(Command::PageBack { leg });
    assert_eq!(center.told_customer(leg), [ServerMessage::Waiting { leg, position: 1 }]);
}

#[test]
fn who_comes_back_first_is_told_that_the_other_is_still_away() {
    let (mut center, agent, talk) = talking();
    center.must(Command::PageLost { leg: talk.customer });
    center.close_page(agent);
    center.forget();
    center.open_page(agent);
    let told = ServerMessage::RemoteConnection { leg: talk.agent, connected: false };
    assert!(center.told_agent(agent).contains(&told));
}

#[test]
fn after_an_engine_restart_every_leg_rejoins() {
    let (mut center, _, talk) = talking();
    let (waiting, _) = center.call("customer-2");
    center.forget();
    center.must(Command::EngineRestarted);
    let lost = |center: &Center, leg| center.core.leg(leg).expect("live").lost_since.is_some();
    assert!(lost(&center, talk.customer) && lost(&center, talk.agent));
    center.must(Command::PathBack { leg: talk.customer });
    assert!(lost(&center, talk.customer), "a path that the engine does not hold cannot come back by itself");
    center.connect(talk.customer);
    assert_eq!(center.engine(), [], "patches need both legs");
    center.connect(talk.agent);
    assert!(matches!(&center.engine()[..], [Engine::SetPatches { .. }]));
    center.pass(seconds(30));
    assert_eq!(center.state(talk.call), CallState::Established);
    assert_eq!(center.state(waiting), CallState::Ended, "the customer who did not rejoin");
}

#[test]
fn an_agents_leg_is_not_lost_by_a_customers_command() {
    let (mut center, _, talk) = talking();
    let leg = talk.agent;
    assert_eq!(center.try_command(Command::PageLost { leg }), Err(CommandError::UnknownLeg(leg)));
}

#[test]
fn an_agent_who_is_lost_while_connecting_gives_the_call_back() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    center.call("customer-1");
    center.accept(ann);
    center.close_page(ann);
    center.pass(seconds(30));
    assert!(center.rings(bob));
    assert_eq!(center.voice(ann), VoiceStatus::Idle);
}

#[test]
fn a_page_that_returns_while_the_other_party_is_away_is_told_so() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    let remote_connected =
        |center: &Center| center.core.leg_snapshot(talk.agent, center.now).expect("live").remote_connected;
    assert!(remote_connected(&center));
    center.must(Command::PathLost { leg: talk.customer });
    assert!(!remote_connected(&center));
    center.must(Command::PathBack { leg: talk.customer });
    assert!(remote_connected(&center));
}
