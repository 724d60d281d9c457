//! Rows of Weir's that are one in a log of Zeek's, joined by the rules of Zeek's own scripts: a DHCP transaction, a SIP
//! request with its responses, a RADIUS log-in with its challenges, what happened to a file again.

use super::ours::Row;
use super::zeek_log::Log;
use std::collections::{BTreeMap, BTreeSet};
use weir_dissect::facts::Cell;
use weir_model::Duration;

const SECOND: i64 = 1_000_000_000;

/// The rows as Zeek would write them.
pub(super) fn joined(log: &Log, rows: Vec<Row>) -> Vec<Row> {
    match log.path.as_str() {
        "dhcp" => leases(log, rows),
        "radius" => logins(rows),
        "sip" => calls(rows),
        "smb_files" => fresh(rows),
        _ => rows,
    }
}

/// Messages of one transaction, up to so many (`DHCP::max_msg_types_per_log_entry`, which a test may set: then its longest
/// row says so). What a client states is taken from its messages, what a server gives from the server's, the last one each
/// (`base/protocols/dhcp/main.zeek`).
fn leases(log: &Log, rows: Vec<Row>) -> Vec<Row> {
    const USUAL: usize = 50;
    let option = log.test.contains("prevent-large");
    let longest = log.rows.iter().map(|r| log.value(r, "msg_types"));
    let longest = longest.map(|t| t.split(',').count()).max();
    let most = longest.filter(|_| option).unwrap_or(USUAL);
    let mut out: Vec<(Row, usize)> = Vec::new();
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let id = row.text("trans_id");
        let server = matches!(row.text("msg_type").as_str(), "OFFER" | "ACK" | "NAK");
        let place = open.get(&id).copied();
        let place = place.filter(|n| out.get(*n).is_some_and(|(_, messages)| *messages < most));
        let n = place.unwrap_or_else(|| {
            let mut fresh = row.clone();
            fresh.cells.clear();
            // A transaction goes over several conversations.
            fresh.ends = None;
            out.push((fresh, 0));
            out.len() - 1
        });
        open.insert(id, n);
        let Some((joined, messages)) = out.get_mut(n) else {
            continue;
        };
        *messages += 1;
        // Which server it is, is told where that hands out an address.
        let gives = server && row.cells.contains_key("assigned_addr");
        for (column, cell) in row.cells {
            let told = match column {
                "client_addr" => false,
                "server_addr" => gives,
                "assigned_addr" | "lease_time" | "domain" => server,
                _ => true,
            };
            if told {
                joined.cells.insert(column, cell);
            }
        }
        // From where the client speaks, not what it says of itself.
        let ends = row.ends.map(|(a, b)| [a, b]).into_iter().flatten();
        let client = ends.filter(|e| e.1 == 68).map(|e| e.0).find(|ip| {
            let everybody = *ip == std::net::Ipv4Addr::BROADCAST;
            !ip.is_unspecified() && !everybody
        });
        if let Some(ip) = client.filter(|_| !server || !joined.cells.contains_key("client_addr")) {
            joined.cells.insert("client_addr", Cell::Address(ip));
        }
    }
    out.into_iter().map(|(row, _)| row).collect()
}

/// A request that is challenged goes on with the next one of its conversation; the time counts from the first to the last
/// message (`base/protocols/radius/main.zeek`).
fn logins(rows: Vec<Row>) -> Vec<Row> {
    let mut out: Vec<Row> = Vec::new();
    for row in rows {
        let goes_on = |o: &&mut Row| o.flow == row.flow && o.text("result") == "Access-Challenge";
        let Some(first) = out
            .iter_mut()
            .rev()
            .find(|o| o.flow == row.flow)
            .filter(goes_on)
        else {
            out.push(row);
            continue;
        };
        if let Some(Cell::Duration(last)) = row.cells.get("ttl") {
            let all = Duration(row.time - first.time + last.0);
            first.cells.insert("ttl", Cell::Duration(all));
        }
        for (column, cell) in row.cells {
            if column == "result" {
                first.cells.insert(column, cell);
            } else {
                first.cells.entry(column).or_insert(cell);
            }
        }
    }
    out
}

/// A row for each response, with what the latest request said; a request without one when its conversation ends, for UDP
/// after a minute of silence (`udp_inactivity_timeout`). A final response ends what was said before
/// (`base/protocols/sip/main.zeek`).
fn calls(rows: Vec<Row>) -> Vec<Row> {
    let mut out = Vec::new();
    let mut flows: BTreeMap<Option<(usize, u32)>, Vec<Row>> = BTreeMap::new();
    for row in rows {
        flows.entry(row.flow).or_default().push(row);
    }
    for rows in flows.into_values() {
        let mut pending: Option<Row> = None;
        let mut asked = false;
        let mut before = None;
        for row in rows {
            let silent = before.is_some_and(|t| row.time - t > 60 * SECOND);
            before = Some(row.time);
            if silent {
                out.extend(pending.take().filter(|_| asked));
            }
            let response = row.cells.contains_key("status_code");
            let mut both = pending.take().unwrap_or_else(|| Row {
                cells: BTreeMap::new(),
                ..row.clone()
            });
            for (column, cell) in &row.cells {
                let of_request = matches!(
                    *column,
                    "request_from" | "request_to" | "method" | "user_agent"
                );
                if !response || !of_request || !both.cells.contains_key(column) {
                    both.cells.insert(column, cell.clone());
                }
            }
            asked = !response;
            if response {
                out.push(both.clone());
                let last = row
                    .text("status_code")
                    .parse::<u16>()
                    .is_ok_and(|c| c >= 200);
                both.cells.remove("status_code");
                pending = (!last).then_some(both);
            } else {
                pending = Some(both);
            }
        }
        out.extend(pending.filter(|_| asked));
    }
    out
}

/// To open a file is left out where it was opened before in the same state: name, size and times. Of a file that is read or
/// written Zeek's own number of it is part of what is compared, so only those that are opened can be alike
/// (`SMB::recent_files`, `base/protocols/smb/main.zeek`).
fn fresh(rows: Vec<Row>) -> Vec<Row> {
    let mut seen = BTreeSet::new();
    let mut out = rows;
    out.retain(|r| {
        let mut key = vec![format!("{:?}", r.flow)];
        key.extend(r.columns.iter().map(|c| r.text(c)));
        !r.text("action").ends_with("_OPEN") || seen.insert(key)
    });
    out
}
