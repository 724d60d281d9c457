//! `weir files`: artifacts, and their contents written out under neutral names.

use super::Done;
use super::open::Open;
use crate::args::{Args, Usage};
use crate::out::{self, Out};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use weir_dissect::DecodeEnd;
use weir_model::ArtifactId;
use weir_session::ops::{PART, completeness};
use weir_session::{Extract, hex, is_archive, list};

pub(crate) fn run(args: &Args) -> Done {
    if args.spread {
        return super::spread::run(args);
    }
    let mut open = Open::new(args)?;
    open.payload_only();
    open.hash(false);
    let mut out = Out::new(args.json);
    out.head(&[
        "id",
        "name",
        "protocol",
        "size",
        "complete",
        "state",
        "type",
        "declared_type",
        "sha256",
        "sha1",
        "md5",
        "client",
        "server",
        "direction",
        "first",
        "last",
        "contents",
    ]);
    let mut held = listed(&mut open, args.json);
    let mut keys = Vec::new();
    for (n, chain) in open.session.chains.iter().enumerate() {
        for artifact in &chain.facts().artifacts {
            let digests = open.session.digests.get(&(n, artifact.key));
            let hashes = digests.and_then(|d| d.hashes);
            let state = completeness(artifact, digests);
            keys.push((n, artifact.key, artifact.id));
            out.row(&json!({
                "id": artifact.id.to_string(),
                "name": artifact.names.first().map(|n| &*n.text),
                "protocol": artifact.protocol.info.name,
                "size": digests.map_or(artifact.wire_size, |d| d.size),
                "complete": matches!(state, "complete" | PART),
                "state": state,
                "type": artifact.found_type.as_ref().map(|t| &*t.media),
                "declared_type": artifact.declared_type,
                "sha256": hashes.map(|h| hex(&h.sha256)),
                "sha1": hashes.map(|h| hex(&h.sha1)),
                "md5": hashes.map(|h| hex(&h.md5)),
                "client": artifact.client.0.to_string(),
                "server": artifact.server.0.to_string(),
                "direction": if artifact.sent { "sent" } else { "received" },
                "first": open.session.name(artifact.first),
                "last": open.session.name(artifact.last),
                "contents": held.remove(&artifact.id),
            }));
        }
    }
    if let Some(dir) = &args.extract {
        std::fs::create_dir_all(dir).map_err(|e| Usage(format!("{}: {e}", dir.display())))?;
        for (chain, key, id) in keys {
            let mut job = Extract::new(&open.session, chain, vec![key]);
            open.run(&mut job);
            let Some(body) = job.finish().remove(&key) else {
                continue;
            };
            // The name on the wire is hostile; the id is not.
            let path = dir.join(format!("{}.bin", id.to_string().replace([':', '.'], "-")));
            if let Err(e) = std::fs::write(&path, &body.bytes) {
                out::error(&format!("{}: {e}", path.display()));
                open.broken = true;
            }
            if body.decoded == Some(DecodeEnd::Bomb) {
                out::error(&format!("{}: {}", path.display(), weir_dissect::BOMB.says));
            }
            if body.cut || !body.gaps.is_empty() {
                out::error(&format!(
                    "{}: not the whole file: {} parts missing",
                    path.display(),
                    body.gaps.len()
                ));
            }
        }
    }
    Ok(open.code())
}

/// Names shown of an archive in a table.
const SHOWN: usize = 8;

/// What the archives among the files hold, one level deep.
fn listed(open: &mut Open, as_json: bool) -> BTreeMap<ArtifactId, Value> {
    let mut found = Vec::new();
    for (n, chain) in open.session.chains.iter().enumerate() {
        let known = |a: &&weir_dissect::facts::Artifact| {
            a.found_type.as_ref().is_some_and(|t| is_archive(&t.media))
        };
        let archives = chain.facts().artifacts.iter().filter(known);
        found.extend(archives.map(|a| (n, a.key, a.id)));
    }
    let mut out = BTreeMap::new();
    for (chain, key, id) in found {
        let mut job = Extract::new(&open.session, chain, vec![key]);
        open.run(&mut job);
        let body = job.finish().remove(&key);
        let Some(listing) = body.and_then(|b| list(&b.bytes)) else {
            continue;
        };
        let value = if as_json {
            json!(listing)
        } else {
            let names = listing.entries.iter().take(SHOWN).map(|e| e.name.as_str());
            let names = names.collect::<Vec<_>>().join(", ");
            let many = listing.entries.len() + listing.more;
            let remarks: String = listing.remarks.iter().map(|r| format!("; {r}")).collect();
            json!(format!("{} of {many}: {names}{remarks}", listing.kind))
        };
        out.insert(id, value);
    }
    out
}
