//! Redirects on their way to the request that follows them, on any connection of the same client.

use super::names::Names;
use crate::facts::NameSource;
use crate::flow::FlowState;
use std::any::Any;
use std::collections::VecDeque;
use std::net::IpAddr;

/// Redirects remembered in all; the oldest goes first.
const REDIRECTS: usize = 256;

#[derive(Clone)]
struct Redirect {
    client: IpAddr,
    to: Box<str>,
    from: Box<str>,
    names: Names,
}

/// What a chain remembers.
#[derive(Clone, Default)]
pub(super) struct Redirects(VecDeque<Redirect>);

impl FlowState for Redirects {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(self.clone())
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

impl Redirects {
    /// `client` was told to go from one URL to another.
    pub(super) fn saw(&mut self, client: IpAddr, from: &str, location: &str, names: &Names) {
        let mut names = names.clone();
        for name in &mut names {
            name.from = NameSource::Redirect;
        }
        if self.0.len() >= REDIRECTS {
            self.0.pop_front();
        }
        self.0.push_back(Redirect {
            client,
            to: key(&resolve(from, location)),
            from: from.into(),
            names,
        });
    }

    /// The URL that sent `client` to `url`, and the names it had.
    pub(super) fn led_to(&self, client: IpAddr, url: &str) -> Option<(Box<str>, Names)> {
        let mut wanted = None;
        let found = self
            .0
            .iter()
            .rev()
            .filter(|r| r.client == client)
            .find(|r| {
                let wanted = wanted.get_or_insert_with(|| key(url));
                r.to == *wanted
            })?;
        Some((found.from.clone(), found.names.clone()))
    }
}

/// The URL that a Location means (RFC 3986 section 5.2, without dot segments).
fn resolve(base: &str, location: &str) -> String {
    let location = location.split('#').next().unwrap_or_default();
    let (scheme, rest) = base.split_once("://").unwrap_or(("http", base));
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if location.contains("://") {
        return location.to_owned();
    }
    if let Some(rest) = location.strip_prefix("//") {
        return format!("{scheme}://{rest}");
    }
    if location.starts_with('/') {
        return format!("{scheme}://{authority}{location}");
    }
    let path = rest.get(authority.len()..).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    let folder = path
        .rfind('/')
        .map_or("/", |n| path.get(..=n).unwrap_or("/"));
    format!("{scheme}://{authority}{folder}{location}")
}

/// A URL as compared: scheme and host in lower case, no default port, a path.
fn key(url: &str) -> Box<str> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = authority
        .rsplit('@')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let authority = authority.strip_suffix(":80").unwrap_or(&authority);
    let path = if path.is_empty() { "/" } else { path };
    format!("{}://{authority}{path}", scheme.to_ascii_lowercase()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_resolved() {
        let base = "http://a.example/dir/get?x=1";
        for (location, to) in [
            ("http://b.example/f.exe", "http://b.example/f.exe"),
            ("//b.example/f", "http://b.example/f"),
            ("/f", "http://a.example/f"),
            ("f", "http://a.example/dir/f"),
            ("http://B.example:80#x", "http://b.example/"),
        ] {
            assert_eq!(&*key(&resolve(base, location)), to, "{location}");
        }
    }
}
