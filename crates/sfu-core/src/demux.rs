//! Who a datagram belongs to, before any of it is believed.

use crate::{
    address::Remote,
    limits::{SUSPECT_DATAGRAMS, SUSPECT_WINDOW, SUSPECTS},
    participant::Key,
};
use std::{collections::BTreeMap, net::IpAddr, time::Instant};

/// Why a datagram was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DropReason {
    /// Neither STUN, DTLS nor RTP (RFC 7983 §7), or STUN that cannot be read.
    Malformed,
    /// STUN with the user name of no leg.
    UnknownUfrag,
    /// STUN whose message integrity does not fit, or SRTP whose tag does not.
    BadIntegrity,
    /// DTLS or RTP from an address that no leg has validated.
    UnknownAddress,
    /// STUN from an address that failed too many integrity checks in the last second.
    RateLimited,
    /// A packet that came before, or is too old to tell.
    Replayed,
    /// The leg's transport refused it.
    Refused,
    /// An outgoing datagram found the queue full.
    QueueFull,
    /// An outgoing datagram of media that did not come from the media path.
    Stray,
}

impl DropReason {
    /// Every reason, in the order of [`crate::Totals::drops`].
    pub const ALL: [Self; 9] = [
        Self::Malformed,
        Self::UnknownUfrag,
        Self::BadIntegrity,
        Self::UnknownAddress,
        Self::RateLimited,
        Self::Replayed,
        Self::Refused,
        Self::QueueFull,
        Self::Stray,
    ];

    /// The label of a metric.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownUfrag => "unknown_ufrag",
            Self::BadIntegrity => "bad_integrity",
            Self::UnknownAddress => "unknown_address",
            Self::RateLimited => "rate_limited",
            Self::Replayed => "replayed",
            Self::Refused => "refused",
            Self::QueueFull => "queue_full",
            Self::Stray => "stray",
        }
    }
}

/// What the first byte says (RFC 7983 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Stun,
    Dtls,
    Media,
}

impl Kind {
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes.first()? {
            0..=3 => Some(Self::Stun),
            20..=63 => Some(Self::Dtls),
            128..=191 => Some(Self::Media),
            _ => None,
        }
    }
}

/// RTCP shares the first byte with RTP and has packet types 192 to 223 (RFC 5761 §4).
pub(crate) fn is_rtcp(bytes: &[u8]) -> bool {
    bytes.get(1).is_some_and(|kind| (192..=223).contains(kind))
}

/// STUN, DTLS or RTCP.
pub(crate) fn is_control(bytes: &[u8]) -> bool {
    Kind::of(bytes) != Some(Kind::Media) || is_rtcp(bytes)
}

/// The two tables that find a datagram's leg.
#[derive(Debug, Default)]
pub(crate) struct Demux {
    ufrags: BTreeMap<String, Key>,
    #[expect(clippy::disallowed_types, reason = "every packet looks here, and nothing depends on its order")]
    remotes: std::collections::HashMap<Remote, Key>,
    suspects: Suspects,
}

impl Demux {
    pub(crate) fn by_ufrag(&self, ufrag: &str) -> Option<Key> {
        self.ufrags.get(ufrag).copied()
    }

    pub(crate) fn by_remote(&self, remote: Remote) -> Option<Key> {
        self.remotes.get(&remote).copied()
    }

    pub(crate) fn learn_ufrag(&mut self, ufrag: &str, key: Key) {
        self.ufrags.insert(ufrag.to_owned(), key);
    }

    pub(crate) fn forget_ufrag(&mut self, ufrag: &str) {
        self.ufrags.remove(ufrag);
    }

    /// The address belongs to this leg from now on; the answer is whose it was.
    pub(crate) fn learn_remote(&mut self, remote: Remote, key: Key) -> Option<Key> {
        self.remotes.insert(remote, key).filter(|&before| before != key)
    }

    /// Forgets the address if it is still this leg's.
    pub(crate) fn forget_remote(&mut self, remote: Remote, key: Key) {
        if self.remotes.get(&remote) == Some(&key) {
            self.remotes.remove(&remote);
        }
    }

    /// Entries of both tables.
    #[cfg(feature = "testing")]
    pub(crate) fn entries(&self) -> usize {
        self.ufrags.len() + self.remotes.len()
    }

    /// Notes a datagram that failed its integrity check.
    pub(crate) fn suspect(&mut self, address: IpAddr, now: Instant) {
        self.suspects.note(address, now);
    }

    /// Whether STUN of this address is dropped unchecked. Only failed checks count, because offices and mobile networks
    /// share addresses; what belongs to no leg costs one look in a table and needs no limit.
    pub(crate) fn is_limited(&mut self, address: IpAddr, now: Instant) -> bool {
        self.suspects.is_limited(address, now)
    }
}

/// Failed integrity checks per address.
#[derive(Debug, Default)]
struct Suspects {
    window_began: Option<Instant>,
    failed: BTreeMap<IpAddr, u32>,
}

impl Suspects {
    fn note(&mut self, address: IpAddr, now: Instant) {
        self.roll(now);
        if self.failed.len() < SUSPECTS || self.failed.contains_key(&address) {
            *self.failed.entry(address).or_default() += 1;
        }
    }

    fn is_limited(&mut self, address: IpAddr, now: Instant) -> bool {
        self.roll(now);
        self.failed.get(&address).is_some_and(|&failed| failed >= SUSPECT_DATAGRAMS)
    }

    fn roll(&mut self, now: Instant) {
        if self.window_began.is_none_or(|began| now.saturating_duration_since(began) >= SUSPECT_WINDOW) {
            self.window_began = Some(now);
            self.failed.clear();
        }
    }
}
