//! Files for other tools: each is read back by a strict reader and evaluated over the captures it was made from, over
//! the clean twin, with hostile values, and by the products themselves where they are installed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::expect_fun_call,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a failure here is the test's failure"
)]

mod bundle;
mod fires;
mod ground;
mod hostile;
mod marked;
mod products;
mod readers;
