use crate::hostile_call::HostileCall;
use std::{cell::RefCell, time::Duration};

/// Opus, VP8, H.264 and their repairs, as the test's client numbers them.
const PAYLOAD_TYPES: [u8; 6] = [111, 96, 97, 102, 103, 5];
/// The first source of [`rtp`].
const SOURCES: u32 = 0x4000_0000;

thread_local! {
    static CALL: RefCell<HostileCall> = RefCell::new(HostileCall::new());
}

/// RTP with this head and payload.
fn rtp(head: [u8; 3], payload: &[u8]) -> Vec<u8> {
    let [kind, high, low] = head;
    let marker = kind & 0x80;
    let mut packet = vec![0x80, marker | PAYLOAD_TYPES[usize::from(kind & 0x0f) % PAYLOAD_TYPES.len()], high, low];
    packet.extend(u32::from(high).to_be_bytes());
    packet.extend((SOURCES + u32::from(kind >> 4 & 7)).to_be_bytes());
    packet.extend(payload);
    packet
}

/// One RTCP packet whose length fits, about one of these sources.
fn rtcp(head: [u8; 2], body: &[u8], downlinks: &[u32]) -> Vec<u8> {
    let [count, kind] = head;
    let mut packet = vec![0x80 | count & 0x1f, 200 + kind % 8, 0, 0, 0, 0, 0, 1];
    packet.extend(downlinks.get(usize::from(kind >> 4)).copied().unwrap_or_default().to_be_bytes());
    packet.extend(body);
    packet.resize(packet.len().next_multiple_of(4), 0);
    packet[3] = (packet.len() / 4 - 1) as u8;
    packet
}

/// What a page of bad will sends, protected with its own keys, harms nobody but its own leg: RTP headers and extensions,
/// payloads of every codec, repairs, and RTCP.
pub fn leg_packets(input: &[u8]) {
    CALL.with_borrow_mut(|call| {
        let mut rest = input;
        while let Some(([what, length], after)) = rest.split_first_chunk::<2>() {
            let (bytes, after) = after.split_at(usize::from(*length).min(after.len()));
            rest = after;
            let sealed = match (what % 5, bytes) {
                (0, [first, others @ ..]) => call.sealer.rtp(&[&[0x80 | first & 0x3f], others].concat()),
                (1, [kind, high, low, payload @ ..]) => call.sealer.rtp(&rtp([*kind, *high, *low], payload)),
                (2, [count, kind, body @ ..]) => {
                    let packet = rtcp([*count, *kind], body, &call.downlinks);
                    call.sealer.rtcp(&packet)
                }
                (3, bytes) => call.sealer.rtcp(bytes),
                _ => {
                    call.world.run_for(Duration::from_millis(u64::from(*length)));
                    None
                }
            };
            if let Some(sealed) = sealed {
                call.send(&sealed);
            }
        }
        call.look();
    });
}
