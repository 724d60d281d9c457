//! Kinds of checks, and what is said of one that found nothing. Checks nothing.

use super::Side;
use crate::detections::{ALL, Checked, Findings};

/// Families of detections in words, in the order of the page.
const FAMILIES: &[(&str, &str)] = &[
    ("indicator", "What the scope looks for"),
    ("file", "Programs and files"),
    ("cred", "Passwords and tickets"),
    ("c2", "Check-ins and long connections"),
    ("dns", "DNS"),
    ("exfil", "Data going out"),
    ("icmp", "Tunnels in ICMP"),
    ("tunnel", "Other tunnels"),
    ("lateral", "From host to host"),
    ("scan", "Scans"),
    ("bruteforce", "Guessed passwords"),
    ("l2", "Attacks on the segment"),
    ("asset", "Hosts that do not belong"),
    ("ua", "User agents"),
    ("http", "HTTP without a name"),
    ("tls", "TLS"),
    ("port", "Ports seldom used"),
    ("proto", "Protocols on other ports"),
    ("pattern", "Changed habits"),
    ("baseline", "Against earlier captures"),
    ("netissue", "Faults of the network"),
    ("capture", "Faults of the capture"),
];

/// Checks of one family.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Category {
    /// `c2`.
    pub family: &'static str,
    /// In words.
    pub title: &'static str,
    /// Which question it serves.
    pub side: Side,
    /// Findings, allowed ones among them.
    pub found: u64,
    /// Checks in it.
    pub checks: usize,
    /// `checked, nothing found in 1,204 packets`, or why not.
    pub says: String,
    /// Checks that the captures give too little for: title, and why.
    pub not_checked: Vec<(&'static str, String)>,
}

/// Nothing found means nothing here.
pub(super) fn not_checked(c: &Checked) -> bool {
    c.found == 0 && c.says.starts_with("not checked")
}

fn title(detection: &str) -> &'static str {
    ALL.iter()
        .find(|d| d.id == detection)
        .map_or("a check", |d| d.title)
}

/// Every kind of check with what came of it, in the order of the page.
#[must_use]
pub fn categories(found: &Findings) -> Vec<Category> {
    let family = |id: &'static str| id.split('.').next().unwrap_or(id);
    let mut out: Vec<Category> = Vec::new();
    for c in &found.checked {
        let family = family(c.detection);
        if out.iter().all(|k| k.family != family) {
            let known = FAMILIES.iter().find(|(f, _)| *f == family);
            out.push(Category {
                family,
                title: known.map_or(family, |(_, title)| *title),
                side: Side::of(c.detection),
                found: 0,
                checks: 0,
                says: String::new(),
                not_checked: Vec::new(),
            });
        }
        let Some(of) = out.iter_mut().find(|k| k.family == family) else {
            continue;
        };
        of.found += c.found;
        of.checks += 1;
        if not_checked(c) {
            let why = c.says.trim_start_matches("not checked: ").to_owned();
            of.not_checked.push((title(c.detection), why));
        } else if c.found == 0 && of.says.is_empty() {
            c.says.clone_into(&mut of.says);
        }
    }
    let place = |k: &Category| FAMILIES.iter().position(|(f, _)| *f == k.family);
    out.sort_by_key(|k| (place(k).unwrap_or(usize::MAX), k.family));
    for k in &mut out {
        let lacking = k.not_checked.len();
        if k.found > 0 {
            k.says = format!("{} found", k.found);
        } else if lacking == k.checks {
            let mut whys: Vec<&str> = k.not_checked.iter().map(|(_, w)| w.as_str()).collect();
            whys.dedup();
            k.says = format!("not checked: {}", whys.join("; "));
        }
        if lacking > 0 && lacking < k.checks {
            k.says += &format!("; {lacking} of {} checks not made", k.checks);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_its_words() {
        for d in ALL {
            let family = d.id.split('.').next().unwrap_or_default();
            assert!(
                FAMILIES.iter().any(|(f, _)| *f == family),
                "{}: a new family has its line in FAMILIES",
                d.id
            );
        }
    }
}
