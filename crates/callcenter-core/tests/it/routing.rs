//! Who is rung, and when.

use crate::center::{Center, queue_fields, seconds};
use callcenter_core::command::{Command, ConversationFields, NewQueue, Reply};
use callcenter_core::limits::RING_AGAIN_PAUSE;
use callcenter_core::row::{AssignmentAlgorithm, CallState, LinkDestination, Priority};
use model::{AgentId, AgentStatus, QueueId, VoiceStatus};
use std::time::Duration;
use wire::browser::ServerMessage;

fn positions(center: &Center, leg: model::LegId) -> Vec<u32> {
    let waiting = |message| match message {
        ServerMessage::Waiting { position, .. } => Some(position),
        _ => None,
    };
    center.told_customer(leg).into_iter().filter_map(waiting).collect()
}

#[test]
fn pre_06_and_aaa_08_only_an_active_agent_is_rung() {
    for status in [AgentStatus::Busy, AgentStatus::Away, AgentStatus::Invisible] {
        let mut center = Center::new();
        let agent = center.free_agent("ann");
        center.must(Command::SetStatus { agent, status });
        let (call, _) = center.call("customer-1");
        assert_eq!(center.state(call), CallState::Waiting, "{status:?}");
        center.must(Command::SetStatus { agent, status: AgentStatus::Active });
        assert!(center.rings(agent), "AAA-05: the run starts when an agent becomes available");
    }
}

#[test]
fn pre_07_and_rcv_02_only_members_of_the_queue_are_rung() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let queue = center.core.default_queue();
    center.must(Command::UnlinkAgentQueue { agent, queue });
    let (call, _) = center.call("customer-1");
    assert_eq!(center.state(call), CallState::Waiting);
    center.must(Command::LinkAgentQueue { agent, queue });
    assert!(center.rings(agent));
}

#[test]
fn pre_08_calls_without_another_route_go_to_the_default_queue() {
    let mut center = Center::new();
    let (call, _) = center.call("customer-1");
    let row = center.core.call(call).expect("a live call");
    assert_eq!(row.queue, center.core.default_queue());
    let conversation = center.core.conversation(row.conversation).expect("an open conversation");
    assert_eq!(conversation.queue, Some(center.core.default_queue()));
}

#[test]
fn pre_09_and_aaa_01_without_auto_assignment_a_call_waits() {
    let mut center = Center::untouched();
    let agent = center.free_agent("ann");
    let (call, leg) = center.call("customer-1");
    assert_eq!(center.state(call), CallState::Waiting);
    assert_eq!(positions(&center, leg), [1]);
    let fields = NewQueue { is_default: true, ..queue_fields("Default Queue", true) };
    center.must(Command::UpdateQueue { queue: center.core.default_queue(), fields });
    assert!(center.rings(agent));
}

#[test]
fn pre_10_a_fresh_account_has_one_default_queue_without_auto_assignment() {
    let center = Center::untouched();
    let queues: Vec<_> = center.core.queues().collect();
    assert_eq!(queues.len(), 1);
    assert!(queues[0].is_default && !queues[0].auto_assignment);
    assert_eq!(queues[0].name, "Default Queue");
    assert_eq!(center.rows.len(), 1, "its row is there to be stored");
}

#[test]
fn rcv_01_an_agent_has_one_call_at_a_time() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    let (second, _) = center.call("customer-2");
    assert_eq!(center.state(second), CallState::Waiting);
    center.must(Command::Hangup { leg: talk.agent });
    assert_eq!(center.state(second), CallState::Waiting, "RCV-03: an agent in wrap-up is unavailable");
    center.must(Command::ClearWrapUp { agent });
    assert!(center.rings(agent));
}

#[test]
fn aaa_03_one_run_gives_each_call_its_own_agent() {
    let mut center = Center::new();
    let (ann, bob) = (center.agent("ann"), center.agent("bob"));
    let (first, _) = center.call("customer-1");
    let (second, _) = center.call("customer-2");
    for agent in [ann, bob] {
        center.open_page(agent);
        center.must(Command::SetStatus { agent, status: AgentStatus::Active });
    }
    let call_of = |agent| center.core.leg(center.ringing(agent)).expect("rings").call;
    assert_eq!((call_of(ann), call_of(bob)), (first, second));
}

#[test]
fn aaa_07_the_agent_who_is_free_longest_is_rung() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    let talk = center.talk("customer-1", ann);
    center.must(Command::Hangup { leg: talk.customer });
    center.pass(seconds(40));
    let (_, waiting) = center.call("customer-2");
    assert!(center.rings(bob), "bob has been free for longer now");
    center.must(Command::Hangup { leg: waiting });
    center.call("customer-3");
    assert!(center.rings(bob), "a caller who gave up does not cost bob his place");
}

