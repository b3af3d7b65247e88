//! Queues.

use crate::center::{Center, queue_fields};
use callcenter_core::command::{Command, CommandError, ConversationFields, NewQueue, Reply};
use model::QueueId;

#[test]
fn names_are_unique_and_the_default_queue_stays() {
    let mut center = Center::new();
    let default_queue = center.core.default_queue();
    let Reply::Queue(sales) = center.must(Command::CreateQueue(queue_fields("Sales", false))) else { panic!() };
    let second_default = NewQueue { is_default: true, ..queue_fields("Other", false) };
    let unset_default = queue_fields("Default Queue", false);
    let conflicts = [
        Command::CreateQueue(queue_fields("Sales", true)),
        Command::CreateQueue(second_default.clone()),
        Command::UpdateQueue { queue: sales.id, fields: second_default },
        Command::UpdateQueue { queue: default_queue, fields: unset_default },
        Command::UpdateQueue { queue: sales.id, fields: queue_fields("Default Queue", false) },
        Command::DeleteQueue(default_queue),
    ];
    for command in conflicts {
        let told = format!("{command:?}");
        assert!(matches!(center.try_command(command), Err(CommandError::Conflict(_))), "{told}");
    }
    let unknown = QueueId::of(4);
    assert_eq!(center.try_command(Command::DeleteQueue(unknown)), Err(CommandError::UnknownQueue(unknown)));
}

#[test]
fn calls_of_a_deleted_queue_go_to_the_default_queue() {
    let mut center = Center::new();
    let Reply::Queue(sales) = center.must(Command::CreateQueue(queue_fields("Sales", true))) else { panic!() };
    let agent = center.agent("ann");
    center.must(Command::LinkAgentQueue { agent, queue: sales.id });
    let (call, _) = center.call("customer-1");
    let conversation = center.core.call(call).expect("a live call").conversation;
    let fields = ConversationFields { queue: Some(sales.id), ..ConversationFields::default() };
    center.must(Command::UpdateConversation { conversation, fields });
    center.must(Command::DeleteQueue(sales.id));
    let default_queue = center.core.default_queue();
    assert_eq!(center.core.call(call).expect("a live call").queue, default_queue);
    assert_eq!(center.core.conversation(conversation).expect("open").queue, Some(default_queue));
    assert_eq!(center.row(agent).queues, [default_queue]);
    let refused = center.try_command(Command::LinkAgentQueue { agent, queue: sales.id });
    assert_eq!(refused, Err(CommandError::UnknownQueue(sales.id)));
    center.must(Command::CreateQueue(queue_fields("Sales", true)));
}
