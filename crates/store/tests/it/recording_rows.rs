//! Rows of recordings.

use super::{number, text, time};
use callcenter_core::row::{AgentRecordingRow, Deletion, RecordingConfig, SegmentOrigin, SegmentRow, SegmentState};
use model::{
    AgentId, CallDirection, CallId, ConversationId, LegId, ParticipantType, QueueId, RecordingMedia, SegmentId,
};
use proptest::{option, prelude::*, sample::select};

pub(super) fn recorded_media() -> impl Strategy<Value = RecordingMedia> {
    select(vec![RecordingMedia::Audio, RecordingMedia::AudioAndVideo])
}

pub(super) fn recording_config() -> impl Strategy<Value = RecordingConfig> {
    (any::<bool>(), any::<bool>(), recorded_media(), any::<bool>(), option::of(time())).prop_map(
        |(inbound, outbound, media, enabled, enabled_changed_at)| RecordingConfig {
            inbound,
            outbound,
            media,
            enabled,
            enabled_changed_at,
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
        (deletion, origin()),
    )
        .prop_map(|(refs, (state, media, participant), texts, counts, reason, started_at, (deleted, origin))| {
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
            }
        })
}
