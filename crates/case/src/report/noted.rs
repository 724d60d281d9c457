//! Notes in a report: their Markdown as HTML and as Markdown again. HTML, links and images of a note are text by now.

use super::html::Writer as Html;
use super::markdown::Writer as Markdown;
use super::text::{Refs, Span, Text, data};
use crate::notes::{Block, Note, Run, Sort};
use maud::{Markup, html};

/// A line of the outline.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Indentation, from 0.
    pub depth: usize,
    /// Of a pin or a node; before the note where there are both.
    pub line: Text,
    /// What was written.
    pub note: Note,
    /// How its references are written.
    pub refs: Refs,
}

impl Entry {
    /// Nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.line.is_empty() && self.note.blocks.is_empty()
    }

    /// Every line of it, for who counts words.
    pub(super) fn lines(&self) -> Vec<Text> {
        let mut out = vec![self.line.clone()];
        gather(&self.note.blocks, self.refs, &mut out);
        out.extend(self.note.says.iter().map(data));
        out
    }

    /// The note's runs where it is one paragraph alone: then it stands in its line.
    fn short(&self) -> Option<&[Run]> {
        match self.note.blocks.as_slice() {
            [Block::Paragraph { runs }] if self.note.says.is_empty() => Some(runs),
            _ => None,
        }
    }
}

fn gather(blocks: &[Block], refs: Refs, out: &mut Vec<Text>) {
    for block in blocks {
        match block {
            Block::Paragraph { runs } | Block::Heading { runs, .. } => out.push(text(runs, refs)),
            Block::Quote { blocks } => gather(blocks, refs, out),
            Block::List { items, .. } => items.iter().for_each(|i| gather(i, refs, out)),
            Block::Table { head, rows } => {
                let cells = head.iter().chain(rows.iter().flatten());
                out.extend(cells.map(|c| text(c, refs)));
            }
            Block::Code { .. } | Block::Rule => {}
        }
    }
}

/// Runs as a line of a report.
pub(super) fn text(runs: &[Run], refs: Refs) -> Text {
    let mut out = Text::default();
    for run in runs {
        out = match run.sort {
            Sort::Reference => out.and(refs.one(&run.text)),
            Sort::Text if !(run.strong || run.emphasis || run.strike) => out.data(&run.text),
            _ => {
                let mut run = run.clone();
                if run.sort != Sort::Break {
                    run.text = super::visible(&run.text);
                }
                out.0.push(Span::Run(run));
                out
            }
        };
    }
    out
}

impl Html<'_> {
    pub(super) fn outline(&self, entries: &[Entry]) -> Markup {
        html! {
            ul {
                @for e in entries {
                    li.{ "d" (e.depth) } {
                        (self.text(&e.line))
                        @match e.short() {
                            Some(runs) => (self.text(&text(runs, e.refs))),
                            None => {
                                (self.noted(&e.note.blocks, e.refs))
                                @for says in &e.note.says { p.none { (says) } }
                            },
                        }
                    }
                }
            }
        }
    }

    fn noted(&self, blocks: &[Block], refs: Refs) -> Markup {
        html! {
            @for block in blocks {
                @match block {
                    Block::Paragraph { runs } => p { (self.text(&text(runs, refs))) },
                    // Below the headings of the report, however the note counts its own.
                    Block::Heading { runs, .. } => h4 { (self.text(&text(runs, refs))) },
                    Block::Quote { blocks } => blockquote { (self.noted(blocks, refs)) },
                    Block::List { start: None, items } => ul { (self.items(items, refs)) },
                    Block::List { start: Some(n), items } => ol start=(n) { (self.items(items, refs)) },
                    Block::Code { text, .. } => pre { code { bdi { (self.plain(&lines(text))) } } },
                    Block::Table { head, rows } => table.rows {
                        thead { tr { @for c in head { th scope="col" { (self.text(&text(c, refs))) } } } }
                        tbody {
                            @for row in rows {
                                tr {
                                    @for n in 0..head.len() {
                                        td { @if let Some(c) = row.get(n) { (self.text(&text(c, refs))) } }
                                    }
                                }
                            }
                        }
                    },
                    Block::Rule => hr;,
                }
            }
        }
    }

    fn items(&self, items: &[Vec<Block>], refs: Refs) -> Markup {
        html! {
            @for item in items {
                li {
                    @match item.as_slice() {
                        [Block::Paragraph { runs }, rest @ ..] => {
                            (self.text(&text(runs, refs)))
                            (self.noted(rest, refs))
                        },
                        all => (self.noted(all, refs)),
                    }
                }
            }
        }
    }

    /// A piece of a note with its marks.
    pub(super) fn run(&self, run: &Run) -> Markup {
        let inner = match run.sort {
            Sort::Break => return html! { br; },
            Sort::Code => html! { code { bdi { (self.plain(&run.text)) } } },
            Sort::Tag => html! { span.tag { bdi { (self.plain(&run.text)) } } },
            Sort::Text | Sort::Reference => html! { bdi { (self.plain(&run.text)) } },
        };
        let inner = if run.strike {
            html! { s { (inner) } }
        } else {
            inner
        };
        let inner = if run.emphasis {
            html! { em { (inner) } }
        } else {
            inner
        };
        if run.strong {
            html! { strong { (inner) } }
        } else {
            inner
        }
    }
}

