//! NTP: answers find their questions, times of both eras, control and private messages, every cut length.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{Control, Time};
use crate::synth::Synth;

pub(super) const HOST: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 123);

pub(super) fn message(first: u8, org: u64, xmt: u64) -> Vec<u8> {
    let mut m = vec![first, 2, 6, 0xe9, 0, 0, 1, 0, 0, 0, 2, 0, 10, 9, 8, 7];
    for t in [0, org, 0xe000_0000_8000_0000, xmt] {
        m.extend_from_slice(&t.to_be_bytes());
    }
    m
}

#[test]
fn an_answer_is_found_by_the_time_it_repeats() {
    let mut s = Synth::default();
    s.udp(HOST, SERVER, &message(0x23, 0, 0xe000_0000_1111_1111));
    s.udp(SERVER, HOST, &message(0x24, 0xe000_0000_1111_1111, 1));
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n].values(field).next().map(str::to_owned);
    assert_eq!(of(0, "ntp.response_in").as_deref(), Some("2"));
    assert_eq!(of(1, "ntp.request_in").as_deref(), Some("1"));
    assert_eq!(of(1, "ntp.delta_time").as_deref(), Some("0.001000000"));
    assert_eq!(of(1, "ntp.flags.vn").as_deref(), Some("4"));
    let rows = loaded.facts().messages.all::<Time>();
    let row = rows.get(1).unwrap();
    assert_eq!(
        (row.mode, &*row.ref_id, row.ref_time),
        (4, "10.9.8.7", None)
    );
    let spans = [row.poll, row.precision, row.root_delay, row.root_disp];
    assert_eq!(
        spans.map(|d| d.decimal()),
        ["64.000000000", "0.000000119", "0.003906250", "0.007812500"]
    );
    assert_eq!(
        row.rec_time.unwrap().rfc3339(),
        "2019-02-02T11:39:44.500000000Z"
    );
    // The era that begins in 2036.
    assert!(row.xmt_time.unwrap() > row.rec_time.unwrap());
}

#[test]
fn spans_at_their_bounds() {
    let of = |n: u8| super::power(n).decimal();
    assert_eq!(
        [of(0), of(1), of(0xff)],
        ["1.000000000", "2.000000000", "0.500000000"]
    );
    assert_eq!([of(0x80), of(0xc0)], ["0.000000000", "0.000000000"]);
    assert_eq!(
        [super::power(0x7f).0, super::power(34).0],
        [i64::MAX, i64::MAX]
    );
    assert_eq!(super::short_format(u32::MAX).decimal(), "65535.999984741");
}

#[test]
fn lists_of_clients_are_shown_and_counted() {
    let mut m = vec![0x97, 0, 3, 42, 0, 2, 0, 72];
    for n in 0..2u8 {
        let mut entry = vec![0; 72];
        entry[16..20].copy_from_slice(&[1, 2, 3, n]);
        m.extend(entry);
    }
    let mut s = Synth::default();
    s.udp(SERVER, HOST, &m);
    s.udp(HOST, SERVER, &[0x16, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    assert_eq!(
        trees[0]
            .values("ntp.priv.monlist.remote_address")
            .collect::<Vec<_>>(),
        ["1.2.3.0", "1.2.3.1"]
    );
    assert_eq!(
        trees[1]
            .values("ntp.ctrl.flags2.opcode")
            .collect::<Vec<_>>(),
        ["2"]
    );
    let rows = loaded.facts().messages.all::<Control>();
    let told: Vec<_> = rows
        .iter()
        .map(|c| (c.mode, c.response, c.code, c.items))
        .collect();
    assert_eq!(told, [(7, true, 42, 2), (6, false, 2, 0)]);
}

#[test]
fn every_length_is_read_without_harm() {
    for first in 0..=255u8 {
        let mut m = message(first, 1, 2);
        m.extend([7; 60]);
        for n in [0, 1, 2, 3, 4, 8, 12, 40, 47, 48, 49, 52, 68, 72, 73, 108] {
            let mut s = Synth::default();
            s.udp(HOST, SERVER, &m[..n]);
            let loaded = s.load();
            s.trees(loaded.facts());
        }
    }
}
