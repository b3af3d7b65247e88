//! Who is rung, and when.

use crate::center::{Center, seconds};
use callcenter_core::command::Command;
use callcenter_core::event::Event;
use callcenter_core::row::CallState;
use model::{AgentStatus, EndedBy, VoiceStatus};
use wire::browser::ServerMessage;

#[test]
fn pre_06_and_rcv_02_a_call_rings_talks_and_ends_in_wrap_up() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let (call, customer) = center.call("customer-1");
    assert!(center.rings(agent));
    assert!(center.told_customer(customer).contains(&ServerMessage::Ringing { leg: customer }));
    let leg = center.accept(agent);
    assert_eq!(center.state(call), CallState::Connecting);
    center.connect(leg);
    assert_eq!(center.state(call), CallState::Established);
    center.pass(seconds(60));
    center.must(Command::Hangup { leg: customer });
    assert_eq!(center.voice(agent), VoiceStatus::Wrapping);
    assert_eq!(center.availability(agent), AgentStatus::Busy);
    let ended = Event::CallEnded { ended_by: EndedBy::Customer, duration_ms: 60_000, code: 10000 };
    assert!(center.logged().contains(&ended));
    center.pass(seconds(30));
    assert_eq!(center.voice(agent), VoiceStatus::Idle);
    assert_eq!(center.availability(agent), AgentStatus::Active);
}
