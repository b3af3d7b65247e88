use crate::demux::DropReason;

/// Figures of a shard since its start, except for the first group, which is as of now. Read it each second.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Rooms held.
    pub rooms: u64,
    /// Legs held.
    pub legs: u64,
    /// Legs with ICE and DTLS up.
    pub connected_legs: u64,
    /// Legs whose sound goes one way only.
    pub one_way_legs: u64,
    /// Legs from which video is held back because their path carries sound alone.
    pub legs_without_video: u64,

    /// All datagrams taken in.
    pub datagrams_in: Volume,
    /// All datagrams given out.
    pub datagrams_out: Volume,
    /// STUN, DTLS and RTCP taken in.
    pub control_in: Volume,
    /// STUN, DTLS and RTCP given out.
    pub control_out: Volume,
    /// RTP packets received and their payloads, repairs among them, by track in the order of `TrackKind::ALL`.
    pub media_in: [Volume; 3],
    /// RTP packets written to downlinks and their payloads, without repairs, by track.
    pub media_out: [Volume; 3],
    /// RTP packets that uplinks lost, before repair.
    pub packets_lost: u64,
    /// RTP packets that downlinks lost by the receivers' reports, less what their sources never delivered.
    pub packets_lost_downlink: u64,
    /// RTP packets that came as repairs.
    pub packets_repaired: u64,
    /// PLI and FIR sent to sources.
    pub keyframe_requests_sent: u64,
    /// PLI and FIR received from sinks.
    pub keyframe_requests_received: u64,
    /// NACKs sent to sources.
    pub nacks_sent: u64,
    /// NACKs received from sinks.
    pub nacks_received: u64,
    /// Tap frames that nobody polled in time.
    pub tap_frames_dropped: u64,
    /// Participants dropped because of a panic.
    pub panics: u64,
    /// Datagrams dropped, in the order of [`DropReason::ALL`].
    pub drops: [u64; DropReason::ALL.len()],
}

/// Packets and their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Volume {
    /// How many.
    pub packets: u64,
    /// Bytes of them all.
    pub bytes: u64,
}

impl Volume {
    pub(crate) fn add(&mut self, bytes: usize) {
        self.packets += 1;
        self.bytes += bytes as u64;
    }

    /// What came since an earlier reading.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self { packets: self.packets.saturating_sub(before.packets), bytes: self.bytes.saturating_sub(before.bytes) }
    }
}

impl Totals {
    /// Datagrams dropped for this reason.
    pub fn dropped(&self, reason: DropReason) -> u64 {
        self.drops[reason as usize]
    }

    pub(crate) fn drop_one(&mut self, reason: DropReason) {
        self.drops[reason as usize] += 1;
    }
}
