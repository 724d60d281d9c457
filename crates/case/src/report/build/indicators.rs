//! What to look for and to block, defanged by the writers: indicators of the scope, those that the answers suggest,
//! and the other ends of confirmed findings.

use super::Cx;
use super::draft::{confirmed, finding_ref};
use crate::report::text::{Text, data, said};
use crate::report::words::indicator_words;
use crate::report::{Block, Section, Table};
use std::collections::BTreeSet;

/// Rows of the table; what is beyond is counted.
const ROWS: usize = 500;

pub(super) fn section(cx: Cx<'_>) -> Section {
    let mut rows: Vec<Vec<Text>> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut add = |kind: &str, value: &str, from: Text, evidence: Text| {
        if seen.insert((kind.to_owned(), value.to_ascii_lowercase())) {
            rows.push(vec![
                said(kind),
                Text::default().code(value),
                from,
                evidence,
            ]);
        }
    };
    for i in &cx.m.scope.indicators {
        let met = cx.answers().iter();
        let met = met.filter(|a| a.indicator == *i && !a.evidence.is_empty());
        let mut first: Vec<String> = met.flat_map(|a| a.evidence.first().cloned()).collect();
        let mut seen = BTreeSet::new();
        first.retain(|e| seen.insert(e.clone()));
        let evidence = if first.is_empty() {
            said("not met")
        } else {
            cx.evidence(&first)
        };
        add(
            indicator_words(i.kind),
            &i.value,
            said("the scope"),
            evidence,
        );
    }
    for d in cx.m.answers.iter().flat_map(|a| &a.derived) {
        let kind = indicator_words(d.indicator.kind);
        let evidence = cx.evidence(&d.evidence);
        add(kind, &d.indicator.value, data(&d.because), evidence);
    }
    for f in confirmed(cx) {
        let from = || {
            said("confirmed finding ")
                .and(cx.refs.one(&finding_ref(f)))
                .said(" ")
                .data(&f.title)
        };
        if let Some(domain) = &f.domain {
            add("domain", domain, from(), cx.evidence(&f.evidence));
        }
        if let Some(dst) = f.dst.as_ref().filter(|ip| outside(ip)) {
            add("address", dst, from(), cx.evidence(&f.evidence));
        }
    }
    let left = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    let mut blocks = vec![if rows.is_empty() {
        Block::Nothing("No indicator was given or met.".to_owned())
    } else {
        Block::Table(Table {
            head: vec!["Kind", "Indicator", "From", "Evidence"],
            rows,
        })
    }];
    if left > 0 {
        blocks.push(Block::Line(said(format!(
            "And {left} more, in the JSON report."
        ))));
    }
    Section {
        id: "indicators",
        title: "Indicators",
        blocks,
    }
}

/// An address that somebody else could meet.
pub(crate) fn outside(address: &str) -> bool {
    address.parse().is_ok_and(|ip| !own(ip))
}

/// Addresses that are of somebody's own network are no indicator for others.
fn own(ip: std::net::IpAddr) -> bool {
    match ip {
        std::net::IpAddr::V4(a) => {
            a.is_private()
                || a.is_loopback()
                || a.is_link_local()
                || a.is_broadcast()
                || a.is_multicast()
                || a.is_unspecified()
        }
        std::net::IpAddr::V6(a) => {
            a.is_loopback()
                || a.is_unspecified()
                || a.is_multicast()
                || a.is_unique_local()
                || a.is_unicast_link_local()
        }
    }
}
