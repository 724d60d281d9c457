//! The Internet checksum (RFC 1071) and what a wrong one means. Knows no header.

use crate::context::Ctx;
use std::net::IpAddr;

/// Wireshark's words for a checksum's state.
pub(crate) const WORDS: &[(u64, &str)] = &[
    (0, "Bad"),
    (1, "Good"),
    (2, "Unverified"),
    (3, "Not present"),
];

/// What checking a checksum came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    /// It does not fit.
    Bad,
    /// It fits.
    Good,
    /// Not all bytes are here.
    Unverified,
    /// The sender left it out, as it may.
    Absent,
}

impl Status {
    /// Wireshark's number.
    pub(crate) fn value(self) -> u64 {
        match self {
            Self::Bad => 0,
            Self::Good => 1,
            Self::Unverified => 2,
            Self::Absent => 3,
        }
    }
}

/// The sum of 16-bit words, not yet folded, in the machine's own byte order (which the sum does not mind).
fn sum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let halves = |w: u64| (w & 0xffff_ffff) + (w >> 32);
    let mut total = 0u64;
    for word in words {
        total += halves(u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    total + halves(u64::from_le_bytes(last))
}

fn fold(mut total: u64) -> u16 {
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    u16::try_from(total).unwrap_or(0).swap_bytes()
}

/// Does a header with its checksum in it add up?
pub(crate) fn adds_up(bytes: &[u8]) -> bool {
    fold(sum(bytes)) == 0xffff
}

/// The checksum that these parts should have; all but the last have an even length.
pub(crate) fn of(parts: &[&[u8]]) -> u16 {
    !fold(parts.iter().map(|p| sum(p)).sum())
}

fn pseudo(src: IpAddr, dst: IpAddr, proto: u8, len: u32) -> u64 {
    let ends = match (src, dst) {
        (IpAddr::V4(a), IpAddr::V4(b)) => sum(&a.octets()) + sum(&b.octets()),
        (IpAddr::V6(a), IpAddr::V6(b)) => sum(&a.octets()) + sum(&b.octets()),
        _ => 0,
    };
    ends + sum(&len.to_be_bytes()) + sum(&[0, proto])
}

/// Checks a transport's checksum, which stands in `bytes`, and counts a wrong one: what a network card was
/// still to fill in (it holds the pseudo header's sum, or nothing) apart from what is really wrong.
pub(crate) fn transport(ctx: &mut Ctx<'_>, proto: u8, bytes: &[u8], stored: u16) -> Status {
    let Some(ends) = ctx.packet.addresses else {
        return Status::Unverified;
    };
    if ctx.packet.beyond > 0 || ctx.packet.quoted {
        return Status::Unverified;
    }
    let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let head = pseudo(ends.src, ends.dst, proto, len);
    if fold(head + sum(bytes)) == 0xffff {
        return Status::Good;
    }
    if !ctx.core.muted {
        let packet = ctx.meta.packet;
        let quality = &mut ctx.core.facts.quality;
        if stored == fold(head) || stored == 0 {
            quality.offload.add(packet);
        } else {
            quality.bad_checksum.add(packet);
        }
    }
    Status::Bad
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_1071_adds_up() {
        let bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(fold(sum(&bytes)), 0xddf2);
        let mut whole = bytes.to_vec();
        whole.extend((!0xddf2_u16).to_be_bytes());
        assert!(adds_up(&whole));
        whole[3] ^= 1;
        assert!(!adds_up(&whole));
    }

    #[test]
    fn an_odd_byte_counts_as_if_zero_followed() {
        assert_eq!(fold(sum(&[1, 2, 3])), fold(sum(&[1, 2, 3, 0])));
    }
}
