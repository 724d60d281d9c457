//! An indicator in the form it is compared in.

use super::domain::Domain;
use super::pattern::{FileName, Url, like};
use crate::input::Hashes;
use ipnet::IpNet;
use std::net::IpAddr;
use weir_dissect::facts::{Artifact, FoundType};
use weir_model::{Indicator, IndicatorKind};

/// What an indicator is compared with.
#[derive(Clone, Debug)]
pub(crate) enum Matcher {
    Domain(Domain),
    Address(IpNet),
    Url(Url, Domain),
    Name(FileName),
    Hash(Vec<u8>),
    Type(String),
    Agent(String),
    /// It says nothing that can be compared: why.
    Unusable(String),
}

impl Matcher {
    pub(crate) fn new(indicator: &Indicator) -> Self {
        let value = indicator.value.trim();
        if value.is_empty() {
            return Self::Unusable("the indicator is empty".to_owned());
        }
        match indicator.kind {
            IndicatorKind::Domain => Self::Domain(Domain::new(value)),
            IndicatorKind::Address => network(value).map_or_else(
                || Self::Unusable(format!("\u{201c}{value}\u{201d} is no address or network")),
                Self::Address,
            ),
            IndicatorKind::Url => {
                let url = Url::new(value);
                let host = Domain::new(url.host());
                Self::Url(url, host)
            }
            IndicatorKind::Filename => Self::Name(FileName::new(value, false)),
            IndicatorKind::Glob => Self::Name(FileName::new(value, true)),
            IndicatorKind::Sha256 => hash(value, 32),
            IndicatorKind::Sha1 => hash(value, 20),
            IndicatorKind::Md5 => hash(value, 16),
            IndicatorKind::Filetype => {
                let wanted = value.trim_start_matches('.').to_lowercase();
                if wanted.is_empty() {
                    Self::Unusable(format!("\u{201c}{value}\u{201d} names no type"))
                } else {
                    Self::Type(wanted)
                }
            }
            IndicatorKind::UserAgent => Self::Agent(value.to_owned()),
        }
    }

    /// Does it name servers (and not content)?
    pub(crate) fn names_servers(&self) -> bool {
        matches!(self, Self::Domain(_) | Self::Address(_) | Self::Url(..))
    }

    /// Does it name content, which unreadable traffic may hide?
    pub(crate) fn names_content(&self) -> bool {
        matches!(self, Self::Name(_) | Self::Hash(_) | Self::Type(_))
    }

    pub(crate) fn hashes(&self, content: &Hashes) -> bool {
        let Self::Hash(wanted) = self else {
            return false;
        };
        match wanted.len() {
            32 => wanted[..] == content.sha256[..],
            20 => wanted[..] == content.sha1[..],
            _ => wanted[..] == content.md5[..],
        }
    }
}

fn network(value: &str) -> Option<IpNet> {
    value
        .parse::<IpNet>()
        .ok()
        .or_else(|| value.parse::<IpAddr>().ok().map(IpNet::from))
}

fn hash(value: &str, len: usize) -> Matcher {
    let digits: Vec<u8> = value
        .chars()
        .filter_map(|c| c.to_digit(16))
        .filter_map(|d| u8::try_from(d).ok())
        .collect();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .filter_map(|pair| match pair {
            [high, low] => Some(high * 16 + low),
            _ => None,
        })
        .collect();
    if bytes.len() == len && value.chars().all(|c| c.is_ascii_hexdigit()) {
        Matcher::Hash(bytes)
    } else {
        Matcher::Unusable(format!(
            "\u{201c}{value}\u{201d} is no digest of {} hexadecimal digits",
            len * 2
        ))
    }
}

/// Words for groups of types.
const GROUPS: [(&str, &[&str]); 3] = [
    (
        "executable",
        &["exe", "dll", "elf", "macho", "msi", "com", "scr", "sys"],
    ),
    (
        "archive",
        &["zip", "7z", "rar", "gz", "tar", "cab", "xz", "bz2"],
    ),
    (
        "document",
        &["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf"],
    ),
];

/// Is it of this type: an extension, a media type (`image/*` too), a name or a group?
pub(crate) fn is_type(wanted: &str, found: &FoundType) -> bool {
    let extension = found.extension.to_lowercase();
    let group = GROUPS
        .iter()
        .find(|(name, _)| *name == wanted)
        .is_some_and(|(_, list)| list.contains(&extension.as_str()));
    group
        || extension == wanted
        || (wanted == "pe" && is_program(found))
        || like(wanted, &found.media)
        || like(wanted, &found.name)
}

/// A Windows program, by content.
pub(crate) fn is_program(found: &FoundType) -> bool {
    let media = &*found.media;
    media.contains("dosexec")
        || media.contains("portable-executable")
        || matches!(&*found.extension, "exe" | "dll" | "scr" | "sys")
}

/// A web page or a text, by content or, where content does not tell, by declaration.
pub(crate) fn is_page(artifact: &Artifact) -> bool {
    let declared = artifact
        .declared_type
        .as_deref()
        .is_some_and(|t| t == "text/html" || t == "application/xhtml+xml");
    match &artifact.found_type {
        Some(found) if &*found.media == "text/html" || &*found.extension == "html" => true,
        // Content of a short page is often no more than text.
        Some(found) => declared && found.media.starts_with("text/"),
        None => declared,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: IndicatorKind, value: &str) -> Matcher {
        Matcher::new(&Indicator {
            kind,
            value: value.to_owned(),
        })
    }

    #[test]
    fn indicators_are_read_or_refused() {
        assert!(matches!(
            of(IndicatorKind::Address, "198.51.100.0/24"),
            Matcher::Address(_)
        ));
        assert!(matches!(
            of(IndicatorKind::Address, "nowhere"),
            Matcher::Unusable(_)
        ));
        assert!(matches!(
            of(IndicatorKind::Md5, "00ff"),
            Matcher::Unusable(_)
        ));
        let all = Hashes {
            md5: [1; 16],
            sha1: [2; 20],
            sha256: [3; 32],
        };
        assert!(of(IndicatorKind::Sha256, &"03".repeat(32)).hashes(&all));
        assert!(of(IndicatorKind::Sha1, &"02".repeat(20)).hashes(&all));
        assert!(!of(IndicatorKind::Md5, &"02".repeat(16)).hashes(&all));
    }

    #[test]
    fn types_by_extension_media_and_group() {
        let exe = FoundType {
            media: "application/vnd.microsoft.portable-executable".into(),
            extension: "exe".into(),
            name: "Windows Portable Executable".into(),
        };
        for wanted in ["exe", "executable", "pe", "application/*"] {
            assert!(is_type(wanted, &exe), "{wanted}");
        }
        assert!(!is_type("archive", &exe));
    }
}
