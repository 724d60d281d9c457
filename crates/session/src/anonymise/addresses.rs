//! Addresses made into others, prefix by prefix: two that share their first n bits share them afterwards
//! (Xu, Fan, Ammar, Moon: Prefix-preserving IP address anonymization, 2002). Knows no packet.

use aes::Aes128;
use aes::cipher::{Block, BlockCipherEncrypt, KeyInit};
use std::net::{Ipv4Addr, Ipv6Addr};
use weir_model::Mac;

/// Times that an address is mapped again to come back into its own kind of range. The least kind of IPv4 that
/// walks, what is in no special range, is 86 in 100 of all: 64 times suffice but for 1 in 10^54.
const WALK: usize = 64;

/// One permutation of addresses for each length, all of one key.
pub(super) struct Permutation {
    cipher: Aes128,
    pad: u128,
}

/// What is as it was, what keeps so many bits, what holds an IPv4 address behind so many.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Same,
    Keeps(u32),
    Embeds,
}

fn class4(a: Ipv4Addr) -> Class {
    let [first, second, ..] = a.octets();
    match (first, second) {
        (0 | 127 | 224..=239, _) | (255, 255) => Class::Same,
        (10, _) => Class::Keeps(8),
        (172, 16..=31) => Class::Keeps(12),
        (192, 168) | (169, 254) => Class::Keeps(16),
        (100, 64..=127) => Class::Keeps(10),
        (240.., _) => Class::Keeps(4),
        _ => Class::Keeps(0),
    }
}

/// Group addresses that a registry gave to a protocol, by what they begin with (IANA ethernet-numbers, IEEE 802.1,
/// vendors' own). Others name who made them up, or are the address of a machine with a bit that is wrong.
const GROUPS: [[u8; 3]; 14] = [
    [0x01, 0x00, 0x0c],
    [0x01, 0x00, 0x5e],
    [0x01, 0x0c, 0xcd],
    [0x01, 0x0e, 0xcf],
    [0x01, 0x10, 0x18],
    [0x01, 0x1b, 0x19],
    [0x01, 0x80, 0xc2],
    [0x01, 0xe0, 0x2b],
    [0x01, 0xe0, 0x2f],
    [0x03, 0x00, 0x00],
    [0x09, 0x00, 0x07],
    [0x09, 0x00, 0x2b],
    [0xab, 0x00, 0x00],
    [0xcf, 0x00, 0x00],
];

/// A hardware address that is the same everywhere: of a registered group, of all, of nobody.
pub(super) fn shared(a: Mac) -> bool {
    let [first, second, third, ..] = a.0;
    a == Mac::default()
        || a.0 == [0xff; 6]
        || a.is_group()
            && (GROUPS.contains(&[first, second, third]) || (first, second) == (0x33, 0x33))
}

/// Solicited-node multicast ends with 24 bits of an address (RFC 4291 section 2.7.1).
const SOLICITED: u128 = 0xff02_0000_0000_0000_0000_0001_ff00_0000;

fn class6(a: Ipv6Addr) -> Class {
    let bits = a.to_bits();
    if bits >> 24 == SOLICITED >> 24 {
        return Class::Keeps(104);
    }
    match a.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] | [0xff00..=0xffff, ..] => Class::Same,
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Class::Embeds,
        [0xfe80..=0xfebf, ..] => Class::Keeps(64),
        [0xfc00..=0xfdff, ..] => Class::Keeps(8),
        [0x2000..=0x3fff, ..] => Class::Keeps(3),
        _ => Class::Keeps(0),
    }
}

impl Permutation {
    /// Of 32 bytes of key: the first half keys the cipher, the second makes what short prefixes are filled with.
    pub(super) fn new(key: &[u8; 32]) -> Self {
        let (mut first, mut second) = ([0; 16], [0; 16]);
        first.iter_mut().zip(key).for_each(|(o, k)| *o = *k);
        second
            .iter_mut()
            .zip(key.iter().skip(16))
            .for_each(|(o, k)| *o = *k);
        let cipher = Aes128::new(&first.into());
        let mut pad = Block::<Aes128>::from(second);
        cipher.encrypt_block(&mut pad);
        let pad = u128::from_be_bytes(pad.into());
        Self { cipher, pad }
    }

