//! Statuses of the account's own, and agents who have as many conversations as they can.

use crate::center::{Center, agent_fields};
use callcenter_core::command::{Command, CommandError, ConversationFields, NewAgent, NewStatus, Reply};
use callcenter_core::event::Event;
use callcenter_core::row::{CallState, ConversationStatus, RowChange};
use model::{AgentId, AgentStatus, ConversationId, FoundStatus, StatusId};

fn new_status(name: &str, group: AgentStatus) -> NewStatus {
    NewStatus { name: name.to_owned(), group }
}

fn status(center: &mut Center, name: &str, group: AgentStatus) -> StatusId {
    match center.must(Command::CreateStatus(new_status(name, group))) {
        Reply::Status(row) => row.id,
        other => panic!("{other:?}"),
    }
}

/// A conversation that is no call.
fn conversation(center: &mut Center, agent: AgentId) -> ConversationId {
    let fields = ConversationFields { agent: Some(Some(agent)), ..ConversationFields::default() };
    match center.must(Command::CreateConversation(fields)) {
        Reply::Conversation(row) => row.id,
        other => panic!("{other:?}"),
    }
}

fn close(center: &mut Center, conversation: ConversationId) {
    let fields = ConversationFields { status: Some(ConversationStatus::Closed), ..ConversationFields::default() };
    center.must(Command::UpdateConversation { conversation, fields });
}

#[test]
fn ast_07_to_09_a_status_of_the_accounts_own_counts_as_its_group() {
    let mut center = Center::new();
    let lunch = status(&mut center, "Lunch", AgentStatus::Away);
    let phones = status(&mut center, "On the phones", AgentStatus::Active);
    let agent = center.free_agent("ann");
    center.forget();
    center.must(Command::SetCustomStatus { agent, status: lunch });
    assert_eq!(center.availability(agent), AgentStatus::Away);
    assert_eq!(center.logged(), [Event::AgentStatusChanged { agent, status: AgentStatus::Away, custom: Some(lunch) }]);
    let shown = center.core.agent_state(agent, center.now).and_then(|state| state.custom_status);
    assert_eq!(shown.map(|status| status.name).as_deref(), Some("Lunch"));
    let (call, _) = center.call("customer-1");
    assert_eq!(center.state(call), CallState::Waiting);
    center.must(Command::SetCustomStatus { agent, status: phones });
    assert!(center.rings(agent));
    center.restart();
    assert_eq!(center.row(agent).custom_status, Some(phones));
    center.must(Command::SetStatus { agent, status: AgentStatus::Active });
    assert_eq!(center.row(agent).custom_status, None, "the plain status of the group is another one");
}

#[test]
fn a_status_changes_and_goes_with_the_agents_who_are_in_it() {
    let mut center = Center::new();
    let training = status(&mut center, "Training", AgentStatus::Busy);
    let agent = center.free_agent("ann");
    center.must(Command::SetCustomStatus { agent, status: training });
    let (call, _) = center.call("customer-1");
    let fields = new_status("Training on the job", AgentStatus::Active);
    center.must(Command::UpdateStatus { status: training, fields });
    assert_eq!(center.state(call), CallState::Ringing, "agents in it are available now");
    center.must(Command::DeleteStatus(training));
    assert_eq!((center.row(agent).status, center.row(agent).custom_status), (AgentStatus::Active, None));
    assert!(center.rows.contains(&RowChange::StatusDeleted(training)));
    let gone = CommandError::UnknownStatus(training);
    assert_eq!(center.try_command(Command::SetCustomStatus { agent, status: training }), Err(gone.clone()));
    assert_eq!(center.try_command(Command::DeleteStatus(training)), Err(gone));
}

#[test]
fn names_of_statuses_are_unique() {
    let mut center = Center::new();
    let lunch = status(&mut center, "Lunch", AgentStatus::Away);
    let tea = status(&mut center, "Tea", AgentStatus::Away);
    let again = center.try_command(Command::CreateStatus(new_status("Lunch", AgentStatus::Busy)));
    assert!(matches!(again, Err(CommandError::Conflict(_))), "{again:?}");
    let fields = new_status("Lunch", AgentStatus::Away);
    let renamed = center.try_command(Command::UpdateStatus { status: tea, fields: fields.clone() });
    assert!(matches!(renamed, Err(CommandError::Conflict(_))), "{renamed:?}");
    center.must(Command::UpdateStatus { status: lunch, fields });
    let blank = center.try_command(Command::CreateStatus(new_status(" ", AgentStatus::Busy)));
    assert!(matches!(blank, Err(CommandError::Invalid { field: "name", .. })), "{blank:?}");
}

