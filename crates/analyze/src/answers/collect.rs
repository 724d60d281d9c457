//! What is common to all collectors of evidence: indicators, ties of servers to them, the list itself.

use super::grants::{Grants, Hold, Holder};
use super::matcher::Matcher;
use super::merge::MergePlan;
use super::rung::{Classes, Evidence, Rung, Way, add_class};
use crate::answers::domain::{Kinship, host_of};
use crate::environment::{Environment, HostId};
use crate::input::Input;
use foldhash::quality::FixedState;
use hashbrown::HashSet;
use smallvec::{SmallVec, smallvec};
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::flow::Flow;
use weir_model::{FlowId, PacketRef, Scope, Timestamp};

/// A server that an indicator of the scope names, and how.
#[derive(Clone, Debug)]
pub(crate) struct Tie {
    pub(crate) indicator: usize,
    pub(crate) classes: Classes,
    /// In words.
    pub(crate) how: String,
}

/// A name that only looks like a domain indicator.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct LookAlike {
    pub(crate) host: HostId,
    pub(crate) indicator: usize,
    pub(crate) name: String,
    pub(crate) packet: PacketRef,
}

/// A host's encrypted flows, counted beside its answers.
pub(crate) type Encrypted = BTreeMap<HostId, u64>;

/// Collects evidence.
pub(crate) struct Collector<'a> {
    pub(crate) input: &'a Input<'a>,
    pub(crate) env: &'a Environment,
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) grants: Grants,
    pub(crate) holders: Vec<Option<Holder>>,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) look_alikes: Vec<LookAlike>,
    pub(crate) encrypted: Encrypted,
    /// Flows whose messages said all there is to say.
    pub(crate) read: HashSet<(usize, FlowId), FixedState>,
    pub(crate) plans: Vec<MergePlan>,
    pub(crate) suffixes: Vec<String>,
}

