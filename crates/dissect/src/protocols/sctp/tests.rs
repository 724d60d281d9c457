//! An opening with its parameters, data with what acknowledges them, and every cut.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::synth::Synth;

pub(super) fn chunk(kind: u8, flags: u8, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(body.len() + 4).unwrap();
    let mut c = [&[kind, flags][..], &len.to_be_bytes(), body].concat();
    c.resize(c.len().next_multiple_of(4), 0);
    c
}

pub(super) fn packet(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut sctp = vec![0x0b, 0x5a, 0x18, 0x9f, 0, 0, 0, 9, 1, 2, 3, 4];
    sctp.extend(chunks.concat());
    let mut p = vec![2, 0, 10, 0, 0, 2, 2, 0, 10, 0, 0, 1, 8, 0, 0x45, 0];
    p.extend(u16::try_from(20 + sctp.len()).unwrap().to_be_bytes());
    p.extend([0, 1, 0, 0, 64, 132, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    p.extend(sctp);
    p
}

fn of(packet: &[u8], field: &str) -> Vec<String> {
    let mut s = Synth::default();
    s.packets.push(packet.to_vec());
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    trees[0].values(field).map(str::to_owned).collect()
}

pub(super) fn init() -> Vec<u8> {
    let mut b = vec![
        0xdd, 0x68, 0xd3, 0x3d, 0, 0, 0x80, 0, 0, 32, 0, 16, 0, 0, 0, 7,
    ];
    b.extend([0, 5, 0, 8, 85, 205, 52, 106]);
    b.extend([0x80, 0, 0, 4]);
    chunk(1, 0, &b)
}

#[test]
fn an_opening_says_its_streams_and_addresses() {
    let p = packet(&[init()]);
    assert_eq!(of(&p, "sctp.srcport"), ["2906"]);
    assert_eq!(of(&p, "sctp.dstport"), ["6303"]);
    assert_eq!(of(&p, "sctp.init_nr_out_streams"), ["32"]);
    assert_eq!(of(&p, "sctp.init_nr_in_streams"), ["16"]);
    assert_eq!(of(&p, "sctp.parameter_ipv4_address"), ["85.205.52.106"]);
    assert_eq!(of(&p, "sctp.parameter_type").len(), 2);
}

#[test]
fn several_chunks_stand_in_a_packet() {
    let data = chunk(
        0,
        3,
        &[0, 0, 0, 5, 0, 1, 0, 2, 0, 0, 0, 3, b'x', b'y', b'z'],
    );
    let sack = chunk(
        3,
        0,
        &[0, 0, 0, 4, 0, 1, 0, 0, 0, 1, 0, 1, 0, 2, 0, 3, 0, 0, 0, 4],
    );
    let p = packet(&[sack, data]);
    assert_eq!(of(&p, "sctp.chunk_type").len(), 2);
    assert_eq!(of(&p, "sctp.data_tsn_raw"), ["5"]);
    assert_eq!(of(&p, "sctp.data_b_bit"), ["1"]);
    assert_eq!(of(&p, "sctp.data_u_bit"), ["0"]);
    assert_eq!(of(&p, "sctp.sack_gap_block_end"), ["3"]);
    assert_eq!(of(&p, "sctp.sack_duplicate_tsn"), ["4"]);
    assert!(of(&p, "_ws.malformed").is_empty());
}

#[test]
fn lengths_that_lie_end_the_packet() {
    for len in [0u16, 3, 4000] {
        let mut c = init();
        c[2..4].copy_from_slice(&len.to_be_bytes());
        assert_eq!(of(&packet(&[c]), "_ws.malformed").len(), 1, "{len}");
    }
    // More gaps than there are bytes.
    let sack = chunk(3, 0, &[0, 0, 0, 4, 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    assert!(of(&packet(&[sack]), "sctp.sack_gap_block_end").is_empty());
}

#[test]
fn padding_that_the_chunk_counts_is_remarked() {
    let fixed = [
        0xdd, 0x68, 0xd3, 0x3d, 0, 0, 0x80, 0, 0, 32, 0, 16, 0, 0, 0, 7,
    ];
    // Supported address types: one of two bytes, then two more that fill it up.
    let told = |parameters: &[u8]| {
        let p = packet(&[chunk(1, 0, &[&fixed[..], parameters].concat())]);
        of(&p, "_ws.malformed").len()
    };
    assert_eq!(told(&[0, 12, 0, 6, 0, 5]), 0);
    assert_eq!(told(&[0, 12, 0, 6, 0, 5, 0, 0]), 1);
    assert_eq!(told(&[0, 12, 0, 6, 0, 5, 0, 0, 0x80, 0, 0, 4]), 0);
    assert_eq!(told(&[0x80, 0, 0, 4]), 0);
}
