//! What was normal: a document without payload, made of captures that somebody calls earlier or good. Counts nothing
//! itself.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the document that is written and read.
pub const SCHEMA: u32 = 1;

/// The model of normal. Keys are text that traffic chose: hostile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// [`SCHEMA`].
    pub schema: u32,
    /// First moment, epoch seconds with nine digits.
    pub first: String,
    /// Last moment.
    pub last: String,
    /// Hours in which anything was seen.
    pub hours: u32,
    /// Hours of the day (UTC) in which anything was seen: bit 0 is midnight to one.
    pub clock: u32,
    /// What was seen, by kind.
    pub seen: BTreeMap<Kind, BTreeMap<String, Seen>>,
    /// Bytes a host sent in hours in which it sent any, by hour of the day: a night is not compared with a day.
    pub volume: BTreeMap<String, BTreeMap<u8, Volume>>,
    /// Ids of what the detections found, with what they called it.
    pub findings: BTreeMap<String, Known>,
    /// Kinds of which more was seen than [`Baseline::THINGS`], with how much: they are left out whole.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub beyond: BTreeMap<Kind, u64>,
}

/// A kind of thing that is new or known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A host of the network: its hardware address, else its address.
    Host,
    /// `host|tcp/445`: a port it answered on.
    Service,
    /// `client|server|tcp/445`, both of the network.
    Pair,
    /// `host|example.com` or `host|203.0.113.9`: whom it contacts outside.
    Destination,
    /// `example.com`: whom anybody contacts outside.
    Site,
    /// A User-Agent that anybody sends.
    Agent,
    /// A JA4 that anybody shows.
    Fingerprint,
}

/// How much of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Different hours in which it was seen.
    pub hours: u32,
    /// Hours of the day in which it was seen, as [`Baseline::clock`].
    pub clock: u32,
    /// Times.
    pub times: u64,
    /// Different minutes in which it was seen: what comes within one is one occasion.
    #[serde(default)]
    pub occasions: u32,
    /// Bytes sent.
    pub sent: u64,
}

/// Bytes by hour: `log(1 + bytes)`, its number, mean, sum of squared distances from the mean, and largest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Volume {
    /// Hours.
    pub hours: u32,
    /// Mean.
    pub mean: f64,
    /// Sum of squared distances.
    pub squares: f64,
    /// The largest.
    #[serde(default)]
    pub most: f64,
}

/// A finding of the earlier captures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// `medium`.
    pub severity: String,
    /// 0 to 1.
    pub confidence: f64,
    /// `family.kind`.
    #[serde(default)]
    pub detection: String,
    /// The other side: its name, else its address; empty where there is none. Hostile text.
    #[serde(default)]
    pub peer: String,
}

/// Why a document is no baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaselineError {
    /// Not the document at all.
    Document(String),
    /// Of a version that is not known.
    Schema(u32),
}

impl std::fmt::Display for BaselineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Document(why) => write!(f, "not a baseline: {why}"),
            Self::Schema(n) => write!(f, "a baseline of schema {n}; schema {SCHEMA} is read"),
        }
    }
}

impl std::error::Error for BaselineError {}

/// `1700000000.123456789`.
fn epoch(text: &str) -> Option<Timestamp> {
    let (seconds, nanos) = text.split_once('.')?;
    let digits = nanos.len() == 9 && nanos.bytes().all(|b| b.is_ascii_digit());
    let (seconds, nanos) = (
        seconds.parse().ok()?,
        nanos.parse().ok().filter(|_| digits)?,
    );
    Some(Timestamp::from_parts(seconds, nanos))
}

impl Baseline {
    /// Is it a version that is known, with times that are times?
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn check(&self) -> Result<(Timestamp, Timestamp), BaselineError> {
        if self.schema != SCHEMA {
            return Err(BaselineError::Schema(self.schema));
        }
        let time = |name: &str, text: &str| {
            epoch(text)
                .ok_or_else(|| BaselineError::Document(format!("`{name}` is no time: {text:?}")))
        };
        Ok((time("first", &self.first)?, time("last", &self.last)?))
    }

    /// Hours with traffic below which nothing is called normal: of fewer there is no usual hour.
    pub const HOURS: u32 = 4;
    /// Hours below which "not before" says how little before is.
    pub const DAY: u32 = 24;
    /// Things of one kind that are kept.
    pub const THINGS: usize = 50_000;

    /// Why it is too little to compare with; nothing where it is enough.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        (self.hours < Self::HOURS).then(|| {
            let s = if self.hours == 1 { "" } else { "s" };
            format!(
                "too short for a baseline: traffic in {} hour{s}, and {} are needed to tell a usual hour",
                self.hours,
                Self::HOURS
            )
        })
    }

    /// Things of a kind.
    #[must_use]
    pub fn of(&self, kind: Kind) -> &BTreeMap<String, Seen> {
        static NONE: BTreeMap<String, Seen> = BTreeMap::new();
        self.seen.get(&kind).unwrap_or(&NONE)
    }
}

impl Volume {
    /// Both together (Chan, Golub, LeVeque 1979).
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let (a, b) = (f64::from(self.hours), f64::from(other.hours));
        if a + b == 0.0 {
            return self;
        }
        let off = other.mean - self.mean;
        Self {
            hours: self.hours + other.hours,
            mean: self.mean + off * b / (a + b),
            squares: self.squares + other.squares + off * off * a * b / (a + b),
            most: self.most.max(other.most),
        }
    }

    /// One more hour (Welford 1962).
    pub fn add(&mut self, value: f64) {
        self.hours += 1;
        let off = value - self.mean;
        self.mean += off / f64::from(self.hours);
        self.squares += off * (value - self.mean);
        self.most = self.most.max(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_one_is_taken() {
        let mut one = Baseline {
            schema: SCHEMA,
            first: "1700000000.000000000".to_owned(),
            last: "1700003600.500000000".to_owned(),
            ..Baseline::default()
        };
        let (first, last) = one.check().expect("it is one");
        assert_eq!(last.since(first).0, 3_600_500_000_000);
        one.last = "1700003600.5".to_owned();
        assert!(matches!(one.check(), Err(BaselineError::Document(_))));
        one.schema = 2;
        assert_eq!(one.check(), Err(BaselineError::Schema(2)));
    }

    #[test]
    fn mean_and_squares() {
        let mut all = Volume::default();
        for x in [2.0, 4.0, 6.0] {
            all.add(x);
        }
        assert_eq!((all.hours, all.mean, all.squares), (3, 4.0, 8.0));
        let (mut a, mut b) = (Volume::default(), Volume::default());
        a.add(2.0);
        b.add(4.0);
        b.add(6.0);
        assert_eq!(a.with(b), all);
        assert_eq!(Volume::default().with(all), all);
        assert_eq!(all.with(Volume::default()), all);
    }

    #[test]
    fn three_hours_are_too_short() {
        let of = |hours| Baseline {
            hours,
            ..Baseline::default()
        };
        assert!(of(3).refusal().is_some_and(|w| w.contains("3 hours")));
        assert_eq!(of(4).refusal(), None);
    }
}