#[test]
fn aaa_06_and_09_an_agent_at_full_capacity_gets_nothing_new() {
    let mut center = Center::new();
    center.set(|settings| settings.capacity = 2);
    let agent = center.free_agent("ann");
    assert_eq!(center.core.found_status(agent), FoundStatus::Idle);
    let first = conversation(&mut center, agent);
    assert_eq!(center.core.found_status(agent), FoundStatus::UnderCapacity);
    center.forget();
    conversation(&mut center, agent);
    assert_eq!(center.core.found_status(agent), FoundStatus::FullCapacity);
    assert_eq!(center.availability(agent), AgentStatus::Busy);
    assert!(center.logged().contains(&Event::AgentCapacity { agent, full: true }));
    let (call, _) = center.call("customer-1");
    assert_eq!(center.state(call), CallState::Waiting);
    center.restart();
    center.open_page(agent);
    assert_eq!(center.core.found_status(agent), FoundStatus::FullCapacity, "counted again at a start");
    let waiting = center.core.legs_of(call).next().expect("the customer's leg").id;
    center.must(Command::PageBack { leg: waiting });
    assert_eq!(center.state(call), CallState::Waiting);
    center.forget();
    close(&mut center, first);
    assert!(center.rings(agent), "there is room again");
    assert!(center.logged().contains(&Event::AgentCapacity { agent, full: false }));
}

#[test]
fn calls_take_no_capacity_and_an_agents_own_number_comes_first() {
    let mut center = Center::new();
    center.set(|settings| settings.capacity = 1);
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    center.must(Command::Hangup { leg: talk.customer });
    center.must(Command::ClearWrapUp { agent });
    assert_eq!(center.core.found_status(agent), FoundStatus::Idle, "the call's conversation is still the agent's");
    conversation(&mut center, agent);
    assert_eq!(center.core.found_status(agent), FoundStatus::FullCapacity);
    center.must(Command::SetAgentCapacity { agent, capacity: Some(2) });
    assert_eq!(center.core.found_status(agent), FoundStatus::UnderCapacity);
    center.must(Command::SetAgentCapacity { agent, capacity: None });
    assert_eq!(center.core.found_status(agent), FoundStatus::FullCapacity);
    center.set(|settings| settings.capacity = 5);
    assert_eq!(center.core.found_status(agent), FoundStatus::UnderCapacity);
    for capacity in [0, 1001] {
        let refused = center.try_command(Command::SetAgentCapacity { agent, capacity: Some(capacity) });
        assert!(matches!(refused, Err(CommandError::Invalid { field: "capacity", .. })), "{capacity}: {refused:?}");
    }
}

#[test]
fn a_conversation_that_goes_to_another_agent_takes_up_the_others_capacity() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    let conversation = conversation(&mut center, ann);
    let fields = ConversationFields { agent: Some(Some(bob)), ..ConversationFields::default() };
    center.must(Command::UpdateConversation { conversation, fields });
    assert_eq!([ann, bob].map(|agent| center.core.conversations_held(agent)), [0, 1]);
    let fields = ConversationFields { agent: Some(None), ..ConversationFields::default() };
    center.must(Command::UpdateConversation { conversation, fields });
    assert_eq!([ann, bob].map(|agent| center.core.conversations_held(agent)), [0, 0]);
}

#[test]
fn an_agent_who_is_disabled_while_it_rings_rings_no_longer() {
    let mut center = Center::new();
    let (ann, bob) = (center.free_agent("ann"), center.free_agent("bob"));
    center.call("customer-1");
    assert!(center.rings(ann));
    let fields = NewAgent { enabled: false, status: AgentStatus::Active, ..agent_fields("ann") };
    center.must(Command::UpdateAgent { agent: ann, fields });
    assert!(center.rings(bob) && !center.rings(ann));
}

#[test]
fn an_agent_who_is_disabled_in_a_call_finishes_it_and_gets_no_other() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    let fields = NewAgent { enabled: false, status: AgentStatus::Active, ..agent_fields("ann") };
    center.must(Command::UpdateAgent { agent, fields });
    assert_eq!(center.state(talk.call), CallState::Established);
    center.must(Command::Hangup { leg: talk.agent });
    center.must(Command::ClearWrapUp { agent });
    let (call, _) = center.call("customer-2");
    assert_eq!(center.state(call), CallState::Waiting);
}
