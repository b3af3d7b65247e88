//! `/call-link/1/subdomains`: names under which call links are opened.

use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException};
use crate::http::fields::Fields;
use crate::http::limits::SUBDOMAINS;
use crate::http::routes::Routes;
use crate::http::subdomains::OwnName;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use model::{AccountId, SubdomainId};
use serde::Serialize;
use store::SubdomainRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

/// Characters of a label (RFC 1035 §2.3.4).
const LABEL_MAX: usize = 63;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListSubdomains, routes!(list))
        .on(Operation::CreateSubdomain, routes!(create))
        .on(Operation::DeleteSubdomain, routes!(delete))
}

/// A name before the server's own.
#[derive(Debug, Serialize, ToSchema)]
struct Subdomain {
    id: String,
    /// In lower case.
    #[schema(pattern = "^[A-Za-z0-9](?:[A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?$")]
    name: String,
}

impl From<SubdomainRow> for Subdomain {
    fn from(row: SubdomainRow) -> Self {
        Self { id: row.id.to_string(), name: row.name }
    }
}

/// A new name before the server's own.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `create` reads")]
struct SubdomainRequest {
    /// One label of a host name, without a dot: `acme` for `https://acme.calls.example.com`.
    #[schema(pattern = "^[A-Za-z0-9](?:[A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?$")]
    name: String,
}

/// Lists subdomains, oldest first.
#[utoipa::path(get, path = "/call-link/1/subdomains", operation_id = "get-subdomains", tag = "Call links",
    responses((status = 200, body = Vec<Subdomain>)))]
async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<Subdomain>>, ApiError> {
    let rows = state.store.subdomains(caller.account).await?;
    Ok(Json(rows.into_iter().map(Subdomain::from).collect()))
}

/// Makes a subdomain, of which an account has at most three.
#[utoipa::path(post, path = "/call-link/1/subdomains", operation_id = "create-subdomain", tag = "Call links",
    request_body = SubdomainRequest,
    responses((status = 200, body = Subdomain), (status = 400, body = ApiException)))]
async fn create(
    State(state): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Json<Subdomain>, ApiError> {
    let name = fields.required_text("name", LABEL_MAX).to_ascii_lowercase();
    if !name.trim().is_empty() && !is_label(&name) {
        fields.reject("name", "must be letters, digits and hyphens, with no hyphen at its ends and without a dot");
    }
    fields.done()?;
    OwnName::of(&state.config).map_err(|error| ApiError::bad_request(error.to_string()))?;
    let row = SubdomainRow { account: caller.account, id: SubdomainId::fresh(), name, created_at: state.clock.wall() };
    match state.store.create_subdomain(&row, SUBDOMAINS).await {
        Ok(true) => Ok(Json(row.into())),
        Ok(false) => {
            Err(ApiError::bad_request(format!("There are {SUBDOMAINS} subdomains already: delete one first.")))
        }
        Err(store::Error::Exists(_)) => {
            let why = format!("'{}' is taken on this server: choose another.", row.name);
            Err(ApiError::invalid("name", why))
        }
        Err(error) => Err(error.into()),
    }
}

fn is_label(name: &str) -> bool {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    plain && !name.is_empty() && name.len() <= LABEL_MAX && !name.starts_with('-') && !name.ends_with('-')
}

/// Deletes a subdomain. Links of configurations that named it have the server's own address again, to which those that
/// were sent already lead as long as the name does.
#[utoipa::path(delete, path = "/call-link/1/subdomains/{id}", operation_id = "delete-subdomain", tag = "Call links",
    params(("id" = String, Path, description = "The subdomain.")),
    responses((status = 200, body = Subdomain), (status = 404, body = ApiException)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Subdomain>, ApiError> {
    let parsed: SubdomainId = id.parse().map_err(|_| ApiError::unknown_id(&id))?;
    let found = state.store.subdomains(caller.account).await?.into_iter().find(|row| row.id == parsed);
    let row = found.ok_or_else(|| ApiError::unknown_id(&id))?;
    state.store.delete_subdomain(caller.account, row.id).await?;
    Ok(Json(row.into()))
}

/// Refuses a subdomain that is not the account's.
pub(super) async fn check_chosen(
    state: &AppState,
    account: AccountId,
    chosen: Option<SubdomainId>,
) -> Result<(), ApiError> {
    match (chosen, unless_deleted(state, account, chosen).await?) {
        (Some(id), None) => {
            Err(ApiError::invalid("subdomainId", format!("There is no subdomain '{id}': create it first.")))
        }
        _ => Ok(()),
    }
}

/// The subdomain that was chosen, if it is still there.
pub(super) async fn unless_deleted(
    state: &AppState,
    account: AccountId,
    chosen: Option<SubdomainId>,
) -> Result<Option<SubdomainId>, ApiError> {
    let Some(id) = chosen else { return Ok(None) };
    Ok(state.store.subdomains(account).await?.into_iter().map(|row| row.id).find(|one| *one == id))
}
