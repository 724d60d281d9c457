//! Typed tables of messages, one a type, in the order the messages were completed.
//! Knows no protocol: each brings its own row type.

use crate::blocks::Blocks;
use crate::protocol::{Direction, Protocol};
use std::any::{Any, TypeId};
use std::fmt::Write as _;
use std::net::IpAddr;
use weir_model::{Duration, FlowId, PacketRef, Timestamp};

/// What every message has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageMeta {
    /// The flow, where it has one (DHCP broadcasts have, ARP has not).
    pub flow: Option<FlowId>,
    /// Which way its (first) part went.
    pub direction: Direction,
    /// The packet with its first byte.
    pub first: PacketRef,
    /// The packet that completed it.
    pub last: PacketRef,
    /// Time of `first`.
    pub time: Timestamp,
    /// Time of `last`.
    pub end: Timestamp,
    /// Only in packets that are copies of earlier ones (mirror ports).
    pub duplicate: bool,
}

/// A column of a message log, named as Zeek names it where Zeek has it.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// `status_code`.
    pub name: &'static str,
    /// What it holds, for the reference page.
    pub title: &'static str,
}

impl Column {
    /// A column.
    #[must_use]
    pub const fn new(name: &'static str, title: &'static str) -> Self {
        Self { name, title }
    }
}

/// One value of a row, owned by whoever asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Not there.
    Absent,
    /// Text.
    Text(String),
    /// A count or code.
    Uint(u64),
    /// Yes or no.
    Bool(bool),
    /// A point in time.
    Time(Timestamp),
    /// A span.
    Duration(Duration),
    /// An address.
    Address(IpAddr),
    /// Several.
    List(Vec<Cell>),
}

impl Cell {
    /// Text when there is some.
    #[must_use]
    pub fn text(t: Option<&str>) -> Self {
        t.map_or(Self::Absent, |t| Self::Text(t.to_owned()))
    }

    /// A number when there is one.
    #[must_use]
    pub fn uint(n: Option<impl Into<u64>>) -> Self {
        n.map_or(Self::Absent, |n| Self::Uint(n.into()))
    }

    /// As one line of text.
    #[must_use]
    pub fn show(&self) -> String {
        match self {
            Self::Absent => String::new(),
            Self::Text(t) => t.clone(),
            Self::Uint(n) => n.to_string(),
            Self::Bool(b) => b.to_string(),
            Self::Time(t) => t.epoch(),
            Self::Duration(d) => d.decimal(),
            Self::Address(a) => a.to_string(),
            Self::List(cells) => cells.iter().fold(String::new(), |mut out, c| {
                let comma = if out.is_empty() { "" } else { "," };
                let _ = write!(out, "{comma}{}", c.show());
                out
            }),
        }
    }
}

/// A message type: one application unit, or a request with its answer.
pub trait Message: Any {
    /// Whose message.
    fn protocol() -> &'static Protocol
    where
        Self: Sized;
    /// The columns of its log.
    fn columns() -> &'static [Column]
    where
        Self: Sized;
    /// What every message has.
    fn meta(&self) -> &MessageMeta;
    /// The value of column `n`.
    fn cell(&self, n: usize) -> Cell;
    /// One line for people: `GET /index.html → 200 OK, 1,024 bytes`.
    fn summary(&self) -> String;
    /// Bytes it keeps on the heap, roughly: the row budget counts them.
    fn heap(&self) -> usize;
}

/// A table whose row type is not known to the reader: for logs and for the one table of requests.
pub trait MessageTable {
    /// Whose messages.
    fn protocol(&self) -> &'static Protocol;
    /// The columns of its log.
    fn columns(&self) -> &'static [Column];
    /// Rows.
    fn len(&self) -> usize;
    /// No rows?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// What every message has, of row `n`.
    fn meta(&self, n: usize) -> Option<&MessageMeta>;
    /// Column `column` of row `n`.
    fn cell(&self, n: usize, column: usize) -> Cell;
    /// Row `n` for people.
    fn summary(&self, n: usize) -> String;
    #[doc(hidden)]
    fn truncate(&mut self, len: usize);
    #[doc(hidden)]
    fn as_any(&self) -> &dyn Any;
    #[doc(hidden)]
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

struct Table<T>(Blocks<T>);

impl<T: Message> MessageTable for Table<T> {
    fn protocol(&self) -> &'static Protocol {
        T::protocol()
    }
    fn columns(&self) -> &'static [Column] {
        T::columns()
    }
    fn len(&self) -> usize {
        self.0.len()
    }
    fn meta(&self, n: usize) -> Option<&MessageMeta> {
        self.0.get(n).map(Message::meta)
    }
    fn cell(&self, n: usize, column: usize) -> Cell {
        self.0.get(n).map_or(Cell::Absent, |m| m.cell(column))
    }
    fn summary(&self, n: usize) -> String {
        self.0.get(n).map_or_else(String::new, Message::summary)
    }
    fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// Every table, found by row type. Tables stand in order of their first message.
#[derive(Default)]
pub struct Messages {
    tables: Vec<(TypeId, Box<dyn MessageTable>)>,
    heap: usize,
}

impl Messages {
    /// Rows of type `T`, in order of completion.
    #[must_use]
    pub fn all<T: Message>(&self) -> &Blocks<T> {
        let table = self.tables.iter().find(|(id, _)| *id == TypeId::of::<T>());
        table
            .and_then(|(_, t)| t.as_any().downcast_ref::<Table<T>>())
            .map_or(Blocks::EMPTY, |t| &t.0)
    }

    /// Every table.
    pub fn tables(&self) -> impl Iterator<Item = &dyn MessageTable> {
        self.tables.iter().map(|(_, t)| &**t)
    }

    /// Bytes that rows keep, roughly.
    #[must_use]
    pub fn heap(&self) -> usize {
        self.heap
    }

    pub(crate) fn rows<T: Message>(&mut self) -> &mut Blocks<T> {
        let id = TypeId::of::<T>();
        let at = self
            .tables
            .iter()
            .position(|(t, _)| *t == id)
            .unwrap_or_else(|| {
                self.tables
                    .push((id, Box::new(Table::<T>(Blocks::default()))));
                self.tables.len() - 1
            });
        // The type id was just looked up or put there, so both steps succeed.
        #[allow(clippy::expect_used)]
        let table = self
            .tables
            .get_mut(at)
            .and_then(|(_, t)| t.as_any_mut().downcast_mut::<Table<T>>())
            .expect("table of its own type");
        &mut table.0
    }

    pub(crate) fn push<T: Message>(&mut self, row: T) -> u32 {
        self.heap += row.heap() + size_of::<T>();
        let rows = self.rows::<T>();
        rows.push(row);
        u32::try_from(rows.len() - 1).unwrap_or(u32::MAX)
    }

    /// Changes row `n`; what it grows by counts.
    pub(crate) fn change<T: Message>(&mut self, n: u32, change: impl FnOnce(&mut T)) {
        if let Some(row) = self.rows::<T>().get_mut(n as usize) {
            let before = row.heap();
            change(row);
            let after = row.heap();
            self.heap = self.heap.saturating_add(after).saturating_sub(before);
        }
    }

    pub(crate) fn mark(&self) -> Vec<usize> {
        self.tables.iter().map(|(_, t)| t.len()).collect()
    }

    pub(crate) fn back_to(&mut self, mark: &[usize]) {
        for (n, (_, table)) in self.tables.iter_mut().enumerate() {
            table.truncate(mark.get(n).copied().unwrap_or(0));
        }
    }
}
