//! Every row comes back as it was written, whatever is in it.

mod recording_rows;

use super::support::{ACCOUNT, Open};
use callcenter_core::{
    audio::{AudioSourceType, Message, Music, Span, SpanUnit, SpokenText, VoiceName},
    event::{Author, Event, EventRecord},
    row::{
        AgentRecordingRow, AgentRow, AssignmentAlgorithm, AwayMessageRow, CallRow, CallState, ClientType,
        ConversationRow, ConversationStatus, ConversationTag, CustomerRow, DayHours, FamiliarAgent, HandedOver,
        HoldConfigFields, HoldConfigRow, Holiday, LegRow, LinkConfigRow, LinkDestination, LinkHours, LinkRow,
        MetadataRow, NoteKind, NoteRow, PeriodicMessage, Priority, QueueRow, RowChange, RuleRow, RunningTransfer,
        RunningWrapUp, SegmentRow, Sender, Snapshot, StatusRow, TagRow, TransferStrategyFields, TransferStrategyRow,
        Wait, WaitingCondition, WaitingStrategyFields, WaitingStrategyRow, WorkingHoursRow,
    },
    settings::AccountSettings,
};
use model::{
    AgentId, AgentStatus, AudioFileId, CallDirection, CallId, CallMedia, ConversationId, CustomerId, EndedBy,
    HoldConfigId, HolidayId, LegId, LinkConfigId, LinkId, MediaTime, NoteId, ParticipantType, QueueId, Role, RuleId,
    SegmentId, StatusId, TagId, TransferStrategyId, VoiceStatus, WaitingStrategyId, WallTime, WorkingHoursId,
};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};
use recording_rows::{agent_recording, recorded_media, recording_config, segment};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use store::Unit;
use wire::browser::{CallKind, LegPhase, MediaState};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), Just("O'Neil; DROP TABLE \"x\" -- %_\\".to_owned()), "\\PC{0,40}"]
}

fn time() -> impl Strategy<Value = WallTime> {
    (0..=4_102_444_800_000_i64).prop_map(WallTime)
}

fn map() -> impl Strategy<Value = BTreeMap<String, String>> {
    btree_map(text(), text(), 0..4)
}

/// Ids come from a few, so that rows refer to each other and replace each other.
fn number() -> impl Strategy<Value = u128> {
    1..5_u128
}

fn group() -> impl Strategy<Value = AgentStatus> {
    select(vec![AgentStatus::Active, AgentStatus::Busy, AgentStatus::Away, AgentStatus::Invisible])
}

fn agent() -> impl Strategy<Value = AgentRow> {
    let status = (group(), option::of(number().prop_map(StatusId::of)), option::of(any::<u32>()));
    let voice = select(vec![
        VoiceStatus::Idle,
        VoiceStatus::Ringing,
        VoiceStatus::InCall,
        VoiceStatus::OnHold,
        VoiceStatus::Transferring,
        VoiceStatus::Wrapping,
    ]);
    let role = select(vec![Role::Agent, Role::Supervisor, Role::Admin]);
    let wrap_up = (number(), number(), time()).prop_map(|(call, conversation, until)| RunningWrapUp {
        call: CallId::of(call),
        conversation: ConversationId::of(conversation),
        until,
    });
    let who = (number(), text(), option::of(text()), role, any::<bool>(), status, voice);
    let when = (time(), option::of(any::<u32>()), option::of(wrap_up), option::of(time()), time(), time());
    let queues = Just((1..4_u128).map(QueueId::of).collect::<Vec<_>>()).prop_shuffle();
    (who, when, queues, 0..4_usize).prop_map(|(who, when, mut queues, served)| {
        queues.truncate(served);
        let (id, display_name, email, role, enabled, (status, custom_status, capacity), voice) = who;
        let (idle_since, wrap_up_seconds, wrap_up, last_seen, created_at, updated_at) = when;
        let id = AgentId::of(id);
        AgentRow {
            id,
            display_name,
            email,
            role,
            enabled,
            status,
            custom_status,
            capacity,
            voice,
            idle_since,
            wrap_up_seconds,
            wrap_up,
            queues,
            last_seen,
            created_at,
            updated_at,
        }
    })
}

