//! When a name is the indicator's, a sub-domain of it, or only looks like it. Knows no zone file.

/// A domain indicator in the form names are compared in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Domain {
    /// A-labels, lower case, no final dot.
    name: String,
    skeleton: String,
}

/// How a name relates to a domain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kinship {
    /// The domain itself.
    Same,
    /// A name under it.
    Sub,
    /// The domain with something after it, as search suffixes make it.
    Prefix,
    /// Another name that reads like it.
    LookAlike,
}

/// Lower case, A-labels, no final dot, no port.
#[must_use]
pub fn normal(name: &str) -> String {
    let name = host_of(name).trim_end_matches('.');
    if name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
    {
        return name.to_ascii_lowercase();
    }
    idna::domain_to_ascii(name).unwrap_or_else(|_| name.to_lowercase())
}

/// The host of an authority: without user, port and the brackets of IPv6.
#[must_use]
pub(crate) fn host_of(authority: &str) -> &str {
    let host = authority.rsplit('@').next().unwrap_or_default();
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    match host.split_once(':') {
        Some((name, port)) if !port.contains(':') => name,
        _ => host,
    }
}

/// The host of a URL, or of an authority without scheme.
#[must_use]
pub(crate) fn host_of_url(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    host_of(rest.split(['/', '?', '#']).next().unwrap_or_default())
}

impl Domain {
    /// From what the analyst typed: a name, perhaps with `*.` or a dot in front.
    #[must_use]
    pub fn new(value: &str) -> Self {
        let name = normal(host_of_url(
            value
                .trim()
                .trim_start_matches("*.")
                .trim_start_matches('.'),
        ));
        Self {
            skeleton: skeleton(&name),
            name,
        }
    }

    /// In A-label form.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How `name` relates to it; `None` where it does not.
    #[must_use]
    pub fn kinship(&self, name: &str) -> Option<Kinship> {
        if self.name.is_empty() {
            return None;
        }
        let name = normal(name);
        if name == self.name {
            return Some(Kinship::Same);
        }
        if let Some(head) = name.strip_suffix(&self.name) {
            return (head.len() > 1 && head.ends_with('.')).then_some(Kinship::Sub);
        }
        if let Some(tail) = name.strip_prefix(&self.name)
            && tail.len() > 1
            && tail.starts_with('.')
        {
            return Some(Kinship::Prefix);
        }
        (skeleton(&name) == self.skeleton).then_some(Kinship::LookAlike)
    }

    /// The domain or a sub-domain.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        matches!(self.kinship(name), Some(Kinship::Same | Kinship::Sub))
    }
}

/// Letters that read alike become one: a small part of Unicode's confusables.
fn skeleton(name: &str) -> String {
    let (shown, _) = idna::domain_to_unicode(name);
    let folded: String = shown
        .chars()
        .map(|c| match c {
            '\u{430}' | '\u{251}' | '\u{3b1}' => 'a',
            '\u{435}' | '\u{454}' | '\u{3b5}' => 'e',
            '\u{43e}' | '\u{3bf}' | '\u{585}' | '0' => 'o',
            '\u{440}' | '\u{3c1}' => 'p',
            '\u{441}' | '\u{3f2}' => 'c',
            '\u{445}' | '\u{3c7}' => 'x',
            '\u{443}' | '\u{3b3}' => 'y',
            '\u{456}' | '\u{131}' | '\u{3b9}' | '1' | '|' => 'l',
            'i' => 'l',
            '\u{455}' | '5' => 's',
            '\u{458}' => 'j',
            '\u{501}' => 'd',
            '\u{261}' => 'g',
            '\u{4bb}' => 'h',
            '\u{3bd}' | '\u{475}' => 'v',
            '\u{51d}' | '\u{3c9}' => 'w',
            '\u{43a}' | '\u{3ba}' => 'k',
            '\u{442}' | '\u{3c4}' => 't',
            '\u{43c}' => 'm',
            '\u{43d}' => 'n',
            c => c,
        })
        .collect();
    folded.replace("rn", "m").replace("vv", "w")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_compared_label_by_label() {
        let domain = Domain::new("Alpha.Example.net.");
        for (name, kin) in [
            ("alpha.example.net", Some(Kinship::Same)),
            ("aLPHA.eXAMPLE.nET.", Some(Kinship::Same)),
            ("alpha.example.net:8081", Some(Kinship::Same)),
            ("cdn.alpha.example.net", Some(Kinship::Sub)),
            ("notalpha.example.net", None),
            ("alpha-example.net", None),
            ("alpha.example.net.corp.test", Some(Kinship::Prefix)),
            ("example.net", None),
            (".alpha.example.net", None),
            ("\u{430}lpha.example.net", Some(Kinship::LookAlike)),
            ("a1pha.example.net", Some(Kinship::LookAlike)),
            ("", None),
            ("192.0.2.1", None),
        ] {
            assert_eq!(domain.kinship(name), kin, "{name}");
        }
        assert_eq!(
            Domain::new("b\u{fc}cher.example").name(),
            "xn--bcher-kva.example"
        );
        assert!(Domain::new("b\u{fc}cher.example").holds("xn--bcher-kva.example"));
        assert_eq!(Domain::new("*.example.org").name(), "example.org");
        assert_eq!(Domain::new("").kinship(""), None);
        assert_eq!(host_of("[2001:db8::1]:80"), "2001:db8::1");
        assert_eq!(host_of("2001:db8::1"), "2001:db8::1");
        assert_eq!(host_of_url("http://u@h.example:80/a?b"), "h.example");
    }

    proptest! {
        #[test]
        fn what_ends_in_the_domain_is_it_only_at_a_dot(head in "[a-z0-9-]{0,8}", dot in any::<bool>()) {
            let domain = Domain::new("example.org");
            let name = format!("{head}{}example.org", if dot { "." } else { "" });
            let right = match (head.is_empty(), dot) {
                (true, dot) => !dot,
                (false, dot) => dot,
            };
            prop_assert_eq!(domain.holds(&name), right);
        }

        #[test]
        fn any_text_is_survived(name in "\\PC{0,40}") {
            let _ = Domain::new(&name).kinship(&name);
            let _ = Domain::new("example.org").kinship(&name);
        }
    }
}
