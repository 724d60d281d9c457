//! The display-filter language over a field schema. Knows no protocol: names, types and words
//! come from a [`Schema`], values from whoever describes packets.
//!
//! Text → [`parse`] → [`Expr`] → [`Program`]. A program says what it [`Program::needs`]; a
//! [`Collector`] takes just that from the dissector; [`Program::eval`] answers. For packets whose
//! index entry says enough, [`Program::decide`] answers without reading them.

mod ast;
mod build;
mod check;
mod collect;
mod complete;
mod decide;
mod error;
mod eval;
mod lex;
mod literal;
mod nearest;
mod parse;
mod pattern;
mod program;
mod schema;
mod value;

pub use ast::{Arithmetic, Compare, Expr, Operand, OperandKind, Quantifier, Test, quote};
pub use build::{Join, join, test_of};
pub use collect::{Collector, MAX_VALUE};
pub use complete::{About, Completion, Item, ItemKind, about, complete, kind_title, name_at};
pub use decide::{Known, Tri};
pub use error::{FilterError, Span};
pub use lex::Range;
pub use parse::parse;
pub use program::{Needs, Program};
pub use schema::{Declared, Name, Schema, Table};

/// Levels of parentheses, braces and operators a filter may nest: what the stack of a wasm worker bears.
pub const MAX_DEPTH: usize = 128;

/// Bytes a filter may have.
pub const MAX_LENGTH: usize = 32 << 10;
