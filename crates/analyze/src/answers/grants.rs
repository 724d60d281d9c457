//! Which address belonged to which name when, by the answers in the capture. Knows no other source.

use super::domain::Domain;
use crate::environment::{Environment, HostId};
use crate::input::Input;
use foldhash::quality::FixedState;
use hashbrown::{HashMap, HashSet};
use std::net::IpAddr;
use weir_dissect::protocols::dns::{AnswerData, Query};
use weir_model::{Duration, PacketRef, Timestamp};

/// An answer gave an address to names: the one asked for and those its CNAMEs led to.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) ip: IpAddr,
    pub(crate) time: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) names: Vec<Box<str>>,
    pub(crate) packet: PacketRef,
}

/// How an address is a name's at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hold {
    /// Inside the answer's time to live.
    Valid(PacketRef),
    /// After it, and given to no other name since.
    Expired(PacketRef),
    /// By an answer that came later, none having come before.
    Later(PacketRef),
}

/// Every grant, and who looked up what.
pub(crate) struct Grants {
    rows: Vec<Grant>,
    by_ip: HashMap<IpAddr, Vec<u32>, FixedState>,
    asked: HashSet<(HostId, Box<str>), FixedState>,
}

/// Which grants are a domain's.
pub(crate) struct Holder {
    matching: Vec<bool>,
    addresses: HashSet<IpAddr, FixedState>,
}

impl Grants {
    pub(crate) fn new(input: &Input<'_>, env: &Environment) -> Self {
        let mut all = Self {
            rows: Vec::new(),
            by_ip: HashMap::with_hasher(FixedState::with_seed(0)),
            asked: HashSet::with_hasher(FixedState::with_seed(0)),
        };
        for (chain, c) in input.chains.iter().enumerate() {
            for q in c.facts.messages.all::<Query>() {
                if q.local {
                    continue;
                }
                if let Some(id) = env.at(chain, q.client.0, q.meta.time) {
                    let name = super::domain::normal(&q.query).into_boxed_str();
                    all.asked.insert((id, name));
                }
                all.add(q);
            }
        }
        all.rows.sort_by_key(|g| (g.time, g.packet));
        for (n, grant) in all.rows.iter().enumerate() {
            all.by_ip
                .entry(grant.ip)
                .or_default()
                .push(u32::try_from(n).unwrap_or(u32::MAX));
        }
        all
    }

    fn add(&mut self, q: &Query) {
        let Some((packet, time)) = q.answered else {
            return;
        };
        let mut names = vec![q.query.clone()];
        for answer in &q.answers {
            if let AnswerData::Name(target) = &answer.data
                && answer.kind == CNAME
            {
                names.push(target.clone());
            }
        }
        names.dedup();
        for (ip, ttl) in q.addresses() {
            self.rows.push(Grant {
                ip,
                time,
                until: time.plus(Duration::seconds(i64::from(ttl))),
                names: names.clone(),
                packet,
            });
        }
    }

    /// Did this host ask for this name?
    pub(crate) fn asked(&self, host: HostId, name: &str) -> bool {
        let name = super::domain::normal(name).into_boxed_str();
        self.asked.contains(&(host, name))
    }

    pub(crate) fn holder(&self, domain: &Domain) -> Holder {
        let matching: Vec<bool> = self
            .rows
            .iter()
            .map(|g| g.names.iter().any(|n| domain.holds(n)))
            .collect();
        let mut addresses = HashSet::with_hasher(FixedState::with_seed(0));
        let mine = self.rows.iter().zip(&matching).filter(|(_, m)| **m);
        addresses.extend(mine.map(|(g, _)| g.ip));
        Holder {
            matching,
            addresses,
        }
    }

