//! SRTP keys of the generator's legs: taken from its own DTLS, or fixed ones that it shares with the floor.

use srtp::{MasterKey, Profile, RtcpOpener, RtcpSealer, RtpOpener, RtpSealer};
use std::{cell::RefCell, fmt, time::Instant};
use str0m::{
    config::CryptoProvider,
    crypto::{
        CryptoError,
        dtls::{
            DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion, ProtocolVersion, SrtpProfile,
        },
    },
};

/// What a leg encrypts and decrypts with.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) sealer: RtpSealer,
    pub(crate) opener: RtpOpener,
    pub(crate) rtcp: RtcpSealer,
    pub(crate) rtcp_opener: RtcpOpener,
}

impl Keys {
    fn new(own: &MasterKey, other: &MasterKey) -> Self {
        Self {
            sealer: RtpSealer::new(own),
            opener: RtpOpener::new(other),
            rtcp: RtcpSealer::new(own),
            rtcp_opener: RtcpOpener::new(other),
        }
    }

    /// Of the generator's side of a leg with fixed keys.
    pub(crate) fn fixed(leg: usize) -> Self {
        let (client, server) = fixed_pair(leg);
        Self::new(&client, &server)
    }

    /// Of the floor's side of a leg with fixed keys.
    pub(crate) fn fixed_of_server(leg: usize) -> (RtpOpener, RtpSealer) {
        let (client, server) = fixed_pair(leg);
        (RtpOpener::new(&client), RtpSealer::new(&server))
    }
}

/// AES-256-GCM keys that differ by leg and direction. They protect nothing: both ends are ours, on loopback.
fn fixed_pair(leg: usize) -> (MasterKey, MasterKey) {
    let key = |direction: u8| {
        let mut bytes = [direction; 44];
        bytes[..8].copy_from_slice(&(leg as u64).to_be_bytes());
        MasterKey::new(Profile::AeadAes256Gcm, &bytes[..32], &bytes[32..]).expect("the lengths are the profile's")
    };
    (key(1), key(2))
}

thread_local! {
    /// The keys that a handshake of this thread just agreed on.
    static AGREED: RefCell<Option<(SrtpProfile, Vec<u8>)>> = const { RefCell::new(None) };
}

/// The keys of the DTLS client that this thread drove last, once its handshake is through. The engine prefers
/// AES-256-GCM; any other profile would not compare with the floor, and is an error.
pub(crate) fn take_agreed() -> Option<Result<Keys, String>> {
    let (profile, exported) = AGREED.take()?;
    if profile != SrtpProfile::AEAD_AES_256_GCM {
        return Some(Err(format!("the engine chose {profile:?}, not AES-256-GCM as the floor")));
    }
    let pair = MasterKey::pair(Profile::AeadAes256Gcm, &exported);
    let keys = pair.map(|(client, server)| Keys::new(&client, &server));
    Some(keys.ok_or_else(|| "the exported keys are of another length than the profile's".to_owned()))
}

/// str0m's provider with DTLS that shows its keys to [`take_agreed`].
pub(crate) fn crypto_provider() -> CryptoProvider {
    CryptoProvider { dtls_provider: &OpenDtls, ..str0m::crypto::from_feature_flags() }
}

#[derive(Debug)]
struct OpenDtls;

impl OpenDtls {
    fn stock() -> &'static dyn DtlsProvider {
        str0m::crypto::from_feature_flags().dtls_provider
    }
}

impl DtlsProvider for OpenDtls {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        Self::stock().generate_certificate()
    }

    fn new_dtls(
        &self,
        certificate: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        Ok(Box::new(Instance(Self::stock().new_dtls(certificate, now, version, mtu)?)))
    }
}

struct Instance(Box<dyn DtlsInstance>);

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
        let output = self.0.poll_output(buffer);
        if let DtlsOutput::KeyingMaterial(material, profile) = &output {
            AGREED.set(Some((*profile, material.to_vec())));
        }
        output
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
