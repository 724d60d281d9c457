//! Requests for Kerberos tickets, by who made them. Judges nothing.

use super::finding::Finding;
use super::gather::{Groups, Row, begin, facts, named};
use super::{Detection, Ground, Key};
use crate::answers::shown;
use std::collections::BTreeSet;
use std::net::IpAddr;
use weir_dissect::protocols::kerberos::Ticket;
use weir_model::{PacketRef, Timestamp};

/// The old cipher, whose key is the password's plain hash and quick to guess.
pub(super) const OLD: &str = "rc4-hmac";

/// A request and who made it.
pub(super) struct Asked<'a> {
    pub(super) chain: usize,
    pub(super) client: IpAddr,
    pub(super) server: (IpAddr, u16),
    pub(super) ticket: &'a Ticket,
}

impl Asked<'_> {
    /// Request and answer.
    pub(super) fn packets(&self) -> [(PacketRef, Timestamp); 2] {
        let m = &self.ticket.meta;
        [(m.first, m.time), (m.last, m.end)]
    }
}

pub(super) fn asked<'a>(ground: &'a Ground<'_>, at: Row) -> Option<Asked<'a>> {
    let facts = facts(ground, at.0)?;
    let ticket = facts.messages.all::<Ticket>().get(at.1)?;
    let flow = facts.flow(ticket.meta.flow?)?;
    let (client, server) = flow.ends(ticket.meta.direction);
    (!ticket.meta.duplicate).then_some(Asked {
        chain: at.0,
        client: client.0,
        server,
        ticket,
    })
}

/// A finding about these requests, the first of which says who asked whom.
pub(super) fn finding(
    ground: &Ground<'_>,
    key: &Key,
    detection: &'static Detection,
    all: &[Asked<'_>],
) -> Option<Finding> {
    let first = all.first()?;
    let packets: Vec<_> = all.iter().flat_map(Asked::packets).collect();
    let from = (first.chain, first.client);
    let mut out = begin(ground, detection, &key.subject, from, &packets)?;
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    Some(out)
}

/// Some of them, as a sentence lists them.
pub(super) fn told<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: BTreeSet<String> = names.map(shown).collect();
    let told: Vec<&str> = names.iter().take(8).map(String::as_str).collect();
    told.join(", ")
}

/// Wanted requests by the host that made them, which is the subject.
pub(super) fn keys(ground: &Ground<'_>, wanted: impl Fn(&Ticket) -> bool) -> Vec<Key> {
    let mut out: Groups<IpAddr> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, t) in c.facts.messages.all::<Ticket>().iter().enumerate() {
            if let Some(a) = asked(ground, (chain, n)).filter(|_| wanted(t)) {
                out.put(a.client, (chain, n));
            }
        }
    }
    let mut all = out.keys(1, ToString::to_string);
    for key in &mut all {
        if let Some(a) = key.rows.first().and_then(|at| asked(ground, *at)) {
            key.subject = named(ground, a.chain, a.client, a.ticket.meta.time).1;
        }
    }
    all
}

#[cfg(test)]
pub(super) mod tests {
    use crate::tape::{End, Tape};

    fn tlv(tag: u8, body: &[u8]) -> Vec<u8> {
        let mut out = vec![tag];
        if body.len() > 127 {
            out.extend([0x81, u8::try_from(body.len()).unwrap()]);
        } else {
            out.push(u8::try_from(body.len()).unwrap());
        }
        out.extend(body);
        out
    }

    fn number(n: u8) -> Vec<u8> {
        tlv(2, &[n])
    }

    fn text(t: &str) -> Vec<u8> {
        tlv(0x1b, t.as_bytes())
    }

    /// A name of a type, in parts.
    fn name(parts: &[&str]) -> Vec<u8> {
        let list: Vec<u8> = parts.iter().flat_map(|p| text(p)).collect();
        tlv(
            0x30,
            &[tlv(0xa0, &number(2)), tlv(0xa1, &tlv(0x30, &list))].concat(),
        )
    }

    /// A request of kind 10 (AS) or 12 (TGS) and its answer.
    pub(in super::super) struct Asks<'a> {
        pub(in super::super) kind: u8,
        pub(in super::super) proof: Option<u8>,
        pub(in super::super) offers: &'a [u8],
        pub(in super::super) service: &'a [&'a str],
        pub(in super::super) ticket: u8,
        pub(in super::super) sealed: u8,
    }

    pub(in super::super) fn ask(tape: &mut Tape, client: End, server: End, a: &Asks<'_>) {
        let proofs: Vec<u8> = a
            .proof
            .iter()
            .flat_map(|p| {
                tlv(
                    0x30,
                    &[tlv(0xa1, &number(*p)), tlv(0xa2, &tlv(4, b"x"))].concat(),
                )
            })
            .collect();
        let offers: Vec<u8> = a.offers.iter().flat_map(|e| number(*e)).collect();
        let mut inner = tlv(0xa0, &tlv(3, &[0; 5]));
        inner.extend(tlv(0xa1, &name(&["ada"])));
        inner.extend(tlv(0xa2, &text("X")));
        inner.extend(tlv(0xa3, &name(a.service)));
        inner.extend(tlv(0xa8, &tlv(0x30, &offers)));
        let mut body = tlv(0xa1, &number(5));
        body.extend(tlv(0xa2, &number(a.kind)));
        if a.proof.is_some() {
            body.extend(tlv(0xa3, &tlv(0x30, &proofs)));
        }
        body.extend(tlv(0xa4, &tlv(0x30, &inner)));
        let request = tlv(0x60 | a.kind, &tlv(0x30, &body));
        let sealed = |etype| {
            tlv(
                0x30,
                &[tlv(0xa0, &number(etype)), tlv(0xa2, &tlv(4, b"x"))].concat(),
            )
        };
        let ticket = [
            tlv(0xa0, &number(5)),
            tlv(0xa1, &text("X")),
            tlv(0xa2, &name(a.service)),
            tlv(0xa3, &sealed(a.ticket)),
        ]
        .concat();
        let mut body = tlv(0xa0, &number(5));
        body.extend(tlv(0xa1, &number(a.kind + 1)));
        body.extend(tlv(0xa3, &text("X")));
        body.extend(tlv(0xa4, &name(&["ada"])));
        body.extend(tlv(0xa5, &tlv(0x61, &tlv(0x30, &ticket))));
        body.extend(tlv(0xa6, &sealed(a.sealed)));
        let answer = tlv(0x60 | (a.kind + 1), &tlv(0x30, &body));
        tape.udp(client, server, &request);
        tape.udp(server, client, &answer);
    }
}
