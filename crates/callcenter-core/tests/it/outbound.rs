//! An agent calls a customer whose page is connected (OUT-01..08, MKC-07..16).

use crate::center::{Center, both_ways, only_music, seconds};
use callcenter_core::command::{Command, CommandError, NewOutboundCall, OutboundCommand, Reply};
use callcenter_core::event::Event;
use callcenter_core::row::{CallState, ConversationStatus};
use model::{AgentId, CallDirection, CallId, CallMedia, ConversationId, EndedBy, LegId, RecordingMedia, VoiceStatus};
use std::collections::BTreeMap;
use wire::browser::{LegPhase, RingEnd, ServerMessage};
use wire::engine::Playlist;
use wire::prompt::RINGBACK;

/// Ann has called and it rings at the customer.
struct Outbound {
    center: Center,
    ann: AgentId,
    call: CallId,
    conversation: ConversationId,
    customer: LegId,
    agent: LegId,
}

fn open(center: &mut Center, agent: AgentId, identity: &str) -> Result<ConversationId, CommandError> {
    let command = Command::Outbound(OutboundCommand::Open { agent, identity: identity.to_owned() });
    match center.try_command(command)? {
        Reply::Conversation(row) => Ok(row.id),
        other => panic!("{other:?}"),
    }
}

fn outbound_of(agent: AgentId, conversation: ConversationId) -> NewOutboundCall {
    let custom_data = BTreeMap::from([("order".to_owned(), "4711".to_owned())]);
    NewOutboundCall { agent, conversation, reachable: true, media: CallMedia::Audio, custom_data }
}

fn place(call: NewOutboundCall) -> Command {
    Command::Outbound(OutboundCommand::Place(call))
}

fn accept(leg: LegId) -> Command {
    Command::Outbound(OutboundCommand::Accept { leg })
}

impl Outbound {
    fn begin() -> Self {
        let mut center = Center::new();
        center.record(RecordingMedia::Audio);
        let ann = center.free_agent("ann");
        let conversation = open(&mut center, ann, "customer-1").expect("a conversation");
        center.forget();
        let reply = center.must(place(outbound_of(ann, conversation)));
        let Reply::CallStarted { call, leg: agent } = reply else { panic!("{reply:?}") };
        let customer = center.core.leg_of_identity("customer-1").expect("the customer's leg");
        Self { center, ann, call: call.id, conversation, customer, agent }
    }

    fn talk() -> Self {
        let mut outbound = Self::begin();
        outbound.center.connect(outbound.agent);
        outbound.center.pass(seconds(7));
        outbound.center.must(accept(outbound.customer));
        outbound.center.connect(outbound.customer);
        assert_eq!(outbound.state(), CallState::Established);
        outbound
    }

    fn state(&self) -> CallState {
        self.center.state(self.call)
    }

    /// The code that the agent's page is told, and who ended it.
    fn told(&self) -> Option<(u32, EndedBy)> {
        self.center.told_agent(self.ann).into_iter().find_map(|message| match message {
            ServerMessage::Hangup { leg, code, ended_by, .. } if leg == self.agent => Some((code.id, ended_by)),
            _ => None,
        })
    }

    fn rings_no_more(&self) -> Option<RingEnd> {
        self.center.told_customer(self.customer).into_iter().find_map(|message| match message {
            ServerMessage::IncomingCallGone { reason, .. } => Some(reason),
            _ => None,
        })
    }

    /// It is over without an answer: the agent is free at once.
    fn assert_came_to_nothing(&self, code: u32, ended_by: EndedBy) {
        assert_eq!((self.state(), self.told()), (CallState::Ended, Some((code, ended_by))));
        assert_eq!(self.center.voice(self.ann), VoiceStatus::Idle, "no wrap-up follows");
        assert_eq!(self.center.core.leg_of_identity("customer-1"), None);
        assert_eq!(self.center.logged().last(), Some(&Event::CallEnded { ended_by, duration_ms: 0, code }));
    }
}

