//! What the reader makes of captures that code built: every variant, every break, every piece size.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::{Ng, Pcap, Read, read, read_pieces};
use proptest::prelude::*;
use weir_capture::{Info, PacketFlags, limits};
use weir_model::Record;

const US: u32 = 0xa1b2_c3d4;
const NS: u32 = 0xa1b2_3c4d;
const MODIFIED: u32 = 0xa1b2_cd34;

fn times(read: &Read) -> Vec<i64> {
    read.packets.iter().map(|p| p.time).collect()
}

fn small_pcap() -> Vec<u8> {
    let mut p = Pcap::new(false, US, 1, 65_535);
    p.packet(10, 5, 60, &[1; 60])
        .packet(10, 6, 3, &[2; 3])
        .packet(11, 0, 0, &[])
        .packet(12, 0, 1500, &[3; 20]);
    p.out
}

fn small_pcapng(big: bool) -> Vec<u8> {
    let mut n = Ng::new(big);
    let name = n.option(2, b"eth0");
    n.interface(1, 65_535, &name);
    let comment = n.option(1, b"look here");
    n.packet(0, 5_000_000, 60, &[1; 60], &[])
        .packet(0, 5_000_001, 3, &[2; 3], &comment);
    let statistics = [
        n.words(&[0, 0, 9]),
        n.option(4, &n.b64(77)),
        n.option(5, &n.b64(3)),
    ]
    .concat();
    n.block(5, &statistics);
    n.block(0xbae, &[0; 8]).packet(0, 6_000_000, 0, &[], &[]);
    n.out
}

#[test]
fn pcap_in_both_orders_and_resolutions() {
    for big in [false, true] {
        for (magic, fraction) in [(US, 250_000), (NS, 250_000_000), (MODIFIED, 250_000)] {
            let mut p = Pcap::new(big, magic, 113, 65_535);
            p.extra = if magic == MODIFIED { 8 } else { 0 };
            p.packet(1_700_000_000, fraction, 70, &[7; 60])
                .packet(4_000_000_000, fraction, 0, &[]);
            let read = read(&p.out);
            assert_eq!(read.stopped, None, "{big} {magic:x}");
            assert_eq!(
                times(&read),
                [1_700_000_000_250_000_000, 4_000_000_000_250_000_000]
            );
            let packet = &read.packets[0];
            assert_eq!(
                (
                    packet.number,
                    packet.wire_len,
                    packet.link_type,
                    packet.bytes.len()
                ),
                (1, 70, 113, 60)
            );
            assert_eq!(
                (read.facts.cut, read.facts.cut_lengths),
                (1, Some((60, 60)))
            );
        }
    }
}

#[test]
fn pcap_parser_rejects_modified_big_endian() {
    // The reason for rewriting the magic number in our header reading.
    let p = Pcap::new(true, MODIFIED, 1, 100);
    assert!(
        pcap_parser::parse_pcap_header(&p.out).is_err(),
        "pcap-parser has learnt it: drop the rewriting?"
    );
}

#[test]
fn layouts_that_share_the_magic_number() {
    for (extra, who) in [(0, "libpcap"), (4, "Nokia"), (8, "SuSE 6.3")] {
        for packets in [2, 5] {
            let mut p = Pcap::new(false, US, 1, 65_535);
            p.extra = extra;
            for i in 0..packets {
                p.packet(1_000_000_000 + i, 7, 60, &[9; 60]);
            }
            let read = read(&p.out);
            assert_eq!(
                (read.packets.len(), &read.stopped),
                (packets as usize, &None),
                "{who} {packets}"
            );
            assert!(read.packets.iter().all(|p| p.bytes == [9; 60]), "{who}");
        }
    }
}

#[test]
fn ixia_counts_bytes_after_the_header() {
    let mut p = Pcap::new(true, 0x1c00_01ac, 1, 65_535);
    p.u32(1234);
    p.packet(1, 5, 4, &[1, 2, 3, 4]);
    assert_eq!(times(&read(&p.out)), [1_000_000_005]);
}

#[test]
fn frame_check_sequence_in_the_link_type() {
    let mut p = Pcap::new(false, US, 1 | 0x0400_0000 | 2 << 28, 65_535);
    p.packet(1, 0, 4, &[1, 2, 3, 4]);
    let read = read(&p.out);
    assert_eq!(
        (
            read.packets[0].link_type,
            read.facts.interfaces[0].interface.fcs_len
        ),
        (1, Some(4))
    );
}

