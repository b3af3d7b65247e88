//! Files and legs of recordings as `/calls/1`, `/webrtc/1` and `/call-link/1` tell of them.

use super::public_recording::{
    FileFormat, RecordingOutcome, file_id, file_name, format, native_url, outcome, seconds, size,
};
use crate::http::times;
use callcenter_core::row::SegmentRow;
use model::{CallDirection, WallTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Where a file lies.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum FileLocation {
    /// Here.
    Hosted,
}

/// A city in which recordings are kept; there is one place here, and so it sorts nothing out.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum RecordingLocation {
    SaoPaulo,
    Bogota,
    Frankfurt,
    Johannesburg,
    #[serde(rename = "JOHANNESBURG_1")]
    Johannesburg1,
    NewYork,
    Portland,
    Moscow,
    Singapore,
    Istanbul,
    KualaLumpur,
    Jakarta,
    Mumbai,
    #[serde(rename = "HONG_KONG_1")]
    HongKong1,
    HongKong,
    Riyadh,
    Chennai,
}

impl RecordingLocation {
    /// Their names, for people.
    pub(super) const NAMES: &'static str = "SAO_PAULO, BOGOTA, FRANKFURT, JOHANNESBURG, JOHANNESBURG_1, NEW_YORK, PORTLAND, \
                                            MOSCOW, SINGAPORE, ISTANBUL, KUALA_LUMPUR, JAKARTA, MUMBAI, HONG_KONG_1, HONG_KONG, \
                                            RIYADH, CHENNAI";
}

/// A recording file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PublicRecordingFile {
    id: String,
    name: String,
    file_format: FileFormat,
    /// Bytes, as it is downloaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[schema(format = DateTime)]
    creation_time: String,
    /// Seconds.
    duration: u64,
    #[schema(format = DateTime)]
    start_time: String,
    #[schema(format = DateTime)]
    end_time: String,
    location: FileLocation,
    /// As the customer's page gave it with the call.
    custom_data: BTreeMap<String, String>,
    /// The shared screen rather than voice and camera.
    screen: bool,
    /// As it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    native_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    native_mime_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
    /// Name of the person or key.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_by: Option<String>,
}

/// When the file is over.
fn ended_at(row: &SegmentRow) -> WallTime {
    let lasted = row.duration_ms.and_then(|ms| i64::try_from(ms).ok()).unwrap_or_default();
    WallTime(row.origin.began_at.0.saturating_add(lasted))
}

impl PublicRecordingFile {
    pub(super) fn of(row: &SegmentRow, custom_data: &BTreeMap<String, String>) -> Self {
        let native_url = native_url(row);
        Self {
            id: file_id(row),
            name: file_name(row).unwrap_or_else(|| row.id.to_string()),
            file_format: format(row),
            size: size(row),
            creation_time: times::text(ended_at(row)),
            duration: seconds(row).unwrap_or_default(),
            start_time: times::text(row.origin.began_at),
            end_time: times::text(ended_at(row)),
            location: FileLocation::Hosted,
            custom_data: custom_data.clone(),
            screen: row.screen,
            native_mime_type: native_url.as_ref().and(row.mime.clone()),
            native_url,
            deleted_at: times::text_of(row.deleted.as_ref().map(|deletion| deletion.at)),
            deleted_by: row.deleted.as_ref().map(|deletion| deletion.by.clone()),
        }
    }
}

/// What became of some files, as a whole.
pub(super) struct Whole {
    pub(super) direction: CallDirection,
    pub(super) identity: String,
    pub(super) status: RecordingOutcome,
    pub(super) reason: Option<String>,
    pub(super) files: Vec<PublicRecordingFile>,
    pub(super) start_time: String,
    pub(super) end_time: String,
}

impl Whole {
    /// Of a leg's rows, one at least.
    pub(super) fn of(rows: &[SegmentRow], custom_data: &BTreeMap<String, String>) -> Option<Self> {
        let first = rows.first()?;
        let outcomes: Vec<_> = rows.iter().map(outcome).collect();
        let all = |wanted| outcomes.iter().all(|(outcome, _)| *outcome == wanted);
        let status = if all(RecordingOutcome::Successful) {
            RecordingOutcome::Successful
        } else if all(RecordingOutcome::Failed) {
            RecordingOutcome::Failed
        } else {
            RecordingOutcome::PartiallyFailed
        };
        let mut reasons: Vec<String> = outcomes.into_iter().filter_map(|(_, reason)| reason).collect();
        reasons.dedup();
        let ends = rows.iter().map(ended_at).max();
        let files = rows.iter().filter(|row| row.bytes.is_some());
        Some(Self {
            direction: first.origin.direction,
            identity: first.origin.identity.clone().unwrap_or_default(),
            status,
            reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
            files: files.map(|row| PublicRecordingFile::of(row, custom_data)).collect(),
            start_time: times::text(first.origin.began_at),
            end_time: times::text(ends.unwrap_or(first.origin.began_at)),
        })
    }
}

/// A leg's part in a call's recording.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallRecording {
    call_id: String,
    /// Identity of who speaks.
    endpoint: String,
    direction: CallDirection,
    status: RecordingOutcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    files: Vec<PublicRecordingFile>,
}

/// Files of a call.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebRtcRecording)]
pub(super) struct CallFiles {
    /// Those with several parties in one.
    composed_files: Vec<PublicRecordingFile>,
    /// Those of one leg each.
    call_recordings: Vec<CallRecording>,
}

impl CallFiles {
    /// Of a call's rows.
    pub(super) fn of(rows: &[SegmentRow], custom_data: &BTreeMap<String, String>) -> Self {
        let (composed, rows): (Vec<&SegmentRow>, Vec<&SegmentRow>) =
            rows.iter().partition(|row| row.composed.is_some());
        let composed = composed.into_iter().filter(|row| row.bytes.is_some());
        let mut legs: BTreeMap<String, Vec<SegmentRow>> = BTreeMap::new();
        for row in rows {
            legs.entry(row.leg.to_string()).or_default().push(row.clone());
        }
        let told = legs.into_iter().filter_map(|(call_id, rows)| {
            let whole = Whole::of(&rows, custom_data)?;
            let Whole { direction, identity: endpoint, status, reason, files, .. } = whole;
            Some(CallRecording { call_id, endpoint, direction, status, reason, files })
        });
        Self {
            composed_files: composed.map(|row| PublicRecordingFile::of(row, custom_data)).collect(),
            call_recordings: told.collect(),
        }
    }
}
