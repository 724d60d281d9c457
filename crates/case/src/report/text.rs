//! Text of a report: Weir's own words, other people's text, references. Knows no markup; the writers escape.

use crate::notes::Run;
use weir_model::{EvidenceRef, hidden};

/// A piece of a line.
#[derive(Clone, PartialEq, Debug)]
pub enum Span {
    /// Weir's words.
    Said(String),
    /// The same, to be seen first.
    Strong(String),
    /// From traffic or typed by people: isolated, with control and direction characters made visible.
    Data(String),
    /// Hashes and addresses: as [`Span::Data`], in even width.
    Code(String),
    /// A piece of a note that is more than plain words; its text as [`Span::Data`].
    Run(Run),
    /// A reference to evidence: as written, and for paper.
    Ref {
        /// `[[p12]]`.
        written: String,
        /// `p12`.
        words: String,
    },
}

/// A line.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Text(pub Vec<Span>);

impl Text {
    /// Weir's words, and figures among them.
    #[must_use]
    pub fn said(mut self, text: impl AsRef<str>) -> Self {
        self.0.push(Span::Said(visible(text.as_ref())));
        self
    }

    /// A separator, where something stands before it.
    #[must_use]
    pub fn then(self, separator: &str) -> Self {
        if self.is_empty() {
            self
        } else {
            self.said(separator)
        }
    }

    /// Words to be seen first.
    #[must_use]
    pub fn strong(mut self, text: impl AsRef<str>) -> Self {
        self.0.push(Span::Strong(visible(text.as_ref())));
        self
    }

    /// Somebody else's text.
    #[must_use]
    pub fn data(mut self, text: impl AsRef<str>) -> Self {
        let text = visible(text.as_ref());
        if !text.is_empty() {
            self.0.push(Span::Data(text));
        }
        self
    }

    /// A hash or an address.
    #[must_use]
    pub fn code(mut self, text: impl AsRef<str>) -> Self {
        self.0.push(Span::Code(visible(text.as_ref())));
        self
    }

    /// All of another line.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Characters, as paper has them.
    #[must_use]
    pub fn chars(&self) -> usize {
        let of = |span: &Span| match span {
            Span::Said(t) | Span::Strong(t) | Span::Data(t) | Span::Code(t) => t.chars().count(),
            Span::Run(r) => r.text.chars().count(),
            Span::Ref { words, .. } => words.chars().count(),
        };
        self.0.iter().map(of).sum()
    }

    /// Words as people count them: addresses, numbers, hashes and references are none.
    #[must_use]
    pub fn words(&self) -> usize {
        let word =
            |t: &&str| t.chars().any(char::is_alphabetic) && !t.chars().any(|c| c.is_ascii_digit());
        self.0
            .iter()
            .map(|span| match span {
                Span::Said(t) | Span::Strong(t) | Span::Data(t) => {
                    t.split_whitespace().filter(word).count()
                }
                Span::Run(r) if r.sort != crate::notes::Sort::Code => {
                    r.text.split_whitespace().filter(word).count()
                }
                Span::Run(_) | Span::Code(_) | Span::Ref { .. } => 0,
            })
            .sum()
    }
}

/// Weir's words as a line.
#[must_use]
pub(super) fn said(text: impl AsRef<str>) -> Text {
    Text::default().said(text)
}

/// Somebody else's text as a line.
#[must_use]
pub(super) fn data(text: impl AsRef<str>) -> Text {
    Text::default().data(text)
}

/// Control, direction and invisible characters drawn as symbols, as the page draws them.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let n = u32::from(c);
        match n {
            0..=0x1f => out.extend(char::from_u32(0x2400 + n)),
            0x7f => out.push('\u{2421}'),
            _ if hidden(c) => out.push_str(&format!("\u{27e8}U+{n:04X}\u{27e9}")),
            _ => out.push(c),
        }
    }
    out
}

/// How references are written in this report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refs {
    /// With several captures a packet is named with its letter.
    pub letters: bool,
}

impl Refs {
    /// For paper: "p12", "row 12 of flow log B". Short as a mark of a footnote, for there are many.
    #[must_use]
    pub fn words(self, evidence: &EvidenceRef) -> String {
        let letter = |capture: &weir_model::CaptureId| {
            if self.letters {
                format!("{capture}:")
            } else {
                String::new()
            }
        };
        match evidence {
            EvidenceRef::Packets {
                capture,
                first,
                last,
            } if first == last => format!("{}p{first}", letter(capture)),
            EvidenceRef::Packets {
                capture,
                first,
                last,
            } => format!("{}p{first} to p{last}", letter(capture)),
            EvidenceRef::Field {
                capture,
                packet,
                field,
            } => format!("{}p{packet} {}", letter(capture), visible(field)),
            EvidenceRef::Bytes {
                capture,
                packet,
                start,
                len,
            } => format!("{}p{packet}, {len} bytes from {start}", letter(capture)),
            EvidenceRef::Row { capture, row } => format!("row {row} of flow log {capture}"),
            EvidenceRef::Stream {
                capture,
                transport,
                stream,
            } => format!("{transport} stream {}{stream}", letter(capture)),
            EvidenceRef::Host(ip) => format!("host {ip}"),
            EvidenceRef::File(hash) => format!("file {hash}"),
            EvidenceRef::Finding(id) => format!("finding {}", visible(id)),
            EvidenceRef::Time(from, to) => format!("time {} to {}", from.rfc3339(), to.rfc3339()),
            EvidenceRef::Filter(text) => format!("filter {}", visible(text)),
        }
    }

    /// One written reference; what is none stays text.
    #[must_use]
    pub fn one(self, written: &str) -> Text {
        match written.parse::<EvidenceRef>() {
            Ok(evidence) => Text(vec![Span::Ref {
                written: visible(&evidence.to_string()),
                words: self.words(&evidence),
            }]),
            Err(_) => data(written),
        }
    }

    /// A packet as contracts name it: `A:12`.
    #[must_use]
    pub fn packet(self, name: &str) -> Text {
        match name.split_once(':') {
            Some((capture, n)) => self.one(&format!("[[{capture}:p{n}]]")),
            None => self.one(&format!("[[p{name}]]")),
        }
    }

    /// The first `most` references, and how many more there are.
    #[must_use]
    pub fn list(self, written: &[String], most: usize) -> Text {
        let mut out = Text::default();
        for (n, w) in written.iter().take(most).enumerate() {
            if n > 0 {
                out = out.said(", ");
            }
            out = out.and(self.one(w));
        }
        if written.len() > most {
            out = out.said(format!(" and {} more", written.len() - most));
        }
        out
    }

    /// Typed text: references in it are recognised, everything else is data.
    #[must_use]
    pub fn typed(self, text: &str) -> Text {
        let mut out = Text::default();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("[[") {
            let Some((inner, behind)) = after.split_once("]]") else {
                break;
            };
            match inner.parse::<EvidenceRef>() {
                Ok(_) => {
                    out = out.data(before).and(self.one(&format!("[[{inner}]]")));
                    rest = behind;
                }
                Err(_) => {
                    out = out.data(format!("{before}[["));
                    rest = after;
                }
            }
        }
        out.data(rest)
    }
}

/// Written references in typed text.
#[must_use]
pub fn references(text: &str) -> Vec<EvidenceRef> {
    let parts = text.split("[[").skip(1);
    parts
        .filter_map(|p| p.split_once("]]")?.0.parse().ok())
        .collect()
}