#[test]
fn files_older_than_2_4_have_their_lengths_swapped() {
    let mut p = Pcap::new(false, US, 1, 65_535);
    p.out[6] = 3;
    p.record(5, 0, 100, 4);
    p.out.extend([1, 2, 3, 4]);
    let read = read(&p.out);
    assert_eq!(
        (read.packets[0].bytes.len(), read.packets[0].wire_len),
        (4, 100)
    );
}

#[test]
fn odd_lengths_are_noted_not_refused() {
    let mut p = Pcap::new(false, US, 1, 50);
    p.packet(1, 0, 60, &[1; 60]).packet(2, 0, 10, &[1; 40]);
    let read = read(&p.out);
    assert!(read.packets[0].flags.contains(PacketFlags::OVER_SNAPLEN));
    assert!(read.packets[1].flags.contains(PacketFlags::WIRE_SHORTER));
    assert_eq!(read.facts.snaplen(), Some(50));
}

#[test]
fn pcapng_of_every_block() {
    for big in [false, true] {
        let read = read(&small_pcapng(big));
        assert_eq!(times(&read), [5_000_000_000, 5_000_001_000, 6_000_000_000]);
        assert_eq!(read.packets[1].comments, ["look here"]);
        assert_eq!(read.facts.interfaces[0].interface.name, "eth0");
        assert_eq!(read.facts.interfaces[0].dropped(), Some(3));
        assert_eq!(
            read.facts.interfaces[0].statistics.unwrap().received,
            Some(77)
        );
        assert_eq!(read.facts.skipped[&0xbae], 1);
        assert_eq!(
            (read.facts.encapsulation(), read.facts.packets, read.stopped),
            ("ether", 3, None)
        );
    }
}

#[test]
fn records_are_numbered_with_the_packets_and_are_none() {
    for big in [false, true] {
        let mut n = Ng::new(big);
        n.interface(1, 65_535, &[]).packet(0, 5, 1, &[1], &[]);
        let custom = [n.words(&[32_473]), vec![7; 8]].concat();
        n.block(0xbad, &custom).block(0x4000_0bad, &custom);
        n.block(9, b"A=1\n__REALTIME_TIMESTAMP=9000000\nB=2\n\0\0\0");
        // Too short to say who defined it.
        n.block(0xbad, &[]);
        n.packet(0, 6, 1, &[2], &[]);
        let read = read(&n.out);
        let kinds: Vec<_> = read.packets.iter().map(|p| (p.number, p.record)).collect();
        let custom = |copy| Some(Record::Custom { pen: 32_473, copy });
        assert_eq!(
            kinds,
            [
                (1, None),
                (2, custom(true)),
                (3, custom(false)),
                (4, Some(Record::Journal)),
                (5, None)
            ]
        );
        assert_eq!(read.packets[1].bytes, [7; 8]);
        assert!(read.packets[1].flags.contains(PacketFlags::NO_TIME));
        assert_eq!(read.packets[3].time, 9_000_000_000);
        let facts = &read.facts;
        assert_eq!(
            (facts.packets, facts.records, facts.wire_bytes, facts.stray),
            (2, 3, 2, 0)
        );
        assert_eq!((facts.damaged, facts.untimed, read.stopped), (1, 0, None));
    }
}

#[test]
fn names_secrets_and_who_wrote_it() {
    for big in [false, true] {
        let mut n = Ng::new(big);
        n.out.clear();
        let options = [
            n.option(1, b"hello"),
            n.option(2, b"cpu"),
            n.option(3, b"os\0"),
            n.option(4, b"tool"),
        ]
        .concat();
        n.section(big, &options);
        let v4 = [
            &n.b16(1)[..],
            &n.b16(13),
            &[192, 0, 2, 1],
            b"a.example",
            &[0, 0, 0],
        ]
        .concat();
        let v6 = [&n.b16(2)[..], &n.b16(18), &[0xfe; 16], b"b\0\0\0"].concat();
        n.block(4, &[v4, v6, vec![0; 4]].concat());
        n.block(
            10,
            &[n.words(&[0x544c_534b, 5]), b"KEYS!\0\0\0".to_vec()].concat(),
        );
        let read = read(&n.out);
        let section = &read.facts.sections[0];
        assert_eq!(
            [&section.hardware, &section.os, &section.application],
            ["cpu", "os", "tool"]
        );
        assert_eq!(section.comments, ["hello"]);
        let names: Vec<_> = read
            .infos
            .iter()
            .filter_map(|i| {
                if let Info::Names(n) = i {
                    Some(n)
                } else {
                    None
                }
            })
            .flatten()
            .collect();
        assert_eq!(
            (names[0].address.to_string(), &names[0].names[0][..]),
            ("192.0.2.1".into(), "a.example")
        );
        assert_eq!(names[1].names, ["b"]);
        assert!(
            read.infos.iter().any(
                |i| matches!(i, Info::Secrets(s) if s.kind == 0x544c_534b && s.data == b"KEYS!")
            )
        );
    }
}

