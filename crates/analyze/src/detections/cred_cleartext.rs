//! Passwords in clear text: FTP log-ins, HTTP Basic and forms. Keeps no secret, only whose it was.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::shown;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::protocols::{ftp, http};
use weir_model::{PacketRef, Timestamp, is_internal};

/// The password itself was on the wire.
const READ: f64 = 0.95;

/// Accounts that everybody may use.
const PUBLIC: [&str; 3] = ["anonymous", "ftp", "guest"];

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "cred.cleartext",
    title: "A password was sent in clear text",
    why: "Whoever sees the traffic can log in; the account counts as known to others from here on.",
    how: "FTP USER and PASS, HTTP Basic, and form fields that hold passwords. The password is never kept or shown.",
    innocent: "An old device or script on a closed network; a test account.",
    settle: "Change the password; see where else the account logged in since.",
    techniques: &["T1040", "T1552"],
    severity: Severity::High,
    needs: &[Need::AnyOf(&["ftp", "http"])],
    keys,
    judge,
    rank,
};

/// One attempt.
struct Attempt<'a> {
    client: (IpAddr, u16),
    server: (IpAddr, u16),
    user: &'a str,
    how: &'a str,
    accepted: Option<bool>,
    packets: [PacketRef; 2],
    span: (Timestamp, Timestamp),
}

/// FTP rows first, then HTTP rows.
fn attempt<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<Attempt<'a>> {
    let facts = ground.input.chains.get(at.0)?.facts;
    let logins = facts.messages.all::<ftp::Login>();
    if let Some(l) = logins.get(at.1) {
        return (!PUBLIC.contains(&l.user.to_lowercase().as_str()) && !l.meta.duplicate).then_some(
            Attempt {
                client: l.client,
                server: l.server,
                user: &l.user,
                how: "FTP",
                accepted: l.success,
                packets: [l.meta.first, l.meta.last],
                span: (l.meta.time, l.meta.end),
            },
        );
    }
    let t = facts
        .messages
        .all::<http::Transaction>()
        .get(at.1 - logins.len())?;
    let request = t.request.as_ref()?;
    let credentials = request.credentials.as_ref().filter(|c| c.password)?;
    let (client, server) = facts.flow(t.meta.flow?)?.ends(t.meta.direction);
    let answer = t.response.as_ref().map_or(request.last.0, |r| r.first.0);
    Some(Attempt {
        client,
        server,
        user: credentials.user.as_deref().unwrap_or_default(),
        how: match &*credentials.scheme {
            "basic" => "HTTP Basic",
            "form" => "an HTTP form",
            other => other,
        },
        accepted: t.login_accepted(),
        packets: [request.first.0, answer],
        span: (request.first.1, t.meta.end),
    })
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        let rows = c.facts.messages.all::<ftp::Login>().len()
            + c.facts.messages.all::<http::Transaction>().len();
        for n in 0..rows {
            if let Some(a) = attempt(ground, (chain, n)) {
                let host = ground.env.at(chain, a.client.0, a.span.0);
                let host = host.and_then(|id| ground.env.host(id));
                let subject = format!(
                    "{}|{}|{}|{}|{}",
                    who(host, a.client.0),
                    a.server.0,
                    a.server.1,
                    a.how,
                    a.user
                );
                out.entry(subject).or_default().push((chain, n));
            }
        }
    }
    out.into_iter()
        .map(|(subject, rows)| Key { subject, rows })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let first = attempt(ground, *key.rows.first()?)?;
    let all = || key.rows.iter().filter_map(|at| attempt(ground, *at));
    let evidence = Evidence::of(all().flat_map(|a| a.packets))?;
    let host = ground
        .env
        .at(key.rows.first()?.0, first.client.0, first.span.0)?;
    let span = (
        all().map(|a| a.span.0).min()?,
        all().map(|a| a.span.1).max()?,
    );
    let mut out = Finding::new(
        ground,
        &DETECTION,
        &key.subject,
        host,
        first.client.0,
        span,
        evidence,
    );
    let accepted = all().any(|a| a.accepted == Some(true));
    let refused = all().all(|a| a.accepted == Some(false));
    let outside = !is_internal(first.server.0);
    out.severity = match (refused, outside) {
        (true, _) => Severity::Low,
        (false, true) => Severity::High,
        (false, false) => Severity::Medium,
    };
    out.confidence = READ;
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    let how = if accepted {
        "let in"
    } else if refused {
        "turned away"
    } else {
        "whether it was let in is not told"
    };
    let why = if refused {
        "It was refused here; whoever sees the traffic can try it elsewhere."
    } else {
        DETECTION.why
    };
    let user = if first.user.is_empty() {
        "an unnamed user".to_owned()
    } else {
        shown(first.user)
    };
    let count = key.rows.len();
    out.title = format!(
        "Password of {user} in clear text over {} to {}",
        first.how, first.server.0
    );
    out.why = format!(
        "{count} log-in{} over {} as {user} at {}:{}, {how}; the password stands in the packets and is not shown here. {}",
        if count == 1 { "" } else { "s" },
        first.how,
        first.server.0,
        first.server.1,
        why
    );
    Some(out)
}
