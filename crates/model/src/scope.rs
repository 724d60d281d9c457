//! What is looked for, where and when: the scope document. Matches nothing itself.

use crate::{Timestamp, time::TimeError};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// Why the analysis is done; selects what is shown first, never what is checked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueKind {
    /// Suspected breach.
    #[default]
    Breach,
    /// Networking issue.
    Fault,
    /// Policy or audit.
    Policy,
    /// Learning or exercise.
    Learning,
}

/// What sort of thing an indicator names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorKind {
    /// A DNS name, label-wise suffix.
    Domain,
    /// An IP address or network.
    Address,
    /// A whole URL.
    Url,
    /// The last segment of a path.
    Filename,
    /// The same with `*`.
    Glob,
    /// Of the decoded content.
    Sha256,
    /// Of the decoded content.
    Sha1,
    /// Of the decoded content.
    Md5,
    /// By content.
    Filetype,
    /// As written.
    UserAgent,
}

/// One thing the scope looks for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Indicator {
    /// Which sort.
    pub kind: IndicatorKind,
    /// As typed.
    pub value: String,
}

/// The wanted time, absolute once saved. Either end may be open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Window {
    /// First instant that counts.
    pub from: Option<Timestamp>,
    /// Last instant that counts.
    pub to: Option<Timestamp>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct WindowText {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

impl Serialize for Window {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        WindowText {
            from: self.from.map(Timestamp::rfc3339),
            to: self.to.map(Timestamp::rfc3339),
        }
        .serialize(s)
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = WindowText::deserialize(d)?;
        let read = |t: Option<String>| {
            t.map(|t| t.parse())
                .transpose()
                .map_err(|e: TimeError| serde::de::Error::custom(e))
        };
        Ok(Self {
            from: read(text.from)?,
            to: read(text.to)?,
        })
    }
}

fn schema_one() -> u32 {
    1
}

/// The scope document, schema 1. Unknown members are ignored by readers of this version.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Scope {
    /// Always 1 in this version.
    #[serde(default = "schema_one")]
    pub schema: u32,
    /// Why.
    #[serde(default)]
    pub issue: IssueKind,
    /// The question in the analyst's words.
    #[serde(default)]
    pub question: String,
    /// The case's present, set by the analyst, never by a clock. RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// IANA zone in which times were typed; display only.
    #[serde(default)]
    pub zone: String,
    /// When.
    #[serde(default)]
    pub window: Window,
    /// Target networks.
    #[serde(default)]
    pub networks: Vec<IpNet>,
    /// Target hosts beside the networks.
    #[serde(default)]
    pub hosts: Vec<IpAddr>,
    /// Addresses or networks taken out again.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Protocol names: `http`, `ftp`. Empty means any.
    #[serde(default)]
    pub protocols: Vec<String>,
    /// What is looked for.
    #[serde(default)]
    pub indicators: Vec<Indicator>,
    /// Programs that are ours, by User-Agent: a product, a whole agent, or with `*`. Empty means that nobody said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applications: Vec<String>,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            schema: 1,
            issue: IssueKind::default(),
            question: String::new(),
            now: None,
            zone: "UTC".to_owned(),
            window: Window::default(),
            networks: Vec::new(),
            hosts: Vec::new(),
            exclude: Vec::new(),
            protocols: Vec::new(),
            indicators: Vec::new(),
            applications: Vec::new(),
        }
    }
}

impl Scope {
    /// The same scope, when this version reads its schema.
    ///
    /// # Errors
    /// Its schema is another one than 1.
    pub fn of_this_version(self) -> Result<Self, ScopeError> {
        if self.schema == 1 {
            return Ok(self);
        }
        Err(ScopeError(format!(
            "schema {} is not read, only 1: another version wrote it",
            self.schema
        )))
    }

    /// Entries that name nothing, each with its sentence. `known`: is there a protocol of this name?
    #[must_use]
    pub fn strays(&self, known: impl Fn(&str) -> bool) -> Vec<String> {
        let outside = self
            .exclude
            .iter()
            .filter(|e| e.parse::<IpAddr>().is_err() && e.parse::<IpNet>().is_err());
        let outside = outside.map(|e| {
            format!(
                "\u{201c}{e}\u{201d} takes nothing out of the scope: it is no address or network"
            )
        });
        let unknown = self.protocols.iter().filter(|p| !known(&p.to_lowercase()));
        let unknown = unknown.map(|p| {
            format!("\u{201c}{p}\u{201d} is no protocol that is read: as one of the scope's protocols it lets nothing in")
        });
        outside.chain(unknown).collect()
    }

    /// Is `ip` among the targets? With neither networks nor hosts named, every internal address is.
    #[must_use]
    pub fn covers(&self, ip: IpAddr) -> bool {
        let named = self.networks.iter().any(|n| n.contains(&ip)) || self.hosts.contains(&ip);
        let open = self.networks.is_empty() && self.hosts.is_empty() && crate::is_internal(ip);
        (named || open) && !self.exclude.iter().any(|e| excludes(e, ip))
    }
}

fn excludes(text: &str, ip: IpAddr) -> bool {
    text.parse::<IpAddr>().map_or_else(
        |_| text.parse::<IpNet>().is_ok_and(|n| n.contains(&ip)),
        |e| e == ip,
    )
}

/// A scope that could not be read: what and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeError(pub String);

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ScopeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_nothing_is_told_and_nothing_else_is() {
        let words = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
        let scope = Scope {
            exclude: words(&[
                "192.0.2.7",
                "192.0.2.0/25",
                "printer-3",
                "192.0.2.300",
                "2001:db8::/32",
            ]),
            protocols: words(&["HTTP", "htpp"]),
            ..Scope::default()
        };
        let told = scope.strays(|name| name == "http");
        let named: Vec<&str> = told
            .iter()
            .filter_map(|t| t.split(['\u{201c}', '\u{201d}']).nth(1))
            .collect();
        assert_eq!(named, ["printer-3", "192.0.2.300", "htpp"]);
        assert!(Scope::default().strays(|_| false).is_empty());
    }

    #[test]
    fn a_scope_of_another_schema_is_refused() {
        assert!(Scope::default().of_this_version().is_ok());
        let later = Scope {
            schema: 2,
            ..Scope::default()
        };
        assert_eq!(
            later.of_this_version().map_err(|e| e.0),
            Err("schema 2 is not read, only 1: another version wrote it".to_owned())
        );
    }
}
