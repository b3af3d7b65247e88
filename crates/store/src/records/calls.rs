use super::{Reader, Record, Value};
use crate::error::Error;
use callcenter_core::row::{
    CallRow, ComposedFile, Deletion, FamiliarAgent, HandedOver, LegRow, RunningTransfer, SegmentOrigin, SegmentRow,
    Wait,
};
use model::MediaTime;
use wire::browser::MediaState;

impl Record for CallRow {
    const TABLE: &'static str = "calls";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "conversation",
        "customer",
        "direction",
        "kind",
        "media",
        "state",
        "queue",
        "only_agent",
        "familiar_agent",
        "familiar_since",
        "link",
        "custom_data",
        "passed_over",
        "ring_until",
        "waiting_since",
        "front_of_queue",
        "held_since",
        "transfer_from",
        "transfer_to",
        "transfer_leg",
        "transfer_since",
        "waiting_strategy",
        "waiting_until",
        "greeted",
        "waiting_ends_at",
        "away_hours",
        "account_recording",
        "auto_compose",
        "recording",
        "recording_paused",
        "recording_epoch_us",
        "handed_over_by",
        "handed_over_queue",
        "created_at",
        "answered_at",
        "ended_at",
        "ended_by",
        "end_code",
    ];

    fn values(&self) -> Vec<Value> {
        vec![
            Value::id(self.id),
            Value::id(self.conversation),
            Value::id(self.customer),
            Value::word(&self.direction),
            Value::word(&self.kind),
            Value::word(&self.media),
            Value::word(&self.state),
            Value::id(self.queue),
            Value::id_or_null(self.only_agent),
            Value::id_or_null(self.familiar.map(|familiar| familiar.agent)),
            Value::time_or_null(self.familiar.map(|familiar| familiar.last_contact)),
            Value::id_or_null(self.link),
            Value::json(&self.custom_data),
            Value::json(&self.passed_over),
            Value::time_or_null(self.ring_until),
            Value::time(self.waiting_since),
            Value::Bool(self.front_of_queue),
            Value::time_or_null(self.held_since),
            Value::id_or_null(self.transfer.map(|transfer| transfer.from)),
            Value::id_or_null(self.transfer.map(|transfer| transfer.to)),
            Value::id_or_null(self.transfer.map(|transfer| transfer.leg)),
            Value::time_or_null(self.transfer.map(|transfer| transfer.since)),
            Value::id_or_null(self.wait.strategy),
            Value::time_or_null(self.wait.until),
            Value::Bool(self.wait.greeted),
            Value::time_or_null(self.wait.ends_at),
            Value::id_or_null(self.wait.away),
            Value::word_or_null(&self.account_recording),
            Value::Bool(self.auto_compose),
            Value::word_or_null(&self.recording),
            Value::Bool(self.recording_paused),
            Value::count_or_null(self.recording_epoch.map(|epoch| epoch.0)),
            Value::id_or_null(self.handed_over.map(|before| before.from)),
            Value::id_or_null(self.handed_over.map(|before| before.queue)),
            Value::time(self.created_at),
            Value::time_or_null(self.answered_at),
            Value::time_or_null(self.ended_at),
            Value::word_or_null(&self.ended_by),
            Value::number_or_null(self.end_code),
        ]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            conversation: row.id("conversation")?,
            customer: row.id("customer")?,
            direction: row.word("direction")?,
            kind: row.word("kind")?,
            media: row.word("media")?,
            state: row.word("state")?,
            queue: row.id("queue")?,
            only_agent: row.id_or_null("only_agent")?,
            familiar: familiar_agent(row)?,
            link: row.id_or_null("link")?,
            custom_data: row.json("custom_data")?,
            passed_over: row.json("passed_over")?,
            ring_until: row.time_or_null("ring_until")?,
            waiting_since: row.time("waiting_since")?,
            front_of_queue: row.truth("front_of_queue")?,
            held_since: row.time_or_null("held_since")?,
            transfer: transfer(row)?,
            wait: Wait {
                strategy: row.id_or_null("waiting_strategy")?,
                until: row.time_or_null("waiting_until")?,
                greeted: row.truth("greeted")?,
                ends_at: row.time_or_null("waiting_ends_at")?,
                away: row.id_or_null("away_hours")?,
            },
            account_recording: row.word_or_null("account_recording")?,
            auto_compose: row.truth("auto_compose")?,
            recording: row.word_or_null("recording")?,
            recording_paused: row.truth("recording_paused")?,
            recording_epoch: row.number_or_null("recording_epoch_us")?.map(MediaTime),
            handed_over: handed_over(row)?,
            created_at: row.time("created_at")?,
            answered_at: row.time_or_null("answered_at")?,
            ended_at: row.time_or_null("ended_at")?,
            ended_by: row.word_or_null("ended_by")?,
            end_code: row.number_or_null("end_code")?,
        })
    }
}

