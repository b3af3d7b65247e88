//! `/call-link/1/guest`: what a call link's page asks when a customer opens it.

use super::call_center;
use super::link_configs::options;
use super::link_dto::LinkStateDto;
use super::link_image_door::address;
use super::link_theme::{CallOptions, InitialOptions, Theme};
use crate::auth::attempts::client_of;
use crate::auth::limits::GUEST_TOKEN_LIFE;
use crate::auth::tokens::TokenClaims;
use crate::auth::{keys, link_secret};
use crate::http::access::Operation;
use crate::http::doors::Client;
use crate::http::errors::{ApiError, ApiException};
use crate::http::fields::Fields;
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::extract::State;
use axum::{Extension, Json};
use callcenter_core::LinkState;
use callcenter_core::row::{LinkDestination, LinkRow};
use model::{AccountId, ParticipantType};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::OpenLinkAsGuest, routes!(open))
}

/// The link that was opened.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `open` reads")]
struct GuestRequest {
    /// The secret in the link's address: what follows `/c/`.
    link: String,
}

/// What the page shows, and while the link is active the token to call with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Guest {
    state: LinkStateDto,
    /// Name of the contact center.
    title: String,
    theme: Theme,
    images: GuestImages,
    initial_options: InitialOptions,
    call_options: CallOptions,
    #[schema(format = DateTime)]
    valid_from: String,
    #[schema(format = DateTime)]
    valid_until: String,
    identity: GuestIdentity,
    /// For the WebSocket. Keep it for a reload: a one-time link gives none a second time.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    expiration_time: Option<String>,
}

/// Where the page finds its images, on its own origin.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GuestImages {
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background_url: Option<String>,
}

/// As whom the customer calls.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GuestIdentity {
    /// Absent when the link gives no name.
    display_name: Option<String>,
}

/// Opens a call link.
#[utoipa::path(post, path = "/call-link/1/guest", operation_id = "open-call-link", tag = "Call links", security(()),
    request_body = GuestRequest,
    responses(
        (status = 200, body = Guest),
        (status = 404, body = ApiException, description = "There is no such link."),
        (status = 429, body = ApiException, description = "Too many unknown links."),
    ))]
async fn open(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    mut fields: Fields,
) -> Result<Json<Guest>, ApiError> {
    let secret = fields.required_text("link", 255);
    fields.done()?;
    let address = client_of(client.address);
    let mono = state.clock.now().mono;
    state.auth.unknown_links.check(&address, mono).map_err(|wait| {
        ApiError::too_many_requests(wait, "Too many unknown call links were tried. Wait a minute, then try again.")
    })?;
    let found = find(&state, &secret).await?;
    let Some((account, row)) = found else {
        // The check above has refused already if this is one too many.
        let _ = state.auth.unknown_links.try_one(&address, mono);
        return Err(ApiError::not_found("This call link does not exist. Ask whoever sent it for a new one."));
    };
    show(&state, account, row).await
}

async fn find(state: &AppState, secret: &str) -> Result<Option<(AccountId, LinkRow)>, ApiError> {
    if !link_secret::is_well_formed(secret) {
        return Ok(None);
    }
    let hash = keys::secret_hash(secret);
    let found = state.store.link_by_secret(&hash).await?;
    Ok(found.filter(|(_, row)| keys::same(&row.secret_hash, &hash)))
}

async fn show(state: &AppState, account: AccountId, row: LinkRow) -> Result<Json<Guest>, ApiError> {
    let (id, config) = (row.id, row.config);
    let (row, link_state, body) = call_center(state, account)?
        .query(move |core, now| {
            // The core knows better than the row that was read whether it was used a moment ago.
            let row = core.link(id).cloned().unwrap_or(row);
            let link_state = core.link_state(&row, now);
            let body = core.link_config(config).map(|config| config.body.clone());
            (row, link_state, body.unwrap_or(Value::Object(serde_json::Map::new())))
        })
        .await?;
    let options = options(state, account, &body).await?;
    let chosen = &options.theme.images;
    let images = GuestImages {
        logo_url: chosen.logo_image_id.map(|id| address(account, id)),
        background_url: chosen.background_image_id.map(|id| address(account, id)),
    };
    let (token, expiration_time) = match link_state {
        LinkState::Active => token(state, account, &row),
        LinkState::Inactive | LinkState::Expired => (None, None),
    };
    let shown_name = row.display_name.clone().or_else(|| row.identity.clone().filter(|_| row.show_identity));
    Ok(Json(Guest {
        state: link_state.into(),
        title: title(state, account, &row).await?,
        theme: options.theme,
        images,
        initial_options: options.initial_options,
        call_options: options.call_options,
        valid_from: times::text(row.start),
        valid_until: times::text(row.end),
        identity: GuestIdentity { display_name: shown_name },
        token,
        expiration_time,
    }))
}

async fn title(state: &AppState, account: AccountId, row: &LinkRow) -> Result<String, ApiError> {
    let (LinkDestination::Conversations { display_name } | LinkDestination::Webrtc { display_name, .. }) =
        &row.destination;
    if let Some(name) = display_name {
        return Ok(name.clone());
    }
    let accounts = state.store.accounts().await?;
    Ok(accounts.into_iter().find(|one| one.id == account).map(|one| one.name).unwrap_or_default())
}

fn token(state: &AppState, account: AccountId, row: &LinkRow) -> (Option<String>, Option<String>) {
    let visit = Uuid::now_v7();
    let identity = row.identity.clone().unwrap_or_else(|| format!("guest-{visit}"));
    let claims = TokenClaims {
        account,
        display_name: row.display_name.clone().or_else(|| row.identity.clone()).unwrap_or("Customer".to_owned()),
        identity,
        participant: ParticipantType::Customer,
        agent: None,
        role: None,
        link: Some(row.id),
        person: None,
        jti: visit,
    };
    let (token, end) = state.auth.tokens.mint(&claims, state.clock.now().wall, GUEST_TOKEN_LIFE);
    (Some(token), Some(times::text(end)))
}
