//! Which files are in question, and why: what an answer lists, what the analyst pinned, what a finding cites.

use super::{Args, By, Why};
use crate::bodies::hex;
use crate::session::Session;
use std::collections::{BTreeMap, BTreeSet};
use weir_analyze::answers::answer;
use weir_analyze::detections::Findings;
use weir_analyze::environment::Environment;
use weir_analyze::leads::is_alarm;
use weir_dissect::facts::Artifact;
use weir_model::{ArtifactId, EvidenceRef, IndicatorKind, PacketRef};

/// Reasons kept per content.
pub(super) const REASONS: usize = 8;

/// Reasons by artifact, by packet and by hash.
#[derive(Default)]
pub(super) struct Question {
    artifacts: BTreeMap<ArtifactId, BTreeSet<Why>>,
    packets: BTreeMap<PacketRef, BTreeSet<Why>>,
    /// Beginnings of a SHA-256 in hexadecimal digits.
    hashes: Vec<(String, Why)>,
}

fn kind(of: IndicatorKind) -> &'static str {
    match of {
        IndicatorKind::Domain => "domain",
        IndicatorKind::Address => "address",
        IndicatorKind::Url => "URL",
        IndicatorKind::Filename => "file name",
        IndicatorKind::Glob => "name pattern",
        IndicatorKind::Sha256 => "SHA-256",
        IndicatorKind::Sha1 => "SHA-1",
        IndicatorKind::Md5 => "MD5",
        IndicatorKind::Filetype => "file type",
        IndicatorKind::UserAgent => "User-Agent",
    }
}

/// How many packets of a pinned range are looked at.
const RANGE: u32 = 10_000;

impl Question {
    pub(super) fn new(
        session: &Session,
        env: &Environment,
        args: &Args,
        found: Option<&Findings>,
    ) -> Self {
        let mut out = Self::default();
        if let Some(scope) = args.scope.as_ref().filter(|s| !s.indicators.is_empty()) {
            let answers = session.conclude(|input| answer(input, env, scope));
            for a in &answers.rows {
                let why = Why {
                    sort: By::Indicator,
                    says: format!("{} {}", kind(a.indicator.kind), a.indicator.value),
                };
                for f in &a.files {
                    for id in f.artifact.iter().chain(&f.parts) {
                        out.artifacts.entry(*id).or_default().insert(why.clone());
                    }
                }
            }
        }
        for written in &args.pinned {
            out.pin(written);
        }
        for f in found.iter().flat_map(|f| &f.rows) {
            let confirmed = args.confirmed.contains(&f.id);
            if args.dismissed.contains(&f.id) || !(confirmed || is_alarm(f.severity, f.confidence))
            {
                continue;
            }
            let why = Why {
                sort: By::Finding,
                says: format!("[[{}]] {}", f.id, f.title),
            };
            for p in f.evidence.packets() {
                out.packets.entry(p).or_default().insert(why.clone());
            }
        }
        out
    }

    fn pin(&mut self, written: &str) {
        let inner = written
            .trim()
            .trim_start_matches("[[")
            .trim_end_matches("]]");
        let why = Why {
            sort: By::Pinned,
            says: format!("[[{inner}]]"),
        };
        match inner.parse() {
            Ok(EvidenceRef::File(hash)) => self.hashes.push((hash.to_ascii_lowercase(), why)),
            Ok(EvidenceRef::Packets {
                capture,
                first,
                last,
            }) => {
                for number in first..=last.min(first.saturating_add(RANGE)) {
                    let p = PacketRef { capture, number };
                    self.packets.entry(p).or_default().insert(why.clone());
                }
            }
            _ => {}
        }
    }

    /// Reasons for one file and its content, of which nothing is there in most cases.
    pub(super) fn reasons(&self, a: &Artifact, sha256: Option<&[u8; 32]>, to: &mut BTreeSet<Why>) {
        to.extend(self.artifacts.get(&a.id).into_iter().flatten().cloned());
        let ends = a.asked.map(|p| p.0).into_iter().chain([a.first, a.last]);
        for p in ends {
            to.extend(self.packets.get(&p).into_iter().flatten().cloned());
        }
        if let Some(sha256) = sha256.filter(|_| !self.hashes.is_empty()) {
            let text = hex(sha256);
            let of = self.hashes.iter().filter(|(h, _)| text.starts_with(h));
            to.extend(of.map(|(_, why)| why.clone()));
        }
    }
}
