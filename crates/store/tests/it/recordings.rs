//! Which recording files a list has, and in which order.

use super::support::{ACCOUNT, Open};
use callcenter_core::row::{Deletion, RowChange, SegmentOrigin, SegmentRow, SegmentState};
use model::{
    AgentId, CallDirection, CallId, ConversationId, LegId, ParticipantType, QueueId, RecordingMedia, SegmentId,
    WallTime,
};
use store::{Direction, Order, PageRequest, SegmentFilter, SegmentOrder, Span, Store, Together, TogetherOrder};

/// A file of four seconds that was kept, with `number` in all that names something.
fn file(number: u128) -> SegmentRow {
    let name = |what: &str| format!("{what}-{number}");
    SegmentRow {
        id: SegmentId::of(number),
        screen: false,
        conversation: ConversationId::of(number),
        call: CallId::of(number),
        leg: LegId::of(number),
        participant: ParticipantType::Customer,
        agent: Some(AgentId::of(number)),
        display_name: name("name"),
        state: SegmentState::Finished,
        media: RecordingMedia::Audio,
        path: Some(name("path")),
        file_name: Some(format!("file-{number}.ogg")),
        mime: Some("audio/ogg".to_owned()),
        bytes: Some(1),
        duration_ms: Some(4_000),
        gaps_ms: Some(0),
        sha256: None,
        reason: None,
        started_at: WallTime(0),
        deleted: None,
        origin: SegmentOrigin {
            began_at: WallTime(1_000 * i64::try_from(number).expect("small")),
            direction: CallDirection::Inbound,
            participant: Some(name("participant")),
            identity: Some(name("identity")),
            transferred_from: None,
            transferred_to: None,
            transferred_from_queue: None,
            transferred_to_queue: None,
        },
        composed: None,
    }
}

async fn found(store: &Store, filter: SegmentFilter) -> Vec<u128> {
    let order = Order { by: SegmentOrder::RecordingId, direction: Direction::Ascending };
    let page = PageRequest { page: 0, limit: 999, order };
    let page = store.segments(ACCOUNT, &filter, page).await.expect("readable");
    assert_eq!(page.total, u64::try_from(page.items.len()).expect("few"));
    page.items.iter().map(|row| row.id.0.as_u128()).collect()
}

fn span(from: i64, to: i64) -> Span {
    Span { from: Some(from), to: Some(to) }
}

#[tokio::test]
async fn files_are_found_by_everything_that_is_asked() {
    let open = Open::new().await;
    let mut other = file(2);
    other.screen = true;
    other.participant = ParticipantType::Agent;
    other.media = RecordingMedia::AudioAndVideo;
    other.duration_ms = Some(9_400);
    other.deleted = Some(Deletion { at: WallTime(50), by: "Lea".into() });
    other.state = SegmentState::Deleted;
    other.origin.direction = CallDirection::Outbound;
    other.origin.transferred_from = Some(AgentId::of(21));
    other.origin.transferred_to = Some(AgentId::of(22));
    other.origin.transferred_from_queue = Some(QueueId::of(23));
    other.origin.transferred_to_queue = Some(QueueId::of(24));
    let written = SegmentRow { state: SegmentState::Recording, ..file(3) };
    open.write([file(1), other, written].map(RowChange::Segment).into()).await;
    let all = SegmentFilter::default;
    assert_eq!(found(&open.store, all()).await, [1, 2], "what is being written is no file yet");
    let only_the_second = [
        SegmentFilter { id: Some(SegmentId::of(2)), ..all() },
        SegmentFilter { screen: Some(true), ..all() },
        SegmentFilter { conversation: Some(ConversationId::of(2)), ..all() },
        SegmentFilter { call: Some(CallId::of(2)), ..all() },
        SegmentFilter { leg: Some(LegId::of(2)), ..all() },
        SegmentFilter { agent: Some(AgentId::of(2)), ..all() },
        SegmentFilter { direction: Some(CallDirection::Outbound), ..all() },
        SegmentFilter { file_names: vec!["x".into(), "file-2.ogg".into()], ..all() },
        SegmentFilter { participant: Some("participant-2".into()), ..all() },
        SegmentFilter { identity: Some("identity-2".into()), ..all() },
        SegmentFilter { display_name: Some("name-2".into()), ..all() },
        SegmentFilter { participant_type: Some(ParticipantType::Agent), ..all() },
        SegmentFilter { media: Some(RecordingMedia::AudioAndVideo), ..all() },
        SegmentFilter { deleted_by: Some("Lea".into()), ..all() },
        SegmentFilter { transferred_from: Some(AgentId::of(21)), ..all() },
        SegmentFilter { transferred_to: Some(AgentId::of(22)), ..all() },
        SegmentFilter { transferred_from_queue: Some(QueueId::of(23)), ..all() },
        SegmentFilter { transferred_to_queue: Some(QueueId::of(24)), ..all() },
        SegmentFilter { seconds: span(9, 9), ..all() },
        SegmentFilter { began: span(2_000, 2_000), ..all() },
        SegmentFilter { ended: span(11_400, 11_400), ..all() },
        SegmentFilter { deleted: span(50, 50), ..all() },
    ];
    for filter in only_the_second {
        assert_eq!(found(&open.store, filter.clone()).await, [2], "{filter:?}");
    }
    assert_eq!(found(&open.store, SegmentFilter { seconds: span(0, 4), ..all() }).await, [1]);
    assert_eq!(found(&open.store, SegmentFilter { identity: Some("nobody".into()), ..all() }).await, []);
}