fn day() -> impl Strategy<Value = DayHours> {
    (0..=1440_u16, 0..=1440_u16, any::<bool>()).prop_map(|(start_minute, end_minute, enabled)| DayHours {
        start_minute,
        end_minute,
        enabled,
    })
}

fn holiday() -> impl Strategy<Value = Holiday> {
    (number(), text(), time(), time(), any::<bool>()).prop_map(|(id, name, start, end, enabled)| Holiday {
        id: HolidayId::of(id),
        name,
        start,
        end,
        enabled,
    })
}

fn working_hours() -> impl Strategy<Value = WorkingHoursRow> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let week = proptest::array::uniform7(day());
    (number(), (text(), text(), text()), week, flags, vec(holiday(), 0..3), time(), time()).prop_map(
        |(id, (name, timezone, message), week, flags, holidays, created_at, updated_at)| WorkingHoursRow {
            id: WorkingHoursId::of(id),
            name,
            timezone,
            message,
            week,
            enabled: flags.0,
            is_default: flags.1,
            close_conversations: flags.2,
            away_message_every_period: flags.3,
            holidays,
            created_at,
            updated_at,
        },
    )
}

fn rule() -> impl Strategy<Value = RuleRow> {
    let priority = select(vec![Priority::Urgent, Priority::High, Priority::Normal, Priority::Low]);
    let expression = text().prop_map(|country| serde_json::json!({"customer.country": {"$eq": country}}));
    let what = (option::of(text()), number(), priority, any::<bool>(), any::<bool>(), expression);
    (number(), any::<u32>(), what, time(), time()).prop_map(|(id, position, what, created_at, updated_at)| RuleRow {
        id: RuleId::of(id),
        position,
        name: what.0,
        queue: QueueId::of(what.1),
        priority: what.2,
        enabled: what.3,
        only_within_hours: what.4,
        expression: what.5,
        created_at,
        updated_at,
    })
}

fn status() -> impl Strategy<Value = StatusRow> {
    (number(), text(), group(), time(), time()).prop_map(|(id, name, group, created_at, updated_at)| StatusRow {
        id: StatusId::of(id),
        name,
        group,
        created_at,
        updated_at,
    })
}

fn queue() -> impl Strategy<Value = QueueRow> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let algorithm = select(vec![AssignmentAlgorithm::LoadBalancing, AssignmentAlgorithm::RoundRobin]);
    let order = (algorithm, option::of(any::<u32>()), option::of(number().prop_map(AgentId::of)));
    let hours = (option::of(number().prop_map(WorkingHoursId::of)), any::<bool>());
    (number(), text(), flags, order, hours, option::of(text()), (time(), time(), option::of(time()))).prop_map(
        |(id, name, (is_default, auto_assignment, sticky), order, hours, external_id, times)| QueueRow {
            id: QueueId::of(id),
            name,
            is_default,
            auto_assignment,
            algorithm: order.0,
            sticky,
            sticky_days: order.1,
            working_hours: hours.0,
            assign_outside_hours: hours.1,
            last_in_turn: order.2,
            external_id,
            created_at: times.0,
            updated_at: times.1,
            deleted_at: times.2,
        },
    )
}

fn customer() -> impl Strategy<Value = CustomerRow> {
    (number(), text(), text(), time()).prop_map(|(id, identity, display_name, created_at)| CustomerRow {
        id: CustomerId::of(id),
        identity,
        display_name,
        created_at,
    })
}

fn conversation() -> impl Strategy<Value = ConversationRow> {
    let status = select(vec![ConversationStatus::Open, ConversationStatus::Waiting, ConversationStatus::Solved]);
    let priority = select(vec![Priority::Urgent, Priority::High, Priority::Normal, Priority::Low]);
    let refs = (option::of(number()), option::of(number()), option::of(number()));
    let texts = (option::of(text()), option::of(text()), text());
    (number(), refs, texts, status, priority, time(), time()).prop_map(
        |(id, (customer, queue, agent), (topic, summary, channel), status, priority, created_at, updated_at)| {
            ConversationRow {
                id: ConversationId::of(id),
                customer: customer.map(CustomerId::of),
                topic,
                summary,
                status,
                priority,
                queue: queue.map(QueueId::of),
                agent: agent.map(AgentId::of),
                channel,
                created_at,
                updated_at,
                closed_at: None,
            }
        },
    )
}

