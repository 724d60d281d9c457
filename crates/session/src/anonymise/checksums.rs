//! Checksums after a change (RFC 1624): right where they were right and wrong where they were wrong, also in a
//! packet that was cut. Knows the headers of IP and what stands on it, by place.

/// Where a layer that can have a checksum begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Header {
    /// `ip`, `tcp`, ….
    pub(super) name: &'static str,
    pub(super) start: usize,
}

/// Sum of 16-bit words, an odd last byte filled up (RFC 1071), without the two bytes at `skip`.
pub(super) fn sum(bytes: &[u8], skip: Option<usize>) -> u64 {
    let mut total = 0;
    for (n, pair) in bytes.chunks(2).enumerate() {
        if skip == Some(n * 2) {
            continue;
        }
        let [a, b] = [pair.first(), pair.get(1)].map(|b| u64::from(*b.unwrap_or(&0)));
        total += a << 8 | b;
    }
    total
}

fn folded(mut n: u64) -> u16 {
    while n > 0xffff {
        n = (n >> 16) + (n & 0xffff);
    }
    u16::try_from(n).unwrap_or_default()
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

/// The checksum of `before`, whose other bytes summed up to `old`, for bytes that sum up to `new`.
fn updated(before: u16, old: u64, new: u64) -> u16 {
    // ~(~HC + ~m + m'), equation 3.
    let old = !folded(old);
    !folded(u64::from(!before) + u64::from(old) + u64::from(folded(new)))
}

/// An IP header at its place: where its addresses stand, where its payload begins and ends.
pub(super) struct Ip {
    pub(super) addresses: (usize, usize),
    pub(super) payload: usize,
    pub(super) end: usize,
    /// What stands on it, in its first fragment alone: protocol number.
    pub(super) carries: u8,
    /// Of the fragments of one datagram: the offset of this one, whether others follow, and their common number.
    pub(super) fragment: Option<(u16, bool, u32)>,
}

/// Reads the header at `start`; none where it is cut or of no version.
pub(super) fn ip(bytes: &[u8], start: usize) -> Option<Ip> {
    let first = *bytes.get(start)?;
    match first >> 4 {
        4 => {
            let length = usize::from(first & 15) * 4;
            let total = usize::from(word(bytes, start + 2)?);
            let flags = word(bytes, start + 6)?;
            let id = u32::from(word(bytes, start + 4)?);
            let carries = *bytes.get(start + 9)?;
            bytes.get(start + 19)?;
            // Offloading to the card leaves 0: the packet tells its end itself.
            let end = if total == 0 {
                bytes.len()
            } else {
                (start + total).min(bytes.len())
            };
            let (offset, more) = ((flags & 0x1fff) * 8, flags & 0x2000 != 0);
            Some(Ip {
                addresses: (start + 12, start + 20),
                payload: start + length.max(20),
                end,
                carries,
                fragment: (offset > 0 || more).then_some((offset, more, id)),
            })
        }
        6 => {
            let length = usize::from(word(bytes, start + 4)?);
            bytes.get(start + 39)?;
            let end = if length == 0 {
                bytes.len()
            } else {
                (start + 40 + length).min(bytes.len())
            };
            let (mut next, mut at, mut fragment) = (*bytes.get(start + 6)?, start + 40, None);
            // Hop-by-hop, routing, fragment, destination options: in any order, each once or twice.
            for _ in 0..8 {
                match next {
                    0 | 43 | 60 => {
                        let size = usize::from(*bytes.get(at + 1)?) * 8 + 8;
                        next = *bytes.get(at)?;
                        at += size;
                    }
                    44 => {
                        let field = word(bytes, at + 2)?;
                        let id =
                            u32::from(word(bytes, at + 4)?) << 16 | u32::from(word(bytes, at + 6)?);
                        fragment = Some((field & 0xfff8, field & 1 != 0, id));
                        next = *bytes.get(at)?;
                        at += 8;
                    }
                    _ => break,
                }
            }
            Some(Ip {
                addresses: (start + 8, start + 40),
                payload: at,
                end,
                carries: next,
                fragment,
            })
        }
        _ => None,
    }
}

/// The layer of a protocol number, where it has a checksum that is known here.
pub(super) fn carried(number: u8) -> Option<&'static str> {
    Some(match number {
        1 => "icmp",
        2 => "igmp",
        6 => "tcp",
        17 => "udp",
        58 => "icmpv6",
        103 => "pim",
        112 => "vrrp",
        _ => return None,
    })
}

/// Where a transport has its checksum, and whether the addresses of IP are summed too.
fn place(name: &str, six: bool) -> Option<(usize, bool)> {
    Some(match name {
        "tcp" => (16, true),
        "udp" => (6, true),
        "icmp" | "igmp" => (2, false),
        "icmpv6" => (2, true),
        "pim" => (2, six),
        "vrrp" => (6, six),
        _ => return None,
    })
}

