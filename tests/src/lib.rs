//! Generators, goldens and cross-crate tests.