fn call() -> impl Strategy<Value = CallRow> {
    let kinds = (
        select(vec![CallDirection::Inbound, CallDirection::Outbound]),
        select(vec![CallKind::Regular, CallKind::Transferred, CallKind::Callback]),
        select(vec![CallMedia::Audio, CallMedia::Video]),
        select(vec![
            CallState::Waiting,
            CallState::Ringing,
            CallState::Connecting,
            CallState::Established,
            CallState::Held,
            CallState::Transferring,
        ]),
    );
    let transfer = (number(), number(), number(), time()).prop_map(|(from, to, leg, since)| RunningTransfer {
        from: AgentId::of(from),
        to: AgentId::of(to),
        leg: LegId::of(leg),
        since,
    });
    let moved = (time(), any::<bool>(), option::of(time()), option::of(transfer));
    let refs = (number(), number(), number(), number(), option::of(number()), option::of(number()));
    let recorded = (
        option::of(recorded_media()),
        option::of(recorded_media()),
        option::of((0..=u64::MAX / 2).prop_map(MediaTime)),
        any::<bool>(),
        option::of((number(), number())).prop_map(|both| {
            both.map(|(from, queue)| HandedOver { from: AgentId::of(from), queue: QueueId::of(queue) })
        }),
    );
    let times = (time(), option::of(time()), option::of(time()), option::of(time()));
    let ended_by = select(vec![EndedBy::Customer, EndedBy::Agent, EndedBy::Api, EndedBy::Platform]);
    let end = (option::of(ended_by), option::of(any::<u32>()));
    let passed_over = vec(number().prop_map(AgentId::of), 0..3);
    let familiar = option::of(
        (number(), time()).prop_map(|(agent, last_contact)| FamiliarAgent { agent: AgentId::of(agent), last_contact }),
    );
    let waits = (option::of(number()), option::of(time()), any::<bool>(), option::of(time()), option::of(number()));
    (refs, kinds, map(), (passed_over, familiar, waits), moved, recorded, times, end).prop_map(
        |(refs, kinds, custom_data, (passed_over, familiar, waits), moved, recorded, times, end)| CallRow {
            id: CallId::of(refs.0),
            conversation: ConversationId::of(refs.1),
            customer: CustomerId::of(refs.2),
            direction: kinds.0,
            kind: kinds.1,
            media: kinds.2,
            state: kinds.3,
            queue: QueueId::of(refs.3),
            only_agent: refs.4.map(AgentId::of),
            familiar,
            link: refs.5.map(LinkId::of),
            custom_data,
            passed_over,
            ring_until: times.3,
            waiting_since: moved.0,
            front_of_queue: moved.1,
            held_since: moved.2,
            transfer: moved.3,
            wait: Wait {
                strategy: waits.0.map(WaitingStrategyId::of),
                until: waits.1,
                greeted: waits.2,
                ends_at: waits.3,
                away: waits.4.map(WorkingHoursId::of),
            },
            account_recording: recorded.0,
            auto_compose: recorded.3,
            recording: recorded.1,
            recording_paused: recorded.3,
            recording_epoch: recorded.2,
            handed_over: recorded.4,
            created_at: times.0,
            answered_at: times.1,
            ended_at: times.2,
            ended_by: end.0,
            end_code: end.1,
        },
    )
}

/// Legs that live, of any call of the few.
fn leg() -> impl Strategy<Value = LegRow> {
    let phase = select(vec![LegPhase::Waiting, LegPhase::Ringing, LegPhase::Connecting, LegPhase::Established]);
    let participant = select(vec![ParticipantType::Customer, ParticipantType::Agent]);
    let refs = (number(), number(), option::of(number()), option::of(number()));
    let media = (any::<bool>(), any::<bool>(), any::<bool>());
    let times = (option::of(time()), time(), option::of(time()));
    (refs, participant, text(), text(), phase, media, times).prop_map(
        |(refs, participant, identity, display_name, phase, (muted, camera, screen_share), times)| LegRow {
            id: LegId::of(refs.0),
            call: CallId::of(refs.1),
            participant,
            agent: refs.2.map(AgentId::of),
            identity,
            display_name,
            phase,
            media: MediaState { muted, camera, screen_share },
            lost_since: times.0,
            segment: refs.3.map(SegmentId::of),
            created_at: times.1,
            connected_at: times.2,
            ended_at: None,
        },
    )
}

