//! Which packets a slice holds: those within a narrowing, those that are named, and what their conversations need.

use crate::error::SessionError;
use crate::ops::names;
use crate::session::Session;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::Deserialize;
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
    pub(super) packets: Vec<PacketRef>,
    /// References that name no packet by themselves: a host, a file, a finding, a time, a filter, a row.
    pub(super) others: usize,
    /// References to what is not loaded.
    pub(super) missing: usize,
}

/// The packets of a flow, in the order of its chain.
fn of_flow(session: &Session, chain: usize, flow: FlowId) -> impl Iterator<Item = PacketRef> {
    let captures = session.chains.get(chain).map(|c| c.captures.as_slice());
    captures
        .unwrap_or_default()
        .iter()
        .filter_map(|id| session.capture(*id))
        .flat_map(move |c| {
            let numbers = (1..=c.index.len()).filter(move |n| c.index.flow(*n) == Some(flow));
            numbers.map(|number| PacketRef {
                capture: c.id,
                number,
            })
        })
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
            let numbers = first.max(1)..=last.min(most);
            out.packets
                .extend(numbers.map(|number| PacketRef { capture, number }));
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
                    Ok((chain, flow)) => out.packets.extend(of_flow(session, chain, flow)),
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
