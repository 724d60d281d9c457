//! The headless door.
fn main() {}
