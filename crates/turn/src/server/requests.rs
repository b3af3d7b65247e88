//! What those may ask who have proved their credentials (RFC 8656 §7 to §12).

use super::{Action, Family, Opening, RelayId, Server, allocation::Allocation, authenticate::Signed, lifetime_value};
use crate::{
    limits::{ALLOCATION_LIFETIME, ALLOCATIONS, ALLOCATIONS_PER_NETWORK},
    message::{Builder, Class, Key, Message, Method, kind},
    strangers::Network,
};
use model::Now;
use std::{
    net::{IpAddr, SocketAddr},
    time::Instant,
};

/// RFC 8656 §18.7: UDP's protocol number.
const UDP: u8 = 17;

/// Codes of refusals (RFC 8489 §14.8, RFC 8656 §19).
mod code {
    pub(super) const BAD_REQUEST: u16 = 400;
    pub(super) const FORBIDDEN: u16 = 403;
    pub(super) const UNKNOWN_ATTRIBUTE: u16 = 420;
    pub(super) const ALLOCATION_MISMATCH: u16 = 437;
    pub(super) const FAMILY_NOT_SUPPORTED: u16 = 440;
    pub(super) const UNSUPPORTED_TRANSPORT: u16 = 442;
    pub(super) const PEER_FAMILY_MISMATCH: u16 = 443;
    pub(super) const QUOTA_REACHED: u16 = 486;
    pub(super) const INSUFFICIENT_CAPACITY: u16 = 508;
}

