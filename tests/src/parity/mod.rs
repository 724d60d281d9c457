//! Weir's answers against those tshark recorded for the corpus: packets, conversations, files, filters, field rows.
//! Every difference is listed, with its class and reason where a person wrote one.

mod conversations;
mod facts;
mod filters;
mod objects;
mod reasons;
mod rows;
mod scores;
mod statistics;
mod table;

pub use filters::{FOUNDATION, FURTHER, Filters, GROUPS};
pub use reasons::{Class, Reason, Reasons};
pub use rows::Tables;
pub use scores::Scores;
pub use table::{Check, Difference, Outcome, Report};

use std::path::{Path, PathBuf};
use weir_cli::Door;
use weir_session::{Hash, Load, Session};

/// The corpus: `$WEIR_CORPUS`, else `../shared/corpus` beside the project. `None` where there is none.
///
/// # Errors
/// The folder stands but holds no capture.
pub fn corpus() -> Result<Option<PathBuf>, String> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let dir = std::env::var_os("WEIR_CORPUS").map_or(beside, PathBuf::from);
    if !dir.exists() {
        return Ok(None);
    }
    if captures(&dir).is_empty() {
        Err(format!("{} holds no capture", dir.display()))
    } else {
        Ok(Some(dir))
    }
}

/// Paths of its captures, as the manifest lists them.
#[must_use]
pub fn captures(dir: &Path) -> Vec<String> {
    let manifest = std::fs::read_to_string(dir.join("MANIFEST.tsv")).unwrap_or_default();
    manifest
        .lines()
        .skip(1)
        .filter_map(|l| l.split('\t').next())
        .map(str::to_owned)
        .filter(|p| dir.join(p).exists())
        .collect()
}

/// Is a capture in the fixed share of one in `n`? By the hash of its path, so that it never changes.
#[must_use]
pub fn in_share(path: &str, n: u64) -> bool {
    use sha2::{Digest, Sha256};
    let digest: [u8; 32] = Sha256::digest(path.as_bytes()).into();
    let first = digest
        .iter()
        .take(8)
        .fold(0u64, |n, b| (n << 8) | u64::from(*b));
    first % n.max(1) == 0
}

/// A loaded capture with its oracle's folder.
pub(crate) struct Loaded {
    pub(crate) name: String,
    pub(crate) oracle: PathBuf,
    pub(crate) door: Door,
    pub(crate) session: Session,
    pub(crate) error: Option<String>,
}

impl Loaded {
    pub(crate) fn new(dir: &Path, name: &str) -> Self {
        let (mut door, mut session) = (Door::default(), Session::new(1));
        let error = load(&mut door, &mut session, &dir.join(name)).err();
        Self {
            name: name.to_owned(),
            oracle: dir.join(format!("{name}.oracle")),
            door,
            session,
            error,
        }
    }

    /// The rows of a table of the oracle, without its head; `None` where the table is not there.
    pub(crate) fn rows(&self, table: &str) -> Option<Vec<Vec<String>>> {
        let text = std::fs::read(self.oracle.join(table)).ok()?;
        let text = String::from_utf8_lossy(&text).into_owned();
        Some(
            text.lines()
                .skip(1)
                .map(|l| l.split('\t').map(str::to_owned).collect())
                .collect(),
        )
    }

    /// Did a step of making the oracle fail for this capture?
    pub(crate) fn incomplete(&self, step: &str) -> bool {
        self.rows("incomplete.tsv")
            .is_some_and(|rows| rows.iter().flatten().any(|c| c.contains(step)))
    }
}

fn load(door: &mut Door, session: &mut Session, path: &Path) -> Result<(), String> {
    let file = door.open(path).map_err(|e| e.to_string())?;
    let mut job = Load::new(vec![file]);
    door.run(session, &mut job).map_err(|e| e.to_string())?;
    if let Some((_, error)) = job.refused.first() {
        return Err(error.to_string());
    }
    let mut hash = Hash::new(session, false);
    door.run(session, &mut hash).map_err(|e| e.to_string())
}

/// Compares one capture and adds the outcome to the report.
pub fn compare(dir: &Path, name: &str, filters: &Filters, tables: &Tables, report: &mut Report) {
    let mut loaded = Loaded::new(dir, name);
    report.captures += 1;
    facts::compare(&loaded, report);
    if loaded.error.is_none() {
        conversations::compare(&loaded, report);
        objects::compare(&mut loaded, report);
        statistics::compare(&mut loaded, report);
        filters.compare(&mut loaded, report);
        tables.compare(&mut loaded, &mut report.rows);
    }
}
