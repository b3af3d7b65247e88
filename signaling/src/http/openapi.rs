//! The API's description, generated from the code.

use super::api;
use super::routes::Routes;
use super::{openapi_common, openapi_links};
use crate::state::AppState;
use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;
use std::sync::OnceLock;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

/// What the routes do not say themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Switchroom",
        description = "Contact center over WebRTC. Paths, fields, limits and both error forms are those of the public \
                       API that programs for such systems are written against; what it has no shape for is added in \
                       the style of its neighbours.",
    ),
    modifiers(&Credentials),
    security(("apiKey" = []), ("basic" = []), ("bearer" = []), ("session" = [])),
)]
struct Description;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let api_key = ApiKeyValue::with_description("Authorization", "`App` and the API key.");
        let session = ApiKeyValue::with_description("__Host-switchroom", "Set by `POST /auth/1/session`.");
        let basic = Http::builder().scheme(HttpAuthScheme::Basic);
        let bearer = Http::builder().scheme(HttpAuthScheme::Bearer);
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("apiKey", SecurityScheme::ApiKey(ApiKey::Header(api_key)));
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
        components.add_security_scheme(
            "basic",
            SecurityScheme::Http(basic.description(Some("Name or id of an API key, and the key.")).build()),
        );
        components.add_security_scheme(
            "bearer",
            SecurityScheme::Http(bearer.description(Some("From `POST /auth/1/oauth2/token`.")).build()),
        );
    }
}

/// The description, OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let routes = Routes::new(OpenApiRouter::with_openapi(Description::openapi()), None);
    let mut openapi = api::register(routes).into_router().into_openapi();
    openapi_common::describe(&mut openapi);
    openapi_links::describe(&mut openapi);
    openapi
}

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/openapi.json", get(serve))
}

async fn serve() -> ([(axum::http::HeaderName, HeaderValue); 2], &'static str) {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| openapi().to_pretty_json().expect("the description is plain JSON"));
    let json = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, json), (CACHE_CONTROL, HeaderValue::from_static("no-cache"))], text)
}
