//! What can go wrong for a door: said once, in words, with where and what is kept.

use serde::Serialize;
use std::fmt;

/// Whose fault it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// A file is not what it should be.
    Input,
    /// The request makes no sense: a bad filter, scope or reference.
    Request,
    /// A bound was hit.
    Limit,
    /// What it needs is no longer there.
    Gone,
    /// Weir's own.
    Bug,
}

/// One failure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SessionError {
    /// Whose fault.
    pub kind: ErrorKind,
    /// One plain sentence.
    pub message: String,
    /// File, offset or span, in words.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// What remains usable.
    pub kept: Option<String>,
}

impl SessionError {
    /// A failure without a place.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            place: None,
            kept: None,
        }
    }

    /// With the place it happened.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(place) = &self.place {
            write!(f, " ({place})")?;
        }
        if let Some(kept) = &self.kept {
            write!(f, "; {kept}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SessionError {}