fn link() -> impl Strategy<Value = LinkRow> {
    let destination = prop_oneof![
        option::of(text()).prop_map(|display_name| LinkDestination::Conversations { display_name }),
        (text(), option::of(text()))
            .prop_map(|(identity, display_name)| LinkDestination::Webrtc { identity, display_name }),
    ];
    let hours = (0..1440_u16, 0..1440_u16, vec(0..7_u8, 0..3)).prop_map(|(start_minute, end_minute, days)| LinkHours {
        start_minute,
        end_minute,
        days,
    });
    let texts = (text(), option::of(text()), option::of(text()));
    let refs = (number(), option::of(number()), option::of(number()));
    let flags = (any::<bool>(), any::<bool>());
    let times = (time(), time(), time(), option::of(time()), option::of(hours));
    (refs, texts, destination, map(), flags, times).prop_map(
        |(refs, texts, destination, custom_data, (show_identity, one_time), times)| LinkRow {
            id: LinkId::of(refs.0),
            // Unique, as the hash of a random secret is.
            secret_hash: format!("{:064x}", refs.0),
            secret_sealed: texts.0,
            config: refs.1.map(LinkConfigId::of),
            identity: texts.1,
            display_name: texts.2,
            show_identity,
            destination,
            custom_data,
            one_time,
            start: times.0,
            end: times.1,
            open_hours: times.4,
            created_by: refs.2.map(AgentId::of),
            created_at: times.2,
            used_at: times.3,
        },
    )
}

fn link_config() -> impl Strategy<Value = LinkConfigRow> {
    (number(), text(), any::<bool>(), map(), time(), time()).prop_map(
        |(id, name, is_default, body, created_at, updated_at)| LinkConfigRow {
            id: LinkConfigId::of(id),
            name,
            is_default,
            body: serde_json::to_value(body).expect("JSON"),
            created_at,
            updated_at,
        },
    )
}

fn message() -> impl Strategy<Value = Message> {
    let speech = (text(), text(), option::of(any::<bool>()), 500..2_000_u32).prop_map(
        |(text, language, language_selected_manually, rate_permille)| SpokenText {
            voice: VoiceName { name: text.clone(), gender: language.clone() },
            text,
            language,
            language_selected_manually,
            rate_permille,
        },
    );
    let source_type = option::of(select(vec![AudioSourceType::Tts, AudioSourceType::File]));
    (any::<bool>(), source_type, option::of(speech), option::of(number())).prop_map(
        |(enabled, source_type, speech, file)| Message {
            enabled,
            source_type,
            speech,
            file: file.map(AudioFileId::of),
        },
    )
}

fn span() -> impl Strategy<Value = Span> {
    let unit = select(vec![SpanUnit::Seconds, SpanUnit::Minutes, SpanUnit::Hours]);
    (unit, 1..1_000_u32).prop_map(|(unit, value)| Span { unit, value })
}

/// Music and what interrupts it.
fn sound() -> impl Strategy<Value = (Option<Music>, Option<PeriodicMessage>)> {
    let music = (any::<bool>(), option::of(number()))
        .prop_map(|(enabled, file)| Music { enabled, file: file.map(AudioFileId::of) });
    let announcement = (message(), option::of(span()))
        .prop_map(|(message, repeat_interval)| PeriodicMessage { message, repeat_interval });
    (option::of(music), option::of(announcement))
}

fn hold_config() -> impl Strategy<Value = HoldConfigRow> {
    let queues = vec(number().prop_map(QueueId::of), 0..3);
    (number(), text(), sound(), queues, any::<bool>(), any::<bool>(), time(), time()).prop_map(
        |(id, name, (music, announcement), queues, enabled, is_default, created_at, updated_at)| {
            let fields = HoldConfigFields { name, music, announcement, queues, enabled, is_default };
            HoldConfigRow { id: HoldConfigId::of(id), fields, created_at, updated_at }
        },
    )
}

