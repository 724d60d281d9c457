//! Statistics: protocol hierarchy, conversations, endpoints, expert summary, table by table and row by row.

use super::{Check, Difference, Loaded, Report};
use std::collections::{BTreeMap, BTreeSet};
use weir_dissect::registry;
use weir_session::{End, Pairs, Statistics, Tables, Talk, Wanted};

/// Rows of a table as text, with how often each stands there.
type Rows = BTreeMap<String, u64>;

/// How the recorded tables call what [`Talk`] names.
const KINDS: [(&str, Talk); 5] = [
    ("Ethernet", Talk::Ethernet),
    ("IPv4", Talk::Ipv4),
    ("IPv6", Talk::Ipv6),
    ("TCP", Talk::Tcp),
    ("UDP", Talk::Udp),
];

pub(super) fn compare(loaded: &mut Loaded, report: &mut Report) {
    let wanted = Wanted {
        hierarchy: true,
        talk: Talk::ALL.to_vec(),
        experts: true,
        responses: false,
    };
    let mut job = Statistics::new(wanted, None);
    if let Err(e) = loaded.door.run(&mut loaded.session, &mut job) {
        let outcome = Err(Difference {
            ours: e.to_string(),
            theirs: String::new(),
        });
        return report.add(&loaded.name, Check::Statistics, "read", outcome);
    }
    let tables = job.tables();
    if let Some(rows) = loaded
        .rows("phs.tsv")
        .filter(|_| !loaded.incomplete("taps"))
    {
        hierarchy(&loaded.name, &tables, &rows, report);
    }
    let taps = !loaded.incomplete("taps");
    let (conv, ends) = (
        loaded.rows("conv.tsv").filter(|_| taps),
        loaded.rows("endpoints.tsv").filter(|_| taps),
    );
    for (kind, talk) in KINDS {
        let pairs = tables.pairs(talk);
        if let Some(rows) = &conv {
            let theirs = recorded(rows, kind, conversation);
            let item = format!("{} conversations", talk.name());
            table(&loaded.name, &item, &conversations(pairs), &theirs, report);
        }
        if let Some(rows) = &ends {
            let theirs = recorded(rows, kind, |r| r.join(" "));
            let item = format!("{} endpoints", talk.name());
            table(&loaded.name, &item, &endpoints(pairs), &theirs, report);
        }
    }
    // Without the table nothing was remarked: it is written only where it has rows.
    if taps {
        let theirs = loaded.rows("expert.tsv").unwrap_or_default();
        experts(&loaded.name, &tables, &theirs, report);
    }
}

/// One pair for the table, and one for each row of either side. What neither side has is no pair.
fn table(capture: &str, item: &str, ours: &Rows, theirs: &Rows, report: &mut Report) {
    if ours.is_empty() && theirs.is_empty() {
        return;
    }
    let mut differ = 0u64;
    let mut example = None;
    let all: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for row in all {
        let (a, b) = (
            ours.get(row).copied().unwrap_or(0),
            theirs.get(row).copied().unwrap_or(0),
        );
        let (low, high) = (a.min(b), a.max(b));
        for n in 0..high {
            let outcome = if n < low {
                Ok(())
            } else {
                differ += 1;
                let (ours, theirs) = if a > b {
                    (row.clone(), String::new())
                } else {
                    (String::new(), row.clone())
                };
                let difference = Difference { ours, theirs };
                example.get_or_insert_with(|| difference.clone());
                Err(difference)
            };
            report.add(capture, Check::StatisticsRows, item, outcome);
        }
    }
    let outcome = match example {
        None => Ok(()),
        Some(d) => Err(Difference {
            ours: format!("{differ} rows differ; {}", d.ours),
            theirs: d.theirs,
        }),
    };
    report.add(capture, Check::Statistics, item, outcome);
}

fn recorded(rows: &[Vec<String>], kind: &str, as_row: impl Fn(&[String]) -> String) -> Rows {
    let mut out = Rows::new();
    for row in rows {
        if let Some((k, rest)) = row.split_first()
            && k == kind
        {
            *out.entry(as_row(rest)).or_default() += 1;
        }
    }
    out
}

