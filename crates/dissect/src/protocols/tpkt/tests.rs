//! Packets in pieces, the cookie of RDP, what is no packet.

use super::{ServerCertificate, Session, fast_path, packet};
use crate::facts::Message;
use crate::synth::Synth;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 3389);

pub(super) fn wrap(kind: u8, variable: &[u8]) -> Vec<u8> {
    let li = u8::try_from(6 + variable.len()).unwrap();
    let mut m = vec![3, 0, 0, li + 5, li, kind, 0, 0, 0, 0, 0];
    m.extend_from_slice(variable);
    m
}

pub(super) fn request() -> Vec<u8> {
    wrap(
        0xe0,
        b"Cookie: mstshash=eltons\r\n\x01\x00\x08\x00\x00\x00\x00\x00",
    )
}

#[test]
fn a_desktop_is_asked_for_and_its_packets_are_put_together() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, request());
    c.server(&mut s, wrap(0xd0, b"\x02\x00\x08\x00\x00\x00\x00\x00"));
    let mut data = vec![3, 0, 0x0b, 0xb8, 2, 0xf0, 0x80];
    data.resize(3000, 0);
    c.client(&mut s, data);
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Session>();
    let told: Vec<String> = rows.iter().map(Message::summary).collect();
    assert_eq!(told, ["eltons (Standard RDP Security)"]);
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(
        of(4, "rdp.rt_cookie").as_deref(),
        Some("Cookie: mstshash=eltons")
    );
    assert_eq!(of(6, "tcp.reassembled_in").as_deref(), Some("8"));
    assert_eq!(of(8, "cotp.type").as_deref(), Some("0x0f"));
}

/// T.125 in a packet of data.
pub(super) fn data(body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(7 + body.len()).unwrap().to_be_bytes();
    [&[3, 0, len[0], len[1], 2, 0xf0, 0x80], body].concat()
}

/// The client's message that opens a conference, or the server's answer; `key` and the settings behind it.
pub(super) fn connect(tag: u8, key: &[u8], settings: &[u8]) -> Vec<u8> {
    let small = |n: usize| u8::try_from(n).unwrap();
    let pdu: &[u8] = if tag == 0x65 {
        &[0, 8, 0, 0x10, 0, 1, 0xc0, 0]
    } else {
        &[0x14, 0x76, 0x0a, 1, 1, 0, 1, 0xc0, 0]
    };
    let pdu = [pdu, key, &[small(settings.len())], settings].concat();
    let user = [&[0, 5, 0, 0x14, 0x7c, 0, 1, small(pdu.len())], &pdu[..]].concat();
    let mut parameters = vec![0x30, 24];
    for n in [34, 3, 0, 1, 0, 1, 127, 2] {
        parameters.extend([2, 1, n]);
    }
    let mut inner = if tag == 0x65 {
        let before = [4, 1, 1, 4, 1, 1, 1, 1, 0xff];
        [&before[..], &parameters, &parameters, &parameters].concat()
    } else {
        [&[0x0a, 1, 0, 2, 1, 0][..], &parameters].concat()
    };
    inner.extend([4, 0x81, small(user.len())]);
    inner.extend(user);
    let mut body = vec![0x7f, tag, 0x82];
    body.extend(u16::try_from(inner.len()).unwrap().to_be_bytes());
    body.extend(inner);
    data(&body)
}

#[test]
fn data_on_the_channels_that_were_given_out_are_rdp() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, request());
    c.server(&mut s, wrap(0xd0, b"\x02\x00\x08\x00\x00\x00\x00\x00"));
    let mut core = vec![
        0x01, 0xc0, 60, 0, 4, 0, 8, 0, 0x80, 7, 0x38, 4, 1, 0xca, 3, 0xaa,
    ];
    core.extend_from_slice(&[9, 4, 0, 0, 0x80, 0x25, 0, 0, b'P', 0, b'C', 0]);
    core.resize(60, 0);
    c.client(&mut s, connect(101, b"Duca", &core));
    // Encrypted, channels 1003 and 1004.
    let server = [
        0x02, 0x0c, 12, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0x03, 0x0c, 10, 0, 0xeb, 3, 1, 0, 0xec, 3,
    ];
    c.server(&mut s, connect(102, b"McDn", &server));
    let first = s.packets.len();
    c.client(&mut s, data(&[0x38, 0, 6, 3, 0xeb]));
    c.client(&mut s, data(&[0x64, 0, 6, 3, 0xeb, 0x70, 4, 8, 0, 0, 0]));
    c.server(
        &mut s,
        data(&[0x68, 0, 1, 3, 0xec, 0x70, 0x80, 4, 8, 0, 0, 0]),
    );
    c.server(&mut s, data(&[0x68, 0, 1, 3, 0xed, 0x70, 4, 8, 0, 0, 0]));
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n].values(field).next().map(str::to_owned);
    let told = |field: &str| {
        let all = trees.iter().flat_map(|t| t.values(field));
        all.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(told("rdp.client.name"), ["PC"]);
    assert_eq!(told("rdp.version.major"), ["4"]);
    assert_eq!(told("rdp.MCSChannelId"), ["1003", "1004"]);
    let flagged: Vec<bool> = (first..trees.len())
        .map(|n| of(n, "rdp.flags").is_some())
        .collect();
    let data: Vec<bool> = (first..trees.len())
        .filter(|n| of(*n, "tpkt.length").is_some())
        .map(|n| of(n, "rdp.flags").is_some())
        .collect();
    assert_eq!(data, [false, true, true, false], "{flagged:?}");
}

