//! Who is asking: passwords, console sessions, API keys, tokens, and the secrets of call links.

pub mod activity;
pub mod attempts;
pub mod cookies;
pub mod key_file;
pub mod keys;
pub mod limits;
pub mod link_secret;
pub mod passwords;
pub mod sealer;
pub mod tokens;

use activity::Activities;
use attempts::Attempts;
use key_file::KeyFileError;
use link_secret::LinkSealer;
use passwords::Passwords;
use sealer::Sealer;
use std::net::IpAddr;
use std::path::Path;
use tokens::Tokens;
use uuid::Uuid;

/// What signing in and keeping secrets needs, opened once at start.
#[derive(Debug)]
pub struct Auth {
    /// Signs and checks tokens.
    pub tokens: Tokens,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// When identities were connected.
    pub activity: Activities,
    /// Seals the secrets of call links.
    pub links: LinkSealer,
    /// Seals what else the database holds of secrets: answers that are kept, and secrets of webhooks.
    pub sealer: Sealer,
    /// Uses of API keys that are noted, per key.
    pub key_uses: Attempts<Uuid>,
    /// Sign-in tries per name and address.
    pub sign_ins: Attempts<(String, IpAddr)>,
    /// Failed sign-ins per address, whatever the name.
    pub failed_sign_ins: Attempts<IpAddr>,
    /// Unknown call links that an address has tried.
    pub unknown_links: Attempts<IpAddr>,
}

impl Auth {
    /// Reads the keys under `data/keys`, or makes them.
    pub fn open(data: &Path) -> Result<Self, KeyFileError> {
        let keys = data.join("keys");
        Ok(Self {
            tokens: Tokens::new(&key_file::load_or_create(&keys.join("token.key"))?),
            passwords: Passwords::default(),
            activity: Activities::default(),
            links: LinkSealer::new(&key_file::load_or_create(&keys.join("link.key"))?),
            sealer: Sealer::new(&key_file::load_or_create(&keys.join("secrets.key"))?),
            key_uses: Attempts::new(limits::NOTED_KEY_USES_PER_MINUTE),
            sign_ins: Attempts::new(limits::SIGN_INS_PER_MINUTE),
            failed_sign_ins: Attempts::new(limits::FAILED_SIGN_INS_PER_ADDRESS_PER_MINUTE),
            unknown_links: Attempts::new(limits::UNKNOWN_LINKS_PER_MINUTE),
        })
    }
}