/// Which end stands first says nothing: the smaller one does here.
fn ordered(a: String, b: String, way: [String; 2]) -> String {
    let [there, back] = way;
    if (&a, &there) <= (&b, &back) {
        format!("{a} {b} {there} {back}")
    } else {
        format!("{b} {a} {back} {there}")
    }
}

fn conversation(r: &[String]) -> String {
    let at = |n: usize| r.get(n).cloned().unwrap_or_default();
    ordered(
        format!("{} {}", at(0), at(1)),
        format!("{} {}", at(2), at(3)),
        [
            format!("{} {}", at(4), at(5)),
            format!("{} {}", at(6), at(7)),
        ],
    )
}

fn end(end: &End) -> String {
    let port = end.port().map_or_else(String::new, |p| p.to_string());
    format!("{} {port}", end.address())
}

fn conversations(pairs: &Pairs) -> Rows {
    let mut out = Rows::new();
    for c in pairs.rows() {
        let way = |n: usize| format!("{} {}", c.packets[n], c.bytes[n]);
        let row = ordered(end(&c.a), end(&c.b), [way(0), way(1)]);
        *out.entry(row).or_default() += 1;
    }
    out
}

fn endpoints(pairs: &Pairs) -> Rows {
    let mut out = Rows::new();
    for e in pairs.endpoints() {
        let row = format!(
            "{} {} {} {} {}",
            end(&e.end),
            e.packets[0],
            e.bytes[0],
            e.packets[1],
            e.bytes[1]
        );
        *out.entry(row).or_default() += 1;
    }
    out
}

/// Top-level lines that are fields of a layer (reassembled segments, what FTP says of its data): tshark's tap lists
/// them with the protocols, Wireshark's own window does not, nor does Weir.
fn is_field(name: &str) -> bool {
    name.contains('.') && !name.starts_with("_ws.")
}

/// The recorded paths without those lines, with packets and bytes of equal paths added.
fn without_fields(rows: &[Vec<String>]) -> BTreeMap<Vec<String>, (u64, u64)> {
    let mut out: BTreeMap<Vec<String>, (u64, u64)> = BTreeMap::new();
    for r in rows {
        let (Some(path), Some(frames), Some(bytes)) = (r.get(1), r.get(2), r.get(3)) else {
            continue;
        };
        let path: Vec<&str> = path.split(':').collect();
        if path.len() > 15 || path.iter().any(|n| n.starts_with("...")) {
            continue;
        }
        if path.last().is_some_and(|n| is_field(n)) {
            continue;
        }
        let path = path.into_iter().filter(|n| !is_field(n));
        let slot = out.entry(path.map(str::to_owned).collect()).or_default();
        slot.0 += frames.parse().unwrap_or(0);
        slot.1 += bytes.parse().unwrap_or(0);
    }
    out
}

/// Deeper levels are recorded with dots in place of their parents.
const DEEP: usize = 8;

