//! The key: what was planted, and what must be answered, so that a program can compare.
//!
//! `key.json` is [`Key`]. Each [`Plant`] is one part of one row of the table in the golden document and
//! holds its packets (numbers of capture A and of capture B), the tshark commands that show exactly
//! those packets, its files, and a list of [`Expect`]. Row 0 holds what is expected of everybody else.
//!
//! An expectation selects, among the objects that `weir answer --json` printed in one of its `runs`,
//! those whose `mac` (or, where the host has none on this segment, whose `host`) and whose indicator
//! are the named ones, and whose direction is the named one. Then:
//!
//! * `rung`: at least one object is selected, and the rung of *every* selected object is one of these;
//! * `answer`: `answer` of the strongest selected object;
//! * `matches`: `match` of the strongest contains one of these words;
//! * `in_scope`, `in_window`: of the strongest;
//! * `files`: each is listed by the strongest object with this size, SHA-256 and completeness (a part
//!   is compared by completeness and name only where its hash is empty);
//! * `no_whole_file`: no file is listed as complete;
//! * `not_files`: none of these digests is listed as a complete file;
//! * `one_transfer`: exactly one complete file is listed;
//! * `within`: every cited packet is one of the plant's (`packets` of the plant);
//! * `not_copies`: no second copy of a mirrored packet is cited;
//! * `during`: `first` and `last` lie in this interval (decimal seconds);
//! * `reason`: for each list, `reason` contains one of its texts, case ignored;
//! * `window_s`, `covered_s`: seconds wanted, and bounds of the seconds captured;
//! * `absent_ok`: no selected object is right too, and `host` must be the address as well (routers, servers).
//!
//! Runs: `a` capture A alone; `ab` both; `ring` the twelve files of A; `pass2` both with the derived
//! indicators of `ab` added; `kolkata` and `dst` both with that scope. An expectation whose plant has
//! packets in B is left out of `a` and `ring` unless it says otherwise. In `ring` packets have other names, so
//! `within` and `not_copies` are not compared there; instead the whole output must equal that of `a`.
//!
//! Words of `match` that expectations use: `dns`, `cname`, `address`, `host`, `uri`, `sni`, `certificate`,
//! `path`, `query`, `disposition`, `ftp`, `redirect`, `mime`, `content`, `hash`, and the marks `subdomain`,
//! `suffix`, `mention`. Only the marks and `address` are demanded.

use super::body::FileKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the key document.
pub const SCHEMA: u32 = 1;

/// An indicator of the scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Indicator {
    /// `domain`, `filename`, `sha256` …
    pub kind: String,
    /// Its value.
    pub value: String,
}

impl Indicator {
    /// From its parts.
    #[must_use]
    pub fn new(kind: &str, value: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            value: value.to_owned(),
        }
    }
}

/// Who an answer is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HostKey {
    /// Name that the network knows.
    pub name: String,
    /// Address that takes part.
    pub address: String,
    /// Station, empty where a router hides it.
    pub mac: String,
}

/// What must be found; see the module's text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Expect {
    /// Where it is compared.
    pub runs: Vec<String>,
    /// Whose answer.
    pub host: HostKey,
    /// To which indicator.
    pub indicator: Indicator,
    /// `received` or `sent`.
    pub direction: String,
    /// Allowed rungs.
    pub rung: Vec<String>,
    /// Required answer.
    pub answer: Option<String>,
    /// Allowed match classes.
    pub matches: Vec<String>,
    /// Required scope flag.
    pub in_scope: Option<bool>,
    /// Required window flag.
    pub in_window: Option<bool>,
    /// Files that must be listed.
    pub files: Vec<FileKey>,
    /// No complete file may be listed.
    pub no_whole_file: bool,
    /// Digests that may not be listed as complete.
    pub not_files: Vec<String>,
    /// Exactly one complete file is listed.
    pub one_transfer: bool,
    /// Only the plant's packets are cited.
    pub within: bool,
    /// Second copies are not cited.
    pub not_copies: bool,
    /// Interval that holds `first` and `last`.
    pub during: Option<(String, String)>,
    /// Each list: one of its texts is in the reason.
    pub reason: Vec<Vec<String>>,
    /// No object is right too.
    pub absent_ok: bool,
    /// Required seconds of the window.
    pub window_s: Option<u64>,
    /// Bounds of the seconds covered.
    pub covered_s: Option<(u64, u64)>,
}

impl Expect {
    /// About a host and an indicator, received.
    #[must_use]
    pub fn of(host: &HostKey, indicator: &Indicator) -> Self {
        Self {
            host: host.clone(),
            indicator: indicator.clone(),
            direction: "received".to_owned(),
            ..Self::default()
        }
    }

    /// The rung, and the answer that belongs to it.
    #[must_use]
    pub fn rung(mut self, rung: &str) -> Self {
        self.rung = vec![rung.to_owned()];
        self.answer = Some(
            match rung {
                "delivered" | "partial" => "seen",
                "hidden" => "cannot_tell",
                _ => "not_seen",
            }
            .to_owned(),
        );
        self
    }

