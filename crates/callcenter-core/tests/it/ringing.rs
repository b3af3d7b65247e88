//! A call rings at an agent's page and is answered, declined or left.

use crate::center::{Center, queue_fields, seconds};
use callcenter_core::command::{Command, CommandError, Reply};
use callcenter_core::event::Event;
use callcenter_core::row::CallState;
use callcenter_core::settings::SettingsChange;
use model::{CallDirection, CallMedia, LegId, VoiceStatus};
use wire::browser::{CallKind, IncomingCall, RingEnd, ServerMessage};

fn incoming(center: &Center, agent: model::AgentId) -> IncomingCall {
    let call = |message| match message {
        ServerMessage::IncomingCall(incoming) => Some(incoming),
        _ => None,
    };
    center.told_agent(agent).into_iter().rev().find_map(call).expect("the page was told of a call")
}

fn gone(center: &Center, agent: model::AgentId) -> Vec<RingEnd> {
    let reason = |message| match message {
        ServerMessage::IncomingCallGone { reason, .. } => Some(reason),
        _ => None,
    };
    center.told_agent(agent).into_iter().filter_map(reason).collect()
}

#[test]
fn rcv_08_and_09_the_page_is_told_who_calls_and_how() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let (call, _) = center.call("customer-1");
    let told = incoming(&center, agent);
    assert_eq!((told.leg, told.call), (center.ringing(agent), call));
    assert_eq!((told.from.identity.as_str(), told.from.display_name.as_str()), ("customer-1", "CUSTOMER-1"));
    let queue = told.queue.expect("it came through a queue");
    assert_eq!((queue.id, queue.name.as_str()), (None, "Default Queue"));
    assert_eq!((told.kind, told.direction, told.media), (CallKind::Regular, CallDirection::Inbound, CallMedia::Video));
    assert_eq!(told.rings_for_ms, 30_000);
    center.pass(seconds(10));
    let again = center.core.leg_snapshot(told.leg, center.now).and_then(|leg| leg.incoming).expect("it still rings");
    assert_eq!(again.rings_for_ms, 20_000, "a page that was reloaded shows the time that is left");
}

#[test]
fn rcv_08_another_queue_is_named_with_its_id() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let Reply::Queue(sales) = center.must(Command::CreateQueue(queue_fields("Sales", true))) else { panic!() };
    center.must(Command::LinkAgentQueue { agent, queue: sales.id });
    center.must(Command::SetStatus { agent, status: model::AgentStatus::Away });
    let (call, _) = center.call("customer-1");
    let conversation = center.core.call(call).expect("a live call").conversation;
    let fields = callcenter_core::command::ConversationFields { queue: Some(sales.id), ..Default::default() };
    center.must(Command::UpdateConversation { conversation, fields });
    center.must(Command::SetStatus { agent, status: model::AgentStatus::Active });
    assert_eq!(incoming(&center, agent).queue.and_then(|queue| queue.id), Some(sales.id));
}

#[test]
fn rcv_11_a_declined_call_rings_at_the_next_agent() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    let (call, _) = center.call("customer-1");
    center.decline(ann);
    assert_eq!(gone(&center, ann), [RingEnd::Declined]);
    assert!(center.rings(bob));
    assert_eq!(center.voice(ann), VoiceStatus::Idle);
    assert_eq!(center.state(call), CallState::Ringing);
    assert!(center.logged().contains(&Event::CallDeclined { agent: ann }));
}

#[test]
fn tmo_02_and_04_after_thirty_seconds_the_call_moves_to_another_agent() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    center.call("customer-1");
    center.pass(seconds(29));
    assert!(center.rings(ann));
    center.pass(seconds(1));
    assert_eq!(gone(&center, ann), [RingEnd::NoAnswer]);
    assert!(center.rings(bob));
    assert!(center.logged().contains(&Event::CallNotAnswered { agent: ann }));
}

#[test]
fn tmo_01_and_03_the_ring_time_is_set_within_its_range() {
    let mut center = Center::new();
    for wrong in [2, 61] {
        let change = SettingsChange { ring_inbound_seconds: Some(wrong), ..SettingsChange::default() };
        let refused = center.try_command(Command::ChangeSettings(change));
        assert!(matches!(refused, Err(CommandError::Invalid { field: "inbound", .. })), "{wrong}");
    }
    center.set(|settings| settings.ring_inbound_seconds = 3);
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    center.call("customer-1");
    assert!(center.rings(ann));
    center.pass(seconds(3));
    assert!(center.rings(bob));
}

