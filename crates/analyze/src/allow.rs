//! What the analyst allows: findings of a kind, of a host, towards a peer. They are counted, never dropped.

use crate::answers::normal;
use crate::detections::Finding;
use crate::environment::Environment;
use std::net::IpAddr;

/// One rule: a finding that all its parts fit is allowed. Without host and peer it allows a whole detection.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rule {
    /// A detection's id; empty fits every one.
    pub detection: String,
    /// Address or hardware address of the host that it is about.
    pub host: Option<String>,
    /// Address or name of the other side; names below it fit too.
    pub peer: Option<String>,
}

impl Rule {
    /// Reads `c2.beacon,host=10.0.0.5,peer=updates.example.com`.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut out = Self::default();
        for (n, part) in text.split(',').map(str::trim).enumerate() {
            match part.split_once('=') {
                None if n == 0 => part.clone_into(&mut out.detection),
                Some(("host", value)) if !value.is_empty() => out.host = Some(value.to_owned()),
                Some(("peer", value)) if !value.is_empty() => out.peer = Some(value.to_owned()),
                _ => {
                    return Err(format!(
                        "\u{201c}{part}\u{201d} is no part of a rule; one is DETECTION,host=ADDRESS,peer=ADDRESS-OR-NAME"
                    ));
                }
            }
        }
        if out == Self::default() {
            return Err("a rule names a detection, a host or a peer".to_owned());
        }
        Ok(out)
    }

    /// Does every part of it fit this finding?
    #[must_use]
    pub fn fits(&self, finding: &Finding, env: &Environment) -> bool {
        (self.detection.is_empty() || self.detection == finding.detection)
            && self
                .host
                .as_deref()
                .is_none_or(|h| is_host(h, finding, env))
            && self.peer.as_deref().is_none_or(|p| is_peer(p, finding))
    }

    /// In words: `c2.beacon of 10.0.0.5 to updates.example.com`. Hostile text inside.
    #[must_use]
    pub fn says(&self) -> String {
        let what = if self.detection.is_empty() {
            "everything"
        } else {
            &self.detection
        };
        let host = self.host.iter().map(|h| format!(" of {h}"));
        let peer = self.peer.iter().map(|p| format!(" to {p}"));
        host.chain(peer)
            .fold(what.to_owned(), |all, one| all + &one)
    }
}

/// An address that the finding's host has, now or at another time, or its hardware address.
fn is_host(text: &str, finding: &Finding, env: &Environment) -> bool {
    if let Ok(ip) = text.parse::<IpAddr>() {
        let host = finding.host.and_then(|id| env.host(id));
        return finding.src == Some(ip)
            || host.is_some_and(|h| h.addresses.iter().any(|t| t.ip == ip));
    }
    finding
        .mac
        .is_some_and(|mac| mac.to_string().eq_ignore_ascii_case(text))
}

fn is_peer(text: &str, finding: &Finding) -> bool {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return finding.dst == Some(ip);
    }
    let wanted = normal(text);
    finding.domain.as_deref().is_some_and(|d| {
        let have = normal(d);
        have == wanted
            || have
                .strip_suffix(&*wanted)
                .is_some_and(|rest| rest.ends_with('.'))
    })
}

/// Of each finding the place of the first rule that allows it.
#[must_use]
pub fn allowed(findings: &[Finding], rules: &[Rule], env: &Environment) -> Vec<Option<usize>> {
    let first = |f: &Finding| rules.iter().position(|r| r.fits(f, env));
    findings.iter().map(first).collect()
}