impl Server {
    pub(super) fn carry_out<'a>(
        &mut self,
        now: Now,
        client: SocketAddr,
        message: &Message<'a>,
        signed: Signed,
    ) -> Option<Action<'a>> {
        let unknown = message.not_understood();
        if !unknown.is_empty() {
            let kinds: Vec<u8> = unknown.iter().flat_map(|kind| kind.to_be_bytes()).collect();
            let answer = Builder::error(message, code::UNKNOWN_ATTRIBUTE).with(kind::UNKNOWN_ATTRIBUTES, &kinds);
            return Some(Action::Answer(answer.signed(&signed.key)));
        }
        let key = signed.key.clone();
        let done = match message.method {
            Method::Allocate => self.check_allocation(client, message, signed),
            Method::Refresh => self.refresh(now.mono, client, message),
            Method::CreatePermission => self.create_permission(now.mono, client, message),
            Method::ChannelBind => self.bind_channel(now.mono, client, message),
            Method::Send | Method::Data => Err(code::BAD_REQUEST),
        };
        Some(done.unwrap_or_else(|code| Action::Answer(Builder::error(message, code).signed(&key))))
    }

    fn check_allocation<'a>(
        &mut self,
        client: SocketAddr,
        message: &Message<'a>,
        Signed { username, key }: Signed,
    ) -> Result<Action<'a>, u16> {
        if let Some(allocation) = self.allocations.get(&client) {
            // Our answer was lost: it is given again (RFC 8489 §6.3.1).
            let again = allocation.transaction == message.transaction();
            let answer = || Action::Answer(allocated(Builder::success(message), client, allocation.relayed, &key));
            return again.then(answer).ok_or(code::ALLOCATION_MISMATCH);
        }
        match message.attribute(kind::REQUESTED_TRANSPORT) {
            Some([UDP, _, _, _]) => {}
            Some([_, _, _, _]) => return Err(code::UNSUPPORTED_TRANSPORT),
            _ => return Err(code::BAD_REQUEST),
        }
        let family = self.family(message.attribute(kind::REQUESTED_ADDRESS_FAMILY))?;
        let refused = if self.allocations.len() >= ALLOCATIONS {
            Some(code::INSUFFICIENT_CAPACITY)
        } else if self.held_by(Network::of(client.ip())) >= ALLOCATIONS_PER_NETWORK {
            Some(code::QUOTA_REACHED)
        } else {
            None
        };
        if let Some(code) = refused {
            self.counters.refused_full += 1;
            return Err(code);
        }
        self.relays += 1;
        let relay = RelayId(self.relays);
        let transaction = message.transaction();
        Ok(Action::Open(Box::new(Opening { relay, family, client, transaction, username, key })))
    }

    /// The family that is asked for. Where none is named IPv4 is meant (RFC 8656 §7.2); an engine that has none is
    /// reached over the one it has.
    fn family(&self, asked: Option<&[u8]>) -> Result<Family, u16> {
        let has = |family| self.peers.iter().any(|peer| Family::of(*peer) == family);
        let family = match asked {
            None if !has(Family::V4) => Family::V6,
            None | Some([1, _, _, _]) => Family::V4,
            Some([2, _, _, _]) => Family::V6,
            Some(_) => return Err(code::BAD_REQUEST),
        };
        if has(family) { Ok(family) } else { Err(code::FAMILY_NOT_SUPPORTED) }
    }

    pub(super) fn allocate(&mut self, now: Instant, opening: Box<Opening>, relayed: Option<SocketAddr>) -> Vec<u8> {
        let Opening { relay, client, transaction, username, key, .. } = *opening;
        let Some(relayed) = relayed else {
            self.counters.refused_full += 1;
            let answer = Builder::new(Method::Allocate, Class::Error, transaction);
            return answer.with_error(code::INSUFFICIENT_CAPACITY).signed(&key);
        };
        let answer = Builder::new(Method::Allocate, Class::Success, transaction);
        let answer = allocated(answer, client, relayed, &key);
        self.allocations.insert(client, Allocation::new((relay, relayed), (username, key), transaction, now));
        self.clients.insert(relay, client);
        answer
    }

    fn refresh<'a>(&mut self, now: Instant, client: SocketAddr, message: &Message<'a>) -> Result<Action<'a>, u16> {
        let lifetime = match message.attribute(kind::LIFETIME) {
            None => None,
            Some(value) => Some(u32::from_be_bytes(value.try_into().map_err(|_| code::BAD_REQUEST)?)),
        };
        let allocation = self.allocations.get_mut(&client).ok_or(code::ALLOCATION_MISMATCH)?;
        let key = allocation.key.clone();
        if lifetime == Some(0) {
            let answer = Builder::success(message).with(kind::LIFETIME, &[0; 4]).signed(&key);
            let relay = self.remove(client).expect("it was just found");
            return Ok(Action::Close { relay, answer });
        }
        allocation.expires = now + ALLOCATION_LIFETIME;
        Ok(Action::Answer(Builder::success(message).with(kind::LIFETIME, &lifetime_value()).signed(&key)))
    }

    fn create_permission<'a>(
        &mut self,
        now: Instant,
        client: SocketAddr,
        message: &Message<'a>,
    ) -> Result<Action<'a>, u16> {
        let peers: Option<Vec<SocketAddr>> = message.addresses(kind::XOR_PEER_ADDRESS).collect();
        let peers = peers.filter(|peers| !peers.is_empty()).ok_or(code::BAD_REQUEST)?;
        // All or none (RFC 8656 §10.2).
        for peer in &peers {
            // Permissions are for machines, and a client may leave the port out (RFC 8656 §9.1).
            let is_engine = if peer.port() == 0 { self.is_engine_ip(peer.ip()) } else { self.is_engine(*peer) };
            self.check_peer(client, *peer, is_engine)?;
        }
        let allocation = self.allocations.get_mut(&client).ok_or(code::ALLOCATION_MISMATCH)?;
        peers.iter().for_each(|peer| allocation.permit(peer.ip(), now));
        Ok(Action::Answer(Builder::success(message).signed(&allocation.key)))
    }

    fn bind_channel<'a>(&mut self, now: Instant, client: SocketAddr, message: &Message<'a>) -> Result<Action<'a>, u16> {
        let number = match message.attribute(kind::CHANNEL_NUMBER) {
            Some([high, low, _, _]) => u16::from_be_bytes([*high, *low]),
            _ => return Err(code::BAD_REQUEST),
        };
        let peer = message.address(kind::XOR_PEER_ADDRESS).ok_or(code::BAD_REQUEST)?;
        // RFC 8656 §12: the first two bits tell channels from messages, and DTLS's range stays free.
        if !(0x4000..=0x4fff).contains(&number) {
            return Err(code::BAD_REQUEST);
        }
        self.check_peer(client, peer, self.is_engine(peer))?;
        let allocation = self.allocations.get_mut(&client).ok_or(code::ALLOCATION_MISMATCH)?;
        if !allocation.bind(number, peer, now) {
            return Err(code::BAD_REQUEST);
        }
        Ok(Action::Answer(Builder::success(message).signed(&allocation.key)))
    }

    fn check_peer(&mut self, client: SocketAddr, peer: SocketAddr, is_engine: bool) -> Result<(), u16> {
        let allocation = self.allocations.get(&client).ok_or(code::ALLOCATION_MISMATCH)?;
        if !is_engine {
            self.counters.refused_peers += 1;
            return Err(code::FORBIDDEN);
        }
        let same = Family::of(allocation.relayed) == Family::of(peer);
        if same { Ok(()) } else { Err(code::PEER_FAMILY_MISMATCH) }
    }

    pub(super) fn is_engine(&self, peer: SocketAddr) -> bool {
        self.peers.contains(&peer)
    }

    fn is_engine_ip(&self, ip: IpAddr) -> bool {
        self.peers.iter().any(|peer| peer.ip() == ip)
    }
}

fn allocated(answer: Builder, client: SocketAddr, relayed: SocketAddr, key: &Key) -> Vec<u8> {
    let answer = answer.with_address(kind::XOR_RELAYED_ADDRESS, relayed);
    let answer = answer.with_address(kind::XOR_MAPPED_ADDRESS, client);
    answer.with(kind::LIFETIME, &lifetime_value()).signed(key)
}