/// An account has one.
fn transfer_strategy() -> impl Strategy<Value = TransferStrategyRow> {
    (sound(), time(), time()).prop_map(|((music, announcement), created_at, updated_at)| TransferStrategyRow {
        id: TransferStrategyId::of(1),
        fields: TransferStrategyFields { music, announcement },
        created_at,
        updated_at,
    })
}

fn waiting_strategy() -> impl Strategy<Value = WaitingStrategyRow> {
    let condition = prop_oneof![
        vec(number().prop_map(QueueId::of), 1..3).prop_map(WaitingCondition::Queue),
        vec((select(vec![ClientType::Pstn, ClientType::Webrtc]), text()), 1..3).prop_map(|senders| {
            let senders = senders.into_iter().map(|(client, identifier)| Sender { client, identifier });
            WaitingCondition::Sender(senders.collect())
        }),
    ];
    let messages = (option::of(message()), sound(), option::of(message()));
    (number(), option::of(text()), span(), messages, condition, time(), time()).prop_map(
        |(
            id,
            name,
            maximum_wait,
            (greeting, (music, announcement), last_message),
            condition,
            created_at,
            updated_at,
        )| {
            let fields =
                WaitingStrategyFields { name, maximum_wait, greeting, music, announcement, last_message, condition };
            WaitingStrategyRow { id: WaitingStrategyId::of(id), fields, created_at, updated_at }
        },
    )
}

fn note() -> impl Strategy<Value = NoteRow> {
    let kind = select(vec![NoteKind::Internal, NoteKind::Attachment]);
    (number(), number(), option::of(number()), kind, text(), time(), time()).prop_map(
        |(id, conversation, agent, kind, content, created_at, updated_at)| NoteRow {
            id: NoteId::of(id),
            conversation: ConversationId::of(conversation),
            agent: agent.map(AgentId::of),
            kind,
            content,
            created_at,
            updated_at,
        },
    )
}

/// Names are unique: each id has its own.
fn tag() -> impl Strategy<Value = TagRow> {
    (number(), time(), time()).prop_map(|(id, created_at, updated_at)| TagRow {
        id: TagId::of(id),
        name: format!("tag_{id}"),
        created_at,
        updated_at,
    })
}

fn carried() -> impl Strategy<Value = ConversationTag> {
    (number(), number()).prop_map(|(conversation, tag)| ConversationTag {
        conversation: ConversationId::of(conversation),
        tag: TagId::of(tag),
    })
}

fn metadata() -> impl Strategy<Value = MetadataRow> {
    (number(), map()).prop_map(|(conversation, values)| MetadataRow {
        conversation: ConversationId::of(conversation),
        values: values.into_iter().map(|(name, value)| (name, value.into())).collect(),
    })
}

fn settings() -> impl Strategy<Value = AccountSettings> {
    (any::<u32>(), any::<bool>(), any::<u32>(), option::of(recording_config())).prop_map(
        |(wrap_up_seconds, wrap_up_enabled, ring_inbound_seconds, recording)| AccountSettings {
            wrap_up_seconds,
            wrap_up_enabled,
            ring_inbound_seconds,
            recording,
            ..Default::default()
        },
    )
}