    /// Whether `ip` was the holder's at `time`.
    pub(crate) fn hold(&self, holder: &Holder, ip: IpAddr, time: Timestamp) -> Option<Hold> {
        if !holder.addresses.contains(&ip) {
            return None;
        }
        let rows = || {
            let list = self.by_ip.get(&ip).map_or(&[][..], Vec::as_slice);
            list.iter().filter_map(|n| {
                let grant = self.rows.get(*n as usize)?;
                Some((grant, holder.matching.get(*n as usize).copied()?))
            })
        };
        let before = || rows().take_while(|(g, _)| g.time <= time);
        let Some(mine) = before().filter(|(_, m)| *m).last().map(|(g, _)| g) else {
            if before().next().is_some() {
                return None;
            }
            let (next, matches) = rows().next()?;
            return matches.then_some(Hold::Later(next.packet));
        };
        let until = before().filter(|(_, m)| *m).map(|(g, _)| g.until).max()?;
        if time <= until {
            return Some(Hold::Valid(mine.packet));
        }
        let given_away = before().any(|(g, m)| !m && g.time > mine.time);
        (!given_away).then_some(Hold::Expired(mine.packet))
    }

    /// Did an answer give `ip` to a name that the holder is not, at any time?
    pub(crate) fn shared(&self, holder: &Holder, ip: IpAddr) -> bool {
        let list = self.by_ip.get(&ip).map_or(&[][..], Vec::as_slice);
        list.iter()
            .any(|n| holder.matching.get(*n as usize) == Some(&false))
    }

    /// Names that the holder's answers led to, beside itself.
    pub(crate) fn aliases<'a>(&'a self, holder: &'a Holder) -> impl Iterator<Item = &'a str> {
        let mine = self.rows.iter().zip(&holder.matching).filter(|(_, m)| **m);
        mine.flat_map(|(g, _)| g.names.iter().map(|n| &**n))
    }
}

/// Record type (RFC 1035 section 3.2.2).
pub(crate) const CNAME: u16 = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn grants(rows: &[(u8, i64, i64, &str)]) -> Grants {
        let mut all = Grants {
            rows: Vec::new(),
            by_ip: HashMap::with_hasher(FixedState::with_seed(0)),
            asked: HashSet::with_hasher(FixedState::with_seed(0)),
        };
        for (ip, time, ttl, name) in rows {
            let n = u32::try_from(all.rows.len()).unwrap();
            let ip = IpAddr::V4(Ipv4Addr::new(192, 0, 2, *ip));
            all.rows.push(Grant {
                ip,
                time: Timestamp::from_parts(*time, 0),
                until: Timestamp::from_parts(time + ttl, 0),
                names: name.split('>').map(Into::into).collect(),
                packet: PacketRef::default(),
            });
            all.by_ip.entry(ip).or_default().push(n);
        }
        all
    }

    #[test]
    fn an_address_is_the_names_until_it_is_given_away() {
        let all = grants(&[
            (1, 100, 300, "alpha.example.net"),
            (2, 100, 300, "alpha.example.net"),
            (3, 100, 300, "www.alpha.example.net>edge.example.org"),
            (3, 110, 300, "other.example.org"),
            (4, 500, 10, "other.example.org"),
            (5, 500, 10, "alpha.example.net"),
            (2, 1000, 300, "other.example.org"),
            (4, 2000, 10, "alpha.example.net"),
        ]);
        let holder = all.holder(&Domain::new("alpha.example.net"));
        let word = |ip: u8, at: i64| {
            let ip = IpAddr::V4(Ipv4Addr::new(192, 0, 2, ip));
            match all.hold(&holder, ip, Timestamp::from_parts(at, 0)) {
                None => "no",
                Some(Hold::Valid(_)) => "valid",
                Some(Hold::Expired(_)) => "expired",
                Some(Hold::Later(_)) => "later",
            }
        };
        for (ip, at, want) in [
            (1, 100, "valid"),
            (1, 400, "valid"),
            (1, 401, "expired"),
            (1, 99, "later"),
            (2, 900, "expired"),
            (2, 1000, "no"),
            (2, 5000, "no"),
            (3, 200, "valid"),
            (3, 401, "no"),
            (4, 10, "no"),
            (4, 600, "no"),
            (4, 2005, "valid"),
            (5, 1, "later"),
            (9, 100, "no"),
        ] {
            assert_eq!(word(ip, at), want, "{ip} at {at}");
        }
        let three = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 3));
        assert!(all.shared(&holder, three));
        assert!(all.aliases(&holder).any(|n| n == "edge.example.org"));
    }
}
