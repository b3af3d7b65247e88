use crate::StartError;
use std::net::IpAddr;

/// The addresses that answers name.
pub(crate) fn addresses(bound: IpAddr, wished: &[IpAddr]) -> Result<Vec<IpAddr>, StartError> {
    if let Some(bad) = wished.iter().find(|address| address.is_unspecified() || address.is_multicast()) {
        return Err(StartError::Unannounceable(*bad));
    }
    if !wished.is_empty() {
        return Ok(wished.to_vec());
    }
    if !bound.is_unspecified() {
        return Ok(vec![bound]);
    }
    let all = netio::interface_addresses().map_err(StartError::Interfaces)?;
    let usable = usable(bound, all);
    if usable.is_empty() { Err(StartError::NothingToAnnounce) } else { Ok(usable) }
}

/// A port that is bound to all of IPv4 has no IPv6; one that is bound to all of IPv6 takes both.
fn usable(bound: IpAddr, all: Vec<IpAddr>) -> Vec<IpAddr> {
    all.into_iter().filter(|address| bound.is_ipv6() || address.is_ipv4()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const PUBLIC: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
    const ALL_V4: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    const ALL_V6: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

    #[test]
    fn loopback_announces_itself_and_wishes_come_first() {
        assert_eq!(addresses(LOOPBACK, &[]).expect("known"), [LOOPBACK]);
        assert_eq!(addresses(LOOPBACK, &[PUBLIC]).expect("known"), [PUBLIC]);
        assert_eq!(addresses(ALL_V4, &[PUBLIC]).expect("known"), [PUBLIC]);
        assert!(matches!(addresses(LOOPBACK, &[ALL_V4]), Err(StartError::Unannounceable(_))));
    }

    #[test]
    fn a_wildcard_takes_the_families_it_is_bound_to() {
        let v6: IpAddr = "2001:db8::1".parse().expect("an address");
        assert_eq!(usable(ALL_V4, vec![PUBLIC, v6]), [PUBLIC]);
        assert_eq!(usable(ALL_V6, vec![PUBLIC, v6]), [PUBLIC, v6]);
    }
}
