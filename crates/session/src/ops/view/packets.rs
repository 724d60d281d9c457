//! The packet list: which packets, in which order, and what their lines show.

use super::describe::{Line, completes};
use super::page::{COMMENT, COMPLETES, DUPLICATE, Row, TRUNCATED};
use crate::index::PacketEntry;
use crate::session::{Chain, Session};
use weir_capture::link_type_name;
use weir_dissect::{Severity, registry};
use weir_model::{CaptureId, PacketRef, Timestamp};

/// Packets of a view, by row.
pub(crate) enum Rows {
    /// Every packet of these captures in a row: capture and rows before it.
    All(Vec<(CaptureId, u64)>, u64),
    /// These.
    Some(Vec<PacketRef>),
}

impl Rows {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::All(_, len) => *len,
            Self::Some(list) => list.len() as u64,
        }
    }

    pub(crate) fn get(&self, row: u64) -> Option<PacketRef> {
        match self {
            Self::All(captures, len) => {
                let at = captures
                    .partition_point(|(_, before)| *before <= row)
                    .checked_sub(1)?;
                let (capture, before) = captures.get(at).filter(|_| row < *len)?;
                Some(PacketRef {
                    capture: *capture,
                    number: u32::try_from(row - before + 1).ok()?,
                })
            }
            Self::Some(list) => list.get(usize::try_from(row).ok()?).copied(),
        }
    }

    pub(crate) fn row(&self, packet: PacketRef) -> Option<u64> {
        match self {
            Self::All(captures, _) => captures
                .iter()
                .find(|(c, _)| *c == packet.capture)
                .map(|(_, before)| before + u64::from(packet.number.saturating_sub(1)))
                .filter(|row| self.get(*row) == Some(packet)),
            Self::Some(list) => list.iter().position(|p| *p == packet).map(|n| n as u64),
        }
    }
}

/// Captures in the order of the list: chain by chain.
fn captures(session: &Session) -> impl Iterator<Item = &crate::session::Capture> {
    session
        .chains
        .iter()
        .flat_map(|c| c.captures.iter())
        .filter_map(|id| session.capture(*id))
}

/// A packet's time with what its capture's clock is off by.
pub(crate) fn time(session: &Session, packet: PacketRef, entry: &PacketEntry) -> Timestamp {
    let offset = session
        .capture(packet.capture)
        .map_or_else(Default::default, |c| c.offset);
    entry.time.plus(offset)
}

/// Every packet: file order within a chain, chains joined by time.
pub(crate) fn all(session: &Session) -> Rows {
    let chains = session
        .chains
        .iter()
        .filter(|c| !c.captures.is_empty())
        .count();
    if chains <= 1 {
        let mut before = 0;
        let list = captures(session)
            .map(|c| {
                let at = before;
                before += u64::from(c.index.len());
                (c.id, at)
            })
            .collect();
        return Rows::All(list, before);
    }
    // Each chain keeps its own order; the next packet is that of the chain whose next is earliest.
    let mut heads: Vec<_> = session
        .chains
        .iter()
        .map(|chain| {
            chain
                .captures
                .iter()
                .filter_map(|id| session.capture(*id))
                .flat_map(|c| {
                    c.index.iter().map(move |e| {
                        let packet = PacketRef {
                            capture: c.id,
                            number: e.number,
                        };
                        (e.time.plus(c.offset), packet)
                    })
                })
                .peekable()
        })
        .collect();
    let mut list = Vec::new();
    loop {
        let next = heads
            .iter_mut()
            .enumerate()
            .filter_map(|(n, h)| h.peek().map(|(t, _)| (*t, n)))
            .min();
        let Some((_, n)) = next else { break };
        list.extend(
            heads
                .get_mut(n)
                .and_then(Iterator::next)
                .map(|(_, packet)| packet),
        );
    }
    Rows::Some(list)
}

/// The Protocol column: the innermost layer that has a name there.
pub(crate) fn protocol(session: &Session, packet: PacketRef, entry: &PacketEntry) -> &'static str {
    let Some(chain) = session.chain_of(packet.capture) else {
        return "";
    };
    if entry.record.is_some() {
        return "PCAPNG";
    }
    let layers = chain.facts().stacks.layers(entry.stack).iter().rev();
    let named = layers
        .filter_map(|id| registry().get(*id))
        .find(|p| !p.info.column.is_empty() && p.info.name != "data");
    named.map_or_else(
        || {
            let link = session
                .capture(packet.capture)
                .map_or(u32::MAX, |c| c.link_type(entry.interface));
            link_type_name(u16::try_from(link).unwrap_or(u16::MAX))
        },
        |p| p.info.column,
    )
}

fn tint(chain: &Chain, entry: &PacketEntry) -> u32 {
    let names = chain.facts().stacks.layers(entry.stack).iter().rev();
    let names = names
        .filter_map(|id| registry().get(*id))
        .map(|p| p.info.name);
    for name in names {
        match name {
            "http" => return 1,
            "dns" | "mdns" | "llmnr" | "nbns" => return 2,
            "tls" => return 3,
            "ftp" | "ftp-data" => return 4,
            "icmp" | "icmpv6" | "igmp" => return 6,
            "arp" => return 5,
            "tcp" | "udp" => return 0,
            _ => {}
        }
    }
    5
}

/// The page's five severities of an anomaly: 1 info … 4 high.
pub(crate) fn severity(s: Severity) -> u32 {
    match s {
        Severity::Chat => 1,
        Severity::Note => 2,
        Severity::Warn => 3,
        Severity::Error => 4,
    }
}

/// Anomalies of a packet.
pub(crate) fn anomalies(
    chain: &Chain,
    packet: PacketRef,
) -> impl Iterator<Item = &weir_dissect::facts::Anomaly> {
    let rows = chain.facts().anomalies.rows();
    let order = chain.order(packet);
    let from = rows.partition_point(|a| chain.order(a.packet) < order);
    rows.get(from..)
        .unwrap_or_default()
        .iter()
        .take_while(move |a| a.packet == packet)
}

/// The row of a packet.
pub(crate) fn row(session: &Session, packet: PacketRef, line: Line) -> Option<Row> {
    let entry = session.entry(packet)?;
    let chain = session.chain_of(packet.capture)?;
    let capture = session.capture(packet.capture)?;
    let mut flags = tint(chain, &entry);
    let worst = anomalies(chain, packet)
        .map(|a| severity(a.kind.severity))
        .max()
        .unwrap_or(0);
    if worst >= 4 {
        flags = 7;
    }
    flags |= worst << 4;
    let mut flag = |bit: u32, on: bool| flags |= if on { bit } else { 0 };
    flag(DUPLICATE, entry.duplicate);
    flag(TRUNCATED, entry.captured < entry.wire);
    flag(
        COMMENT,
        capture
            .comments
            .binary_search_by_key(&packet.number, |c| c.0)
            .is_ok(),
    );
    flag(COMPLETES, completes(chain, &entry));
    let mut cells = vec![
        String::new(),
        String::new(),
        line.source,
        line.destination,
        protocol(session, packet, &entry).to_owned(),
        entry.wire.to_string(),
        line.info,
    ];
    cells.extend(line.values);
    Some(Row {
        time: (!entry.untimed).then(|| time(session, packet, &entry)),
        number: packet.number,
        flags,
        capture: packet.capture,
        cells,
    })
}
