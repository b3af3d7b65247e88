//! Credentials that expire: the name says until when, and the password is the name sealed with a secret that TURN server
//! and signaling share (draft-uberti-behave-turn-rest-00; coturn's `use-auth-secret`).

use crate::{
    limits::{LONGEST_CREDENTIALS, SECRET_BYTES, USERNAME_BYTES},
    message::Key,
};
use aws_lc_rs::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use model::WallTime;
use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

/// What a page signs in with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Seconds since 1970 at which it expires, a colon, and who it is for.
    pub username: String,
    /// Base64.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

/// Shared by TURN server and signaling. Never shown.
#[derive(Clone)]
pub struct Secret(hmac::Key);

/// Why a text is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be at least {SECRET_BYTES} characters; `openssl rand -hex 32` makes one")]
pub struct SecretError;

impl Secret {
    /// From a text that an operator chose; space around it does not count.
    pub fn new(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        if text.len() < SECRET_BYTES {
            return Err(SecretError);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes())))
    }

    /// A random one, where server and signaling are one process.
    pub fn random() -> Self {
        let mut bytes = [0; 32];
        SystemRandom::new().fill(&mut bytes).expect("the system's random source answers");
        Self(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes))
    }

    fn password(&self, username: &str) -> String {
        STANDARD.encode(hmac::sign(&self.0, username.as_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A secret that can be replaced while it is used. What the one before made stays valid. Clones are the same.
#[derive(Debug, Clone)]
pub struct SharedSecret(Arc<RwLock<Secrets>>);

#[derive(Debug)]
struct Secrets {
    current: Secret,
    before: Option<Secret>,
}

impl SharedSecret {
    /// Begins with this one.
    pub fn new(secret: Secret) -> Self {
        Self(Arc::new(RwLock::new(Secrets { current: secret, before: None })))
    }

    /// From now on credentials are made with `secret`. The same one again changes nothing.
    pub fn replace(&self, secret: Secret) {
        let mut secrets = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let probe = "";
        if secrets.current.password(probe) == secret.password(probe) {
            return;
        }
        secrets.before = Some(std::mem::replace(&mut secrets.current, secret));
    }

    /// Credentials for `identity` that last for `lifetime`.
    pub fn credentials(&self, identity: &str, now: WallTime, lifetime: Duration) -> Credentials {
        let expiry = now.after(lifetime).0 / 1_000;
        let mut username = format!("{expiry}:{identity}");
        let end = username.floor_char_boundary(USERNAME_BYTES);
        username.truncate(end);
        let password = self.0.read().unwrap_or_else(PoisonError::into_inner).current.password(&username);
        Credentials { username, password }
    }

    /// The keys that a message of `username` may be signed with; none when the name has expired.
    pub(crate) fn keys(&self, username: &str, realm: &str, now: WallTime) -> Vec<Key> {
        let expiry = username.split(':').next().and_then(|seconds| seconds.parse::<i64>().ok());
        let Some(expiry) = expiry else { return Vec::new() };
        let latest = now.after(LONGEST_CREDENTIALS).0 / 1_000;
        if !(now.0 / 1_000..=latest).contains(&expiry) {
            return Vec::new();
        }
        let secrets = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let both = [Some(&secrets.current), secrets.before.as_ref()];
        both.into_iter().flatten().map(|secret| Key::new(username, realm, &secret.password(username))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: WallTime = WallTime(1_700_000_000_000);
    const MINUTE: Duration = Duration::from_secs(60);

    fn shared(text: &str) -> SharedSecret {
        SharedSecret::new(Secret::new(text).expect("long enough"))
    }

    #[test]
    fn a_password_is_the_one_that_other_servers_expect() {
        // echo -n 1700000060:ada | openssl dgst -sha1 -hmac north-east-south-west -binary | base64
        let made = shared(" north-east-south-west\n").credentials("ada", NOW, MINUTE);
        assert_eq!(made.username, "1700000060:ada");
        assert_eq!(made.password, "GY/Njg4dmQrzRc8yaJtypQjllZQ=");
        assert!(!format!("{made:?}").contains(&made.password));
    }

    #[test]
    fn names_expire_and_must_not_last_for_ever() {
        let secret = shared("north-east-south-west");
        let count = |username: &str, now| secret.keys(username, "room", now).len();
        assert_eq!(count("1700000060:ada", NOW), 1);
        assert_eq!(count("1700000060", NOW), 1, "the name behind it may be missing");
        assert_eq!(count("1700000060:ada", NOW.after(2 * MINUTE)), 0);
        assert_eq!(count("9999999999:ada", NOW), 0);
        assert_eq!([count("ada", NOW), count("", NOW), count(":", NOW)], [0, 0, 0]);
    }

    #[test]
    fn a_replaced_secret_stays_valid_once() {
        let secret = shared("north-east-south-west");
        let before = secret.credentials("ada", NOW, MINUTE);
        let second = "south-west-north-east";
        for _ in 0..2 {
            secret.replace(Secret::new(second).expect("long enough"));
        }
        assert_ne!(secret.credentials("ada", NOW, MINUTE), before);
        let key = Key::new(&before.username, "room", &before.password);
        assert!(secret.keys(&before.username, "room", NOW).contains(&key));
        secret.replace(Secret::random());
        assert!(!secret.keys(&before.username, "room", NOW).contains(&key));
    }

    #[test]
    fn a_short_secret_is_refused_and_a_long_name_is_cut() {
        assert!(Secret::new("   short   ").is_err());
        let made = shared("north-east-south-west").credentials(&"ä".repeat(400), NOW, MINUTE);
        assert!((USERNAME_BYTES - 1..=USERNAME_BYTES).contains(&made.username.len()));
    }
}
