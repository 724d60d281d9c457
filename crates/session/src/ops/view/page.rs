//! One page of rows as bytes: the layout is written down in the page's contract.

use weir_model::{CaptureId, Timestamp};

/// One row ready to be written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) time: Option<Timestamp>,
    pub(crate) number: u32,
    pub(crate) flags: u32,
    pub(crate) capture: CaptureId,
    pub(crate) cells: Vec<String>,
}

/// Bits of [`Row::flags`] above the tint.
pub(crate) const DUPLICATE: u32 = 0x100;
/// See the contract.
pub(crate) const TRUNCATED: u32 = 0x200;
/// See the contract.
pub(crate) const COMMENT: u32 = 0x400;
/// See the contract.
pub(crate) const COMPLETES: u32 = 0x800;

fn nanos(t: Option<Timestamp>) -> [u8; 8] {
    t.map_or(i64::MIN, |t| t.0).to_le_bytes()
}

/// Writes rows of `columns` cells each. `before` is the time of the row above.
pub(crate) fn page(rows: &[Row], columns: usize, before: Option<Timestamp>) -> Vec<u8> {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
    let mut text: Vec<u8> = Vec::new();
    let mut offsets: Vec<u8> = Vec::with_capacity((rows.len() * columns + 1) * 4);
    offsets.extend(number(0));
    for row in rows {
        for n in 0..columns {
            text.extend(row.cells.get(n).map_or("", String::as_str).bytes());
            offsets.extend(number(text.len()));
        }
    }
    let mut out = Vec::with_capacity(24 + rows.len() * 18 + offsets.len() + text.len() + 2);
    for n in [rows.len(), columns, text.len(), 0] {
        out.extend(number(n));
    }
    out.extend(nanos(before));
    rows.iter().for_each(|r| out.extend(nanos(r.time)));
    rows.iter().for_each(|r| out.extend(r.number.to_le_bytes()));
    rows.iter().for_each(|r| out.extend(r.flags.to_le_bytes()));
    rows.iter()
        .for_each(|r| out.extend(r.capture.0.to_le_bytes()));
    if rows.len() % 2 == 1 {
        out.extend([0, 0]);
    }
    out.extend(offsets);
    out.extend(text);
    out
}
