//! Unit tests of QUIC: connections built and sealed in code, cut and bent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::keys::tests::seal;
use super::keys::{Keys, suite};
use super::*;
use crate::TreeSink;
use crate::facts::Message;
use crate::protocols::tls::Handshake;
use crate::synth::{End, Synth};
use proptest::prelude::*;

pub(super) const CLIENT: End = ([10, 0, 0, 1], 50_000);
pub(super) const SERVER: End = ([10, 0, 0, 2], 4433);
pub(super) const FIRST: &[u8] = b"\x11\x22\x33\x44\x55\x66\x77\x88";
const V2: u32 = 0x6b33_43cf;

fn number(n: usize) -> [u8; 2] {
    (0x4000 | u16::try_from(n).unwrap()).to_be_bytes()
}

fn sized(body: &[u8]) -> Vec<u8> {
    let mut out = u16::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    out.extend_from_slice(body);
    out
}

fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &sized(data)].concat()
}

fn hello(kind: u8, ciphers: &[u8], extensions: &[u8]) -> Vec<u8> {
    let mut b = vec![3, 3];
    b.extend_from_slice(&[kind; 32]);
    b.push(0);
    b.extend_from_slice(ciphers);
    b.extend(sized(extensions));
    let len = u32::try_from(b.len()).unwrap().to_be_bytes();
    [&[kind, len[1], len[2], len[3]], &b[..]].concat()
}

fn client_hello() -> Vec<u8> {
    let name = [&[0, 0, 14][..], b"www.example.io"].concat();
    let extensions = [
        extension(0, &sized(&name)),
        extension(13, &sized(&[4, 3])),
        extension(16, &sized(b"\x02h3")),
        extension(43, &[2, 3, 4]),
        // max_idle_timeout 30,000; initial_source_connection_id.
        extension(57, b"\x01\x04\x80\x00\x75\x30\x0f\x02cc"),
    ]
    .concat();
    hello(1, &[0, 2, 0x13, 1, 1, 0], &extensions)
}

fn server_hello() -> Vec<u8> {
    hello(2, &[0x13, 1, 0], &extension(43, &[3, 4]))
}

fn crypto(offset: usize, bytes: &[u8]) -> Vec<u8> {
    [&[6][..], &number(offset), &number(bytes.len()), bytes].concat()
}

/// A long header up to its length, which says that `rest` bytes follow.
pub(super) fn long(version: u32, kind: u8, dcid: &[u8], scid: &[u8], rest: usize) -> Vec<u8> {
    let kind = if version == V2 { (kind + 1) % 4 } else { kind };
    let mut out = vec![0xc1 | kind << 4];
    out.extend_from_slice(&version.to_be_bytes());
    for id in [dcid, scid] {
        out.push(u8::try_from(id.len()).unwrap());
        out.extend_from_slice(id);
    }
    if kind == u8::from(version == V2) {
        out.push(0);
    }
    out.extend_from_slice(&number(rest));
    out
}

/// One side's packets of a connection.
#[derive(Clone)]
pub(super) struct Side {
    version: u32,
    keys: Keys,
    dcid: Vec<u8>,
    scid: Vec<u8>,
    next: u16,
}

impl Side {
    fn initial(&mut self, frames: &[u8]) -> Vec<u8> {
        // Room for the sample.
        let mut plain = frames.to_vec();
        plain.resize(frames.len().max(20), 0);
        let mut head = long(
            self.version,
            0,
            &self.dcid,
            &self.scid,
            plain.len() + 2 + 16,
        );
        head.extend_from_slice(&self.next.to_be_bytes());
        self.next += 1;
        seal(&self.keys, &head, 2, &plain)
    }

    fn other(&self, kind: u8) -> Vec<u8> {
        let mut out = long(self.version, kind, &self.dcid, &self.scid, 40);
        out.extend_from_slice(&[0xa5; 40]);
        out
    }

    fn short(&self) -> Vec<u8> {
        [&[0x40][..], &self.dcid, &[0x5a; 30]].concat()
    }
}

fn sides(version: u32, to: &[u8]) -> [Side; 2] {
    let [client, server] = Keys::of(suite(version).unwrap(), to);
    let side = |keys, dcid: &[u8], scid: &[u8]| Side {
        version,
        keys,
        dcid: dcid.to_vec(),
        scid: scid.to_vec(),
        next: 0,
    };
    [side(client, to, b"cc"), side(server, b"cc", b"srv")]
}

