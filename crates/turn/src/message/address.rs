//! Addresses that are hidden from gateways which rewrite whatever looks like one (RFC 8489 §14.2).

use super::{COOKIE, Transaction};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

const IPV4: u8 = 1;
const IPV6: u8 = 2;

/// An attribute's value as an address; none where it is none.
pub(super) fn read(value: &[u8], transaction: &Transaction) -> Option<SocketAddr> {
    let (&[_, family, high, low], ip) = value.split_first_chunk::<4>()?;
    let port = u16::from_be_bytes([high ^ COOKIE[0], low ^ COOKIE[1]]);
    let ip = match family {
        IPV4 => Ipv4Addr::from(masked(*ip.first_chunk::<4>()?, transaction)).into(),
        IPV6 => Ipv6Addr::from(masked(*ip.first_chunk::<16>()?, transaction)).to_canonical(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// The value of an attribute that holds this address.
pub(super) fn write(address: SocketAddr, transaction: &Transaction) -> Vec<u8> {
    let family = if address.is_ipv4() { IPV4 } else { IPV6 };
    let [high, low] = address.port().to_be_bytes();
    let mut value = vec![0, family, high ^ COOKIE[0], low ^ COOKIE[1]];
    match address {
        SocketAddr::V4(v4) => value.extend(masked(v4.ip().octets(), transaction)),
        SocketAddr::V6(v6) => value.extend(masked(v6.ip().octets(), transaction)),
    }
    value
}

fn masked<const N: usize>(mut ip: [u8; N], transaction: &Transaction) -> [u8; N] {
    for (byte, mask) in ip.iter_mut().zip(COOKIE.iter().chain(transaction)) {
        *byte ^= mask;
    }
    ip
}
