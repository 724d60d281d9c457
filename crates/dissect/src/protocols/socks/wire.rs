//! The layout of SOCKS messages: how long each is, and where its address stands.

use crate::data::Data;
use crate::framed::Frame;

/// Bytes of a text of version 4 that are waited for.
const TEXT: usize = 512;

/// Which message comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Request4,
    Reply4,
    /// The methods that a client knows.
    Methods,
    /// The method that the server takes.
    Method,
    /// A name with a password (RFC 1929).
    Password,
    Status,
    Request5,
    Reply5,
}

impl Kind {
    pub(super) fn says(self) -> &'static str {
        match self {
            Self::Request4 => "Version: 4 request",
            Self::Reply4 => "Version: 4 response",
            Self::Methods => "Version: 5 methods offered",
            Self::Method => "Version: 5 method taken",
            Self::Password => "User Authentication Request",
            Self::Status => "User Authentication Reply",
            Self::Request5 => "Version: 5 request",
            Self::Reply5 => "Version: 5 response",
        }
    }
}

/// An address of version 5.
pub(super) struct Address {
    pub(super) kind: u8,
    pub(super) from: usize,
    pub(super) end: usize,
}

impl Address {
    pub(super) fn text(&self, data: Data<'_>) -> String {
        match self.kind {
            1 => data
                .array::<4>(self.from)
                .map(|a| std::net::Ipv4Addr::from(a).to_string()),
            4 => data
                .array::<16>(self.from)
                .map(|a| std::net::Ipv6Addr::from(a).to_string()),
            _ => Some(crate::shown::shown(data.sub(self.from, self.end).bytes)),
        }
        .unwrap_or_default()
    }
}

/// The address whose type stands at `at`; `None` for types nobody registered and where the length is missing.
pub(super) fn address(data: Data<'_>, at: usize) -> Option<Address> {
    let kind = data.u8(at)?;
    let (from, len) = match kind {
        1 => (at + 1, 4),
        4 => (at + 1, 16),
        3 => (at + 2, usize::from(data.u8(at + 1)?)),
        _ => return None,
    };
    Some(Address {
        kind,
        from,
        end: from + len,
    })
}

/// User and, of version 4a, name: each up to its zero.
pub(super) fn texts4(data: Data<'_>) -> (Data<'_>, Option<Data<'_>>) {
    let rest = data.rest(8);
    let end = memchr::memchr(0, rest.bytes).unwrap_or(rest.len());
    let named = matches!(data.array::<4>(4), Some([0, 0, 0, n]) if n != 0);
    let name = rest.rest(end + 1);
    let stop = memchr::memchr(0, name.bytes).unwrap_or(name.len());
    (rest.sub(0, end), named.then(|| name.sub(0, stop)))
}

fn fixed(len: usize, bytes: &[u8]) -> Frame {
    if bytes.len() < len {
        Frame::More(len)
    } else {
        Frame::Whole(len as u64)
    }
}

/// Where a message ends.
pub(super) fn measure(kind: Kind, bytes: &[u8]) -> Frame {
    let data = Data::packet(bytes);
    let first = match kind {
        Kind::Request4 => 4,
        Kind::Reply4 => 0,
        Kind::Password | Kind::Status => 1,
        _ => 5,
    };
    match data.u8(0) {
        None => return Frame::More(1),
        Some(b) if b != first => return Frame::Foreign,
        Some(_) => {}
    }
    match kind {
        Kind::Method | Kind::Status => fixed(2, bytes),
        Kind::Reply4 => fixed(8, bytes),
        Kind::Methods => match data.u8(1) {
            None => Frame::More(2),
            Some(0) => Frame::Foreign,
            Some(n) => fixed(2 + usize::from(n), bytes),
        },
        Kind::Password => {
            let Some(user) = data.u8(1).map(usize::from) else {
                return Frame::More(2);
            };
            match data.u8(2 + user) {
                None => Frame::More(3 + user),
                Some(secret) => fixed(3 + user + usize::from(secret), bytes),
            }
        }
        Kind::Request4 => {
            let texts = match data.array::<4>(4) {
                None => return Frame::More(9),
                Some([0, 0, 0, n]) if n != 0 => 2,
                Some(_) => 1,
            };
            let mut zeros = memchr::memchr_iter(0, data.rest(8).bytes);
            match zeros.nth(texts - 1) {
                Some(n) => Frame::Whole(8 + n as u64 + 1),
                None if bytes.len() > TEXT => Frame::Foreign,
                None => Frame::More(bytes.len() + 1),
            }
        }
        Kind::Request5 | Kind::Reply5 => match (address(data, 3), data.u8(3)) {
            (Some(a), _) => fixed(a.end + 2, bytes),
            (None, None | Some(3)) => Frame::More(5),
            (None, Some(_)) => Frame::Foreign,
        },
    }
}