fn change() -> impl Strategy<Value = RowChange> {
    prop_oneof![
        settings().prop_map(RowChange::Settings),
        working_hours().prop_map(RowChange::WorkingHours),
        number().prop_map(|id| RowChange::WorkingHoursDeleted(WorkingHoursId::of(id))),
        rule().prop_map(RowChange::Rule),
        number().prop_map(|id| RowChange::RuleDeleted(RuleId::of(id))),
        status().prop_map(RowChange::Status),
        number().prop_map(|id| RowChange::StatusDeleted(StatusId::of(id))),
        agent().prop_map(RowChange::Agent),
        queue().prop_map(RowChange::Queue),
        customer().prop_map(RowChange::Customer),
        conversation().prop_map(RowChange::Conversation),
        call().prop_map(RowChange::Call),
        leg().prop_map(RowChange::Leg),
        link().prop_map(RowChange::Link),
        number().prop_map(|id| RowChange::LinkDeleted(LinkId::of(id))),
        link_config().prop_map(RowChange::LinkConfig),
        number().prop_map(|id| RowChange::LinkConfigDeleted(LinkConfigId::of(id))),
        waiting_strategy().prop_map(RowChange::WaitingStrategy),
        number().prop_map(|id| RowChange::WaitingStrategyDeleted(WaitingStrategyId::of(id))),
        hold_config().prop_map(RowChange::HoldConfig),
        number().prop_map(|id| RowChange::HoldConfigDeleted(HoldConfigId::of(id))),
        transfer_strategy().prop_map(RowChange::TransferStrategy),
        agent_recording().prop_map(RowChange::AgentRecording),
        (number(), message())
            .prop_map(|(id, message)| RowChange::AwayMessage(AwayMessageRow { id: WorkingHoursId::of(id), message })),
        number().prop_map(|id| RowChange::AwayMessageDeleted(WorkingHoursId::of(id))),
        note().prop_map(RowChange::Note),
        tag().prop_map(RowChange::Tag),
        number().prop_map(|id| RowChange::TagDeleted(TagId::of(id))),
        carried().prop_map(RowChange::Tagged),
        carried().prop_map(RowChange::Untagged),
        metadata().prop_map(RowChange::Metadata),
        number().prop_map(|id| RowChange::MetadataDeleted(ConversationId::of(id))),
        segment().prop_map(RowChange::Segment),
    ]
}

/// What the changes leave, computed in memory.
#[derive(Default)]
struct Expected {
    settings: AccountSettings,
    working_hours: BTreeMap<WorkingHoursId, WorkingHoursRow>,
    rules: BTreeMap<RuleId, RuleRow>,
    statuses: BTreeMap<StatusId, StatusRow>,
    agents: BTreeMap<AgentId, AgentRow>,
    queues: BTreeMap<QueueId, QueueRow>,
    customers: BTreeMap<CustomerId, CustomerRow>,
    conversations: BTreeMap<ConversationId, ConversationRow>,
    calls: BTreeMap<CallId, CallRow>,
    legs: BTreeMap<LegId, LegRow>,
    links: BTreeMap<LinkId, LinkRow>,
    link_configs: BTreeMap<LinkConfigId, LinkConfigRow>,
    waiting_strategies: BTreeMap<WaitingStrategyId, WaitingStrategyRow>,
    hold_configs: BTreeMap<HoldConfigId, HoldConfigRow>,
    transfer_strategy: Option<TransferStrategyRow>,
    agent_recordings: BTreeMap<AgentId, AgentRecordingRow>,
    away_messages: BTreeMap<WorkingHoursId, AwayMessageRow>,
    notes: BTreeMap<NoteId, NoteRow>,
    tags: BTreeMap<TagId, TagRow>,
    carried: BTreeSet<ConversationTag>,
    metadata: BTreeMap<ConversationId, MetadataRow>,
    segments: BTreeMap<(SegmentId, bool), SegmentRow>,
}