#[test]
fn time_options_in_both_byte_orders() {
    // pcap-parser reads if_tsoffset little-endian in big-endian sections: 1 became 7.2e16.
    for big in [false, true] {
        let mut n = Ng::new(big);
        for (resolution, offset) in [
            (6, 1_u64),
            (6, (-1_i64).cast_unsigned()),
            (0x80 | 20, 0),
            (12, 0),
            (9, 0),
        ] {
            let options = [n.option(9, &[resolution]), n.option(14, &n.b64(offset))].concat();
            n.interface(1, 0, &options);
        }
        n.packet(0, 500, 1, &[1], &[])
            .packet(1, 500, 1, &[1], &[])
            .packet(2, 1 << 19, 1, &[1], &[]);
        n.packet(3, 5_000_000_000_999, 1, &[1], &[])
            .packet(4, u64::MAX, 1, &[1], &[]);
        let read = read(&n.out);
        assert_eq!(
            times(&read),
            [
                1_000_500_000,
                -999_500_000,
                500_000_000,
                5_000_000_000,
                i64::MAX
            ],
            "big-endian: {big}"
        );
        assert!(read.packets[4].flags.contains(PacketFlags::TIME_SATURATED));
        assert_eq!(
            (read.facts.order, read.facts.saturated),
            (weir_capture::TimeOrder::Backwards, 1)
        );
    }
}

#[test]
fn sections_interfaces_and_link_types_do_not_mix() {
    let mut n = Ng::new(false);
    n.interface(1, 0, &[])
        .interface(101, 0, &[])
        .packet(1, 1, 1, &[1], &[]);
    n.section(true, &[]);
    n.interface(113, 0, &[])
        .packet(0, 2, 1, &[2], &[])
        .packet(1, 3, 1, &[3], &[]);
    let read = read(&n.out);
    let seen: Vec<_> = read
        .packets
        .iter()
        .map(|p| (p.interface, p.link_type))
        .collect();
    assert_eq!(
        seen,
        [(1, 101), (2, 113), (u32::MAX, weir_capture::LINK_UNKNOWN)]
    );
    assert!(read.packets[2].flags.contains(PacketFlags::NO_INTERFACE));
    assert_eq!(
        (
            read.facts.sections.len(),
            read.facts.stray,
            read.facts.encapsulation()
        ),
        (2, 1, "per-packet")
    );
    assert_eq!(
        (
            read.facts.interfaces[2].interface.section,
            read.facts.interfaces[2].interface.id
        ),
        (1, 0)
    );
}

#[test]
fn packets_of_the_older_blocks() {
    for big in [false, true] {
        let mut n = Ng::new(big);
        n.interface(1, 4, &[]);
        let old = [
            &n.b16(0)[..],
            &n.b16(0),
            &n.words(&[0, 9_000_000, 3, 90]),
            &[1, 2, 3, 0],
        ]
        .concat();
        n.block(2, &old);
        let simple = [n.words(&[6]), vec![1, 2, 3, 4]].concat();
        n.block(3, &simple);
        let (_, parsed) = pcap_parser::parse_block_le(
            &Ng {
                big: false,
                out: vec![],
            }
            .block(2, &[0; 20])
            .out,
        )
        .map(|(r, b)| (r.len(), format!("{b:?}")))
        .unwrap();
        assert!(
            parsed.starts_with("Unknown"),
            "pcap-parser has learnt the Packet Block: drop our own?"
        );
        let read = read(&n.out);
        assert_eq!(
            (
                read.packets[0].time,
                read.packets[0].wire_len,
                &read.packets[0].bytes[..]
            ),
            (9_000_000_000, 90, &[1, 2, 3][..])
        );
        assert!(read.packets[1].flags.contains(PacketFlags::NO_TIME));
        assert_eq!(
            (read.packets[1].wire_len, &read.packets[1].bytes[..]),
            (6, &[1, 2, 3, 4][..])
        );
        assert_eq!(
            (read.facts.untimed, read.facts.order),
            (1, weir_capture::TimeOrder::Unknown)
        );
    }
}

