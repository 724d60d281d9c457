//! HTTP exchanges as evidence: what was asked for, what came, what was sent, what was only mentioned.

use super::collect::{Collector, Place, Tie};
use super::dns::shown;
use super::domain::{Kinship, host_of, host_of_url};
use super::matcher::{Matcher, is_page, is_type};
use super::pattern::{FileName, like, percent};
use super::rung::{Classes, FileRef, Rung, Way, add_class};
use smallvec::smallvec;
use std::net::IpAddr;
use weir_dissect::Blocks;
use weir_dissect::facts::{Artifact, ArtifactName, Completeness, NameSource};
use weir_dissect::protocols::http::{Request, Transaction};
use weir_model::{PacketRef, Timestamp};

/// What became of a request.
pub(crate) struct Outcome {
    pub(crate) rung: Rung,
    pub(crate) why: String,
    /// Place in the chain's artifacts.
    pub(crate) file: Option<u32>,
    pub(crate) packets: Vec<PacketRef>,
    pub(crate) span: (Timestamp, Timestamp),
}

/// The class of a name by where it stood.
pub(crate) fn class_of(source: NameSource) -> &'static str {
    match source {
        NameSource::Path => "path",
        NameSource::Query => "query",
        NameSource::Disposition => "disposition",
        NameSource::Redirect => "redirect",
        NameSource::Argument => "ftp",
        NameSource::Part => "mime",
        NameSource::Subject => "subject",
    }
}

/// How much of an artifact came, in words. A range of a resource is a part, however complete.
pub(crate) fn came(artifact: &Artifact, way: Way) -> (Rung, String) {
    let whole = artifact
        .range
        .as_ref()
        .is_none_or(|r| r.start == 0 && r.total.is_none_or(|t| t == r.end));
    let verb = if way == Way::Sent {
        "sent"
    } else {
        "delivered"
    };
    match artifact.state {
        Completeness::Complete if whole => (Rung::Delivered, format!("{verb} whole")),
        Completeness::Complete => {
            let range = artifact.range.as_ref();
            let (start, end) = range.map_or((0, 0), |r| (r.start, r.end));
            let of = range
                .and_then(|r| r.total)
                .map_or_else(String::new, |t| format!(" of {t}"));
            (
                Rung::Partial,
                format!("bytes {start} to {end}{of} {verb}: a part"),
            )
        }
        Completeness::Aborted => (
            Rung::Partial,
            "the transfer was aborted (reset or closed early)".to_owned(),
        ),
        Completeness::Lost => (
            Rung::Partial,
            "bytes that were acknowledged are not in the capture: lost by the capture, no whole-file hash".to_owned(),
        ),
        Completeness::Cut => (
            Rung::Hidden,
            "packets were cut by the snap length".to_owned(),
        ),
        Completeness::CaptureEnded => (
            Rung::Partial,
            "the capture ends in mid-transfer".to_owned(),
        ),
        Completeness::Unread => (
            Rung::Hidden,
            "its head is longer than is read: where its content ends is not known".to_owned(),
        ),
    }
}

