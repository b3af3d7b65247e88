//! ICE, DTLS and SDP of one leg. This folder is the only place that knows str0m.
//!
//! Media is not str0m's: [`dtls`] takes the keys that a handshake makes and gives them to [`Media`], and str0m never learns
//! them. What [`plan`] reads from offer and answer is all that packets need to know of the negotiation.

mod dtls;
mod negotiate;
mod paths;
mod plan;
mod sdp;
mod stun;
mod transactions;

#[cfg(feature = "testing")]
pub(crate) use dtls::crypto_provider;
pub(crate) use negotiate::{Identity, Negotiated};
pub(crate) use paths::{Learned, Paths};
pub(crate) use plan::{ExtensionIds, Format, Plan, Sources};
pub(crate) use stun::BindingRequest;
pub(crate) use transactions::Transactions;

use super::media::Media;
use crate::{
    address::{Protocol, Remote},
    limits::{OUTPUTS_PER_DRAIN, TRANSPORT_ERRORS},
    transmits::Transmits,
};
use std::{net::SocketAddr, time::Instant};
use str0m::{
    Event, Input, Output as RtcOutput, Rtc,
    net::{Receive, Transmit as RtcTransmit},
};

/// What a drain of a transport yields, besides datagrams.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// ICE and DTLS are up, and [`Media`] has its keys.
    Connected,
    /// The transport is gone.
    Closed(String),
}

/// The transport of one leg, and the media on it.
pub(crate) struct Transport {
    rtc: Box<Rtc>,
    keys: dtls::Keys,
    negotiated: Negotiated,
    pub(crate) media: Media,
    pub(crate) paths: Paths,
    pub(crate) transactions: Transactions,
    connected: bool,
    errors_in_a_row: u32,
    /// Datagrams of media that str0m made, which must never leave.
    pub(crate) stray: u64,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").field("connected", &self.connected).finish_non_exhaustive()
    }
}

impl Transport {
    /// What was negotiated last.
    pub(crate) fn negotiated(&self) -> &Negotiated {
        &self.negotiated
    }

    /// ICE and DTLS are up.
    pub(crate) fn is_connected(&self) -> bool {
        self.connected
    }

    /// Takes a datagram of STUN or DTLS that the demultiplexer found to be this leg's. The answer is whether it was
    /// taken.
    pub(crate) fn receive(&mut self, now: Instant, remote: Remote, local: SocketAddr, bytes: &[u8]) -> bool {
        let destination = self.negotiated.candidate_for(remote.protocol, local);
        let Ok(receive) = Receive::new(rtc_protocol(remote.protocol), remote.address, destination, bytes) else {
            return false;
        };
        let taken = self.rtc.handle_input(Input::Receive(now, receive)).is_ok();
        self.count_error(!taken);
        taken
    }

    /// Lets time pass.
    pub(crate) fn advance(&mut self, now: Instant) {
        let failed = self.rtc.handle_input(Input::Timeout(now)).is_err();
        self.count_error(failed);
    }

    /// Drains what is due; the answer is when to [`Self::advance`] next.
    pub(crate) fn poll(
        &mut self,
        transmits: &mut Transmits,
        outputs: &mut Vec<Output>,
        not_before: Instant,
    ) -> Option<Instant> {
        for _ in 0..OUTPUTS_PER_DRAIN {
            match self.rtc.poll_output() {
                Ok(RtcOutput::Timeout(at)) => {
                    self.errors_in_a_row = 0;
                    if !self.rtc.is_alive() {
                        outputs.push(Output::Closed("the transport was closed".into()));
                    }
                    return Some(at.max(not_before));
                }
                Ok(RtcOutput::Transmit(transmit)) => self.send(&transmit, transmits),
                Ok(RtcOutput::Event(event)) => outputs.extend(self.translate(&event)),
                Err(error) => {
                    self.count_error(true);
                    if !self.rtc.is_alive() || self.errors_in_a_row > TRANSPORT_ERRORS {
                        outputs.push(Output::Closed(error.to_string()));
                        break;
                    }
                }
            }
        }
        Some(not_before)
    }

    /// Says goodbye (RTCP BYE, DTLS close_notify).
    pub(crate) fn close(&mut self, transmits: &mut Transmits, now: Instant) {
        if let Some((remote, local)) = self.paths.selected() {
            transmits.push(remote, local, |room| self.media.write_goodbye(room));
        }
        if self.rtc.close().is_ok() {
            self.poll(transmits, &mut Vec::new(), now);
        }
    }

    fn send(&mut self, transmit: &RtcTransmit, transmits: &mut Transmits) {
        let protocol = match transmit.proto {
            str0m::net::Protocol::Udp => Protocol::Udp,
            _ => Protocol::Tcp,
        };
        let asked = Remote { protocol, address: transmit.destination };
        let bytes: &[u8] = &transmit.contents;
        let is_stun = bytes.first().is_some_and(|first| *first < 4);
        if bytes.first().is_some_and(|first| (128..192).contains(first)) {
            self.stray += 1;
            return;
        }
        let selected = self.paths.selected().filter(|_| !is_stun);
        if let Some((remote, local)) = selected.or_else(|| self.paths.route(asked)) {
            transmits.push(remote, local, |room| {
                room.get_mut(..bytes.len())?.copy_from_slice(bytes);
                Some(bytes.len())
            });
        }
    }

    fn translate(&mut self, event: &Event) -> Option<Output> {
        match event {
            Event::Connected => {
                let Some((profile, exported)) = self.keys.get() else {
                    return Some(Output::Closed("the handshake gave no keys for media".into()));
                };
                self.connected = self.media.set_keys(profile, exported);
                Some(if self.connected {
                    Output::Connected
                } else {
                    Output::Closed("the handshake gave keys of a wrong length".into())
                })
            }
            Event::Closed => Some(Output::Closed("the page closed its connection".into())),
            _ => None,
        }
    }

    /// See [`Sfu::sealer_of`](crate::Sfu::sealer_of).
    #[cfg(feature = "testing")]
    pub(crate) fn sealer(&self) -> Option<crate::testing::Sealer> {
        let (profile, exported) = self.keys.get()?;
        let (page, _) = srtp::MasterKey::pair(profile, exported)?;
        Some(crate::testing::Sealer::new(&page))
    }

    fn count_error(&mut self, failed: bool) {
        if failed {
            self.errors_in_a_row = self.errors_in_a_row.saturating_add(1);
        }
    }
}

fn rtc_protocol(protocol: Protocol) -> str0m::net::Protocol {
    match protocol {
        Protocol::Udp => str0m::net::Protocol::Udp,
        Protocol::Tcp => str0m::net::Protocol::Tcp,
    }
}
