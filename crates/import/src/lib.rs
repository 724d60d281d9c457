//! Logs and flow exports to rows of flows. Knows no packet.

mod error;
mod flow;
mod read;
pub mod zeek;

pub use error::ImportError;
pub use flow::{Endpoint, FLOW_RECORDS_ONLY, FlowRow, Place, Transport};
pub use read::{Format, MAX_ERRORS, MAX_LINE, MAX_ROWS, MAX_TABLES, Reader, SNIFF, detect};
