//! The secret in a call link's URL: 128 random bits. Its hash finds the link; sealed, it can be shown again.

use super::key_file::KEY_BYTES;
use super::keys;
use super::sealer::{SealError, Sealer};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{AccountId, LinkId};

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

/// Seals secrets. A sealed secret opens only for the account and link it was made for.
#[derive(Debug)]
pub struct LinkSealer(Sealer);

impl LinkSealer {
    /// A sealer with this key.
    pub fn new(key: &[u8; KEY_BYTES]) -> Self {
        Self(Sealer::new(key))
    }

    /// Seals a link's secret.
    pub fn seal(&self, account: AccountId, link: LinkId, secret: &str) -> String {
        self.0.seal(&context(account, link), secret.as_bytes())
    }

    /// Opens a sealed secret.
    pub fn open(&self, account: AccountId, link: LinkId, sealed: &str) -> Result<String, SealError> {
        let secret = self.0.open(&context(account, link), sealed)?;
        String::from_utf8(secret).map_err(|_| SealError)
    }
}

fn context(account: AccountId, link: LinkId) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(account.0.as_bytes());
    bytes[16..].copy_from_slice(link.0.as_bytes());
    bytes
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
