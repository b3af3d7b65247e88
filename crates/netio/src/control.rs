//! Control messages beside a datagram: which local address, and where to cut.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    ptr,
};

/// Room for one IP_PKTINFO or IPV6_PKTINFO and one UDP_SEGMENT, aligned as control messages must be.
pub(crate) type Control = [u64; 8];

/// No control message.
pub(crate) const EMPTY: Control = [0; 8];

/// The destination address in a message's packet information.
///
/// # Safety
/// `header` was filled in by recvmmsg and its buffers are alive.
pub(crate) unsafe fn read_packet_info(header: &libc::msghdr) -> Option<IpAddr> {
    // SAFETY: the CMSG functions stay within the control buffer that the kernel filled in; data is as long as its
    // level and type say.
    unsafe {
        let mut next = libc::CMSG_FIRSTHDR(header);
        while let Some(control) = next.as_ref() {
            let data = libc::CMSG_DATA(control);
            match (control.cmsg_level, control.cmsg_type) {
                (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                    let info = ptr::read_unaligned(data.cast::<libc::in_pktinfo>());
                    return Some(Ipv4Addr::from(info.ipi_addr.s_addr.to_ne_bytes()).into());
                }
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                    let info = ptr::read_unaligned(data.cast::<libc::in6_pktinfo>());
                    return Some(IpAddr::from(Ipv6Addr::from(info.ipi6_addr.s6_addr)).to_canonical());
                }
                _ => next = libc::CMSG_NXTHDR(header, control),
            }
        }
        None
    }
}

/// Writes what a message asks for, its local address and the length that it is cut into, and returns how many bytes that
/// takes.
pub(crate) fn write(control: &mut Control, source: Option<IpAddr>, segment: Option<u16>) -> usize {
    if source.is_none() && segment.is_none() {
        return 0;
    }
    *control = EMPTY;
    let mut used = 0;
    match source {
        // in_pktinfo: interface index 0, ipi_spec_dst, ipi_addr.
        Some(IpAddr::V4(v4)) => {
            let mut data = [0; 12];
            data[4..8].copy_from_slice(&v4.octets());
            used += append(control, used, libc::IPPROTO_IP, libc::IP_PKTINFO, &data);
        }
        // in6_pktinfo: ipi6_addr, interface index 0.
        Some(IpAddr::V6(v6)) => {
            let mut data = [0; 20];
            data[..16].copy_from_slice(&v6.octets());
            used += append(control, used, libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, &data);
        }
        None => {}
    }
    if let Some(segment) = segment {
        used += append(control, used, libc::SOL_UDP, libc::UDP_SEGMENT, &segment.to_ne_bytes());
    }
    used
}

/// Adds a control message `used` bytes into the room and returns its length, padded.
fn append(control: &mut Control, used: usize, level: libc::c_int, kind: libc::c_int, data: &[u8]) -> usize {
    // SAFETY: CMSG_SPACE only computes.
    let space = unsafe { libc::CMSG_SPACE(data.len() as u32) } as usize;
    assert!(used + space <= size_of::<Control>(), "the room is for one message of each kind");
    // SAFETY: `used` is a sum of padded lengths, so that the header is aligned; header and data end within the room.
    unsafe {
        let start = control.as_mut_ptr().cast::<u8>().add(used).cast::<libc::cmsghdr>();
        (*start).cmsg_level = level;
        (*start).cmsg_type = kind;
        (*start).cmsg_len = libc::CMSG_LEN(data.len() as u32) as _;
        ptr::copy_nonoverlapping(data.as_ptr(), libc::CMSG_DATA(start), data.len());
    }
    space
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_fit_beside_each_other_in_either_family() {
        let mut control = EMPTY;
        assert_eq!(write(&mut control, None, None), 0);
        for source in [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)] {
            let alone = write(&mut control, Some(source), None);
            let both = write(&mut control, Some(source), Some(1200));
            assert!(alone < both && both <= size_of::<Control>());
        }
    }
}