#[test]
fn a_segment_is_a_message_of_the_fast_path_only_as_a_whole() {
    for (segment, fast) in [
        (vec![0x10, 4, 1, 2], true),
        (vec![0x10, 0x80, 5, 1, 2], true),
        (vec![0x10, 5, 1, 2], false),
        (vec![0x11, 4, 1, 2], false),
        (vec![0x10, 0, 1], false),
    ] {
        assert_eq!(fast_path(&segment), fast, "{segment:?}");
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.client(&mut s, request());
        c.server(&mut s, wrap(0xd0, b"\x02\x00\x08\x00\x00\x00\x00\x00"));
        let n = s.packets.len();
        c.client(&mut s, segment.clone());
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let has = |field: &str| trees[n..].iter().any(|t| t.values(field).next().is_some());
        assert_eq!(has("rdp.fastpathPDULength"), fast);
        assert_eq!(has("tpkt.continuation_data"), !fast);
    }
}

#[test]
fn a_parameter_that_reaches_past_the_header_is_malformed() {
    for (variable, malformed) in [
        (&[0xc0, 1, 0x0a][..], false),
        (&[0x0d, 0x0a], true),
        (&[0xc0], true),
        (&[], false),
    ] {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.client(&mut s, wrap(0xe0, variable));
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let told = trees
            .iter()
            .any(|t| t.values("_ws.malformed").next().is_some());
        assert_eq!(told, malformed, "{variable:?}");
    }
}

#[test]
fn heads_at_their_bounds_and_cut() {
    let whole = request();
    assert_eq!(packet(&whole), Some(44));
    assert_eq!(packet(&[3, 0, 0, 7, 2, 0xf0, 0x80]), Some(7));
    assert_eq!(packet(&[3, 0, 0, 6, 2, 0xf0, 0x80]), None);
    assert_eq!(packet(&[3, 1, 0, 7, 2, 0xf0, 0x80]), None);
    assert_eq!(packet(&[3, 0, 0, 7, 3, 0xf0, 0x80]), None);
    for n in 0..whole.len() {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.client(&mut s, &whole[..n]);
        c.finish(&mut s, 0);
        let loaded = s.load();
        let _ = s.trees(loaded.facts());
        assert!(loaded.facts().messages.all::<Session>().is_empty());
    }
}

fn block(kind: u16, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(body.len() + 4).unwrap();
    [&kind.to_le_bytes()[..], &len.to_le_bytes(), body].concat()
}

/// Settings of encryption, with a certificate of a version behind a random of four bytes.
fn security(version: u32, certificate: &[u8]) -> Vec<u8> {
    let mut m = Vec::new();
    for n in [2, 3, 4, 0, 0xdead_beef, version] {
        m.extend(u32::to_le_bytes(n));
    }
    m.extend_from_slice(certificate);
    block(0x0c02, &m)
}

fn told(
    client: &[u8],
    server: &[u8],
) -> (
    String,
    Option<u16>,
    &'static str,
    Option<u32>,
    &'static str,
    usize,
) {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, request());
    c.server(&mut s, wrap(0xd0, b"\x02\x00\x08\x00\x00\x00\x00\x00"));
    c.client(&mut s, client);
    c.server(&mut s, server);
    let loaded = s.load();
    let _ = s.trees(loaded.facts());
    let rows = loaded.facts().messages.all::<Session>();
    let r = rows.iter().next().unwrap();
    let shown = loaded.facts().messages.all::<ServerCertificate>().len();
    (
        r.client_name.to_string(),
        r.desktop_width,
        r.cert_type,
        r.cert_count,
        r.encryption_level,
        shown,
    )
}

#[test]
fn the_settings_of_both_sides_are_told() {
    let mut core = vec![4, 0, 8, 0, 0x80, 7, 0x38, 4];
    core.resize(20, 0);
    for unit in "PC-1".encode_utf16() {
        core.extend(unit.to_le_bytes());
    }
    core.resize(60, 0);
    let client = connect(0x65, b"Duca", &block(0xc001, &core));
    let own = connect(
        0x66,
        b"McDn",
        &[block(0x0c01, &[0; 4]), security(1, &[0; 60])].concat(),
    );
    assert_eq!(
        told(&client, &own),
        ("PC-1".to_owned(), Some(1920), "RSA", Some(1), "High", 0)
    );
    // A chain that says it is longer than it is, of what is no certificate.
    let chain = [
        &9u32.to_le_bytes()[..],
        &2u32.to_le_bytes(),
        b"no",
        &99u32.to_le_bytes(),
    ]
    .concat();
    let x509 = connect(0x66, b"McDn", &security(0x8000_0002, &chain));
    let (.., kind, count, level, shown) = told(&client, &x509);
    assert_eq!((kind, count, level, shown), ("X.509", Some(9), "High", 0));
    for n in 7..x509.len() {
        let mut cut = x509[..n].to_vec();
        let len = u16::try_from(n).unwrap().to_be_bytes();
        cut[2..4].copy_from_slice(&len);
        assert_eq!(told(&client, &cut).5, 0);
    }
    let zero = connect(0x66, b"McDn", &[2, 0x0c, 3, 0]);
    assert_eq!(told(&client[..client.len() - 58], &zero).2, "");
}
