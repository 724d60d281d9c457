//! The report from hand-made material: its golden text, its pages, its checks, and hostile text in every field.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::type_complexity
)]

mod claims;
mod faults;
mod golden;
mod hostile;
mod lint;
mod material;
mod noted;
mod pages;
