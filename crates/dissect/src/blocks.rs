//! A growing list in blocks of one size: growing never moves what is there, and leaves no room unused
//! but in the last block. Knows nothing of what it holds.

use std::ops::Index;

/// Rows of one block.
const BLOCK: usize = 512;

/// Rows in the order they were added.
#[derive(Clone)]
pub struct Blocks<T> {
    blocks: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self {
            blocks: Vec::new(),
            len: 0,
        }
    }
}

impl<T: std::fmt::Debug + 'static> std::fmt::Debug for Blocks<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T: 'static> Blocks<T> {
    /// What a list that was never begun looks like.
    pub const EMPTY: &'static Self = &Self {
        blocks: Vec::new(),
        len: 0,
    };

    /// Rows so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// None yet?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The row at a place.
    #[must_use]
    pub fn get(&self, n: usize) -> Option<&T> {
        self.blocks.get(n / BLOCK)?.get(n % BLOCK)
    }

    /// The row at a place, to be changed.
    pub fn get_mut(&mut self, n: usize) -> Option<&mut T> {
        self.blocks.get_mut(n / BLOCK)?.get_mut(n % BLOCK)
    }

    /// Every row, in order.
    pub fn iter(&self) -> std::iter::Flatten<std::slice::Iter<'_, Vec<T>>> {
        self.blocks.iter().flatten()
    }

    /// The first row.
    #[must_use]
    pub fn first(&self) -> Option<&T> {
        self.get(0)
    }

    /// The last row.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.get(self.len.checked_sub(1)?)
    }

    /// Takes back every row from a place on.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len {
            return;
        }
        self.blocks.truncate(len.div_ceil(BLOCK));
        if let Some(last) = self.blocks.last_mut() {
            last.truncate(len - (len - 1) / BLOCK * BLOCK);
        }
        self.len = len;
    }

    /// Adds a row at the end.
    pub fn push(&mut self, row: T) {
        match self.blocks.last_mut().filter(|b| b.len() < BLOCK) {
            Some(block) => block.push(row),
            None => self.blocks.push(vec![row]),
        }
        self.len += 1;
    }
}

impl<T: 'static> Index<usize> for Blocks<T> {
    type Output = T;

    /// # Panics
    /// Where there is no such row: for places that were looked up, never for what a packet says.
    #[allow(clippy::indexing_slicing)]
    fn index(&self, n: usize) -> &T {
        &self.blocks[n / BLOCK][n % BLOCK]
    }
}

impl<'a, T: 'static> IntoIterator for &'a Blocks<T> {
    type Item = &'a T;
    type IntoIter = std::iter::Flatten<std::slice::Iter<'a, Vec<T>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_places_over_block_borders() {
        let mut rows = Blocks::default();
        for n in 0..2 * BLOCK + 3 {
            assert_eq!(rows.len(), n);
            rows.push(n);
        }
        assert_eq!(rows.get(BLOCK - 1), Some(&(BLOCK - 1)));
        assert_eq!(rows[BLOCK], BLOCK);
        assert_eq!(rows.get(2 * BLOCK + 3), None);
        *rows.get_mut(2 * BLOCK).unwrap() = 7;
        let all: Vec<usize> = rows.iter().copied().collect();
        assert_eq!((all.len(), all[2 * BLOCK]), (2 * BLOCK + 3, 7));
    }

    #[test]
    fn rows_are_taken_back_to_any_length() {
        for len in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK] {
            let mut rows = Blocks::default();
            (0..2 * BLOCK).for_each(|n| rows.push(n));
            rows.truncate(len);
            assert_eq!(rows.len(), len);
            assert!(rows.iter().copied().eq(0..len));
            rows.push(7);
            assert_eq!(
                (rows.len(), rows.get(len), rows.last()),
                (len + 1, Some(&7), Some(&7))
            );
        }
    }
}
