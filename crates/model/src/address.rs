//! Hardware addresses and which network addresses are inside. Knows no host.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A 48-bit hardware address (IEEE 802).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Mac(pub [u8; 6]);

impl Mac {
    /// The group bit: broadcast or multicast.
    #[must_use]
    pub fn is_group(self) -> bool {
        self.0[0] & 1 == 1
    }

    /// The U/L bit: assigned locally, as randomised addresses are.
    #[must_use]
    pub fn is_local(self) -> bool {
        self.0[0] & 2 == 2
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl FromStr for Mac {
    type Err = ();

    /// Colons, hyphens or dots (`0011.2233.4455`) between the digits, or none.
    fn from_str(s: &str) -> Result<Self, ()> {
        let mut out = [0; 6];
        let mut digits = s.bytes().filter(|b| !matches!(b, b':' | b'-' | b'.'));
        for byte in &mut out {
            let mut nibble = || {
                digits
                    .next()
                    .and_then(|d| (d as char).to_digit(16))
                    .ok_or(())
            };
            *byte = u8::try_from(nibble()? * 16 + nibble()?).map_err(|_| ())?;
        }
        if digits.next().is_some() {
            Err(())
        } else {
            Ok(Self(out))
        }
    }
}

/// RFC 1918, RFC 4193 (ULA), link-local and loopback. Documentation networks are not.
#[must_use]
pub fn is_internal(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || v4.is_loopback(),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_internal(IpAddr::V4(v4)),
            None => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback(),
        },
    }
}
