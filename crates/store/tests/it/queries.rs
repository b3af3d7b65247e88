//! What lists give for filters, orders and pages.

use super::support::{ACCOUNT, Open, conversation};
use callcenter_core::row::{
    AgentRow, AssignmentAlgorithm, ConversationRow, ConversationStatus, ConversationTag, Priority, QueueRow, RowChange,
    TagRow,
};
use model::{AgentId, AgentStatus, ConversationId, QueueId, Role, TagId, VoiceStatus, WallTime};
use store::{
    AgentFilter, AgentOrder, ConversationFilter, ConversationOrder, Direction, Error, Order, PageRequest, QueueFilter,
    Sortable, Store, TagFilter,
};

fn agent(number: u128, name: &str, queues: &[u128]) -> AgentRow {
    AgentRow {
        id: AgentId::of(number),
        display_name: name.into(),
        email: Some(format!("{name}@example.com")),
        role: Role::Agent,
        enabled: number != 3,
        status: AgentStatus::Active,
        custom_status: None,
        capacity: None,
        voice: VoiceStatus::Idle,
        idle_since: WallTime(0),
        wrap_up_seconds: None,
        wrap_up: None,
        queues: queues.iter().copied().map(QueueId::of).collect(),
        last_seen: None,
        created_at: WallTime(100 - i64::try_from(number).expect("small")),
        updated_at: WallTime(0),
    }
}

async fn agents(store: &Store, filter: AgentFilter) -> Vec<u128> {
    let page = store.agents(ACCOUNT, &filter, PageRequest::default()).await.expect("readable");
    assert_eq!(page.total, u64::try_from(page.items.len()).expect("few"));
    page.items.iter().map(|row| row.id.0.as_u128()).collect()
}

#[tokio::test]
async fn agents_are_filtered_by_everything_that_is_asked() {
    let open = Open::new().await;
    let all = [agent(1, "Ada", &[1, 2]), agent(2, "Bob_x", &[2]), agent(3, "Cleo%", &[])];
    open.write(all.iter().cloned().map(RowChange::Agent).collect()).await;
    let store = &open.store;
    assert_eq!(agents(store, AgentFilter::default()).await, [1, 2, 3]);
    assert_eq!(
        agents(store, AgentFilter { ids: vec![AgentId::of(3), AgentId::of(9)], ..Default::default() }).await,
        [3]
    );
    assert_eq!(agents(store, AgentFilter { queues: vec![QueueId::of(2)], ..Default::default() }).await, [1, 2]);
    let named = |part: &str| AgentFilter { display_name: Some(part.into()), ..Default::default() };
    assert_eq!(agents(store, named("BO")).await, [2]);
    assert_eq!(agents(store, named("%")).await, [3], "no wild cards");
    assert_eq!(agents(store, named("_")).await, [2]);
    assert_eq!(agents(store, AgentFilter { enabled: Some(false), ..Default::default() }).await, [3]);
    assert_eq!(agents(store, AgentFilter { email: Some("Ada@example.com".into()), ..Default::default() }).await, [1]);
    assert_eq!(agents(store, AgentFilter { status: Some(AgentStatus::Away), ..Default::default() }).await, []);
    let between =
        AgentFilter { created_after: Some(WallTime(97)), created_before: Some(WallTime(99)), ..Default::default() };
    assert_eq!(agents(store, between).await, [2]);
    assert_eq!(store.agent(ACCOUNT, AgentId::of(1)).await.expect("readable").as_ref(), Some(&all[0]));
    let order = Order { by: AgentOrder::CreatedAt, direction: Direction::Ascending };
    let page = PageRequest { page: 1, limit: 2, order };
    let page = store.agents(ACCOUNT, &AgentFilter::default(), page).await.expect("readable");
    assert_eq!((page.items.as_slice(), page.total), ([all[0].clone()].as_slice(), 3));
    let many = AgentFilter { ids: vec![AgentId::of(1); 1000], ..Default::default() };
    let refused = store.agents(ACCOUNT, &many, PageRequest::default()).await;
    assert!(matches!(refused, Err(Error::TooManyIds(_))), "{refused:?}");
}

