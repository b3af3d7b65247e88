//! An agent hands a call over to a queue.

use crate::center::{Center, Talk, both_ways, only_music, queue_fields, seconds};
use callcenter_core::command::{Command, CommandError, Reply, TransferRefusal};
use callcenter_core::event::Event;
use callcenter_core::row::CallState;
use model::{AgentId, AgentStatus, QueueId, RecordingMedia, VoiceStatus};
use wire::browser::{CallKind, LegPhase, ServerMessage};
use wire::engine::{Command as Engine, Playlist};
use wire::prompt::RINGBACK;

/// Ann is in a call of the default queue, and there is a queue Sales.
fn talking() -> (Center, AgentId, Talk, QueueId) {
    let mut center = Center::new();
    center.record(RecordingMedia::Audio);
    let ann = center.free_agent("ann");
    let talk = center.talk("customer-1", ann);
    let sales = center.queue("Sales");
    center.pass(seconds(30));
    center.forget();
    (center, ann, talk, sales)
}

/// An agent at work who serves Sales alone.
fn seller(center: &mut Center, name: &str, sales: QueueId) -> AgentId {
    let agent = center.free_agent(name);
    let queue = center.core.default_queue();
    center.must(Command::UnlinkAgentQueue { agent, queue });
    center.must(Command::LinkAgentQueue { agent, queue: sales });
    agent
}

#[test]
fn trq_05_the_customer_waits_there_and_the_transferor_wraps_up_at_once() {
    let (mut center, ann, talk, sales) = talking();
    center.must(Command::TransferToQueue { leg: talk.agent, to: Some(sales) });
    assert_eq!(center.state(talk.call), CallState::Waiting);
    assert_eq!(center.voice(ann), VoiceStatus::Wrapping);
    assert_eq!(center.core.leg(talk.agent), None);
    assert_eq!(center.core.leg(talk.customer).expect("live").phase, LegPhase::Waiting);
    assert_eq!(center.logged()[0], Event::CallTransferredToQueue { agent: ann, to_queue: sales, duration_ms: 30_000 });
    let waiting = ServerMessage::Waiting { leg: talk.customer, position: 1 };
    assert_eq!(center.told_customer(talk.customer), [waiting]);
    let engine = center.engine();
    assert!(engine.contains(&Engine::RemoveLeg { leg: talk.agent }));
    assert_eq!(engine.last(), Some(&only_music(talk.call, talk.customer, Playlist::looped(RINGBACK))));
    assert!(engine.contains(&Engine::SetTaps { room: talk.call, legs: Vec::new() }), "who waits is not recorded");
    let conversation = center.core.call(talk.call).expect("live").conversation;
    let row = center.core.conversation(conversation).expect("open");
    assert_eq!((row.queue, row.agent), (Some(sales), None));
}

#[test]
fn whoever_serves_the_queue_gets_it() {
    let (mut center, _, talk, sales) = talking();
    let bob = seller(&mut center, "bob", sales);
    center.forget();
    center.must(Command::TransferToQueue { leg: talk.agent, to: Some(sales) });
    let told = center.told_agent(bob);
    let kind = |message: &ServerMessage| match message {
        ServerMessage::IncomingCall(call) => Some((call.kind, call.queue.as_ref().and_then(|queue| queue.id))),
        _ => None,
    };
    assert_eq!(told.iter().find_map(kind), Some((CallKind::Transferred, Some(sales))));
    center.pass(seconds(4));
    center.forget();
    let leg = center.accept(bob);
    assert!(center.logged().contains(&Event::CallAnswered { agent: bob, waiting_ms: 4_000 }), "since the transfer");
    center.connect(leg);
    assert_eq!(center.state(talk.call), CallState::Established);
    assert!(center.engine().contains(&both_ways(talk.call, talk.customer, leg)));
    assert_eq!(center.recorder().len(), 2, "two new files");
    let conversation = center.core.call(talk.call).expect("live").conversation;
    assert_eq!(center.core.conversation(conversation).and_then(|row| row.agent), Some(bob));
    center.pass(seconds(10));
    center.must(Command::Hangup { leg: talk.customer });
    let ended = |event: &Event| matches!(event, Event::CallEnded { duration_ms: 45_000, code: 10_000, .. });
    assert!(center.logged().iter().any(ended), "from the first answer: {:?}", center.logged());
}

#[test]
fn nobody_named_is_the_default_queue_and_the_transferor_comes_after_the_others() {
    let (mut center, ann, talk, _) = talking();
    center.must(Command::TransferToQueue { leg: talk.agent, to: None });
    center.must(Command::ClearWrapUp { agent: ann });
    assert_eq!(center.state(talk.call), CallState::Waiting, "not straight back to who handed it over");
    let bob = center.free_agent("bob");
    assert!(center.rings(bob));
}

#[test]
fn from_hold_the_hold_is_over() {
    let (mut center, ann, talk, sales) = talking();
    center.must(Command::Hold { leg: talk.agent });
    center.pass(seconds(3));
    center.must(Command::TransferToQueue { leg: talk.agent, to: Some(sales) });
    assert_eq!(center.state(talk.call), CallState::Waiting);
    assert_eq!(center.voice(ann), VoiceStatus::Wrapping);
    assert!(center.logged().contains(&Event::CallResumed { agent: ann, held_ms: 3_000 }));
    assert_eq!(center.core.call(talk.call).expect("live").held_since, None);
}

