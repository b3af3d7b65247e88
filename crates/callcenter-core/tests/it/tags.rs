//! Tags, free values, routing again, and what the log says of them.

use crate::center::Center;
use callcenter_core::command::{Command, CommandError, ConversationFields, Reply};
use callcenter_core::event::{Author, Event};
use callcenter_core::row::{ConversationRow, ConversationStatus, Priority};
use model::{AgentId, ConversationId, UserId};
use serde_json::{Value, json};

fn made(center: &mut Center, fields: ConversationFields) -> ConversationRow {
    let Reply::Conversation(row) = center.must(Command::CreateConversation(fields)) else { panic!("a conversation") };
    *row
}

fn tag(center: &mut Center, name: &str) {
    center.must(Command::CreateTag { name: name.to_owned() });
}

fn tagged(conversation: ConversationId, name: &str) -> Command {
    Command::TagConversation { conversation, name: name.to_owned() }
}

fn values(value: Value) -> serde_json::Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

#[test]
fn tags_are_made_once_and_carried_until_they_are_deleted() {
    let mut center = Center::new();
    let conversation = made(&mut center, ConversationFields::default()).id;
    let unknown = center.try_command(tagged(conversation, "vip"));
    assert_eq!(unknown, Err(CommandError::UnknownTag("vip".to_owned())));
    tag(&mut center, "vip");
    tag(&mut center, "late.2_x");
    let twice = center.try_command(Command::CreateTag { name: "vip".to_owned() });
    assert_eq!(twice, Err(CommandError::Conflict("Tag already exists.".to_owned())));
    for wrong in ["", "two words", "a-b", &"x".repeat(101)] {
        let refused = center.try_command(Command::CreateTag { name: wrong.to_owned() });
        assert!(matches!(refused, Err(CommandError::Invalid { field: "name", .. })), "{wrong:?}: {refused:?}");
    }
    center.forget();
    center.must(tagged(conversation, "vip"));
    center.must(tagged(conversation, "late.2_x"));
    center.must(tagged(conversation, "vip"));
    assert_eq!(center.changes_logged().len(), 2, "carrying it already is no change");
    assert_eq!(center.core.tag_names(conversation), ["late.2_x", "vip"]);
    center.restart();
    assert_eq!(center.core.tag_names(conversation), ["late.2_x", "vip"]);

    center.must(Command::UntagConversation { conversation, name: "vip".to_owned() });
    let again = center.try_command(Command::UntagConversation { conversation, name: "vip".to_owned() });
    assert_eq!(again, Err(CommandError::UnknownTag("vip".to_owned())));
    center.must(Command::DeleteTag { name: "late.2_x".to_owned() });
    assert_eq!(center.core.tag_names(conversation), [""; 0]);
    center.restart();
    assert_eq!(center.core.tag_names(conversation), [""; 0]);
}

#[test]
fn free_values_are_replaced_merged_and_removed() {
    let mut center = Center::new();
    let conversation = made(&mut center, ConversationFields::default()).id;
    let set = |value: Value, merge: bool| Command::SetMetadata { conversation, values: values(value), merge };
    center.must(set(json!({"order": 1, "vip": true}), false));
    center.must(set(json!({"order": 2, "vip": null, "shop": "a"}), true));
    assert_eq!(center.core.metadata(conversation), Some(&values(json!({"order": 2, "shop": "a"}))));
    center.restart();
    center.must(set(json!({"only": 1}), false));
    assert_eq!(center.core.metadata(conversation), Some(&values(json!({"only": 1}))));
    let refused = center.try_command(set(json!({"long": "x".repeat(20_000)}), true));
    assert!(matches!(refused, Err(CommandError::LimitReached { .. })), "{refused:?}");
    center.must(Command::ClearMetadata(conversation));
    assert_eq!(center.core.metadata(conversation), None);
}

#[test]
fn a_closed_conversation_takes_neither() {
    let mut center = Center::new();
    let fields = ConversationFields { status: Some(ConversationStatus::Closed), ..ConversationFields::default() };
    tag(&mut center, "vip");
    let conversation = made(&mut center, fields).id;
    let set = Command::SetMetadata { conversation, values: values(json!({"a": 1})), merge: false };
    let untagged = Command::UntagConversation { conversation, name: "vip".to_owned() };
    let route = Command::RouteConversation(conversation);
    for command in [tagged(conversation, "vip"), untagged, set, Command::ClearMetadata(conversation), route] {
        assert_eq!(center.try_command(command), Err(CommandError::ConversationClosed));
    }
}

#[test]
fn the_log_says_what_changed_and_who_did_it() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let row = made(&mut center, ConversationFields { topic: Some("Invoice".to_owned()), ..Default::default() });
    assert_eq!(center.changes_logged(), [], "what it was made with is no change");
    center.forget();
    let fields = ConversationFields {
        topic: Some("Refund".to_owned()),
        summary: Some(String::new()),
        status: Some(ConversationStatus::Waiting),
        priority: Some(Priority::High),
        agent: Some(Some(agent)),
        queue: None,
    };
    let author = Author::Supervisor { user: UserId::of(7) };
    let command = Box::new(Command::UpdateConversation { conversation: row.id, fields: fields.clone() });
    center.must(Command::By { author, command });
    let changes = [
        Event::ConversationStatusChanged { status: ConversationStatus::Waiting },
        Event::ConversationPriorityChanged { priority: Priority::High },
        Event::ConversationAssigned { agent: Some(agent) },
        Event::ConversationTopicChanged,
    ];
    assert_eq!(center.changes_logged(), changes);
    assert!(center.events.iter().all(|record| record.author == Some(author)));
    center.forget();
    center.must(Command::UpdateConversation { conversation: row.id, fields });
    assert_eq!(center.changes_logged(), [], "the same again is no change");
}

#[test]
fn routing_again_takes_the_assignee_away() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let row = made(&mut center, ConversationFields { agent: Some(Some(agent)), ..Default::default() });
    let queue = center.core.default_queue();
    assert_eq!(center.core.route_of(row.id, center.now).map(|route| route.queue), Some(queue));
    let Reply::Conversation(routed) = center.must(Command::RouteConversation(row.id)) else { panic!() };
    assert_eq!((routed.agent, routed.queue), (None::<AgentId>, Some(queue)));
}

#[test]
fn a_conversation_whose_call_is_with_an_agent_is_not_routed_again() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    let conversation = center.core.call(talk.call).expect("live").conversation;
    let refused = center.try_command(Command::RouteConversation(conversation));
    assert!(matches!(refused, Err(CommandError::Conflict(_))), "{refused:?}");
}