/// Both of its columns are there, or none.
fn handed_over(row: &Reader<'_>) -> Result<Option<HandedOver>, Error> {
    let Some(from) = row.id_or_null("handed_over_by")? else { return Ok(None) };
    Ok(Some(HandedOver { from, queue: row.id("handed_over_queue")? }))
}

fn familiar_agent(row: &Reader<'_>) -> Result<Option<FamiliarAgent>, Error> {
    let Some(agent) = row.id_or_null("familiar_agent")? else { return Ok(None) };
    Ok(Some(FamiliarAgent { agent, last_contact: row.time("familiar_since")? }))
}

/// All four of its columns are there, or none.
fn transfer(row: &Reader<'_>) -> Result<Option<RunningTransfer>, Error> {
    let Some(since) = row.time_or_null("transfer_since")? else { return Ok(None) };
    let (from, to, leg) = (row.id("transfer_from")?, row.id("transfer_to")?, row.id("transfer_leg")?);
    Ok(Some(RunningTransfer { from, to, leg, since }))
}

impl Record for LegRow {
    const TABLE: &'static str = "legs";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "call",
        "participant",
        "agent",
        "identity",
        "display_name",
        "phase",
        "muted",
        "camera",
        "screen_share",
        "lost_since",
        "segment",
        "created_at",
        "connected_at",
        "ended_at",
    ];

    fn values(&self) -> Vec<Value> {
        vec![
            Value::id(self.id),
            Value::id(self.call),
            Value::word(&self.participant),
            Value::id_or_null(self.agent),
            Value::text(&self.identity),
            Value::text(&self.display_name),
            Value::word(&self.phase),
            Value::Bool(self.media.muted),
            Value::Bool(self.media.camera),
            Value::Bool(self.media.screen_share),
            Value::time_or_null(self.lost_since),
            Value::id_or_null(self.segment),
            Value::time(self.created_at),
            Value::time_or_null(self.connected_at),
            Value::time_or_null(self.ended_at),
        ]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            call: row.id("call")?,
            participant: row.word("participant")?,
            agent: row.id_or_null("agent")?,
            identity: row.text("identity")?,
            display_name: row.text("display_name")?,
            phase: row.word("phase")?,
            media: MediaState {
                muted: row.truth("muted")?,
                camera: row.truth("camera")?,
                screen_share: row.truth("screen_share")?,
            },
            lost_since: row.time_or_null("lost_since")?,
            segment: row.id_or_null("segment")?,
            created_at: row.time("created_at")?,
            connected_at: row.time_or_null("connected_at")?,
            ended_at: row.time_or_null("ended_at")?,
        })
    }
}