#[test]
fn a_caller_who_gives_up_while_it_rings_is_cancelled() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let (call, leg) = center.call("customer-1");
    center.must(Command::Hangup { leg });
    assert_eq!(gone(&center, agent), [RingEnd::Cancelled]);
    assert_eq!(center.voice(agent), VoiceStatus::Idle);
    assert_eq!(center.state(call), CallState::Ended);
    let ended = Event::CallEnded { ended_by: model::EndedBy::Customer, duration_ms: 0, code: 10202 };
    assert!(center.logged().contains(&ended));
}

#[test]
fn a_page_that_is_gone_for_the_lease_passes_the_ring_on() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    center.pass(seconds(5));
    center.call("customer-1");
    center.close_page(ann);
    center.pass(seconds(14));
    assert!(center.rings(ann), "a reload is quicker than this");
    center.pass(seconds(1));
    assert_eq!(gone(&center, ann), [RingEnd::AgentGone]);
    assert!(center.rings(bob));
}

#[test]
fn a_reload_while_it_rings_keeps_the_ring() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    center.call("customer-1");
    let leg = center.ringing(agent);
    center.close_page(agent);
    center.pass(seconds(2));
    center.open_page(agent);
    assert_eq!(center.ringing(agent), leg);
    center.pass(seconds(10));
    center.must(Command::Accept { agent, leg });
}

#[test]
fn answers_to_what_does_not_ring_are_refused() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    let (_, customer) = center.call("customer-1");
    let leg = center.ringing(ann);
    let unknown = LegId::of(99);
    let refusals = [
        (Command::Accept { agent: bob, leg }, CommandError::UnknownLeg(leg)),
        (Command::Decline { agent: bob, leg }, CommandError::UnknownLeg(leg)),
        (Command::Accept { agent: ann, leg: unknown }, CommandError::UnknownLeg(unknown)),
        (Command::Accept { agent: ann, leg: customer }, CommandError::UnknownLeg(customer)),
        (Command::Accept { agent: model::AgentId::of(98), leg }, CommandError::UnknownAgent(model::AgentId::of(98))),
    ];
    for (command, refusal) in refusals {
        assert_eq!(center.try_command(command), Err(refusal));
    }
    center.must(Command::Accept { agent: ann, leg });
    assert_eq!(center.try_command(Command::Accept { agent: ann, leg }), Err(CommandError::NotRinging));
    assert_eq!(center.try_command(Command::Decline { agent: ann, leg }), Err(CommandError::NotRinging));
}

#[test]
fn an_answer_whose_media_does_not_come_up_goes_to_the_next_agent() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    let (call, _) = center.call("customer-1");
    let leg = center.accept(ann);
    assert_eq!(center.voice(ann), VoiceStatus::InCall);
    center.pass(seconds(20));
    assert!(center.rings(bob));
    assert_eq!(center.voice(ann), VoiceStatus::Idle);
    assert!(center.logged().contains(&Event::CallNotConnected { agent: ann }));
    assert!(center.engine().contains(&wire::engine::Command::RemoveLeg { leg }));
    assert_eq!(center.core.call(call).expect("a live call").answered_at, None);
    let leg = center.accept(bob);
    center.connect(leg);
    assert_eq!(center.state(call), CallState::Established);
}

#[test]
fn a_refused_offer_of_the_agent_goes_to_the_next_agent() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    center.call("customer-1");
    let leg = center.accept(ann);
    center.must(Command::LegRefused { leg, reason: "no audio".to_owned() });
    assert!(center.rings(bob));
    let hung_up = |message: &ServerMessage| matches!(message, ServerMessage::Hangup { code, .. } if code.id == 10103);
    assert!(center.told_agent(ann).iter().any(hung_up));
}

#[test]
fn a_refused_offer_of_the_customer_ends_the_call() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let link = center.general_link();
    let (call, leg) = center.call_by(link, "customer-1");
    center.must(Command::LegRefused { leg, reason: "no audio".to_owned() });
    assert_eq!(center.state(call), CallState::Ended);
    assert_eq!(gone(&center, agent), [RingEnd::Cancelled]);
}

#[test]
fn a_customer_whose_media_never_comes_up_does_not_wait_for_ever() {
    let mut center = Center::new();
    let link = center.general_link();
    let (call, _) = center.call_by(link, "customer-1");
    center.pass(seconds(20));
    assert_eq!(center.state(call), CallState::Ended);
}