/// A connection with its handshake; the client's hello in these pieces, packets in brackets.
pub(super) fn connection(version: u32, packets: &[&[(usize, usize)]]) -> Synth {
    let mut s = Synth::default();
    let [mut client, mut server] = sides(version, FIRST);
    let hello = client_hello();
    for pieces in packets {
        let frames: Vec<u8> = pieces
            .iter()
            .flat_map(|(a, b)| crypto(*a, &hello[*a..(*b).min(hello.len())]))
            .collect();
        s.udp(CLIENT, SERVER, &client.initial(&frames));
    }
    let answer = [&[2, 0, 0, 0, 0][..], &crypto(0, &server_hello())].concat();
    let joined = [server.initial(&answer), server.other(2), server.short()].concat();
    s.udp(SERVER, CLIENT, &joined);
    client.dcid = b"srv".to_vec();
    let joined = [client.other(2), client.short()].concat();
    s.udp(CLIENT, SERVER, &joined);
    s.udp(SERVER, CLIENT, &server.short());
    s
}

fn one(tree: &TreeSink, field: &str) -> String {
    tree.values(field).collect::<Vec<_>>().join("|")
}

const WHOLE: &[&[(usize, usize)]] = &[&[(0, 999)]];

#[test]
fn a_connection_is_read_with_its_handshake() {
    for version in [1, V2, 0xff00_001d] {
        let s = connection(version, WHOLE);
        let d = s.load();
        let trees = s.trees(d.facts());
        let stack = |n: usize| one(&trees[n], "frame.protocols");
        assert_eq!(stack(0), "eth:ethertype:ip:udp:quic:tls");
        assert_eq!(stack(1), "eth:ethertype:ip:udp:quic:tls");
        assert_eq!(stack(2), "eth:ethertype:ip:udp:quic");
        let first = &trees[0];
        assert_eq!(one(first, "quic.version"), format!("0x{version:08x}"));
        assert_eq!(one(first, "quic.dcid"), "1122334455667788");
        assert_eq!(one(first, "quic.packet_number"), "0");
        assert_eq!(one(first, "quic.crypto.offset"), "0");
        assert_eq!(
            one(first, "tls.handshake.extensions_server_name"),
            "www.example.io"
        );
        assert_eq!(one(first, "tls.handshake.extensions_alpn_str"), "h3");
        assert!(one(first, "tls.handshake.ja4").starts_with("q13d0105h3_"));
        assert_eq!(one(first, "tls.quic.parameter.max_idle_timeout"), "30000");
        // Handshake messages come without records.
        assert_eq!(first.values("tls.record.version").count(), 0);
        assert_eq!(
            one(&trees[1], "quic.frame_type"),
            "0x0000000000000002|0x0000000000000006"
        );
        assert_eq!(one(&trees[1], "tls.handshake.type"), "2");
        assert_eq!(one(&trees[1], "quic.header_form"), "1|1|0");
        assert_eq!(one(&trees[2], "quic.dcid"), "737276|737276");
        let rows: Vec<&Connection> = d.facts().messages.all::<Connection>().iter().collect();
        assert_eq!(rows.len(), 1);
        let row = rows[0];
        assert_eq!(row.server_name.as_deref(), Some("www.example.io"));
        assert_eq!(row.client_protocol.as_deref(), Some("h3"));
        assert_eq!(row.cell(1).show(), "1122334455667788");
        assert_eq!(
            (row.cell(2).show(), row.cell(3).show()),
            ("6363".into(), "737276".into())
        );
        assert_eq!(row.history, "ISishoHO");
        let tls: Vec<&Handshake> = d.facts().messages.all::<Handshake>().iter().collect();
        assert_eq!(tls.len(), 1);
        assert_eq!(tls[0].server_name.as_deref(), Some("www.example.io"));
        assert_eq!(
            (tls[0].version, tls[0].cipher),
            (Some(0x0304), Some(0x1301))
        );
        assert!(tls[0].established);
        assert!(d.facts().limits.all().is_empty());
        assert!(d.facts().anomalies.counts().is_empty());
    }
}

#[test]
fn a_hello_in_pieces_is_put_together() {
    let len = client_hello().len();
    let cases: [&[&[(usize, usize)]]; 4] = [
        &[&[(50, 90), (0, 50)], &[(90, 999)]],
        &[&[(90, 999)], &[(20, 90), (0, 30)]],
        &[&[(0, 10)], &[(30, 999)], &[(10, 30)]],
        &[&[(1, 2), (3, 4), (5, 6), (6, 999), (4, 5), (2, 3), (0, 1)]],
    ];
    for packets in cases {
        let s = connection(1, packets);
        let d = s.load();
        let trees = s.trees(d.facts());
        let n = packets.len() - 1;
        let name = "tls.handshake.extensions_server_name";
        assert_eq!(one(&trees[n], name), "www.example.io");
        assert!((0..n).all(|n| trees[n].values(name).count() == 0));
        let row = d.facts().messages.all::<Handshake>().iter().next().unwrap();
        assert_eq!(row.client_hello.unwrap().number as usize, n + 1);
    }
    // A piece in its turn shows TLS before the rest is there; one that waits does not.
    let s = connection(1, &[&[(0, 10)], &[(30, 999)], &[(10, 30)]]);
    let trees = s.trees(s.load().facts());
    let layers: Vec<String> = trees.iter().map(|t| one(t, "frame.protocols")).collect();
    assert!(layers[0].ends_with("quic:tls") && layers[2].ends_with("quic:tls"));
    assert!(layers[1].ends_with("udp:quic"));
    assert!(len < 999);
}

