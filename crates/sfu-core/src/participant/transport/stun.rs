//! STUN, read before it is believed (RFC 8445 §7.3, RFC 8489 §9.1).

use super::Transport;
use str0m::ice::{StunMessage, TransId};

/// A binding request whose integrity is not checked yet.
pub(crate) struct BindingRequest<'a> {
    message: StunMessage<'a>,
}

impl<'a> BindingRequest<'a> {
    /// Reads a datagram. Anything else than a binding request is of no use to an ICE-lite agent.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let message = StunMessage::parse(bytes).ok()?;
        message.is_binding_request().then_some(Self { message })
    }

    /// The user name fragment that we gave to the leg.
    pub(crate) fn local_ufrag(&self) -> Option<&str> {
        self.message.split_username().map(|(local, _)| local)
    }

    /// What a request and its repeats have in common.
    pub(crate) fn transaction(&self) -> TransId {
        self.message.trans_id()
    }

    /// The page names this path as the one to use.
    pub(crate) fn nominates(&self) -> bool {
        self.message.use_candidate()
    }
}

impl Transport {
    /// Whether the request was made by someone who knows the leg's password and is the peer that we negotiated with.
    pub(crate) fn is_authentic(&self, request: &BindingRequest<'_>) -> bool {
        let negotiated = &self.negotiated;
        let names = request.message.split_username();
        names == Some((negotiated.local_ufrag.as_str(), negotiated.remote_ufrag.as_str()))
            && request.message.verify(negotiated.local_password.as_bytes(), |key, parts| {
                negotiated.crypto.sha1_hmac_provider.sha1_hmac(key, parts)
            })
    }

    /// See [`Sfu::binding_request_of`](crate::Sfu::binding_request_of).
    #[cfg(feature = "testing")]
    pub(crate) fn binding_request(&self, nominates: bool) -> Vec<u8> {
        let negotiated = &self.negotiated;
        let name = format!("{}:{}", negotiated.local_ufrag, negotiated.remote_ufrag);
        let request = StunMessage::binding_request(&name, TransId::new(), true, 1, 1, nominates);
        let mut bytes = vec![0; crate::limits::DATAGRAM_BYTES];
        let hmac = |key: &[u8], parts: &[&[u8]]| negotiated.crypto.sha1_hmac_provider.sha1_hmac(key, parts);
        let length = request.to_bytes(Some(negotiated.local_password.as_bytes()), &mut bytes, hmac);
        bytes.truncate(length.expect("a request fits a datagram"));
        bytes
    }

    /// See [`Sfu::binding_request_with`](crate::Sfu::binding_request_with). Ends with the integrity: a fingerprint
    /// behind it is optional (RFC 8489 §7).
    #[cfg(feature = "testing")]
    pub(crate) fn binding_request_with(&self, attributes: &[u8]) -> Vec<u8> {
        const INTEGRITY: [u8; 4] = [0, 8, 0, 20];
        let negotiated = &self.negotiated;
        let name = format!("{}:{}", negotiated.local_ufrag, negotiated.remote_ufrag);
        let [high, low] = (name.len() as u16).to_be_bytes();
        let mut bytes = self.binding_request(false);
        bytes.truncate(20);
        bytes.extend([0, 6, high, low]);
        bytes.extend(name.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend(attributes);
        let length = u16::try_from(bytes.len() - 20 + INTEGRITY.len() + 20).unwrap_or(u16::MAX);
        bytes[2..4].copy_from_slice(&length.to_be_bytes());
        let key = negotiated.local_password.as_bytes();
        let integrity = negotiated.crypto.sha1_hmac_provider.sha1_hmac(key, &[&bytes]);
        bytes.extend(INTEGRITY);
        bytes.extend(integrity);
        bytes
    }
}
