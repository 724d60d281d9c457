//! Files carried by HTTP, FTP, SMB, TFTP and mail: the recorded SHA-256 must be among ours, each as often. Four kinds of
//! rows are no files and only counted: empty ones, what was said in named pipes, those of packets in which tshark read no
//! message (behind lost segments it exports every single segment of the rest of a body as an object of its own), and what
//! a POP3 server says: there tshark exports every single segment of a list or of the top of a mail. The line end before
//! the point that ends a mail is the mail's (RFC 5321 section 4.1.1.4); tshark leaves it out where one segment has both, so
//! a mail may be equal without it.

use super::{Check, Difference, Loaded, Report};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use weir_session::{Extract, hex};

pub(super) fn compare(loaded: &mut Loaded, report: &mut Report) {
    let Some(rows) = loaded.rows("objects.tsv") else {
        return;
    };
    if loaded.incomplete("objects") {
        return;
    }
    let mut ours: BTreeMap<String, u64> = BTreeMap::new();
    for (n, chain) in loaded.session.chains.iter().enumerate() {
        for artifact in &chain.facts().artifacts {
            if let Some(hashes) = loaded
                .session
                .digests
                .get(&(n, artifact.key))
                .and_then(|d| d.hashes)
            {
                *ours.entry(hex(&hashes.sha256)).or_default() += 1;
            }
        }
    }
    if rows.iter().any(|r| r.first().is_some_and(|c| c == "imf")) {
        for hash in shortened_mails(loaded) {
            *ours.entry(hash).or_default() += 1;
        }
    }
    let messages = messages(loaded);
    let pop = loaded.oracle.join("pop.tsv").exists();
    for r in rows {
        let at = |n: usize| r.get(n).map_or("", String::as_str);
        if !matches!(at(0), "http" | "ftp-data" | "smb" | "imf" | "tftp") {
            continue;
        }
        if at(5) == "0" {
            report.skip("objects of 0 bytes");
            continue;
        }
        if at(0) == "smb" && at(2).ends_with("IPC$") {
            report.skip("objects that are the two sides of a named pipe");
            continue;
        }
        if at(0) == "http" && !messages.contains(at(1)) {
            report.skip("objects that are single segments behind a loss, in packets without an HTTP message");
            continue;
        }
        if at(0) == "imf" && pop {
            report.skip("objects that are single segments of what a POP3 server says");
            continue;
        }
        let left = ours.get_mut(at(6)).filter(|n| **n > 0);
        let outcome = match left {
            Some(n) => {
                *n -= 1;
                Ok(())
            }
            None => Err(Difference {
                ours: "no file with this hash".to_owned(),
                theirs: format!("frame {} {} {} bytes {}", at(1), at(4), at(5), at(6)),
            }),
        };
        report.add(&loaded.name, Check::Objects, at(0), outcome);
    }
}

/// Hashes of the mails without their last line end.
fn shortened_mails(loaded: &mut Loaded) -> Vec<String> {
    let mut out = Vec::new();
    for n in 0..loaded.session.chains.len() {
        let mails = loaded.session.chains.get(n).map(|c| c.facts());
        let mails = mails.iter().flat_map(|f| &f.artifacts);
        let mails = mails.filter(|a| a.declared_type.as_deref() == Some("message/rfc822"));
        let keys: Vec<_> = mails.map(|a| a.key).collect();
        let mut job = Extract::new(&loaded.session, n, keys);
        if loaded.door.run(&mut loaded.session, &mut job).is_err() {
            continue;
        }
        let bodies = job.finish();
        let cut = bodies
            .values()
            .filter_map(|b| b.bytes.strip_suffix(b"\r\n"));
        out.extend(cut.map(|b| hex(&Sha256::digest(b))));
    }
    out
}

/// Numbers of the packets in which tshark read the head of a request or response.
fn messages(loaded: &Loaded) -> BTreeSet<String> {
    let text = std::fs::read(loaded.oracle.join("http.tsv")).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let mut lines = text.lines().map(|l| l.split('\t').collect::<Vec<_>>());
    let names = lines.next().unwrap_or_default();
    let place = |name: &str| names.iter().position(|n| *n == name);
    let heads = [place("http.request.method"), place("http.response.code")];
    let number = place("frame").unwrap_or(0);
    lines
        .filter(|l| {
            heads
                .iter()
                .flatten()
                .any(|n| l.get(*n).is_some_and(|v| !v.is_empty()))
        })
        .filter_map(|l| l.get(number).map(|n| (*n).to_owned()))
        .collect()
}
