//! How the internet reaches the network: what outsiders began and got an answer to, and what came in because somebody
//! inside asked for it: programs, and files that mails carry.

use super::{By, CITED, Crossing, Groups, Look, Survey, answered, kinds, parts, spoken, to_many};
use crate::answers::{host_of_url, is_program, shown};
use std::net::IpAddr;
use weir_dissect::facts::Artifact;
use weir_dissect::flow::Flow;
use weir_dissect::{Facts, Transport};

/// A program somebody fetched.
const DOWNLOADED: &str = "Program downloaded";
/// A file in a mail, as it passed here.
const MAILED: &str = "File in a mail";
/// Extensions by content that a mail's reader may run or open into something that runs.
const RISKY: &[&str] = &[
    "zip", "rar", "7z", "gz", "iso", "cab", "lnk", "hta", "js", "vbs", "doc", "docx", "docm",
    "xls", "xlsx", "xlsm", "ppt", "pptx", "rtf", "pdf", "one", "jar", "msi", "chm",
];

/// See the module.
#[derive(Default)]
pub struct WaysIn {
    groups: Groups<(IpAddr, u16, Transport)>,
    /// What outsiders tried and nobody answered: conversations.
    tried: u64,
    /// Conversations that somebody outside began.
    outside: u64,
    /// All conversations.
    all: u64,
}

impl Survey for WaysIn {
    fn flow(&mut self, look: &Look<'_>, chain: usize, _: &Facts, f: &Flow) {
        self.all += 1;
        let (from, to) = (f.client.0, f.server.0);
        if to_many(to)
            || to_many(from)
            || look.ours(chain, from, f.begun)
            || !look.ours(chain, to, f.begun)
        {
            return;
        }
        self.outside += 1;
        if !answered(f) {
            self.tried += 1;
            return;
        }
        let server = look.host(chain, to, f.begun);
        let client = look.env.at(chain, from, f.begun);
        let new = || {
            let (kind, by) = match kinds::kind(f, None) {
                Some((kind, by)) => (kind.title, by),
                None => service(f),
            };
            let mut row = Crossing::new(kind, by, f, [client, server.map(|h| h.id)]);
            server
                .into_iter()
                .flat_map(parts)
                .for_each(|text| row.say(text));
            row
        };
        self.groups.add((to, f.server.1, f.transport), f, new);
    }
}

/// What is offered there, where it is no way to work on the machine.
fn service(f: &Flow) -> (&'static str, By) {
    match spoken(f) {
        Some("http" | "http2") => ("Web", By::Content),
        Some("tls" | "quic") => ("Web or other, encrypted", By::Content),
        Some("smtp") => ("Mail", By::Content),
        Some("imap" | "pop") => ("Mailboxes", By::Content),
        Some("ftp" | "ftp-data" | "tftp") => ("File transfer", By::Content),
        Some("dns") => ("DNS", By::Content),
        Some("smb" | "smb2" | "nbss") => ("Windows shares", By::Content),
        Some(name) => (name, By::Content),
        None => ("Unknown service", By::Port),
    }
}

impl WaysIn {
    /// What outsiders began and was answered, most clients first; then what was fetched or mailed.
    #[must_use]
    pub fn finish(self, look: &Look<'_>) -> (Vec<Crossing>, Vec<String>) {
        let beyond = self.groups.beyond;
        let mut rows: Vec<Crossing> = self.groups.rows.into_values().collect();
        rows.extend(fetched(look));
        rows.sort_by(|a, b| {
            let weight = |c: &Crossing| (c.kind == DOWNLOADED, c.kind == MAILED);
            weight(a)
                .cmp(&weight(b))
                .then(b.clients.len().cmp(&a.clients.len()))
                .then(b.flows.cmp(&a.flows))
                .then_with(|| (a.server, a.port, a.first).cmp(&(b.server, b.port, b.first)))
        });
        let mut says = vec![format!(
            "{} of {} conversations were begun outside; {} of these got no answer here.",
            self.outside, self.all, self.tried
        )];
        if self.outside == 0 && self.all > 0 {
            says.push("No conversation begun outside: either nothing comes in, or this place does not see it. An inbound attack can only be seen on the link it comes in by.".to_owned());
        }
        if beyond > 0 {
            says.push(format!(
                "{beyond} conversations of further services are only counted."
            ));
        }
        (rows, says)
    }
}

/// Programs from outside, and files in mails.
fn fetched(look: &Look<'_>) -> Vec<Crossing> {
    let mut groups: std::collections::BTreeMap<(IpAddr, &'static str, String), Crossing> =
        std::collections::BTreeMap::new();
    for (chain, c) in look.input.chains.iter().enumerate() {
        for a in &c.facts.artifacts {
            let Some(kind) = way(look, chain, a) else {
                continue;
            };
            let (from, to) = if a.sent {
                (a.client, a.server)
            } else {
                (a.server, a.client)
            };
            let site = if kind == MAILED {
                from.0.to_string()
            } else {
                host_of_url(&a.url).to_owned()
            };
            if groups.len() >= super::GROUPS && !groups.contains_key(&(to.0, kind, site.clone())) {
                continue;
            }
            let row = groups
                .entry((to.0, kind, site.clone()))
                .or_insert_with(|| Crossing {
                    kind,
                    by: By::Content,
                    client: from.0,
                    client_host: look.env.at(chain, from.0, a.begun),
                    server: to.0,
                    server_host: look.env.at(chain, to.0, a.begun),
                    transport: Transport::Tcp,
                    port: if a.sent { to.1 } else { from.1 },
                    clients: vec![from.0],
                    flows: 0,
                    answered: 0,
                    bytes: [0; 2],
                    first: a.begun,
                    last: a.ended,
                    packets: Vec::new(),
                    says: Vec::new(),
                });
            row.flows += 1;
            row.answered += 1;
            row.bytes[0] = row.bytes[0].saturating_add(a.wire_size);
            (row.first, row.last) = (row.first.min(a.begun), row.last.max(a.ended));
            if row.packets.len() < CITED {
                row.packets.push(a.asked.map_or(a.first, |(p, _)| p));
            }
            let name = a
                .names
                .first()
                .map_or_else(|| "a file without a name".to_owned(), |n| shown(&n.text));
            let what = a.found_type.as_ref().map_or("", |t| &t.name);
            row.say(format!("{name} ({what})"));
        }
    }
    groups.into_values().collect()
}

/// Which way a file is, where it is one.
fn way(look: &Look<'_>, chain: usize, a: &Artifact) -> Option<&'static str> {
    let protocol = a.protocol.info.name;
    let mail = matches!(protocol, "smtp" | "imap" | "pop" | "imf" | "mime_multipart");
    let found = a.found_type.as_ref();
    let ours = |ip: IpAddr| look.ours(chain, ip, a.begun);
    if mail {
        let risky = found.is_some_and(|t| is_program(t) || RISKY.contains(&&*t.extension));
        return risky.then_some(MAILED);
    }
    let inward = !a.sent && ours(a.client.0) && !ours(a.server.0);
    (inward && found.is_some_and(is_program)).then_some(DOWNLOADED)
}
