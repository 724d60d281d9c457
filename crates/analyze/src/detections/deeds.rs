//! What hosts do to each other's machines over SMB and remote procedure calls, one list for all detections of it.
//! Judges nothing.

use super::finding::Finding;
use super::gather::{Groups, Row, begin, facts, named};
use super::{Detection, Ground, Key};
use std::net::IpAddr;
use weir_dissect::Facts;
use weir_dissect::facts::MessageMeta;
use weir_dissect::protocols::{dcerpc, smb, smb2};
use weir_model::{PacketRef, Timestamp};

/// What was done.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed<'a> {
    /// Something with a file or pipe: action as `SMB::FILE_OPEN`, share, name. Hostile text.
    File(&'a str, &'a str, &'a str),
    /// A share was connected. Hostile text.
    Share(&'a str),
    /// An operation of an interface was called; it failed.
    Call(&'a str, &'a str, bool),
}

/// Who did it to whom when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done<'a> {
    pub(super) chain: usize,
    pub(super) client: IpAddr,
    pub(super) server: (IpAddr, u16),
    pub(super) first: (PacketRef, Timestamp),
    pub(super) last: (PacketRef, Timestamp),
    pub(super) what: Deed<'a>,
}

/// How many there are in a chain, copies included.
fn len(facts: &Facts) -> usize {
    let m = &facts.messages;
    m.all::<smb::FileAction>().len()
        + m.all::<smb2::FileAction>().len()
        + m.all::<smb::Mapping>().len()
        + m.all::<smb2::Mapping>().len()
        + m.all::<dcerpc::Call>().len()
}

/// One by its place: the tables stand one behind the other.
fn at(facts: &Facts, n: usize) -> Option<(&MessageMeta, Deed<'_>)> {
    let m = &facts.messages;
    let mut n = n;
    macro_rules! table {
        ($row:ty, |$one:ident| $what:expr) => {
            let rows = m.all::<$row>();
            if let Some($one) = rows.get(n) {
                return Some((&$one.meta, $what));
            }
            n -= rows.len();
        };
    }
    table!(smb::FileAction, |a| Deed::File(a.action, &a.path, &a.name));
    table!(smb2::FileAction, |a| Deed::File(a.action, &a.path, &a.name));
    table!(smb::Mapping, |a| Deed::Share(&a.path));
    table!(smb2::Mapping, |a| Deed::Share(&a.path));
    let call = m.all::<dcerpc::Call>().get(n)?;
    let what = Deed::Call(&call.endpoint, &call.operation, call.fault.is_some());
    Some((&call.meta, what))
}

/// A deed by its place; nothing for copies and where its connection is not known.
pub(super) fn done<'a>(ground: &'a Ground<'_>, row: Row) -> Option<Done<'a>> {
    let facts = facts(ground, row.0)?;
    let (meta, what) = at(facts, row.1)?;
    let flow = facts.flow(meta.flow?)?;
    (!meta.duplicate).then_some(Done {
        chain: row.0,
        client: flow.client.0,
        server: flow.server,
        first: (meta.first, meta.time),
        last: (meta.last, meta.end),
        what,
    })
}

/// The deeds that are wanted, by who did them to whom. Subject: the host and the other's address.
pub(super) fn keys(
    ground: &Ground<'_>,
    least: usize,
    wanted: impl Fn(&Done<'_>) -> bool,
) -> Vec<Key> {
    let mut out: Groups<(IpAddr, IpAddr)> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for n in 0..len(c.facts) {
            if let Some(d) = done(ground, (chain, n)).filter(&wanted) {
                out.put((d.client, d.server.0), (chain, n));
            }
        }
    }
    let mut all = out.keys(least, |(client, server)| format!("{client}|{server}"));
    for key in &mut all {
        let first = key.rows.first().and_then(|row| done(ground, *row));
        if let Some(d) = first {
            let (_, who) = named(ground, d.chain, d.client, d.first.1);
            key.subject = format!("{who}|{}", d.server.0);
        }
    }
    all
}

/// All of a key, in order of time.
pub(super) fn all<'a>(ground: &'a Ground<'_>, key: &Key) -> Vec<Done<'a>> {
    let mut out: Vec<Done<'a>> = key
        .rows
        .iter()
        .filter_map(|row| done(ground, *row))
        .collect();
    out.sort_by_key(|d| (d.first.1, d.first.0));
    out
}

