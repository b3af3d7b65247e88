//! Keeps secrets in the database: sealed, so that a stolen database alone tells none.

use super::key_file::KEY_BYTES;
use super::keys;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;

/// Seals with AES-256-GCM. What is sealed opens only for the context that it was made for.
pub struct Sealer {
    key: LessSafeKey,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer")
    }
}

/// It was sealed with another key, for another context, or is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value of the database cannot be opened with the keys of the data folder")]
pub struct SealError;

impl Sealer {
    /// A sealer with this key.
    pub fn new(key: &[u8; KEY_BYTES]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key).expect("AES-256 keys have 32 bytes");
        Self { key: LessSafeKey::new(key) }
    }

    /// Seals for a context, which is not part of the result.
    pub fn seal(&self, context: &[u8], plain: &[u8]) -> String {
        // A random nonce is safe up to 2^32 seals under one key (NIST SP 800-38D §8.3).
        let nonce = keys::random::<NONCE_LEN>();
        let mut sealed = plain.to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut sealed)
            .expect("what is sealed is far shorter than what AES-GCM takes");
        let mut whole = nonce.to_vec();
        whole.append(&mut sealed);
        URL_SAFE_NO_PAD.encode(whole)
    }

    /// Opens what was sealed for this context.
    pub fn open(&self, context: &[u8], sealed: &str) -> Result<Vec<u8>, SealError> {
        let mut whole = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SealError)?;
        let (nonce, body) = whole.split_at_mut_checked(NONCE_LEN).ok_or(SealError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
        let plain = self.key.open_in_place(nonce, Aad::from(context), body).map_err(|_| SealError)?;
        Ok(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_own_context_alone() {
        let sealer = Sealer::new(&[7; 32]);
        let sealed = sealer.seal(b"here", b"a secret");
        assert!(!sealed.contains("secret"));
        assert_eq!(sealer.open(b"here", &sealed), Ok(b"a secret".to_vec()));
        assert_eq!(sealer.open(b"there", &sealed), Err(SealError));
        assert_eq!(Sealer::new(&[8; 32]).open(b"here", &sealed), Err(SealError));
        assert_eq!(sealer.open(b"here", "AAAA"), Err(SealError));
    }
}
