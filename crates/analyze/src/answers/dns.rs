//! Look-ups as evidence: asked for, led to by a CNAME, asked for with a search suffix.

use super::collect::{Collector, Place};
use super::domain::{Domain, Kinship};
use super::matcher::Matcher;
use super::rung::{Classes, Rung, Way};
use crate::environment::Role;
use crate::input::Input;
use smallvec::smallvec;
use weir_dissect::protocols::dhcp::Lease;
use weir_dissect::protocols::dns::{AnswerData, Query};

/// No such name (RFC 1035 section 4.1.1).
const NXDOMAIN: u16 = 3;

/// Suffixes that the network tells its hosts to try.
pub(super) fn suffixes(input: &Input<'_>) -> Vec<String> {
    let mut out: Vec<String> = input
        .chains
        .iter()
        .flat_map(|c| c.facts.messages.all::<Lease>())
        .filter_map(|l| l.domain.as_deref())
        .map(super::domain::normal)
        .filter(|d| !d.is_empty())
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

impl Collector<'_> {
    /// Every look-up that concerns a domain or URL indicator.
    pub(crate) fn look_ups(&mut self) {
        for chain in 0..self.input.chains.len() {
            let Some(c) = self.input.chains.get(chain) else {
                continue;
            };
            for q in c.facts.messages.all::<Query>() {
                if !q.local && !q.meta.duplicate {
                    self.look_up(chain, q);
                }
            }
        }
    }

    fn look_up(&mut self, chain: usize, q: &Query) {
        let Some(host) = self.env.at(chain, q.client.0, q.meta.time) else {
            return;
        };
        // A resolver's own questions are its clients'.
        if self.env.host(host).is_none_or(|h| h.is(Role::Resolver)) {
            return;
        }
        self.look_alike(host, &q.query, q.meta.first);
        let place = Place {
            chain,
            flow: q.meta.flow,
            host,
            address: q.client.0,
            server: q.server.0,
            protocol: "dns",
            via: None,
            site: None,
            agent: None,
        };
        for indicator in 0..self.matchers.len() {
            let domain = match self.matchers.get(indicator) {
                Some(Matcher::Domain(d) | Matcher::Url(_, d)) => d,
                _ => continue,
            };
            let Some((classes, why)) = self.concerns(domain, q) else {
                continue;
            };
            let span = (q.meta.time, q.meta.end);
            let packets = [q.meta.first, q.meta.last];
            if let Some(e) = self.add(
                &place,
                indicator,
                Way::Received,
                Rung::LookedUp,
                classes,
                span,
                &packets,
                why,
            ) {
                e.server = None;
            }
        }
    }

    fn concerns(&self, domain: &Domain, q: &Query) -> Option<(Classes, String)> {
        let name = &*q.query;
        match domain.kinship(name) {
            Some(Kinship::Same) => {
                return Some((smallvec!["dns"], format!("it asked for {}", shown(name))));
            }
            Some(Kinship::Sub) => {
                return Some((
                    smallvec!["dns", "subdomain"],
                    format!("it asked for the sub-domain {}", shown(name)),
                ));
            }
            Some(Kinship::Prefix) => {
                let tail = super::domain::normal(name);
                let tail = tail.get(domain.name().len() + 1..).unwrap_or_default();
                let told = self.suffixes.iter().any(|s| s == tail);
                let refused = q.rcode == Some(NXDOMAIN) && q.addresses().next().is_none();
                if told || refused {
                    return Some((
                        smallvec!["dns", "suffix"],
                        format!(
                            "it asked for the name with a search suffix, {}",
                            shown(name)
                        ),
                    ));
                }
            }
            _ => {}
        }
        let alias = q.answers.iter().find_map(|a| match &a.data {
            AnswerData::Name(target) if a.kind == super::grants::CNAME => {
                domain.holds(target).then_some(target)
            }
            _ => None,
        })?;
        Some((
            smallvec!["dns", "cname"],
            format!("it asked for {}, an alias of {}", shown(name), shown(alias)),
        ))
    }
}

/// A name as it may be printed: no control or direction characters, not endless.
pub(crate) fn shown(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(200)
        .map(|c| {
            let harmful = c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if harmful { '\u{fffd}' } else { c }
        })
        .collect();
    if text.chars().nth(200).is_some() {
        out.push('\u{2026}');
    }
    out
}