fn retry(of: &[u8], to: &[u8]) -> Vec<u8> {
    use aes_gcm::aead::AeadInOut;
    use aes_gcm::{Aes128Gcm, KeyInit};
    let mut out = long(1, 3, b"cc", to, 0);
    out.truncate(out.len() - 2);
    out.extend_from_slice(b"token");
    let sealed = [&[of.len() as u8], of, &out].concat();
    let key = *b"\xbe\x0c\x69\x0b\x9f\x66\x57\x5a\x1d\x76\x6b\x54\xe3\x68\xc8\x4e";
    let nonce = *b"\x46\x15\x99\xd3\x5d\x63\x2b\xf2\x23\x98\x25\xbb";
    let tag = Aes128Gcm::new(&key.into())
        .encrypt_inout_detached(&nonce.into(), &sealed, (&mut [][..]).into())
        .unwrap();
    out.extend_from_slice(&tag);
    out
}

#[test]
fn after_a_retry_the_keys_are_those_of_the_new_id() {
    let mut s = Synth::default();
    let [mut client, _] = sides(1, FIRST);
    let hello = crypto(0, &client_hello());
    s.udp(CLIENT, SERVER, &client.initial(&hello));
    s.udp(SERVER, CLIENT, &retry(b"another", b"elsewhere"));
    s.udp(SERVER, CLIENT, &retry(FIRST, b"there"));
    let [mut again, mut server] = sides(1, b"there");
    again.next = 1;
    s.udp(CLIENT, SERVER, &again.initial(&hello));
    s.udp(SERVER, CLIENT, &server.initial(&crypto(0, &server_hello())));
    let d = s.load();
    let trees = s.trees(d.facts());
    assert_eq!(one(&trees[1], "_ws.expert.message"), BAD_RETRY.says);
    assert_eq!(one(&trees[2], "_ws.expert.message"), "");
    assert_eq!(one(&trees[2], "quic.retry_token"), "746f6b656e");
    assert_eq!(one(&trees[3], "quic.packet_number"), "1");
    // The same hello again is not read again.
    assert!(one(&trees[3], "frame.protocols").ends_with("udp:quic"));
    assert_eq!(one(&trees[4], "tls.handshake.type"), "2");
    let rows: Vec<&Connection> = d.facts().messages.all::<Connection>().iter().collect();
    let ids: Vec<&[u8]> = rows.iter().map(|r| &*r.initial_dcid).collect();
    assert_eq!(ids, [FIRST, b"there"]);
    assert!(
        rows.iter()
            .all(|r| r.server_name.as_deref() == Some("www.example.io"))
    );
    assert_eq!(rows[1].history, "Iis");
    assert_eq!(d.facts().messages.all::<Handshake>().iter().count(), 1);
}

#[test]
fn negotiation_and_versions_nobody_knows_are_shown() {
    let mut s = Synth::default();
    let [mut client, _] = sides(1, FIRST);
    let mut strange = client.initial(&crypto(0, b"xx"));
    strange[1..5].copy_from_slice(&0x1a2a_3a4a_u32.to_be_bytes());
    s.udp(CLIENT, SERVER, &strange);
    let mut negotiation = vec![0x80 | 0x45];
    negotiation.extend_from_slice(&[0, 0, 0, 0, 2, b'c', b'c', 1, 9]);
    negotiation.extend_from_slice(&[0, 0, 0, 1, 0xff, 0, 0, 0x1d]);
    s.udp(SERVER, CLIENT, &negotiation);
    let trees = s.trees(s.load().facts());
    assert_eq!(one(&trees[0], "quic.version"), "0x1a2a3a4a");
    assert_eq!(trees[0].values("quic.packet_number").count(), 0);
    assert_eq!(
        one(&trees[1], "quic.supported_version"),
        "0x00000001|0xff00001d"
    );
}