impl Expected {
    fn apply(&mut self, change: RowChange) {
        match change {
            RowChange::Settings(settings) => self.settings = settings,
            RowChange::WorkingHours(row) => drop(self.working_hours.insert(row.id, row)),
            RowChange::WorkingHoursDeleted(id) => drop(self.working_hours.remove(&id)),
            RowChange::Rule(row) => drop(self.rules.insert(row.id, row)),
            RowChange::RuleDeleted(id) => drop(self.rules.remove(&id)),
            RowChange::Status(row) => drop(self.statuses.insert(row.id, row)),
            RowChange::StatusDeleted(id) => drop(self.statuses.remove(&id)),
            RowChange::Agent(row) => drop(self.agents.insert(row.id, row)),
            RowChange::Queue(row) => drop(self.queues.insert(row.id, row)),
            RowChange::Customer(row) => drop(self.customers.insert(row.id, row)),
            RowChange::Conversation(row) => drop(self.conversations.insert(row.id, row)),
            RowChange::Call(row) => drop(self.calls.insert(row.id, row)),
            RowChange::Leg(row) => drop(self.legs.insert(row.id, row)),
            RowChange::Link(row) => drop(self.links.insert(row.id, row)),
            RowChange::LinkDeleted(id) => drop(self.links.remove(&id)),
            RowChange::LinkConfig(row) => drop(self.link_configs.insert(row.id, row)),
            RowChange::LinkConfigDeleted(id) => drop(self.link_configs.remove(&id)),
            RowChange::WaitingStrategy(row) => drop(self.waiting_strategies.insert(row.id, row)),
            RowChange::WaitingStrategyDeleted(id) => drop(self.waiting_strategies.remove(&id)),
            RowChange::HoldConfig(row) => drop(self.hold_configs.insert(row.id, row)),
            RowChange::HoldConfigDeleted(id) => drop(self.hold_configs.remove(&id)),
            RowChange::TransferStrategy(row) => self.transfer_strategy = Some(row),
            RowChange::AgentRecording(row) => drop(self.agent_recordings.insert(row.agent, row)),
            RowChange::AwayMessage(row) => drop(self.away_messages.insert(row.id, row)),
            RowChange::AwayMessageDeleted(id) => drop(self.away_messages.remove(&id)),
            RowChange::Note(row) => drop(self.notes.insert(row.id, row)),
            RowChange::Tag(row) => drop(self.tags.insert(row.id, row)),
            RowChange::TagDeleted(id) => {
                self.tags.remove(&id);
                self.carried.retain(|carried| carried.tag != id);
            }
            RowChange::Tagged(row) => drop(self.carried.insert(row)),
            RowChange::Untagged(row) => drop(self.carried.remove(&row)),
            RowChange::Metadata(row) => drop(self.metadata.insert(row.conversation, row)),
            RowChange::MetadataDeleted(id) => drop(self.metadata.remove(&id)),
            RowChange::Segment(row) => drop(self.segments.insert((row.id, row.screen), row)),
        }
    }

    fn snapshot(&self) -> Snapshot {
        let known: Vec<CustomerId> = self.conversations.values().filter_map(|row| row.customer).collect();
        let named: Vec<&str> = self.links.values().filter_map(|row| row.identity.as_deref()).collect();
        let is_wanted = |row: &&CustomerRow| known.contains(&row.id) || named.contains(&row.identity.as_str());
        let is_open = |id: ConversationId| self.conversations.contains_key(&id);
        Snapshot {
            settings: self.settings.clone(),
            working_hours: self.working_hours.values().cloned().collect(),
            rules: self.rules.values().cloned().collect(),
            statuses: self.statuses.values().cloned().collect(),
            agents: self.agents.values().cloned().collect(),
            queues: self.queues.values().cloned().collect(),
            customers: self.customers.values().filter(is_wanted).cloned().collect(),
            conversations: self.conversations.values().cloned().collect(),
            calls: self.calls.values().cloned().collect(),
            legs: self.legs.values().filter(|row| self.calls.contains_key(&row.call)).cloned().collect(),
            links: self.links.values().cloned().collect(),
            link_configs: self.link_configs.values().cloned().collect(),
            tags: self.tags.values().cloned().collect(),
            conversation_tags: self.carried.iter().filter(|row| is_open(row.conversation)).copied().collect(),
            metadata: self.metadata.values().filter(|row| is_open(row.conversation)).cloned().collect(),
            waiting_strategies: self.waiting_strategies.values().cloned().collect(),
            hold_configs: self.hold_configs.values().cloned().collect(),
            transfer_strategy: self.transfer_strategy.clone(),
            agent_recordings: self.agent_recordings.values().copied().collect(),
            away_messages: self.away_messages.values().cloned().collect(),
            segments: self.segments.values().filter(|row| !row.state.is_settled()).cloned().collect(),
            last_event: 0,
        }
    }
}

async fn check(changes: Vec<RowChange>) {
    let open = Open::new().await;
    let mut expected = Expected::default();
    changes.iter().cloned().for_each(|change| expected.apply(change));
    let units: Vec<Unit> = changes.chunks(3).map(|part| Unit { changes: part.to_vec(), events: Vec::new() }).collect();
    open.store.commit(ACCOUNT, open.epoch, &units).await.expect("committed");
    let open = open.reopen().await;
    let mut snapshot = open.store.snapshot(ACCOUNT).await.expect("a snapshot");
    snapshot.segments.sort_by_key(|row| (row.id, row.screen));
    assert_eq!(snapshot, expected.snapshot());
    for row in expected.notes.values() {
        assert_eq!(open.store.note(ACCOUNT, row.conversation, row.id).await.expect("readable").as_ref(), Some(row));
    }
    for row in expected.segments.values() {
        assert!(open.store.segment(ACCOUNT, row.id).await.expect("readable").contains(row), "{row:?}");
    }
    open.store.close().await;
}

