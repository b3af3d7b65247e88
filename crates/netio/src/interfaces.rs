use crate::sockaddr;
use std::{io, net::IpAddr, ptr};

/// Addresses of the interfaces that are up, without loopback and IPv6 link-local ones (which need a zone to be of use),
/// in the system's order, each once.
pub fn interface_addresses() -> io::Result<Vec<IpAddr>> {
    let all = addresses(libc::IFF_UP as u32, libc::IFF_LOOPBACK as u32)?;
    Ok(all.into_iter().filter(|address| !is_link_local(address)).collect())
}

/// Addresses of interfaces that have all flags of `with` and none of `without`.
pub(crate) fn addresses(with: u32, without: u32) -> io::Result<Vec<IpAddr>> {
    let mut list: *mut libc::ifaddrs = ptr::null_mut();
    // SAFETY: on success `list` points to a list that is ours until freeifaddrs.
    if unsafe { libc::getifaddrs(&mut list) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let mut found = Vec::new();
    let mut next = list;
    while !next.is_null() {
        // SAFETY: `next` is an entry of the list, which is not freed yet.
        let entry = unsafe { &*next };
        next = entry.ifa_next;
        if entry.ifa_flags & with != with || entry.ifa_flags & without != 0 {
            continue;
        }
        // SAFETY: ifa_addr is null or an address of the family that its first field names.
        let address = unsafe { sockaddr::read(entry.ifa_addr) };
        if let Some(ip) = address.map(|address| address.ip())
            && !found.contains(&ip)
        {
            found.push(ip);
        }
    }
    // SAFETY: `list` came from getifaddrs and nothing of it is kept.
    unsafe { libc::freeifaddrs(list) };
    Ok(found)
}

fn is_link_local(address: &IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, UdpSocket};

    #[test]
    fn loopback_is_known_but_not_announced() {
        let loopback = addresses(libc::IFF_LOOPBACK as u32, 0).expect("interfaces can be listed");
        assert!(loopback.contains(&IpAddr::V4(Ipv4Addr::LOCALHOST)));
        for address in interface_addresses().expect("interfaces can be listed") {
            assert!(!address.is_loopback());
            UdpSocket::bind((address, 0)).expect("an address of this machine can be bound");
        }
    }
}