    /// `value`, whose bits stand at the top, with those from `from` to `to` exchanged. `sort` keeps addresses of
    /// another sort apart.
    fn bits(&self, value: u128, from: u32, to: u32, sort: u8) -> u128 {
        let pad = self.pad ^ u128::from(sort);
        let mut flips = 0;
        for n in from..to.min(128) {
            let known = if n == 0 { 0 } else { u128::MAX << (128 - n) };
            let mut block = Block::<Aes128>::from(((value & known) | (pad & !known)).to_be_bytes());
            self.cipher.encrypt_block(&mut block);
            let out = u128::from_be_bytes(block.into());
            flips |= (out >> 127) << (127 - n);
        }
        value ^ flips
    }

    /// An IPv4 address. One of a special range stays in it, one of none comes into none.
    pub(super) fn v4(&self, a: Ipv4Addr) -> Ipv4Addr {
        let class = class4(a);
        let Class::Keeps(keeps) = class else { return a };
        let mut out = a;
        for _ in 0..WALK {
            let bits = self.bits(u128::from(out.to_bits()) << 96, keeps, 32, 0) >> 96;
            out = Ipv4Addr::from_bits(u32::try_from(bits).unwrap_or_default());
            if class4(out) == class {
                break;
            }
        }
        out
    }

    /// An IPv6 address. What holds an IPv4 address holds its image; what ends with the low bits of another,
    /// as solicited-node multicast does, ends with theirs.
    pub(super) fn v6(&self, a: Ipv6Addr) -> Ipv6Addr {
        let class = class6(a);
        match class {
            Class::Same => a,
            Class::Embeds => {
                let low = u32::try_from(a.to_bits() & u128::from(u32::MAX)).unwrap_or_default();
                let image = self.v4(Ipv4Addr::from_bits(low)).to_bits();
                Ipv6Addr::from_bits((a.to_bits() >> 32 << 32) | u128::from(image))
            }
            Class::Keeps(104) => {
                let low = self.low24(a.to_bits());
                Ipv6Addr::from_bits((a.to_bits() >> 24 << 24) | low)
            }
            Class::Keeps(keeps) => {
                let mut bits = a.to_bits();
                for _ in 0..WALK {
                    bits = self.bits(bits, keeps, 128, 0);
                    if class6(Ipv6Addr::from_bits(bits)) == class {
                        break;
                    }
                }
                Ipv6Addr::from_bits(bits)
            }
        }
    }

    fn low24(&self, bits: u128) -> u128 {
        self.bits((bits & 0xff_ffff) << 104, 0, 24, 3) >> 104
    }

    /// A hardware address. Group and local bit stay; those of registered groups stay whole, but those of
    /// solicited-node multicast end as their IPv6 address does.
    pub(super) fn mac(&self, a: Mac) -> Mac {
        let bits = a.0.iter().fold(0u128, |n, b| n << 8 | u128::from(*b));
        if a.0.starts_with(&[0x33, 0x33, 0xff]) {
            return mac((bits >> 24 << 24) | self.low24(bits));
        }
        let mut out = a;
        if shared(a) {
            return out;
        }
        // The two bits stand at the end of the first byte: turned to the front, they are the prefix that stays.
        let top = bits >> 40;
        let mut turned = (top & 3) << 46 | (top >> 2) << 40 | (bits & 0xff_ffff_ffff);
        for _ in 0..WALK {
            turned = self.bits(turned << 80, 2, 48, 1) >> 80;
            let top = (turned >> 40 & 0x3f) << 2 | turned >> 46;
            out = mac(top << 40 | (turned & 0xff_ffff_ffff));
            if !shared(out) {
                break;
            }
        }
        out
    }
}

