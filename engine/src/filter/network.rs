//! Networks of internet addresses, such as `203.0.113.0/24` and `2001:db8::/32`.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use serde::{Deserialize, Serialize};

/// Addresses that have their first bits in common.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// The first address; the bits behind the prefix are zero.
    first: IpAddr,
    prefix: u8,
}

impl Network {
    /// The network of this address with so many leading bits; `None` when the address has fewer.
    pub fn new(address: IpAddr, prefix: u8) -> Option<Self> {
        let first = match address {
            IpAddr::V4(address) => {
                let hidden = 32_u32.checked_sub(prefix.into())?;
                IpAddr::V4(Ipv4Addr::from_bits(cleared(address.to_bits().into(), hidden) as u32))
            }
            IpAddr::V6(address) => {
                let hidden = 128_u32.checked_sub(prefix.into())?;
                IpAddr::V6(Ipv6Addr::from_bits(cleared(address.to_bits(), hidden)))
            }
        };
        Some(Self { first, prefix })
    }
    /// Reads `203.0.113.0/24`. Bits behind the prefix are cleared, as in `203.0.113.7/24`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.trim().split_once('/')?;
        let is_plain = prefix.len() <= 3 && prefix.bytes().all(|byte| byte.is_ascii_digit());
        Self::new(address.parse().ok()?, prefix.parse().ok().filter(|_| is_plain)?)
    }
    /// Number of leading bits that the addresses have in common.
    pub fn prefix(self) -> u8 {
        self.prefix
    }
    /// True for a network of IPv4 addresses.
    pub fn is_ipv4(self) -> bool {
        self.first.is_ipv4()
    }
    /// True when the address is one of the network's. An IPv4 address that is written as IPv6 counts as IPv4.
    pub fn contains(self, address: IpAddr) -> bool {
        let is_inside = |address| Self::new(address, self.prefix).is_some_and(|network| network.first == self.first);
        address.is_ipv4() == self.first.is_ipv4() && is_inside(address)
            || address.to_canonical().is_ipv4() == self.first.is_ipv4() && is_inside(address.to_canonical())
    }
}

/// Reads a value of an address column; blanks around it do no harm.
pub fn parse_address(text: &str) -> Option<IpAddr> {
    text.trim().parse().ok()
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.first, self.prefix)
    }
}

// An address is personal data.
impl fmt::Debug for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Network(/{})", self.prefix)
    }
}

fn cleared(bits: u128, hidden: u32) -> u128 {
    bits.checked_shr(hidden).unwrap_or(0).checked_shl(hidden).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_with_its_first_bits() {
        for (network, inside, outside) in [
            ("203.0.113.0/24", "203.0.113.255", "203.0.114.0"),
            ("203.0.113.77/24", "203.0.113.0", "203.0.112.255"),
            ("203.0.113.7/32", "203.0.113.7", "203.0.113.8"),
            ("0.0.0.0/0", "198.51.100.1", "2001:db8::1"),
            ("203.0.113.0/24", "::ffff:203.0.113.9", "::ffff:203.0.114.9"),
            ("2001:db8::/32", "2001:0DB8:ffff::1", "2001:db9::"),
            ("::/0", "2001:db8::1", "203.0.113.7"),
            ("2001:db8::1/128", "2001:db8:0:0::1", "2001:db8::2"),
        ] {
            let network = Network::parse(network).expect("a network");
            let contains = |text| network.contains(parse_address(text).expect("an address"));
            assert!(contains(inside), "{network} holds {inside}");
            assert!(!contains(outside), "{network} does not hold {outside}");
        }
    }

    #[test]
    fn only_an_address_with_a_fitting_prefix_is_a_network() {
        for text in ["203.0.113.0", "203.0.113.0/33", "2001:db8::/129", "203.0.113/24", "203.0.113.0/+8", "/8", "a/8"] {
            assert!(Network::parse(text).is_none(), "{text}");
        }
        assert_eq!(
            Network::parse(" 203.0.113.7/24 ").map(|network| network.to_string()).as_deref(),
            Some("203.0.113.0/24")
        );
    }
}
