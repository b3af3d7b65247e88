use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use md5::{Digest, Md5};

const SIGNATURE: usize = 20;

/// What messages of one user are signed with (RFC 8489 §9.2.2). Never shown.
#[derive(Clone)]
pub(crate) struct Key {
    bytes: [u8; 16],
    hmac: hmac::Key,
}

impl Key {
    pub(crate) fn new(username: &str, realm: &str, password: &str) -> Self {
        let bytes: [u8; 16] = Md5::digest(format!("{username}:{realm}:{password}")).into();
        Self { bytes, hmac: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes) }
    }

    /// The signature of a message of which this much comes before it. Its stated length counts as if it ended with the
    /// signature (RFC 8489 §14.5).
    pub(super) fn sign(&self, before: &[u8]) -> [u8; SIGNATURE] {
        let length = u16::try_from(before.len() - super::HEADER + 4 + SIGNATURE).expect("a message is a datagram");
        let mut context = hmac::Context::with_key(&self.hmac);
        context.update(&before[..2]);
        context.update(&length.to_be_bytes());
        context.update(&before[4..]);
        let mut signature = [0; SIGNATURE];
        signature.copy_from_slice(context.sign().as_ref());
        signature
    }

    pub(super) fn verify(&self, before: &[u8], signature: &[u8]) -> bool {
        signature.len() == SIGNATURE && verify_slices_are_equal(&self.sign(before), signature).is_ok()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        verify_slices_are_equal(&self.bytes, &other.bytes).is_ok()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}