#[tokio::test]
async fn queues_are_listed_without_deleted_ones() {
    let open = Open::new().await;
    let queue = |number: u128, deleted: bool| QueueRow {
        id: QueueId::of(number),
        name: format!("Queue {number}"),
        is_default: number == 1,
        auto_assignment: true,
        algorithm: AssignmentAlgorithm::LoadBalancing,
        sticky: false,
        sticky_days: None,
        working_hours: None,
        assign_outside_hours: false,
        last_in_turn: None,
        external_id: None,
        created_at: WallTime(0),
        updated_at: WallTime(0),
        deleted_at: deleted.then_some(WallTime(5)),
    };
    open.write(vec![
        RowChange::Queue(queue(1, false)),
        RowChange::Queue(queue(2, false)),
        RowChange::Queue(queue(3, true)),
        RowChange::Agent(agent(1, "Ada", &[2, 3])),
    ])
    .await;
    let list = async |filter: QueueFilter| -> Vec<u128> {
        let page = open.store.queues(ACCOUNT, &filter, PageRequest::default()).await.expect("readable");
        page.items.iter().map(|row| row.id.0.as_u128()).collect()
    };
    assert_eq!(list(QueueFilter::default()).await, [1, 2]);
    assert_eq!(list(QueueFilter { agent: Some(AgentId::of(1)), ..Default::default() }).await, [2]);
    assert_eq!(list(QueueFilter { name: Some("queue 1".into()), ..Default::default() }).await, [1]);
    assert_eq!(open.store.queue(ACCOUNT, QueueId::of(3)).await.expect("readable"), Some(queue(3, true)));
}

#[tokio::test]
async fn conversations_are_filtered_ordered_and_paged() {
    let open = Open::new().await;
    let urgent = ConversationRow {
        priority: Priority::Urgent,
        queue: Some(QueueId::of(1)),
        agent: Some(AgentId::of(1)),
        ..conversation(1)
    };
    let closed =
        ConversationRow { status: ConversationStatus::Closed, closed_at: Some(WallTime(5_000)), ..conversation(2) };
    let plain = conversation(3);
    open.write([&urgent, &closed, &plain].map(|row| RowChange::Conversation(row.clone())).to_vec()).await;
    let list = async |filter: ConversationFilter| -> Vec<u128> {
        let page = open.store.conversations(ACCOUNT, &filter, PageRequest::default()).await.expect("readable");
        page.items.iter().map(|row| row.id.0.as_u128()).collect()
    };
    let any = ConversationFilter::default;
    assert_eq!(list(any()).await, [1, 2, 3]);
    assert_eq!(list(ConversationFilter { ids: vec![ConversationId::of(2)], ..any() }).await, [2]);
    assert_eq!(list(ConversationFilter { queues: vec![QueueId::of(1), QueueId::of(2)], ..any() }).await, [1]);
    assert_eq!(list(ConversationFilter { agent: Some(AgentId::of(1)), ..any() }).await, [1]);
    assert_eq!(list(ConversationFilter { status: Some(ConversationStatus::Open), ..any() }).await, [1, 3]);
    assert_eq!(list(ConversationFilter { priority: Some(Priority::Urgent), ..any() }).await, [1]);
    assert_eq!(list(ConversationFilter { closed_after: Some(WallTime(1)), ..any() }).await, [2]);
    assert_eq!(list(ConversationFilter { created_before: Some(WallTime(1_002)), ..any() }).await, [1]);
    assert_eq!(list(ConversationFilter { updated_after: Some(WallTime(1_002)), ..any() }).await, [3]);
    let tag = TagRow { id: TagId::of(8), name: "vip".into(), created_at: WallTime(1), updated_at: WallTime(1) };
    let carried = ConversationTag { conversation: closed.id, tag: tag.id };
    open.write(vec![RowChange::Tag(tag.clone()), RowChange::Tagged(carried)]).await;
    assert_eq!(list(ConversationFilter { tag_names: vec!["vip".into(), "x".into()], ..any() }).await, [2]);
    assert_eq!(list(ConversationFilter { tag_names: vec!["x".into()], ..any() }).await, []);
    let order = Order { by: ConversationOrder::Priority, direction: Direction::Ascending };
    let page = PageRequest { page: 0, limit: 1, order };
    let page = open.store.conversations(ACCOUNT, &any(), page).await.expect("readable");
    assert_eq!(page.items, std::slice::from_ref(&urgent), "by urgency and not by letters");
    let order = Order { by: ConversationOrder::CreatedAt, direction: Direction::Descending };
    let page = PageRequest { page: 0, limit: 2, order };
    let page = open.store.conversations(ACCOUNT, &any(), page).await.expect("readable");
    assert_eq!((page.items, page.total), (vec![plain, closed], 3));
}

