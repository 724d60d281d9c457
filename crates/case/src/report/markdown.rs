//! The report as CommonMark with tables. Every character that could mean something is escaped; references stay
//! as they are written, so that the page and the case file understand them.

use super::text::{Span, Text};
use super::{Block, Defang, Report, Section, Table};

pub(super) fn write(report: &Report, defang: &Defang) -> String {
    let mut w = Writer {
        defang,
        out: String::new(),
    };
    let title = w.escaped(&super::visible(&report.title));
    let marking = report.marking.map(|m| format!("**{}**", m.label));
    if let Some(marking) = &marking {
        w.line(marking);
        w.line("");
    }
    w.line(&format!("# {title}"));
    w.blocks(&report.page_one, "##");
    for section in report.sections.iter().chain([&report.last]) {
        w.line("");
        w.line(&format!("## {}", section.title));
        w.blocks(section, "###");
    }
    if let Some(marking) = &marking {
        w.line("");
        w.line(marking);
    }
    w.out
}

pub(super) struct Writer<'a> {
    defang: &'a Defang,
    out: String,
}

impl Writer<'_> {
    pub(super) fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn blocks(&mut self, section: &Section, heading: &str) {
        for block in &section.blocks {
            self.line("");
            match block {
                Block::Line(text) => {
                    let text = self.text(text);
                    self.line(&text);
                }
                Block::Heading(text) => {
                    let text = self.escaped(&super::visible(text));
                    self.line(&format!("{heading} {text}"));
                }
                Block::Nothing(text) => {
                    let text = self.escaped(&super::visible(text));
                    self.line(&text);
                }
                Block::List(lines) => {
                    for (depth, line) in lines {
                        let text = self.text(line);
                        self.line(&format!("{}- {text}", "  ".repeat(*depth)));
                    }
                }
                Block::Outline(entries) => self.outline(entries),
                Block::Table(table) => self.table(table),
                // Only its words: the drawing stands in the HTML report.
                Block::Drawing { says, .. } => {
                    let text = self.escaped(says);
                    self.line(&format!("{text}."));
                }
            }
        }
    }

    fn table(&mut self, table: &Table) {
        let widest = table.rows.iter().map(Vec::len).max().unwrap_or(0);
        let columns = table.head.len().max(widest);
        let row = |cells: &[String]| {
            let blank = std::iter::repeat_n(String::new(), columns.saturating_sub(cells.len()));
            let all: Vec<String> = cells.iter().cloned().chain(blank).collect();
            format!("| {} |", all.join(" | "))
        };
        let head: Vec<String> = table.head.iter().map(|h| self.escaped(h)).collect();
        self.line(&row(&head));
        self.line(&format!("|{}", " --- |".repeat(columns)));
        for cells in &table.rows {
            let cells: Vec<String> = cells.iter().map(|c| self.text(c)).collect();
            self.line(&row(&cells));
        }
    }

    pub(super) fn text(&self, text: &Text) -> String {
        let mut out = String::new();
        for span in &text.0 {
            match span {
                Span::Said(t) | Span::Data(t) | Span::Code(t) => out.push_str(&self.escaped(t)),
                // Stars stand for nothing else: those of the text are escaped.
                Span::Strong(t) => out.push_str(&format!("**{}**", self.escaped(t).trim())),
                Span::Run(run) => self.run(run, &mut out),
                Span::Ref { written, .. } => {
                    let inner = written.trim_start_matches("[[").trim_end_matches("]]");
                    out.push_str(&format!("[[{}]]", self.escaped(inner)));
                }
            }
        }
        // A line that begins like a list, a heading or a quotation does not become one: these signs are
        // escaped everywhere; a number with a dot is the one that is left.
        let digits = out.bytes().take_while(u8::is_ascii_digit).count();
        let behind = out.as_bytes().get(digits..).unwrap_or_default();
        if digits > 0 && matches!(behind, [b'.' | b')'] | [b'.' | b')', b' ', ..]) {
            out.insert(digits, '\\');
        }
        out
    }

    pub(super) fn plain(&self, text: &str) -> String {
        self.defang.apply(text)
    }

    pub(super) fn escaped(&self, text: &str) -> String {
        let text = self.defang.apply(text);
        let mut out = String::with_capacity(text.len() + 8);
        for c in text.chars() {
            match c {
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' => {
                    out.push('\\');
                    out.push(c);
                }
                // Signs that make a list, a rule or a heading only at the start of a line.
                '-' | '+' | '=' if out.trim().is_empty() => {
                    out.push('\\');
                    out.push(c);
                }
                '&' => out.push_str("&amp;"),
                '@' => out.push_str("&#64;"),
                c => out.push(c),
            }
        }
        out
    }
}
