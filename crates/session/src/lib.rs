//! Load, jobs, replay, plans, views: the API that every door uses.
//! Knows no JavaScript, opens no file and has no clock: doors supply bytes and turn the crank.

mod archive;
mod bodies;
mod conclude;
mod decode_as;
mod error;
mod index;
mod input;
mod job;
mod keys;
mod known;
mod load;
mod log;
mod matches;
pub mod ops;
mod packed;
pub mod reference;
mod replay;
mod rowknown;
mod scan;
mod schema;
mod session;
mod statistics;
mod unknown;
mod walk;

pub use archive::{Entry, Listing, is_archive, list};
pub use bodies::{Collected, Digests, Extract, HELD, Hash, Hashes, hex};
pub use conclude::Merge;
pub use decode_as::decode_as;
pub use error::{ErrorKind, SessionError};
pub use index::{PacketEntry, PacketIndex};
pub use input::{Input, Need, SourceNo};
pub use job::{Covers, Job, Phase, Progress, Step};
pub use keys::Opened;
pub use known::PacketKnown;
pub use load::{File, Load};
pub use log::{FlowLog, LOG_ROWS};
pub use matches::Matches;
pub use replay::{Replay, Visitor};
pub use scan::Scan;
pub use schema::schema;
pub use session::{Capture, Chain, Session};
pub use statistics::{Statistics, Tables, Talk, Wanted};
pub use unknown::why;
pub use weir_analyze::statistics::{Conversation, End, Endpoint, Expert, Level, Pairs, Service};
pub use weir_import::FLOW_RECORDS_ONLY;
