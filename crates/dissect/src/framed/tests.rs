//! Messages in pieces, with a loss in them, and what is no message.

use crate::synth::Synth;

const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
const RPC: ([u8; 4], u16) = ([10, 0, 0, 2], 135);

/// A request of DCE/RPC of so many bytes.
fn request(len: u16) -> Vec<u8> {
    let mut m = vec![5, 0, 0, 3, 0x10, 0, 0, 0];
    m.extend_from_slice(&len.to_le_bytes());
    m.resize(usize::from(len), 0);
    m
}

fn bind() -> Vec<u8> {
    let mut m = request(72);
    m[2] = 11;
    m
}

#[test]
fn a_message_names_the_packet_that_completes_it_and_is_shown_there() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, RPC);
    c.client(&mut s, bind());
    c.client(&mut s, request(3000));
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(4, "tcp.segment_data"), None);
    assert_eq!(of(5, "tcp.reassembled_in").as_deref(), Some("7"));
    assert_eq!(of(5, "dcerpc.pkt_type"), None);
    assert_eq!(of(7, "dcerpc.cn_frag_len").as_deref(), Some("3000"));
}

#[test]
fn a_loss_inside_a_message_ends_with_it() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, RPC);
    c.client(&mut s, bind());
    let whole = request(3000);
    c.client(&mut s, &whole[..1000]);
    c.lose(0, 1000);
    c.client(&mut s, &whole[2000..]);
    c.client(&mut s, request(100));
    c.finish(&mut s, 0);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(5, "tcp.reassembled_in"), None);
    assert!(of(5, "tcp.segment_data").is_some());
    let told: Vec<String> = trees
        .iter()
        .flat_map(|t| t.values("dcerpc.cn_frag_len").map(str::to_owned))
        .collect();
    assert_eq!(told, ["72", "100"]);
}

#[test]
fn what_is_no_message_is_not_taken_for_one() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, RPC);
    c.client(&mut s, "GARBAGE of more than sixteen bytes");
    let loaded = s.load();
    assert!(loaded.facts().flows.iter().all(|f| f.protocol.is_none()));
}