#[test]
fn waiting_calls_are_served_by_priority_and_then_by_arrival() {
    let mut center = Center::new();
    let (first, _) = center.call("customer-1");
    center.pass(seconds(1));
    let (second, second_leg) = center.call("customer-2");
    center.pass(seconds(1));
    let (third, third_leg) = center.call("customer-3");
    assert_eq!(positions(&center, third_leg), [3]);
    let conversation = center.core.call(third).expect("a live call").conversation;
    let fields = ConversationFields { priority: Some(Priority::Urgent), ..ConversationFields::default() };
    center.must(Command::UpdateConversation { conversation, fields });
    assert_eq!(positions(&center, third_leg), [3, 1]);
    assert_eq!(positions(&center, second_leg), [2, 3]);
    let agents = ["ann", "bob", "cid"].map(|name| center.free_agent(name));
    let states = [first, second, third].map(|call| center.state(call));
    assert_eq!(states, [CallState::Ringing; 3]);
    let calls = agents.map(|agent| center.core.leg(center.ringing(agent)).expect("rings").call);
    assert_eq!(calls, [third, first, second]);
}

#[test]
fn positions_move_up_when_a_caller_gives_up() {
    let mut center = Center::new();
    let (_, first) = center.call("customer-1");
    let (_, second) = center.call("customer-2");
    assert_eq!(positions(&center, second), [2]);
    center.must(Command::Hangup { leg: first });
    assert_eq!(positions(&center, second), [2, 1]);
}

#[test]
fn clk_04_a_link_to_an_agent_rings_only_there() {
    let mut center = Center::untouched();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    let to_bob = LinkDestination::Webrtc { identity: bob.to_string(), display_name: None };
    let link = center.link(5, to_bob, false);
    center.call_by(link, "customer-1");
    assert!(center.rings(bob), "also where the default queue does not assign");
    assert_eq!(center.voice(ann), VoiceStatus::Idle);
    let (second, _) = center.call_by(link, "customer-2");
    assert_eq!(center.state(second), CallState::Waiting, "it waits while bob is not free");
    let told = center.told_agent(bob);
    let queue = |message: &ServerMessage| match message {
        ServerMessage::IncomingCall(incoming) => Some(incoming.queue.clone()),
        _ => None,
    };
    assert_eq!(told.iter().find_map(queue), Some(None), "it did not come through a queue");
}

#[test]
fn a_declined_direct_call_ends_as_rejected() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let destination = LinkDestination::Webrtc { identity: agent.to_string(), display_name: None };
    let link = center.link(5, destination, false);
    let (call, leg) = center.call_by(link, "customer-1");
    center.decline(agent);
    assert_eq!(center.state(call), CallState::Ended);
    let code = |message: &ServerMessage| match message {
        ServerMessage::Hangup { code, .. } => Some(code.id),
        _ => None,
    };
    assert_eq!(center.told_customer(leg).iter().find_map(code), Some(10203));
    assert_eq!(center.voice(agent), VoiceStatus::Idle, "who did not answer has nothing to write up");
}

#[test]
fn a_round_that_all_passed_over_begins_again_without_the_last_one() {
    let mut center = Center::new();
    let agents: Vec<AgentId> = ["ann", "bob", "cid"].map(|name| center.free_agent(name)).into();
    center.call("customer-1");
    let mut rung = Vec::new();
    for _ in 0..7 {
        let agent = agents.iter().copied().find(|agent| center.rings(*agent)).expect("somebody rings");
        rung.push(agent);
        center.decline(agent);
        center.pass(seconds(1));
    }
    let [ann, bob, cid] = agents[..] else { panic!("three agents") };
    assert_eq!(rung, [ann, bob, cid, ann, bob, cid, ann]);
}

#[test]
fn an_agent_who_came_late_is_rung_before_those_who_declined() {
    let mut center = Center::new();
    let ann = center.free_agent("ann");
    center.call("customer-1");
    center.decline(ann);
    let bob = center.free_agent("bob");
    assert!(center.rings(bob));
    assert_eq!(center.voice(ann), VoiceStatus::Idle);
}

#[test]
fn the_only_agent_who_declined_is_rung_again_after_a_pause() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    center.call("customer-1");
    center.decline(agent);
    center.pass(RING_AGAIN_PAUSE - seconds(1));
    assert_eq!(center.voice(agent), VoiceStatus::Idle);
    center.pass(seconds(1));
    assert!(center.rings(agent));
}