/// A finding about these, the first of which says who did it to whom.
pub(super) fn finding(
    ground: &Ground<'_>,
    key: &Key,
    detection: &'static Detection,
    all: &[Done<'_>],
) -> Option<Finding> {
    let first = all.first()?;
    let from = (first.chain, first.client);
    let mut out = begin(ground, detection, &key.subject, from, &packets(all))?;
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    out.why = format!("Called: {}. {}", operations(all), detection.why);
    Some(out)
}

/// Packets of these.
pub(super) fn packets<'a, 'b: 'a>(
    all: impl IntoIterator<Item = &'a Done<'b>>,
) -> Vec<(PacketRef, Timestamp)> {
    all.into_iter().flat_map(|d| [d.first, d.last]).collect()
}

/// `ADMIN$`, `C$` and the like: shares that only administrators may connect.
pub(super) fn administrative(share: &str) -> bool {
    let name = share.rsplit('\\').next().unwrap_or_default();
    match name.strip_suffix('$') {
        Some(stem) => {
            stem.eq_ignore_ascii_case("admin")
                || (stem.len() == 1 && stem.bytes().all(|b| b.is_ascii_alphabetic()))
        }
        None => false,
    }
}

/// What changes a machine: services and tasks made, changed or started, programs run through WMI, drivers of printers
/// put there.
pub(super) fn runs(what: &Deed<'_>) -> bool {
    let Deed::Call(interface, operation, failed) = *what else {
        return false;
    };
    let wanted = match interface {
        "svcctl" => [
            "CreateService",
            "StartService",
            "ChangeServiceConfig",
            "CreateWowService",
        ]
        .iter()
        .any(|w| operation.starts_with(w)),
        "atsvc" => operation == "NetrJobAdd",
        "ITaskSchedulerService" => matches!(operation, "SchRpcRegisterTask" | "SchRpcRun"),
        "IWbemServices" => operation.starts_with("ExecMethod"),
        // A driver, monitor or processor of printing is a library that the other machine's system loads.
        "spoolss" => [
            "RpcAddPrinterDriver",
            "RpcAddMonitor",
            "RpcAddPrintProcessor",
        ]
        .iter()
        .any(|w| operation.starts_with(w)),
        _ => false,
    };
    wanted && !failed
}

/// Operations in a sentence: each once, with how often.
pub(super) fn operations(all: &[Done<'_>]) -> String {
    let mut out: Vec<(String, usize)> = Vec::new();
    for d in all {
        let Deed::Call(interface, operation, _) = d.what else {
            continue;
        };
        let name = format!("{interface}::{operation}");
        match out.iter_mut().find(|(n, _)| *n == name) {
            Some((_, count)) => *count += 1,
            None => out.push((name, 1)),
        }
    }
    let told: Vec<String> = out
        .iter()
        .take(8)
        .map(|(name, n)| {
            if *n == 1 {
                name.clone()
            } else {
                format!("{name} ({n} times)")
            }
        })
        .collect();
    let more = out.len().saturating_sub(8);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", told.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_administrators() {
        for (share, is) in [
            ("\\\\10.0.0.9\\ADMIN$", true),
            ("\\\\srv\\c$", true),
            ("ADMIN$", true),
            ("\\\\srv\\IPC$", false),
            ("\\\\srv\\print$", false),
            ("\\\\srv\\public", false),
            ("\\\\srv\\1$", false),
            ("", false),
        ] {
            assert_eq!(administrative(share), is, "{share}");
        }
    }

    #[test]
    fn what_runs_something() {
        for (interface, operation, failed, is) in [
            ("svcctl", "CreateServiceW", false, true),
            ("svcctl", "StartServiceA", false, true),
            ("svcctl", "StartServiceA", true, false),
            ("svcctl", "OpenSCManagerW", false, false),
            ("svcctl", "QueryServiceStatus", false, false),
            ("atsvc", "NetrJobAdd", false, true),
            ("ITaskSchedulerService", "SchRpcRegisterTask", false, true),
            ("IWbemServices", "ExecMethod", false, true),
            ("IWbemServices", "ExecQuery", false, false),
            ("spoolss", "RpcAddPrinterDriverEx", false, true),
            ("spoolss", "RpcAddPrinterDriverEx", true, false),
            ("spoolss", "RpcOpenPrinterEx", false, false),
        ] {
            assert_eq!(
                runs(&Deed::Call(interface, operation, failed)),
                is,
                "{operation}"
            );
        }
    }
}
