//! Opening what TLS sealed: suites, keys out of secrets, records. Knows no message.

pub(super) mod derive;
pub(super) mod open;
#[cfg(test)]
pub(super) mod seal;
pub(super) mod suite;