#[test]
fn what_does_not_open_says_so() {
    let s = connection(1, WHOLE);
    let mut bent = s.clone();
    let [mut client, _] = sides(1, FIRST);
    let mut packet = client.initial(&crypto(0, &client_hello()));
    // The server's id is known by now; a client's packet with another seal follows.
    let last = packet.len() - 1;
    packet[last] ^= 1;
    bent.udp(CLIENT, SERVER, &packet);
    let d = bent.load();
    let trees = bent.trees(d.facts());
    assert_eq!(
        one(trees.last().unwrap(), "_ws.expert.message"),
        DECRYPTION_FAILED.says
    );
    // A server's packet whose client was not seen: nobody knows the keys.
    let mut s = Synth::default();
    let [_, mut server] = sides(1, FIRST);
    s.udp(SERVER, CLIENT, &server.initial(&crypto(0, &server_hello())));
    let d = s.load();
    let tree = &s.trees(d.facts())[0];
    assert!(tree.values("quic.remaining_payload").count() == 1);
    assert!(d.facts().anomalies.counts().is_empty());
}

#[test]
fn bounds_are_said() {
    let mut s = Synth::default();
    let [mut client, _] = sides(1, FIRST);
    s.udp(
        CLIENT,
        SERVER,
        &client.initial(&[&[6][..], &[0x80, 1, 0, 0], &[1, b'x']].concat()),
    );
    let d = s.load();
    let hit: Vec<&str> = d.facts().limits.all().iter().map(|l| l.kind.id).collect();
    assert_eq!(hit, [FAR.id]);
    let mut s = Synth::default();
    for n in 0..=connection::INITIALS {
        let [mut client, _] = sides(1, &[&n.to_be_bytes()[..], FIRST].concat());
        client.scid = n.to_be_bytes().to_vec();
        s.udp(CLIENT, SERVER, &client.initial(&[1]));
    }
    let d = s.load();
    let hit: Vec<_> = d
        .facts()
        .limits
        .all()
        .iter()
        .map(|l| (l.kind.id, l.first))
        .collect();
    let packet = |n: usize| Some(s.meta(n).packet);
    assert_eq!(
        hit,
        [
            ("quic.connections", packet(8)),
            ("quic.initials", packet(256))
        ]
    );
}

#[test]
fn padding_behind_the_last_packet_is_no_packet() {
    let mut s = Synth::default();
    let [mut client, _] = sides(1, FIRST);
    let mut packet = client.initial(&crypto(0, &client_hello()));
    packet.extend_from_slice(&[0; 200]);
    s.udp(CLIENT, SERVER, &packet);
    let d = s.load();
    let tree = &s.trees(d.facts())[0];
    assert_eq!(one(tree, "quic.header_form"), "1");
    assert_eq!(tree.values("quic.coalesced_padding_data").count(), 1);
    let row = d
        .facts()
        .messages
        .all::<Connection>()
        .iter()
        .next()
        .unwrap();
    assert_eq!(row.history, "ISX");
}

#[test]
fn other_datagrams_are_not_taken() {
    let no = |bytes: &[u8], port: u16| {
        probe(&Probe {
            bytes,
            direction: Direction::Forward,
            ports: (port, 50_000),
            transport: Transport::Udp,
            from_start: true,
        })
    };
    let [mut client, _] = sides(1, FIRST);
    let packet = client.initial(&[0; 1200]);
    assert_eq!(no(&packet, 9), Certainty::Certain);
    let mut rtp = packet.clone();
    rtp[0] &= 0xbf;
    assert_eq!(no(&rtp, 443), Certainty::No);
    let mut strange = packet.clone();
    strange[1..5].copy_from_slice(&0xabcd_0001_u32.to_be_bytes());
    assert_eq!(no(&strange, 9), Certainty::No);
    assert_eq!(no(&strange, 443), Certainty::Unsure);
    strange[1..5].copy_from_slice(b"Q046");
    assert_eq!(no(&strange, 443), Certainty::No);
    for cut in 0..20 {
        assert_eq!(no(&packet[..cut], 443), Certainty::No);
    }
}

#[test]
fn every_cut_is_read_to_its_end() {
    let whole = connection(1, &[&[(50, 90), (0, 50)], &[(90, 999)]]);
    for n in 0..whole.packets.len() {
        for cut in 42..whole.packets[n].len() {
            let mut s = whole.clone();
            s.packets[n].truncate(cut);
            let d = s.load();
            s.trees(d.facts());
        }
    }
}

proptest! {
    #[test]
    fn any_frames_are_read(frames in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut s = Synth::default();
        let [mut client, _] = sides(1, FIRST);
        s.udp(CLIENT, SERVER, &client.initial(&frames));
        s.trees(s.load().facts());
    }

    #[test]
    fn any_datagram_is_read(tail in proptest::collection::vec(any::<u8>(), 0..80), first in 0x80u8..) {
        let mut s = connection(1, WHOLE);
        s.udp(CLIENT, SERVER, &[&[first, 0, 0, 0, 1][..], &tail].concat());
        s.udp(SERVER, CLIENT, &tail);
        s.trees(s.load().facts());
    }
}