#[tokio::test]
async fn tags_are_found_by_part_of_their_name_and_by_conversation() {
    let open = Open::new().await;
    let tag = |number: u128, name: &str| TagRow {
        id: TagId::of(number),
        name: name.into(),
        created_at: WallTime(1),
        updated_at: WallTime(1),
    };
    let carried = ConversationTag { conversation: ConversationId::of(1), tag: TagId::of(2) };
    let rows = [tag(1, "VIP_a"), tag(2, "vip_b"), tag(3, "late")].map(RowChange::Tag);
    open.write(rows.into_iter().chain([RowChange::Tagged(carried)]).collect()).await;
    let list = async |filter: TagFilter| -> Vec<u128> {
        let page = open.store.tags(ACCOUNT, &filter, PageRequest::default()).await.expect("readable");
        page.items.iter().map(|row| row.id.0.as_u128()).collect()
    };
    assert_eq!(list(TagFilter::default()).await, [1, 2, 3]);
    assert_eq!(list(TagFilter { name: Some("vip".into()), conversation: None }).await, [1, 2]);
    let of = |number: u128| TagFilter { conversation: Some(ConversationId::of(number)), name: None };
    assert_eq!((list(of(1)).await, list(of(2)).await), (vec![2], vec![]));
    open.write(vec![RowChange::TagDeleted(TagId::of(2))]).await;
    assert_eq!(list(of(1)).await, []);
}

#[test]
fn only_known_fields_can_be_sorted_by() {
    assert_eq!(
        Order::<ConversationOrder>::parse("createdAt:desc"),
        Some(Order { by: ConversationOrder::CreatedAt, direction: Direction::Descending })
    );
    for text in ["createdAt", "created_at:asc", "id:up", "id; DROP TABLE agents:asc", ":asc", ""] {
        assert_eq!(Order::<ConversationOrder>::parse(text), None, "{text:?}");
    }
    for by in ConversationOrder::ALL {
        let order = Order { by: *by, direction: Direction::Ascending };
        assert!(Order::<ConversationOrder>::parse(&order.text()).is_some());
    }
}

/// Whatever order and letters the database prefers.
#[tokio::test]
async fn texts_are_ordered_as_bytes_and_found_in_any_case() {
    let open = Open::new().await;
    let names = ["b", "a", "Z", "É", "A_b", "AZ"];
    let all = (1..).zip(names).map(|(number, name)| RowChange::Agent(agent(number, name, &[])));
    open.write(all.collect()).await;
    let order = Order { by: AgentOrder::DisplayName, direction: Direction::Ascending };
    let page = PageRequest { page: 0, limit: 10, order };
    let found = open.store.agents(ACCOUNT, &AgentFilter::default(), page).await.expect("readable");
    let found: Vec<_> = found.items.iter().map(|row| row.display_name.as_str()).collect();
    assert_eq!(found, ["AZ", "A_b", "Z", "a", "b", "É"]);
    let named = AgentFilter { display_name: Some("az".into()), ..Default::default() };
    assert_eq!(agents(&open.store, named).await, [6]);
}

/// PostgreSQL has no place for this character, and a page may send it.
#[tokio::test]
async fn a_text_with_nul_is_kept_without_it() {
    let open = Open::new().await;
    let topic = Some("before\0after".to_owned());
    open.write(vec![RowChange::Conversation(ConversationRow { topic, ..conversation(1) })]).await;
    let stored = open.store.conversation(ACCOUNT, ConversationId::of(1)).await.expect("readable").expect("there");
    assert_eq!(stored.topic.as_deref(), Some("before\u{fffd}after"));
    let named = AgentFilter { display_name: Some("\0".into()), ..Default::default() };
    assert_eq!(agents(&open.store, named).await, []);
}
