//! Counts tries per minute and key, with bounded memory.

use super::limits::TRACKED_ATTEMPTS;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// A sliding minute per key.
#[derive(Debug)]
pub struct Attempts<K> {
    per_minute: usize,
    seen: Mutex<HashMap<K, VecDeque<Instant>>>,
}

impl<K: Hash + Eq + Clone> Attempts<K> {
    /// Allows `per_minute` tries of each key in any minute.
    pub fn new(per_minute: usize) -> Self {
        Self { per_minute, seen: Mutex::new(HashMap::new()) }
    }

    /// Counts a try. `Err` says how long to wait; a refused try is not counted.
    pub fn try_one(&self, key: &K, now: Instant) -> Result<(), Duration> {
        let mut seen = self.lock();
        if !seen.contains_key(key) && seen.len() >= TRACKED_ATTEMPTS {
            seen.retain(|_, tries| tries.back().is_some_and(|last| now.duration_since(*last) < MINUTE));
            if seen.len() >= TRACKED_ATTEMPTS {
                return Err(MINUTE);
            }
        }
        let tries = seen.entry(key.clone()).or_default();
        forget_old(tries, now);
        match wait(tries, self.per_minute, now) {
            Some(wait) => Err(wait),
            None => {
                tries.push_back(now);
                Ok(())
            }
        }
    }

    /// Says whether a try would be refused, without counting one.
    pub fn check(&self, key: &K, now: Instant) -> Result<(), Duration> {
        let mut seen = self.lock();
        let Some(tries) = seen.get_mut(key) else { return Ok(()) };
        forget_old(tries, now);
        wait(tries, self.per_minute, now).map_or(Ok(()), Err)
    }

    /// Starts anew for a key, for example after a right password.
    pub fn forget(&self, key: &K) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, VecDeque<Instant>>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_old(tries: &mut VecDeque<Instant>, now: Instant) {
    while tries.front().is_some_and(|first| now.duration_since(*first) >= MINUTE) {
        tries.pop_front();
    }
}

fn wait(tries: &VecDeque<Instant>, per_minute: usize, now: Instant) -> Option<Duration> {
    let first = tries.front().filter(|_| tries.len() >= per_minute)?;
    Some(MINUTE.saturating_sub(now.duration_since(*first)))
}

/// The address that counts as one client: an IPv6 customer has a whole /64.
pub fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let s = v6.segments();
            IpAddr::V6(Ipv6Addr::new(s[0], s[1], s[2], s[3], 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_in_a_minute_waits_for_the_first_to_age() {
        let attempts = Attempts::new(5);
        let start = Instant::now();
        for second in 0..5 {
            assert_eq!(attempts.try_one(&"ana", start + Duration::from_secs(second)), Ok(()));
        }
        assert_eq!(attempts.try_one(&"ana", start + Duration::from_secs(10)), Err(Duration::from_secs(50)));
        assert_eq!(attempts.try_one(&"ben", start + Duration::from_secs(10)), Ok(()));
        assert_eq!(attempts.try_one(&"ana", start + MINUTE), Ok(()));
        assert!(attempts.check(&"ana", start + MINUTE).is_err());
    }

    #[test]
    fn a_right_password_starts_anew() {
        let attempts = Attempts::new(1);
        let now = Instant::now();
        assert!(attempts.try_one(&"ana", now).is_ok());
        assert!(attempts.try_one(&"ana", now).is_err());
        attempts.forget(&"ana");
        assert!(attempts.try_one(&"ana", now).is_ok());
    }

    #[test]
    fn an_ipv6_client_is_its_network_and_a_mapped_one_its_ipv4_address() {
        let of = |text: &str| client_of(text.parse().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
