//! What was seen once, over every column where that says something: where most values come again.

use super::{ColumnInfo, Source, Stack, Value, columns};
use crate::crossings::Look;
use crate::input::Input;

/// Rows shown at most.
pub const ONCE: usize = 500;
/// Of one column at most; it says how many there are.
const EACH: usize = 25;
/// Values below which a column is too short for one of them to stick out.
const LEAST: u64 = 20;
/// Of a hundred values so many may come once; a column with more has mostly such values, as ids have.
const SHARE: u64 = 10;

/// A value that was seen once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Once {
    /// `http.user_agent`.
    pub column: String,
    /// What the column holds.
    pub title: String,
    /// The value.
    pub value: Value,
    /// Values counted in the column.
    pub counted: u64,
    /// Values of the column that were seen once.
    pub once: u64,
}

/// Goes through every column, and can stop between any two rows.
pub struct SeenOnce {
    left: Vec<ColumnInfo>,
    all: usize,
    here: Option<(ColumnInfo, Stack)>,
    rows: Vec<Once>,
    short: usize,
    unlike: Vec<String>,
}

impl SeenOnce {
    /// Of everything loaded.
    #[must_use]
    pub fn new(input: &Input<'_>) -> Self {
        let mut left = columns(input);
        let all = left.len();
        left.reverse();
        Self {
            left,
            all,
            here: None,
            rows: Vec::new(),
            short: 0,
            unlike: Vec::new(),
        }
    }

    /// Columns done, and how many there are.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        let left = self.left.len() + usize::from(self.here.is_some());
        ((self.all - left.min(self.all)) as u64, self.all as u64)
    }

    /// Looks at most at `fuel` rows; `true` when all were looked at.
    pub fn step(&mut self, look: &Look<'_>, fuel: u32) -> bool {
        let mut left = fuel.max(1);
        loop {
            if self.here.is_none() {
                let Some(column) = self.left.pop() else {
                    return true;
                };
                if column.rows < LEAST {
                    self.short += 1;
                    continue;
                }
                match Source::named(look.input, &column.id) {
                    Ok(source) => self.here = Some((column, Stack::new(source))),
                    Err(_) => continue,
                }
            }
            if let Some((_, stack)) = &mut self.here
                && !stack.step(look, &mut left)
            {
                return false;
            }
            if let Some((column, stack)) = self.here.take() {
                self.take(column, stack);
            }
        }
    }

    fn take(&mut self, column: ColumnInfo, stack: Stack) {
        let stacked = stack.finish();
        let once = stacked.values.partition_point(|v| v.count <= 1) as u64;
        if stacked.counted < LEAST {
            self.short += 1;
        } else if stacked.beyond > 0 || once * 100 > stacked.counted * SHARE {
            self.unlike.push(column.id);
        } else {
            let values = stacked.values.into_iter().take_while(|v| v.count <= 1);
            self.rows.extend(values.take(EACH).map(|value| Once {
                column: column.id.clone(),
                title: column.title.clone(),
                value,
                counted: stacked.counted,
                once,
            }));
        }
    }

    /// Those first whose column has fewest such values, and of one column in order of time; how many there are
    /// beyond the bound; columns left out.
    #[must_use]
    pub fn finish(self) -> (Vec<Once>, usize, Vec<String>) {
        let mut rows = self.rows;
        rows.sort_by(|a, b| {
            // once/counted of each, without a division.
            (a.once * b.counted)
                .cmp(&(b.once * a.counted))
                .then_with(|| a.column.cmp(&b.column))
                .then_with(|| (a.value.first, &a.value.text).cmp(&(b.value.first, &b.value.text)))
        });
        let beyond = rows.len().saturating_sub(ONCE);
        rows.truncate(ONCE);
        let mut says = vec![format!(
            "Looked at {} columns of conversations, files and messages.",
            self.all
        )];
        if self.short > 0 {
            says.push(format!(
                "{} of them have fewer than {LEAST} values: once says nothing there.",
                self.short
            ));
        }
        if !self.unlike.is_empty() {
            let some: Vec<&str> = self.unlike.iter().take(12).map(String::as_str).collect();
            let more = self.unlike.len() - some.len();
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            says.push(format!(
                "In {} more than {SHARE} of a hundred values come once, as numbers and ids do: {}{more}. Stack such a column to see it whole.",
                self.unlike.len(),
                some.join(", ")
            ));
        }
        (rows, beyond, says)
    }
}
