//! `/auth/1/oauth2/token`: the client-credentials grant of OAuth 2.0 (RFC 6749 §4.4).

use crate::auth::limits::ACCESS_TOKEN_LIFE;
use crate::auth::tokens::AccessClaims;
use crate::http::access::Operation;
use crate::http::caller::key_by_client;
use crate::http::errors::{ApiError, ApiException};
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::IssueAccessToken, routes!(issue))
}

/// An API key as OAuth 2.0 names it.
#[derive(Deserialize, ToSchema)]
struct AccessTokenRequest {
    /// Id or name of the API key.
    #[serde(default)]
    client_id: String,
    /// The API key.
    #[serde(default)]
    #[schema(format = Password)]
    client_secret: String,
    /// `client_credentials`
    #[serde(default)]
    grant_type: String,
}

/// An access token for `Authorization: Bearer`.
#[derive(Debug, Serialize, ToSchema)]
struct AccessTokenResponse {
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
}

/// Gives an access token for an API key.
#[utoipa::path(post, path = "/auth/1/oauth2/token", operation_id = "get-access-token", tag = "Sign-in", security(()),
    request_body(content = AccessTokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = AccessTokenResponse),
        (status = 400, body = ApiException),
        (status = 401, body = ApiException),
    ))]
async fn issue(
    State(state): State<AppState>,
    form: Result<Form<AccessTokenRequest>, FormRejection>,
) -> Result<Json<AccessTokenResponse>, ApiError> {
    let Form(request) = form.map_err(|_| ApiError::unsupported_media_type("application/x-www-form-urlencoded"))?;
    if request.grant_type != "client_credentials" {
        return Err(ApiError::invalid("grant_type", "must be client_credentials"));
    }
    let key = key_by_client(&state, &request.client_id, &request.client_secret).await?;
    let now = state.clock.now().wall;
    let claims = AccessClaims { account: key.account, key: key.id };
    let (access_token, _) = state.auth.tokens.mint_access(&claims, now, ACCESS_TOKEN_LIFE);
    Ok(Json(AccessTokenResponse { access_token, token_type: "Bearer", expires_in: ACCESS_TOKEN_LIFE.as_secs() }))
}
