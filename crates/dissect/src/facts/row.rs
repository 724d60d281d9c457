//! Row types written as a list of their columns: what a column holds says how it is shown and what it weighs.

use super::Cell;
use std::net::IpAddr;
use weir_model::{Duration, Mac, Timestamp};

/// What a column can hold.
pub(crate) trait Held {
    /// For whoever asks.
    fn cell(&self) -> Cell;
    /// Bytes on the heap.
    fn heap(&self) -> usize {
        0
    }
}

impl Held for Box<str> {
    fn cell(&self) -> Cell {
        Cell::text(Some(&**self).filter(|t| !t.is_empty()))
    }
    fn heap(&self) -> usize {
        self.len()
    }
}

impl Held for &'static str {
    fn cell(&self) -> Cell {
        Cell::text(Some(*self).filter(|t| !t.is_empty()))
    }
}

impl Held for bool {
    fn cell(&self) -> Cell {
        Cell::Bool(*self)
    }
}

impl Held for IpAddr {
    fn cell(&self) -> Cell {
        Cell::Address(*self)
    }
}

impl Held for Mac {
    fn cell(&self) -> Cell {
        Cell::Text(self.to_string())
    }
}

impl Held for Duration {
    fn cell(&self) -> Cell {
        Cell::Duration(*self)
    }
}

impl Held for Timestamp {
    fn cell(&self) -> Cell {
        Cell::Time(*self)
    }
}

macro_rules! numbers {
    ($($t:ty)*) => {$(
        impl Held for $t {
            fn cell(&self) -> Cell {
                Cell::Uint(u64::from(*self))
            }
        }
    )*};
}
numbers!(u8 u16 u32 u64);

impl<T: Held> Held for Option<T> {
    fn cell(&self) -> Cell {
        self.as_ref().map_or(Cell::Absent, Held::cell)
    }
    fn heap(&self) -> usize {
        self.as_ref().map_or(0, Held::heap)
    }
}

impl<T: Held> Held for Vec<T> {
    fn cell(&self) -> Cell {
        if self.is_empty() {
            return Cell::Absent;
        }
        Cell::List(self.iter().map(Held::cell).collect())
    }
    fn heap(&self) -> usize {
        self.capacity() * size_of::<T>() + self.iter().map(Held::heap).sum::<usize>()
    }
}

/// A row type: its columns with their titles, named as Zeek names them where it has the log, and its line for people.
macro_rules! row {
    (
        $(#[$doc:meta])*
        pub struct $name:ident of $protocol:path {
            $( $column:ident : $held:ty = $title:literal ),+ $(,)?
        }
        |$row:ident| $summary:expr
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// What every message has.
            pub meta: $crate::facts::MessageMeta,
            $( #[doc = $title] pub $column: $held, )+
        }

        impl $crate::facts::Message for $name {
            fn protocol() -> &'static $crate::protocol::Protocol {
                &$protocol
            }
            fn columns() -> &'static [$crate::facts::Column] {
                static COLUMNS: &[$crate::facts::Column] = &[
                    $( $crate::facts::Column::new(stringify!($column), $title), )+
                ];
                COLUMNS
            }
            fn meta(&self) -> &$crate::facts::MessageMeta {
                &self.meta
            }
            fn cell(&self, n: usize) -> $crate::facts::Cell {
                let held: &[&dyn $crate::facts::row::Held] = &[ $( &self.$column, )+ ];
                held.get(n).map_or($crate::facts::Cell::Absent, |h| h.cell())
            }
            fn summary(&self) -> String {
                let $row = self;
                $summary
            }
            fn heap(&self) -> usize {
                let held: &[&dyn $crate::facts::row::Held] = &[ $( &self.$column, )+ ];
                held.iter().map(|h| h.heap()).sum()
            }
        }
    };
}
pub(crate) use row;