#[test]
fn the_customers_page_rings_and_the_agent_hears_it() {
    let mut outbound = Outbound::begin();
    let told = outbound.center.told_customer(outbound.customer);
    let [ServerMessage::IncomingCall(incoming)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((incoming.from.display_name.as_str(), incoming.direction), ("ann", CallDirection::Outbound));
    assert_eq!((incoming.rings_for_ms, &incoming.queue), (45_000, &None));
    assert_eq!(incoming.custom_data["order"], "4711");
    let ringing = ServerMessage::Ringing { leg: outbound.agent };
    assert!(outbound.center.told_agent(outbound.ann).contains(&ringing));
    assert_eq!(outbound.center.voice(outbound.ann), VoiceStatus::InCall);
    assert_eq!(outbound.center.logged(), [Event::CallStarted { direction: CallDirection::Outbound }]);
    assert_eq!(outbound.center.engine(), [], "the agent's media is not up yet");
    outbound.center.connect(outbound.agent);
    let ringback = only_music(outbound.call, outbound.agent, Playlist::looped(RINGBACK));
    assert_eq!(outbound.center.engine(), [ringback]);
    let (_, waiting) = outbound.center.call("somebody-else");
    assert!(outbound.center.core.leg(waiting).is_some(), "who calls meanwhile waits");
    assert_eq!(outbound.center.voice(outbound.ann), VoiceStatus::InCall);
}

#[test]
fn answered_it_is_a_call_as_any_other() {
    let mut outbound = Outbound::talk();
    let Outbound { ann, call, customer, agent, .. } = outbound;
    let center = &mut outbound.center;
    assert!(center.engine().contains(&both_ways(call, customer, agent)));
    assert_eq!(center.recorder().len(), 2, "both are recorded");
    assert!(center.logged().contains(&Event::CallAnswered { agent: ann, waiting_ms: 7_000 }));
    for told in [center.told_customer(customer), center.told_agent(ann)] {
        assert!(told.iter().any(|message| matches!(message, ServerMessage::Established { recording: true, .. })));
    }
    center.must(Command::Hold { leg: agent });
    center.must(Command::Resume { leg: agent });
    center.pass(seconds(60));
    center.must(Command::Hangup { leg: customer });
    assert_eq!(outbound.told(), Some((10_000, EndedBy::Customer)));
    assert_eq!(outbound.center.voice(outbound.ann), VoiceStatus::Wrapping);
}

#[test]
fn it_can_be_handed_over() {
    let mut outbound = Outbound::talk();
    let bob = outbound.center.free_agent("bob");
    outbound.center.must(Command::TransferToAgent { leg: outbound.agent, to: bob });
    let leg = outbound.center.accept(bob);
    outbound.center.connect(leg);
    assert_eq!(
        (outbound.state(), outbound.center.voice(outbound.ann)),
        (CallState::Established, VoiceStatus::Wrapping)
    );
    outbound.center.must(Command::TransferToQueue { leg, to: None });
    let cat = outbound.center.free_agent("cat");
    outbound.center.decline(cat);
    assert_eq!(outbound.state(), CallState::Waiting, "who was called waits as any other then");
}

#[test]
fn declined_it_ends_and_the_agent_is_free() {
    for by_hangup in [false, true] {
        let mut outbound = Outbound::begin();
        let leg = outbound.customer;
        outbound.center.must(if by_hangup {
            Command::Hangup { leg }
        } else {
            Command::Outbound(OutboundCommand::Decline { leg })
        });
        outbound.assert_came_to_nothing(10_203, EndedBy::Customer);
        assert_eq!(outbound.rings_no_more(), Some(RingEnd::Declined));
    }
}

#[test]
fn not_answered_it_ends_after_the_ring_time_for_customers() {
    let mut outbound = Outbound::begin();
    outbound.center.connect(outbound.agent);
    outbound.center.pass(seconds(44));
    assert_eq!(outbound.state(), CallState::Ringing);
    outbound.center.pass(seconds(1));
    outbound.assert_came_to_nothing(10_200, EndedBy::Platform);
    assert_eq!(outbound.rings_no_more(), Some(RingEnd::NoAnswer));
    let leg = outbound.customer;
    let late = outbound.center.try_command(accept(leg));
    assert_eq!(late, Err(CommandError::UnknownLeg(leg)));
}

#[test]
fn the_agent_may_give_it_up() {
    let mut outbound = Outbound::begin();
    outbound.center.must(Command::Hangup { leg: outbound.agent });
    outbound.assert_came_to_nothing(10_202, EndedBy::Agent);
    assert_eq!(outbound.rings_no_more(), Some(RingEnd::Cancelled));
}

#[test]
fn without_the_agents_media_or_page_it_ends() {
    let mut refused = Outbound::begin();
    refused.center.must(Command::LegRefused { leg: refused.agent, reason: "no".to_owned() });
    refused.assert_came_to_nothing(10_103, EndedBy::Agent);
    let mut never = Outbound::begin();
    never.center.pass(seconds(20));
    never.assert_came_to_nothing(10_308, EndedBy::Agent);
    let mut gone = Outbound::begin();
    gone.center.connect(gone.agent);
    gone.center.close_page(gone.ann);
    gone.center.pass(seconds(30));
    gone.assert_came_to_nothing(10_308, EndedBy::Agent);
}

#[test]
fn it_goes_on_ringing_through_reloads_and_restarts() {
    let mut outbound = Outbound::begin();
    outbound.center.connect(outbound.agent);
    outbound.center.must(Command::PageLost { leg: outbound.customer });
    outbound.center.pass(seconds(20));
    outbound.center.restart();
    outbound.center.must(Command::PageBack { leg: outbound.customer });
    let snapshot = outbound.center.core.leg_snapshot(outbound.customer, outbound.center.now).expect("live");
    assert_eq!(snapshot.phase, LegPhase::Ringing);
    assert_eq!(snapshot.incoming.map(|incoming| incoming.rings_for_ms), Some(25_000));
    outbound.center.forget();
    outbound.center.open_page(outbound.ann);
    let ringback = only_music(outbound.call, outbound.agent, Playlist::looped(RINGBACK));
    assert_eq!(outbound.center.engine(), [ringback], "said again: the engine may have missed it");
    outbound.center.must(accept(outbound.customer));
    outbound.center.connect(outbound.customer);
    assert_eq!(outbound.state(), CallState::Established);
    let mut unanswered = Outbound::begin();
    unanswered.center.connect(unanswered.agent);
    unanswered.center.restart();
    unanswered.center.open_page(unanswered.ann);
    unanswered.center.pass(seconds(44));
    assert_eq!(unanswered.state(), CallState::Ringing);
    unanswered.center.pass(seconds(1));
    unanswered.assert_came_to_nothing(10_200, EndedBy::Platform);
}

#[test]
fn each_refusal_says_what_is_in_the_way() {
    let mut outbound = Outbound::begin();
    let Outbound { ann, conversation, .. } = outbound;
    let center = &mut outbound.center;
    let refused = |center: &mut Center, call| center.try_command(place(call)).expect_err("refused");
    assert_eq!(refused(center, outbound_of(ann, conversation)), CommandError::AgentBusy);
    let bob = center.free_agent("bob");
    let taken = open(center, bob, "customer-1").expect_err("it is Ann's").to_string();
    assert!(taken.starts_with("ann has an open conversation"), "{taken}");
    assert!(refused(center, outbound_of(bob, conversation)).to_string().contains("not the agent's"));
    let other = open(center, bob, "customer-2").expect("a conversation");
    let gone = NewOutboundCall { reachable: false, ..outbound_of(bob, other) };
    assert_eq!(refused(center, gone), CommandError::CustomerUnreachable);
    center.call("customer-2");
    let busy = refused(center, outbound_of(bob, other));
    assert!(matches!(busy, CommandError::CallExists | CommandError::AgentBusy), "{busy:?}");
    let unknown = ConversationId::of(9);
    assert_eq!(refused(center, outbound_of(bob, unknown)), CommandError::UnknownConversation(unknown));
    assert!(matches!(open(center, ann, "ab"), Err(CommandError::Invalid { field: "to", .. })));
    let nobody = AgentId::of(9);
    assert_eq!(open(center, nobody, "customer-3"), Err(CommandError::UnknownAgent(nobody)));
}

#[test]
fn an_agent_who_wraps_up_ends_that_first() {
    let mut outbound = Outbound::talk();
    outbound.center.must(Command::Hangup { leg: outbound.agent });
    let again = outbound_of(outbound.ann, outbound.conversation);
    let refused = outbound.center.try_command(place(again.clone()));
    assert_eq!(refused, Err(CommandError::WrappingUp));
    outbound.center.must(Command::ClearWrapUp { agent: outbound.ann });
    outbound.center.must(place(again));
}

#[test]
fn the_customers_open_conversation_is_continued() {
    let mut center = Center::new();
    let (ann, bob) = (center.agent("ann"), center.agent("bob"));
    let first = open(&mut center, ann, "customer-1").expect("a conversation");
    assert_eq!(open(&mut center, ann, "customer-1"), Ok(first));
    let row = center.core.conversation(first).expect("open");
    assert_eq!((row.agent, row.queue), (Some(ann), Some(center.core.default_queue())));
    let solved =
        callcenter_core::command::ConversationFields { status: Some(ConversationStatus::Solved), ..Default::default() };
    center.must(Command::UpdateConversation { conversation: first, fields: solved });
    assert_eq!(open(&mut center, bob, "customer-1"), Ok(first), "what is solved may be taken up by another");
    assert_eq!(center.core.conversation(first).map(|row| row.status), Some(ConversationStatus::Open));
}

#[test]
fn its_conversation_is_not_routed_away_from_the_agent_who_calls() {
    let mut outbound = Outbound::begin();
    let conversation = outbound.conversation;
    let routed = outbound.center.try_command(Command::RouteConversation(conversation));
    assert!(matches!(routed, Err(CommandError::Conflict(_))), "{routed:?}");
    let agent = outbound.center.core.conversation(conversation).and_then(|row| row.agent);
    assert_eq!(agent, Some(outbound.ann));
    outbound.center.must(Command::Hangup { leg: outbound.agent });
    outbound.center.must(Command::RouteConversation(conversation));
}

#[test]
fn a_clock_that_is_set_does_not_change_how_long_it_rings() {
    for by in [-7_200_000, 7_200_000] {
        let mut outbound = Outbound::begin();
        outbound.center.connect(outbound.agent);
        outbound.center.pass(seconds(5));
        outbound.center.now.wall.0 += by;
        let snapshot = outbound.center.core.leg_snapshot(outbound.customer, outbound.center.now).expect("live");
        assert_eq!(snapshot.incoming.map(|incoming| incoming.rings_for_ms), Some(40_000), "set by {by} ms");
        outbound.center.pass(seconds(39));
        assert_eq!(outbound.state(), CallState::Ringing);
        outbound.center.pass(seconds(1));
        outbound.assert_came_to_nothing(10_200, EndedBy::Platform);
    }
}
