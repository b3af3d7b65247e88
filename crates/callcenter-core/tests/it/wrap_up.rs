//! The time after a call.

use crate::center::{Center, seconds};
use callcenter_core::command::{Command, CommandError};
use callcenter_core::event::Event;
use model::{AgentId, AgentStatus, VoiceStatus};

/// An agent who has just hung up.
fn wrapping(center: &mut Center) -> AgentId {
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    center.must(Command::Hangup { leg: talk.customer });
    agent
}

fn remaining_ms(center: &Center, agent: AgentId) -> Option<u64> {
    center.core.agent_state(agent, center.now).and_then(|state| state.wrap_up).map(|wrap_up| wrap_up.remaining_ms)
}

#[test]
fn wrp_01_to_03_thirty_seconds_of_wrap_up_follow_a_call() {
    let mut center = Center::new();
    let agent = wrapping(&mut center);
    assert_eq!(center.voice(agent), VoiceStatus::Wrapping);
    assert_eq!(center.availability(agent), AgentStatus::Busy);
    assert_eq!(remaining_ms(&center, agent), Some(30_000));
    center.pass(seconds(12));
    assert_eq!(remaining_ms(&center, agent), Some(18_000), "WRP-10: the countdown");
    center.pass(seconds(18));
    assert_eq!(center.voice(agent), VoiceStatus::Idle);
    assert_eq!(remaining_ms(&center, agent), None);
    assert!(center.logged().contains(&Event::WrapUpStarted { agent }));
    assert!(center.logged().contains(&Event::WrapUpEnded { agent }));
}

#[test]
fn wrp_04_to_07_the_agents_value_overrides_the_accounts() {
    let mut center = Center::new();
    center.set(|settings| settings.wrap_up_seconds = 50);
    let agent = center.free_agent("ann");
    for (own, expected) in [(Some(7), Some(7_000)), (Some(0), None), (None, Some(50_000))] {
        center.must(Command::SetAgentWrapUp { agent, seconds: own });
        let talk = center.talk("customer-1", agent);
        center.must(Command::Hangup { leg: talk.agent });
        assert_eq!(remaining_ms(&center, agent), expected, "{own:?}");
        center.pass(seconds(60));
    }
}

#[test]
fn wrap_up_that_is_switched_off_does_not_happen() {
    let mut center = Center::new();
    center.set(|settings| settings.wrap_up_enabled = false);
    let agent = wrapping(&mut center);
    assert_eq!(center.voice(agent), VoiceStatus::Idle);
    center.call("customer-2");
    assert!(center.rings(agent));
}

#[test]
fn wrp_08_and_09_it_is_extended_and_cleared() {
    let mut center = Center::new();
    let agent = wrapping(&mut center);
    center.must(Command::ExtendWrapUp { agent, seconds: 10 });
    center.must(Command::ExtendWrapUp { agent, seconds: 10 });
    assert_eq!(remaining_ms(&center, agent), Some(50_000));
    center.pass(seconds(49));
    assert_eq!(center.voice(agent), VoiceStatus::Wrapping);
    center.must(Command::ClearWrapUp { agent });
    assert_eq!(center.voice(agent), VoiceStatus::Idle);
    let refused = Err(CommandError::NotWrapping);
    assert_eq!(center.try_command(Command::ClearWrapUp { agent }), refused);
    assert_eq!(center.try_command(Command::ExtendWrapUp { agent, seconds: 10 }), refused);
}

#[test]
fn wrp_08_extending_needs_the_accounts_leave_and_sane_seconds() {
    let mut center = Center::new();
    let agent = wrapping(&mut center);
    for wrong in [0, 3_600, 3_601] {
        let refused = center.try_command(Command::ExtendWrapUp { agent, seconds: wrong });
        assert!(matches!(refused, Err(CommandError::Invalid { field: "seconds", .. })), "{wrong}");
    }
    center.set(|settings| settings.wrap_up_can_extend = false);
    let refused = center.try_command(Command::ExtendWrapUp { agent, seconds: 10 });
    assert_eq!(refused, Err(CommandError::CannotExtendWrapUp));
}

#[test]
fn aaa_05_a_waiting_call_rings_when_the_wrap_up_is_over() {
    let mut center = Center::new();
    let agent = wrapping(&mut center);
    center.call("customer-2");
    center.pass(seconds(29));
    assert_eq!(center.voice(agent), VoiceStatus::Wrapping);
    center.pass(seconds(1));
    assert!(center.rings(agent));
}

#[test]
fn a_clock_that_is_set_neither_shortens_nor_lengthens_it() {
    for by in [-7_200_000, 7_200_000] {
        let mut center = Center::new();
        let agent = wrapping(&mut center);
        center.pass(seconds(10));
        center.now.wall.0 += by;
        assert_eq!(remaining_ms(&center, agent), Some(20_000), "set by {by} ms");
        center.must(Command::ExtendWrapUp { agent, seconds: 15 });
        assert_eq!(remaining_ms(&center, agent), Some(35_000), "set by {by} ms");
        center.pass(seconds(34));
        assert_eq!(center.voice(agent), VoiceStatus::Wrapping);
        center.pass(seconds(1));
        assert_eq!(center.voice(agent), VoiceStatus::Idle);
    }
}
