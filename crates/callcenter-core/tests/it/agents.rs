//! Agents' own status and what the system finds.

use crate::center::{Center, agent_fields, seconds};
use callcenter_core::command::{Command, CommandError, NewAgent, Reply};
use callcenter_core::event::Event;
use callcenter_core::row::CallState;
use model::{AgentId, AgentStatus, VoiceStatus};
use wire::browser::ServerMessage;

#[test]
fn ast_01_and_04_a_status_is_set_at_any_time_and_logged() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    center.forget();
    center.must(Command::SetStatus { agent, status: AgentStatus::Away });
    assert_eq!(center.logged(), [Event::AgentStatusChanged { agent, status: AgentStatus::Away, custom: None }]);
    let told = center.told_agent(agent);
    assert!(
        told.iter().any(
            |message| matches!(message, ServerMessage::AgentState(state) if state.availability == AgentStatus::Away)
        )
    );
    center.forget();
    center.must(Command::SetStatus { agent, status: AgentStatus::Away });
    assert_eq!(center.logged(), [], "the same status again is no change");
}

#[test]
fn ast_09_and_12_availability_needs_status_page_and_enabled_agent() {
    let mut center = Center::new();
    let agent = center.agent("ann");
    assert_eq!(center.availability(agent), AgentStatus::Invisible, "not signed in");
    center.must(Command::SetStatus { agent, status: AgentStatus::Active });
    assert_eq!(center.availability(agent), AgentStatus::Invisible, "no page");
    center.must(Command::Heartbeat { agent });
    assert_eq!(center.availability(agent), AgentStatus::Invisible, "a heartbeat is no page to ring at");
    center.open_page(agent);
    assert_eq!(center.availability(agent), AgentStatus::Active);
    let fields = NewAgent { enabled: false, status: AgentStatus::Active, ..agent_fields("ann") };
    center.must(Command::UpdateAgent { agent, fields });
    assert_eq!(center.availability(agent), AgentStatus::Invisible, "disabled");
    let (call, _) = center.call("customer-1");
    assert_eq!(center.state(call), CallState::Waiting);
}

#[test]
fn ast_14_fifteen_seconds_without_sign_of_life_make_an_agent_unavailable() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    center.forget();
    center.freeze_page(agent);
    center.pass(seconds(13));
    assert_eq!(center.availability(agent), AgentStatus::Active);
    center.pass(seconds(2));
    assert_eq!(center.availability(agent), AgentStatus::Invisible);
    assert_eq!(center.logged(), [Event::AgentReachable { agent, reachable: false }]);
    let (call, _) = center.call("customer-1");
    assert_eq!(center.state(call), CallState::Waiting);
    center.forget();
    center.must(Command::Heartbeat { agent });
    assert!(center.rings(agent), "the run starts when the lease is back");
    assert_eq!(center.logged()[0], Event::AgentReachable { agent, reachable: true });
}

#[test]
fn an_agent_without_a_connected_page_is_not_rung() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    center.close_page(agent);
    let (call, _) = center.call("customer-1");
    assert_eq!(center.state(call), CallState::Waiting);
    center.open_page(agent);
    assert!(center.rings(agent));
}

#[test]
fn ast_16_to_18_the_voice_status_follows_the_call() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    center.call("customer-1");
    assert_eq!(center.voice(agent), VoiceStatus::Ringing);
    let leg = center.accept(agent);
    assert_eq!(center.voice(agent), VoiceStatus::InCall);
    center.connect(leg);
    center.must(Command::Hangup { leg });
    assert_eq!(center.voice(agent), VoiceStatus::Wrapping);
    center.pass(seconds(30));
    assert_eq!(center.voice(agent), VoiceStatus::Idle);
}

#[test]
fn heartbeats_write_no_rows() {
    let mut center = Center::new();
    center.free_agent("ann");
    center.forget();
    center.pass(seconds(60));
    assert_eq!(center.rows, []);
}

#[test]
fn fields_of_agents_are_checked() {
    let mut center = Center::new();
    let agent = center.agent("ann");
    for name in ["", "  ", &"x".repeat(256)] {
        let created = center.try_command(Command::CreateAgent(agent_fields(name)));
        assert!(matches!(created, Err(CommandError::Invalid { field: "displayName", .. })), "{name:?}");
        let updated = center.try_command(Command::UpdateAgent { agent, fields: agent_fields(name) });
        assert!(matches!(updated, Err(CommandError::Invalid { field: "displayName", .. })), "{name:?}");
    }
    let unknown = AgentId::of(9);
    let refused = center.try_command(Command::Heartbeat { agent: unknown });
    assert_eq!(refused, Err(CommandError::UnknownAgent(unknown)));
    let Reply::Agent(row) = center.must(Command::UpdateAgent { agent, fields: agent_fields("Ann B.") }) else {
        panic!("no agent")
    };
    assert_eq!(row.display_name, "Ann B.");
}