#[tokio::test]
async fn pages_follow_the_order_and_leave_nothing_out() {
    let open = Open::new().await;
    let mut rows: Vec<SegmentRow> = (1..=4).map(file).collect();
    rows[1].duration_ms = None;
    rows[2].duration_ms = Some(1);
    // The shared screen of the same segment.
    rows.push(SegmentRow { screen: true, ..file(4) });
    open.write(rows.into_iter().map(RowChange::Segment).collect()).await;
    for by in [SegmentOrder::StartedAt, SegmentOrder::Duration, SegmentOrder::FileName, SegmentOrder::DeletedAt] {
        for direction in [Direction::Ascending, Direction::Descending] {
            let mut seen = Vec::new();
            for page in 0..3 {
                let page = PageRequest { page, limit: 2, order: Order { by, direction } };
                let page = open.store.segments(ACCOUNT, &SegmentFilter::default(), page).await.expect("readable");
                assert_eq!(page.total, 5);
                seen.extend(page.items.into_iter().map(|row| (row.id.0.as_u128(), row.screen)));
            }
            let expected = match by {
                SegmentOrder::Duration => [(2, false), (3, false), (1, false), (4, false), (4, true)],
                _ => [(1, false), (2, false), (3, false), (4, false), (4, true)],
            };
            match direction {
                Direction::Ascending => {}
                Direction::Descending => seen.reverse(),
            }
            assert_eq!(seen, expected, "{by:?} {direction:?}");
        }
    }
}

#[tokio::test]
async fn files_of_a_leg_or_a_call_are_one_entry() {
    let open = Open::new().await;
    let of_call = |number: u128, call: u128, leg: u128| SegmentRow {
        call: CallId::of(call),
        leg: LegId::of(leg),
        ..file(number)
    };
    let rows = [of_call(1, 1, 1), of_call(2, 1, 2), of_call(3, 1, 2), of_call(4, 2, 3)];
    open.write(rows.map(RowChange::Segment).into()).await;
    for (together, expected) in [(Together::Leg, vec![3u128, 2, 1]), (Together::Call, vec![2, 1])] {
        for by in [TogetherOrder::Began, TogetherOrder::Ended] {
            let mut seen = Vec::new();
            for page in 0..3 {
                let page = PageRequest { page, limit: 1, order: Order { by, direction: Direction::Descending } };
                let page = open.store.recorded(ACCOUNT, together, &SegmentFilter::default(), page).await;
                let page = page.expect("readable");
                assert_eq!(page.total, expected.len() as u64);
                seen.extend(page.items);
            }
            let ids: Vec<String> = expected.iter().map(|id| LegId::of(*id).to_string()).collect();
            assert_eq!(seen, ids, "{together:?} {by:?}");
        }
    }
    let ids = [LegId::of(2).to_string()];
    let files = open.store.segments_together(ACCOUNT, Together::Leg, &ids).await.expect("readable");
    assert_eq!(files.iter().map(|row| row.id.0.as_u128()).collect::<Vec<_>>(), [2, 3]);
}
