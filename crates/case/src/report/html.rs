//! The report as one HTML file without script: everything is escaped by the template engine, data make no link,
//! and its own policy forbids whatever is not its one style sheet. Prints on A4 and Letter.

use super::text::{Span, Text};
use super::{Block, Defang, Report, Section, Table};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("style.css");

/// An address or a MAC is not broken at the end of a line; longer ones are.
const SHORT: usize = 24;

/// The policy that the file carries.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
}

/// The report, with `claims` inside for who checks them again: as text that no program takes for a link.
pub(super) fn write(report: &Report, defang: &Defang, claims: &Value) -> String {
    let w = Writer { defang };
    let title = w.plain(&super::visible(&report.title));
    let claims = STANDARD.encode(claims.to_string());
    let label = report.marking.map(|m| m.label);
    let class = report.marking.map(|m| format!("tlp {}", m.code));
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="format-detection" content="telephone=no, date=no, address=no, email=no";
                meta name=(crate::claims::CLAIMS) content=(claims);
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body class=[class] {
                @if let Some(label) = label { p.mark { strong { (label) } } }
                main {
                    section.first id=(report.page_one.id) {
                        h1 { bdi { (title) } }
                        @for block in &report.page_one.blocks { (w.first(block)) }
                    }
                    @for section in &report.sections { (w.section(section, "part")) }
                    (w.section(&report.last, "last"))
                }
                footer { "Written by Weir. Times are UTC. Indicators are defanged: [.] for a dot, hXXp for http." }
                @if let Some(label) = label { p.mark { strong { (label) } } }
            }
        }
    }
    .into_string()
}

pub(super) struct Writer<'a> {
    defang: &'a Defang,
}

impl Writer<'_> {
    pub(super) fn plain(&self, text: &str) -> String {
        self.defang.apply(text)
    }

    fn section(&self, section: &Section, class: &str) -> Markup {
        html! {
            section class=(class) id=(section.id) {
                h2 { (section.title) }
                @for block in &section.blocks { (self.block(block)) }
            }
        }
    }

    /// A block of page one, whose headings stand right below the title.
    fn first(&self, block: &Block) -> Markup {
        match block {
            Block::Heading(text) => html! { h2 { (self.plain(&super::visible(text))) } },
            other => self.block(other),
        }
    }

    fn block(&self, block: &Block) -> Markup {
        match block {
            Block::Line(text) => html! { p { (self.text(text)) } },
            Block::Heading(text) => html! { h3 { (self.plain(&super::visible(text))) } },
            Block::Nothing(text) => html! { p.none { (self.plain(&super::visible(text))) } },
            Block::List(lines) => html! {
                ul { @for (depth, line) in lines { li.{ "d" (depth) } { (self.text(line)) } } }
            },
            Block::Outline(entries) => self.outline(entries),
            Block::Table(table) => self.table(table),
            Block::Drawing { svg, says } => html! {
                figure { (PreEscaped(self.plain(svg))) figcaption { (self.plain(says)) "." } }
            },
        }
    }

    fn table(&self, table: &Table) -> Markup {
        let columns = table.head.len();
        let class = if columns == 0 { "pairs" } else { "rows" };
        html! {
            table class=(class) {
                @if columns > 0 {
                    thead { tr { @for head in &table.head { th scope="col" { (head) } } } }
                }
                tbody {
                    @for row in &table.rows {
                        @match row.as_slice() {
                            [one] if columns > 1 => tr.group { td colspan=(columns) { (self.text(one)) } },
                            cells => tr { @for cell in cells { td { (self.text(cell)) } } },
                        }
                    }
                }
            }
        }
    }

    pub(super) fn text(&self, text: &Text) -> Markup {
        html! {
            @for span in &text.0 {
                @match span {
                    Span::Said(t) => (self.plain(t)),
                    Span::Strong(t) => strong { (self.plain(t)) },
                    Span::Data(t) => bdi { (self.plain(t)) },
                    Span::Code(t) => code.short[t.chars().count() <= SHORT] { bdi { (self.plain(t)) } },
                    Span::Run(run) => (self.run(run)),
                    Span::Ref { written, words } => {
                        span.ref { span.screen { (self.plain(written)) } span.paper { (self.plain(words)) } }
                    },
                }
            }
        }
    }
}