/// Puts the checksums of `after` right that were right in `before`. `headers` in the order of the packet;
/// `elsewhere` is what other fragments of the same datagram summed up to, all of which are zeros now.
/// Returns the places that were written.
pub(super) fn restore(
    before: &[u8],
    after: &mut [u8],
    headers: &[Header],
    elsewhere: u64,
) -> Vec<usize> {
    let mut written = Vec::new();
    // From the inside: an outer checksum sums inner ones up.
    for (n, header) in headers.iter().enumerate().rev() {
        let start = header.start;
        let (at, end, pseudo) = if header.name == "ip" {
            let Some(ip) = ip(before, start) else {
                continue;
            };
            (10, ip.payload, None)
        } else {
            let below = headers.get(..n).unwrap_or_default().iter().rev();
            let below = below
                .filter(|h| matches!(h.name, "ip" | "ipv6"))
                .find_map(|h| ip(before, h.start));
            let Some(below) = below else { continue };
            let six = below.addresses.1 - below.addresses.0 == 32;
            let Some((at, pseudo)) = place(header.name, six) else {
                continue;
            };
            (at, below.end, pseudo.then_some(below.addresses))
        };
        let Some(old) = word(before, start + at) else {
            continue;
        };
        if header.name == "udp" && old == 0 {
            continue;
        }
        let total = |bytes: &[u8]| {
            let own = bytes.get(start..end.min(bytes.len())).unwrap_or_default();
            let pseudo = pseudo.and_then(|(from, to)| bytes.get(from..to));
            sum(own, Some(at)) + pseudo.map_or(0, |p| sum(p, None))
        };
        let extra = if header.name == "ip" { 0 } else { elsewhere };
        let (was, is) = (total(before) + extra, total(after));
        let mut new = updated(old, was, is);
        // Zero has two forms, and beside zeros alone only this one is right; one that was wrong there stays so.
        if new == 0 && is == 0 && (old, was) != (0, 0) {
            new = 0xffff;
        }
        if header.name == "udp" && new == 0 {
            new = 0xffff;
        }
        for (k, byte) in new.to_be_bytes().into_iter().enumerate() {
            if let Some(slot) = after.get_mut(start + at + k) {
                *slot = byte;
                written.push(start + at + k);
            }
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A UDP datagram over IPv4 with right checksums.
    fn datagram(payload: &[u8]) -> Vec<u8> {
        let mut out = vec![
            0x45, 0, 0, 0, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
        ];
        out.extend([0, 53, 4, 0]);
        let length = u16::try_from(8 + payload.len()).unwrap();
        out.extend(length.to_be_bytes());
        out.extend([0, 0]);
        out.extend(payload);
        let total = (20 + length).to_be_bytes();
        out[2..4].copy_from_slice(&total);
        let header = !folded(sum(&out[..20], None));
        out[10..12].copy_from_slice(&header.to_be_bytes());
        let whole = sum(&out[20..], None) + sum(&out[12..20], None) + 17 + u64::from(length);
        out[26..28].copy_from_slice(&(!folded(whole)).to_be_bytes());
        out
    }

    fn right(p: &[u8]) -> (bool, bool) {
        let length = u64::from(word(p, 24).unwrap());
        let udp = sum(&p[20..], None) + sum(&p[12..20], None) + 17 + length;
        (folded(sum(&p[..20], None)) == 0xffff, folded(udp) == 0xffff)
    }

    const HEADERS: [Header; 2] = [
        Header {
            name: "ip",
            start: 0,
        },
        Header {
            name: "udp",
            start: 20,
        },
    ];

    #[test]
    fn right_stays_right_and_wrong_stays_wrong() {
        for payload in [&b"odd"[..], b"even", b"", b"\xff\xff\xff\xff\x00"] {
            let before = datagram(payload);
            assert_eq!(right(&before), (true, true));
            let mut after = before.clone();
            after[12..20].copy_from_slice(&[10, 9, 8, 7, 6, 5, 4, 3]);
            after[28..].fill(0);
            restore(&before, &mut after, &HEADERS, 0);
            assert_eq!(right(&after), (true, true), "{payload:?}");
            let mut wrong = before.clone();
            wrong[27] ^= 5;
            let mut after = wrong.clone();
            after[12..16].copy_from_slice(&[10, 9, 8, 7]);
            restore(&wrong, &mut after, &HEADERS, 0);
            assert_eq!(right(&after), (true, false));
        }
    }

    #[test]
    fn a_message_that_is_all_zeros_afterwards_stays_right_or_wrong() {
        let headers = [
            Header {
                name: "ip",
                start: 0,
            },
            Header {
                name: "icmp",
                start: 20,
            },
        ];
        // Of an echo reply with identifier and sequence number 0, the checksum is all that is not zero.
        let reply = |check: [u8; 2], data: &[u8]| {
            let mut out = datagram(data);
            out[9] = 1;
            out[20..28].copy_from_slice(&[0, 0, check[0], check[1], 0, 0, 0, 0]);
            out
        };
        let right = |p: &[u8]| folded(sum(&p[20..], None)) == 0xffff;
        for (check, data, is) in [
            ([0xff, 0xff], &b""[..], true),
            ([0xff, 0xff], &[0; 8], true),
            ([0x9e, 0x9d], b"ab", true),
            ([0, 0], b"", false),
            ([0, 0], b"\xff\xff", true),
            ([0x9e, 0x9c], b"ab", false),
        ] {
            let before = reply(check, data);
            assert_eq!(right(&before), is, "{check:?}");
            let mut after = before.clone();
            after[22..].fill(0);
            restore(&before, &mut after, &headers, 0);
            assert_eq!(right(&after), is, "{check:?} {data:?}");
        }
    }

    #[test]
    fn a_cut_packet_is_right_when_the_rest_stays() {
        let before = datagram(b"abcdefgh");
        let mut after = before[..32].to_vec();
        after[12..16].copy_from_slice(&[10, 77, 8, 7]);
        after[28..32].fill(0);
        restore(&before[..32], &mut after, &HEADERS, 0);
        after.extend(&before[32..]);
        assert_eq!(right(&after), (true, true));
    }
}
