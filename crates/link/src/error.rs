use crate::frame::FrameError;
use quinn::{ConnectionError, VarInt};
use std::io;
use std::net::SocketAddr;
use wire::link::{NoCommonProtocol, Role};

/// Why a connection was not made, or ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The name has no address, or nobody answers there.
    #[error("the {role} at {address} cannot be reached: {reason}")]
    Unreachable {
        /// Who was looked for.
        role: Role,
        /// Where.
        address: String,
        /// What happened.
        reason: String,
    },
    /// A certificate is not trusted by the other side.
    #[error(
        "certificates of this {own} and of the {other} at {address} do not fit: {reason}. Both need certificates of one \
         authority, each for its own role; `switchroom certs` makes them"
    )]
    Untrusted {
        /// This role.
        own: Role,
        /// The role that was to be there.
        other: Role,
        /// Where.
        address: String,
        /// What is wrong.
        reason: String,
    },
    /// They are too far apart.
    #[error(transparent)]
    Protocol(#[from] NoCommonProtocol),
    /// The other side refused this one in words.
    #[error("the {role} at {address} refused: {reason}")]
    Refused {
        /// The other side.
        role: Role,
        /// Where.
        address: String,
        /// Its words.
        reason: String,
    },
    /// The other side does not follow the protocol.
    #[error("the {role} at {address} cannot be understood: {reason}")]
    Nonsense {
        /// The other side.
        role: Role,
        /// Where.
        address: String,
        /// What it did.
        reason: String,
    },
    /// The connection broke.
    #[error("the connection with the {role} at {address} broke: {reason}")]
    Broken {
        /// The other side.
        role: Role,
        /// Where.
        address: String,
        /// How.
        reason: String,
    },
}

impl LinkError {
    /// Only a person can change that: trying again soon is of no use.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Untrusted { .. } | Self::Protocol(_) | Self::Refused { .. })
    }
}

/// Why a link's address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen for other roles on {address}: {source}; is the role running already? Choose another with {key}")]
pub struct ListenError {
    /// Where.
    pub address: SocketAddr,
    /// The configuration key.
    pub key: &'static str,
    /// What the system says.
    pub source: io::Error,
}

/// Codes with which a side closes a connection.
pub(crate) const DONE: VarInt = VarInt::from_u32(0);
pub(crate) const REFUSED: VarInt = VarInt::from_u32(1);
pub(crate) const NO_PROTOCOL: VarInt = VarInt::from_u32(2);
pub(crate) const REPLACED: VarInt = VarInt::from_u32(3);

/// The two ends of a connection, for errors.
#[derive(Debug, Clone)]
pub(crate) struct Ends {
    pub(crate) own: Role,
    pub(crate) other: Role,
    pub(crate) address: String,
}

impl Ends {
    pub(crate) fn of_connection(&self, error: &ConnectionError) -> LinkError {
        let Self { own, other: role, address } = self.clone();
        match error {
            ConnectionError::TransportError(inner) if is_tls(u64::from(inner.code)) => {
                LinkError::Untrusted { own, other: role, address, reason: inner.reason.clone() }
            }
            ConnectionError::ConnectionClosed(close) if is_tls(u64::from(close.error_code)) => {
                let reason = format!("the other side says: {}", String::from_utf8_lossy(&close.reason));
                LinkError::Untrusted { own, other: role, address, reason }
            }
            ConnectionError::ApplicationClosed(close) if [REFUSED, NO_PROTOCOL].contains(&close.error_code) => {
                LinkError::Refused { role, address, reason: String::from_utf8_lossy(&close.reason).into_owned() }
            }
            other => LinkError::Broken { role, address, reason: other.to_string() },
        }
    }

    /// A frame that did not come: why the connection broke says more than that its stream did.
    pub(crate) fn of_frame(&self, error: &FrameError, connection: &quinn::Connection) -> LinkError {
        if let Some(reason) = connection.close_reason() {
            return self.of_connection(&reason);
        }
        let Self { other: role, address, .. } = self.clone();
        LinkError::Nonsense { role, address, reason: error.to_string() }
    }

    pub(crate) fn nonsense(&self, reason: impl ToString) -> LinkError {
        let Self { other: role, address, .. } = self.clone();
        LinkError::Nonsense { role, address, reason: reason.to_string() }
    }

    pub(crate) fn unreachable(&self, reason: impl ToString) -> LinkError {
        let Self { other: role, address, .. } = self.clone();
        LinkError::Unreachable { role, address, reason: reason.to_string() }
    }
}

/// RFC 9001 §4.8: TLS alerts.
fn is_tls(code: u64) -> bool {
    (0x100..0x200).contains(&code)
}