/// Lines of code with what cannot be seen written out.
fn lines(text: &str) -> String {
    let each: Vec<String> = text.split('\n').map(super::visible).collect();
    each.join("\n")
}

/// Backticks that are more than any together in a text, and at least `least`.
fn fence(text: &str, least: usize) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(least.max(longest + 1))
}

impl Markdown<'_> {
    pub(super) fn outline(&mut self, entries: &[Entry]) {
        for e in entries {
            let indent = "  ".repeat(e.depth);
            let mut first = self.text(&e.line);
            if let Some(runs) = e.short() {
                first.push_str(&self.lined(&text(runs, e.refs)));
                self.indented(&indent, "- ", &first);
                continue;
            }
            let mut parts = Vec::new();
            if !first.is_empty() {
                parts.push(std::mem::take(&mut first));
            }
            parts.extend(self.noted(&e.note.blocks, e.refs));
            parts.extend(e.note.says.iter().map(|s| self.escaped(s)));
            self.indented(&indent, "- ", &parts.join("\n\n"));
        }
    }

    /// Lines behind a sign, those after the first below it.
    fn indented(&mut self, indent: &str, sign: &str, text: &str) {
        let below = " ".repeat(sign.len());
        for (n, line) in text.split('\n').enumerate() {
            let before = if n == 0 { sign } else { below.as_str() };
            let line = format!("{indent}{before}{line}");
            self.line(&line);
        }
    }

    /// A line with the line ends in it: each part is guarded as the beginning of a line is.
    fn lined(&self, text: &Text) -> String {
        let is_break = |s: &Span| matches!(s, Span::Run(r) if r.sort == Sort::Break);
        let parts = text.0.split(is_break).map(|p| self.text(&Text(p.to_vec())));
        parts.collect::<Vec<_>>().join("\\\n")
    }

    /// Each block as its lines.
    fn noted(&self, blocks: &[Block], refs: Refs) -> Vec<String> {
        let mut out = Vec::new();
        // Two lists in a row are told apart by their signs.
        let mut other = false;
        let mut before: Option<bool> = None;
        for block in blocks {
            let numbered = match block {
                Block::List { start, .. } => Some(start.is_some()),
                _ => None,
            };
            other = numbered.is_some() && numbered == before && !other;
            before = numbered;
            out.push(match block {
                Block::Paragraph { runs } => self.lined(&text(runs, refs)),
                Block::Heading { level, runs } => {
                    let line = self.text(&text(&unbroken(runs), refs));
                    format!("{} {line}", "#".repeat((usize::from(*level) + 3).min(6)))
                }
                Block::Quote { blocks } => {
                    let inner = self.noted(blocks, refs).join("\n\n");
                    let lines = inner.split('\n').map(|l| format!("> {l}"));
                    lines.collect::<Vec<_>>().join("\n")
                }
                Block::List { start, items } => self.list(*start, items, refs, other),
                Block::Code { info, text } => {
                    let text = self.plain(&lines(text));
                    let fence = fence(&text, 3);
                    // Backticks behind a fence would end it.
                    let info = self.escaped(&super::visible(info)).replace('`', "'");
                    format!("{fence}{info}\n{text}\n{fence}")
                }
                Block::Table { head, rows } => self.grid(head, rows, refs),
                Block::Rule => "***".to_owned(),
            });
        }
        out
    }

    fn list(&self, start: Option<u64>, items: &[Vec<Block>], refs: Refs, other: bool) -> String {
        let lines = items.iter().zip(start.unwrap_or(0)..).map(|(item, n)| {
            let sign = match (start, other) {
                (None, false) => "- ".to_owned(),
                (None, true) => "* ".to_owned(),
                (Some(_), false) => format!("{n}. "),
                (Some(_), true) => format!("{n}) "),
            };
            let below = " ".repeat(sign.len());
            let text = self.noted(item, refs).join("\n\n");
            let lines = text.split('\n').enumerate().map(|(n, l)| match (n, l) {
                (0, l) => format!("{sign}{l}"),
                (_, "") => String::new(),
                (_, l) => format!("{below}{l}"),
            });
            lines.collect::<Vec<_>>().join("\n")
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn grid(&self, head: &[Vec<Run>], rows: &[Vec<Vec<Run>>], refs: Refs) -> String {
        let row = |cells: &[Vec<Run>]| {
            let cell = |n: usize| {
                let runs = cells.get(n).map(|c| unbroken(c)).unwrap_or_default();
                // Within code nothing else is escaped, but a cell would end here.
                let code = |r: &Run| r.sort == Sort::Code && r.text.contains('|');
                let text = self.text(&text(&runs, refs));
                if runs.iter().any(code) {
                    pipes(&text)
                } else {
                    text
                }
            };
            let cells: Vec<String> = (0..head.len()).map(cell).collect();
            format!("| {} |", cells.join(" | "))
        };
        let mut out = vec![row(head), format!("|{}", " --- |".repeat(head.len()))];
        out.extend(rows.iter().map(|r| row(r)));
        out.join("\n")
    }

    /// A piece of a note with its marks.
    pub(super) fn run(&self, run: &Run, out: &mut String) {
        let marks = [(run.strong, "**"), (run.emphasis, "*"), (run.strike, "~~")];
        let marks = marks.into_iter().filter(|m| m.0).map(|m| m.1);
        let open: String = marks.clone().collect();
        let close: String = marks.rev().collect();
        let inner = match run.sort {
            Sort::Break => " ".to_owned(),
            Sort::Code => {
                let text = self.plain(&run.text);
                let fence = fence(&text, 1);
                let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
                    " "
                } else {
                    ""
                };
                format!("{fence}{pad}{text}{pad}{fence}")
            }
            Sort::Tag => {
                // The sign alone makes no heading: a word follows it at once.
                let tag = run.text.trim_start_matches('#');
                format!("#{}", self.escaped(tag))
            }
            Sort::Text | Sort::Reference => self.escaped(&run.text),
        };
        // Marks take no space next to them.
        let bare = inner.trim();
        if bare.is_empty() || open.is_empty() {
            out.push_str(&inner);
            return;
        }
        let (lead, rest) = inner.split_at(inner.len() - inner.trim_start().len());
        let tail = rest.strip_prefix(bare).unwrap_or_default();
        out.push_str(&format!("{lead}{open}{bare}{close}{tail}"));
    }
}

/// Bars that no backslash stands before get one.
fn pipes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        if c == '|' && before != '\\' {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

/// Runs on one line.
fn unbroken(runs: &[Run]) -> Vec<Run> {
    let spaced = |r: &Run| match r.sort {
        Sort::Break => Run {
            sort: Sort::Text,
            text: " ".to_owned(),
            ..r.clone()
        },
        _ => r.clone(),
    };
    runs.iter().map(spaced).collect()
}
