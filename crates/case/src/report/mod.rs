//! The report from the case and the session's conclusions: built once as blocks of text with references, then
//! written as HTML, Markdown or JSON. Draws no conclusion of its own: decisions and answers are the engine's or
//! the analyst's, and each says whose it is.

mod build;
mod defang;
mod html;
mod json;
mod markdown;
pub(crate) mod material;
mod text;
pub(crate) mod words;

pub use defang::Defang;
pub use material::{
    Answer, AnswerFile, Answers, Because, Capture, Checked, Coverage, Derived, File, FileName,
    Finding, Findings, Gap, Gather, Health, LimitLine, MAX_FILES, Material, Placement, Proposed,
    Summary, Trouble,
};
pub use text::{Refs, Span, Text, references, visible};
pub use words::{clock, decision_words, rung_words, span_words};

pub(crate) use build::Decided;

use crate::Document;

/// Affected hosts with their decisions, for the checks.
pub(crate) fn affected(case: &Document, material: &Material) -> Vec<Decided> {
    build::affected(build::Cx::new(case, material))
}

/// Findings that the analyst did not judge.
pub(crate) fn open_findings(case: &Document, material: &Material) -> usize {
    build::open_findings(build::Cx::new(case, material))
}

/// Page one is what somebody decides on: more words than this are not read.
pub const PAGE_ONE_WORDS: usize = 250;
/// Most hosts named on page one; all stand in the section behind it.
pub const PAGE_ONE_HOSTS: usize = 60;

/// A part of a page.
#[derive(Clone, PartialEq, Debug)]
pub enum Block {
    /// A paragraph.
    Line(Text),
    /// A heading within a section.
    Heading(String),
    /// A list; each line with its depth, from 0.
    List(Vec<(usize, Text)>),
    /// A table.
    Table(Table),
    /// Words said where there is nothing to show.
    Nothing(String),
}

/// Rows under a head.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Table {
    /// Column titles.
    pub head: Vec<&'static str>,
    /// Cells; a row of one cell spans the table and heads what follows.
    pub rows: Vec<Vec<Text>>,
}

/// A section of the report.
#[derive(Clone, PartialEq, Debug)]
pub struct Section {
    /// Stable: the anchor.
    pub id: &'static str,
    /// Heading.
    pub title: &'static str,
    /// Its parts.
    pub blocks: Vec<Block>,
}

/// A report before it is written.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// Of the case.
    pub title: String,
    /// The page on which somebody decides.
    pub page_one: Section,
    /// What it stands on.
    pub sections: Vec<Section>,
    /// Captures, settings and versions: what is needed to do it again.
    pub last: Section,
}

impl Report {
    /// Words of page one, as its limit counts them.
    #[must_use]
    pub fn page_one_words(&self) -> usize {
        let of = |b: &Block| match b {
            Block::Line(t) => t.words(),
            Block::Heading(t) | Block::Nothing(t) => t.split_whitespace().count(),
            Block::List(l) => l.iter().map(|(_, t)| t.words()).sum(),
            Block::Table(t) => {
                let head: usize = t.head.iter().map(|h| h.split_whitespace().count()).sum();
                head + t.rows.iter().flatten().map(Text::words).sum::<usize>()
            }
        };
        self.page_one.blocks.iter().map(of).sum()
    }
}

/// In what form a report is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// One file without script.
    Html,
    /// CommonMark with tables.
    Markdown,
    /// For machines: indicators are not defanged.
    Json,
}

impl Format {
    /// By the name of a file or of the contract: `html`, `md`, `json`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "html" | "htm" => Some(Self::Html),
            "md" | "markdown" => Some(Self::Markdown),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// How a file of it ends.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Json => "json",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Self::Html => "text/html",
            Self::Markdown => "text/markdown",
            Self::Json => "application/json",
        }
    }
}

/// Puts a report together.
#[must_use]
pub fn build(case: &Document, material: &Material) -> Report {
    build::report(case, material)
}

/// Writes a report.
#[must_use]
pub fn write(case: &Document, material: &Material, format: Format) -> String {
    let derived = material.answers.iter().flat_map(|a| &a.derived);
    let indicators = derived.map(|d| &d.indicator);
    let defang = Defang::new(material.scope.indicators.iter().chain(indicators));
    match format {
        Format::Html => html::write(&build(case, material), &defang),
        Format::Markdown => markdown::write(&build(case, material), &defang),
        Format::Json => json::write(case, material),
    }
}
