//! Rows of recordings.

use super::{number, text, time};
use callcenter_core::row::{AgentRecordingRow, Deletion, RecordingConfig, SegmentRow, SegmentState};
use model::{AgentId, CallId, ConversationId, LegId, ParticipantType, RecordingMedia, SegmentId};
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
    (refs, (state, media, participant), texts, (count(), count(), count()), option::of(text()), time(), deletion)
        .prop_map(|(refs, (state, media, participant), texts, counts, reason, started_at, deleted)| SegmentRow {
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
        })
}
