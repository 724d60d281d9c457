//! Names of calls and how they went, over both transports; arguments cut at every length.

use super::Access;
use crate::facts::Message;
use crate::synth::Synth;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 800);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 2049);

pub(super) fn opaque(bytes: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(bytes.len()).unwrap().to_be_bytes().to_vec();
    out.extend(bytes);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

pub(super) fn call(xid: u32, version: u32, procedure: u32, args: &[u8]) -> Vec<u8> {
    let head = [xid, 0, 2, super::PROGRAM, version, procedure, 0, 0, 0, 0];
    let mut out: Vec<u8> = head.iter().flat_map(|n| n.to_be_bytes()).collect();
    out.extend(args);
    out
}

pub(super) fn reply(xid: u32, status: u32) -> Vec<u8> {
    let head = [xid, 1, 0, 0, 0, 0, status];
    head.iter().flat_map(|n| n.to_be_bytes()).collect()
}

pub(super) fn renames() -> Vec<u8> {
    let old = [opaque(&[7; 20]), opaque(b"old")].concat();
    [old, opaque(&[7; 20]), opaque(b"newer")].concat()
}

#[test]
fn names_and_how_it_went_are_told() {
    let mut s = Synth::default();
    s.udp(CLIENT, SERVER, &call(1, 3, 14, &renames()));
    s.udp(SERVER, CLIENT, &reply(1, 13));
    let two = [vec![9; 32], opaque(b"file")].concat();
    s.udp(CLIENT, SERVER, &call(2, 2, 4, &two));
    s.udp(SERVER, CLIENT, &reply(2, 0));
    let linked = [opaque(&[7; 20]), opaque(&[8; 20]), opaque(b"link")].concat();
    let mut c = s.connect(CLIENT, SERVER);
    let record = |body: &[u8]| {
        let mark = u32::try_from(body.len()).unwrap() | 0x8000_0000;
        [mark.to_be_bytes().to_vec(), body.to_vec()].concat()
    };
    c.client(&mut s, record(&call(3, 3, 15, &linked)));
    c.server(&mut s, record(&reply(3, 2)));
    // Nobody asked for this.
    c.server(&mut s, record(&reply(4, 0)));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Access>();
    let told: Vec<_> = rows.iter().map(|a| (a.summary(), a.status)).collect();
    assert_eq!(
        told,
        [
            ("RENAME old newer".to_owned(), Some(13)),
            ("LOOKUP file ".to_owned(), Some(0)),
            ("LINK link ".to_owned(), Some(2)),
        ]
    );
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).collect::<Vec<_>>().join("|");
    assert_eq!(of(1, "nfs.name"), "old|newer");
    assert_eq!(of(1, "rpc.reqframe"), "2");
    assert_eq!(of(2, "nfs.status3"), "13");
    assert_eq!(of(2, "rpc.program"), "100003");
    assert_eq!(of(2, "rpc.repframe"), "1");
    assert_eq!(of(9, "nfs.procedure_v3"), "15");
    assert_eq!(of(10, "rpc.program"), "");
}

#[test]
fn cut_at_every_length_no_name_is_invented() {
    let whole = call(1, 3, 14, &renames());
    for n in 40..whole.len() {
        let mut s = Synth::default();
        s.udp(CLIENT, SERVER, &whole[..n]);
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        assert!(
            trees[0]
                .values("nfs.name")
                .all(|v| v == "old" || v == "newer")
        );
    }
}
