//! Files carried by HTTP and FTP: the recorded SHA-256 must be among ours, each as often.

use super::{Check, Difference, Loaded, Report};
use std::collections::BTreeMap;
use weir_session::hex;

pub(super) fn compare(loaded: &Loaded, report: &mut Report) {
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
    for r in rows {
        let at = |n: usize| r.get(n).map_or("", String::as_str);
        if !matches!(at(0), "http" | "ftp-data") {
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
