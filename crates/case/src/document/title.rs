//! The name of a case is an item like any other, so that two names given at once are a conflict and none is lost.
//! Its id is the case's, so that copies which are named apart name the same item. Knows no other kind.

use super::{Document, Item};
use std::collections::BTreeSet;

/// Kind of the item that names the case; its body has `text`.
pub const TITLE: &str = "title";

impl Document {
    /// The item that names the case. A case of before it was one has none until it is named again.
    #[must_use]
    pub fn title_item(&self) -> Option<&Item> {
        self.item(&self.id).filter(|i| i.now.kind == TITLE)
    }

    /// Brings `title` into line with its item.
    pub(super) fn entitle(&mut self) {
        let Some(now) = self.title_item().map(|i| &i.now) else {
            return;
        };
        let title = if now.deleted { "" } else { now.text("text") };
        if self.title != title {
            self.title = title.to_owned();
        }
    }

    /// Names that no item holds: they are joined as a set.
    pub(super) fn untitled(&self) -> BTreeSet<String> {
        let mut titles = self.titles.clone();
        if self.title_item().is_none() {
            titles.insert(self.title.clone());
        }
        titles
    }
}