/// Where something happened: who, with whom, when, how shown.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) chain: usize,
    pub(crate) flow: Option<FlowId>,
    pub(crate) host: HostId,
    pub(crate) address: IpAddr,
    pub(crate) server: IpAddr,
    pub(crate) protocol: &'static str,
    pub(crate) via: Option<HostId>,
    /// The site's readable name.
    pub(crate) site: Option<String>,
    pub(crate) agent: Option<String>,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(input: &'a Input<'a>, env: &'a Environment, scope: &Scope) -> Self {
        let matchers: Vec<Matcher> = scope.indicators.iter().map(Matcher::new).collect();
        let grants = Grants::new(input, env);
        let holders = matchers
            .iter()
            .map(|m| match m {
                Matcher::Domain(d) | Matcher::Url(_, d) => Some(grants.holder(d)),
                _ => None,
            })
            .collect();
        Self {
            input,
            env,
            matchers,
            grants,
            holders,
            evidence: Vec::new(),
            look_alikes: Vec::new(),
            encrypted: BTreeMap::new(),
            read: HashSet::with_hasher(FixedState::with_seed(0)),
            plans: super::merge::plans(input),
            suffixes: super::dns::suffixes(input),
        }
    }

    pub(crate) fn flow(&self, chain: usize, id: Option<FlowId>) -> Option<&'a Flow> {
        self.input.chains.get(chain)?.facts.flow(id?)
    }

    /// Which server indicators a server is tied to. `name` is what is readable (Host, SNI), with the class
    /// it matches by; without a readable name the address decides.
    pub(crate) fn ties(
        &self,
        name: Option<(&str, &'static str)>,
        ip: IpAddr,
        time: Timestamp,
    ) -> SmallVec<[Tie; 1]> {
        let literal = name.and_then(|(n, _)| host_of(n).parse::<IpAddr>().ok());
        let ip = literal.unwrap_or(ip);
        let name = name.filter(|_| literal.is_none());
        let mut out = SmallVec::new();
        for (indicator, matcher) in self.matchers.iter().enumerate() {
            let tie = match matcher {
                Matcher::Domain(domain) => match name {
                    Some((name, class)) => match domain.kinship(name) {
                        Some(Kinship::Same) => Some((smallvec![class], name.to_owned())),
                        Some(Kinship::Sub) => Some((
                            smallvec![class, "subdomain"],
                            format!("the sub-domain {name}"),
                        )),
                        _ => None,
                    },
                    None => self.hold(indicator, ip, time),
                },
                Matcher::Url(_, domain) => match name {
                    Some((name, class)) => (domain.kinship(name) == Some(Kinship::Same))
                        .then(|| (smallvec![class], name.to_owned())),
                    None => match domain.name().parse::<IpAddr>() {
                        Ok(wanted) => {
                            (wanted == ip).then(|| (smallvec!["address"], ip.to_string()))
                        }
                        Err(_) => self.hold(indicator, ip, time),
                    },
                },
                Matcher::Address(net) if net.contains(&ip) => {
                    Some((smallvec!["address"], ip.to_string()))
                }
                _ => None,
            };
            if let Some((classes, how)) = tie {
                out.push(Tie {
                    indicator,
                    classes,
                    how,
                });
            }
        }
        out
    }

    fn hold(&self, indicator: usize, ip: IpAddr, time: Timestamp) -> Option<(Classes, String)> {
        let holder = self.holders.get(indicator)?.as_ref()?;
        let mut classes: Classes = smallvec!["address"];
        let how = match self.grants.hold(holder, ip, time)? {
            Hold::Valid(packet) => format!("{ip}, the name's address by the answer in {packet}"),
            Hold::Expired(packet) => {
                add_class(&mut classes, "expired");
                format!("{ip}, the name's address by an expired answer ({packet})")
            }
            Hold::Later(packet) => {
                add_class(&mut classes, "later");
                format!("{ip}, the name's address by a later answer ({packet})")
            }
        };
        Some((classes, how))
    }

    /// Adds evidence for one indicator.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn add(
        &mut self,
        place: &Place,
        indicator: usize,
        way: Way,
        rung: Rung,
        classes: Classes,
        span: (Timestamp, Timestamp),
        packets: &[PacketRef],
        why: String,
    ) -> Option<&mut Evidence> {
        let mut cited: SmallVec<[PacketRef; 3]> = SmallVec::new();
        for packet in packets.iter().filter(|p| p.number > 0) {
            if !cited.contains(packet) {
                cited.push(*packet);
            }
        }
        self.evidence.push(Evidence {
            host: place.host,
            address: place.address,
            indicator,
            way,
            rung,
            classes,
            first: span.0.min(span.1),
            last: span.1.max(span.0),
            packets: cited,
            rows: Vec::new(),
            protocol: place.protocol,
            file: None,
            why,
            via: place.via,
            site: place.site.clone(),
            server: Some(place.server),
            agent: place.agent.clone(),
            mention: false,
            flow: place.flow.map(|f| (place.chain, f)),
        });
        self.evidence.last_mut()
    }

    /// Adds the same evidence for the indicators a server is tied to and for all that name content.
    pub(crate) fn spread(
        &mut self,
        place: &Place,
        ties: &[Tie],
        rung: Rung,
        span: (Timestamp, Timestamp),
        packets: &[PacketRef],
        why: &str,
    ) {
        for tie in ties {
            let text = format!("{why} ({})", tie.how);
            self.add(
                place,
                tie.indicator,
                Way::Received,
                rung,
                tie.classes.clone(),
                span,
                packets,
                text,
            );
        }
        let Some(tie) = ties.first() else { return };
        let content: Vec<usize> = (0..self.matchers.len())
            .filter(|n| self.matchers.get(*n).is_some_and(Matcher::names_content))
            .collect();
        for indicator in content {
            let text = format!("{why} ({})", tie.how);
            self.add(
                place,
                indicator,
                Way::Received,
                rung,
                tie.classes.clone(),
                span,
                packets,
                text,
            );
        }
    }

    /// Notes a name that only looks like an indicator.
    pub(crate) fn look_alike(&mut self, host: HostId, name: &str, packet: PacketRef) {
        for (indicator, matcher) in self.matchers.iter().enumerate() {
            if let Matcher::Domain(domain) = matcher
                && domain.kinship(name) == Some(Kinship::LookAlike)
            {
                let name = super::domain::normal(name);
                let known =
                    |l: &LookAlike| l.host == host && l.indicator == indicator && l.name == name;
                if !self.look_alikes.iter().any(known) {
                    self.look_alikes.push(LookAlike {
                        host,
                        indicator,
                        name,
                        packet,
                    });
                }
            }
        }
    }
}