    /// Several allowed rungs, answer open.
    #[must_use]
    pub fn any_rung(mut self, rungs: &[&str]) -> Self {
        self.rung = rungs.iter().map(|r| (*r).to_owned()).collect();
        self
    }

    /// A file that must be listed.
    #[must_use]
    pub fn file(mut self, file: &FileKey) -> Self {
        self.files.push(file.clone());
        self
    }

    /// Only the plant's packets, and times inside it.
    #[must_use]
    pub fn within(mut self) -> Self {
        self.within = true;
        self
    }

    /// The reason holds one of these.
    #[must_use]
    pub fn because(mut self, texts: &[&str]) -> Self {
        self.reason
            .push(texts.iter().map(|t| (*t).to_owned()).collect());
        self
    }

    /// One of these match classes.
    #[must_use]
    pub fn matched(mut self, classes: &[&str]) -> Self {
        self.matches = classes.iter().map(|t| (*t).to_owned()).collect();
        self
    }

    /// Other direction.
    #[must_use]
    pub fn sent(mut self) -> Self {
        self.direction = "sent".to_owned();
        self
    }

    /// Compared only in these runs.
    #[must_use]
    pub fn only(mut self, runs: &[&str]) -> Self {
        self.runs = runs.iter().map(|t| (*t).to_owned()).collect();
        self
    }

    /// Window flag.
    #[must_use]
    pub fn window(mut self, inside: bool) -> Self {
        self.in_window = Some(inside);
        self
    }
}

/// Content that moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The host sent it.
    pub sent: bool,
    /// Its name as the map has it; a page may have none.
    pub name: String,
    /// Digest of the whole; empty where it did not come whole.
    pub sha256: String,
    /// The domain's server gave it.
    pub of_domain: bool,
}

/// Packet numbers per capture letter, 1-based in file order.
pub type Numbers = BTreeMap<String, Vec<u64>>;

/// One part of a row.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Plant {
    /// Row of the table; 0 is everybody else; 101… are plants of later work.
    pub row: u16,
    /// Which of several, `a`, `b`, …
    pub part: String,
    /// What was planted.
    pub title: String,
    /// Who.
    pub host: HostKey,
    /// Found in this pass.
    pub pass: u8,
    /// Every packet of it.
    pub packets: Numbers,
    /// Those that are second copies of a mirror port.
    pub copies: Numbers,
    /// First packet's time, decimal seconds.
    pub first: String,
    /// Last packet's time.
    pub last: String,
    /// Files that moved.
    pub files: Vec<FileKey>,
    /// Content that came from or went to a server of the indicators, for the map; also pages and forms.
    pub moved: Vec<Moved>,
    /// It talked with the domain's server.
    pub reached: bool,
    /// Part of what it exchanged there cannot be read.
    pub unread: bool,
    /// Whole files that `tshark --export-objects http` or `ftp-data` gives for it.
    pub exported: Vec<String>,
    /// Display filter that shows exactly its packets.
    pub filter: String,
    /// `-d` arguments that the filter needs.
    pub decode_as: Vec<String>,
    /// Commands that show its packets.
    pub tshark: Vec<String>,
    /// Why a look-alike is none.
    pub why_not: String,
    /// What must be answered.
    pub expects: Vec<Expect>,
    /// Indicators that the answers of `ab` must derive.
    pub derives: Vec<Indicator>,
    /// Indicators that they must not.
    pub derives_not: Vec<Indicator>,
    /// Further facts of this plant.
    pub facts: BTreeMap<String, String>,
}

/// One capture file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CaptureKey {
    /// File name.
    pub file: String,
    /// Digest of the file.
    pub sha256: String,
    /// Bytes of the file.
    pub size: u64,
    /// Packets in it.
    pub packets: u64,
    /// Time of the first.
    pub first: String,
    /// Time of the last.
    pub last: String,
}

/// A window typed in local time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TypedWindow {
    /// Run that uses it.
    pub run: String,
    /// Scope file.
    pub scope: String,
    /// Zone in which it was typed.
    pub zone: String,
    /// As typed.
    pub from: String,
    /// As typed.
    pub to: String,
}

/// The whole key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Key {
    /// Version.
    pub schema: u32,
    /// Seed of everything.
    pub seed: u64,
    /// `none`, `clean` or `fault`.
    pub twin: String,
    /// Capture files by letter.
    pub captures: BTreeMap<String, CaptureKey>,
    /// Capture A in ring files, shuffled.
    pub ring: Vec<String>,
    /// The scope's indicators.
    pub indicators: Vec<Indicator>,
    /// Start of the window, its end, and "now".
    pub window: (String, String, String),
    /// Windows of row 40.
    pub typed: Vec<TypedWindow>,
    /// Everybody on the network.
    pub hosts: Vec<HostKey>,
    /// Rows.
    pub plants: Vec<Plant>,
    /// What a mind map of capture A has to hold.
    pub map: super::map::MapKey,
}

/// Decimal seconds with nine digits.
#[must_use]
pub fn seconds(time: crate::packets::Nanos) -> String {
    format!(
        "{}.{:09}",
        time.div_euclid(crate::packets::SECOND),
        time.rem_euclid(crate::packets::SECOND)
    )
}