#[test]
fn a_later_failure_brings_it_to_the_front() {
    let (mut center, _, talk, sales) = talking();
    let bob = seller(&mut center, "bob", sales);
    center.must(Command::TransferToQueue { leg: talk.agent, to: Some(sales) });
    let (other, _) = center.call("customer-2");
    let conversation = center.core.call(other).expect("live").conversation;
    let priority = Some(callcenter_core::row::Priority::Urgent);
    let fields = callcenter_core::command::ConversationFields { queue: Some(sales), priority, ..Default::default() };
    center.must(Command::UpdateConversation { conversation, fields });
    center.decline(bob);
    center.must(Command::SetStatus { agent: bob, status: AgentStatus::Away });
    let cid = seller(&mut center, "cid", sales);
    assert_eq!(center.core.leg(center.ringing(cid)).expect("rings").call, talk.call);
}

#[test]
fn trq_07_only_queues_that_assign_automatically_take_calls() {
    let (mut center, _, talk, sales) = talking();
    let leg = talk.agent;
    center.must(Command::UpdateQueue { queue: sales, fields: queue_fields("Sales", false) });
    let refused = center.try_command(Command::TransferToQueue { leg, to: Some(sales) });
    assert_eq!(refused, Err(CommandError::CannotTransfer(TransferRefusal::NoAutomaticAssignment)));
    center.must(Command::DeleteQueue(sales));
    for queue in [sales, QueueId::of(96)] {
        let refused = center.try_command(Command::TransferToQueue { leg, to: Some(queue) });
        assert_eq!(refused, Err(CommandError::UnknownQueue(queue)));
    }
    let by_customer = center.try_command(Command::TransferToQueue { leg: talk.customer, to: None });
    assert_eq!(by_customer, Err(CommandError::NotTheAgents));
    assert_eq!(center.state(talk.call), CallState::Established, "the call goes on");
}

#[test]
fn hanging_up_while_it_waits_again_is_a_normal_end() {
    let (mut center, ann, talk, sales) = talking();
    center.must(Command::TransferToQueue { leg: talk.agent, to: Some(sales) });
    center.forget();
    center.must(Command::Hangup { leg: talk.customer });
    assert_eq!(center.state(talk.call), CallState::Ended);
    assert_eq!(center.recorder(), [], "its files ended before");
    assert_eq!(center.voice(ann), VoiceStatus::Wrapping);
}

#[test]
fn an_answer_that_does_not_connect_keeps_that_it_was_answered_before() {
    let (mut center, _, talk, sales) = talking();
    let answered = center.core.call(talk.call).expect("live").answered_at;
    let bob = seller(&mut center, "bob", sales);
    center.must(Command::TransferToQueue { leg: talk.agent, to: Some(sales) });
    center.accept(bob);
    center.pass(seconds(20));
    let row = center.core.call(talk.call).expect("live");
    assert_eq!((row.answered_at, row.front_of_queue), (answered, true));
}

#[test]
fn a_restart_of_the_core_keeps_its_place() {
    let (mut center, _, talk, sales) = talking();
    let bob = seller(&mut center, "bob", sales);
    center.must(Command::TransferToQueue { leg: talk.agent, to: Some(sales) });
    center.decline(bob);
    center.must(Command::SetStatus { agent: bob, status: AgentStatus::Away });
    let (_, second) = center.call("customer-2");
    center.restart();
    for leg in [second, talk.customer] {
        center.must(Command::PageBack { leg });
    }
    let Reply::Queue(_) = center.must(Command::UpdateQueue { queue: sales, fields: queue_fields("Sales", true) })
    else {
        panic!("a queue")
    };
    let cid = center.free_agent("cid");
    center.must(Command::LinkAgentQueue { agent: cid, queue: sales });
    center.decline(cid);
    assert_eq!(center.core.leg(center.ringing(cid)).map(|leg| leg.call), Some(talk.call));
    assert!(center.core.call(talk.call).expect("live").front_of_queue);
}

#[test]
fn a_restart_of_the_engine_while_it_waits_brings_the_ringing_back() {
    let (mut center, _, talk, sales) = talking();
    center.must(Command::TransferToQueue { leg: talk.agent, to: Some(sales) });
    center.must(Command::EngineRestarted);
    center.forget();
    center.connect(talk.customer);
    assert_eq!(center.engine(), [only_music(talk.call, talk.customer, Playlist::looped(RINGBACK))]);
    let bob = seller(&mut center, "bob", sales);
    let leg = center.accept(bob);
    center.connect(leg);
    assert_eq!(center.state(talk.call), CallState::Established);
}

#[test]
fn the_files_of_both_parts_know_where_the_call_came_from_and_went() {
    let (mut center, ann, talk, sales) = talking();
    let bob = seller(&mut center, "bob", sales);
    let default = center.core.default_queue();
    center.must(Command::TransferToQueue { leg: talk.agent, to: Some(sales) });
    let went: Vec<_> = center.segments().into_values().map(|row| row.origin).collect();
    assert_eq!(went.len(), 2);
    for origin in &went {
        assert_eq!((origin.transferred_to, origin.transferred_to_queue), (None, Some(sales)));
        assert_eq!((origin.transferred_from, origin.transferred_from_queue), (None, None));
    }
    center.forget();
    let leg = center.accept(bob);
    center.connect(leg);
    let came: Vec<_> = center.segments().into_values().map(|row| row.origin).collect();
    assert_eq!(came.len(), 2);
    for origin in &came {
        assert_eq!((origin.transferred_from, origin.transferred_from_queue), (Some(ann), Some(default)));
        assert_eq!((origin.transferred_to, origin.transferred_to_queue), (None, None));
    }
    let parties: Vec<_> = came.iter().map(|origin| origin.participant.clone().expect("one party")).collect();
    assert!(parties.contains(&bob.to_string()), "{parties:?}");
    assert!(came.iter().any(|origin| origin.identity.as_deref() == Some("customer-1")), "{came:?}");
}
