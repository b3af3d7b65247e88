use crate::support::House;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use model::{AccountId, AgentId, Role, UserId};
use serde_json::Value;
use signaling::auth::{cookies::SESSION_COOKIE, keys};
use signaling::serve::Peer;
use signaling::state::AppState;
use signaling::{Clock, Config, http};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::{AccountRow, ApiKeyRow, SessionRow, UserRow};
use tower::ServiceExt;
use uuid::Uuid;

/// The page's own origin in all tests.
pub(super) const HOST: &str = "calls.example:8080";
pub(super) const ORIGIN: &str = "http://calls.example:8080";
/// An id that nothing has.
pub(super) const NOTHING: &str = "0190e0a0-0000-7000-8000-00000000dead";

/// Sends requests to the routers of a house, as if they came over a connection.
pub(super) struct Client {
    public: Router,
    admin: Router,
    pub(super) state: AppState,
    pub(super) account: AccountId,
}

/// A request that is being put together.
pub(super) struct Call {
    router: Router,
    request: axum::http::request::Builder,
    body: Body,
    peer: Peer,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// How a request shows who it comes from.
#[derive(Clone)]
pub(super) enum As {
    Nobody,
    Key(String),
    Cookie(String),
}

impl Client {
    pub(super) fn of(house: &House) -> Self {
        Self::with(house, house.server.state.clone())
    }

    /// Of the same house, whose configuration says that people reach it by this address.
    pub(super) fn reached_at(house: &House, public_url: &str) -> Self {
        let mut state = house.server.state.clone();
        state.config = Arc::new(Config { public_url: Some(public_url.to_owned()), ..(*state.config).clone() });
        Self::with(house, state)
    }

    fn with(house: &House, state: AppState) -> Self {
        Self {
            public: http::router(state.clone()),
            admin: http::admin_router(state.clone()),
            state,
            account: house.account,
        }
    }

    /// A key with all scopes for the house's account.
    pub(super) async fn key(&self) -> As {
        self.key_with(self.account, &["conversations:manage"]).await
    }

    pub(super) async fn key_with(&self, account: AccountId, scopes: &[&str]) -> As {
        let key = keys::new_secret();
        let row = ApiKeyRow {
            account,
            id: Uuid::now_v7(),
            hash: keys::secret_hash(&key),
            name: "a program".into(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            created_at: Clock.wall(),
            expires_at: None,
            last_used_at: None,
        };
        self.state.store.create_api_key(&row).await.expect("stored");
        As::Key(key)
    }

    pub(super) async fn user(&self, account: AccountId, role: Role, agent: Option<AgentId>, password: &str) -> UserRow {
        let user = UserRow {
            account,
            id: UserId::fresh(),
            login: format!("{}-{}", role_word(role), Uuid::now_v7()),
            password_hash: self.state.auth.passwords.hash(password).await.expect("a turn"),
            display_name: "Somebody".into(),
            role,
            agent,
            enabled: true,
            created_at: Clock.wall(),
            updated_at: Clock.wall(),
        };
        self.state.store.create_user(&user).await.expect("stored");
        user
    }

    /// A signed-in person of the house's account.
    pub(super) async fn person(&self, role: Role, agent: Option<AgentId>) -> As {
        let user = self.user(self.account, role, agent, "secret").await;
        self.session_of(&user).await
    }

    pub(super) async fn session_of(&self, user: &UserRow) -> As {
        let secret = keys::new_secret();
        let now = Clock.wall();
        let session = SessionRow {
            hash: keys::secret_hash(&secret),
            account: user.account,
            user: user.id,
            created_at: now,
            expires_at: now.after(Duration::from_secs(3600)),
        };
        self.state.store.create_session(&session).await.expect("stored");
        As::Cookie(secret)
    }

    /// A second account of the same server.
    pub(super) async fn neighbour(&self) -> AccountId {
        let id = AccountId::fresh();
        let row = AccountRow { id, name: "Neighbour".into(), created_at: Clock.wall() };
        self.state.store.create_account(&row).await.expect("stored");
        self.state.accounts.open(id);
        id
    }

    pub(super) fn call(&self, method: &str, path: &str) -> Call {
        self.call_at(HOST, method, path)
    }

    /// A request that comes under this name.
    pub(super) fn call_at(&self, host: &str, method: &str, path: &str) -> Call {
        Self::start(self.public.clone(), host, method, path)
    }

    pub(super) fn admin(&self, path: &str) -> Call {
        Self::start(self.admin.clone(), HOST, "GET", path)
    }

    fn start(router: Router, host: &str, method: &str, path: &str) -> Call {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        Call {
            router,
            request: Request::builder().method(method).uri(path).header("host", host),
            body: Body::empty(),
            peer: Peer { address: SocketAddr::from(([127, 0, 0, 1], 50_000)), tls: false },
        }
    }

    /// A request with a JSON body that must succeed.
    pub(super) async fn done(&self, who: &As, method: &str, path: &str, body: Value) -> Value {
        let answer = self.call(method, path).by(who).json(&body).send().await;
        assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.text());
        answer.json()
    }

