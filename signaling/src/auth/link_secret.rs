//! The secret in a call link's URL: 128 random bits. Its hash finds the link; sealed, it can be shown again.

use super::key_file::KEY_BYTES;
use super::keys;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{AccountId, LinkId};
use std::fmt;

/// Characters of a secret.
pub const SECRET_CHARS: usize = 22;

/// A new secret for a link.
pub fn new_secret() -> String {
    URL_SAFE_NO_PAD.encode(keys::random::<16>())
}

/// Whether this can be a link's secret at all.
pub fn is_well_formed(secret: &str) -> bool {
    secret.len() == SECRET_CHARS && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Seals secrets with AES-256-GCM. A sealed secret opens only for the account and link it was made for.
pub struct LinkSealer {
    key: LessSafeKey,
}

impl fmt::Debug for LinkSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSealer")
    }
}

/// The sealed secret was made with another key, for another link, or is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the link's secret cannot be opened with keys/link.key")]
pub struct SealError;

impl LinkSealer {
    /// A sealer with this key.
    pub fn new(key: &[u8; KEY_BYTES]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key).expect("AES-256 keys have 32 bytes");
        Self { key: LessSafeKey::new(key) }
    }

    /// Seals a link's secret.
    pub fn seal(&self, account: AccountId, link: LinkId, secret: &str) -> String {
        // A random nonce is safe up to 2^32 seals under one key (NIST SP 800-38D §8.3).
        let nonce = keys::random::<NONCE_LEN>();
        let mut sealed = secret.as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad(account, link), &mut sealed)
            .expect("a secret is far shorter than what AES-GCM takes");
        let mut whole = nonce.to_vec();
        whole.append(&mut sealed);
        URL_SAFE_NO_PAD.encode(whole)
    }

    /// Opens a sealed secret.
    pub fn open(&self, account: AccountId, link: LinkId, sealed: &str) -> Result<String, SealError> {
        let mut whole = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SealError)?;
        let (nonce, body) = whole.split_at_mut_checked(NONCE_LEN).ok_or(SealError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
        let secret = self.key.open_in_place(nonce, aad(account, link), body).map_err(|_| SealError)?;
        String::from_utf8(secret.to_vec()).map_err(|_| SealError)
    }
}

fn aad(account: AccountId, link: LinkId) -> Aad<[u8; 32]> {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(account.0.as_bytes());
    bytes[16..].copy_from_slice(link.0.as_bytes());
    Aad::from(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_for_its_own_link_alone() {
        let sealer = LinkSealer::new(&[7; 32]);
        let (account, link) = (AccountId::of(1), LinkId::of(2));
        let secret = new_secret();
        assert!(is_well_formed(&secret));
        let sealed = sealer.seal(account, link, &secret);
        assert!(!sealed.contains(&secret));
        assert_eq!(sealer.open(account, link, &sealed), Ok(secret));
        assert_eq!(sealer.open(AccountId::of(9), link, &sealed), Err(SealError));
        assert_eq!(sealer.open(account, LinkId::of(9), &sealed), Err(SealError));
        assert_eq!(LinkSealer::new(&[8; 32]).open(account, link, &sealed), Err(SealError));
        assert_eq!(sealer.open(account, link, "AAAA"), Err(SealError));
    }

    #[test]
    fn what_cannot_be_a_secret_is_told_without_a_look_up() {
        for bad in ["", "short", "has a space in it 1234", "../../../../../etc/pass"] {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }
}
