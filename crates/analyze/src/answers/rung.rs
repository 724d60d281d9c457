//! The rungs of an answer, and what one piece of evidence says. Judges nothing by itself.

use crate::environment::HostId;
use smallvec::SmallVec;
use std::net::IpAddr;
use weir_model::{PacketRef, RowRef, Timestamp};

/// How far it got, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Rung {
    /// Nothing.
    #[default]
    None,
    /// The name was asked for.
    LookedUp,
    /// Readable traffic with the server, nothing matches.
    Contacted,
    /// Asked by name; an error, no body or other content came.
    Refused,
    /// It may have happened where nobody can read.
    Hidden,
    /// Some of it.
    Partial,
    /// Every byte.
    Delivered,
}

impl Rung {
    /// As the contract writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::LookedUp => "looked_up",
            Self::Contacted => "contacted",
            Self::Refused => "refused",
            Self::Hidden => "hidden",
            Self::Partial => "partial",
            Self::Delivered => "delivered",
        }
    }

    /// What it answers.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Delivered | Self::Partial => Verdict::Seen,
            Self::Hidden => Verdict::CannotTell,
            _ => Verdict::NotSeen,
        }
    }
}

/// An answer. There is no fourth: what was not seen may still have been.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verdict {
    /// It is in the captures.
    Seen,
    /// It is not in them.
    NotSeen,
    /// They cannot show it.
    CannotTell,
}

impl Verdict {
    /// As the contract writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::NotSeen => "not_seen",
            Self::CannotTell => "cannot_tell",
        }
    }
}

/// Which way, as the host sees it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Way {
    /// It got it.
    Received,
    /// It gave it.
    Sent,
}

impl Way {
    /// As the contract writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Sent => "sent",
        }
    }
}

/// Match classes and marks, in order of appearance.
pub type Classes = SmallVec<[&'static str; 2]>;

/// A file that evidence is about: an artifact or a merge of several.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FileRef {
    /// Place in the chain's artifacts.
    Artifact(usize, u32),
    /// Place in the merge plans.
    Merged(u32),
}

/// One thing that happened, as it concerns one indicator.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    pub(crate) host: HostId,
    pub(crate) address: IpAddr,
    pub(crate) indicator: usize,
    pub(crate) way: Way,
    pub(crate) rung: Rung,
    pub(crate) classes: Classes,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    pub(crate) packets: SmallVec<[PacketRef; 3]>,
    /// Rows of flow logs, where it rests on them.
    pub(crate) rows: Vec<RowRef>,
    /// `http`, `ftp`, `dns`, `tls`, or the transport's.
    pub(crate) protocol: &'static str,
    pub(crate) file: Option<FileRef>,
    pub(crate) why: String,
    /// Relayed by this host.
    pub(crate) via: Option<HostId>,
    /// The site's readable name.
    pub(crate) site: Option<String>,
    /// The server's address; unset for look-ups.
    pub(crate) server: Option<IpAddr>,
    pub(crate) agent: Option<String>,
    /// Only mentioned: never an answer.
    pub(crate) mention: bool,
    /// By a server that the scope does not name.
    pub(crate) flow: Option<(usize, weir_model::FlowId)>,
}

pub(crate) fn add_class(classes: &mut Classes, class: &'static str) {
    if !classes.contains(&class) {
        classes.push(class);
    }
}
