//! Requests and answers over both transports, cut at every length.

use super::Ticket;
use crate::facts::Message;
use crate::synth::Synth;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 88);

pub(super) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut out = vec![tag, 0x82];
    out.extend_from_slice(&u16::try_from(body.len()).unwrap().to_be_bytes());
    out.extend_from_slice(&body);
    out
}

pub(super) fn int(n: u8) -> Vec<u8> {
    vec![2, 1, n]
}

pub(super) fn name(parts: &[&str]) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = parts.iter().map(|p| tlv(0x1b, &[p.as_bytes()])).collect();
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    tlv(
        0x30,
        &[&tlv(0xa0, &[&int(1)]), &tlv(0xa1, &[&tlv(0x30, &parts)])],
    )
}

fn request(pad: usize) -> Vec<u8> {
    let body = tlv(
        0x30,
        &[
            &tlv(0xa1, &[&name(&["alice"])]),
            &tlv(0xa2, &[&tlv(0x1b, &[b"EXAMPLE"])]),
            &tlv(0xa3, &[&name(&["krbtgt", "EXAMPLE"])]),
            &tlv(0xa8, &[&tlv(0x30, &[&int(18), &int(23)])]),
            &tlv(0xab, &[&vec![0; pad]]),
        ],
    );
    tlv(
        0x6a,
        &[&tlv(
            0x30,
            &[
                &tlv(0xa1, &[&int(5)]),
                &tlv(0xa2, &[&int(10)]),
                &tlv(0xa4, &[&body]),
            ],
        )],
    )
}

fn refusal() -> Vec<u8> {
    tlv(
        0x7e,
        &[&tlv(
            0x30,
            &[
                &tlv(0xa0, &[&int(5)]),
                &tlv(0xa1, &[&int(30)]),
                &tlv(0xa6, &[&int(25)]),
            ],
        )],
    )
}

pub(super) fn framed(m: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(m.len()).unwrap().to_be_bytes().to_vec();
    out.extend_from_slice(m);
    out
}

#[test]
fn a_request_and_its_refusal_over_udp_and_tcp() {
    let mut s = Synth::default();
    s.udp(CLIENT, SERVER, &request(0));
    s.udp(SERVER, CLIENT, &refusal());
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, framed(&request(3000)));
    c.server(&mut s, framed(&refusal()));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Ticket>();
    let told: Vec<String> = rows.iter().map(Message::summary).collect();
    let line = "AS alice/EXAMPLE for krbtgt/EXAMPLE: KDC_ERR_PREAUTH_REQUIRED";
    assert_eq!(told, [line, line]);
    assert_eq!(
        &*rows.iter().next().unwrap().ciphers,
        "aes256-cts-hmac-sha1-96,rc4-hmac"
    );
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(1, "kerberos.CNameString").as_deref(), Some("alice"));
    assert_eq!(of(2, "kerberos.error_code").as_deref(), Some("25"));
    assert_eq!(of(6, "tcp.reassembled_in").as_deref(), Some("8"));
    assert_eq!(of(8, "kerberos.msg_type").as_deref(), Some("10"));
}

#[test]
fn cut_at_every_length_nothing_is_invented() {
    let whole = request(0);
    for n in 0..whole.len() {
        let mut s = Synth::default();
        s.udp(CLIENT, SERVER, &whole[..n]);
        let loaded = s.load();
        let _ = s.trees(loaded.facts());
        assert!(loaded.facts().messages.all::<Ticket>().is_empty());
    }
}

#[test]
fn a_field_that_a_message_does_not_have_is_told() {
    let more = |fields: &[&[u8]]| {
        let head = [tlv(0xa0, &[&int(5)]), tlv(0xa1, &[&int(15)])].concat();
        let body = [&[head.as_slice()], fields].concat();
        let mut s = Synth::default();
        s.udp(CLIENT, SERVER, &tlv(0x6f, &[&tlv(0x30, &body)]));
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        trees[0].values("_ws.malformed").count()
    };
    let sealed = tlv(0xa2, &[&tlv(0x30, &[&tlv(0xa0, &[&int(18)])])]);
    assert_eq!(more(&[&sealed]), 0);
    assert_eq!(more(&[&sealed, &tlv(0xa3, &[&int(1)])]), 1);
}
