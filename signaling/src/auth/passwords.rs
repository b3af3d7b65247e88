//! Passwords, hashed with argon2id.

use super::keys;
use super::limits::{ARGON2_AT_ONCE, ARGON2_WAIT, PASSWORD_MAX_BYTES};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::sync::{Arc, OnceLock};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Too many others are signing in at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many sign-ins at once; try again in a few seconds")]
pub struct Crowded;

/// Hashes and checks passwords, a few at a time.
#[derive(Debug)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(ARGON2_AT_ONCE)) }
    }
}

impl Passwords {
    /// The PHC string of a password.
    pub async fn hash(&self, password: &str) -> Result<String, Crowded> {
        let password = password.to_owned();
        self.run(move || hash_now(&password)).await
    }

    /// Whether the password fits the hash. Without a hash (an unknown name) it takes as long and says no.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Crowded> {
        if password.len() > PASSWORD_MAX_BYTES {
            return Ok(false);
        }
        let password = password.to_owned();
        let known = hash.map(str::to_owned);
        self.run(move || {
            let fits = fits(&password, known.as_deref().unwrap_or_else(|| dummy_hash()));
            fits && known.is_some()
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Crowded> {
        let turn = tokio::time::timeout(ARGON2_WAIT, Arc::clone(&self.turns).acquire_owned());
        let turn: OwnedSemaphorePermit = turn.await.map_err(|_| Crowded)?.expect("the semaphore is never closed");
        // The permit goes with the work: a client that hangs up does not make room for a third run.
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        });
        Ok(done.await.expect("hashing does not panic"))
    }
}

fn hash_now(password: &str) -> String {
    let salt = keys::random::<16>();
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .expect("argon2's own parameters and a 16-byte salt are valid")
        .to_string()
}

fn fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

fn dummy_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_now("nobody's password"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits_and_hashes_are_salted() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse").await.expect("a turn");
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
        assert_ne!(passwords.hash("correct horse").await.expect("a turn"), hash);
        assert_eq!(passwords.verify("correct horse", Some(&hash)).await, Ok(true));
        assert_eq!(passwords.verify("battery staple", Some(&hash)).await, Ok(false));
        assert_eq!(passwords.verify("nobody's password", None).await, Ok(false));
        assert_eq!(passwords.verify("x", Some("not a hash")).await, Ok(false));
        assert_eq!(passwords.verify(&"x".repeat(PASSWORD_MAX_BYTES + 1), Some(&hash)).await, Ok(false));
    }
}
