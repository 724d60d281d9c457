//! What the captures hold, as products see it: look-ups, requests, hellos, conversations, files. Made from facts.

use crate::readers::{Body, Wanted};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::net::IpAddr;
use weir_case::exports::{ALL, Artefact, Exports, Gather, Options, export};
use weir_case::report::Marking;
use weir_case::{Change, Document, Operation, Stamp};
use weir_dissect::protocols::dns::{AnswerData, Query};
use weir_dissect::protocols::http::Transaction;
use weir_dissect::protocols::tls::Handshake;
use weir_model::{Scope, Timestamp};
use weir_tests::desk::Desk;
use weir_tests::golden::body::FileKey;
use weir_tests::golden::write::{Case, Twin, build};

pub(crate) const AT: Timestamp = Timestamp(1_772_960_000_000_000_000);

pub(crate) enum Seen {
    Lookup(String),
    /// A look-up led to this name: a resolver sees it, who reads questions does not.
    Alias(String),
    Host(String),
    Sni(String),
    Talk(IpAddr, IpAddr),
    Path(String),
    Page(String, String),
    File(Vec<String>, Option<[String; 3]>),
    Agent(String),
}

/// Something that happened, and the packets with it, as evidence writes them.
pub(crate) struct Event {
    pub(crate) seen: Seen,
    pub(crate) packets: Vec<String>,
}

pub(crate) struct Ground {
    pub(crate) desk: Desk,
    pub(crate) scope: Scope,
    pub(crate) events: Vec<Event>,
    pub(crate) bodies: Vec<Body>,
}

fn bare(host: &str) -> String {
    let host = host
        .rsplit_once(':')
        .filter(|(_, p)| p.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(h, _)| h);
    host.trim_end_matches('.').to_ascii_lowercase()
}

impl Ground {
    pub(crate) fn new(twin: Twin) -> Self {
        let case: Case = build(1, twin, false);
        let file = |name: &str| {
            case.files
                .iter()
                .find(|(n, _)| n == name)
                .map(|f| f.1.clone())
                .unwrap()
        };
        let desk = Desk::with(1, &[("a.pcap", file("a.pcap")), ("b.pcap", file("b.pcap"))]);
        let scope = serde_json::from_slice(&file("scope.json")).unwrap();
        let mut ground = Self {
            desk,
            scope,
            events: Vec::new(),
            bodies: Vec::new(),
        };
        ground.look();
        ground
    }

    fn add(&mut self, seen: Seen, packets: impl IntoIterator<Item = weir_model::PacketRef>) {
        let packets = packets
            .into_iter()
            .map(|p| weir_model::EvidenceRef::from(p).to_string())
            .collect();
        self.events.push(Event { seen, packets });
    }

    fn look(&mut self) {
        let mut events = Vec::new();
        let mut files = Vec::new();
        let session = self.desk.engine.session();
        for (n, chain) in session.chains.iter().enumerate() {
            let facts = chain.facts();
            for q in facts.messages.all::<Query>() {
                for a in q.answers.iter().filter(|a| a.kind == 5) {
                    if let AnswerData::Name(to) = &a.data {
                        events.push((Seen::Alias(bare(to)), vec![q.meta.first, q.meta.last]));
                    }
                }
                events.push((
                    Seen::Lookup(bare(&q.query)),
                    vec![q.meta.first, q.meta.last],
                ));
            }
            for t in facts.messages.all::<Transaction>() {
                let Some(r) = &t.request else { continue };
                let packets = vec![r.first.0, r.last.0, t.meta.first, t.meta.last];
                if let Some(host) = &r.host {
                    events.push((Seen::Host(bare(host)), packets.clone()));
                    events.push((
                        Seen::Page(bare(host), r.target.to_string()),
                        packets.clone(),
                    ));
                }
                events.push((Seen::Path(r.path.to_string()), packets.clone()));
                events.extend(
                    r.user_agent
                        .iter()
                        .map(|a| (Seen::Agent(a.to_string()), packets.clone())),
                );
            }
            for h in facts.messages.all::<Handshake>() {
                events.extend(
                    h.server_name
                        .iter()
                        .map(|s| (Seen::Sni(bare(s)), vec![h.meta.first])),
                );
            }
            for f in &facts.flows {
                events.push((Seen::Talk(f.client.0, f.server.0), vec![f.first, f.last]));
            }
            for a in &facts.artifacts {
                let hashes = session.digests.get(&(n, a.key)).and_then(|d| d.hashes);
                let hashes =
                    hashes.map(|h| [&h.sha256[..], &h.sha1, &h.md5].map(weir_session::hex));
                let names = a.names.iter().map(|n| n.text.to_string()).collect();
                let packets = a.asked.iter().map(|a| a.0).chain([a.first, a.last]);
                events.push((Seen::File(names, hashes.clone()), packets.collect()));
                if let Some([sha256, sha1, md5]) = hashes {
                    files.push((
                        a.id.to_string(),
                        FileKey {
                            sha256,
                            sha1,
                            md5,
                            ..FileKey::default()
                        },
                    ));
                }
            }
        }
        for (seen, packets) in events {
            self.add(seen, packets);
        }
        let mut had = BTreeSet::new();
        for (id, key) in files {
            if had.insert(key.sha256.clone()) {
                let reply = self
                    .desk
                    .reply("file.save", json!({"file": id, "as": "plain"}));
                self.bodies.push(Body {
                    key,
                    bytes: reply.bytes.unwrap_or_default(),
                });
            }
        }
    }

