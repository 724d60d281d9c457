//! What a detection cannot do without, and whether the captures give it: "nothing found" means little where not.

use super::Ground;
use crate::answers::plural;
use crate::health::sided;
use std::net::IpAddr;
use weir_dissect::flow::Flow;
use weir_dissect::{Facts, Transport};
use weir_model::Duration;

/// Conversations below which nothing is said about directions: of TCP, and by datagrams.
const SHARE_OF: usize = 5;
const DATAGRAMS: usize = 20;
/// Ports of services, which answer.
const SERVICES: u16 = 1024;

/// What a detection reads.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Need {
    /// Flows with their ends.
    Flows,
    /// Messages of this protocol.
    Messages(&'static str),
    /// Messages of any of these protocols.
    AnyOf(&'static [&'static str]),
    /// Messages of this protocol, where there are some; nothing is missed without.
    Also(&'static str),
    /// What packets carry: where the snap length cut most that carry something, nothing found means nothing.
    Content,
    /// Conversations by UDP, or what ICMP says about them.
    Datagrams,
    /// Files with their type by content.
    Artifacts,
    /// The answers of this pass.
    Answers,
    /// Hardware addresses of the hosts.
    Link,
    /// Both directions of conversations: where one is missing, it says nothing, since what is missing would look like
    /// what it looks for.
    BothWays,
    /// What the other side says: where that is missing, little is found, and nothing found means little.
    OtherSide,
    /// Something earlier to compare with.
    Baseline,
    /// A list of the organisation's own programs.
    Applications,
    /// So many whole days that the captures cover.
    Days(u32),
    /// Captures that cover at least so many seconds from the first to the last packet.
    Seconds(u32),
}

impl Need {
    /// Why the captures do not give it; nothing where they do.
    pub(super) fn lacking(self, ground: &Ground<'_>) -> Option<String> {
        let chains = || ground.input.chains.iter().map(|c| c.facts);
        let spoken = |name: &str| {
            chains()
                .flat_map(|f| f.messages.tables())
                .any(|t| t.protocol().info.name == name && !t.is_empty())
        };
        match self {
            Self::Flows => chains()
                .all(|f| f.flows.is_empty())
                .then(|| "the captures hold no conversation by TCP or UDP".to_owned()),
            Self::Messages(name) => (!spoken(name)).then(|| unspoken(ground, &[name])),
            Self::AnyOf(names) => {
                (!names.iter().any(|n| spoken(n))).then(|| unspoken(ground, names))
            }
            Self::Also(_) => None,
            Self::Content => {
                let (all, cut) = chains().fold((0_u64, 0_u64), |(all, cut), f| {
                    (all + f.quality.content, cut + f.quality.content_cut)
                });
                let says = || {
                    format!(
                        "{cut} of {} that carry something are cut",
                        plural(all, "packet")
                    )
                };
                (cut > 0 && cut.saturating_mul(2) >= all).then(says)
            }
            Self::Datagrams => {
                let none = |f: &Facts| f.flows.iter().all(|f| f.transport != Transport::Udp);
                let says = || "the captures hold no conversation by UDP".to_owned();
                (chains().all(none) && !spoken("icmp")).then(says)
            }
            Self::Artifacts => chains()
                .all(|f| f.artifacts.is_empty())
                .then(|| "no file was found in the captures".to_owned()),
            Self::Answers => ground
                .answers
                .is_none()
                .then(|| "the scope names nothing to look for".to_owned()),
            Self::Baseline => ground
                .deviations()
                .is_none()
                .then(|| "there is nothing earlier to compare with, or too little".to_owned()),
            Self::Applications => ground
                .applications()
                .is_none()
                .then(|| "there is no list of our applications".to_owned()),
            Self::Days(least) => {
                let days = ground.calendar().days();
                let few = u64::try_from(days).is_ok_and(|d| d < u64::from(least));
                let s = if days == 1 { "" } else { "s" };
                few.then(|| format!("the captures cover {days} whole day{s}, this needs {least}"))
            }
            Self::Link => ground
                .env
                .hosts()
                .iter()
                .all(|h| h.mac.is_none())
                .then(|| "no host's hardware address is seen here".to_owned()),
            Self::BothWays | Self::OtherSide => ground.one_sided().map(str::to_owned),
            Self::Seconds(least) => {
                let span = ground.input.span().map_or(Duration(0), |(a, b)| b.since(a));
                let needs = Duration::seconds(i64::from(least));
                (span < needs).then(|| {
                    let (has, wants) = (span_words(span), span_words(needs));
                    let less = if has == wants { "less than " } else { "" };
                    format!("the captures cover {less}{has}, this needs {wants}")
                })
            }
        }
    }
}

/// Why there is no message of these protocols: nobody speaks them here, or nothing that was said could be read.
fn unspoken(ground: &Ground<'_>, names: &[&str]) -> String {
    let (unread, none): (Vec<&str>, Vec<&str>) =
        names.iter().partition(|n| ground.spoken().contains(*n));
    let lacks = match titles(&none).as_slice() {
        [] => None,
        [one] => Some(format!("the captures hold no {one}")),
        all => Some(format!("the captures hold none of {}", all.join(", "))),
    };
    let unread = (!unread.is_empty())
        .then(|| format!("no message of {} could be read", titles(&unread).join(", ")));
    let both: Vec<String> = unread.into_iter().chain(lacks).collect();
    both.join(", and ")
}

