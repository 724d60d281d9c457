//! TCP and UDP conversations: ends, packets and bytes each way.

use super::{Check, Difference, Loaded, Report};
use std::collections::BTreeMap;

/// Ends with the smaller first, packets and bytes from each.
type Row = (String, String, [u64; 2], [u64; 2]);

pub(super) fn compare(loaded: &Loaded, report: &mut Report) {
    let Some(rows) = loaded.rows("conv.tsv") else {
        return;
    };
    if loaded.incomplete("conv") {
        return;
    }
    for (kind, transport) in [("TCP", "tcp"), ("UDP", "udp")] {
        let mut theirs: BTreeMap<Row, i64> = BTreeMap::new();
        for r in rows.iter().filter(|r| r.first().is_some_and(|k| k == kind)) {
            let at = |n: usize| r.get(n).cloned().unwrap_or_default();
            let number = |n: usize| at(n).parse().unwrap_or(0);
            let ends = (
                format!("{}:{}", at(1), at(2)),
                format!("{}:{}", at(3), at(4)),
            );
            *theirs
                .entry(row(ends, [number(5), number(7)], [number(6), number(8)]))
                .or_default() += 1;
        }
        let mut total = 0;
        let mut ours: BTreeMap<Row, i64> = BTreeMap::new();
        for flow in loaded
            .session
            .chains
            .iter()
            .flat_map(|c| &c.facts().flows)
            .filter(|f| f.transport.name() == transport)
        {
            let end = |e: (std::net::IpAddr, u16)| format!("{}:{}", e.0, e.1);
            let packets = [u64::from(flow.packets[0]), u64::from(flow.packets[1])];
            *ours
                .entry(row(
                    (end(flow.client), end(flow.server)),
                    packets,
                    flow.bytes,
                ))
                .or_default() += 1;
            total += 1;
        }
        for (row, n) in &theirs {
            for i in 0..*n {
                let have = ours.get(row).copied().unwrap_or(0) > i;
                let outcome = if have {
                    Ok(())
                } else {
                    Err(Difference {
                        ours: format!("{total} conversations, not this one"),
                        theirs: format!("{row:?}"),
                    })
                };
                report.add(&loaded.name, Check::Conversations, kind, outcome);
            }
        }
        for (row, n) in &ours {
            for _ in theirs.get(row).copied().unwrap_or(0)..*n {
                report.add(
                    &loaded.name,
                    Check::Conversations,
                    kind,
                    Err(Difference {
                        ours: format!("{row:?}"),
                        theirs: "none".to_owned(),
                    }),
                );
            }
        }
    }
}

fn row((a, b): (String, String), packets: [u64; 2], bytes: [u64; 2]) -> Row {
    if a <= b {
        (a, b, packets, bytes)
    } else {
        (b, a, [packets[1], packets[0]], [bytes[1], bytes[0]])
    }
}
