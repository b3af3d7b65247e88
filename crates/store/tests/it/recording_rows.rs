//! Rows of recordings.

use super::{number, text, time};
use callcenter_core::row::{
    AgentRecordingRow, ComposedFile, ComposedSource, Deletion, RecordingConfig, SegmentOrigin, SegmentRow,
    SegmentState, SourceState,
};
use model::{
    AgentId, CallDirection, CallId, ConversationId, LegId, ParticipantType, QueueId, RecordingMedia, SegmentId,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

pub(super) fn recorded_media() -> impl Strategy<Value = RecordingMedia> {
    select(vec![RecordingMedia::Audio, RecordingMedia::AudioAndVideo])
}

pub(super) fn recording_config() -> impl Strategy<Value = RecordingConfig> {
    (any::<[bool; 4]>(), recorded_media(), option::of(time())).prop_map(
        |([inbound, outbound, enabled, auto_compose], media, enabled_changed_at)| RecordingConfig {
            inbound,
            outbound,
            media,
            enabled,
            enabled_changed_at,
            auto_compose,
        },
    )
}

pub(super) fn agent_recording() -> impl Strategy<Value = AgentRecordingRow> {
    (number(), any::<bool>(), recording_config()).prop_map(|(agent, use_default, config)| AgentRecordingRow {
        agent: AgentId::of(agent),
        use_default,
        config,
    })
}

fn origin() -> impl Strategy<Value = SegmentOrigin> {
    let direction = select(vec![CallDirection::Inbound, CallDirection::Outbound]);
    let ids = || option::of(number());
    (direction, option::of(text()), option::of(text()), ids(), ids(), ids(), ids(), time()).prop_map(|fields| {
        SegmentOrigin {
            began_at: fields.7,
            direction: fields.0,
            participant: fields.1,
            identity: fields.2,
            transferred_from: fields.3.map(AgentId::of),
            transferred_to: fields.4.map(AgentId::of),
            transferred_from_queue: fields.5.map(QueueId::of),
            transferred_to_queue: fields.6.map(QueueId::of),
        }
    })
}

fn composed_file() -> impl Strategy<Value = Box<ComposedFile>> {
    let state = prop_oneof![
        Just(SourceState::Open),
        text().prop_map(|path| SourceState::Kept { path }),
        Just(SourceState::Missing)
    ];
    let participant = select(vec![ParticipantType::Customer, ParticipantType::Agent]);
    let source = (number(), participant, any::<u64>(), state).prop_map(|(segment, participant, offset_ms, state)| {
        ComposedSource { segment: SegmentId::of(segment), participant, offset_ms, state }
    });
    let direction = select(vec![CallDirection::Inbound, CallDirection::Outbound]);
    (text(), text(), direction, time(), any::<bool>(), vec(source, 0..4)).prop_map(
        |(agent_name, customer_name, direction, epoch, is_over, sources)| {
            Box::new(ComposedFile { agent_name, customer_name, direction, epoch, is_over, sources })
        },
    )
}

pub(super) fn segment() -> impl Strategy<Value = SegmentRow> {
    let state = select(vec![
        SegmentState::Recording,
        SegmentState::Finished,
        SegmentState::Failed,
        SegmentState::Deleting,
        SegmentState::Deleted,
    ]);
    let media = recorded_media();
    let participant = select(vec![ParticipantType::Customer, ParticipantType::Agent]);
    let refs = (number(), number(), number(), number(), option::of(number()), any::<bool>());
    let count = || option::of(0..=u64::MAX / 2);
    let deletion = option::of((time(), text()).prop_map(|(at, by)| Deletion { at, by }));
    let texts = (text(), option::of(text()), option::of(text()), option::of(text()), option::of(text()));
    (
        refs,
        (state, media, participant),
        texts,
        (count(), count(), count()),
        option::of(text()),
        time(),
        (deletion, origin(), option::of(composed_file())),
    )
        .prop_map(
            |(refs, (state, media, participant), texts, counts, reason, started_at, (deleted, origin, composed))| {
                SegmentRow {
                    id: SegmentId::of(refs.0),
                    screen: refs.5,
                    conversation: ConversationId::of(refs.1),
                    call: CallId::of(refs.2),
                    leg: LegId::of(refs.3),
                    participant,
                    agent: refs.4.map(AgentId::of),
                    display_name: texts.0,
                    state,
                    media,
                    path: texts.1,
                    file_name: texts.2,
                    mime: texts.3,
                    bytes: counts.0,
                    duration_ms: counts.1,
                    gaps_ms: counts.2,
                    sha256: texts.4,
                    reason,
                    started_at,
                    deleted,
                    origin,
                    composed,
                }
            },
        )
}
