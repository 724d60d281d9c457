//! The report from the case and the session's conclusions: built once as blocks of text with references, then
//! written as HTML, Markdown or JSON. Draws no conclusion of its own: decisions and answers are the engine's or
//! the analyst's, and each says whose it is.

mod about;
mod acronyms;
mod build;
mod defang;
mod drawing;
mod html;
mod json;
pub mod layout;
mod markdown;
mod marking;
pub(crate) mod material;
mod noted;
mod spread;
mod text;
pub(crate) mod words;

pub use about::{About, Interface, Silence};
pub use build::{Remembered, remembered};
pub use defang::Defang;
pub use marking::Marking;
pub use material::{
    Answer, AnswerFile, Answers, Because, Capture, Checked, Cited, Cites, Coverage, Derived,
    Expected, File, FileName, Finding, Findings, Gap, Gather, Health, LimitLine, MAX_CITED,
    MAX_FILES, Material, Placement, Proposed, Summary, Trouble,
};
pub use noted::Entry;
pub use spread::question;
pub use text::{Refs, Span, Text, references, visible};
pub use words::{clock, decision_words, rung_words, span_words};
pub(crate) use words::{indicator_words, plural};

pub(crate) use acronyms::undefined;
pub(crate) use build::{By, Decided, rank};

use crate::Document;

/// Affected hosts with their decisions, for the checks.
pub(crate) fn affected(case: &Document, material: &Material) -> Vec<Decided> {
    build::affected(build::Cx::new(case, material))
}

/// The state of a finding: `confirmed`, `dismissed`, `allowed` by a rule, else `open`.
pub(crate) fn finding_state(
    case: &Document,
    material: &Material,
    f: &material::Finding,
) -> &'static str {
    build::finding_state(build::Cx::new(case, material), f)
}

/// Findings that the analyst did not judge.
pub(crate) fn open_findings(case: &Document, material: &Material) -> usize {
    build::open_findings(build::Cx::new(case, material))
}

/// The sentences of the conclusion that can be drafted now, one a line, each with its evidence.
#[must_use]
pub fn draft(case: &Document, material: &Material) -> Vec<String> {
    build::draft(build::Cx::new(case, material))
}

/// What results are made from: equal for the same captures and the same questions.
#[must_use]
pub fn inputs(case: &Document, material: &Material) -> String {
    build::inputs(build::Cx::new(case, material))
}

/// The lines of a text, each with who it is by.
pub(crate) fn lines<'a>(
    text: &'a str,
    drafted: &'a str,
) -> impl Iterator<Item = (By, &'a str)> + 'a {
    build::lines(text, drafted)
}

/// References written of one claim; the rest are counted.
pub(crate) const EVIDENCE: usize = 4;
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
    /// Notes, pins and nodes, each with its depth.
    Outline(Vec<Entry>),
    /// Words said where there is nothing to show.
    Nothing(String),
    /// A drawing, and what it shows in words. The SVG is written into the file as it is: whoever draws escapes
    /// what comes from traffic, and uses neither script, style nor reference.
    Drawing {
        /// One `svg` element.
        svg: String,
        /// A sentence.
        says: String,
    },
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
    /// Who may have it.
    pub marking: Option<Marking>,
    /// The page on which somebody decides.
    pub page_one: Section,
    /// What it stands on.
    pub sections: Vec<Section>,
    /// Captures, settings and versions: what is needed to do it again.
    pub last: Section,
    /// Words of page one, were nothing moved behind it.
    pub wanted_words: usize,
}

impl Report {
    /// Words of page one, as its limit counts them.
    #[must_use]
    pub fn page_one_words(&self) -> usize {
        self.page_one.words()
    }
}

impl Section {
    fn words(&self) -> usize {
        let of = |b: &Block| match b {
            Block::Line(t) => t.words(),
            Block::Heading(t) | Block::Nothing(t) => t.split_whitespace().count(),
            Block::List(l) => l.iter().map(|(_, t)| t.words()).sum(),
            Block::Outline(l) => l.iter().flat_map(Entry::lines).map(|t| t.words()).sum(),
            Block::Table(t) => {
                let head: usize = t.head.iter().map(|h| h.split_whitespace().count()).sum();
                head + t.rows.iter().flatten().map(Text::words).sum::<usize>()
            }
            Block::Drawing { .. } => 0,
        };
        self.blocks.iter().map(of).sum()
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
    let defang = defang_for(material);
    match format {
        Format::Html => {
            let claims = crate::claims::carried(case, material);
            html::write(&build(case, material), &defang, &claims)
        }
        Format::Markdown => markdown::write(&build(case, material), &defang),
        Format::Json => json::write(case, material),
    }
}

/// Takes the teeth of what was looked for, of what the answers add to it, and of the other ends of findings.
pub(crate) fn defang_for(material: &Material) -> Defang {
    let derived = material.answers.iter().flat_map(|a| &a.derived);
    let found = material.findings.iter().flat_map(|f| &f.findings);
    let named = found.flat_map(|f| {
        let of = |kind, value: &Option<String>| {
            let value = value.clone()?;
            Some(weir_model::Indicator { kind, value })
        };
        let outside = f.dst.clone().filter(|ip| build::outside(ip));
        [
            of(weir_model::IndicatorKind::Domain, &f.domain),
            of(weir_model::IndicatorKind::Address, &outside),
        ]
    });
    let named: Vec<weir_model::Indicator> = named.flatten().collect();
    let indicators = derived.map(|d| &d.indicator);
    let asked = material.scope.indicators.iter();
    Defang::new(asked.chain(indicators).chain(&named))
}
