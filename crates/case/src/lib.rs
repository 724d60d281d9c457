//! The analyst's document: scope, notes, decisions, report. Knows no packet format.

pub mod casework;
pub mod claims;
pub mod document;
pub mod exports;
pub mod file;
pub mod lint;
pub mod map;
pub mod notes;
pub mod report;

pub use document::{
    Change, Document, Item, MergeError, OpenError, Operation, OperationError, Stamp, Version,
};
