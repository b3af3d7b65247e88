//! Addresses as the system's C structures and back.

use std::{
    mem,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    ptr,
};

/// Room for an IPv4 or IPv6 address of the system.
pub(crate) type Storage = libc::sockaddr_in6;

pub(crate) fn zeroed() -> Storage {
    // SAFETY: sockaddr_in6 is integers only.
    unsafe { mem::zeroed() }
}

/// What counts as one address in limits: of IPv6 a /64, of which one customer has at least one whole.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
        v4 => v4,
    }
}

/// Writes `address` and returns its length.
pub(crate) fn write(address: SocketAddr, into: &mut Storage) -> libc::socklen_t {
    match address {
        SocketAddr::V4(v4) => {
            // SAFETY: sockaddr_in is integers only.
            let mut raw: libc::sockaddr_in = unsafe { mem::zeroed() };
            raw.sin_family = libc::AF_INET as libc::sa_family_t;
            raw.sin_port = v4.port().to_be();
            raw.sin_addr.s_addr = u32::from_ne_bytes(v4.ip().octets());
            // SAFETY: Storage is longer than sockaddr_in and aligned alike.
            unsafe { ptr::from_mut(into).cast::<libc::sockaddr_in>().write(raw) };
            size_of::<libc::sockaddr_in>() as libc::socklen_t
        }
        SocketAddr::V6(v6) => {
            *into = zeroed();
            into.sin6_family = libc::AF_INET6 as libc::sa_family_t;
            into.sin6_port = v6.port().to_be();
            into.sin6_addr.s6_addr = v6.ip().octets();
            into.sin6_flowinfo = v6.flowinfo();
            into.sin6_scope_id = v6.scope_id();
            size_of::<libc::sockaddr_in6>() as libc::socklen_t
        }
    }
}

/// Reads an address, IPv4-mapped ones as IPv4; `None` where it is null or of another family.
///
/// # Safety
/// `raw` is null, or points to an address that is as long as its family says.
pub(crate) unsafe fn read(raw: *const libc::sockaddr) -> Option<SocketAddr> {
    if raw.is_null() {
        return None;
    }
    // SAFETY: every address begins with its family; the caller answers for the rest of its family's length.
    unsafe {
        match i32::from(ptr::read_unaligned(raw).sa_family) {
            libc::AF_INET => {
                let v4 = ptr::read_unaligned(raw.cast::<libc::sockaddr_in>());
                let ip = Ipv4Addr::from(v4.sin_addr.s_addr.to_ne_bytes());
                Some(SocketAddrV4::new(ip, u16::from_be(v4.sin_port)).into())
            }
            libc::AF_INET6 => {
                let v6 = ptr::read_unaligned(raw.cast::<libc::sockaddr_in6>());
                let ip = Ipv6Addr::from(v6.sin6_addr.s6_addr);
                let port = u16::from_be(v6.sin6_port);
                Some(canonical(SocketAddrV6::new(ip, port, v6.sin6_flowinfo, v6.sin6_scope_id).into()))
            }
            _ => None,
        }
    }
}

/// An IPv4-mapped IPv6 address as the IPv4 address that it is.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        ip if ip.is_ipv4() => SocketAddr::new(ip, address.port()),
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_of_ipv6_counts_once() {
        let of = |text: &str| network(text.parse().expect("valid"));
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn addresses_survive_the_way_to_the_system_and_back() {
        let mapped = "[::ffff:192.0.2.7]:9".parse().expect("valid");
        for text in ["127.0.0.1:5000", "[2001:db8::1]:65535", "0.0.0.0:0"] {
            let address: SocketAddr = text.parse().expect("valid");
            let mut storage = zeroed();
            write(address, &mut storage);
            // SAFETY: `storage` was written by `write`.
            assert_eq!(unsafe { read(ptr::from_ref(&storage).cast()) }, Some(address));
        }
        assert_eq!(canonical(mapped), "192.0.2.7:9".parse().expect("valid"));
    }
}
