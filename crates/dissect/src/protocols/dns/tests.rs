//! Unit tests of DNS: bytes built in code, cut and bent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::facts::{Facts, Message};
use crate::synth::{End, Synth};
use proptest::prelude::*;

pub(super) const CLIENT: End = ([10, 0, 0, 1], 5000);
pub(super) const SERVER: End = ([10, 0, 0, 2], 53);

fn labels(name: &str) -> Vec<u8> {
    let mut out = vec![];
    for l in name.split('.').filter(|l| !l.is_empty()) {
        out.push(u8::try_from(l.len()).unwrap());
        out.extend_from_slice(l.as_bytes());
    }
    out.push(0);
    out
}

pub(super) fn ask(id: u16, name: &str) -> Vec<u8> {
    let mut m = id.to_be_bytes().to_vec();
    m.extend_from_slice(&[1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    m.extend_from_slice(&labels(name));
    m.extend_from_slice(&[0, 1, 0, 1]);
    m
}

/// CNAME to `cdn.` + the name, whose address is 203.0.113.9; all names compressed.
pub(super) fn reply(id: u16, name: &str) -> Vec<u8> {
    let mut m = ask(id, name);
    m[2] = 0x85;
    m[3] = 0x80;
    m[7] = 2;
    m.extend_from_slice(&[
        0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 6, 3, b'c', b'd', b'n', 0xc0, 12,
    ]);
    let cdn = u8::try_from(m.len() - 6).unwrap();
    m.extend_from_slice(&[0xc0, cdn, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 203, 0, 113, 9]);
    m
}

fn rows(facts: &Facts) -> Vec<String> {
    facts
        .messages
        .all::<Query>()
        .iter()
        .map(|q| format!("{q:?}"))
        .collect()
}

#[test]
fn a_question_and_its_answer_are_one_row() {
    let mut s = Synth::default();
    s.udp(CLIENT, SERVER, &ask(7, "Bad.example.com"));
    s.udp(CLIENT, SERVER, &ask(7, "Bad.example.com"));
    s.udp(SERVER, CLIENT, &reply(7, "Bad.example.com"));
    s.udp(CLIENT, SERVER, &ask(8, "never.example.com"));
    let d = s.load();
    let [q, alone] = d.facts().messages.all::<Query>().iter().collect::<Vec<_>>()[..] else {
        panic!()
    };
    assert_eq!(
        (&*q.query, q.qtype, q.again, q.rcode),
        ("Bad.example.com", 1, 1, Some(0))
    );
    assert!(q.aa && q.rd && q.ra && !q.tc);
    assert_eq!(q.rtt().unwrap().0, 2_000_000);
    assert_eq!((q.meta.first.number, q.meta.last.number), (1, 3));
    assert_eq!(
        q.answers[0].data,
        AnswerData::Name("cdn.Bad.example.com".into())
    );
    assert_eq!(&*q.answers[1].name, "cdn.Bad.example.com");
    let addresses: Vec<_> = q.addresses().collect();
    assert_eq!(addresses, [("203.0.113.9".parse().unwrap(), 30)]);
    assert_eq!((alone.rcode, alone.answered), (None, None));
    assert_eq!(
        q.summary(),
        "A Bad.example.com → cdn.Bad.example.com,203.0.113.9"
    );
}

#[test]
fn fields_point_both_ways() {
    let mut s = Synth::default();
    s.udp(CLIENT, SERVER, &ask(7, "a.example"));
    s.udp(SERVER, CLIENT, &reply(7, "a.example"));
    let d = s.load();
    let t = s.trees(d.facts());
    let all = |n: usize, f: &str| t[n].values(f).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(all(0, "dns.response_in"), ["2"]);
    assert_eq!(all(1, "dns.response_to"), ["1"]);
    assert_eq!(all(1, "dns.time"), ["0.001000000"]);
    assert_eq!(all(1, "dns.cname"), ["cdn.a.example"]);
    assert_eq!(all(1, "dns.a"), ["203.0.113.9"]);
    assert_eq!(all(1, "dns.resp.ttl"), ["60", "30"]);
    assert_eq!(all(0, "dns.qry.name.len"), ["9"]);
    assert!(all(0, "dns.flags.rcode").is_empty());
}

#[test]
fn streams_give_the_same_whatever_the_pieces() {
    let mut seen = vec![];
    for piece in [1, 7, 1400] {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.piece = piece;
        let framed = |m: Vec<u8>| {
            let mut out = u16::try_from(m.len()).unwrap().to_be_bytes().to_vec();
            out.extend(m);
            out
        };
        c.client(
            &mut s,
            [framed(ask(1, "a.example")), framed(ask(2, "b.example"))].concat(),
        );
        c.server(
            &mut s,
            [framed(reply(2, "b.example")), framed(reply(1, "a.example"))].concat(),
        );
        let d = s.load();
        let rows = d.facts().messages.all::<Query>();
        seen.push(
            rows.iter()
                .map(|q| format!("{} {:?} {:?}", q.query, q.rcode, q.answers))
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(seen[0].len(), 2);
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[test]
fn pointers_that_loop_or_point_forward_end() {
    let mut m = ask(1, "a.example");
    m.truncate(12);
    m.extend_from_slice(&[1, b'x', 0xc0, 12, 0, 1, 0, 1]);
    let looped = wire::name(&m, 12).unwrap();
    assert_eq!(looped.text, "<Name contains a pointer that loops>");
    assert_eq!(looped.end, 16);
    assert!(wire::name(&m, 400).is_err());
    assert_eq!(wire::name(&[0], 0).unwrap().text, "<Root>");
}

#[test]
fn a_promise_of_more_records_than_there_are_is_malformed() {
    let mut s = Synth::default();
    let mut m = reply(7, "a.example");
    m[6] = 255;
    s.udp(SERVER, CLIENT, &m);
    let d = s.load();
    assert_eq!(d.facts().anomalies.counts()[0].0.id, "_ws.malformed");
    assert_eq!(d.facts().messages.all::<Query>()[0].answers.len(), 2);
}

#[test]
fn another_port_is_recognised_by_content() {
    let mut s = Synth::default();
    s.udp(CLIENT, (SERVER.0, 9953), &ask(7, "a.example"));
    s.udp(
        CLIENT,
        (SERVER.0, 9954),
        b"\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00junk",
    );
    assert_eq!(s.load().facts().messages.all::<Query>().len(), 1);
}

#[test]
fn multicast_questions_have_rows_of_their_own() {
    let mut s = Synth::default();
    let mut m = vec![0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0];
    m.extend(b"\x04_ipp\x04_tcp\x05local\x00\x00\x0c\x80\x01");
    m.extend(b"\x02me\x05local\x00\x00\xff\x00\x01");
    s.udp(([10, 0, 0, 9], 5353), ([224, 0, 0, 251], 5353), &m);
    let d = s.load();
    let asked = d.facts().messages.all::<Asked>();
    let told: Vec<_> = asked
        .iter()
        .map(|a| (&*a.query, &*a.qtype_name, a.unicast))
        .collect();
    assert_eq!(
        told,
        [("_ipp._tcp.local", "PTR", true), ("me.local", "ANY", false)]
    );
    assert!(d.facts().messages.all::<Announced>().is_empty());
    assert!(d.facts().messages.all::<Query>().is_empty());
}

#[test]
fn multicast_announcements_name_addresses() {
    let mut s = Synth::default();
    let mut m = reply(0, "printer.local");
    m[6..8].copy_from_slice(&[0, 2]);
    s.udp(([10, 0, 0, 9], 5353), ([224, 0, 0, 251], 5353), &m);
    let d = s.load();
    let [a] = d
        .facts()
        .messages
        .all::<Announced>()
        .iter()
        .collect::<Vec<_>>()[..]
    else {
        panic!()
    };
    assert_eq!(
        (&*a.name, a.address.to_string().as_str()),
        ("cdn.printer.local", "203.0.113.9")
    );
    assert!(d.facts().messages.all::<Query>().is_empty());
    let t = s.trees(d.facts());
    assert_eq!(t[0].values("dns.qry.qu").collect::<Vec<_>>(), ["0"]);
}

proptest! {
    #[test]
    fn mutated_messages_never_panic(at in 0usize..64, to in any::<u8>(), cut in 0usize..80, junk in proptest::collection::vec(any::<u8>(), 0..60)) {
        let mut m = reply(7, "a.example");
        if let Some(b) = m.get_mut(at) { *b = to; }
        m.truncate(cut);
        m.extend(junk);
        let mut s = Synth::default();
        s.udp(SERVER, CLIENT, &m);
        s.udp((SERVER.0, 5353), CLIENT, &m);
        let d = s.load();
        s.trees(d.facts());
        prop_assert!(rows(d.facts()).len() <= 1);
    }
}

/// A response of one record of this type over UDP, and the values of a field in it.
fn said(kind: u16, data: &[u8], fields: &[&str]) -> Vec<Vec<String>> {
    let mut m = vec![0, 9, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0, 1, b'a', 0];
    m.extend(kind.to_be_bytes());
    m.extend([0, 1, 0, 0, 0, 9]);
    m.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
    m.extend_from_slice(data);
    let whole = m.len();
    let mut out = vec![];
    for n in [whole].into_iter().chain(12..whole) {
        let mut s = crate::synth::Synth::default();
        s.udp(([10, 0, 0, 1], 53), ([10, 0, 0, 2], 4000), &m[..n]);
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        if n == whole {
            let values = |f: &&str| trees[0].values(f).map(str::to_owned).collect();
            out = fields.iter().map(values).collect();
        }
    }
    out
}

#[test]
fn what_names_say_of_keys_and_certificates() {
    let key = [1, 1, 3, 8, 1, 2, 3];
    let flags = [
        "dns.dnskey.flags.zone_key",
        "dns.dnskey.flags.secure_entry_point",
        "dns.dnskey.key_id",
    ];
    // 0x0101 + 0x0308 + 0x0102 + 0x0300.
    assert_eq!(said(48, &key, &flags), [["1"], ["1"], ["2059"]]);
    let hash = [
        "dns.nsec3.flags.opt_out",
        "dns.nsec3.hash_value",
        "dns.resp.type",
    ];
    assert_eq!(
        said(50, b"\x01\x01\x00\x0a\x00\x06foobar\x00\x01\x40", &hash),
        [vec!["1"], vec!["cpnmuoj1e8"], vec!["50", "1"]]
    );
    let tlsa = [
        "dns.tlsa.certificate_usage",
        "dns.tlsa.certificate_association_data",
    ];
    assert_eq!(said(52, &[3, 1, 1, 0xab], &tlsa), [["3"], ["ab"]]);
    let caa = [
        "dns.caa.issue",
        "dns.caa.tag",
        "dns.caa.flags.issuer_critical",
    ];
    assert_eq!(
        said(257, b"\x80\x05issueca.x", &caa),
        [["ca.x"], ["issue"], ["1"]]
    );
    let svcb = [
        "dns.svcb.svcparam.mandatory.key",
        "dns.svcb.svcparam.echconfig",
    ];
    assert_eq!(
        said(65, b"\0\x01\0\0\0\0\x04\0\x01\0\x04\0\x05\0\x01e", &svcb),
        [vec!["1", "4"], vec!["65"]]
    );
}

#[test]
fn options_of_edns_are_told() {
    let options =
        b"\0\x0f\0\x05\0\x07why\0\x05\0\x02\x08\x0d\0\x0c\0\x01\0\0\x0b\0\x02\0\x64\0\x0b\0\0";
    let fields = [
        "dns.opt.ext_error.info_code",
        "dns.opt.ext_error.extra_text",
        "dns.opt.dau",
        "dns.opt.padding",
        "dns.opt.edns_tcp_keepalive.timeout",
    ];
    assert_eq!(
        said(41, options, &fields),
        [
            vec!["7"],
            vec!["why"],
            vec!["8", "13"],
            vec!["00"],
            vec!["100"]
        ]
    );
}
