//! The parts of the public API that a run needs.

use crate::http::{Http, HttpError};
use hyper::{Method, body::Bytes};
use serde::Deserialize;
use serde_json::{Value, json};

/// Agents of the load tester are called so, with a number. Disabled ones are taken again by the next run, because
/// agents cannot be deleted.
pub(crate) const AGENT_NAME: &str = "Load test agent";
/// Rows of a page under `/ccaas/1`, at most.
const PAGE: usize = 999;
/// Seconds that an agent's token lives: a day, which is longer than any run.
const TOKEN_SECONDS: u32 = 86_400;

/// A recording file as the API lists it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Recording {
    pub(crate) call_id: String,
    pub(crate) participant_type: String,
    pub(crate) screen: bool,
    pub(crate) status: String,
    pub(crate) duration_ms: Option<u64>,
    pub(crate) mime: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) url: Option<String>,
}

/// A call link.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) id: String,
    /// What opens it.
    pub(crate) secret: String,
}

/// The API, asked with a key.
#[derive(Clone)]
pub(crate) struct Api {
    http: Http,
}

impl Api {
    pub(crate) fn new(http: Http) -> Self {
        Self { http }
    }

    pub(crate) fn http(&self) -> &Http {
        &self.http
    }

    /// The default queue, and whether it assigns calls by itself.
    pub(crate) async fn default_queue(&self) -> Result<(String, bool), HttpError> {
        let path = format!("/ccaas/1/queues?limit={PAGE}");
        let page = self.http.json(Method::GET, &path, None).await?;
        let queues = page["queues"].as_array().map(Vec::as_slice).unwrap_or_default();
        let found = queues.iter().find(|queue| queue["isDefault"] == true);
        let found = found.ok_or_else(|| unexpected("GET /ccaas/1/queues", "there is no default queue"))?;
        Ok((text(found, "id", "GET /ccaas/1/queues")?, found["isAutoAssignmentEnabled"] == true))
    }

    /// Agents that an earlier run has left, disabled.
    pub(crate) async fn left_agents(&self) -> Result<Vec<String>, HttpError> {
        let name = AGENT_NAME.replace(' ', "%20");
        let mut found = Vec::new();
        for page in 0.. {
            let path = format!("/ccaas/1/agents?displayName={name}&enabled=false&limit={PAGE}&page={page}");
            let answer = self.http.json(Method::GET, &path, None).await?;
            let agents = answer["agents"].as_array().map(Vec::as_slice).unwrap_or_default();
            for agent in agents {
                found.push(text(agent, "id", "GET /ccaas/1/agents")?);
            }
            if agents.len() < PAGE {
                break;
            }
        }
        Ok(found)
    }

    /// Makes an agent; its id.
    pub(crate) async fn create_agent(&self, number: u32) -> Result<String, HttpError> {
        let body = agent_fields(number, true);
        let agent = self.http.json(Method::POST, "/ccaas/1/agents", Some(body)).await?;
        text(&agent, "id", "POST /ccaas/1/agents")
    }

    /// Lets an agent work, or not.
    pub(crate) async fn enable_agent(&self, agent: &str, number: u32, enabled: bool) -> Result<(), HttpError> {
        let body = agent_fields(number, enabled);
        self.http.json(Method::PUT, &format!("/ccaas/1/agents/{agent}"), Some(body)).await.map(drop)
    }

    pub(crate) async fn link_queue(&self, agent: &str, queue: &str) -> Result<(), HttpError> {
        let path = format!("/ccaas/1/agents/{agent}/queues");
        self.http.json(Method::POST, &path, Some(json!({"queueId": queue}))).await.map(drop)
    }

    pub(crate) async fn unlink_queue(&self, agent: &str, queue: &str) -> Result<(), HttpError> {
        self.http.json(Method::DELETE, &format!("/ccaas/1/agents/{agent}/queues/{queue}"), None).await.map(drop)
    }

    pub(crate) async fn set_status(&self, agent: &str, status: &str) -> Result<(), HttpError> {
        let path = format!("/ccaas/1/agents/{agent}/status");
        self.http.json(Method::PUT, &path, Some(json!({"status": status}))).await.map(drop)
    }

    pub(crate) async fn clear_wrap_up(&self, agent: &str) -> Result<(), HttpError> {
        let path = format!("/ccaas/voice/2/agent/{agent}/wrap-up-time/clear");
        self.http.json(Method::PATCH, &path, None).await.map(drop)
    }

    /// A token for an agent's WebSocket.
    pub(crate) async fn agent_token(&self, agent: &str) -> Result<String, HttpError> {
        let body = json!({"identity": agent, "timeToLive": TOKEN_SECONDS});
        let answer = self.http.json(Method::POST, "/webrtc/1/token", Some(body)).await?;
        text(&answer, "token", "POST /webrtc/1/token")
    }

    /// A call link to an agent, or to the contact center.
    pub(crate) async fn create_link(&self, agent: Option<&str>) -> Result<Link, HttpError> {
        let destination = match agent {
            Some(agent) => json!({"type": "WEBRTC", "identity": agent}),
            None => json!({"type": "CONVERSATIONS"}),
        };
        let what = "POST /call-link/1/links";
        let body = json!({"destination": destination});
        let answer = self.http.json(Method::POST, "/call-link/1/links", Some(body)).await?;
        let url = text(&answer, "url", what)?;
        let secret = url.rsplit('/').next().unwrap_or_default().to_owned();
        Ok(Link { id: text(&answer, "id", what)?, secret })
    }

    pub(crate) async fn delete_link(&self, link: &str) -> Result<(), HttpError> {
        self.http.json(Method::DELETE, &format!("/call-link/1/links/{link}"), None).await.map(drop)
    }

    /// A customer's token, as the page of a call link gets it.
    pub(crate) async fn guest_token(&self, link: &Link) -> Result<String, HttpError> {
        let body = json!({"link": link.secret});
        let answer = self.http.anonymous().json(Method::POST, "/call-link/1/guest", Some(body)).await?;
        text(&answer, "token", "POST /call-link/1/guest")
    }

    pub(crate) async fn recordings(&self, conversation: &str) -> Result<Vec<Recording>, HttpError> {
        let path = format!("/ccaas/1/conversations/{conversation}/recordings");
        let mut answer = self.http.json(Method::GET, &path, None).await?;
        serde_json::from_value(answer["recordings"].take())
            .map_err(|error| unexpected("GET /ccaas/1/conversations/…/recordings", &error.to_string()))
    }

    pub(crate) async fn file(&self, path: &str, most: usize) -> Result<Bytes, HttpError> {
        self.http.bytes(path, most).await
    }
}

fn agent_fields(number: u32, enabled: bool) -> Value {
    json!({
        "displayName": format!("{AGENT_NAME} {}", number + 1),
        "status": "INVISIBLE",
        "role": "AGENT",
        "enabled": enabled,
    })
}

fn text(value: &Value, field: &str, what: &str) -> Result<String, HttpError> {
    value[field].as_str().map(str::to_owned).ok_or_else(|| unexpected(what, &format!("no {field}")))
}

fn unexpected(what: &str, reason: &str) -> HttpError {
    HttpError::Unexpected { what: what.to_owned(), reason: reason.to_owned() }
}