fn hierarchy(capture: &str, tables: &Tables, rows: &[Vec<String>], report: &mut Report) {
    let built = |name: &str| registry().named(name).is_some();
    let all = without_fields(rows);
    // Below a layer that carries a protocol that is not built, what is unknown to Weir is not the same.
    let mut beyond: BTreeSet<Vec<String>> = BTreeSet::new();
    for path in all.keys() {
        if let Some(at) = path.iter().position(|n| !built(n)) {
            beyond.insert(path.iter().take(at).cloned().collect());
            beyond.insert(path.iter().filter(|n| built(n)).cloned().collect());
        }
    }
    let comparable = |path: &[String]| {
        path.len() <= DEEP
            && path.iter().all(|n| built(n))
            && !path.split_last().is_some_and(|(last, parent)| {
                matches!(last.as_str(), "data") && beyond.contains(parent)
            })
    };
    // What a protocol that is not built carries is compared below the one that carries it.
    let mut shown: BTreeMap<Vec<String>, (u64, u64)> = BTreeMap::new();
    for (path, (frames, bytes)) in &all {
        let read: Vec<String> = path.iter().filter(|n| built(n)).cloned().collect();
        if path.last().is_some_and(|n| built(n)) && comparable(&read) {
            let slot = shown.entry(read).or_default();
            slot.0 += frames;
            slot.1 += bytes;
        } else {
            report.skip("rows of the protocol hierarchy with a protocol that is not built");
        }
    }
    let mut theirs = Rows::new();
    for (path, (frames, bytes)) in shown {
        theirs.insert(format!("{} {frames} {bytes}", path.join(":")), 1);
    }
    let mut ours = Rows::new();
    for level in tables.hierarchy.levels() {
        let path: Vec<String> = level
            .path
            .iter()
            .filter_map(|id| registry().get(*id))
            .map(|p| p.info.name.to_owned())
            .collect();
        if comparable(&path) {
            let row = format!("{} {} {}", path.join(":"), level.packets, level.bytes);
            ours.insert(row, 1);
        }
    }
    let item = if beyond.is_empty() {
        "hierarchy"
    } else {
        "hierarchy without protocols not built"
    };
    table(capture, item, &ours, &theirs, report);
}

/// Wireshark's short names where they are not the filter's or the column's.
const SHORT: [(&str, &str); 6] = [
    ("arp", "ARP/RARP"),
    ("dhcp", "DHCP/BOOTP"),
    ("eth", "Ethernet"),
    ("frame", "Frame"),
    ("kerberos", "KRB5"),
    ("wlan", "IEEE 802.11"),
];

fn short(name: &str) -> String {
    if let Some((_, short)) = SHORT.iter().find(|(n, _)| *n == name) {
        return (*short).to_owned();
    }
    let protocol = registry().named(name);
    let column = protocol.map_or("", |p| p.info.column);
    if column.is_empty() { name } else { column }.to_owned()
}

/// What Weir remarks and Wireshark has no expert for.
fn is_own(id: &str) -> bool {
    let ids = [
        "ip.fragment.error",
        "ip.fragment.overlap.conflicts",
        "tcp.segment.overlap.conflict",
    ];
    id.starts_with("weir.") || ids.contains(&id)
}

fn experts(capture: &str, tables: &Tables, rows: &[Vec<String>], report: &mut Report) {
    // The recorded table ends after so many rows.
    const RECORDED: usize = 300;
    // Of a message so many characters are recorded.
    const MESSAGE: usize = 160;
    let own = |says: &str| {
        let kinds = weir_dissect::protocols::ALL
            .iter()
            .flat_map(|p| p.anomalies);
        kinds.into_iter().any(|k| k.says == says && is_own(k.id))
    };
    let read: BTreeSet<String> = weir_dissect::protocols::ALL
        .iter()
        .map(|p| short(p.info.name).to_lowercase())
        .collect();
    let mut beyond = false;
    let mut theirs = Rows::new();
    for r in rows {
        let at = |n: usize| r.get(n).map_or("", String::as_str);
        let by = at(2).to_lowercase();
        if read.contains(&by) || by == "comment" {
            let row = format!("{} {} {by} {} {}", at(0), at(1), at(3), at(4));
            theirs.insert(row, 1);
        } else {
            beyond = true;
            report.skip("remarks of protocols that are not built");
        }
    }
    let remarks = tables.experts.rows().iter();
    let ours = remarks.filter(|e| !own(&e.message)).map(|e| {
        let by = short(&e.protocol).to_lowercase();
        let message: String = e.message.chars().take(MESSAGE).collect();
        (
            format!("{} {} {by} {message} {}", e.severity, e.group, e.count),
            1,
        )
    });
    let mut ours: Rows = ours.collect();
    if rows.len() >= RECORDED {
        report
            .skip("expert summaries of which the first 300 rows are recorded: those are compared");
        ours.retain(|row, _| theirs.contains_key(row));
    }
    let item = if beyond {
        "expert without protocols not built"
    } else {
        "expert"
    };
    table(capture, item, &ours, &theirs, report);
}