impl Record for SegmentRow {
    const TABLE: &'static str = "segments";
    const KEY: &'static [&'static str] = &["id", "screen"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "screen",
        "conversation",
        "call",
        "leg",
        "participant",
        "agent",
        "display_name",
        "state",
        "media",
        "path",
        "file_name",
        "mime",
        "bytes",
        "duration_ms",
        "gaps_ms",
        "sha256",
        "reason",
        "started_at",
        "deleted_at",
        "deleted_by",
        "began_at",
        "direction",
        "participant_id",
        "identity",
        "transferred_from",
        "transferred_to",
        "transferred_from_queue",
        "transferred_to_queue",
        "composed",
    ];

    fn values(&self) -> Vec<Value> {
        vec![
            Value::id(self.id),
            Value::Bool(self.screen),
            Value::id(self.conversation),
            Value::id(self.call),
            Value::id(self.leg),
            Value::word(&self.participant),
            Value::id_or_null(self.agent),
            Value::text(&self.display_name),
            Value::word(&self.state),
            Value::word(&self.media),
            Value::text_or_null(&self.path),
            Value::text_or_null(&self.file_name),
            Value::text_or_null(&self.mime),
            Value::count_or_null(self.bytes),
            Value::count_or_null(self.duration_ms),
            Value::count_or_null(self.gaps_ms),
            Value::text_or_null(&self.sha256),
            Value::text_or_null(&self.reason),
            Value::time(self.started_at),
            Value::time_or_null(self.deleted.as_ref().map(|deletion| deletion.at)),
            self.deleted.as_ref().map(|deletion| deletion.by.clone()).into(),
            Value::time(self.origin.began_at),
            Value::word(&self.origin.direction),
            Value::text_or_null(&self.origin.participant),
            Value::text_or_null(&self.origin.identity),
            Value::id_or_null(self.origin.transferred_from),
            Value::id_or_null(self.origin.transferred_to),
            Value::id_or_null(self.origin.transferred_from_queue),
            Value::id_or_null(self.origin.transferred_to_queue),
            Value::Text(self.composed.as_ref().map(|composed| serde_json::to_string(composed).expect("plain fields"))),
        ]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            screen: row.truth("screen")?,
            conversation: row.id("conversation")?,
            call: row.id("call")?,
            leg: row.id("leg")?,
            participant: row.word("participant")?,
            agent: row.id_or_null("agent")?,
            display_name: row.text("display_name")?,
            state: row.word("state")?,
            media: row.word("media")?,
            path: row.text_or_null("path")?,
            file_name: row.text_or_null("file_name")?,
            mime: row.text_or_null("mime")?,
            bytes: row.number_or_null("bytes")?,
            duration_ms: row.number_or_null("duration_ms")?,
            gaps_ms: row.number_or_null("gaps_ms")?,
            sha256: row.text_or_null("sha256")?,
            reason: row.text_or_null("reason")?,
            started_at: row.time("started_at")?,
            deleted: deletion(row)?,
            origin: origin(row)?,
            composed: composed(row)?,
        })
    }
}

fn origin(row: &Reader<'_>) -> Result<SegmentOrigin, Error> {
    Ok(SegmentOrigin {
        began_at: row.time("began_at")?,
        direction: row.word("direction")?,
        participant: row.text_or_null("participant_id")?,
        identity: row.text_or_null("identity")?,
        transferred_from: row.id_or_null("transferred_from")?,
        transferred_to: row.id_or_null("transferred_to")?,
        transferred_from_queue: row.id_or_null("transferred_from_queue")?,
        transferred_to_queue: row.id_or_null("transferred_to_queue")?,
    })
}

fn composed(row: &Reader<'_>) -> Result<Option<Box<ComposedFile>>, Error> {
    let Some(text) = row.text_or_null("composed")? else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|error| Error::Damaged(format!("composed: {error}")))
}

/// Both of its columns are there, or none.
fn deletion(row: &Reader<'_>) -> Result<Option<Deletion>, Error> {
    let Some(at) = row.time_or_null("deleted_at")? else { return Ok(None) };
    Ok(Some(Deletion { at, by: row.text("deleted_by")? }))
}
