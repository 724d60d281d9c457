//! A program came over HTTP in clear text. Most are updates: alone it is a note.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::{host_of_url, is_program, plural, shown};
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::facts::{Artifact, Completeness};

/// From a bare address: no name that anybody could have checked.
const BARE: f64 = 0.7;
/// From a named site.
const NAMED: f64 = 0.6;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "file.exe_http",
    title: "A program was downloaded over HTTP",
    why: "Programs in clear text can be replaced on the way, and droppers fetch their next stage like this.",
    how: "The content of a response begins as a Windows program does, whatever its name or declared type.",
    innocent: "Installers and updates of vendors that still use HTTP and check a signature afterwards.",
    settle: "Look the SHA-256 up; check the program's signature on the host.",
    techniques: &["T1105"],
    severity: Severity::Medium,
    needs: &[Need::Artifacts, Need::Content, Need::OtherSide],
    keys: |ground| keys(ground, "http"),
    judge,
    rank,
};

pub(super) fn artifact<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<&'a Artifact> {
    ground.input.chains.get(at.0)?.facts.artifacts.get(at.1)
}

/// Programs that hosts received, one key per host and URL.
pub(super) fn keys(ground: &Ground<'_>, protocol: &str) -> Vec<Key> {
    let mut out: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, a) in c.facts.artifacts.iter().enumerate() {
            let program = a.found_type.as_ref().is_some_and(is_program);
            if !program || a.sent || a.protocol.info.name != protocol {
                continue;
            }
            let host = ground.env.at(chain, a.client.0, a.begun);
            let host = host.and_then(|id| ground.env.host(id));
            let subject = format!("{}|{}", who(host, a.client.0), a.url);
            out.entry(subject).or_default().push((chain, n));
        }
    }
    out.into_iter()
        .map(|(subject, rows)| Key { subject, rows })
        .collect()
}

/// What all detections of programs have in common.
pub(super) fn base(
    ground: &Ground<'_>,
    key: &Key,
    detection: &'static Detection,
) -> Option<Finding> {
    let first = *key.rows.first()?;
    let a = artifact(ground, first)?;
    let all = || key.rows.iter().filter_map(|at| artifact(ground, *at));
    let evidence =
        Evidence::of(all().flat_map(|a| [a.asked.map_or(a.first, |p| p.0), a.first, a.last]))?;
    let host = ground.env.at(first.0, a.client.0, a.begun)?;
    let begun = all().map(|a| a.asked.map_or(a.begun, |p| p.1)).min()?;
    let ended = all().map(|a| a.ended).max()?;
    let mut out = Finding::new(
        ground,
        detection,
        &key.subject,
        host,
        a.client.0,
        (begun, ended),
        evidence,
    );
    out.dst = Some(a.server.0);
    out.dport = Some(a.server.1);
    let site = host_of_url(&a.url);
    out.domain = Some(site)
        .filter(|s| !s.is_empty() && s.parse::<IpAddr>().is_err())
        .map(str::to_owned);
    let name = a
        .names
        .first()
        .map_or_else(|| "a program".to_owned(), |n| shown(&n.text));
    let whole = all().any(|a| a.state == Completeness::Complete);
    let part = if whole { "" } else { " (in part)" };
    let way = if a.sent { "to" } else { "from" };
    out.title = format!("{}: {name}{part} {way} {}", detection.title, shown(site));
    if !whole {
        let most = all().map(|a| a.wire_size).max().unwrap_or(0);
        out.why += &format!(
            " The captures hold {} of it, not the whole: it may not have arrived.",
            plural(most, "byte")
        );
    }
    Some(out)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut out = base(ground, key, &DETECTION)?;
    if out.domain.is_none() {
        (out.severity, out.confidence) = (Severity::Medium, BARE);
        out.why += " It came from a bare address, without any name.";
    } else {
        (out.severity, out.confidence) = (Severity::Low, NAMED);
    }
    Some(out)
}
