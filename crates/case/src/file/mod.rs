//! The case file: a zip with the case, a manifest with the SHA-256 of every part, and on request slices of captures
//! and files found in the traffic. Also reads what holds a case alone: its JSON, and Weir itself with a case inside.
//! Knows no disk: a name in a zip is never a path.

mod read;
mod write;
mod zip;

pub use read::{CaseFile, open};
pub use write::write;

/// Longest file that is read as a case file, in bytes.
pub const MAX_FILE: usize = 512 << 20;
/// Most parts of a case file.
pub const MAX_PARTS: usize = 1_000;
/// Bytes of all parts together, unpacked.
pub const MAX_UNPACKED: usize = 512 << 20;
/// A part may unpack to so many times its packed size: notes repeat themselves, bombs more so.
pub const MAX_RATIO: usize = 200;
/// Unpacked size up to which the ratio is not asked.
pub const RATIO_FROM: usize = 4 << 20;
/// Characters of a name, or of what a part is said to be, that are kept.
pub const MAX_NAME: usize = 200;

/// What the case itself is called in the zip.
pub const CASE: &str = "case.json";
/// What the list of parts is called.
pub const MANIFEST: &str = "manifest.json";

/// What a part is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    /// A slice of a capture, below `captures/`.
    Capture,
    /// A file found in the traffic, below `artifacts/`; it may be malware.
    Artifact,
    /// What another version put there: kept as it is.
    Other,
}

impl Sort {
    /// As the page and the terminal name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Artifact => "artifact",
            Self::Other => "other",
        }
    }

    /// From its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Capture, Self::Artifact, Self::Other]
            .into_iter()
            .find(|s| s.name() == name)
    }
}

/// A part beside the case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// What it is.
    pub sort: Sort,
    /// Its name in the zip: `captures/1.pcapng`. Letters, digits and `._-/` alone; never a path.
    pub name: String,
    /// What it is said to be; text of whoever saved it.
    pub what: String,
    /// As they were saved.
    pub bytes: Vec<u8>,
}

/// Letters, digits and `._-/` of a name; what else it holds becomes `_`.
#[must_use]
pub fn plain(name: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    name.chars()
        .take(MAX_NAME)
        .map(|c| if keep(c) { c } else { '_' })
        .collect()
}

/// One line of text without control characters.
fn line(text: &str) -> String {
    let chars = text.chars().filter(|c| !c.is_control());
    chars.take(MAX_NAME).collect()
}
