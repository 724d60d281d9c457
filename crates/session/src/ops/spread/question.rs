//! Which files are in question, and why: what an answer lists, what the analyst pinned, what a finding cites.

use super::pins::Pins;
use super::{Args, By, Why};
use crate::bodies::hex;
use crate::session::Session;
use std::collections::{BTreeMap, BTreeSet};
use weir_analyze::answers::answer;
use weir_analyze::detections::Findings;
use weir_analyze::environment::Environment;
use weir_analyze::leads::is_alarm;
use weir_dissect::facts::Artifact;
use weir_model::{ArtifactId, IndicatorKind, PacketRef};

/// Reasons kept per content.
pub(super) const REASONS: usize = 8;

/// Reasons that are kept, what was asked first, and how many there are besides.
pub(super) type Reasons = (Vec<Why>, usize);

/// Reasons by artifact and by packet, and what is pinned.
#[derive(Default)]
pub(super) struct Question {
    artifacts: BTreeMap<ArtifactId, BTreeSet<Why>>,
    packets: BTreeMap<PacketRef, BTreeSet<Why>>,
    pins: Pins,
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
        out.pins = Pins::new(session, &args.pinned);
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

    /// Pins beyond those that are looked at.
    pub(super) fn left(&self) -> usize {
        self.pins.left
    }

    /// Reasons for one content: of its files, and for their hash.
    pub(super) fn reasons<'a>(
        &self,
        files: impl Iterator<Item = &'a Artifact>,
        sha256: Option<&[u8; 32]>,
    ) -> Reasons {
        let mut why: BTreeSet<&Why> = BTreeSet::new();
        let mut pinned = self.pins.none();
        for a in files {
            why.extend(self.artifacts.get(&a.id).into_iter().flatten());
            let asked = a.asked.map(|p| p.0);
            for p in asked.into_iter().chain([a.first, a.last]) {
                why.extend(self.packets.get(&p).into_iter().flatten());
                self.pins.at(p, &mut pinned);
            }
        }
        if let Some(sha256) = sha256.filter(|_| self.pins.of_hashes()) {
            self.pins.of(&hex(sha256), &mut pinned);
        }
        why.extend(self.pins.of_these(&pinned));
        let more = why.len().saturating_sub(REASONS);
        (why.into_iter().take(REASONS).cloned().collect(), more)
    }
}
