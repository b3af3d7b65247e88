//! What pages are told of TURN servers.

use crate::limits::TURN_CREDENTIALS_TIME;
use model::WallTime;
use ::turn::SharedSecret;
use uuid::Uuid;
use wire::browser::IceServer;

/// TURN servers that share one secret with us.
#[derive(Debug, Clone)]
pub struct TurnServers {
    /// `turn:` and `turns:` URLs (RFC 7065).
    pub urls: Vec<String>,
    /// What credentials are made with.
    pub secret: SharedSecret,
}

impl TurnServers {
    /// The servers with credentials for the page that holds a token. They name the token, not the person: the name stands
    /// in the logs of TURN servers.
    pub(crate) fn for_token(&self, jti: Uuid, now: WallTime) -> IceServer {
        let credentials = self.secret.credentials(&jti.to_string(), now, TURN_CREDENTIALS_TIME);
        IceServer { urls: self.urls.clone(), username: credentials.username, credential: credentials.password }
    }
}
