//! A finished column of numbers in as few bytes a row as they need: the least one, a step they are all
//! multiples of, and what is left in whole bytes. Knows nothing of what they mean.

/// Numbers that do not change any more.
pub(crate) struct Packed {
    least: i64,
    step: u64,
    /// Bytes of a row; 0 where all are the same.
    width: u8,
    len: u32,
    bytes: Box<[u8]>,
}

impl Packed {
    /// Packs a column. Steps that are tried are thousands: times of microseconds are that.
    pub(crate) fn new(column: &[i64]) -> Self {
        let least = column.iter().copied().min().unwrap_or(0);
        let above = |n: i64| n.wrapping_sub(least).cast_unsigned();
        let step = [1_000_000, 1000]
            .into_iter()
            .find(|s| column.iter().all(|n| above(*n) % s == 0))
            .unwrap_or(1);
        let most = column.iter().map(|n| above(*n) / step).max().unwrap_or(0);
        let width = (u64::BITS - most.leading_zeros()).div_ceil(8) as usize;
        let mut bytes = Vec::with_capacity(column.len() * width);
        for n in column {
            let left = (above(*n) / step).to_le_bytes();
            bytes.extend_from_slice(left.get(..width).unwrap_or_default());
        }
        Self {
            least,
            step,
            width: width as u8,
            len: u32::try_from(column.len()).unwrap_or(u32::MAX),
            bytes: bytes.into_boxed_slice(),
        }
    }

    /// The number of a row.
    pub(crate) fn get(&self, row: usize) -> Option<i64> {
        let width = usize::from(self.width);
        if row >= self.len as usize {
            return None;
        }
        let at = row.checked_mul(width)?;
        let mut left = [0; 8];
        left.get_mut(..width)?
            .copy_from_slice(self.bytes.get(at..at + width)?);
        let left = u64::from_le_bytes(left).wrapping_mul(self.step);
        Some(self.least.wrapping_add(left.cast_signed()))
    }

    /// Heap in use.
    pub(crate) fn heap(&self) -> usize {
        self.bytes.len()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_in_as_few_bytes_as_it_needs() {
        let cases: [(&[i64], usize); 8] = [
            (&[], 0),
            (&[7, 7, 7], 0),
            (&[-1, 254], 1),
            (&[-1, 255], 2),
            (&[0, 1 << 40], 6),
            (&[i64::MIN, i64::MAX], 8),
            (&[5_000_000_003, 5_000_255_003], 1),
            (&[3, 256_000_003], 2),
        ];
        for (column, width) in cases {
            let packed = Packed::new(column);
            let back: Vec<i64> = (0..column.len()).map(|n| packed.get(n).unwrap()).collect();
            assert_eq!(back, column);
            assert_eq!(packed.heap(), width * column.len(), "{column:?}");
            assert_eq!(packed.get(column.len()), None);
        }
    }
}
