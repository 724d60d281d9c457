//! Regular expressions over bytes, in linear time: no look-around, no back-references.

use crate::Span;
use crate::error::FilterError;
use regex::bytes::{Regex, RegexBuilder};

/// Memory one compiled expression may take, in bytes.
const MAX_REGEX: usize = 1 << 20;

/// How deep its groups may nest.
const MAX_NESTING: u32 = 64;

/// Compiles `pattern`; it ignores the case of ASCII letters unless it says `(?-i)`.
/// `span` is where its literal stands in `text`.
pub(crate) fn build(pattern: &[u8], text: &str, span: Span) -> Result<Regex, FilterError> {
    let mut source = String::new();
    for chunk in pattern.utf8_chunks() {
        source.push_str(chunk.valid());
        for byte in chunk.invalid() {
            source.push_str(&format!("\\x{byte:02x}"));
        }
    }
    let built = RegexBuilder::new(&source)
        .case_insensitive(true)
        .unicode(false)
        .size_limit(MAX_REGEX)
        .dfa_size_limit(MAX_REGEX)
        .nest_limit(MAX_NESTING)
        .build();
    match built {
        Ok(regex) => Ok(regex),
        Err(regex::Error::CompiledTooBig(limit)) => Err(FilterError::new(
            span,
            format!("this regular expression takes more than {limit} bytes of memory"),
        )),
        Err(error) => {
            let report = error.to_string();
            let why = report
                .lines()
                .rev()
                .find_map(|l| l.trim().strip_prefix("error: "))
                .unwrap_or("it cannot be read");
            let at = fault(&report, &source)
                .map_or(span, |(from, to)| inside(text, span, &source, from, to));
            Err(FilterError::new(
                at,
                format!("not a regular expression: {why}"),
            ))
        }
    }
}

/// The characters of the pattern under the report's carets, where the report shows the pattern in one line.
fn fault(report: &str, pattern: &str) -> Option<(usize, usize)> {
    let mut lines = report
        .lines()
        .skip_while(|line| line.strip_prefix("    ") != Some(pattern))
        .skip(1);
    let carets = lines.next()?.strip_prefix("    ")?;
    let from = carets.find('^')?;
    Some((from, carets.trim_end().len()))
}

/// Characters `from..to` of the pattern as bytes of the filter; the whole literal where escapes stand between them.
fn inside(text: &str, span: Span, pattern: &str, from: usize, to: usize) -> Span {
    let Some(literal) = text.get(span.start..span.end) else {
        return span;
    };
    let Some(at) = literal.find('"').map(|n| n + 1) else {
        return span;
    };
    if literal.get(at..literal.len().saturating_sub(1)) != Some(pattern) {
        return span;
    }
    let byte = |n: usize| {
        pattern
            .char_indices()
            .nth(n)
            .map_or(pattern.len(), |(i, _)| i)
    };
    let start = span.start + at;
    Span::new(start + byte(from), start + byte(to))
}
