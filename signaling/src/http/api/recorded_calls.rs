//! What is recorded, by call, for `/webrtc/1` and `/call-link/1`.

use super::call_recordings::{calls_of, delete_all, of_file};
use crate::http::caller::Caller;
use crate::http::errors::ApiError;
use crate::http::params::{PageInfo, Params, SizePage};
use crate::state::AppState;
use callcenter_core::row::{CallRow, SegmentRow};
use model::{AgentId, CallId};
use std::collections::BTreeMap;
use store::{Order, SegmentFilter, Span, Together, TogetherOrder};

/// A call and its files.
pub(super) struct RecordedCall {
    pub(super) call: CallRow,
    pub(super) rows: Vec<SegmentRow>,
}

/// A page of calls; without a filter none.
pub(super) async fn list(
    state: &AppState,
    caller: &Caller,
    filter: Option<SegmentFilter>,
    page: SizePage,
    order: Order<TogetherOrder>,
) -> Result<(Vec<RecordedCall>, PageInfo), ApiError> {
    let own = caller.narrowed()?;
    let Some(filter) = filter else { return Ok((Vec::new(), page.info(0))) };
    let filter = SegmentFilter { agent: own, ..filter };
    let found = state.store.recorded(caller.account, Together::Call, &filter, page.request(order)).await?;
    let recorded = read(state, caller, &found.items, own).await?;
    Ok((recorded, page.info(found.total)))
}

/// When the calls' recordings began.
pub(super) fn began(params: &mut Params) -> Span {
    let from = params.time("startTimeAfter").map(|time| time.0.saturating_add(1));
    let to = params.time("startTimeBefore").map(|time| time.0.saturating_sub(1));
    Span { from, to }
}

async fn read(
    state: &AppState,
    caller: &Caller,
    ids: &[String],
    own: Option<AgentId>,
) -> Result<Vec<RecordedCall>, ApiError> {
    let mut rows = state.store.segments_together(caller.account, Together::Call, ids).await?;
    rows.retain(|row| own.is_none() || row.agent == own);
    let calls = calls_of(state, caller, &rows).await?;
    let mut of_call: BTreeMap<String, Vec<SegmentRow>> = BTreeMap::new();
    rows.into_iter().for_each(|row| of_call.entry(row.call.to_string()).or_default().push(row));
    let mut by_id: BTreeMap<String, CallRow> = calls.into_iter().map(|call| (call.id.to_string(), call)).collect();
    let joined = |id: &String| Some(RecordedCall { call: by_id.remove(id)?, rows: of_call.remove(id)? });
    Ok(ids.iter().filter_map(joined).collect())
}

/// Deletes the files of a call, or the one that has this id; what is left is what is known of the call's recording.
/// `fits` says whether a call is told of here at all.
pub(super) async fn delete(
    state: &AppState,
    caller: &Caller,
    id: &str,
    fits: impl Fn(&CallRow) -> bool,
) -> Result<RecordedCall, ApiError> {
    let unknown = || ApiError::unknown_id(id);
    let of_call = match id.parse::<CallId>() {
        Ok(call) => read(state, caller, &[call.to_string()], None).await?.pop(),
        Err(_) => None,
    };
    let (call, rows) = match of_call {
        Some(recorded) => (recorded.call, recorded.rows),
        None => {
            let rows = of_file(state, caller, id).await?;
            (calls_of(state, caller, &rows).await?.pop().ok_or_else(unknown)?, rows)
        }
    };
    if !fits(&call) {
        return Err(unknown());
    }
    delete_all(state, caller, &rows).await?;
    read(state, caller, &[call.id.to_string()], None).await?.pop().ok_or_else(unknown)
}

/// Whether the call that a file is of is told of here.
pub(super) async fn check_file(
    state: &AppState,
    caller: &Caller,
    id: &str,
    fits: impl Fn(&CallRow) -> bool,
) -> Result<(), ApiError> {
    let rows = of_file(state, caller, id).await?;
    let calls = calls_of(state, caller, &rows).await?;
    if calls.iter().any(fits) { Ok(()) } else { Err(ApiError::unknown_id(id)) }
}
