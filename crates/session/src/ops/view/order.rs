//! Sorting: keys that compare as people expect, numbers by value and addresses by their bits.

use std::net::IpAddr;
use weir_dissect::facts::Cell;

/// Bytes of a text that are compared.
const TEXT: usize = 64;

/// What a row is sorted by. What is absent comes last.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum SortKey {
    Number(i128),
    Address(IpAddr),
    Text(Box<[u8]>),
    Absent,
}

impl SortKey {
    pub(crate) fn text(text: &str) -> Self {
        if text.is_empty() {
            return Self::Absent;
        }
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Self::Address(ip);
        }
        let lower = text.chars().take(TEXT).flat_map(char::to_lowercase);
        Self::Text(lower.collect::<String>().into_bytes().into())
    }

    pub(crate) fn of(cell: &Cell) -> Self {
        match cell {
            Cell::Absent => Self::Absent,
            Cell::Text(t) => Self::text(t),
            Cell::Uint(n) => Self::Number(i128::from(*n)),
            Cell::Bool(b) => Self::Number(i128::from(*b)),
            Cell::Time(t) => Self::Number(i128::from(t.0)),
            Cell::Duration(d) => Self::Number(i128::from(d.0)),
            Cell::Address(a) => Self::Address(*a),
            Cell::List(cells) => cells.first().map_or(Self::Absent, Self::of),
        }
    }
}

/// Sorts rows by their keys; equal ones keep their order, also descending.
pub(crate) fn sorted<T>(mut rows: Vec<(SortKey, T)>, descending: bool) -> Vec<T> {
    if descending {
        rows.sort_by(|a, b| match (&a.0, &b.0) {
            (SortKey::Absent, SortKey::Absent) => std::cmp::Ordering::Equal,
            (SortKey::Absent, _) => std::cmp::Ordering::Greater,
            (_, SortKey::Absent) => std::cmp::Ordering::Less,
            (x, y) => y.cmp(x),
        });
    } else {
        rows.sort_by(|a, b| a.0.cmp(&b.0));
    }
    rows.into_iter().map(|r| r.1).collect()
}
