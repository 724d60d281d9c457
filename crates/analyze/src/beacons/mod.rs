//! Contacts that repeat: which of them are worth judging, how unusual each is here, and what harmless thing it looks
//! like. Regularity is no guilt: pattern and concern are two numbers.

mod benign;
mod candidates;
mod concern;

pub(crate) use benign::class;
pub(crate) use candidates::{Candidate, Shape, candidates, shape};
pub(crate) use concern::concern;