#[test]
fn a_call_moves_with_its_conversation_to_another_queue() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let Reply::Queue(sales) = center.must(Command::CreateQueue(queue_fields("Sales", true))) else { panic!() };
    let default_queue: QueueId = center.core.default_queue();
    center.must(Command::UnlinkAgentQueue { agent, queue: default_queue });
    center.must(Command::LinkAgentQueue { agent, queue: sales.id });
    let (call, _) = center.call("customer-1");
    let conversation = center.core.call(call).expect("a live call").conversation;
    let fields = ConversationFields { queue: Some(sales.id), ..ConversationFields::default() };
    center.must(Command::UpdateConversation { conversation, fields });
    assert!(center.rings(agent));
}

#[test]
fn agents_of_a_queue_take_turns_where_it_asks_for_round_robin() {
    let mut center = Center::new();
    let agents = ["ann", "bob", "cid"].map(|name| center.free_agent(name));
    let queue = center.core.default_queue();
    let fields = NewQueue { is_default: true, algorithm: AssignmentAlgorithm::RoundRobin, ..queue_fields("All", true) };
    center.must(Command::UpdateQueue { queue, fields });
    let mut rung = Vec::new();
    for number in 0..5 {
        let (_, customer) = center.call(&format!("customer-{number}"));
        rung.push(agents.iter().position(|agent| center.rings(*agent)).expect("somebody rings"));
        center.must(Command::Hangup { leg: customer });
        if number == 2 {
            center.restart();
            agents.into_iter().for_each(|agent| center.open_page(agent));
        }
    }
    assert_eq!(rung, [0, 1, 2, 0, 1], "the turn goes round, over a restart too, though all are free equally long");
    let [ann, bob, cid] = agents;
    center.must(Command::SetStatus { agent: cid, status: AgentStatus::Away });
    center.call("customer-6");
    assert!(center.rings(ann), "after bob comes cid, who is away, and then ann");
    center.decline(ann);
    assert!(center.rings(bob), "who declined has had the turn");
}

/// A customer who talked with bob, and whose conversation is bob's; ann has been free for longer.
fn after_a_talk_with_bob(sticky: bool, sticky_days: Option<u32>) -> (Center, AgentId, AgentId) {
    let mut center = Center::new();
    let bob = center.free_agent("bob");
    let queue = center.core.default_queue();
    let fields = NewQueue { is_default: true, sticky, sticky_days, ..queue_fields("All", true) };
    center.must(Command::UpdateQueue { queue, fields });
    let talk = center.talk("customer-1", bob);
    let ann = center.free_agent("ann");
    center.must(Command::Hangup { leg: talk.customer });
    center.must(Command::ClearWrapUp { agent: bob });
    (center, ann, bob)
}

#[test]
fn a_customer_who_returns_reaches_the_agent_of_the_conversation_first_where_the_queue_asks_for_it() {
    let (mut center, ann, _) = after_a_talk_with_bob(false, None);
    center.call("customer-1");
    assert!(center.rings(ann), "without the setting, who is free longest is rung");

    let (mut center, ann, bob) = after_a_talk_with_bob(true, None);
    let (_, other) = center.call("customer-2");
    assert!(center.rings(ann), "others have no such agent");
    center.must(Command::Hangup { leg: other });
    center.call("customer-1");
    assert!(center.rings(bob));
    center.decline(bob);
    assert!(center.rings(ann), "who declined is passed over as ever");
}

#[test]
fn who_handled_a_customer_is_not_waited_for_and_is_forgotten_in_time() {
    let (mut center, ann, bob) = after_a_talk_with_bob(true, None);
    center.must(Command::SetStatus { agent: bob, status: AgentStatus::Away });
    center.call("customer-1");
    assert!(center.rings(ann), "bob is not free");

    let day = Duration::from_hours(24);
    for (wait, reaches_bob) in [(2 * day - seconds(60), true), (2 * day + seconds(60), false)] {
        let (mut center, ann, bob) = after_a_talk_with_bob(true, Some(2));
        center.pass(wait);
        let link = center.link(77, LinkDestination::Conversations { display_name: None }, false);
        center.call_by(link, "customer-1");
        assert_eq!((center.rings(bob), center.rings(ann)), (reaches_bob, !reaches_bob), "{wait:?}");
    }
}

#[test]
fn the_familiar_agent_is_known_after_a_restart() {
    let (mut center, ann, bob) = after_a_talk_with_bob(true, None);
    for agent in [ann, bob] {
        center.close_page(agent);
    }
    let (_, leg) = center.call("customer-1");
    center.restart();
    center.open_page(ann);
    center.open_page(bob);
    center.must(Command::PageBack { leg });
    assert!(center.rings(bob));
}
