//! Datagrams on their way through (RFC 8656 §11, §12).

use super::{Action, RelayId, Server};
use crate::message::{Builder, Class, Message, Method, kind};
use std::{net::SocketAddr, time::Instant};

/// A channel's number and the length of what follows.
const CHANNEL_HEADER: usize = 4;

impl Server {
    pub(super) fn channel_data<'a>(&mut self, now: Instant, client: SocketAddr, bytes: &'a [u8]) -> Option<Action<'a>> {
        let (&[high, low, length_high, length_low], rest) = bytes.split_first_chunk::<CHANNEL_HEADER>()?;
        let allocation = self.allocations.get(&client)?;
        let peer = allocation.peer_of(u16::from_be_bytes([high, low]), now)?;
        // Over UDP there may be padding (RFC 8656 §12.5).
        let payload = rest.get(..usize::from(u16::from_be_bytes([length_high, length_low])))?;
        self.relay(now, client, peer, payload)
    }

    pub(super) fn send_indication<'a>(
        &mut self,
        now: Instant,
        client: SocketAddr,
        message: &Message<'a>,
    ) -> Option<Action<'a>> {
        let (peer, payload) = (message.address(kind::XOR_PEER_ADDRESS)?, message.attribute(kind::DATA)?);
        if self.allocations.contains_key(&client) && !self.is_engine(peer) {
            self.counters.refused_peers += 1;
            return None;
        }
        self.relay(now, client, peer, payload)
    }

    fn relay<'a>(
        &mut self,
        now: Instant,
        client: SocketAddr,
        peer: SocketAddr,
        payload: &'a [u8],
    ) -> Option<Action<'a>> {
        let allocation = self.allocations.get_mut(&client).filter(|allocation| allocation.expires > now)?;
        if !allocation.permits(peer.ip(), now) {
            return None;
        }
        let length = u32::try_from(payload.len()).expect("a datagram");
        if !allocation.to_engine.take(length, now) {
            self.counters.dropped_rate += 1;
            return None;
        }
        self.counters.relayed_to_engine += u64::from(length);
        Some(Action::Relay { relay: allocation.relay, peer, payload })
    }

    /// Takes a datagram that came to a relay's socket, and writes into `out` what goes to the client that is returned.
    pub fn handle_peer(
        &mut self,
        now: Instant,
        relay: RelayId,
        peer: SocketAddr,
        bytes: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<SocketAddr> {
        let client = *self.clients.get(&relay)?;
        if !self.is_engine(peer) {
            self.counters.refused_peers += 1;
            return None;
        }
        let allocation = self.allocations.get_mut(&client).filter(|allocation| allocation.expires > now)?;
        if !allocation.permits(peer.ip(), now) {
            return None;
        }
        let length = u16::try_from(bytes.len()).ok()?;
        if !allocation.to_client.take(length.into(), now) {
            self.counters.dropped_rate += 1;
            return None;
        }
        self.counters.relayed_to_clients += u64::from(length);
        out.clear();
        match allocation.channel_of(peer, now) {
            Some(channel) => {
                out.extend(channel.to_be_bytes());
                out.extend(length.to_be_bytes());
                out.extend(bytes);
            }
            None => {
                self.indications += 1;
                let mut transaction = [0; 12];
                transaction[4..].copy_from_slice(&self.indications.to_be_bytes());
                let indication = Builder::new(Method::Data, Class::Indication, transaction);
                let indication = indication.with_address(kind::XOR_PEER_ADDRESS, peer).with(kind::DATA, bytes);
                out.extend(indication.unsigned());
            }
        }
        Some(client)
    }
}