    /// A read that must succeed.
    pub(super) async fn read(&self, who: &As, path: &str) -> Value {
        let answer = self.call("GET", path).by(who).send().await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }
}

impl Call {
    pub(super) fn by(self, who: &As) -> Self {
        match who {
            As::Nobody => self,
            As::Key(key) => self.header("authorization", &format!("App {key}")),
            As::Cookie(secret) => self.header("cookie", &format!("{SESSION_COOKIE}={secret}")).header("origin", ORIGIN),
        }
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(super) fn json(mut self, body: &Value) -> Self {
        self.body = Body::from(body.to_string());
        self.header("content-type", "application/json")
    }

    pub(super) fn raw(mut self, content_type: &str, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self.header("content-type", content_type)
    }

    /// A form whose field `file` has these bytes.
    pub(super) fn form(self, file: impl AsRef<[u8]>) -> Self {
        self.form_of("file", "logo.png", file)
    }

    pub(super) fn form_of(self, field: &str, name: &str, file: impl AsRef<[u8]>) -> Self {
        let mut body = format!(
            "--limit\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend(file.as_ref());
        body.extend(b"\r\n--limit--\r\n");
        self.raw("multipart/form-data; boundary=limit", body)
    }

    pub(super) fn from(mut self, address: &str) -> Self {
        self.peer.address = SocketAddr::new(address.parse().expect("an address"), 50_000);
        self
    }

    pub(super) fn over_tls(mut self) -> Self {
        self.peer.tls = true;
        self
    }

    pub(super) async fn send(self) -> Answer {
        let mut request = self.request.body(self.body).expect("a request");
        request.extensions_mut().insert(self.peer);
        let response = self.router.oneshot(request).await.expect("routers do not fail");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

impl Answer {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("plain text"))
    }

    /// Asserts a refusal in the long form.
    pub(super) fn refused(&self, status: u16, message_id: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        let details = self.json()["requestError"]["serviceException"].clone();
        assert_eq!(details["messageId"], message_id, "{details}");
        assert!(details["text"].as_str().is_some_and(|text| !text.is_empty()), "{details}");
        details
    }

    /// Asserts a refusal in the short form.
    pub(super) fn refused_shortly(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        let body = self.json();
        assert_eq!(body["status"], "ERROR", "{body}");
        body["message"].as_str().expect("a text").to_owned()
    }

    /// Asserts that exactly these fields are wrong.
    pub(super) fn wrong_fields(&self, fields: &[&str]) {
        let details = self.refused(400, "BAD_REQUEST");
        let wrong = details["validationErrors"].as_object().unwrap_or_else(|| panic!("no fields: {details}"));
        assert_eq!(wrong.keys().map(String::as_str).collect::<Vec<_>>(), fields, "{details}");
    }
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Supervisor => "supervisor",
        Role::Admin => "admin",
    }
}

/// The id in an answer.
pub(super) fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("no id: {value}")).to_owned()
}
