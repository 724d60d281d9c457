//! The formats: one file and one line each. A format says what it takes in, and writes it; it judges no indicator.

pub mod csv;
pub mod hashes;
pub mod nftables;
pub mod rpz;
pub mod sigma;
pub mod stix;
pub mod suricata;
pub mod timesketch;
pub mod yara;
pub mod zeek;

use super::{Cx, Listed};

/// Every format, in the order of the page.
pub static ALL: &[&Format] = &[
    &csv::FORMAT,
    &stix::FORMAT,
    &timesketch::FORMAT,
    &nftables::FORMAT,
    &rpz::FORMAT,
    &suricata::FORMAT,
    &hashes::FORMAT,
    &zeek::FORMAT,
    &sigma::FORMAT,
    &yara::FORMAT,
];

/// What a format was checked by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check {
    /// The product reads what is written, in the tests of Weir.
    Product(&'static str),
    /// A grammar of our own reads it; the product was not at hand.
    Ours(&'static str),
}

impl Check {
    /// In words.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Product(says) | Self::Ours(says) => says,
        }
    }

    /// Is the product itself among those?
    #[must_use]
    pub fn by_product(self) -> bool {
        matches!(self, Self::Product(_))
    }
}

/// What of the list of indicators a format is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lists {
    /// What is acted on.
    Acting,
    /// What is left as well, with the reason.
    All,
    /// Nothing: it holds events.
    None,
}

/// A format.
pub struct Format {
    /// Stable: `nftables`.
    pub id: &'static str,
    /// In words.
    pub title: &'static str,
    /// What it is for and how it is put to use.
    pub purpose: &'static str,
    /// How a file of it ends.
    pub ending: &'static str,
    /// Its media type.
    pub mime: &'static str,
    /// What it was checked by.
    pub check: Check,
    /// What of the list it is about.
    pub lists: Lists,
    /// It looks for text within contents.
    pub texts: bool,
    /// Does an indicator that is acted on go into it? Else why not.
    pub takes: fn(&Cx<'_>, &Listed) -> Result<(), &'static str>,
    /// What else is to be known of what was written.
    pub notes: fn(&Cx<'_>, &[&Listed]) -> Vec<String>,
    /// The file.
    pub write: fn(&Cx<'_>, &[&Listed]) -> String,
}

impl Format {
    /// By its id.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|f| f.id == id)
    }
}

fn no_notes(_: &Cx<'_>, _: &[&Listed]) -> Vec<String> {
    Vec::new()
}
