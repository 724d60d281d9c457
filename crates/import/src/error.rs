//! What is wrong with a log, and in which line.

use std::fmt;

/// A line that cannot be read: one sentence and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportError {
    /// 1-based line of the file.
    pub line: u64,
    /// What is wrong.
    pub message: String,
    /// What would be right, when Weir can tell.
    pub suggestion: Option<String>,
}

impl ImportError {
    pub(crate) fn new(line: u64, message: impl Into<String>) -> Self {
        Self {
            line,
            message: message.into(),
            suggestion: None,
        }
    }

    pub(crate) fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)?;
        match &self.suggestion {
            Some(s) => write!(f, "; {s}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ImportError {}
