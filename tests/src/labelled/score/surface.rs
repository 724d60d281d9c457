//! Recall as a surface over the number of check-ins and their jitter.

use super::run::Judged;
use crate::labelled::scenarios::surface::{COUNTS, JITTERS};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Draws and finds of each cell, rows by number of check-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surface {
    cells: Vec<(usize, usize)>,
}

fn place(count: usize, jitter: f64) -> Option<usize> {
    let row = COUNTS.iter().position(|n| *n == count)?;
    let column = JITTERS.iter().position(|j| (j - jitter).abs() < 1e-9)?;
    Some(row * JITTERS.len() + column)
}

impl Surface {
    /// Of judged captures of the scenario.
    #[must_use]
    pub fn of(all: &[Judged]) -> Self {
        let mut cells = vec![(0, 0); COUNTS.len() * JITTERS.len()];
        for j in all {
            let o = &j.outcome;
            for (label, found) in o.truth.labels.iter().zip(&o.found) {
                let (Some(n), Some(share)) = (label.check_ins, label.jitter) else {
                    continue;
                };
                if let Some(cell) = place(n, share).and_then(|p| cells.get_mut(p)) {
                    cell.0 += usize::from(found.is_some());
                    cell.1 += 1;
                }
            }
        }
        Self { cells }
    }

    fn cell(&self, row: usize, column: usize) -> (usize, usize) {
        let at = row * JITTERS.len() + column;
        self.cells.get(at).copied().unwrap_or_default()
    }

    /// For the help: axes, recall by row, and how many draws stand behind each.
    #[must_use]
    pub fn json(&self) -> Value {
        let rows: Vec<Value> = (0..COUNTS.len())
            .map(|r| {
                let row: Vec<Value> = (0..JITTERS.len())
                    .map(|c| {
                        let (found, drawn) = self.cell(r, c);
                        json!({"found": found, "drawn": drawn})
                    })
                    .collect();
                Value::Array(row)
            })
            .collect();
        json!({"check_ins": COUNTS, "jitter": JITTERS, "cells": rows})
    }

    /// A table in Markdown.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out = String::from("| check-ins |");
        for j in JITTERS {
            let _ = write!(out, " {:.0} % |", j * 100.0);
        }
        out.push_str("\n| ---: |");
        out.push_str(&" ---: |".repeat(JITTERS.len()));
        out.push('\n');
        for (r, n) in COUNTS.iter().enumerate() {
            let _ = write!(out, "| {n} |");
            for c in 0..JITTERS.len() {
                let (found, drawn) = self.cell(r, c);
                let _ = write!(out, " {found} of {drawn} |");
            }
            out.push('\n');
        }
        out
    }
}
