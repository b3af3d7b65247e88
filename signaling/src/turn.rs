//! What pages are told of TURN servers.

use ::turn::SharedSecret;
use model::WallTime;
use std::time::Duration;
use uuid::Uuid;
use wire::browser::IceServer;

/// TURN servers that share one secret with us.
#[derive(Debug, Clone)]
pub struct TurnServers {
    /// `turn:` and `turns:` URLs (RFC 7065).
    pub urls: Vec<String>,
    /// What credentials are made with.
    pub secret: SharedSecret,
    /// How long they last; usually [`crate::limits::TURN_CREDENTIALS_TIME`].
    pub lifetime: Duration,
}

impl TurnServers {
    /// The servers with credentials for the page that holds a token. They name the token, not the person: the name stands
    /// in the logs of TURN servers.
    pub(crate) fn for_token(&self, jti: Uuid, now: WallTime) -> IceServer {
        let credentials = self.secret.credentials(&jti.to_string(), now, self.lifetime);
        IceServer { urls: self.urls.clone(), username: credentials.username, credential: credentials.password }
    }

    /// How often a page gets new ones: what it holds lasts long enough to set up a call.
    pub(crate) fn renewal(&self) -> Duration {
        self.lifetime * 2 / 5
    }
}
