//! Bounds what those get who have not proved their credentials: answers, and the work of checking them.

use crate::{
    bucket::Bucket,
    limits::{
        ALL_STRANGERS_ANSWERS_PER_SECOND, ALL_STRANGERS_BURST, STRANGER_ANSWERS_PER_SECOND, STRANGER_BURST,
        STRANGER_COUNTERS,
    },
};
use std::{
    hash::{BuildHasher, RandomState},
    net::{IpAddr, Ipv6Addr},
    time::Instant,
};

/// What counts as one: an IPv4 address, or a /64 of IPv6, of which one customer has at least one whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Network(IpAddr);

impl Network {
    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
            v4 => v4,
        })
    }
}

/// A fixed number of counters, chosen by a hash that strangers cannot foresee.
pub(crate) struct Strangers {
    hash: RandomState,
    networks: Box<[Bucket]>,
    all: Bucket,
}

impl Strangers {
    pub(crate) fn new(now: Instant) -> Self {
        let network = Bucket::new(STRANGER_ANSWERS_PER_SECOND, STRANGER_BURST, now);
        Self {
            hash: RandomState::new(),
            networks: vec![network; STRANGER_COUNTERS].into_boxed_slice(),
            all: Bucket::new(ALL_STRANGERS_ANSWERS_PER_SECOND, ALL_STRANGERS_BURST, now),
        }
    }

    /// Whether this network may still fail.
    pub(crate) fn may_fail(&mut self, network: Network, now: Instant) -> bool {
        self.counter(network).has(now) && self.all.has(now)
    }

    /// It failed.
    pub(crate) fn failed(&mut self, network: Network, now: Instant) {
        self.counter(network).take(1, now);
        self.all.take(1, now);
    }

    fn counter(&mut self, network: Network) -> &mut Bucket {
        let index = self.hash.hash_one(network) as usize % self.networks.len();
        &mut self.networks[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Network {
        Network::of(address.parse().expect("an address"))
    }

    #[test]
    fn a_customer_of_ipv6_is_one_network() {
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }

    #[test]
    fn who_fails_too_often_does_not_stop_others() {
        let now = Instant::now();
        let mut strangers = Strangers::new(now);
        let bad = network("192.0.2.1");
        for _ in 0..STRANGER_BURST {
            assert!(strangers.may_fail(bad, now));
            strangers.failed(bad, now);
        }
        assert!(!strangers.may_fail(bad, now));
        // One of these may share its counter; all of them cannot.
        let others = (2..20).map(|last| Network::of([192, 0, 2, last].into()));
        assert!(others.map(|other| strangers.may_fail(other, now)).filter(|may| *may).count() > 10);
    }
}
