//! SNMP: questions and answers of each version, values of each type, every cut length.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::Exchange;
use super::pdu::oid;
use crate::facts::Message;
use crate::synth::Synth;

pub(super) const MANAGER: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const AGENT: ([u8; 4], u16) = ([10, 0, 0, 2], 161);

pub(super) fn tlv(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    if body.len() < 128 {
        out.push(u8::try_from(body.len()).unwrap());
    } else {
        out.push(0x82);
        out.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    }
    out.extend_from_slice(body);
    out
}

pub(super) fn pdu(tag: u8, id: u8, error: u8, values: &[Vec<u8>]) -> Vec<u8> {
    let name = tlv(6, &[0x2b, 6, 1, 2, 1, 1, 1, 0]);
    let list: Vec<u8> = values
        .iter()
        .flat_map(|v| tlv(0x30, &[&name[..], v].concat()))
        .collect();
    let body = [
        tlv(2, &[0x12, id]),
        tlv(2, &[error]),
        tlv(2, &[0]),
        tlv(0x30, &list),
    ];
    tlv(tag, &body.concat())
}

pub(super) fn message(version: u8, pdu: &[u8]) -> Vec<u8> {
    tlv(
        0x30,
        &[&tlv(2, &[version])[..], &tlv(4, b"public"), pdu].concat(),
    )
}

pub(super) fn values() -> Vec<Vec<u8>> {
    vec![
        tlv(2, &[0xff, 0xfe]),
        tlv(4, b"box"),
        tlv(5, &[]),
        tlv(6, &[0x2b, 0x81, 0]),
        tlv(0x40, &[1, 2, 3, 4]),
        tlv(0x41, &[0, 0xff, 0xff, 0xff, 0xff]),
        tlv(0x42, &[7]),
        tlv(0x43, &[1, 0]),
        tlv(0x46, &[0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        tlv(0x80, &[]),
        tlv(0x99, &[1]),
    ]
}

#[test]
fn an_answer_is_joined_with_its_question() {
    let mut s = Synth::default();
    s.udp(
        MANAGER,
        AGENT,
        &message(1, &pdu(0xa0, 7, 0, &[tlv(5, &[])])),
    );
    s.udp(AGENT, MANAGER, &message(1, &pdu(0xa2, 7, 2, &values())));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Exchange>();
    assert_eq!(
        rows.get(0).unwrap().summary(),
        "public get-request 1.3.6.1.2.1.1.1.0"
    );
    let answer = rows.get(1).unwrap();
    assert_eq!((answer.error, answer.objects.len()), ("noSuchName", 8));
    assert_eq!(
        answer.values.join(","),
        "-2,box,,1.3.128,1.2.3.4,4294967295,7,256"
    );
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n].values(field).next().map(str::to_owned);
    assert_eq!(of(0, "snmp.response_in").as_deref(), Some("2"));
    assert_eq!(of(1, "snmp.response_to").as_deref(), Some("1"));
    assert_eq!(of(1, "snmp.data").as_deref(), Some("2"));
    assert_eq!(of(1, "snmp.value.int").as_deref(), Some("-2"));
    assert_eq!(trees[1].values("snmp.name").count(), 11);
    assert_eq!(
        trees[1].values("snmp.value.counter").collect::<Vec<_>>(),
        ["4294967295", "18446744073709551615"]
    );
}

#[test]
fn version_three_tells_its_user_and_hides_the_rest() {
    let head = [tlv(2, &[9]), tlv(2, &[8, 0]), tlv(4, &[7]), tlv(2, &[3])].concat();
    let usm = [
        tlv(4, &[1, 2, 3]),
        tlv(2, &[5]),
        tlv(2, &[6]),
        tlv(4, b"alice"),
        tlv(4, &[0; 12]),
        tlv(4, &[0; 8]),
    ]
    .concat();
    let body = [
        tlv(2, &[3]),
        tlv(0x30, &head),
        tlv(4, &tlv(0x30, &usm)),
        tlv(4, &[9; 16]),
    ]
    .concat();
    let mut s = Synth::default();
    s.udp(MANAGER, AGENT, &tlv(0x30, &body));
    let scoped = [tlv(4, &[1]), tlv(4, b""), pdu(0xa8, 1, 0, &values())].concat();
    let body = [
        tlv(2, &[3]),
        tlv(0x30, &head),
        tlv(4, &tlv(0x30, &usm)),
        tlv(0x30, &scoped),
    ]
    .concat();
    s.udp(AGENT, MANAGER, &tlv(0x30, &body));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Exchange>();
    let told: Vec<_> = rows
        .iter()
        .map(|r| (&*r.community, r.pdu, r.encrypted))
        .collect();
    assert_eq!(
        told,
        [("alice", "encrypted", true), ("alice", "report", false)]
    );
    let trees = s.trees(loaded.facts());
    assert_eq!(
        trees[0].values("snmp.msgUserName").collect::<Vec<_>>(),
        ["alice"]
    );
    assert_eq!(trees[0].values("snmp.v3.flags.crypt").count(), 1);
    assert_eq!(
        trees[1].values("snmp.request_id").collect::<Vec<_>>(),
        ["4609"]
    );
}

#[test]
fn numbers_of_objects() {
    assert_eq!(oid(&[0x2b]), "1.3");
    assert_eq!(oid(&[0x88, 0x37, 3]), "2.999.3");
    assert_eq!(oid(&[0x2b, 0x81]), "1.3");
    assert_eq!(oid(&[]), "");
    assert_eq!(oid(&[0xff; 40]), "");
}

#[test]
fn every_length_and_every_port_is_read_without_harm() {
    let whole = message(0, &pdu(0xa2, 7, 0, &values()));
    for n in 0..whole.len() {
        let mut s = Synth::default();
        s.udp(MANAGER, AGENT, &whole[..n]);
        let loaded = s.load();
        s.trees(loaded.facts());
    }
    let mut s = Synth::default();
    s.udp(MANAGER, ([10, 0, 0, 2], 7777), &whole);
    assert_eq!(
        s.load().facts().messages.all::<Exchange>().iter().count(),
        1
    );
}

#[test]
fn messages_of_a_stream_are_told_apart() {
    let ask = message(1, &pdu(0xa0, 7, 0, &[tlv(5, &[])]));
    let answer = message(1, &pdu(0xa2, 7, 0, &values()));
    let mut s = Synth::default();
    let mut c = s.connect(MANAGER, AGENT);
    c.client(&mut s, [&ask[..], &ask, &ask[..10]].concat());
    c.client(&mut s, &ask[10..]);
    c.server(&mut s, &answer);
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Exchange>();
    assert_eq!(rows.iter().count(), 4);
    let trees = s.trees(loaded.facts());
    let many = |n: usize| trees[n].values("snmp.version").count();
    assert_eq!([3, 4, 5].map(many), [2, 1, 1]);
}
