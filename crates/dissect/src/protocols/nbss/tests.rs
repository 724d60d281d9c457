//! Frames and their pieces, and what is none.

use crate::synth::Synth;

const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);

fn message(len: usize) -> Vec<u8> {
    let mut m = u32::try_from(len).unwrap_or(0).to_be_bytes().to_vec();
    m.extend_from_slice(b"\xfeSMB");
    m.resize(4 + len, 0);
    m
}

#[test]
fn pieces_of_a_long_message_name_its_end_and_what_is_no_frame_is_left_alone() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, ([10, 0, 0, 2], 445));
    c.client(&mut s, message(64));
    c.server(&mut s, message(3000));
    let mut other = s.connect((CLIENT.0, 40001), ([10, 0, 0, 2], 445));
    other.client(&mut s, "NONSENSE\r\n");
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(4, "tcp.segment_data"), None);
    assert_eq!(of(5, "tcp.reassembled_in").as_deref(), Some("7"));
    assert_eq!(of(6, "tcp.reassembled_in").as_deref(), Some("7"));
    assert!(of(7, "tcp.segment_data").is_some());
    assert_eq!(of(7, "tcp.reassembled_in"), None);
    let protocols: Vec<bool> = loaded
        .facts()
        .flows
        .iter()
        .map(|f| f.protocol.is_some())
        .collect();
    assert_eq!(protocols, [true, false]);
}