#[test]
fn snoop_with_its_drops() {
    let mut s = b"snoop\0\0\0".to_vec();
    s.extend([2_u32, 4].iter().flat_map(|v| v.to_be_bytes()));
    for (drops, bytes) in [(0, &[1; 5][..]), (7, &[2; 4])] {
        let padded = bytes.len().next_multiple_of(4);
        let record = [60, bytes.len(), 24 + padded, drops, 1_000, 5]
            .map(|v| u32::try_from(v).unwrap().to_be_bytes());
        s.extend(record.concat());
        s.extend(bytes);
        s.resize(s.len() + padded - bytes.len(), 0);
    }
    let read = read(&s);
    assert_eq!(
        (
            read.packets.len(),
            &read.stopped,
            read.facts.encapsulation()
        ),
        (2, &None, "ether")
    );
    assert_eq!(times(&read), [1_000_000_005_000; 2]);
    assert_eq!(read.facts.interfaces[0].dropped(), Some(7));
}

/// A file cut anywhere keeps every whole packet and says why it stopped.
fn cut_everywhere(file: &[u8]) {
    let whole = read(file);
    let mut before = 0;
    for len in 4..file.len() {
        let part = read_pieces(&file[..len], len);
        let kept = part.packets.len();
        assert!(
            kept >= before && kept <= whole.packets.len(),
            "{len}: {before} then {kept}"
        );
        assert_eq!(part.packets, whole.packets[..kept], "{len}");
        if let Some(stop) = &part.stopped {
            assert!(
                stop.offset <= len as u64
                    && stop.kept == kept as u64
                    && stop.why.contains("file ends"),
                "{len}: {stop}"
            );
        }
        before = kept;
    }
}

#[test]
fn cut_at_every_byte() {
    cut_everywhere(&small_pcap());
    cut_everywhere(&small_pcapng(false));
    cut_everywhere(&small_pcapng(true));
    let stop = read_pieces(&small_pcap()[..30], 30).stopped.unwrap();
    assert_eq!(
        stop.to_string(),
        "stopped at offset 24 because the file ends 6 bytes into a record of at least 16 bytes; 0 packets before it kept"
    );
}

#[test]
fn length_fields_of_four_gigabytes() {
    let mut p = Pcap::new(false, US, 1, 65_535);
    p.packet(1, 0, 60, &[1; 60])
        .record(2, 0, u32::MAX, u32::MAX);
    p.out.extend([0; 5000]);
    let read = read_pieces(&p.out, 64);
    assert_eq!(read.packets.len(), 1);
    assert!(
        read.stopped
            .unwrap()
            .why
            .contains("4294967295 captured bytes")
    );
    for kind in [1_u32, 4, 6, 0x1234_5678] {
        let mut n = Ng::new(false);
        n.interface(1, 0, &[]).packet(0, 1, 4, &[1, 2, 3, 4], &[]);
        let at = n.out.len() as u64;
        let header = n.words(&[kind, u32::MAX - 3]);
        n.out.extend(header);
        n.out.extend([0; 5000]);
        let read = read_pieces(&n.out, 64);
        assert_eq!(read.packets.len(), 1, "{kind}");
        let stop = read.stopped.unwrap();
        assert!(
            stop.offset == at && stop.why.contains("record claims"),
            "{stop}"
        );
        assert!(
            read.infos
                .iter()
                .any(|i| matches!(i, Info::Limit(l, 2) if l.0.id == limits::BLOCK.id))
        );
        assert!(
            read.most_held < 1000,
            "a claimed length is not memory: {}",
            read.most_held
        );
    }
}

#[test]
fn a_long_block_is_stepped_over() {
    let mut n = Ng::new(false);
    n.interface(1, 0, &[])
        .block(0xbad, &vec![0; limits::BLOCK_MAX])
        .packet(0, 1, 1, &[1], &[]);
    let read = read_pieces(&n.out, 1 << 20);
    assert_eq!((read.packets.len(), &read.stopped), (1, &None));
    assert!(
        read.infos
            .iter()
            .any(|i| matches!(i, Info::Limit(l, 1) if l.0.id == limits::BLOCK.id))
    );
    assert!(read.most_held < 64);
}

