//! The vocabulary every crate shares: times, addresses, fields, references, scope.
//! Knows no protocol, no file format and no conclusion.

mod address;
pub mod baseline;
mod bytes;
mod evidence;
mod field;
mod limit;
mod record;
mod reference;
mod scope;
mod sink;
mod text;
mod time;

pub use address::{Mac, is_internal};
pub use bytes::{Cursor, Short};
pub use evidence::{EvidenceError, EvidenceRef};
pub use field::{ByteRange, Field, Holds, Kind, Origin, SourceId, Value};
pub use limit::{Limit, LimitKind};
pub use record::Record;
pub use reference::{ArtifactId, CaptureId, FlowId, PacketRef, RecordRef, RowRef};
pub use scope::{Indicator, IndicatorKind, IssueKind, Scope, ScopeError, Window};
pub use sink::{FieldSink, LayerInfo, NoSink};
pub use text::hidden;
pub use time::{Duration, TimeError, Timestamp};
