//! What is wrong with a filter, where, and what was probably meant.

use std::fmt;

/// Bytes `start..end` of the filter's text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// Bytes `start..end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// From the start of `self` to the end of `other`.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// A filter that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilterError {
    /// The part of the text at fault; empty at the end of a text that breaks off.
    pub span: Span,
    /// One sentence, lower-case, without a final stop.
    pub message: String,
    /// What was probably meant, best first; each can replace the span's text.
    pub suggestions: Vec<String>,
}

impl FilterError {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            suggestions: Vec::new(),
        }
    }

    pub(crate) fn suggest(mut self, suggestions: Vec<String>) -> Self {
        self.suggestions = suggestions;
        self
    }

    /// The sentence, the line of `text` at fault and a caret run under the fault.
    #[must_use]
    pub fn render(&self, text: &str) -> String {
        let start = floor(text, self.span.start);
        let end = floor(text, self.span.end.max(start));
        let line_start = text
            .get(..start)
            .and_then(|t| t.rfind('\n'))
            .map_or(0, |n| n + 1);
        let line_end = text
            .get(start..)
            .and_then(|t| t.find('\n'))
            .map_or(text.len(), |n| start + n);
        let line = text.get(line_start..line_end).unwrap_or_default();
        let before = text.get(line_start..start).map_or(0, |t| t.chars().count());
        let under = text
            .get(start..end.min(line_end))
            .map_or(0, |t| t.chars().count());
        let tail = "~".repeat(under.saturating_sub(1));
        // A control character would move the caret away from its place.
        let line: String = line
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        format!("{self}\n  {line}\n  {}^{tail}", " ".repeat(before))
    }
}

/// The nearest character boundary at or before `at`.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.suggestions.as_slice() {
            [] => Ok(()),
            [rest @ .., last] => {
                f.write_str("; did you mean ")?;
                for (n, name) in rest.iter().enumerate() {
                    write!(f, "{}{name}", if n == 0 { "" } else { ", " })?;
                }
                write!(f, "{}{last}?", if rest.is_empty() { "" } else { " or " })
            }
        }
    }
}

impl std::error::Error for FilterError {}
