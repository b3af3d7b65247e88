use crate::participant::rtp_header_length;
use srtp::{MasterKey, RTCP_OVERHEAD, RTP_OVERHEAD, Replay, RtcpSealer, RtpSealer};
use std::collections::BTreeMap;

/// Indices that the page itself does not reach within a test: two senders with the same keys must not share any.
const FIRST_CONTROL_INDEX: usize = 20_000;

/// Protects any bytes as a leg's page would, for what a hostile page sends. What the page itself sends afterwards may be
/// taken for a replay.
#[derive(Debug)]
pub struct Sealer {
    rtp: RtpSealer,
    rtcp: RtcpSealer,
    /// Roll-overs, as the engine counts them.
    sources: BTreeMap<u32, Replay>,
}

impl Sealer {
    pub(crate) fn new(page: &MasterKey) -> Self {
        let mut rtcp = RtcpSealer::new(page);
        for _ in 0..FIRST_CONTROL_INDEX {
            rtcp.seal(&mut [0; 8 + RTCP_OVERHEAD], 8);
        }
        Self { rtp: RtpSealer::new(page), rtcp, sources: BTreeMap::new() }
    }

    /// Protects an RTP packet. `None` when the bytes are none.
    pub fn rtp(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let header = rtp_header_length(packet)?;
        let fixed = packet.first_chunk::<12>()?;
        let ssrc = u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]);
        let replay = self.sources.entry(ssrc).or_default();
        let index = replay.index_of(u16::from_be_bytes([fixed[2], fixed[3]]));
        replay.note(index);
        let mut sealed = packet.to_vec();
        sealed.resize(packet.len() + RTP_OVERHEAD, 0);
        let length = self.rtp.seal(index, header, &mut sealed, packet.len());
        sealed.truncate(length);
        Some(sealed)
    }

    /// Protects an RTCP compound. `None` when it is shorter than a header.
    pub fn rtcp(&mut self, compound: &[u8]) -> Option<Vec<u8>> {
        let mut sealed = compound.to_vec();
        sealed.resize(compound.len() + RTCP_OVERHEAD, 0);
        let length = (compound.len() >= 8).then(|| self.rtcp.seal(&mut sealed, compound.len()))?;
        sealed.truncate(length);
        Some(sealed)
    }
}
