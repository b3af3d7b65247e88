//! Where calls can be handed over to: `/ccaas/voice/2/transfer/queues`, and the agents of a call's queue.

use super::call_center;
use super::hold::agents_leg;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, StatusResponse};
use crate::http::limits::TARGETS_MAX;
use crate::http::params::Params;
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::CallCenter;
use model::{AgentStatus, LegId, QueueId, VoiceStatus};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::ListTransferQueues, routes!(queues)).on(Operation::ListTransferAgents, routes!(agents))
}

/// A queue to which calls can be handed over, or why they cannot.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TransferQueue {
    /// Null for the default queue.
    queue_id: Option<String>,
    queue_name: String,
    /// It is inside its working hours.
    active: bool,
    /// Calls can be handed over to queues that assign automatically alone.
    auto_assignment_enabled: bool,
    /// Agents who would get a call at once.
    available_agents_count: usize,
}

/// A page of queues.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TransferQueuePage {
    elements: Vec<TransferQueue>,
    total: usize,
    total_pages: usize,
}

/// An agent who serves the call's queue.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TransferAgent {
    agent_id: String,
    display_name: String,
    /// The call can be handed over to this agent now.
    available: bool,
    availability: AgentStatus,
    voice: VoiceStatus,
}

/// A page of agents.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TransferAgentPage {
    /// The call's queue.
    queue_name: String,
    elements: Vec<TransferAgent>,
    total: usize,
    total_pages: usize,
}

/// Query parameters of these lists.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `Page::read` reads")]
struct TargetPaging {
    /// Counts from zero.
    #[param(default = 0)]
    page: Option<u32>,
    /// Rows of a page.
    #[param(default = 20, minimum = 1, maximum = 2000)]
    size: Option<u32>,
    /// Part of the name, in any case.
    name: Option<String>,
}

struct Page {
    page: usize,
    size: usize,
    name: Option<String>,
}

impl Page {
    fn read(mut params: Params) -> Result<Self, ApiError> {
        let page = params.number("page", 0..=i32::MAX.cast_unsigned()).unwrap_or(0);
        let size = params.number("size", 1..=TARGETS_MAX).unwrap_or(20);
        let name = params.text("name").map(|name| name.to_lowercase());
        params.done()?;
        Ok(Self { page: page as usize, size: size as usize, name })
    }

    fn fits(&self, name: &str) -> bool {
        self.name.as_ref().is_none_or(|part| name.to_lowercase().contains(part))
    }

    /// The rows of this page, how many there are in all, and pages of them.
    fn cut<T>(&self, all: Vec<T>) -> (Vec<T>, usize, usize) {
        let total = all.len();
        let rows = all.into_iter().skip(self.page.saturating_mul(self.size)).take(self.size).collect();
        (rows, total, total.div_ceil(self.size))
    }
}

/// Lists queues to which calls can be handed over: those with available agents first.
#[utoipa::path(get, path = "/ccaas/voice/2/transfer/queues", operation_id = "get-transfer-queues",
    tag = "Transfer",
    params(TargetPaging),
    responses((status = 200, body = TransferQueuePage), (status = 400, body = StatusResponse)))]
async fn queues(
    State(state): State<AppState>,
    caller: Caller,
    params: Params,
) -> Result<Json<TransferQueuePage>, ApiError> {
    let page = Page::read(params)?;
    let all = call_center(&state, caller.account)?
        .query(move |core, _| {
            let queues = all_queues(core).into_iter().filter(|queue| page.fits(&queue.queue_name)).collect();
            page.cut(queues)
        })
        .await?;
    let (elements, total, total_pages) = all;
    Ok(Json(TransferQueuePage { elements, total, total_pages }))
}

fn all_queues(core: &CallCenter) -> Vec<TransferQueue> {
    let mut available: BTreeMap<QueueId, usize> = BTreeMap::new();
    for agent in core.agents() {
        for queue in agent.queues.iter().filter(|queue| core.takes_transfers(agent.id, **queue)) {
            *available.entry(*queue).or_default() += 1;
        }
    }
    let mut queues: Vec<TransferQueue> = core
        .queues()
        .map(|row| TransferQueue {
            queue_id: (!row.is_default).then(|| row.id.to_string()),
            queue_name: row.name.clone(),
            active: core.is_queue_open(row.id).unwrap_or_default(),
            auto_assignment_enabled: row.auto_assignment,
            available_agents_count: available.get(&row.id).copied().unwrap_or(0),
        })
        .collect();
    queues.sort_by_key(|queue| {
        let takes_calls = queue.auto_assignment_enabled && queue.active;
        (!takes_calls, queue.available_agents_count == 0, queue.queue_name.to_lowercase())
    });
    queues
}

/// Lists the agents of the call's queue, without the one who has it: available ones first.
#[utoipa::path(get, path = "/ccaas/voice/2/conversation/{conversationId}/transfer/agents",
    operation_id = "get-transfer-agents", tag = "Transfer",
    params(("conversationId" = String, Path, description = "The conversation."), TargetPaging),
    responses(
        (status = 200, body = TransferAgentPage),
        (status = 400, body = StatusResponse),
        (status = 412, body = StatusResponse, description = "The conversation has no call to be handed over."),
    ))]
async fn agents(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<TransferAgentPage>, ApiError> {
    let page = Page::read(params)?;
    let leg = agents_leg(&state, &caller, &id).await?.ok_or_else(no_call)?;
    let found = call_center(&state, caller.account)?
        .query(move |core, now| {
            let (queue_name, all) = agents_for(core, leg, now)?;
            let (elements, total, total_pages) =
                page.cut(all.into_iter().filter(|agent| page.fits(&agent.display_name)).collect());
            Some(TransferAgentPage { queue_name, elements, total, total_pages })
        })
        .await?;
    found.map(Json).ok_or_else(no_call)
}

fn agents_for(core: &CallCenter, leg: LegId, now: model::Now) -> Option<(String, Vec<TransferAgent>)> {
    let leg = core.leg(leg)?;
    let queue = core.queue(core.call(leg.call)?.queue)?;
    let mut agents: Vec<TransferAgent> = core
        .agents()
        .filter(|row| row.queues.contains(&queue.id) && Some(row.id) != leg.agent)
        .filter_map(|row| {
            let state = core.agent_state(row.id, now)?;
            Some(TransferAgent {
                agent_id: row.id.to_string(),
                display_name: row.display_name.clone(),
                available: core.takes_transfers(row.id, queue.id),
                availability: state.availability,
                voice: state.voice,
            })
        })
        .collect();
    agents.sort_by_key(|agent| (!agent.available, agent.display_name.to_lowercase()));
    Some((queue.name.clone(), agents))
}

fn no_call() -> ApiError {
    ApiError::precondition_failed("No conference found for the conversation: it has no call with an agent.").in_short()
}
