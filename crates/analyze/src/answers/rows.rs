//! Flow-log rows as evidence. A row tells that somebody talked with a server, never what was said: it reaches
//! *contacted*, and only where the other side answered. Rows whose conversation a capture holds say nothing
//! that the capture does not say better.

use super::CITED;
use super::collect::{Collector, Place, Tie};
use super::matcher::Matcher;
use super::rung::{Rung, Way};
use crate::environment::HostId;
use crate::traffic::{Captured, transport};
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_import::FLOW_RECORDS_ONLY;
use weir_model::{RowRef, Timestamp, Window};

/// Rows of one host with one server, before, inside or after the window.
struct Talk {
    ties: SmallVec<[Tie; 1]>,
    protocol: &'static str,
    chain: usize,
    first: Timestamp,
    last: Timestamp,
    rows: Vec<RowRef>,
    count: u64,
    /// Payload bytes that came back.
    back: u64,
}

/// Host, its address, the server's, and where the window is.
type Key = (HostId, IpAddr, IpAddr, u8);

fn place(window: Window, first: Timestamp, last: Timestamp) -> u8 {
    match () {
        () if window.from.is_some_and(|from| last < from) => 0,
        () if window.to.is_some_and(|to| first > to) => 2,
        () => 1,
    }
}

impl Collector<'_> {
    /// Every answered row with a server that the scope names.
    pub(crate) fn rows(&mut self, window: Window) {
        let captured = Captured::new(self.input);
        let mut talks: BTreeMap<Key, Talk> = BTreeMap::new();
        for (n, log) in self.input.logs.iter().enumerate() {
            let chain = self.input.log_place(n);
            for row in log.rows.iter().filter(|r| r.answered() == Some(true)) {
                let (begun, ended) = (log.begun(row), log.ended(row));
                let ends = [
                    (row.originator.ip, row.responder.ip, row.responder_bytes),
                    (row.responder.ip, row.originator.ip, row.originator_bytes),
                ];
                // The server may also be the side that began.
                for (own, other, back) in ends {
                    let ties = self.ties(None, other, begun);
                    if ties.is_empty() || captured.has(log, row) {
                        continue;
                    }
                    let Some(host) = self.env.at(chain, own, begun) else {
                        continue;
                    };
                    let key = (host, own, other, place(window, begun, ended));
                    let talk = talks.entry(key).or_insert_with(|| Talk {
                        ties,
                        protocol: transport(row).map_or("ip", |t| t.name()),
                        chain,
                        first: begun,
                        last: ended,
                        rows: Vec::new(),
                        count: 0,
                        back: 0,
                    });
                    talk.first = talk.first.min(begun);
                    talk.last = talk.last.max(ended);
                    talk.count += 1;
                    talk.back = talk.back.saturating_add(back.unwrap_or(0));
                    if talk.rows.len() < CITED {
                        talk.rows.push(log.reference(row));
                    }
                }
            }
        }
        for ((host, own, other, _), talk) in talks {
            let at = Place {
                chain: talk.chain,
                flow: None,
                host,
                address: own,
                server: other,
                protocol: talk.protocol,
                via: None,
                site: None,
                agent: None,
            };
            self.talked(&at, &talk);
        }
    }

    fn talked(&mut self, at: &Place, talk: &Talk) {
        let s = if talk.count == 1 { "" } else { "s" };
        let why = format!(
            "{} flow record{s} with answers of {} bytes; {FLOW_RECORDS_ONLY}: what was carried is not in them",
            talk.count, talk.back
        );
        // What names content could have come from that server.
        let content = (0..self.matchers.len())
            .filter(|n| self.matchers.get(*n).is_some_and(Matcher::names_content))
            .filter_map(|n| Some((n, talk.ties.first()?)));
        let all: Vec<(usize, &Tie)> = talk
            .ties
            .iter()
            .map(|t| (t.indicator, t))
            .chain(content)
            .collect();
        for (indicator, tie) in all {
            let text = format!("{why} ({})", tie.how);
            let span = (talk.first, talk.last);
            let classes = tie.classes.clone();
            let (way, rung) = (Way::Received, Rung::Contacted);
            if let Some(e) = self.add(at, indicator, way, rung, classes, span, &[], text) {
                e.rows.clone_from(&talk.rows);
            }
        }
    }
}
