//! What people write, as it is read: Markdown as blocks and runs, and the tags in it. Makes no HTML and no link, and
//! does not know where a text stands.

mod markdown;
mod stand_in;
mod tags;

pub use markdown::{Block, DEPTH, LONGEST, Note, Run, Sort, pieces, read, read_report};
pub use tags::{Tagged, tagged, tags};
