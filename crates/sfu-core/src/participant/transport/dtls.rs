//! DTLS whose keys for media are ours alone, and whose timers are for media (RFC 6347 §4.2.4): a call that waits a second
//! for each lost datagram of its handshake is a call that its caller gives up.

use crate::limits::{HANDSHAKE_REPEAT_AFTER, HANDSHAKE_REPEATS, HANDSHAKE_TIMEOUT};
use srtp::Profile;
use std::{
    cell::RefCell,
    fmt,
    sync::{Arc, OnceLock},
    time::Instant,
};
use str0m::{
    config::{CryptoProvider, KeyingMaterial},
    crypto::{
        CryptoError,
        dtls::{
            DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion, ProtocolVersion, SrtpProfile,
        },
    },
};

/// str0m's provider with our timers in the handshake, for a client that leaves media to str0m.
#[cfg(feature = "testing")]
pub(crate) fn crypto_provider() -> CryptoProvider {
    CryptoProvider { dtls_provider: &Dtls { keeps_keys: false }, ..str0m::crypto::from_feature_flags() }
}

/// A provider whose handshakes keep the keys for media from str0m: it never protects a packet with them, so that no
/// index is used twice. [`Keys::of_latest`] finds them.
pub(super) fn key_keeping_provider() -> CryptoProvider {
    CryptoProvider { dtls_provider: &Dtls { keeps_keys: true }, ..str0m::crypto::from_feature_flags() }
}

thread_local! {
    /// Where the connection that was made last on this thread will put its keys: str0m's interface has no other way to
    /// tell connections apart.
    static LATEST: RefCell<Keys> = RefCell::default();
}

/// Where a handshake puts the keys that it made.
#[derive(Clone, Default)]
pub(super) struct Keys(Arc<OnceLock<(Profile, Vec<u8>)>>);

impl Keys {
    /// Those of the connection that was made last on this thread.
    pub(super) fn of_latest() -> Self {
        LATEST.with_borrow_mut(std::mem::take)
    }

    /// The keys, once they are there.
    pub(super) fn get(&self) -> Option<(Profile, &[u8])> {
        self.0.get().map(|(profile, exported)| (*profile, exported.as_slice()))
    }

    fn put(&self, profile: SrtpProfile, exported: &[u8]) {
        let profile = match profile {
            SrtpProfile::AEAD_AES_256_GCM => Profile::AeadAes256Gcm,
            SrtpProfile::AEAD_AES_128_GCM => Profile::AeadAes128Gcm,
            SrtpProfile::AES128_CM_SHA1_80 => Profile::Aes128CmSha1_80,
            _ => return,
        };
        // A connection has one handshake; what a second one brought would be for nobody.
        let _ = self.0.set((profile, exported.to_vec()));
    }
}

#[derive(Debug)]
struct Dtls {
    keeps_keys: bool,
}

impl DtlsProvider for Dtls {
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
        let keys = self.keeps_keys.then(Keys::default);
        if let Some(keys) = &keys {
            LATEST.set(keys.clone());
        }
        Ok(Box::new(Instance { dtls, keys }))
    }
}

struct Instance {
    dtls: dimpl::Dtls,
    /// Where the keys go instead of to str0m.
    keys: Option<Keys>,
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dtls").finish_non_exhaustive()
    }
}

impl DtlsInstance for Instance {
    fn set_active(&mut self, active: bool) {
        self.dtls.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.dtls.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buffer: &'a mut [u8]) -> DtlsOutput<'a> {
        match (self.dtls.poll_output(buffer), &self.keys) {
            (DtlsOutput::KeyingMaterial(exported, profile), Some(keys)) => {
                keys.put(profile, &exported);
                // str0m has to go on; what it gets are zeros, and what it protects with them is not sent.
                DtlsOutput::KeyingMaterial(KeyingMaterial::new(&vec![0; exported.len()]), profile)
            }
            (output, _) => output,
        }
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.dtls.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.dtls.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.dtls.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.dtls.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.dtls.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.dtls.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.dtls.close()
    }
}
