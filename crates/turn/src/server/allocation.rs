use super::RelayId;
use crate::{
    bucket::Bucket,
    limits::{
        ALLOCATION_LIFETIME, CHANNEL_LIFETIME, PERMISSION_LIFETIME, RELAYED_BURST_BYTES, RELAYED_BYTES_PER_SECOND,
    },
    message::{Key, Transaction},
};
use std::{
    net::{IpAddr, SocketAddr},
    time::Instant,
};

/// A client's relay. Permissions and channels are for the engine's addresses alone, one for each, so they have a bound.
pub(super) struct Allocation {
    pub(super) relay: RelayId,
    /// As peers see it.
    pub(super) relayed: SocketAddr,
    /// Who made it: nobody else may use it (RFC 8656 §5).
    pub(super) username: String,
    pub(super) key: Key,
    /// The request that made it, which may come again.
    pub(super) transaction: Transaction,
    pub(super) expires: Instant,
    permissions: Vec<(IpAddr, Instant)>,
    channels: Vec<Channel>,
    pub(super) to_engine: Bucket,
    pub(super) to_client: Bucket,
}

#[derive(Debug, Clone, Copy)]
struct Channel {
    number: u16,
    peer: SocketAddr,
    expires: Instant,
}

impl Allocation {
    pub(super) fn new(
        (relay, relayed): (RelayId, SocketAddr),
        (username, key): (String, Key),
        transaction: Transaction,
        now: Instant,
    ) -> Self {
        let bucket = Bucket::new(RELAYED_BYTES_PER_SECOND, RELAYED_BURST_BYTES, now);
        Self {
            relay,
            relayed,
            username,
            key,
            transaction,
            expires: now + ALLOCATION_LIFETIME,
            permissions: Vec::new(),
            channels: Vec::new(),
            to_engine: bucket,
            to_client: bucket,
        }
    }

    pub(super) fn permit(&mut self, peer: IpAddr, now: Instant) {
        self.permissions.retain(|(ip, _)| *ip != peer);
        self.permissions.push((peer, now + PERMISSION_LIFETIME));
    }

    pub(super) fn permits(&self, peer: IpAddr, now: Instant) -> bool {
        self.permissions.iter().any(|(ip, expires)| *ip == peer && *expires > now)
    }

    /// Binds a channel, or renews it. False where the number or the peer is bound otherwise (RFC 8656 §12.2).
    pub(super) fn bind(&mut self, number: u16, peer: SocketAddr, now: Instant) -> bool {
        self.channels.retain(|channel| channel.expires > now);
        let taken = |channel: &Channel| (channel.number == number) != (channel.peer == peer);
        if self.channels.iter().any(taken) {
            return false;
        }
        self.channels.retain(|channel| channel.number != number);
        self.channels.push(Channel { number, peer, expires: now + CHANNEL_LIFETIME });
        self.permit(peer.ip(), now);
        true
    }

    pub(super) fn peer_of(&self, number: u16, now: Instant) -> Option<SocketAddr> {
        let is_it = |channel: &&Channel| channel.number == number && channel.expires > now;
        self.channels.iter().find(is_it).map(|channel| channel.peer)
    }

    pub(super) fn channel_of(&self, peer: SocketAddr, now: Instant) -> Option<u16> {
        let is_it = |channel: &&Channel| channel.peer == peer && channel.expires > now;
        self.channels.iter().find(is_it).map(|channel| channel.number)
    }
}
