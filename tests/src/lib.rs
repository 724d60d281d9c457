//! Generators, goldens and cross-crate tests.

pub mod desk;
pub mod golden;
pub mod hostile;
pub mod labelled;
pub mod packets;
pub mod parity;
pub mod threat;
pub mod upstream;
