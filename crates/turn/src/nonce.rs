//! Nonces that need no memory: the time they were made at, and a seal over it and the client's address.

use crate::limits::NONCE_LIFETIME;
use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac, rand};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Short, so that the answer to a stranger is hardly longer than what was asked.
const SEAL: usize = 6;
const TIME: usize = 3;
/// Characters of a nonce.
pub(crate) const LENGTH: usize = (TIME + SEAL) * 4 / 3;

pub(crate) struct Nonces {
    key: hmac::Key,
    start: Instant,
}

impl Nonces {
    pub(crate) fn new(now: Instant) -> Self {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &rand::SystemRandom::new());
        Self { key: key.expect("the system's random source answers"), start: now }
    }

    pub(crate) fn make(&self, client: SocketAddr, now: Instant) -> String {
        let time = self.seconds(now).to_be_bytes();
        let time = [time[1], time[2], time[3]];
        let seal = self.seal(client, time);
        STANDARD_NO_PAD.encode([&time[..], &seal].concat())
    }

    /// Whether we made it for this client, not too long ago.
    pub(crate) fn is_fresh(&self, nonce: &[u8], client: SocketAddr, now: Instant) -> bool {
        let mut bytes = [0; TIME + SEAL];
        if nonce.len() != LENGTH || STANDARD_NO_PAD.decode_slice(nonce, &mut bytes) != Ok(TIME + SEAL) {
            return false;
        }
        let (time, seal) = bytes.split_first_chunk::<TIME>().expect("the time comes first");
        if verify_slices_are_equal(seal, &self.seal(client, *time)).is_err() {
            return false;
        }
        let made = u32::from_be_bytes([0, time[0], time[1], time[2]]);
        let age = self.seconds(now).wrapping_sub(made) & 0x00ff_ffff;
        Duration::from_secs(age.into()) <= NONCE_LIFETIME
    }

    /// Since the start, in 24 bits: half a year.
    fn seconds(&self, now: Instant) -> u32 {
        let seconds = now.saturating_duration_since(self.start).as_secs() & 0x00ff_ffff;
        u32::try_from(seconds).expect("24 bits")
    }

    fn seal(&self, client: SocketAddr, time: [u8; TIME]) -> [u8; SEAL] {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&time);
        context.update(client.to_string().as_bytes());
        let mut seal = [0; SEAL];
        seal.copy_from_slice(&context.sign().as_ref()[..SEAL]);
        seal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_for_one_client_and_some_minutes() {
        let start = Instant::now();
        let nonces = Nonces::new(start);
        let client: SocketAddr = ([192, 0, 2, 1], 5000).into();
        let nonce = nonces.make(client, start);
        assert_eq!(nonce.len(), LENGTH);
        let is_fresh = |client, after| nonces.is_fresh(nonce.as_bytes(), client, start + after);
        assert!(is_fresh(client, Duration::ZERO) && is_fresh(client, NONCE_LIFETIME));
        assert!(!is_fresh(client, NONCE_LIFETIME + Duration::from_secs(1)));
        assert!(!is_fresh(([192, 0, 2, 1], 5001).into(), Duration::ZERO));
        assert!(!nonces.is_fresh(b"AAAAAAAAAAAA", client, start));
        assert!(!nonces.is_fresh(b"", client, start));
        let half_a_year = Duration::from_secs(0x00ff_ffff);
        let later = nonces.make(client, start + half_a_year);
        assert!(nonces.is_fresh(later.as_bytes(), client, start + half_a_year + Duration::from_secs(60)));
    }
}