    /// Events that an entry is about.
    pub(crate) fn fired<'a>(&'a self, wanted: &'a Wanted) -> impl Iterator<Item = &'a Event> + 'a {
        self.events.iter().filter(move |e| fires(wanted, &e.seen))
    }

    /// Packets whose look-ups led to a name: a response policy zone acts on those too.
    pub(crate) fn led(&self, wanted: &Wanted) -> Vec<&Event> {
        let Wanted::Lookup(w, below) = wanted else {
            return Vec::new();
        };
        let of = |e: &&Event| matches!(&e.seen, Seen::Alias(n) if held(w, *below, n));
        self.events.iter().filter(of).collect()
    }

    /// Every file of a case, made as the page makes them.
    pub(crate) fn exports(&mut self, case: &Document, unconfirmed: bool) -> Exports {
        let mut gather = Gather::new(case, self.scope.clone(), true);
        while let Some((op, args)) = gather.ask() {
            let reply = self.desk.reply(op, args);
            match reply.error {
                Some(e) => gather.fail(&e.to_string()),
                None => gather.take(reply.payload),
            }
        }
        let (material, facts) = gather.finish(true, "print".into(), "0.1.0", "build");
        export(
            case,
            &material,
            &facts,
            Options {
                at: AT,
                marking: Marking::of(case),
                unconfirmed,
            },
            ALL,
        )
    }
}

fn held(wanted: &str, below: bool, name: &str) -> bool {
    let wanted = wanted.to_ascii_lowercase();
    name == wanted
        || (below
            && name
                .strip_suffix(wanted.as_str())
                .is_some_and(|n| n.ends_with('.')))
}

fn within(ip: IpAddr, net: IpAddr, length: u8) -> bool {
    let bits = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => (u128::from(u32::from(ip)) << 96, true),
        IpAddr::V6(ip) => (u128::from(ip), false),
    };
    let ((a, four), (b, also)) = (bits(ip), bits(net));
    four == also && (length == 0 || (a ^ b) >> (128 - u32::from(length)) == 0)
}

fn fires(wanted: &Wanted, seen: &Seen) -> bool {
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    match (wanted, seen) {
        (Wanted::Lookup(w, below), Seen::Lookup(name))
        | (Wanted::Host(w, below), Seen::Host(name))
        | (Wanted::Sni(w, below), Seen::Sni(name)) => held(w, *below, name),
        (Wanted::Address(net, length), Seen::Talk(a, b)) => {
            [a, b].iter().any(|ip| within(**ip, *net, *length))
        }
        (Wanted::PathEnd(end), Seen::Path(path)) => path
            .to_ascii_lowercase()
            .ends_with(&end.to_ascii_lowercase()),
        (Wanted::FileName(name), Seen::File(names, _)) => names.iter().any(|n| same(n, name)),
        (Wanted::Digest(d), Seen::File(_, Some(hashes))) => hashes.contains(d),
        (Wanted::Agent(a), Seen::Agent(b)) => a == b,
        (Wanted::Page(host, path), Seen::Page(h, p)) => host == h && path == p,
        _ => false,
    }
}

/// A case whose analyst confirmed these findings, and marked it `TLP:AMBER`.
pub(crate) fn confirming(findings: &[String]) -> Document {
    let mut doc = Document::new(format!("{:032x}", 0xca5e));
    doc.title = "Office LAN".into();
    for id in findings {
        let body = json!({"finding": id, "state": "confirmed", "reason": "seen by hand"});
        put(&mut doc, "dismissal", &body);
    }
    put(&mut doc, "marking", &json!({"tlp": "amber"}));
    doc
}

/// Puts something of the analyst into a case.
pub(crate) fn put(doc: &mut Document, kind: &str, body: &Value) {
    let n = 1 + u64::try_from(doc.items.len()).unwrap();
    let body: Map<String, Value> = body.as_object().cloned().unwrap();
    let change = Change::Add {
        kind: kind.into(),
        pass: 1,
        step: "understand".into(),
        body,
    };
    let stamp = Stamp {
        at: "2026-03-08T09:00:00.000Z".into(),
        counter: n,
        author: format!("{:032x}", 1),
    };
    doc.apply(Operation {
        item: format!("{n:032x}"),
        stamp,
        change,
    })
    .unwrap();
}

pub(crate) fn artefact<'a>(of: &'a Exports, id: &str) -> &'a Artefact {
    of.artefacts.iter().find(|a| a.id == id).unwrap()
}
