//! Requests to the HTTP API, each on a connection of its own.

use crate::{
    limits::{ANSWER_BYTES, REQUEST_TIMEOUT, REQUEST_TRIES, RETRY_PAUSE},
    origin::{Origin, OriginError},
};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{
    Method, Request, StatusCode,
    body::Bytes,
    client::conn::http1,
    header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, HeaderMap, RETRY_AFTER},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Why a request did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// No connection.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// The connection broke.
    #[error("{what}: {reason}")]
    Broken {
        /// Method and path.
        what: String,
        /// What happened.
        reason: String,
    },
    /// The server refused.
    #[error("{what} was refused with status {status}: {reason}")]
    Refused {
        /// Method and path.
        what: String,
        /// HTTP status.
        status: u16,
        /// What the server says.
        reason: String,
    },
    /// The answer is not what the API's description says.
    #[error("{what} was answered with something else than docs/openapi.json says: {reason}")]
    Unexpected {
        /// Method and path.
        what: String,
        /// What is missing.
        reason: String,
    },
}

/// Makes requests in the name of one API key, or of nobody.
#[derive(Clone)]
pub(crate) struct Http {
    origin: Origin,
    key: Option<String>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Http {
    pub(crate) fn new(origin: Origin, key: Option<String>) -> Self {
        Self { origin, key }
    }

    /// The same server, asked by nobody in particular.
    pub(crate) fn anonymous(&self) -> Self {
        Self { origin: self.origin.clone(), key: None }
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Asks for JSON.
    pub(crate) async fn json(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, HttpError> {
        let bytes = self.ask(&method, path, body.as_ref(), ANSWER_BYTES).await?;
        serde_json::from_slice(&bytes)
            .map_err(|error| HttpError::Unexpected { what: what(&method, path), reason: error.to_string() })
    }

    /// Asks for bytes, at most so many.
    pub(crate) async fn bytes(&self, path: &str, most: usize) -> Result<Bytes, HttpError> {
        self.ask(&Method::GET, path, None, most).await
    }

    /// Asks again where the server says that it cannot now.
    async fn ask(&self, method: &Method, path: &str, body: Option<&Value>, most: usize) -> Result<Bytes, HttpError> {
        let mut tries = 1;
        loop {
            let answer = timeout(REQUEST_TIMEOUT, self.once(method, path, body, most)).await;
            let late = || format!("no answer for {} s", REQUEST_TIMEOUT.as_secs());
            let answer = answer.map_err(|_| HttpError::Broken { what: what(method, path), reason: late() })??;
            if answer.status.is_success() {
                return Ok(answer.body);
            }
            let is_busy = matches!(answer.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
            if !is_busy || tries == REQUEST_TRIES {
                let reason = reason(&answer.body);
                return Err(HttpError::Refused { what: what(method, path), status: answer.status.as_u16(), reason });
            }
            tries += 1;
            sleep(pause(&answer.headers)).await;
        }
    }

    async fn once(&self, method: &Method, path: &str, body: Option<&Value>, most: usize) -> Result<Answer, HttpError> {
        let broken = |error: hyper::Error| HttpError::Broken { what: what(method, path), reason: error.to_string() };
        let stream = TokioIo::new(self.origin.connect().await?);
        let (mut sender, connection) = http1::handshake(stream).await.map_err(broken)?;
        // It ends with the answer; what goes wrong on it, the request hears as well.
        let connection = tokio::spawn(connection);
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.origin.authority())
            .header(CONNECTION, "close")
            .header(CONTENT_TYPE, "application/json");
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, format!("App {key}"));
        }
        let text = body.map(Value::to_string).unwrap_or_default();
        let unexpected = |reason: String| HttpError::Unexpected { what: what(method, path), reason };
        let request = request.body(Full::new(Bytes::from(text))).map_err(|error| unexpected(error.to_string()))?;
        let response = sender.send_request(request).await.map_err(broken)?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, most).collect().await.map_err(|error| {
            let reason = if error.is::<LengthLimitError>() {
                format!("it has more than {most} bytes")
            } else {
                error.to_string()
            };
            HttpError::Broken { what: what(method, path), reason }
        })?;
        connection.abort();
        Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
    }
}

/// How a request is called in messages: a guest's secret is in the body, never in the path.
fn what(method: &Method, path: &str) -> String {
    format!("{method} {}", path.split('?').next().unwrap_or_default())
}

/// What the server says in one of its forms of refusal.
fn reason(body: &[u8]) -> String {
    let Ok(refusal) = serde_json::from_slice::<Value>(body) else { return "no reason was given".to_owned() };
    let exception = &refusal["requestError"]["serviceException"];
    let text = exception["text"].as_str().or_else(|| refusal["message"].as_str()).unwrap_or("no reason was given");
    match &exception["validationErrors"] {
        Value::Null => text.to_owned(),
        errors => format!("{text} {errors}"),
    }
}

fn pause(headers: &HeaderMap) -> Duration {
    let told = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|value| value.parse().ok());
    told.map_or(RETRY_PAUSE, Duration::from_secs).min(RETRY_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_refusal_are_read() {
        let long = br#"{"requestError": {"serviceException": {"messageId": "BAD_REQUEST", "text": "No.",
            "validationErrors": {"displayName": ["must not be blank"]}}}}"#;
        assert_eq!(reason(long), r#"No. {"displayName":["must not be blank"]}"#);
        assert_eq!(reason(br#"{"status": "ERROR", "message": "Too late."}"#), "Too late.");
        assert_eq!(reason(b"<html>"), "no reason was given");
    }

    #[test]
    fn it_waits_as_long_as_the_server_says_but_not_for_ever() {
        let after = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().expect("a header"));
            pause(&headers)
        };
        assert_eq!(after("2"), Duration::from_secs(2));
        assert_eq!(after("3600"), RETRY_PAUSE);
        assert_eq!(after("soon"), RETRY_PAUSE);
    }
}