impl Collector<'_> {
    /// Every exchange of every chain.
    pub(crate) fn exchanges(&mut self) {
        for chain in 0..self.input.chains.len() {
            let Some(c) = self.input.chains.get(chain) else {
                continue;
            };
            let facts = c.facts;
            for t in facts.messages.all::<Transaction>() {
                if !t.meta.duplicate {
                    self.exchange(chain, t, &facts.artifacts);
                }
            }
        }
    }

    fn exchange(&mut self, chain: usize, t: &Transaction, artifacts: &Blocks<Artifact>) {
        let Some(flow) = self.flow(chain, t.meta.flow) else {
            return;
        };
        let (client, server) = flow.ends(t.meta.direction);
        let Some(host) = self.env.at(chain, client.0, t.meta.time) else {
            return;
        };
        let request = t.request.as_ref();
        let absolute = request.is_some_and(|r| r.absolute);
        let named = request.and_then(site);
        let site = named
            .filter(|n| n.0.parse::<IpAddr>().is_err())
            .map(|(n, _)| super::domain::normal(n));
        let place = Place {
            chain,
            flow: t.meta.flow,
            host,
            address: client.0,
            server: server.0,
            protocol: "http",
            via: absolute
                .then(|| self.env.at(chain, server.0, t.meta.time))
                .flatten(),
            site,
            agent: request
                .and_then(|r| r.user_agent.as_deref())
                .map(str::to_owned),
        };
        let ties = self.ties(named, server.0, flow.begun);
        if let Some(name) = &place.site {
            let name = name.clone();
            self.look_alike(host, &name, t.meta.first);
        }
        let tunnel = request.is_some_and(|r| &*r.method == "CONNECT");
        if request.is_some() && t.state != Completeness::Cut && !tunnel {
            self.read.insert((chain, flow.id));
        }
        let outcomes = outcomes(t, artifacts);
        self.received(&place, t, &ties, &outcomes, artifacts);
        self.sent(&place, t, &ties, artifacts);
        if let Some(request) = request {
            self.mentions(&place, t, request, &ties);
        }
    }

    fn received(
        &mut self,
        place: &Place,
        t: &Transaction,
        ties: &[Tie],
        outcomes: &[Outcome],
        artifacts: &Blocks<Artifact>,
    ) {
        let from = place
            .site
            .clone()
            .unwrap_or_else(|| place.server.to_string());
        for indicator in 0..self.matchers.len() {
            let tie = ties.iter().find(|tie| tie.indicator == indicator);
            for outcome in outcomes {
                let artifact = outcome.file.and_then(|n| artifacts.get(n as usize));
                let Some(matcher) = self.matchers.get(indicator) else {
                    continue;
                };
                let found = match matcher {
                    Matcher::Domain(_) | Matcher::Address(_) => {
                        tie.map(|tie| (tie.classes.clone(), tie.how.clone()))
                    }
                    Matcher::Url(url, _) => t
                        .url()
                        .filter(|u| url.matches(u))
                        .map(|_| (smallvec!["uri"], "the URL".to_owned())),
                    Matcher::Name(name) => self.named(name, t, artifact),
                    Matcher::Type(wanted) => artifact
                        .and_then(|a| a.found_type.as_ref())
                        .filter(|found| is_type(wanted, found))
                        .map(|found| (smallvec!["content"], found.name.to_string())),
                    Matcher::Hash(_) => artifact
                        .and_then(|a| self.content(place.chain, a))
                        .and_then(|c| c.hashes)
                        .filter(|h| matcher.hashes(h))
                        .map(|_| (smallvec!["hash"], "the same content".to_owned())),
                    Matcher::Agent(pattern) => t
                        .request
                        .as_ref()
                        .and_then(|r| r.user_agent.as_deref())
                        .filter(|agent| like(pattern, agent))
                        .map(|agent| (smallvec!["user_agent"], shown(agent))),
                    Matcher::Unusable(_) => None,
                };
                let content = matcher.names_content();
                let (rung, mut classes, why) = match found {
                    Some((classes, how)) => {
                        let (rung, why) = self.weigh(indicator, outcome, artifact);
                        let what = if content { how.clone() } else { from.clone() };
                        let by = if classes.contains(&"address") {
                            format!(" ({how})")
                        } else {
                            String::new()
                        };
                        (
                            rung,
                            classes,
                            format!("{}: {why} over HTTP{by}", shown(&what)),
                        )
                    }
                    None => match (ties.first(), content) {
                        // Readable traffic with a server of the scope, and nothing of this in it.
                        (Some(tie), true) => {
                            let hides = outcome.rung == Rung::Hidden;
                            let rung = if hides { Rung::Hidden } else { Rung::Contacted };
                            let text = if hides {
                                outcome.why.clone()
                            } else {
                                format!("read {} over HTTP, nothing matches", shown(&from))
                            };
                            (rung, tie.classes.clone(), text)
                        }
                        _ => continue,
                    },
                };
                let redirected = t
                    .request
                    .as_ref()
                    .and_then(|r| r.redirected_from.as_deref());
                let mut why = why;
                if let Some(a) = artifact {
                    why += self.swells(place.chain, a);
                }
                if content && let Some(url) = redirected {
                    add_class(&mut classes, "redirect");
                    why += &format!(
                        "; a redirect (302) from {} led to {}",
                        shown(url),
                        shown(&from)
                    );
                }
                let packets = outcome.packets.clone();
                let file = outcome.file.map(|n| FileRef::Artifact(place.chain, n));
                let keeps = rung >= Rung::Partial;
                let span = outcome.span;
                if let Some(e) = self.add(
                    place,
                    indicator,
                    Way::Received,
                    rung,
                    classes,
                    span,
                    &packets,
                    why,
                ) {
                    e.file = file.filter(|_| keeps);
                }
            }
        }
    }

    /// What the outcome means for this indicator: a page that comes for a program is no delivery.
    fn weigh(
        &self,
        indicator: usize,
        outcome: &Outcome,
        artifact: Option<&Artifact>,
    ) -> (Rung, String) {
        if let (Some(Matcher::Name(name)), Some(a)) = (self.matchers.get(indicator), artifact)
            && outcome.rung >= Rung::Partial
            && is_page(a)
            && !matches!(
                &*name.extension(),
                "" | "html" | "htm" | "php" | "asp" | "aspx" | "jsp"
            )
        {
            return (
                Rung::Refused,
                "asked by name; a web page came instead (an error or block page)".to_owned(),
            );
        }
        if matches!(self.matchers.get(indicator), Some(Matcher::Name(_)))
            && outcome.rung == Rung::Contacted
        {
            return (Rung::Refused, format!("asked by name; {}", outcome.why));
        }
        (outcome.rung, outcome.why.clone())
    }

    /// Where the wanted name stood, in the request, the answer or the file.
    fn named(
        &self,
        name: &FileName,
        t: &Transaction,
        artifact: Option<&Artifact>,
    ) -> Option<(Classes, String)> {
        let mut classes = Classes::new();
        let mut text = String::new();
        let mut see = |found: &str, class| {
            if name.matches(found) {
                add_class(&mut classes, class);
                if text.is_empty() {
                    text = found.to_owned();
                }
            }
        };
        if let Some(request) = t.request.as_ref().filter(|r| &*r.method != "PUT") {
            for n in &request.names {
                see(&n.text, class_of(n.from));
            }
        }
        if let Some(file) = t.response.as_ref().and_then(|r| r.file_name.as_deref()) {
            see(file, "disposition");
        }
        for ArtifactName { text, from } in artifact
            .into_iter()
            .filter(|a| !a.sent)
            .flat_map(|a| &a.names)
        {
            see(text, class_of(*from));
        }
        (!classes.is_empty()).then_some((classes, text))
    }

    pub(crate) fn content(&self, chain: usize, artifact: &Artifact) -> Option<crate::Content> {
        self.input.digests.content(chain, artifact.key)
    }

    /// Said of a file that could not be decoded within bounds.
    pub(crate) fn swells(&self, chain: usize, artifact: &Artifact) -> &'static str {
        if self.content(chain, artifact).is_some_and(|c| c.bomb) {
            " (a decompression bomb: not decoded further, so it has no hash)"
        } else {
            ""
        }
    }

    fn sent(&mut self, place: &Place, t: &Transaction, ties: &[Tie], artifacts: &Blocks<Artifact>) {
        let Some(request) = &t.request else { return };
        let files = || {
            request
                .artifacts
                .iter()
                .filter_map(|n| Some((*n, artifacts.get(*n as usize)?)))
        };
        let several = request.artifacts.len() > 1;
        let wrapper = |a: &Artifact| {
            several
                && a.declared_type
                    .as_deref()
                    .is_some_and(|t| t.starts_with("multipart/"))
        };
        for (n, artifact) in files().filter(|(_, a)| !wrapper(a)) {
            self.sent_file(place, ties, n, artifact, request.first);
        }
    }

    /// A file that a host gave away, over any protocol.
    pub(crate) fn sent_file(
        &mut self,
        place: &Place,
        ties: &[Tie],
        n: u32,
        artifact: &Artifact,
        asked: (PacketRef, Timestamp),
    ) {
        for indicator in 0..self.matchers.len() {
            let Some(matcher) = self.matchers.get(indicator) else {
                continue;
            };
            let found: Option<Classes> = match matcher {
                Matcher::Domain(_) | Matcher::Address(_) => ties
                    .iter()
                    .find(|tie| tie.indicator == indicator)
                    .map(|tie| tie.classes.clone()),
                Matcher::Url(url, _) => url.matches(&artifact.url).then(|| smallvec!["uri"]),
                Matcher::Name(name) => {
                    let mut classes = Classes::new();
                    for name in artifact.names.iter().filter(|n| name.matches(&n.text)) {
                        add_class(&mut classes, class_of(name.from));
                    }
                    (!classes.is_empty()).then_some(classes)
                }
                Matcher::Type(wanted) => artifact
                    .found_type
                    .as_ref()
                    .is_some_and(|found| is_type(wanted, found))
                    .then(|| smallvec!["content"]),
                Matcher::Hash(_) => self
                    .content(place.chain, artifact)
                    .and_then(|c| c.hashes)
                    .is_some_and(|h| matcher.hashes(&h))
                    .then(|| smallvec!["hash"]),
                Matcher::Agent(_) | Matcher::Unusable(_) => None,
            };
            let Some(classes) = found else { continue };
            let (rung, mut why) = came(artifact, Way::Sent);
            why += self.swells(place.chain, artifact);
            let to = place
                .site
                .clone()
                .unwrap_or_else(|| place.server.to_string());
            let why = format!(
                "{why} to {} over {}",
                shown(&to),
                place.protocol.to_uppercase()
            );
            let packets = [asked.0, artifact.first, artifact.last];
            let span = (asked.1, artifact.ended);
            let file = FileRef::Artifact(place.chain, n);
            if let Some(e) = self.add(
                place,
                indicator,
                Way::Sent,
                rung,
                classes,
                span,
                &packets,
                why,
            ) {
                e.file = Some(file);
            }
        }
    }

    /// Referer and search words: a separate, lowest class.
    fn mentions(&mut self, place: &Place, t: &Transaction, request: &Request, ties: &[Tie]) {
        let referer = request.referer.as_deref();
        let values: Vec<String> = request
            .target
            .split_once('?')
            .map(|(_, q)| q)
            .into_iter()
            .flat_map(|q| q.split('&'))
            .filter_map(|pair| pair.split_once('='))
            .map(|(_, v)| percent(&v.replace('+', " ")))
            .collect();
        if referer.is_none() && values.is_empty() {
            return;
        }
        for indicator in 0..self.matchers.len() {
            let why = match self.matchers.get(indicator) {
                Some(Matcher::Domain(domain)) => {
                    if ties.iter().any(|tie| tie.indicator == indicator) {
                        continue;
                    }
                    let in_referer = referer.is_some_and(|r| domain.holds(host_of_url(r)));
                    let is = |w: &str| {
                        matches!(
                            domain.kinship(host_of_url(w)),
                            Some(Kinship::Same | Kinship::Sub)
                        )
                    };
                    if in_referer {
                        "a Referer names it"
                    } else if values.iter().any(|v| v.split_whitespace().any(is)) {
                        "a query value names it"
                    } else {
                        continue;
                    }
                }
                Some(Matcher::Name(name)) => {
                    let last = |r: &str| {
                        super::pattern::last_segment(r.split(['?', '#']).next().unwrap_or_default())
                    };
                    let asked = request.names.iter().any(|n| name.matches(&n.text));
                    let words = |v: &String| v.split_whitespace().any(|w| name.matches(w));
                    if asked {
                        continue;
                    } else if referer.is_some_and(|r| name.matches(&last(r))) {
                        "a Referer names it"
                    } else if values.iter().any(words) {
                        "a query value names it"
                    } else {
                        continue;
                    }
                }
                _ => continue,
            };
            let span = (request.first.1, request.last.1);
            let packets = [request.first.0];
            let _ = t;
            if let Some(e) = self.add(
                place,
                indicator,
                Way::Received,
                Rung::None,
                smallvec!["mention"],
                span,
                &packets,
                format!("only mentioned: {why}"),
            ) {
                e.mention = true;
            }
        }
    }
}