#[test]
fn rows_come_back_as_they_were_written() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    // Each case opens two databases, so there are few of them, with many rows each. A failure prints its seed.
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let runtime = Arc::new(runtime);
    runner
        .run(&vec(change(), 1..120), |changes| {
            runtime.block_on(check(changes));
            Ok(())
        })
        .expect("every row survives");
}

#[tokio::test]
async fn a_customer_whom_a_link_names_is_known_without_a_conversation() {
    let open = Open::new().await;
    let customer = |number, identity: &str| CustomerRow {
        id: CustomerId::of(number),
        identity: identity.to_owned(),
        display_name: identity.to_owned(),
        created_at: WallTime(1),
    };
    let link = LinkRow {
        id: LinkId::of(1),
        secret_hash: "1".repeat(64),
        secret_sealed: "sealed".to_owned(),
        config: None,
        identity: Some("named".to_owned()),
        display_name: None,
        show_identity: true,
        destination: LinkDestination::Conversations { display_name: None },
        custom_data: BTreeMap::new(),
        one_time: false,
        start: WallTime(1),
        end: WallTime(2),
        open_hours: None,
        created_by: None,
        created_at: WallTime(1),
        used_at: None,
    };
    let (named, other) = (customer(1, "named"), customer(2, "other"));
    open.write(vec![RowChange::Customer(named.clone()), RowChange::Customer(other), RowChange::Link(link)]).await;
    assert_eq!(open.store.snapshot(ACCOUNT).await.expect("a snapshot").customers, [named]);
}

#[tokio::test]
async fn what_is_over_is_not_taken_up_again_and_stays_readable() {
    let open = Open::new().await;
    let conversation = super::support::conversation(1);
    let closed = ConversationRow { status: ConversationStatus::Closed, ..super::support::conversation(2) };
    open.write(vec![RowChange::Conversation(conversation.clone()), RowChange::Conversation(closed.clone())]).await;
    let snapshot = open.store.snapshot(ACCOUNT).await.expect("a snapshot");
    assert_eq!(snapshot.conversations, [conversation]);
    assert_eq!(open.store.conversation(ACCOUNT, closed.id).await.expect("readable"), Some(closed));
}

#[tokio::test]
async fn events_come_back_in_order() {
    let open = Open::new().await;
    let conversation = Some(ConversationId::of(1));
    let all = [
        Event::ConversationCreated,
        Event::CallStarted { direction: CallDirection::Inbound },
        Event::CallAnswered { agent: AgentId::of(1), waiting_ms: 1234 },
        Event::CallEnded { ended_by: EndedBy::Agent, duration_ms: 5, code: 10000 },
        Event::AgentStatusChanged { agent: AgentId::of(1), status: AgentStatus::Away, custom: Some(StatusId::of(3)) },
    ];
    let records: Vec<EventRecord> = (1..)
        .zip(all)
        .map(|(sequence, event)| {
            let conversation = conversation.filter(|_| sequence != 5);
            EventRecord {
                sequence,
                at: WallTime(7),
                conversation,
                call: Some(CallId::of(2)),
                author: (sequence == 2).then_some(Author::Agent { agent: AgentId::of(3) }),
                event,
            }
        })
        .collect();
    let unit = Unit { changes: Vec::new(), events: records.clone() };
    open.store.commit(ACCOUNT, open.epoch, &[unit]).await.expect("committed");
    let of_conversation = open.store.events_of(ACCOUNT, ConversationId::of(1), 0, 100).await.expect("readable");
    assert_eq!(of_conversation, records[..4]);
    assert_eq!(open.store.events_after(ACCOUNT, 2, 2).await.expect("readable"), records[2..4]);
    assert_eq!(open.store.snapshot(ACCOUNT).await.expect("a snapshot").last_event, 5);
}
