//! Names that are compared as wholes: registered domains and fingerprints, each kept once. Resolves nothing.

use crate::answers::normal;
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use publicsuffix::{List, Psl};
use std::sync::OnceLock;

/// A name's place in [`Sites`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SiteId(u32);

/// Every name once.
#[derive(Default)]
pub(crate) struct Sites {
    names: Vec<Box<str>>,
    places: HashMap<Box<str>, SiteId, FixedState>,
    /// Host names looked at lately: the same few are asked for again and again.
    hosts: HashMap<Box<str>, Option<SiteId>, FixedState>,
}

/// Host names remembered; then they are forgotten.
const HOSTS: usize = 65_536;

impl Sites {
    /// Its place; made where it has none.
    pub(crate) fn put(&mut self, text: &str) -> SiteId {
        if let Some(id) = self.places.get(text) {
            return *id;
        }
        let id = SiteId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.names.push(text.into());
        self.places.insert(text.into(), id);
        id
    }

    /// The registered domain of a host name.
    pub(crate) fn domain(&mut self, host: &str) -> Option<SiteId> {
        if let Some(known) = self.hosts.get(host) {
            return *known;
        }
        let name = normal(host);
        let site = registered(&name).map(|domain| self.put(domain));
        if self.hosts.len() >= HOSTS {
            self.hosts.clear();
        }
        self.hosts.insert(host.into(), site);
        site
    }

    pub(crate) fn name(&self, id: SiteId) -> Option<&str> {
        self.names.get(id.0 as usize).map(|n| &**n)
    }
}

/// What somebody registered of a name in lower case: the public suffix and a label (publicsuffix.org). Addresses
/// and suffixes alone have none.
#[must_use]
pub(crate) fn registered(name: &str) -> Option<&str> {
    if name.parse::<std::net::IpAddr>().is_ok() {
        return None;
    }
    let domain = list().domain(name.as_bytes())?;
    std::str::from_utf8(domain.as_bytes()).ok()
}

/// Is the name's public suffix one of the list's, rather than just its last label?
#[must_use]
pub(crate) fn listed(name: &str) -> bool {
    list().suffix(name.as_bytes()).is_some_and(|s| s.is_known())
}

/// The Public Suffix List, read when first asked for. A compiled form of it takes four times the room on the page.
fn list() -> &'static List {
    static LIST: OnceLock<List> = OnceLock::new();
    LIST.get_or_init(|| {
        include_str!("public_suffix_list.txt")
            .parse()
            .unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_and_its_public_suffix() {
        for (name, domain) in [
            ("www.example.com", Some("example.com")),
            ("a.b.example.co.uk", Some("example.co.uk")),
            ("example.com", Some("example.com")),
            ("com", None),
            ("10.0.0.1", None),
            ("fe80::1", None),
            ("", None),
            ("x.corp.test", Some("corp.test")),
            ("a.b.city.kawasaki.jp", Some("city.kawasaki.jp")),
            ("a.b.c.kawasaki.jp", Some("b.c.kawasaki.jp")),
            ("www.xn--85x722f.com.cn", Some("xn--85x722f.com.cn")),
            ("a.b.xn--55qx5d.cn", Some("b.xn--55qx5d.cn")),
        ] {
            assert_eq!(registered(name), domain, "{name}");
        }
        assert!(listed("example.co.uk") && !listed("x.corp.test"));
        let mut sites = Sites::default();
        assert_eq!(
            sites.domain("WWW.Example.COM.:80"),
            sites.domain("example.com")
        );
    }
}
