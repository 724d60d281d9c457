//! The golden case: a small network for 50 hours, what was planted in it, and the key that says what
//! every answer must be. The key is written from the plan, never from reading the capture back.
//!
//! * [`world`]: hosts, servers, names, addresses and times of one seed.
//! * [`background`]: what everybody does all day; alone it is the clean twin.
//! * [`plants`]: one file per group of rows; each writes packets and a [`key::Plant`].
//! * [`key`]: the key document and how its expectations are read.
//! * [`conn`]: the log of a flow sensor on the same tap.
//! * [`write`]: capture files, their flow logs, ring files, scopes, key.
//! * [`score`]: runs `weir` over them and compares.

pub mod background;
pub mod body;
mod compare;
pub mod conn;
pub mod fault;
pub mod key;
pub mod map;
pub mod names;
pub mod places;
pub mod planted;
pub mod plants;
pub mod scopes;
pub mod score;
mod traffic;
pub mod world;
pub mod write;
