//! The analyst's document: scope, notes, decisions, report. Knows no packet format.
