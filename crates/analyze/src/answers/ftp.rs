//! Files over FTP data connections as evidence, and parts put together.

use super::collect::{Collector, Place, Tie};
use super::dns::shown;
use super::http::{came, class_of};
use super::matcher::{Matcher, is_type};
use super::rung::{Classes, Evidence, FileRef, Rung, Way, add_class};
use crate::input::Merged;
use smallvec::smallvec;
use std::net::IpAddr;
use weir_dissect::facts::Artifact;
use weir_dissect::flow::Flow;
use weir_dissect::protocols::ftp::{Command, Outcome, Transfer};
use weir_model::{FlowId, PacketRef, Timestamp};

impl Collector<'_> {
    /// Every file that came or went over FTP.
    pub(crate) fn transfers(&mut self) {
        for chain in 0..self.input.chains.len() {
            let Some(c) = self.input.chains.get(chain) else {
                continue;
            };
            let facts = c.facts;
            for (n, artifact) in facts.artifacts.iter().enumerate() {
                if artifact.protocol.info.name == "ftp-data" {
                    let n = u32::try_from(n).unwrap_or(u32::MAX);
                    self.ftp_file(chain, n, artifact);
                }
            }
            for transfer in facts.messages.all::<Transfer>() {
                if transfer.is_file() {
                    self.ftp_without_file(chain, transfer);
                }
            }
            let ftp = weir_dissect::registry().named("ftp").map(|p| p.id());
            for flow in facts
                .flows
                .iter()
                .filter(|f| ftp.is_some() && f.protocol == ftp)
            {
                self.ftp_session(chain, flow);
            }
            for command in facts.messages.all::<Command>() {
                if matches!(&*command.command, "AUTH") && command.reply_code == Some(234) {
                    self.ftp_secured(chain, command);
                }
            }
        }
    }

    fn ftp_place(
        &self,
        chain: usize,
        flow: Option<FlowId>,
        ends: [IpAddr; 2],
        time: Timestamp,
    ) -> Option<Place> {
        let [client, server] = ends;
        Some(Place {
            chain,
            flow,
            host: self.env.at(chain, client, time)?,
            address: client,
            server,
            protocol: "ftp",
            via: None,
            site: None,
            agent: None,
        })
    }

    /// A session that could be read is contact with its server.
    fn ftp_session(&mut self, chain: usize, flow: &Flow) {
        let ends = [flow.client.0, flow.server.0];
        let Some(place) = self.ftp_place(chain, Some(flow.id), ends, flow.begun) else {
            return;
        };
        let ties = self.ties(None, flow.server.0, flow.begun);
        let span = (flow.begun, flow.ended);
        let packets = [flow.first, flow.last];
        self.spread(
            &place,
            &ties,
            Rung::Contacted,
            span,
            &packets,
            "read an FTP session",
        );
    }

    /// From here on the session is encrypted.
    fn ftp_secured(&mut self, chain: usize, command: &Command) {
        let ends = [command.client.0, command.server.0];
        let time = command.meta.time;
        let Some(place) = self.ftp_place(chain, command.meta.flow, ends, time) else {
            return;
        };
        let begun = self
            .flow(chain, command.meta.flow)
            .map_or(time, |f| f.begun);
        let ties = self.ties(None, command.server.0, begun);
        let span = (time, command.meta.end);
        let packets = [command.meta.first, command.meta.last];
        let why = "encrypted: the FTP session went over to TLS (AUTH TLS)";
        self.spread(&place, &ties, Rung::Hidden, span, &packets, why);
    }

    /// A transfer that was asked for and carried nothing that the capture shows.
    fn ftp_without_file(&mut self, chain: usize, t: &Transfer) {
        let (rung, why) = match t.outcome() {
            Outcome::Refused => (
                Rung::Refused,
                format!("the server refused it, {}", t.done.map_or(0, |d| d.0)),
            ),
            Outcome::Asked => (Rung::Refused, "asked for; no answer came".to_owned()),
            Outcome::Running | Outcome::Complete | Outcome::Aborted if t.data.is_none() => (
                Rung::Hidden,
                "its data connection is not in the capture".to_owned(),
            ),
            _ => return,
        };
        let time = t.asked.map_or(t.meta.time, |a| a.1);
        let Some(place) = self.ftp_place(chain, t.meta.flow, [t.client.0, t.server.0], time) else {
            return;
        };
        let way = if t.sent() { Way::Sent } else { Way::Received };
        let ended = t.done.map_or(time, |d| d.2);
        let packets: Vec<PacketRef> = t
            .asked
            .map(|a| a.0)
            .into_iter()
            .chain(t.done.map(|d| d.1))
            .collect();
        for indicator in 0..self.matchers.len() {
            let named = match self.matchers.get(indicator) {
                Some(Matcher::Name(name)) => name.matches(&t.path) || name.matches(&t.arg),
                _ => false,
            };
            if named {
                let text = format!("{}: {why} over FTP", shown(&t.arg));
                let span = (time, ended);
                self.add(
                    &place,
                    indicator,
                    way,
                    rung,
                    smallvec!["ftp"],
                    span,
                    &packets,
                    text,
                );
            }
        }
    }

    fn ftp_file(&mut self, chain: usize, n: u32, artifact: &Artifact) {
        let time = artifact.asked.map_or(artifact.begun, |a| a.1);
        let Some(host) = self.env.at(chain, artifact.client.0, time) else {
            return;
        };
        let place = Place {
            chain,
            flow: Some(artifact.flow()),
            host,
            address: artifact.client.0,
            server: artifact.server.0,
            protocol: "ftp",
            via: None,
            site: None,
            agent: None,
        };
        self.read.insert((chain, artifact.flow()));
        let ties = self.ties(None, artifact.server.0, time);
        let asked = artifact.asked.unwrap_or((artifact.first, artifact.begun));
        if artifact.sent {
            self.sent_file(&place, &ties, n, artifact, asked);
            return;
        }
        let (rung, came) = came(artifact, Way::Received);
        let mode = if artifact.ascii {
            ", ASCII mode: bytes as sent, so the hash differs from the file's own"
        } else {
            ""
        };
        let packets = [asked.0, artifact.first, artifact.last];
        let span = (asked.1, artifact.ended);
        for indicator in 0..self.matchers.len() {
            let found = self.ftp_match(chain, indicator, artifact, &ties);
            let content = self
                .matchers
                .get(indicator)
                .is_some_and(Matcher::names_content);
            let (rung, classes, why) = match (found, ties.first()) {
                (Some(classes), _) => {
                    let name = artifact.names.first().map_or("a file", |n| &n.text);
                    (
                        rung,
                        classes,
                        format!("{}: {came} over FTP{mode}", shown(name)),
                    )
                }
                (None, Some(tie)) if content => (
                    Rung::Contacted,
                    tie.classes.clone(),
                    "read files over FTP, nothing matches".to_owned(),
                ),
                _ => continue,
            };
            let keeps = rung >= Rung::Partial;
            if let Some(e) = self.add(
                &place,
                indicator,
                Way::Received,
                rung,
                classes,
                span,
                &packets,
                why,
            ) {
                e.file = keeps.then_some(FileRef::Artifact(chain, n));
            }
        }
    }

    fn ftp_match(
        &self,
        chain: usize,
        indicator: usize,
        artifact: &Artifact,
        ties: &[Tie],
    ) -> Option<Classes> {
        let matcher = self.matchers.get(indicator)?;
        match matcher {
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
                .content(chain, artifact)
                .and_then(|c| c.hashes)
                .is_some_and(|h| matcher.hashes(&h))
                .then(|| smallvec!["hash"]),
            Matcher::Agent(_) | Matcher::Unusable(_) => None,
        }
    }

    /// Parts that make a whole: the whole is delivered where the parts agree.
    pub(crate) fn merges(&mut self) {
        for merged in self.input.merged {
            let place = self.plans.iter().position(|p| *p == merged.plan);
            if let Some(n) = place.and_then(|n| u32::try_from(n).ok()) {
                self.merge(n, merged);
            }
        }
    }

    fn merge(&mut self, n: u32, merged: &Merged) {
        let part = |e: &Evidence| match e.file {
            Some(FileRef::Artifact(chain, n)) => merged.plan.parts.contains(&(chain, n)),
            _ => false,
        };
        for indicator in 0..self.matchers.len() {
            let mine: Vec<Evidence> = self
                .evidence
                .iter()
                .filter(|e| e.indicator == indicator && e.way == Way::Received && part(e))
                .cloned()
                .collect();
            let by_hash = self.matchers.get(indicator).is_some_and(|m| {
                let hashes = merged.content.and_then(|c| c.hashes);
                hashes.is_some_and(|h| m.hashes(&h))
            });
            let Some(first) = mine.first() else {
                if by_hash && merged.agree {
                    self.merged_by_hash(n, indicator, merged);
                }
                continue;
            };
            if !merged.agree {
                for e in self
                    .evidence
                    .iter_mut()
                    .filter(|e| e.indicator == indicator && part(e))
                {
                    e.why += "; the parts disagree where they overlap, so they were not merged";
                }
                continue;
            }
            let mut whole = first.clone();
            whole.rung = Rung::Delivered;
            whole.file = Some(FileRef::Merged(n));
            // What makes it whole may be parts in which the indicator shows nothing.
            let parts = self.parts(merged);
            let count = parts.len();
            let begun = parts.iter().map(|a| a.asked.map_or(a.begun, |p| p.1));
            let begun = begun.chain(mine.iter().map(|e| e.first));
            let ended = parts.iter().map(|a| a.ended);
            let ended = ended.chain(mine.iter().map(|e| e.last));
            whole.first = begun.min().unwrap_or(first.first);
            whole.last = ended.max().unwrap_or(first.last);
            let of_parts = parts.iter().flat_map(|a| [a.first, a.last]);
            let all = mine.iter().flat_map(|e| e.packets.clone()).chain(of_parts);
            let all: Vec<PacketRef> = all.collect();
            whole.packets.clear();
            for packet in all {
                if !whole.packets.contains(&packet) {
                    whole.packets.push(packet);
                }
            }
            for class in mine.iter().flat_map(|e| &e.classes) {
                add_class(&mut whole.classes, class);
            }
            let name = whole.why.split(": ").next().unwrap_or_default().to_owned();
            whole.why = format!(
                "{name}: delivered whole in {count} parts that were merged (same resource, overlaps agree)"
            );
            self.evidence.push(whole);
        }
    }

    fn parts(&self, merged: &Merged) -> Vec<&Artifact> {
        let place =
            |(c, n): &(usize, u32)| self.input.chains.get(*c)?.facts.artifacts.get(*n as usize);
        merged.plan.parts.iter().filter_map(place).collect()
    }

    /// A hash that only the merged whole has.
    fn merged_by_hash(&mut self, n: u32, indicator: usize, merged: &Merged) {
        let parts = self.parts(merged);
        let (Some(first), Some((chain, _))) = (parts.first(), merged.plan.parts.first()) else {
            return;
        };
        let Some(host) = self.env.at(*chain, first.client.0, first.begun) else {
            return;
        };
        let place = Place {
            chain: *chain,
            flow: Some(first.flow()),
            host,
            address: first.client.0,
            server: first.server.0,
            protocol: if first.protocol.info.name == "http" {
                "http"
            } else {
                "ftp"
            },
            via: None,
            site: None,
            agent: None,
        };
        let packets: Vec<PacketRef> = parts.iter().flat_map(|a| [a.first, a.last]).collect();
        let end = parts.iter().map(|a| a.ended).max().unwrap_or(first.ended);
        if let Some(e) = self.add(
            &place,
            indicator,
            Way::Received,
            Rung::Delivered,
            smallvec!["hash"],
            (first.begun, end),
            &packets,
            format!(
                "the same content, in {} parts that were merged",
                parts.len()
            ),
        ) {
            e.file = Some(FileRef::Merged(n));
        }
    }
}
