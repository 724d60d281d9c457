//! What stands among the packets of a capture and is none. Does not know what it holds.

/// A record that the container keeps among its packets, numbered with them as Wireshark does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Record {
    /// A Custom Block of pcapng (draft-ietf-opsawg-pcapng, section 4.9).
    Custom {
        /// Private Enterprise Number of who defined it.
        pen: u32,
        /// May programs copy it into files that they make of this one?
        copy: bool,
    },
    /// A systemd Journal Export Block (the same, section 4.7).
    Journal,
}

impl Record {
    const COPY: i64 = 1 << 32;
    const JOURNAL: i64 = 1 << 33;

    /// As one number of at most 34 bits.
    #[must_use]
    pub fn code(self) -> i64 {
        match self {
            Self::Custom { pen, copy } => i64::from(pen) | if copy { Self::COPY } else { 0 },
            Self::Journal => Self::JOURNAL,
        }
    }

    /// Of what [`Record::code`] gave.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        if code == Self::JOURNAL {
            return Some(Self::Journal);
        }
        Some(Self::Custom {
            pen: u32::try_from(code & !Self::COPY).ok()?,
            copy: code & Self::COPY != 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_back() {
        for record in [
            Record::Journal,
            Record::Custom {
                pen: 0,
                copy: false,
            },
            Record::Custom {
                pen: u32::MAX,
                copy: true,
            },
        ] {
            assert_eq!(Record::from_code(record.code()), Some(record));
        }
        assert_eq!(Record::from_code(-1), None);
    }
}
