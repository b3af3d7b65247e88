//! `/ccaas/1/routing`

use super::call_center;
use super::conversation_dto::PriorityDto;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException, StatusCodeResponse};
use crate::http::fields::{Fields, FieldsList};
use crate::http::params::{Pagination, Params};
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use callcenter_core::CallCenter;
use callcenter_core::command::{Command, NewRule};
use callcenter_core::limits::MAX_RULES;
use callcenter_core::row::{Priority, RuleRow};
use model::{QueueId, RuleId};
use serde::Serialize;
use serde_json::Value;
use store::{CreatedOrder, PageRequest};
use utoipa::ToSchema;
use utoipa_axum::routes;

const NAME_MAX: usize = 255;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ReadRouting, routes!(read))
        .on(Operation::ReplaceRouting, routes!(replace))
        .on(Operation::DeleteRouting, routes!(delete))
}

/// A rule by which calls find their queue.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RoutingRule {
    id: String,
    /// Calls for which it holds get it.
    priority: PriorityDto,
    /// What is asked of a call.
    #[schema(value_type = Object)]
    expression: Value,
    /// Calls for which it holds belong there.
    queue_id: String,
    /// Absent once the queue is deleted: then the rule is passed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_name: Option<String>,
    enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// Counts from zero: the first rule that holds wins.
    order: u32,
    /// Outside of the queue's working hours the rule is passed over.
    route_only_during_working_hours: bool,
    is_private: bool,
}

fn rule(core: &CallCenter, row: &RuleRow) -> RoutingRule {
    RoutingRule {
        id: row.id.to_string(),
        priority: row.priority.into(),
        expression: row.expression.clone(),
        queue_id: row.queue.to_string(),
        queue_name: core.queue(row.queue).filter(|queue| queue.deleted_at.is_none()).map(|queue| queue.name.clone()),
        enabled: row.enabled,
        name: row.name.clone(),
        created_at: times::text(row.created_at),
        updated_at: times::text(row.updated_at),
        order: row.position,
        route_only_during_working_hours: row.only_within_hours,
        is_private: false,
    }
}

/// All rules, in order.
#[derive(Debug, Serialize, ToSchema)]
struct RoutingRules {
    routes: Vec<RoutingRule>,
    pagination: Pagination,
}

/// Fields of a rule.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `read_rule` reads")]
struct RoutingRuleRequest {
    #[schema(default = "NORMAL")]
    priority: Option<PriorityDto>,
    /// What is asked of a call: `{"customer.country": {"$in": ["HR", "SI"]}}`. All members must hold; `$and`, `$or` and
    /// `$not` join expressions, and `$eq`, `$neq`, `$lt`, `$lte`, `$gt`, `$gte`, `$in` and `$nin` compare. At most
    /// 4000 characters.
    #[schema(value_type = Object)]
    expression: Value,
    #[schema(max_length = 255)]
    queue_id: String,
    #[schema(default = true)]
    enabled: Option<bool>,
    #[schema(max_length = 255)]
    name: Option<String>,
    #[schema(default = false)]
    route_only_during_working_hours: Option<bool>,
}

/// Lists the rules in the order in which they are asked. The list is one page.
#[utoipa::path(get, path = "/ccaas/1/routing", operation_id = "get-routing", tag = "Routing",
    params(
        ("ruleIds" = Option<Vec<String>>, Query, description = "These rules."),
        ("enabled" = Option<bool>, Query, description = "Enabled or disabled ones."),
    ),
    responses((status = 200, body = RoutingRules), (status = 400, body = ApiException)))]
async fn read(
    State(state): State<AppState>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<RoutingRules>, ApiError> {
    let ids: Option<Vec<RuleId>> = params.ids("ruleIds");
    let enabled = params.flag("enabled");
    params.done()?;
    let routes: Vec<RoutingRule> = call_center(&state, caller.account)?
        .query(move |core, _| {
            let fits = |row: &&RuleRow| {
                ids.as_ref().is_none_or(|ids| ids.contains(&row.id))
                    && enabled.is_none_or(|enabled| row.enabled == enabled)
            };
            core.rules().filter(fits).map(|row| rule(core, row)).collect()
        })
        .await?;
    let limit = u32::try_from(MAX_RULES).expect("some thousand");
    let request = PageRequest::<CreatedOrder> { limit, ..PageRequest::default() };
    let pagination = Pagination::of(&request, routes.len() as u64);
    Ok(Json(RoutingRules { routes, pagination }))
}

/// Replaces all rules by these, in this order. Calls that came before stay where they are.
#[utoipa::path(put, path = "/ccaas/1/routing", operation_id = "update-routing", tag = "Routing",
    request_body = Vec<RoutingRuleRequest>,
    responses((status = 200, body = StatusCodeResponse), (status = 400, body = ApiException)))]
async fn replace(
    State(state): State<AppState>,
    caller: Caller,
    body: FieldsList,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    let rules = body.read(read_rule)?;
    let rules = rules.into_iter().map(|rule| rule.expect("what is missing was noted")).collect();
    call_center(&state, caller.account)?.handle(Command::ReplaceRules(rules)).await?;
    Ok(StatusCodeResponse::success("The routing rules are replaced."))
}

/// `None` only when something was wrong.
fn read_rule(fields: &mut Fields) -> Option<NewRule> {
    let name = fields.text("name", 1..=NAME_MAX);
    fields.require("queueId");
    let queue: Option<QueueId> = fields.id("queueId");
    fields.require("expression");
    let expression = fields.raw("expression");
    if expression.as_ref().is_some_and(|expression| !expression.is_object()) {
        fields.reject("expression", "must be an object");
    }
    let priority: Option<Priority> = fields.one_of("priority", "URGENT, HIGH, NORMAL, LOW");
    let enabled = fields.flag("enabled").unwrap_or(true);
    let only_within_hours = fields.flag("routeOnlyDuringWorkingHours").unwrap_or(false);
    if queue.is_none() && fields.text("queueId", 0..=NAME_MAX).is_some_and(|id| id.is_empty()) {
        fields.reject("queueId", "must not be blank");
    }
    Some(NewRule {
        name,
        queue: queue?,
        priority: priority.unwrap_or_default(),
        enabled,
        only_within_hours,
        expression: expression?,
    })
}

/// Deletes all rules: every call comes to the default queue.
#[utoipa::path(delete, path = "/ccaas/1/routing", operation_id = "delete-routing", tag = "Routing",
    responses((status = 200, body = StatusCodeResponse)))]
async fn delete(State(state): State<AppState>, caller: Caller) -> Result<Json<StatusCodeResponse>, ApiError> {
    call_center(&state, caller.account)?.handle(Command::ReplaceRules(Vec::new())).await?;
    Ok(StatusCodeResponse::success("The routing rules are deleted."))
}
