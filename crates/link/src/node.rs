//! A role as others see it, and the settings that all connections share.

use crate::identity::{CertificateFiles, Identity, IdentityError};
use crate::limits;
use aws_lc_rs::{hmac, rand};
use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn::{ConnectionId, ConnectionIdGenerator, EndpointConfig, IdleTimeout, TransportConfig, VarInt};
use std::sync::Arc;
use std::time::Duration;
use wire::link::{Hello, Role};

/// Bytes of a connection id.
const CONNECTION_ID: usize = 8;

/// A role that connects to others or is connected to. Cheap to clone.
#[derive(Clone)]
pub struct Node {
    pub(crate) identity: Identity,
    pub(crate) hello: Hello,
}

impl Node {
    /// Reads the certificates of a role. `build` names it to people on the other side.
    pub fn new(role: Role, build: &str, files: &CertificateFiles) -> Result<Self, IdentityError> {
        Ok(Self { identity: Identity::load(files, role)?, hello: Hello::of(role, build) })
    }

    /// Says something else first than this build does, for example another release's protocols.
    pub fn saying(self, hello: Hello) -> Self {
        Self { hello, ..self }
    }

    /// The role.
    pub fn role(&self) -> Role {
        self.hello.role
    }

    pub(crate) fn client_config(&self) -> quinn::ClientConfig {
        let tls = QuicClientConfig::try_from(Arc::clone(&self.identity.client)).expect("TLS 1.3 has QUIC's suites");
        let mut config = quinn::ClientConfig::new(Arc::new(tls));
        config.transport_config(Arc::new(transport()));
        config
    }

    pub(crate) fn server_config(&self) -> quinn::ServerConfig {
        let tls = QuicServerConfig::try_from(Arc::clone(&self.identity.server)).expect("TLS 1.3 has QUIC's suites");
        let mut config = quinn::ServerConfig::with_crypto(Arc::new(tls));
        config.transport_config(Arc::new(transport()));
        config
    }

    /// A listener that was started anew answers packets of connections it does not know with a reset that their other
    /// end believes (RFC 9000 §10.3): its key is the same as before. Otherwise every restart would go unnoticed for
    /// [`limits::SILENCE`].
    pub(crate) fn endpoint_config(&self) -> EndpointConfig {
        let mut config = EndpointConfig::new(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &self.identity.reset_seed)));
        config.cid_generator(|| Box::new(AnyId));
        config
    }
}

fn transport() -> TransportConfig {
    let idle = IdleTimeout::try_from(limits::SILENCE).expect("seconds fit");
    let mut config = TransportConfig::default();
    config
        .keep_alive_interval(Some(limits::KEEP_ALIVE))
        .max_idle_timeout(Some(idle))
        .initial_rtt(limits::ASSUMED_ROUND_TRIP)
        .max_concurrent_bidi_streams(VarInt::from_u32(limits::FILE_REQUESTS + 1))
        .max_concurrent_uni_streams(VarInt::from_u32(limits::TAP_TRACKS))
        .stream_receive_window(VarInt::from_u32(limits::STREAM_WINDOW))
        .receive_window(VarInt::from_u32(limits::CONNECTION_WINDOW))
        .send_window(u64::from(limits::CONNECTION_WINDOW));
    config
}

/// Random connection ids, all of which count as ours: those of the process before this one are to be reset.
struct AnyId;

impl ConnectionIdGenerator for AnyId {
    fn generate_cid(&mut self) -> ConnectionId {
        let mut id = [0; CONNECTION_ID];
        rand::fill(&mut id).expect("the system has randomness");
        ConnectionId::new(&id)
    }

    fn cid_len(&self) -> usize {
        CONNECTION_ID
    }

    fn cid_lifetime(&self) -> Option<Duration> {
        None
    }
}
