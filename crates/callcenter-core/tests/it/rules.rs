//! Routing rules: which queue a call comes to.

use crate::center::{Center, new_call, queue_fields, seconds};
use callcenter_core::command::{Command, CommandError, NewCall, NewRule, Reply};
use callcenter_core::row::{CallState, DayHours, LinkDestination, Priority, WorkingHoursRow};
use model::{CallId, CallMedia, QueueId, WorkingHoursId};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn queue(center: &mut Center, name: &str) -> QueueId {
    match center.must(Command::CreateQueue(queue_fields(name, true))) {
        Reply::Queue(row) => row.id,
        other => panic!("{other:?}"),
    }
}

fn rule(queue: QueueId, expression: Value) -> NewRule {
    NewRule { name: None, queue, priority: Priority::Normal, enabled: true, only_within_hours: false, expression }
}

fn call_with(center: &mut Center, identity: &str, data: &[(&str, &str)]) -> CallId {
    let link = center.general_link();
    let custom_data: BTreeMap<_, _> =
        data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    match center.must(Command::StartCall(NewCall { custom_data, ..new_call(link, identity) })) {
        Reply::CallStarted { call, .. } => call.id,
        other => panic!("{other:?}"),
    }
}

fn queue_of(center: &Center, call: CallId) -> QueueId {
    center.core.call(call).expect("a live call").queue
}

#[test]
fn the_first_rule_that_holds_gives_queue_and_priority() {
    let mut center = Center::new();
    let (sales, support) = (queue(&mut center, "Sales"), queue(&mut center, "Support"));
    let croatia = json!({"customer.country": {"$eq": "HR"}});
    center.must(Command::ReplaceRules(vec![
        NewRule { enabled: false, ..rule(support, croatia.clone()) },
        NewRule { priority: Priority::Urgent, ..rule(sales, croatia) },
        rule(support, json!({"customer.country": {"$in": ["HR", "SI"]}})),
    ]));
    let first = call_with(&mut center, "customer-1", &[("country", "HR")]);
    let second = call_with(&mut center, "customer-2", &[("country", "SI")]);
    let third = call_with(&mut center, "customer-3", &[]);
    let queues = [first, second, third].map(|call| queue_of(&center, call));
    assert_eq!(queues, [sales, support, center.core.default_queue()]);
    let conversations = [first, second, third].map(|call| {
        let row = center.core.call(call).expect("a live call");
        center.core.conversation(row.conversation).expect("open").clone()
    });
    assert_eq!(conversations.clone().map(|row| row.queue), queues.map(Some));
    assert_eq!(conversations.map(|row| row.priority), [Priority::Urgent, Priority::Normal, Priority::Normal]);
}

#[test]
fn a_routed_call_rings_at_the_agents_of_its_queue() {
    let mut center = Center::new();
    let sales = queue(&mut center, "Sales");
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    center.must(Command::LinkAgentQueue { agent: bob, queue: sales });
    center.must(Command::ReplaceRules(vec![rule(sales, json!({"message.channel": "CALLS"}))]));
    call_with(&mut center, "customer-1", &[]);
    assert!(center.rings(bob) && !center.rings(ann));
}

#[test]
fn rules_ask_for_what_a_call_knows() {
    let mut center = Center::new();
    let sales = queue(&mut center, "Sales");
    let link = center.general_link();
    let known = [
        json!({"customer.identity": "customer-1"}),
        json!({"message.sender": {"$eq": "customer-1"}}),
        json!({"customer.displayName": "CUSTOMER-1"}),
        json!({"call.link": link.to_string()}),
        json!({"call.media": "VIDEO"}),
        json!({"customData.orders": {"$gt": 9}}),
        json!({"customer.orders": {"$lt": 11}}),
        json!({"conversation.priority": "NORMAL"}),
        // The tests' noon is on Friday, 15 January 2027, at 8:00 UTC.
        json!({"time.day": {"$nin": ["SATURDAY", "SUNDAY"]}, "time.hour": {"$gte": 8, "$lt": 9}}),
    ];
    for expression in known {
        center.must(Command::ReplaceRules(vec![rule(sales, expression.clone())]));
        let call = call_with(&mut center, "customer-1", &[("orders", "10")]);
        assert_eq!(queue_of(&center, call), sales, "{expression}");
        let leg = center.core.legs_of(call).next().expect("the customer's leg").id;
        center.must(Command::Hangup { leg });
    }
}

