//! Answers: per host and indicator the highest rung that was reached, with evidence, coverage and reason.
//! Narrowing never reaches this place: answers use all packets that are no copies.

mod assemble;
mod collect;
pub mod coverage;
mod decision;
mod derive;
mod dns;
mod domain;
mod flows;
mod ftp;
mod grants;
mod http;
mod matcher;
pub mod merge;
mod pattern;
mod rows;
mod rung;
mod text;

pub use coverage::{Coverage, Spans};
pub(crate) use dns::shown;
pub use domain::{Domain, Kinship, normal};
pub(crate) use domain::{host_of, host_of_url};
pub(crate) use matcher::is_program;
pub use merge::{MergePlan, Piece};
pub use pattern::{FileName, Url};
pub use rung::{Classes, FileRef, Rung, Verdict, Way};
pub(crate) use text::{moment, plural};

use crate::decisions::Decision;
use crate::environment::{Environment, HostId};
use crate::input::{Hashes, Input};
use std::net::IpAddr;
use weir_model::{ArtifactId, Indicator, Mac, PacketRef, RecordRef, RowRef, Scope, Timestamp};

/// Answers written of hosts without a trace of any indicator, at most.
pub const QUIET: usize = 50_000;

/// Packets cited by one answer at most.
pub const CITED: usize = 48;

/// A file an answer lists.
#[derive(Clone, PartialEq, Debug)]
pub struct SeenFile {
    /// The artifact, or the merge of several.
    pub file: FileRef,
    /// Its name for evidence; of the first part for a merge.
    pub artifact: Option<ArtifactId>,
    /// Its best name. Hostile text.
    pub name: String,
    /// Decoded bytes where they were hashed, else bytes in the capture.
    pub size: u64,
    /// Of the decoded content; `None` while pending, and where bytes are missing.
    pub hashes: Option<Hashes>,
    /// The whole file is there.
    pub complete: bool,
    /// Where it was had from. Hostile text.
    pub url: String,
    /// Who gave or got it.
    pub server: IpAddr,
    /// Transfer's time.
    pub first: Timestamp,
    /// Transfer's end.
    pub last: Timestamp,
    /// ASCII mode: bytes are as sent.
    pub ascii: bool,
    /// Parts it was merged from, in order of their beginning.
    pub parts: Vec<ArtifactId>,
}

/// The answer to one indicator for one host in one direction.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// Which host; `None` for one without a packet.
    pub id: Option<HostId>,
    /// The address that took part, the latest where there were several.
    pub host: IpAddr,
    /// Where its segment is seen.
    pub mac: Option<Mac>,
    /// Its name and who says so.
    pub name: Option<String>,
    /// `DHCP`, `NetBIOS` …
    pub name_from: Option<&'static str>,
    /// To what.
    pub indicator: Indicator,
    /// Seen, not seen, cannot tell.
    pub answer: Verdict,
    /// How far it got.
    pub rung: Rung,
    /// Received or sent.
    pub direction: Way,
    /// By what it matched: `host`, `path`, `address` …, marks `subdomain`, `suffix`, `expired`, `mention`.
    pub matched: Vec<&'static str>,
    /// The host, and what it was done with, are in the scope.
    pub in_scope: bool,
    /// Some of it lies in the window.
    pub in_window: bool,
    /// First packet of the evidence.
    pub first: Option<Timestamp>,
    /// Last packet of the evidence.
    pub last: Option<Timestamp>,
    /// Evidence, at most [`CITED`].
    pub packets: Vec<PacketRef>,
    /// Rows of flow logs, as many at most.
    pub rows: Vec<RowRef>,
    /// Files, in order of time.
    pub files: Vec<SeenFile>,
    /// Why this rung, in sentences.
    pub reason: String,
    /// What was looked at.
    pub checked: String,
    /// Seconds of the window that are captured.
    pub covered_s: u64,
    /// Seconds of the window.
    pub window_s: u64,
    /// Servers of the evidence, in order of address: for derived indicators and the decision.
    pub servers: Vec<IpAddr>,
}

impl Answer {
    /// What it rests on: packets, then rows.
    pub fn records(&self) -> impl Iterator<Item = RecordRef> + '_ {
        let rows = self.rows.iter().map(|r| RecordRef::from(*r));
        self.packets.iter().map(|p| RecordRef::from(*p)).chain(rows)
    }
}

/// All answers of one pass.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Answers {
    /// By host address, indicator and direction.
    pub rows: Vec<Answer>,
    /// Indicators that the answers lead to, for the next pass.
    pub derived: Vec<Indicator>,
    /// One row per affected host, by the answers alone.
    pub decisions: Vec<Decision>,
    /// Indicators that cannot be compared, with the reason.
    pub unusable: Vec<(Indicator, String)>,
    /// Entries of the scope that name nothing, each with its sentence.
    pub strays: Vec<String>,
    /// Hosts of the scope without a trace of any indicator that are not listed, beyond [`QUIET`] answers.
    pub unlisted: u64,
}

impl Answers {
    /// What stands beside the answers: indicators that were not compared, hosts that are not listed.
    #[must_use]
    pub fn beside(&self) -> Vec<String> {
        let mut out: Vec<String> = self
            .unusable
            .iter()
            .map(|(i, why)| format!("\u{201c}{}\u{201d} was not checked: {why}", i.value))
            .chain(self.strays.iter().cloned())
            .collect();
        if self.unlisted > 0 {
            out.push(format!(
                "{} more hosts of the scope, without a trace of any indicator, are not listed, and nothing is said of them: answers of this kind are written up to {QUIET}. Name fewer networks or indicators to have each of them.",
                self.unlisted
            ));
        }
        out
    }
}

/// Answers a scope.
#[must_use]
pub fn answer(input: &Input<'_>, env: &Environment, scope: &Scope) -> Answers {
    let mut all = collect::Collector::new(input, env, scope);
    all.look_ups();
    all.exchanges();
    all.transfers();
    all.merges();
    all.flows();
    all.rows(scope.window);
    all.drop_relayed();
    assemble::assemble(&all, scope)
}