/// The site a request names: from an absolute target, else Host.
fn site(request: &Request) -> Option<(&str, &'static str)> {
    if request.absolute {
        let target = &*request.target;
        return Some((host_of_url(target), "uri"));
    }
    request.host.as_deref().map(|h| (host_of(h), "host"))
}

/// What came back, one entry a file.
fn outcomes(t: &Transaction, artifacts: &Blocks<Artifact>) -> Vec<Outcome> {
    let one = |rung, why: &str| {
        let mut packets = Vec::new();
        if let Some(request) = &t.request {
            packets.push(request.first.0);
        }
        if let Some(response) = &t.response {
            packets.extend([response.first.0, response.last.0]);
        }
        if packets.is_empty() {
            packets.extend([t.meta.first, t.meta.last]);
        }
        let begun = t.request.as_ref().map_or(t.meta.time, |r| r.first.1);
        let ended = t.response.as_ref().map_or(t.meta.end, |r| r.last.1);
        vec![Outcome {
            rung,
            why: why.to_owned(),
            file: None,
            packets,
            span: (begun, ended),
        }]
    };
    let method = t.request.as_ref().map_or("", |r| &*r.method);
    let Some(response) = &t.response else {
        return match t.state {
            Completeness::Cut => one(Rung::Hidden, "packets were cut by the snap length"),
            Completeness::Lost => one(Rung::Hidden, "the answer is not in the capture"),
            Completeness::CaptureEnded => one(Rung::Hidden, "the capture ends before the answer"),
            _ => one(Rung::Refused, "asked for; no answer came"),
        };
    };
    let status = response.status;
    match (method, status) {
        ("CONNECT", 200..300) => {
            return one(
                Rung::Hidden,
                "a CONNECT tunnel through a proxy: what it carried cannot be read",
            );
        }
        ("HEAD", _) => return one(Rung::Refused, "only asked about (HEAD): no body came"),
        (_, 304) => {
            return one(
                Rung::Hidden,
                "the answer was 304: the client says it already has it",
            );
        }
        (_, 101) => return one(Rung::Hidden, "the connection changed to another protocol"),
        (_, 400..) => return one(Rung::Refused, &format!("the answer was an error, {status}")),
        (_, 300..400) => {
            let to = response.location.as_deref().unwrap_or("elsewhere");
            return one(
                Rung::Contacted,
                &format!("the answer was a redirect ({status}) to {}", shown(to)),
            );
        }
        _ => {}
    }
    let files: Vec<(u32, &Artifact)> = response
        .artifacts
        .iter()
        .filter_map(|n| Some((*n, artifacts.get(*n as usize)?)))
        .collect();
    if files.is_empty() {
        return match t.state {
            Completeness::Cut => one(Rung::Hidden, "packets were cut by the snap length"),
            Completeness::Lost => one(Rung::Hidden, "the content is not in the capture"),
            Completeness::CaptureEnded => one(Rung::Hidden, "the capture ends before the content"),
            Completeness::Unread => one(Rung::Hidden, "the answer's head is longer than is read"),
            _ => one(Rung::Contacted, "an answer without content"),
        };
    }
    files
        .into_iter()
        .map(|(n, artifact)| {
            let (rung, mut why) = came(artifact, Way::Received);
            if t.request.is_none() {
                why += "; its request is not in the capture";
            }
            let asked = artifact
                .asked
                .or_else(|| t.request.as_ref().map(|r| r.first));
            let begun = asked.map_or(artifact.begun, |a| a.1);
            Outcome {
                rung,
                why,
                file: Some(n),
                packets: asked
                    .map(|a| a.0)
                    .into_iter()
                    .chain([artifact.first, artifact.last])
                    .collect(),
                span: (begun, artifact.ended),
            }
        })
        .collect()
}
