use super::Sfu;
use crate::{
    address::{Protocol, Remote},
    demux::{DropReason, Kind, is_control, is_rtcp},
    participant::{BindingRequest, Change, Key, Learned},
};
use std::{net::SocketAddr, panic::catch_unwind, time::Instant};
use wire::engine::Event;

impl Sfu {
    /// Takes a datagram, and opens it in place. `destination` is the local address that it came to.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        source: SocketAddr,
        destination: SocketAddr,
        protocol: Protocol,
        bytes: &mut [u8],
    ) {
        self.advance_clock(now);
        self.totals.datagrams_in.add(bytes.len());
        if is_control(bytes) {
            self.totals.control_in.add(bytes.len());
        }
        let remote = Remote { protocol, address: source };
        let outcome = match Kind::of(bytes) {
            None => Err(DropReason::Malformed),
            Some(Kind::Stun) => self.take_stun(remote, destination, bytes),
            Some(Kind::Dtls) => self.take_dtls(remote, destination, bytes),
            Some(Kind::Media) => self.take_media(remote, bytes),
        };
        if let Err(reason) = outcome {
            self.totals.drop_one(reason);
        }
    }

    /// The shell saw a TCP connection end: nothing can be sent there any more.
    pub fn handle_tcp_closed(&mut self, remote: SocketAddr) {
        let remote = Remote { protocol: Protocol::Tcp, address: remote };
        let Some(key) = self.demux.by_remote(remote) else { return };
        self.demux.forget_remote(remote, key);
        if let Some(transport) = self.participant(key).and_then(|participant| participant.transport.as_mut()) {
            transport.paths.forget(remote);
        }
    }

    fn take_stun(&mut self, remote: Remote, local: SocketAddr, bytes: &[u8]) -> Result<(), DropReason> {
        // Nobody has vouched for these bytes yet, so not even a bug in reading them may stop the shard.
        let parsed = catch_unwind(|| BindingRequest::parse(bytes)).unwrap_or_default();
        let request = parsed.ok_or(DropReason::Malformed)?;
        let key = request.local_ufrag().and_then(|ufrag| self.demux.by_ufrag(ufrag)).ok_or(DropReason::UnknownUfrag)?;
        let now = self.now;
        let is_known = self.demux.by_remote(remote) == Some(key);
        if !is_known && self.demux.is_limited(remote.address.ip(), now) {
            return Err(DropReason::RateLimited);
        }
        let participant = self.participant(key).ok_or(DropReason::UnknownUfrag)?;
        let transport = participant.transport.as_mut().ok_or(DropReason::UnknownUfrag)?;
        if !transport.is_authentic(&request) {
            self.demux.suspect(remote.address.ip(), now);
            return Err(DropReason::BadIntegrity);
        }
        if !transport.transactions.note(request.transaction()) {
            if is_known {
                // Our answer was lost, and is given again; as consent the request has counted.
                return self.feed(key, remote, local, bytes);
            }
            self.demux.suspect(remote.address.ip(), now);
            return Err(DropReason::Replayed);
        }
        let learned = transport.paths.validated(now, remote, local, request.nominates());
        let change = participant.liveness.consented(now);
        let leg = participant.leg;
        let Learned::Path(evicted) = learned else { return Err(DropReason::Refused) };
        if change == Some(Change::Back) {
            self.events.push_back(Event::PathBack { leg });
        }
        if let Some(evicted) = evicted {
            self.demux.forget_remote(evicted, key);
        }
        if let Some(before) = self.demux.learn_remote(remote, key)
            && let Some(transport) = self.participant(before).and_then(|before| before.transport.as_mut())
        {
            transport.paths.forget(remote);
        }
        self.feed(key, remote, local, bytes)
    }

    fn take_dtls(&mut self, remote: Remote, local: SocketAddr, bytes: &[u8]) -> Result<(), DropReason> {
        let key = self.demux.by_remote(remote).ok_or(DropReason::UnknownAddress)?;
        self.feed(key, remote, local, bytes)
    }

    fn take_media(&mut self, remote: Remote, bytes: &mut [u8]) -> Result<(), DropReason> {
        let key = self.demux.by_remote(remote).ok_or(DropReason::UnknownAddress)?;
        let (now, wall) = (self.now, self.config.media_time(self.now));
        if is_rtcp(bytes) {
            let feedback = self.guarded(key, |participant| {
                let transport = participant.transport.as_mut().ok_or(DropReason::Refused)?;
                transport.media.open_rtcp(bytes, now, wall)
            });
            let feedback = feedback.unwrap_or(Err(DropReason::Refused))?;
            self.heard(key);
            for feedback in feedback {
                self.take_feedback(key, feedback);
            }
            return Ok(());
        }
        let opened = self.guarded(key, |participant| {
            let transport = participant.transport.as_mut().ok_or(DropReason::Refused)?;
            transport.media.open_rtp(bytes, now)
        });
        let opened = opened.unwrap_or(Err(DropReason::Refused))?;
        self.heard(key);
        if let Some(opened) = opened {
            self.forward(key, &opened.packet(bytes));
        }
        Ok(())
    }

    /// An authentic packet came.
    fn heard(&mut self, key: Key) {
        let now = self.now;
        let Some(participant) = self.participant(key) else { return };
        if participant.liveness.heard(now) == Some(Change::Back) {
            let leg = participant.leg;
            if let Some(transport) = &mut participant.transport {
                transport.media.forget_path(now);
            }
            self.events.push_back(Event::PathBack { leg });
        }
    }

    fn feed(&mut self, key: Key, remote: Remote, local: SocketAddr, bytes: &[u8]) -> Result<(), DropReason> {
        let now = self.now;
        let mut taken = false;
        self.drain(key, |participant| {
            if let Some(transport) = &mut participant.transport {
                taken = transport.receive(now, remote, local, bytes);
            }
        });
        if taken { Ok(()) } else { Err(DropReason::Refused) }
    }
}
