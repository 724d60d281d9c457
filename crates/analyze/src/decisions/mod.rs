//! What is proposed for each affected host, by printed rules: from the answers to the scope, and from what was found
//! beside them. The analyst decides.

mod findings;

pub use findings::{Judged, propose};

use crate::answers::Rung;
use crate::environment::HostId;
use std::net::IpAddr;
use weir_model::{Indicator, Mac, RecordRef};

/// What to do with a host, least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Proposal {
    /// Keep an eye on it.
    Watch,
    /// Find out what did it.
    FindOut,
    /// Look at the host itself: the network cannot clear it.
    Examine,
    /// Take it off the network, then look at it.
    IsolateAndExamine,
    /// Take it off the network at once.
    IsolateNow,
}

impl Proposal {
    /// As the contract writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::FindOut => "find_out",
            Self::Examine => "examine",
            Self::IsolateAndExamine => "isolate_and_examine",
            Self::IsolateNow => "isolate_now",
        }
    }
}

/// A rule as it is printed: when, and what follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rule {
    /// What follows.
    pub proposal: Proposal,
    /// `refused → find out what asked`.
    pub says: &'static str,
}

impl Rule {
    /// The name was looked up, or its server contacted.
    pub const WATCH: Self = Self {
        proposal: Proposal::Watch,
        says: "looked up or contacted \u{2192} watch",
    };
    /// It was asked for in vain.
    pub const FIND_OUT: Self = Self {
        proposal: Proposal::FindOut,
        says: "refused \u{2192} find out what asked",
    };
    /// The capture cannot show what was exchanged.
    pub const EXAMINE: Self = Self {
        proposal: Proposal::Examine,
        says: "hidden \u{2192} examine the host, the network cannot clear it",
    };
    /// It came.
    pub const ISOLATE_AND_EXAMINE: Self = Self {
        proposal: Proposal::IsolateAndExamine,
        says: "delivered or partial \u{2192} isolate and examine",
    };
    /// It came, and the host went on.
    pub const ISOLATE_NOW: Self = Self {
        proposal: Proposal::IsolateNow,
        says: "delivered with later check-ins or host-to-host traffic \u{2192} isolate now",
    };
    /// The analyst confirmed that the host checks in and goes to others.
    pub const CONFIRMED_BOTH: Self = Self {
        proposal: Proposal::IsolateNow,
        says: "confirmed check-ins and host-to-host traffic \u{2192} isolate now",
    };
    /// The analyst confirmed a finding of what somebody does once he is in.
    pub const CONFIRMED: Self = Self {
        proposal: Proposal::IsolateAndExamine,
        says: "a confirmed finding of somebody at work on the host \u{2192} isolate and examine",
    };
    /// Nobody has judged it.
    pub const ALARM: Self = Self {
        proposal: Proposal::Examine,
        says: "an alarm that nobody has judged \u{2192} examine the host",
    };
    /// A host with an alarm worked on this one.
    pub const REACHED: Self = Self {
        proposal: Proposal::Examine,
        says: "worked on by a host with an alarm \u{2192} examine the host",
    };
    /// An alarm that says less of the host itself.
    pub const ODD: Self = Self {
        proposal: Proposal::FindOut,
        says: "an alarm of another kind \u{2192} find out what did it",
    };
}

/// What is proposed for one host.
#[derive(Clone, PartialEq, Debug)]
pub struct Decision {
    /// Which; `None` for a silent one.
    pub id: Option<HostId>,
    /// Its address at that time.
    pub host: IpAddr,
    /// Its hardware address.
    pub mac: Option<Mac>,
    /// Its name.
    pub name: Option<String>,
    /// By which rule.
    pub rule: Rule,
    /// The highest rung that it reached.
    pub rung: Rung,
    /// The indicators of that rung.
    pub indicators: Vec<Indicator>,
    /// What made it so; empty where the rule says all. Hostile text inside.
    pub because: String,
    /// Evidence.
    pub records: Vec<RecordRef>,
    /// Ids of the findings behind it.
    pub findings: Vec<String>,
    /// It is in the scope and the window.
    pub in_scope: bool,
}
