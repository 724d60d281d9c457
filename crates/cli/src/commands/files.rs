//! `weir files`: artifacts, and their contents written out under neutral names.

use super::Done;
use super::open::Open;
use crate::args::{Args, Usage};
use crate::out::{self, Out};
use serde_json::json;
use weir_dissect::DecodeEnd;
use weir_session::ops::{PART, completeness};
use weir_session::{Extract, hex};

pub(crate) fn run(args: &Args) -> Done {
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
    ]);
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
