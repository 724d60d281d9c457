//! The rows of both versions: what was done to files, and which shares were connected.

/// Makes the row types of one version.
macro_rules! rows {
    ($protocol:path) => {
        /// Something done to a file. First: the request; last: the answer to it.
        #[derive(Clone, Debug)]
        pub struct FileAction {
            /// What every message has.
            pub meta: $crate::facts::MessageMeta,
            /// `SMB::FILE_OPEN` and the like.
            pub action: &'static str,
            /// The share. Hostile text.
            pub path: Box<str>,
            /// The file in it. Hostile text.
            pub name: Box<str>,
            /// Bytes of the file.
            pub size: Option<u64>,
            /// Its name before. Hostile text.
            pub prev_name: Box<str>,
            /// Times of creation, access, writing and change.
            pub times: [weir_model::Timestamp; 4],
        }

        impl $crate::facts::Message for FileAction {
            fn protocol() -> &'static $crate::protocol::Protocol {
                &$protocol
            }
            fn columns() -> &'static [$crate::facts::Column] {
                use $crate::facts::Column;
                static COLUMNS: &[Column] = &[
                    Column::new("action", "What was done"),
                    Column::new("path", "The share"),
                    Column::new("name", "The file in it"),
                    Column::new("size", "Bytes of the file"),
                    Column::new("prev_name", "Its name before"),
                    Column::new("times.modified", "When it was written last"),
                    Column::new("times.accessed", "When it was read last"),
                    Column::new("times.created", "When it was made"),
                    Column::new("times.changed", "When anything of it was changed last"),
                ];
                COLUMNS
            }
            fn meta(&self) -> &$crate::facts::MessageMeta {
                &self.meta
            }
            fn cell(&self, n: usize) -> $crate::facts::Cell {
                use $crate::facts::Cell;
                let text = |t: &str| Cell::text(Some(t).filter(|t| !t.is_empty()));
                let time = |t: weir_model::Timestamp| {
                    if t.0 == 0 {
                        Cell::Absent
                    } else {
                        Cell::Time(t)
                    }
                };
                let [created, accessed, written, changed] = self.times;
                match n {
                    0 => text(self.action),
                    1 => text(&self.path),
                    2 => text(&self.name),
                    3 => Cell::uint(self.size),
                    4 => text(&self.prev_name),
                    5 => time(written),
                    6 => time(accessed),
                    7 => time(created),
                    8 => time(changed),
                    _ => Cell::Absent,
                }
            }
            fn summary(&self) -> String {
                format!("{} {}\\{}", self.action, self.path, self.name)
            }
            fn heap(&self) -> usize {
                self.path.len() + self.name.len() + self.prev_name.len()
            }
        }

        $crate::facts::row::row! {
            /// A share that was connected.
            pub struct Mapping of $protocol {
                path: Box<str> = "The share",
                service: Box<str> = "Its kind, as SMB1 says it",
                native_file_system: Box<str> = "Its file system, as SMB1 says it",
                share_type: &'static str = "DISK, PIPE or PRINT",
            }
            |m| format!("{} {}", m.share_type, m.path)
        }
    };
}
pub(crate) use rows;

pub(crate) mod action {
    pub(crate) const OPEN: &str = "SMB::FILE_OPEN";
    pub(crate) const READ: &str = "SMB::FILE_READ";
    pub(crate) const WRITE: &str = "SMB::FILE_WRITE";
    pub(crate) const RENAME: &str = "SMB::FILE_RENAME";
    pub(crate) const DELETE: &str = "SMB::FILE_DELETE";
    pub(crate) const PIPE_OPEN: &str = "SMB::PIPE_OPEN";
    pub(crate) const PIPE_READ: &str = "SMB::PIPE_READ";
    pub(crate) const PIPE_WRITE: &str = "SMB::PIPE_WRITE";
}