/// Of the low 48 bits.
fn mac(bits: u128) -> Mac {
    let mut mac = [0; 6];
    let bytes = bits.to_be_bytes();
    mac.iter_mut()
        .zip(bytes.iter().skip(10))
        .for_each(|(m, b)| *m = *b);
    Mac(mac)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn published() -> Permutation {
        Permutation::new(&[
            21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16, 216, 152, 143,
            131, 121, 121, 101, 39, 98, 87, 76, 45, 42, 132, 34, 2,
        ])
    }

    // The key and addresses of the sample that the authors published with their program.
    #[test]
    fn ordinary_addresses_are_mapped_as_the_published_program_does() {
        let p = published();
        for (from, to) in [
            ("128.11.68.132", "135.242.180.132"),
            ("129.118.74.4", "134.136.186.123"),
            ("130.132.252.244", "133.68.164.234"),
            ("141.223.7.43", "141.167.8.160"),
            ("141.233.145.108", "141.129.237.235"),
            ("152.163.225.39", "151.140.114.167"),
            ("156.29.3.236", "147.225.12.42"),
            ("165.247.96.84", "162.9.99.234"),
            ("166.107.77.190", "160.132.178.185"),
            ("192.102.249.13", "252.138.62.131"),
        ] {
            let bits = u128::from(from.parse::<Ipv4Addr>().unwrap().to_bits()) << 96;
            let out = (p.bits(bits, 0, 32, 0) >> 96) as u32;
            assert_eq!(Ipv4Addr::from_bits(out).to_string(), to, "{from}");
        }
    }

    #[test]
    fn addresses_stay_in_their_kind_of_range_and_stay_apart() {
        let p = published();
        for (text, wanted) in [
            ("10.1.2.3", "10."),
            ("192.168.7.9", "192.168."),
            ("169.254.3.4", "169.254."),
            ("224.0.0.251", "224.0.0.251"),
            ("255.255.255.255", "255.255.255.255"),
            ("127.0.0.1", "127.0.0.1"),
        ] {
            let out = p.v4(text.parse().unwrap()).to_string();
            assert!(out.starts_with(wanted), "{text} became {out}");
        }
        let every = |n: u32| Ipv4Addr::from_bits(n.wrapping_mul(0x0100_1001));
        let images: BTreeSet<Ipv4Addr> = (0..20_000).map(|n| p.v4(every(n))).collect();
        let before: BTreeSet<Ipv4Addr> = (0..20_000).map(every).collect();
        assert_eq!(images.len(), before.len());
        assert!(before.iter().all(|a| class4(*a) == class4(p.v4(*a))));
        let private: BTreeSet<_> = (0..=u16::MAX)
            .map(|n| p.v4(Ipv4Addr::from_bits(0xc0a8_0000 | u32::from(n))))
            .collect();
        assert_eq!(private.len(), 1 << 16);
    }

    #[test]
    fn hardware_addresses_keep_group_and_local_and_stay_apart() {
        let p = published();
        let images: BTreeSet<Mac> = (0..10_000u32)
            .map(|n| {
                let [_, b, c, d] = n.wrapping_mul(0x9e37).to_be_bytes();
                let mac = Mac([(n % 4) as u8 * 2, 7, b, 1, c, d]);
                let out = p.mac(mac);
                assert_eq!(
                    (out.is_group(), out.is_local()),
                    (mac.is_group(), mac.is_local())
                );
                out
            })
            .collect();
        assert_eq!(images.len(), 10_000);
        for stays in [
            [1, 0, 0x5e, 0, 0, 0xfb],
            [1, 0x80, 0xc2, 0, 0, 0],
            [0x33, 0x33, 0, 0, 0, 0xfb],
            [0xff; 6],
            [0; 6],
        ] {
            assert_eq!(p.mac(Mac(stays)), Mac(stays));
        }
    }

    #[test]
    fn an_address_whose_group_bit_is_wrong_is_a_pseudonym_too() {
        let p = published();
        let before = Mac([1, 0x1f, 0x29, 0xda, 0x2d, 0x79]);
        let after = p.mac(before);
        assert!(after.is_group() && !shared(after));
        assert!(
            before
                .0
                .iter()
                .zip(after.0)
                .filter(|(b, a)| **b == *a)
                .count()
                < 3
        );
    }

    #[test]
    fn solicited_node_addresses_end_alike_and_no_longer_as_they_did() {
        let p = published();
        let v6: Ipv6Addr = "ff02::1:ff12:3456".parse().unwrap();
        let [.., a, b, c] = p.v6(v6).octets();
        let Mac([_, _, _, d, e, f]) = p.mac(Mac([0x33, 0x33, 0xff, 0x12, 0x34, 0x56]));
        assert_eq!((a, b, c), (d, e, f));
        assert_ne!((a, b, c), (0x12, 0x34, 0x56));
        let mapped: Ipv6Addr = "::ffff:192.0.2.1".parse().unwrap();
        let image = p.v6(mapped).to_ipv4_mapped().unwrap();
        assert_eq!(image, p.v4("192.0.2.1".parse().unwrap()));
        let local = p.v6("fe80::a00:27ff:fe12:3456".parse().unwrap());
        assert!(local.to_string().starts_with("fe80::"));
    }
}
