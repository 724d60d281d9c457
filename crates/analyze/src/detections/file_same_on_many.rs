//! The same program reached several hosts.

use super::file_exe_http::artifact;
use super::finding::{Finding, Severity, rank};
use super::gather::{Groups, begin, inside, named};
use super::{Detection, Ground, Key, Need};
use crate::answers::{host_of_url, is_program, plural, shown};
use crate::environment::HostId;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Hosts that the same program reached.
const HOSTS: usize = 3;
/// From a named site: an update.
const UPDATE: f64 = 0.4;
/// From a bare address, or written from machine to machine.
const SPREAD: f64 = 0.7;
/// Under names that differ: whoever renames a program hides it.
const RENAMED: f64 = 0.6;
/// Names, and places outside, that are said.
const NAMED: usize = 4;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "file.same_on_many",
    title: "The same program reached several hosts",
    why: "What reached one host and is harmful is dangerous wherever it is; the list of hosts is what has to be cleaned.",
    how: "Programs with one SHA-256 that at least three hosts received. Hosts of the network that gave it to others have it, too; a server outside is where it lies. From a bare address, over file sharing or under several names it weighs more than from a site under one.",
    innocent: "Updates and installers, which every host fetches.",
    settle: "Look the SHA-256 up once for all of them.",
    techniques: &["T1105", "T1570"],
    severity: Severity::Medium,
    needs: &[Need::Artifacts, Need::Content],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: Groups<[u8; 32]> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, a) in c.facts.artifacts.iter().enumerate() {
            if a.found_type.as_ref().is_some_and(is_program)
                && let Some(hashes) = ground
                    .input
                    .digests
                    .content(chain, a.key)
                    .and_then(|c| c.hashes)
            {
                out.put(hashes.sha256, (chain, n));
            }
        }
    }
    out.keys(HOSTS, |hash| {
        hash.iter().map(|b| format!("{b:02x}")).collect()
    })
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    // Those it came to, and those of the network that have it besides: who sent it or gave it to others.
    let mut hosts: BTreeSet<HostId> = BTreeSet::new();
    let mut has: BTreeSet<HostId> = BTreeSet::new();
    let mut outside: BTreeSet<IpAddr> = BTreeSet::new();
    let mut packets = Vec::new();
    let (mut bare, mut written) = (false, 0);
    let (mut names, mut sites) = (BTreeSet::new(), BTreeSet::new());
    for at in &key.rows {
        let a = artifact(ground, *at)?;
        let host = |ip| named(ground, at.0, ip, a.begun).0;
        let (had, got) = if a.sent {
            (a.client.0, a.server.0)
        } else {
            (a.server.0, a.client.0)
        };
        for (ip, reached) in [(got, true), (had, false)] {
            // A client is one of ours, wherever it is; a server outside only keeps it.
            if ip != a.client.0 && !inside(ground, at.0, ip, a.begun) {
                outside.insert(ip);
                continue;
            }
            has.extend(host(ip));
            if reached {
                hosts.extend(host(ip));
            }
        }
        written += usize::from(a.sent && matches!(a.protocol.info.name, "smb" | "smb2"));
        bare |= a.protocol.info.name == "http" && host_of_url(&a.url).parse::<IpAddr>().is_ok();
        names.extend(a.names.first().map(|n| n.text.to_lowercase()));
        sites.extend(Some(host_of_url(&a.url).to_lowercase()).filter(|s| !s.is_empty()));
        packets.extend([a.asked.unwrap_or((a.first, a.begun)), (a.last, a.ended)]);
    }
    let at = *key.rows.first()?;
    let a = artifact(ground, at)?;
    if hosts.len() < HOSTS {
        return None;
    }
    let mut out = begin(
        ground,
        &DETECTION,
        &key.subject,
        (at.0, a.client.0),
        &packets,
    )?;
    (out.dst, out.dport) = (Some(a.server.0), Some(a.server.1));
    let name = a
        .names
        .first()
        .map_or_else(|| "A program".to_owned(), |n| shown(&n.text));
    out.title = format!(
        "{name} came to or from {}",
        plural(has.len() as u64, "host")
    );
    out.others = has.into_iter().filter(|h| Some(*h) != out.host).collect();
    let more = outside.len().saturating_sub(NAMED);
    let places: Vec<String> = outside
        .iter()
        .take(NAMED)
        .map(ToString::to_string)
        .collect();
    let lies = match (places.join(", "), more) {
        (all, _) if all.is_empty() => all,
        (all, 0) => format!(" Outside it lies at {all}."),
        (all, n) => format!(" Outside it lies at {all} and {n} more."),
    };
    out.why = format!("SHA-256 {}.{lies} {}", key.subject, DETECTION.why);
    (out.severity, out.confidence) = if bare || written >= HOSTS {
        (Severity::Medium, SPREAD)
    } else if names.len() > 1 {
        (Severity::Medium, RENAMED)
    } else {
        out.benign = Some(("update", "it came from a site, as updates do".to_owned()));
        (Severity::Low, UPDATE)
    };
    if names.len() > 1 {
        let some: Vec<String> = names.iter().take(NAMED).map(|n| shown(n)).collect();
        out.why += &format!(
            " It came under {} from {}: {}{}.",
            plural(names.len() as u64, "name"),
            plural(sites.len() as u64, "place"),
            some.join(", "),
            if names.len() > NAMED { " and more" } else { "" },
        );
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::tested::{download, program, request};
    use super::*;
    use crate::environment::Environment;
    use crate::input::{ChainInput, Content, Hashes, Input};
    use crate::tape::Tape;
    use weir_dissect::BodyKey;

    /// Every body has the same hash.
    fn same(_: usize, _: BodyKey) -> Option<Content> {
        let hashes = Hashes {
            md5: [1; 16],
            sha1: [2; 20],
            sha256: [3; 32],
        };
        Some(Content {
            size: 1,
            hashes: Some(hashes),
            bomb: false,
        })
    }

    fn reached(hosts: u8, site: &str) -> Vec<Finding> {
        came(hosts, site, |_| "/a.exe")
    }

    fn came(hosts: u8, site: &str, path: impl Fn(u8) -> &'static str) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..hosts {
            download(
                &mut tape,
                ([10, 0, 0, 7 + n], 40_000),
                site,
                path(n),
                &program(),
            );
        }
        judged(&tape)
    }

    fn judged(tape: &Tape) -> Vec<Finding> {
        let dissector = tape.load();
        let input = Input {
            chains: vec![ChainInput {
                facts: dissector.facts(),
                captures: vec![tape.span()],
            }],
            logs: Vec::new(),
            digests: &same,
            merged: &[],
        };
        let env = Environment::new(&input);
        let ground = Ground::new(&input, &env, None);
        keys(&ground)
            .iter()
            .filter_map(|k| judge(&ground, k))
            .collect()
    }

    #[test]
    fn three_hosts() {
        for (hosts, n) in [(2, 0), (3, 1), (4, 1)] {
            let all = reached(hosts, "198.51.100.9");
            assert_eq!(all.len(), n, "{hosts}");
            assert!(all.iter().all(
                |f| f.severity == Severity::Medium && f.others.len() + 1 == usize::from(hosts)
            ));
        }
    }

    #[test]
    fn who_sent_it_has_it_and_a_server_outside_only_keeps_it() {
        let mut tape = Tape::default();
        for n in 0..4 {
            let client = ([10, 0, 0, 7 + n], 40_000);
            if n == 3 {
                let kind = "Content-Type: application/octet-stream\r\n";
                let body = program();
                request(
                    &mut tape,
                    client,
                    "POST",
                    "198.51.100.9",
                    "/up",
                    kind,
                    &body,
                );
            } else {
                download(&mut tape, client, "198.51.100.9", "/a.exe", &program());
            }
        }
        let one = judged(&tape).remove(0);
        assert_eq!(one.title, "a.exe came to or from 4 hosts");
        assert_eq!(one.others.len(), 3);
        let lies = " Outside it lies at 198.51.100.9. ";
        assert!(one.why.contains(lies), "{}", one.why);
    }

    #[test]
    fn an_update_is_a_note() {
        let one = reached(5, "update.example.com").remove(0);
        assert!(one.severity == Severity::Low && one.confidence < 0.5 && one.benign.is_some());
    }

    #[test]
    fn what_comes_under_several_names_is_no_update() {
        let path = |n| if n == 3 { "/img/logo.gif" } else { "/A.exe" };
        let one = came(4, "update.example.com", path).remove(0);
        assert_eq!((one.severity, &one.benign), (Severity::Medium, &None));
        let says = "It came under 2 names from 1 place: a.exe, logo.gif.";
        assert!(one.why.ends_with(says), "{}", one.why);
        let path = |n| if n == 3 { "/a.EXE" } else { "/A.exe" };
        let one = came(4, "update.example.com", path).remove(0);
        assert!(one.benign.is_some(), "case is no other name");
    }
}
