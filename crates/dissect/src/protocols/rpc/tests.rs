//! Calls over both transports, records in fragments, cut at every length.

use super::Call;
use crate::facts::Message;
use crate::synth::Synth;

const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 111);

fn call(len: usize) -> Vec<u8> {
    let mut m: Vec<u8> = [7u32, 0, 2, 100_000, 2, 4]
        .iter()
        .flat_map(|n| n.to_be_bytes())
        .collect();
    m.resize(len, 0);
    m
}

fn record(last: bool, body: &[u8]) -> Vec<u8> {
    let mark = u32::try_from(body.len()).unwrap() | if last { 0x8000_0000 } else { 0 };
    let mut out = mark.to_be_bytes().to_vec();
    out.extend_from_slice(body);
    out
}

#[test]
fn calls_are_told_and_records_put_together() {
    let mut s = Synth::default();
    s.udp(CLIENT, SERVER, &call(40));
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, record(true, &call(40)));
    c.client(&mut s, record(false, &call(3000)));
    c.client(&mut s, record(true, &[0xff; 40]));
    c.client(&mut s, record(true, &call(40)));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Call>();
    let told: Vec<String> = rows.iter().map(Message::summary).collect();
    assert_eq!(told, ["Portmap v2 procedure 4"; 4]);
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(6, "tcp.reassembled_in").as_deref(), Some("8"));
    assert_eq!(of(8, "rpc.program").as_deref(), Some("100000"));
    assert_eq!(of(9, "rpc.program"), None);
}

#[test]
fn cut_at_every_length_nothing_is_invented() {
    let whole = call(40);
    for n in 0..24 {
        let mut s = Synth::default();
        s.udp(CLIENT, SERVER, &whole[..n]);
        let loaded = s.load();
        let _ = s.trees(loaded.facts());
        assert!(loaded.facts().messages.all::<Call>().is_empty());
    }
}
