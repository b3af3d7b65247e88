//! Long-term credentials (RFC 8489 §9.2), and how little those get who have none.

use super::{Action, REALM, Server};
use crate::{
    message::{Builder, Key, Message, kind},
    strangers::Network,
};
use model::Now;
use std::net::SocketAddr;

/// IP and UDP headers, bytes: what the network carries beside a datagram's content.
const HEADERS: usize = 28;

/// Who signed a request.
pub(super) struct Signed {
    pub(super) username: String,
    pub(super) key: Key,
}

/// Why a request is not carried out (RFC 8489 §9.2.4, RFC 8656 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// The first request of an exchange: it cannot know our realm and nonce yet.
    Unsigned,
    Unauthorized,
    StaleNonce,
    WrongUser,
}

impl Server {
    pub(super) fn request<'a>(&mut self, now: Now, client: SocketAddr, message: &Message<'a>) -> Option<Action<'a>> {
        let network = Network::of(client.ip());
        let may_fail = self.strangers.may_fail(network, now.mono);
        // Whoever fails in the name of a page must not keep it from renewing what it has.
        let is_known = self.allocations.contains_key(&client);
        let outcome = (may_fail || is_known).then(|| self.authenticate(now, client, message));
        match outcome {
            Some(Ok(signed)) => self.carry_out(now, client, message, signed),
            Some(Err(failure)) if may_fail => {
                self.strangers.failed(network, now.mono);
                self.counters.refused_credentials +=
                    u64::from(matches!(failure, Failure::Unauthorized | Failure::WrongUser));
                let answer = self.refusal(now, client, message, failure);
                // A forged source must not be sent much more than was sent in its name.
                if 2 * (answer.len() + HEADERS) > 3 * (message.length() + HEADERS) {
                    self.counters.ignored_strangers += 1;
                    return None;
                }
                Some(Action::Answer(answer))
            }
            Some(Err(_)) | None => {
                self.counters.ignored_strangers += 1;
                None
            }
        }
    }

    fn authenticate(&self, now: Now, client: SocketAddr, message: &Message<'_>) -> Result<Signed, Failure> {
        let text = |kind| message.attribute(kind).and_then(|value| std::str::from_utf8(value).ok());
        let (Some(username), Some(realm), Some(nonce)) =
            (text(kind::USERNAME), text(kind::REALM), message.attribute(kind::NONCE))
        else {
            return Err(Failure::Unsigned);
        };
        if realm != REALM {
            return Err(Failure::Unauthorized);
        }
        if !self.nonces.is_fresh(nonce, client, now.mono) {
            return Err(Failure::StaleNonce);
        }
        // A call may last longer than the credentials it began with.
        let keys = match self.allocations.get(&client) {
            Some(allocation) if allocation.username != username => return Err(Failure::WrongUser),
            Some(allocation) => vec![allocation.key.clone()],
            None => self.secret.keys(username, REALM, now.wall),
        };
        let key = keys.into_iter().find(|key| message.is_signed_with(key)).ok_or(Failure::Unauthorized)?;
        Ok(Signed { username: username.to_owned(), key })
    }

    fn refusal(&self, now: Now, client: SocketAddr, message: &Message<'_>, failure: Failure) -> Vec<u8> {
        let code = match failure {
            Failure::Unsigned | Failure::Unauthorized => 401,
            Failure::StaleNonce => 438,
            Failure::WrongUser => return Builder::error(message, 441).unsigned(),
        };
        let nonce = self.nonces.make(client, now.mono);
        let answer = Builder::error(message, code).with(kind::REALM, REALM.as_bytes());
        answer.with(kind::NONCE, nonce.as_bytes()).unsigned()
    }
}
