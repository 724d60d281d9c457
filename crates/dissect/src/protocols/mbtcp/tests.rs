//! Modbus over TCP: requests and answers of each function, several in a segment, in segments of any size.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::facts::Message;
use crate::protocols::modbus::Pdu;
use crate::synth::Synth;
use proptest::prelude::*;

fn message(transaction: u16, pdu: &[u8]) -> Vec<u8> {
    let mut m = transaction.to_be_bytes().to_vec();
    m.extend([0, 0]);
    m.extend(u16::try_from(pdu.len() + 1).unwrap().to_be_bytes());
    m.push(9);
    m.extend_from_slice(pdu);
    m
}

pub(super) fn session(piece: usize) -> Synth {
    let mut s = Synth::default();
    let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 502));
    c.piece = piece;
    let asks = [
        message(1, &[3, 0, 99, 0, 2]),
        message(2, &[1, 0, 8, 0, 3]),
        message(3, &[16, 0, 1, 0, 1, 2, 0x12, 0x34]),
        message(4, &[43, 14, 1, 0]),
    ];
    c.client(&mut s, asks.concat());
    c.server(&mut s, message(1, &[3, 4, 0, 79, 1, 0]));
    c.server(&mut s, message(2, &[1, 1, 5]));
    c.server(&mut s, message(3, &[0x90, 2]));
    c.server(
        &mut s,
        message(4, &[43, 14, 1, 1, 0, 0, 1, 0, 3, b'a', b'b', b'c']),
    );
    s
}

#[test]
fn answers_know_what_was_asked() {
    for piece in [1400, 1, 5] {
        let s = session(piece);
        let loaded = s.load();
        let rows = loaded.facts().messages.all::<Pdu>();
        let told: Vec<String> = rows.iter().map(Message::summary).collect();
        assert_eq!(told.len(), 8);
        assert_eq!(told[0], "REQ Read Holding Registers at 99 ");
        assert_eq!(
            told[6],
            "RESP Write Multiple Registers at 1 Illegal data address"
        );
        assert_eq!(rows.get(0).unwrap().quantity, Some(2));
    }
    let s = session(1400);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| {
        trees[n - 1]
            .values(field)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(4, "mbtcp.trans_id"), ["1", "2", "3", "4"]);
    assert_eq!(of(4, "modbus.func_code"), ["3", "1", "16", "43"]);
    assert_eq!(of(5, "modbus.regnum16"), ["99", "100"]);
    assert_eq!(of(5, "modbus.regval_uint16"), ["79", "256"]);
    assert_eq!(of(5, "modbus.request_frame"), ["4"]);
    assert_eq!(of(6, "modbus.bitnum").len(), 8);
    assert_eq!(of(7, "modbus.exception_code"), ["2"]);
    assert_eq!(of(8, "modbus.object_str_value"), ["abc"]);
}

proptest! {
    #[test]
    fn any_function_with_any_bytes_is_read_without_harm(function in any::<u8>(), body in proptest::collection::vec(any::<u8>(), 0..40)) {
        let pdu = [&[function][..], &body].concat();
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 502));
        c.client(&mut s, message(1, &pdu));
        c.server(&mut s, message(1, &pdu));
        let loaded = s.load();
        s.trees(loaded.facts());
    }
}