#[test]
fn a_rule_within_hours_is_passed_over_outside_of_them() {
    let mut center = Center::new();
    let (day, night) = (queue(&mut center, "Day"), queue(&mut center, "Night"));
    let closed = WorkingHoursRow {
        id: WorkingHoursId::of(1),
        name: "Never".to_owned(),
        timezone: "Europe/Zagreb".to_owned(),
        message: String::new(),
        week: [DayHours::default(); 7],
        enabled: true,
        is_default: false,
        close_conversations: false,
        away_message_every_period: false,
        holidays: Vec::new(),
        created_at: center.now.wall,
        updated_at: center.now.wall,
    };
    center.must(Command::PutWorkingHours(closed.clone()));
    let fields = callcenter_core::command::NewQueue { working_hours: Some(closed.id), ..queue_fields("Day", true) };
    center.must(Command::UpdateQueue { queue: day, fields });
    let all = json!({"message.channel": "CALLS"});
    let rules = vec![NewRule { only_within_hours: true, ..rule(day, all.clone()) }, rule(night, all)];
    center.must(Command::ReplaceRules(rules));
    let call = call_with(&mut center, "customer-1", &[]);
    assert_eq!(queue_of(&center, call), night);
    center.must(Command::PutWorkingHours(WorkingHoursRow { enabled: false, ..closed }));
    let call = call_with(&mut center, "customer-2", &[]);
    assert_eq!(queue_of(&center, call), day);
}

#[test]
fn new_rules_leave_waiting_calls_where_they_are_and_last_over_a_restart() {
    let mut center = Center::new();
    let (sales, support) = (queue(&mut center, "Sales"), queue(&mut center, "Support"));
    let all = json!({"message.channel": "CALLS"});
    center.must(Command::ReplaceRules(vec![rule(sales, all.clone()), rule(support, all.clone())]));
    let first = call_with(&mut center, "customer-1", &[]);
    center.must(Command::ReplaceRules(vec![rule(support, all.clone()), rule(sales, all)]));
    assert_eq!(queue_of(&center, first), sales);
    center.restart();
    assert_eq!(center.core.rules().map(|row| row.queue).collect::<Vec<_>>(), [support, sales], "in their order");
    let second = call_with(&mut center, "customer-2", &[]);
    assert_eq!(queue_of(&center, second), support);
    center.must(Command::DeleteQueue(support));
    let third = call_with(&mut center, "customer-3", &[]);
    assert_eq!(queue_of(&center, third), sales, "a rule that leads nowhere is passed over");
    center.must(Command::ReplaceRules(Vec::new()));
    let fourth = call_with(&mut center, "customer-4", &[]);
    assert_eq!(queue_of(&center, fourth), center.core.default_queue());
}

#[test]
fn a_call_to_an_agents_own_link_is_not_routed() {
    let mut center = Center::new();
    let sales = queue(&mut center, "Sales");
    center.must(Command::ReplaceRules(vec![rule(sales, json!({"call.media": "VIDEO"}))]));
    let agent = center.free_agent("ann");
    let destination = LinkDestination::Webrtc { identity: agent.to_string(), display_name: None };
    let link = center.link(5, destination, false);
    let (call, _) = center.call_by(link, "customer-1");
    assert!(center.rings(agent));
    assert_ne!(queue_of(&center, call), sales);
    assert_eq!(center.core.call(call).map(|row| row.media), Some(CallMedia::Video), "the rule would have held");
}

#[test]
fn rules_are_checked_and_none_is_kept_when_one_is_wrong() {
    let mut center = Center::new();
    let sales = queue(&mut center, "Sales");
    let good = rule(sales, json!({"message.channel": "CALLS"}));
    center.must(Command::ReplaceRules(vec![good.clone()]));
    let unknown = QueueId::of(5);
    let bad = [
        (rule(unknown, good.expression.clone()), CommandError::UnknownQueue(unknown)),
        (NewRule { name: Some(" ".to_owned()), ..good.clone() }, invalid("name", "must not be blank")),
        (
            rule(sales, json!({"customer.name": "x".repeat(4000)})),
            invalid("expression", "size cannot be longer than 4000 characters."),
        ),
        (rule(sales, json!({})), invalid("expression", "[1]: an expression must ask for something")),
    ];
    for (wrong, error) in bad {
        assert_eq!(center.try_command(Command::ReplaceRules(vec![good.clone(), wrong])), Err(error));
    }
    let many = vec![good; 1001];
    assert!(matches!(center.try_command(Command::ReplaceRules(many)), Err(CommandError::LimitReached { .. })));
    assert_eq!(center.core.rules().count(), 1);
    center.pass(seconds(1));
    let call = call_with(&mut center, "customer-1", &[]);
    assert_eq!((queue_of(&center, call), center.state(call)), (sales, CallState::Waiting));
}

fn invalid(field: &'static str, reason: &str) -> CommandError {
    CommandError::Invalid { field, reason: reason.to_owned() }
}
