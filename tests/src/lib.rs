//! Generators, goldens and cross-crate tests.

pub mod hostile;
