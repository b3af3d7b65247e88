//! Conversations, their notes, and the log that is their timeline.

use crate::center::{Center, seconds};
use callcenter_core::command::{Command, CommandError, ConversationFields, Reply};
use callcenter_core::event::Event;
use callcenter_core::row::{ConversationRow, ConversationStatus, NoteKind};
use model::{CallDirection, ConversationId, EndedBy};
use wire::browser::ServerMessage;

fn status(status: ConversationStatus) -> ConversationFields {
    ConversationFields { status: Some(status), ..ConversationFields::default() }
}

fn created(center: &mut Center) -> ConversationRow {
    let fields = ConversationFields { topic: Some("Roof".to_owned()), ..ConversationFields::default() };
    match center.must(Command::CreateConversation(fields)) {
        Reply::Conversation(row) => *row,
        other => panic!("{other:?}"),
    }
}

#[test]
fn inb_06_and_wrp_17_a_call_joins_the_customers_open_conversation() {
    let mut center = Center::new();
    let (first, leg) = center.call("customer-1");
    let conversation = center.core.call(first).expect("a live call").conversation;
    center.must(Command::Hangup { leg });
    center.must(Command::UpdateConversation { conversation, fields: status(ConversationStatus::Solved) });
    let (second, leg) = center.call("customer-1");
    assert_eq!(center.core.call(second).expect("a live call").conversation, conversation);
    assert_eq!(center.core.conversation(conversation).expect("open").status, ConversationStatus::Open);
    center.must(Command::Hangup { leg });
    center.must(Command::UpdateConversation { conversation, fields: status(ConversationStatus::Closed) });
    let (third, _) = center.call("customer-1");
    assert_ne!(center.core.call(third).expect("a live call").conversation, conversation, "WRP-16: closed is over");
    let (other, _) = center.call("customer-2");
    let rows = [third, other].map(|call| center.core.call(call).expect("a live call"));
    assert_ne!(rows[0].conversation, rows[1].conversation);
    assert_ne!(rows[0].customer, rows[1].customer);
}

#[test]
fn a_closed_conversation_never_changes() {
    let mut center = Center::new();
    let conversation = created(&mut center).id;
    let closing = Command::UpdateConversation { conversation, fields: status(ConversationStatus::Closed) };
    let Reply::Conversation(row) = center.must(closing.clone()) else { panic!() };
    assert_eq!(row.closed_at, Some(center.now.wall));
    let note = Command::AddNote { conversation, agent: None, kind: NoteKind::Internal, content: "late".to_owned() };
    for command in [closing, note] {
        assert_eq!(center.try_command(command), Err(CommandError::ConversationClosed));
    }
    let unknown = ConversationId::of(5);
    let refused = center.try_command(Command::UpdateConversation { conversation: unknown, fields: Default::default() });
    assert_eq!(refused, Err(CommandError::UnknownConversation(unknown)));
}

#[test]
fn a_conversation_with_a_live_call_cannot_be_closed() {
    let mut center = Center::new();
    let (call, _) = center.call("customer-1");
    let conversation = center.core.call(call).expect("a live call").conversation;
    let refused =
        center.try_command(Command::UpdateConversation { conversation, fields: status(ConversationStatus::Closed) });
    assert!(matches!(refused, Err(CommandError::Conflict(_))));
}

#[test]
fn fields_are_set_one_by_one_and_checked() {
    let mut center = Center::new();
    let agent = center.agent("ann");
    let row = created(&mut center);
    assert_eq!((row.channel.as_str(), row.status), ("NO_CHANNEL", ConversationStatus::Open));
    let conversation = row.id;
    let fields = ConversationFields { agent: Some(Some(agent)), ..ConversationFields::default() };
    let Reply::Conversation(row) = center.must(Command::UpdateConversation { conversation, fields }) else { panic!() };
    assert_eq!((row.topic.as_deref(), row.agent), (Some("Roof"), Some(agent)));
    let changed = ServerMessage::ConversationChanged { conversation };
    assert!(center.told_agent(agent).contains(&changed));
    center.forget();
    let fields = ConversationFields { agent: Some(None), ..ConversationFields::default() };
    let Reply::Conversation(row) = center.must(Command::UpdateConversation { conversation, fields }) else { panic!() };
    assert_eq!(row.agent, None);
    assert!(center.told_agent(agent).contains(&changed), "who loses it is told too");
    let fields = ConversationFields { topic: Some("x".repeat(1_001)), ..ConversationFields::default() };
    let refused = center.try_command(Command::UpdateConversation { conversation, fields });
    assert!(matches!(refused, Err(CommandError::Invalid { field: "topic", .. })));
}

#[test]
fn notes_are_kept_and_told_to_the_assignee() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    let conversation = center.core.call(talk.call).expect("a live call").conversation;
    center.forget();
    let content = "calls back on Monday".to_owned();
    let Reply::Note(note) =
        center.must(Command::AddNote { conversation, agent: Some(agent), kind: NoteKind::Internal, content })
    else {
        panic!()
    };
    assert_eq!(note.content, "calls back on Monday");
    assert_eq!(center.logged(), [Event::NoteAdded { note: note.id, agent: Some(agent) }]);
    assert!(center.told_agent(agent).contains(&ServerMessage::ConversationChanged { conversation }));
    for wrong in [String::new(), " ".to_owned(), "x".repeat(4_001)] {
        let refused = center.try_command(Command::AddNote {
            conversation,
            agent: None,
            kind: NoteKind::Internal,
            content: wrong,
        });
        assert!(matches!(refused, Err(CommandError::Invalid { field: "content", .. })));
    }
}

#[test]
fn the_agent_who_answers_becomes_the_assignee() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let (call, _) = center.call("customer-1");
    let conversation = center.core.call(call).expect("a live call").conversation;
    assert_eq!(center.core.conversation(conversation).expect("open").agent, None);
    center.accept(agent);
    assert_eq!(center.core.conversation(conversation).expect("open").agent, Some(agent));
}

#[test]
fn evt_01_02_04_and_07_the_timeline_of_a_call_is_logged() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    center.general_link();
    center.forget();
    let (call, _) = center.call("customer-1");
    center.pass(seconds(4));
    let leg = center.accept(agent);
    center.connect(leg);
    center.pass(seconds(90));
    center.must(Command::Hangup { leg });
    let logged = center.logged();
    let expected = [
        Event::ConversationCreated,
        Event::CallStarted { direction: CallDirection::Inbound },
        Event::CallRinging { agent, leg },
        Event::CallAnswered { agent, waiting_ms: 4_000 },
        Event::CallEnded { ended_by: EndedBy::Agent, duration_ms: 90_000, code: 10000 },
        Event::WrapUpStarted { agent },
    ];
    assert_eq!(logged, expected);
    let of_call = center.events.iter().filter(|record| record.call == Some(call)).count();
    assert_eq!(of_call, 5, "all but the conversation's own name their call");
    let sequences: Vec<u64> = center.events.iter().map(|record| record.sequence).collect();
    assert!(sequences.windows(2).all(|pair| pair[1] == pair[0] + 1));
    let at = |of: fn(&Event) -> bool| center.events.iter().find(|record| of(&record.event)).expect("logged").at;
    let started = at(|event| matches!(event, Event::CallStarted { .. }));
    assert_eq!(at(|event| matches!(event, Event::CallAnswered { .. })).since(started), seconds(4));
    let queue = Some(center.core.default_queue());
    let moved = [Event::ConversationQueueChanged { queue }, Event::ConversationAssigned { agent: Some(agent) }];
    assert_eq!(center.changes_logged(), moved);
}
