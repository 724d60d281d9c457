//! Which packets a slice holds: those within a narrowing, those that are named, and what their conversations need.

use crate::error::SessionError;
use crate::ops::names;
use crate::session::Session;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use weir_dissect::protocols::dns::Query;
use weir_model::{CaptureId, EvidenceRef, FlowId, PacketRef};

/// How much goes with the packets that are named.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum With {
    /// Nothing.
    #[default]
    Packets,
    /// Their conversations from the first packet up to the last one named, and the DNS answers that gave the
    /// addresses of their servers.
    Conversations,
}

/// What references named.
#[derive(Default)]
pub(super) struct Named {
    ranges: Vec<(CaptureId, u32, u32)>,
    flows: BTreeMap<usize, BTreeSet<FlowId>>,
    /// References that name no packet by themselves: a host, a file, a finding, a time, a filter, a row.
    pub(super) others: usize,
    /// References to what is not loaded.
    pub(super) missing: usize,
}

impl Named {
    /// The packets: those that are named by number each once, then those of the flows.
    pub(super) fn packets(&self, session: &Session) -> impl Iterator<Item = PacketRef> {
        let ranges = joined(self.ranges.clone()).into_iter();
        let numbered = ranges.flat_map(|(capture, first, last)| {
            (first..=last).map(move |number| PacketRef { capture, number })
        });
        let flows = self.flows.iter();
        numbered.chain(flows.flat_map(|(chain, flows)| of_flows(session, *chain, flows)))
    }
}

/// The packets of some flows of a chain, in its order.
fn of_flows(
    session: &Session,
    chain: usize,
    flows: &BTreeSet<FlowId>,
) -> impl Iterator<Item = PacketRef> {
    let captures = session.chains.get(chain).map(|c| c.captures.as_slice());
    captures
        .unwrap_or_default()
        .iter()
        .filter_map(|id| session.capture(*id))
        .flat_map(move |c| {
            let of = |n: &u32| c.index.flow(*n).is_some_and(|f| flows.contains(&f));
            let numbers = (1..=c.index.len()).filter(of);
            numbers.map(|number| PacketRef {
                capture: c.id,
                number,
            })
        })
}

/// Ranges of packets in order, those that touch made one: however many say the same, each packet comes once.
fn joined(mut ranges: Vec<(CaptureId, u32, u32)>) -> Vec<(CaptureId, u32, u32)> {
    ranges.sort_unstable();
    let mut out: Vec<(CaptureId, u32, u32)> = Vec::new();
    for (capture, first, last) in ranges {
        match out.last_mut() {
            Some(end) if end.0 == capture && first <= end.2.saturating_add(1) => {
                end.2 = end.2.max(last);
            }
            _ => out.push((capture, first, last)),
        }
    }
    out
}

/// Reads references as the case writes them (`[[A:p12-20]]`), or as the page names packets (`A:12`).
pub(super) fn named(session: &Session, references: &[String]) -> Result<Named, SessionError> {
    let mut out = Named::default();
    for text in references {
        let range = |out: &mut Named, capture: CaptureId, first: u32, last: u32| {
            let most = session.capture(capture).map_or(0, |c| c.index.len());
            if first < 1 || first > most {
                out.missing += 1;
            }
            let (first, last) = (first.max(1), last.min(most));
            if first <= last {
                out.ranges.push((capture, first, last));
            }
        };
        let Ok(reference) = text.parse::<EvidenceRef>() else {
            let packet = names::read_packet(text)?;
            range(&mut out, packet.capture, packet.number, packet.number);
            continue;
        };
        match reference {
            EvidenceRef::Packets {
                capture,
                first,
                last,
            } => range(&mut out, capture, first, last),
            EvidenceRef::Field {
                capture, packet, ..
            }
            | EvidenceRef::Bytes {
                capture, packet, ..
            } => range(&mut out, capture, packet, packet),
            EvidenceRef::Stream {
                capture,
                transport,
                stream,
            } => {
                let name = format!("{capture}:{transport}:{stream}");
                match names::find_flow(session, &name) {
                    Ok((chain, flow)) => {
                        out.flows.entry(chain).or_default().insert(flow);
                    }
                    Err(_) => out.missing += 1,
                }
            }
            _ => out.others += 1,
        }
    }
    Ok(out)
}

/// Adds what the conversations of these packets need.
pub(super) fn with_conversations(session: &Session, packets: &mut Vec<PacketRef>) {
    for (n, chain) in session.chains.iter().enumerate() {
        // Per conversation the last packet that is named.
        let mut ends: HashMap<FlowId, (usize, u32), FixedState> = HashMap::default();
        for packet in packets.iter().filter(|p| chain.place(p.capture).is_some()) {
            if let Some((flow, _)) = session.entry(*packet).and_then(|e| e.flow) {
                let end = ends.entry(flow).or_default();
                *end = (*end).max(chain.order(*packet));
            }
        }
        if ends.is_empty() {
            continue;
        }
        for id in &chain.captures {
            let Some(capture) = session.capture(*id) else {
                continue;
            };
            for number in 1..=capture.index.len() {
                let packet = PacketRef {
                    capture: *id,
                    number,
                };
                let end = capture.index.flow(number).and_then(|f| ends.get(&f));
                if end.is_some_and(|end| chain.order(packet) <= *end) {
                    packets.push(packet);
                }
            }
        }
        answers(session, n, ends.into_keys().collect(), packets);
    }
}

/// The last answer before each conversation that gave its client the server's address, with its question.
fn answers(session: &Session, chain: usize, flows: Vec<FlowId>, packets: &mut Vec<PacketRef>) {
    let Some(chain) = session.chains.get(chain) else {
        return;
    };
    let facts = chain.facts();
    let mut last: HashMap<_, Vec<&Query>, FixedState> = HashMap::default();
    for query in facts.messages.all::<Query>() {
        for (ip, _) in query.addresses() {
            last.entry((query.client.0, ip)).or_default().push(query);
        }
    }
    for flow in flows.into_iter().filter_map(|f| facts.flow(f)) {
        let given = last
            .get(&(flow.client.0, flow.server.0))
            .into_iter()
            .flatten();
        let before = given
            .filter(|q| q.answered.is_some_and(|a| a.1 <= flow.begun))
            .max_by_key(|q| q.answered.map(|a| a.1));
        for (packet, _) in before
            .into_iter()
            .flat_map(|q| [q.asked, q.answered])
            .flatten()
        {
            packets.push(packet);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::joined;
    use weir_model::CaptureId;

    #[test]
    fn ranges_that_say_the_same_packets_are_one() {
        let (a, b) = (CaptureId(0), CaptureId(1));
        let many = (1..=20_000).map(|n| (a, n, 40_000 - n));
        let all = many.chain([(b, 3, 4), (b, 5, 5), (b, 7, 9), (a, 50_000, u32::MAX)]);
        assert_eq!(
            joined(all.collect()),
            [(a, 1, 39_999), (a, 50_000, u32::MAX), (b, 3, 5), (b, 7, 9)]
        );
    }
}