fn titles<'a>(names: &[&'a str]) -> Vec<&'a str> {
    names.iter().map(|n| title(n)).collect()
}

/// Why the captures show one side of conversations only; nothing where they show both.
pub(super) fn one_sided(ground: &Ground<'_>) -> Option<String> {
    let flows = || ground.input.chains.iter().flat_map(|c| &c.facts.flows);
    let (all, one) = flows()
        .filter_map(sided)
        .fold((0_usize, 0_usize), |(all, one), f| {
            (all + 1, one + usize::from(f))
        });
    if all >= SHARE_OF {
        let most = one * 2 > all;
        let says = || format!("{one} of {all} TCP conversations are seen in one direction only");
        return most.then(says);
    }
    // Too few of those: are datagrams ever answered?
    let asked = |f: &&Flow| {
        let everybody = match f.server.0 {
            IpAddr::V4(ip) => ip.is_multicast() || ip.is_broadcast(),
            IpAddr::V6(ip) => ip.is_multicast(),
        };
        f.transport == Transport::Udp && !everybody && f.server.1 < SERVICES
    };
    let (all, heard) = flows()
        .filter(asked)
        .fold((0_usize, 0_usize), |(all, heard), f| {
            let both = f.packets[0] > 0 && f.packets[1] > 0;
            (all + 1, heard + usize::from(both))
        });
    (all >= DATAGRAMS && heard == 0)
        .then(|| format!("none of {all} conversations by UDP is seen in both directions"))
}

fn title(name: &str) -> &str {
    let known = weir_dissect::registry().named(name);
    known.map_or(name, |p| p.info.title)
}

/// `10 min`, `2.5 h`, `3 days`: for sentences, rounded.
pub(crate) fn span_words(span: Duration) -> String {
    let s = span.0 / 1_000_000_000;
    match s {
        ..120 => format!("{s} s"),
        120..7_200 => format!("{} min", (s + 30) / 60),
        7_200..172_800 => {
            let tenths = (s + 180) / 360;
            if tenths % 10 == 0 {
                format!("{} h", tenths / 10)
            } else {
                format!("{}.{} h", tenths / 10, tenths % 10)
            }
        }
        _ => {
            let tenths = (s + 4_320) / 8_640;
            if tenths % 10 == 0 {
                format!("{} days", tenths / 10)
            } else {
                format!("{}.{} days", tenths / 10, tenths % 10)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use crate::input::Input;
    use crate::tape::Tape;

    fn lacking(tape: &Tape, need: Need) -> Option<String> {
        let dissector = tape.load();
        let input = Input::of(dissector.facts(), vec![tape.span()]);
        let env = Environment::new(&input);
        need.lacking(&Ground::new(&input, &env, None))
    }

    const A: ([u8; 4], u16) = ([10, 0, 0, 7], 40_000);

    #[test]
    fn half_of_what_carries_something_may_not_be_cut() {
        let (page, server) = ([b'x'; 100], ([10, 0, 0, 9], 80));
        for (whole, cut, says) in [
            (1, false, None),
            (1, true, Some("1 of 2 packets that carry something are cut")),
            (2, true, None),
        ] {
            let mut tape = Tape::default();
            // Heads alone carry nothing.
            tape.tcp(A, server, 100, 0, 2, &[]);
            for n in 0..whole {
                tape.udp(A, ([10, 0, 0, 9], 9), &[n; 9]);
            }
            tape.tcp(A, server, 101, 0, 0x10, &page);
            if cut {
                tape.cut_last();
            }
            assert_eq!(lacking(&tape, Need::Content).as_deref(), says, "{whole}");
        }
        let mut tape = Tape::default();
        tape.udp(A, ([10, 0, 0, 9], 9), &page);
        tape.cut_last();
        assert!(lacking(&tape, Need::Content).is_some());
    }

    #[test]
    fn what_is_spoken_and_not_read_is_told_from_what_is_not_spoken() {
        let mut tape = Tape::default();
        tape.udp(A, ([10, 0, 0, 2], 53), b"\x01");
        tape.cut = Some(0);
        let dns = weir_dissect::registry().named("dns").unwrap().info.title;
        let tls = weir_dissect::registry().named("tls").unwrap().info.title;
        let says = |need| lacking(&tape, need).unwrap();
        assert_eq!(
            says(Need::Messages("dns")),
            format!("no message of {dns} could be read")
        );
        assert_eq!(
            says(Need::Messages("tls")),
            format!("the captures hold no {tls}")
        );
        assert_eq!(
            says(Need::AnyOf(&["dns", "tls"])),
            format!("no message of {dns} could be read, and the captures hold no {tls}")
        );
    }

    #[test]
    fn datagrams_are_conversations_by_udp_or_reports_about_them() {
        let mut tape = Tape::default();
        tape.tcp(A, ([10, 0, 0, 9], 80), 100, 0, 2, &[]);
        assert!(lacking(&tape, Need::Datagrams).is_some());
        tape.udp(A, ([10, 0, 0, 9], 9), b"x");
        assert_eq!(lacking(&tape, Need::Datagrams), None);
    }
}
