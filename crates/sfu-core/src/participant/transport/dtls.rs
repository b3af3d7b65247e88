//! DTLS with timers for media (RFC 6347 §4.2.4): a call that waits a second for each lost datagram of its handshake is a
//! call that its caller gives up.

use crate::limits::{HANDSHAKE_REPEAT_AFTER, HANDSHAKE_REPEATS, HANDSHAKE_TIMEOUT};
use std::{fmt, sync::Arc, time::Instant};
use str0m::{
    config::CryptoProvider,
    crypto::{
        CryptoError,
        dtls::{DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion, ProtocolVersion},
    },
};

/// str0m's provider, with our timers in the handshake.
pub(crate) fn crypto_provider() -> CryptoProvider {
    CryptoProvider { dtls_provider: &ImpatientDtls, ..str0m::crypto::from_feature_flags() }
}

#[derive(Debug)]
struct ImpatientDtls;

impl DtlsProvider for ImpatientDtls {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        dimpl::certificate::generate_self_signed_certificate().ok()
    }

    fn new_dtls(
        &self,
        certificate: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        // ICE has proved that the address is the peer's before DTLS begins, so a cookie would only cost a round trip.
        let mut settings = dimpl::Config::builder()
            .use_server_cookie(false)
            .flight_start_rto(HANDSHAKE_REPEAT_AFTER)
            .flight_retries(HANDSHAKE_REPEATS)
            .handshake_timeout(HANDSHAKE_TIMEOUT);
        if let Some(mtu) = mtu {
            settings = settings.mtu(mtu);
        }
        let settings = Arc::new(settings.build().map_err(|error| CryptoError::Other(error.to_string()))?);
        let certificate = certificate.clone();
        let dtls = match version {
            DtlsVersion::Dtls12 => dimpl::Dtls::new_12(settings, certificate, now),
            DtlsVersion::Dtls13 => dimpl::Dtls::new_13(settings, certificate, now),
            DtlsVersion::Auto => dimpl::Dtls::new_auto(settings, certificate, now),
            other => return Err(CryptoError::Other(format!("{other} is not supported"))),
        };
        Ok(Box::new(Instance(dtls)))
    }
}

struct Instance(dimpl::Dtls);

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dtls").finish_non_exhaustive()
    }
}

impl DtlsInstance for Instance {
    fn set_active(&mut self, active: bool) {
        self.0.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.0.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buffer: &'a mut [u8]) -> DtlsOutput<'a> {
        self.0.poll_output(buffer)
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.0.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.0.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.0.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.0.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.0.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.0.close()
    }
}