#[test]
fn a_long_packet_is_cut_and_counted() {
    let long = vec![5; limits::PACKET_MAX + 1000];
    let len = u32::try_from(long.len()).unwrap();
    let mut p = Pcap::new(false, US, 1, 0);
    p.packet(1, 0, 60, &[1; 60])
        .packet(2, 0, len, &long)
        .packet(3, 0, 60, &[2; 60]);
    let mut n = Ng::new(false);
    n.interface(1, 0, &[])
        .packet(0, 1, 1, &[1], &[])
        .packet(0, 2, len, &long, &[])
        .packet(0, 3, 1, &[1], &[]);
    for file in [p.out, n.out] {
        let read = read(&file);
        assert_eq!((read.packets.len(), &read.stopped), (3, &None));
        assert_eq!(read.packets[1].bytes.len(), limits::PACKET_MAX);
        assert!(read.packets[1].flags.contains(PacketFlags::OVERSIZE));
        assert!(
            read.infos
                .iter()
                .any(|i| matches!(i, Info::Limit(l, 2) if l.0.id == limits::PACKET.id))
        );
        assert_eq!(read_pieces(&file, 1000).packets, read.packets);
    }
}

#[test]
fn broken_blocks() {
    let mut n = Ng::new(false);
    n.interface(1, 0, &[]).packet(0, 1, 1, &[1], &[]);
    // The packet claims more than its block holds: the frame still leads on.
    let lying = n.words(&[0, 0, 9, 500, 500, 0]);
    n.block(6, &lying).packet(0, 2, 1, &[1], &[]);
    let good = read(&n.out);
    assert_eq!(
        (good.packets.len(), good.facts.damaged, &good.stopped),
        (2, 1, &None)
    );
    let told = &good.facts.damages[0];
    assert_eq!(n.out[told.offset as usize], 6);
    assert!(told.damage.as_ref().unwrap().contains("type 0x6"));
    // Lengths that differ: nothing leads on.
    let at = n.out.len();
    n.packet(0, 3, 1, &[1], &[]).packet(0, 4, 1, &[1], &[]);
    n.out[at + 32] ^= 4;
    let bad = read(&n.out);
    assert_eq!(
        (bad.packets.len(), bad.stopped.as_ref().map(|s| s.offset)),
        (2, Some(at as u64))
    );
    assert!(bad.stopped.unwrap().why.contains("at its end"));
    let mut none = Ng::new(false);
    none.out.extend([6, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
    assert!(
        read(&none.out)
            .stopped
            .unwrap()
            .why
            .contains("less than its own frame")
    );
}

#[test]
fn fifty_years_apart_and_in_the_future() {
    let mut p = Pcap::new(false, US, 1, 65_535);
    p.packet(100, 0, 1, &[1])
        .packet(100 + 50 * 31_557_600, 0, 1, &[1])
        .packet(u32::MAX, 999_999, 1, &[1]);
    let read = read(&p.out);
    assert_eq!(
        times(&read),
        [
            100_000_000_000,
            1_577_880_100_000_000_000,
            4_294_967_295_999_999_000
        ]
    );
    assert_eq!(read.facts.duration().unwrap().0, 4_294_967_195_999_999_000);
    assert!(read.facts.packet_rate().unwrap() > 0.0);
}

#[test]
fn nothing_but_a_header() {
    let empty = read(&Pcap::new(false, US, 1, 65_535).out);
    assert_eq!(
        (
            empty.packets.len(),
            &empty.stopped,
            empty.facts.encapsulation()
        ),
        (0, &None, "ether")
    );
    assert_eq!(
        (empty.facts.duration(), empty.facts.mean_length()),
        (None, None)
    );
    assert!(read_pieces(&[0xd4, 0xc3, 0xb2, 0xa1], 4).stopped.is_some());
    let nothing = read(&Ng::new(true).out);
    assert_eq!(
        (nothing.facts.encapsulation(), nothing.facts.snaplen()),
        ("unknown", None)
    );
}

#[derive(Clone, Debug)]
enum Part {
    Section(bool),
    Interface(u16, u8, u32),
    Packet(u32, u64, Vec<u8>, bool),
    Block(u32, Vec<u8>),
    Garbage(Vec<u8>),
}

fn part() -> impl Strategy<Value = Part> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..60);
    prop_oneof![
        1 => any::<bool>().prop_map(Part::Section),
        2 => (any::<u16>(), any::<u8>(), 0..80_u32).prop_map(|(a, b, c)| Part::Interface(a, b, c)),
        8 => (0..3_u32, any::<u64>(), bytes(), any::<bool>()).prop_map(|(a, b, c, d)| Part::Packet(a, b, c, d)),
        2 => (0..12_u32, bytes()).prop_map(|(a, b)| Part::Block(a, b)),
        1 => bytes().prop_map(Part::Garbage),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn pcapng_in_pieces_of_any_size(parts in proptest::collection::vec(part(), 0..12), big: bool, size in 1..200_usize) {
        let mut n = Ng::new(big);
        for p in parts {
            match p {
                Part::Section(big) => { n.section(big, &[]); }
                Part::Interface(link, resolution, snaplen) => {
                    let options = n.option(9, &[resolution]);
                    n.interface(link, snaplen, &options);
                }
                Part::Packet(interface, units, bytes, comment) => {
                    let options = if comment { n.option(1, b"c") } else { vec![] };
                    n.packet(interface, units, 40, &bytes, &options);
                }
                Part::Block(kind, mut bytes) => {
                    bytes.resize(bytes.len().next_multiple_of(4), 0);
                    n.block(kind, &bytes);
                }
                Part::Garbage(bytes) => n.out.extend(bytes),
            }
        }
        same_in_pieces(&n.out, size);
    }

    #[test]
    fn pcap_in_pieces_of_any_size(
        packets in proptest::collection::vec((any::<u32>(), 0..2_000_000_u32, any::<u32>(), 0..80_usize), 0..12),
        tail in proptest::collection::vec(any::<u8>(), 0..40),
        big: bool, variant in 0..4_usize, size in 1..200_usize,
    ) {
        let magic = [US, NS, MODIFIED, 0x1c00_01ab][variant];
        let mut p = Pcap::new(big, magic, 1, 40);
        if variant == 2 { p.extra = 8 }
        if variant == 3 { p.u32(0) }
        for (seconds, fraction, wire, len) in packets {
            p.packet(seconds, fraction, wire, &vec![9; len]);
        }
        p.out.extend(tail);
        same_in_pieces(&p.out, size);
    }
}

fn same_in_pieces(file: &[u8], size: usize) {
    let whole = read(file);
    for size in [size, 1, 7] {
        let pieces = read_pieces(file, size);
        assert_eq!(pieces.packets, whole.packets, "pieces of {size}");
        assert_eq!(pieces.infos, whole.infos, "pieces of {size}");
        assert_eq!(pieces.stopped, whole.stopped, "pieces of {size}");
        assert_eq!(pieces.facts, whole.facts, "pieces of {size}");
    }
}

#[test]
fn names_comments_and_secrets_are_kept_up_to_a_bound_that_is_told() {
    let mut n = Ng::new(false);
    let long = n.option(2, &[b'n'; 60_000]);
    n.interface(1, 0, &long);
    n.packet(0, 1, 4, &[1; 4], &[]);
    let comments = n.option(1, &[b'c'; 50_000]).repeat(200);
    for _ in 0..10 {
        n.interface(1, 0, &comments);
    }
    n.block(
        10,
        &[
            &0x544c_534b_u32.to_le_bytes()[..],
            &8_000_000_u32.to_le_bytes(),
            &[b'K'; 8_000_000],
        ]
        .concat(),
    );
    n.packet(0, 2, 4, &[2; 4], &[]);
    let read = read(&n.out);
    assert_eq!(times(&read).len(), 2);
    let interfaces = read.infos.iter().filter_map(|i| match i {
        Info::Interface(_, i) => Some(i),
        _ => None,
    });
    let kept: usize = interfaces
        .map(|i| i.name.len() + i.comments.iter().map(String::len).sum::<usize>())
        .sum();
    assert!(
        kept <= limits::TEXTS_MAX && kept > limits::TEXTS_MAX - 100_000,
        "{kept}"
    );
    let told = read
        .infos
        .iter()
        .filter(|i| matches!(i, Info::Limit(l, _) if l.0.id == limits::TEXTS.id));
    assert_eq!(told.count(), 10);
    assert!(!read.infos.iter().any(|i| matches!(i, Info::Secrets(_))));
}
