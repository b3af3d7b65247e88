/// What a port has done since it was last asked. Plain numbers: the media thread adds them to the metrics once in a
/// while, not per packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Datagrams and frames handed to the caller.
    pub received: u64,
    /// Their bytes, without UDP's or TCP's own headers.
    pub received_bytes: u64,
    /// Datagrams and frames handed to the kernel.
    pub sent: u64,
    /// Their bytes.
    pub sent_bytes: u64,
    /// UDP messages that they went in: several datagrams to one destination may share one.
    pub sent_messages: u64,
    /// Messages that the kernel would not cut into datagrams; they were sent again one by one.
    pub segments_refused: u64,
    /// Turns that waited for more datagrams.
    pub coalesced_turns: u64,
    /// Times the kernel's UDP send buffer was full (EAGAIN); what was to be sent waits.
    pub send_buffer_full: u64,
    /// Datagrams dropped because they were longer than [`crate::limits::DATAGRAM_BYTES`].
    pub dropped_oversized: u64,
    /// Datagrams dropped because the send queue was full.
    pub dropped_send_queue_full: u64,
    /// Datagrams the kernel refused: no route, no permission.
    pub dropped_send_error: u64,
    /// Frames dropped because their connection was gone, or its write queue full.
    pub dropped_tcp: u64,
    /// Connections taken.
    pub tcp_accepted: u64,
    /// Connections closed at once, because there were too many.
    pub tcp_refused: u64,
    /// Connections closed because the peer broke the framing.
    pub tcp_closed_framing: u64,
    /// Connections closed by a time-out: no frame, or nothing read of what we sent.
    pub tcp_closed_timeout: u64,
}
