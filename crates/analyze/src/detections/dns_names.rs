//! The names that a host asks for below one registered domain, and what they look like as a whole: the common ground
//! of what hides data in them. Judges nothing.

use super::Ground;
use super::Key;
use super::gather::{Groups, entropy, median, real};
use super::score::{Plot, Term};
use crate::activity::registered;
use crate::answers::normal;
use base64::Engine as _;
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::protocols::dns::{AnswerData, Query};
use weir_model::{Duration, PacketRef, Timestamp};

/// Characters of the part left of the domain, at the median, from which on it is long.
const LONG: f64 = 35.0;
/// Bits a character from which on it looks encoded; names have 2.5 to 3.
const ENCODED: f64 = 3.5;
/// Characters below which entropy says nothing.
const ENOUGH: usize = 20;
/// Share of questions for types that carry much in an answer.
const WIDE: f64 = 0.3;
/// Bytes that names can have carried out: .6 of a byte for each character.
const CARRIED: f64 = 4096.0;
const PER_CHARACTER: f64 = 0.6;
/// Seconds an answer may be kept, at the median, up to which caching is unwanted.
const UNKEPT: f64 = 5.0;
/// A contact after this has nothing to do with the question: browsers look names up ahead, some minutes at most.
const SOON: Duration = Duration(600_000_000_000);
/// Share of names that are contacted afterwards from which on they are names of servers.
const CONTACTED: f64 = 0.2;
/// Characters of an answer in text from which on it carries something, and bits a character: sentences have about 4.
const BULK: usize = 100;
const DENSE: f64 = 4.5;
/// How texts begin that every mail server asks for, and what proves to others that a domain is one's own.
const KNOWN_TEXTS: [&str; 3] = ["v=", "k=rsa", "p="];
const PROOF: &str = "verification";
/// Hosts that ask below the same domain from which on it is something that everybody has.
const EVERYBODY: usize = 3;
/// Answers of a look-up service are addresses in 127/8.
const LOOPBACK: u8 = 127;
/// Questions below one domain, under which no detection looks at them.
const FEWEST: usize = 10;
/// Most names of a host and domain whose contacts are looked for.
const LOOKED_FOR: usize = 256;

/// A question, as far as names matter.
pub(super) struct Asked<'a> {
    pub(super) query: &'a Query,
    /// Left of the registered domain, as it was asked for, without the point.
    pub(super) asked: &'a str,
    /// The same in lower case: a resolver that mixes case at random asks for one name all the same.
    pub(super) left: Cow<'a, str>,
    pub(super) time: Timestamp,
    pub(super) packet: PacketRef,
}

/// All of a key's questions, in order of time, each packet once.
pub(super) fn asked<'a>(ground: &'a Ground<'_>, key: &Key) -> Vec<Asked<'a>> {
    let mut out: Vec<Asked<'a>> = key
        .rows
        .iter()
        .filter_map(|(chain, n)| {
            let facts = ground.input.chains.get(*chain)?.facts;
            let query = facts.messages.all::<Query>().get(*n)?;
            let (packet, time) = query.asked?;
            let asked = parts(&query.query)?.1;
            let left = if asked.bytes().any(|b| b.is_ascii_uppercase()) {
                Cow::Owned(asked.to_ascii_lowercase())
            } else {
                Cow::Borrowed(asked)
            };
            Some(Asked {
                query,
                asked,
                left,
                time,
                packet,
            })
        })
        .collect();
    out.sort_by_key(|a| (a.time, a.packet));
    out
}

/// A name's domain and what stands left of it. A name without any top-level domain, as no such has a digit, is asked
/// of a server directly: what its first label says holds such names together.
fn parts(name: &str) -> Option<(String, &str)> {
    let name = name.trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or_default();
    let digits = last.bytes().any(|b| b.is_ascii_digit());
    if digits && !last.starts_with("xn--") && name.parse::<IpAddr>().is_err() {
        let (first, rest) = name.split_once('.')?;
        return Some((first.to_ascii_lowercase(), rest));
    }
    let plain = normal(name);
    let domain = registered(&plain)?;
    let left = name.get(..name.len().checked_sub(domain.len())?)?;
    Some((domain.to_owned(), left.trim_end_matches('.')))
}

/// Is it a look-up of this host, as a resolver is asked?
fn asked_of_resolver(query: &Query) -> bool {
    !query.local && !query.meta.duplicate && query.asked.is_some()
}

fn domain_of(name: &str) -> Option<String> {
    let plain = normal(name);
    let apart = [".arpa", ".local"].iter().any(|end| plain.ends_with(end));
    if apart {
        return None;
    }
    parts(name).map(|p| p.0)
}

/// The registered domain of a name asked for; nothing where the name is the network's own affair: reverse zones,
/// multicast, one label.
pub(super) fn domain(query: &Query) -> Option<String> {
    asked_of_resolver(query).then(|| domain_of(&query.query))?
}

/// The domains of names, each worked out once.
#[derive(Default)]
struct Domains<'a> {
    /// Place in `names`, where it has a domain and something left of it.
    known: HashMap<&'a str, Option<u32>, FixedState>,
    places: HashMap<String, u32, FixedState>,
    names: Vec<String>,
}

impl<'a> Domains<'a> {
    fn of(&mut self, q: &'a Query) -> Option<u32> {
        if let Some(known) = self.known.get(&*q.query) {
            return known.filter(|_| asked_of_resolver(q));
        }
        let longer = |d: &String| d.len() < q.query.trim_end_matches('.').len();
        let domain = domain_of(&q.query).filter(longer).map(|d| {
            *self.places.entry(d).or_insert_with_key(|d| {
                self.names.push(d.clone());
                u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX)
            })
        });
        self.known.insert(&q.query, domain);
        domain.filter(|_| asked_of_resolver(q))
    }
}

/// Hosts with the domains below which they ask at least so often, and at least [`FEWEST`] times, for names with
/// something left of the domain.
pub(super) fn keys(ground: &Ground<'_>, least: usize) -> Vec<Key> {
    let all = ground.asked_names().iter();
    all.filter(|k| k.rows.len() >= least).cloned().collect()
}

/// The same from [`FEWEST`] on, worked out.
pub(super) fn all(ground: &Ground<'_>) -> Vec<Key> {
    let mut out = Groups::default();
    let mut domains = Domains::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, q) in c.facts.messages.all::<Query>().iter().enumerate() {
            let Some(domain) = domains.of(q) else {
                continue;
            };
            if let Some(host) = ground.env.at(chain, q.client.0, q.meta.time) {
                out.put((host, domain), (chain, n));
            }
        }
    }
    let name = |n: u32| domains.names.get(n as usize).map_or("", String::as_str);
    let mut keys = out.keys(FEWEST, |(host, n)| format!("{}|{}", host.0, name(*n)));
    keys.sort_by(|a, b| a.subject.cmp(&b.subject));
    keys
}

/// Who asks, and below which domain. The subject of a key holds a host's place, which is not stable: findings name
/// the host itself.
pub(super) fn about(ground: &Ground<'_>, key: &Key) -> Option<(usize, IpAddr, String)> {
    let (chain, n) = *key.rows.first()?;
    let facts = ground.input.chains.get(chain)?.facts;
    let query = facts.messages.all::<Query>().get(n)?;
    Some((chain, query.client.0, domain(query)?))
}

/// What the names of a span look like together.
pub(super) struct Look {
    /// Different names.
    pub(super) names: usize,
    /// Different names to questions; two types for one name count once.
    pub(super) novelty: f64,
    /// What speaks for data in them, by name, value and words.
    pub(super) signs: Vec<Term>,
    /// Are all questions for addresses, and the names short?
    pub(super) modest: bool,
    /// Share of names that are contacted afterwards.
    contacted: f64,
}

/// Looks at these questions.
pub(super) fn look(ground: &Ground<'_>, chain: usize, all: &[Asked<'_>]) -> Look {
    let mut names: BTreeMap<&str, BTreeMap<u16, usize>> = BTreeMap::new();
    for a in all {
        let of = names.entry(&*a.left).or_default();
        *of.entry(a.query.qtype).or_default() += 1;
    }
    let asked: usize = names.values().filter_map(|of| of.values().max()).sum();
    let novelty = real(names.len()) / real(asked).max(1.0);
    let mut lengths: Vec<f64> = names.keys().map(|n| real(n.len())).collect();
    lengths.sort_by(f64::total_cmp);
    let long = median(&lengths);
    let bits: Vec<f64> = names
        .keys()
        .filter(|n| n.len() >= ENOUGH)
        .map(|n| entropy(n.replace('.', "").as_bytes()))
        .collect();
    let mean = bits.iter().sum::<f64>() / real(bits.len()).max(1.0);
    let wide = all
        .iter()
        .filter(|a| matches!(a.query.qtype, 5 | 10 | 15 | 16))
        .count();
    let wide = real(wide) / real(all.len()).max(1.0);
    let carried: f64 = lengths.iter().sum::<f64>() * PER_CHARACTER;
    let mut ttls: Vec<f64> = all
        .iter()
        .filter_map(|a| a.query.answers.first())
        .map(|a| f64::from(a.ttl))
        .collect();
    ttls.sort_by(f64::total_cmp);
    let unkept = median(&ttls);
    let contacted = contacted(ground, chain, all);
    let mut signs = Vec::new();
    let mut sign = |on: bool, name, value, says: String| {
        if on {
            signs.push(Term::plain(name, value, says));
        }
    };
    let half = bits.len() * 2 >= names.len();
    sign(
        long >= LONG,
        "long names",
        long,
        format!("{long:.0} characters left of the domain at the median"),
    );
    sign(
        half && mean >= ENCODED,
        "encoded",
        mean,
        format!("{mean:.1} bits a character; names have 2.5 to 3"),
    );
    sign(
        wide >= WIDE,
        "wide answers",
        wide,
        format!(
            "{:.0} % of the questions are for TXT, NULL, CNAME or MX",
            wide * 100.0
        ),
    );
    sign(
        carried >= CARRIED,
        "carried out",
        carried,
        format!("names that can hold about {carried:.0} bytes"),
    );
    sign(
        !ttls.is_empty() && unkept <= UNKEPT,
        "not to be kept",
        unkept,
        format!("answers may be kept {unkept:.0} s at the median"),
    );
    sign(
        contacted <= 0.0,
        "never contacted",
        1.0,
        "no address that was answered is contacted".to_owned(),
    );
    let modest = wide <= 0.0 && long < LONG;
    Look {
        names: names.len(),
        novelty,
        signs,
        modest,
        contacted,
    }
}

/// Questions whose answers are long texts that look encoded; policies and keys of mail and proofs of ownership are not.
pub(super) fn bulky<'a, 'b>(all: &'b [Asked<'a>]) -> Vec<&'b Asked<'a>> {
    let dense = |text: &str| {
        let lower = text.get(..BULK).unwrap_or(text).to_ascii_lowercase();
        let known = KNOWN_TEXTS.iter().any(|k| lower.starts_with(k)) || lower.contains(PROOF);
        text.len() >= BULK && !known && entropy(text.as_bytes()) >= DENSE
    };
    all.iter()
        .filter(|a| {
            let texts = a.query.answers.iter();
            texts
                .filter_map(|r| match &r.data {
                    AnswerData::Text(text) => Some(&**text),
                    _ => None,
                })
                .any(dense)
        })
        .collect()
}

/// Share of names of which an answered address is contacted by the asker.
fn contacted(ground: &Ground<'_>, chain: usize, all: &[Asked<'_>]) -> f64 {
    let Some(first) = all.first() else { return 0.0 };
    let Some(host) = ground.env.at(chain, first.query.client.0, first.time) else {
        return 0.0;
    };
    let (mut of, mut yes) = (0, 0);
    let mut began: Vec<(IpAddr, Timestamp, Timestamp)> = Vec::new();
    for contact in ground.activity.contacts_of(host) {
        if let crate::activity::Peer::Address(ip, _, _) = contact.peer {
            let events = contact.events.iter();
            let events = events.filter_map(|e| ground.activity.event(*e));
            began.extend(events.map(|e| (ip, e.time, e.ended)));
        }
    }
    began.sort_unstable();
    for a in all.iter().take(LOOKED_FOR) {
        of += 1;
        // Soon after the question, or in a connection that is open: whoever answers with the address of a popular site is not contacted by that.
        let soon = |ip: IpAddr| {
            let at = began.partition_point(|b| (b.0, b.1) < (ip, a.time));
            let next = began.get(at).filter(|b| b.0 == ip);
            let before = at.checked_sub(1).and_then(|n| began.get(n));
            let before = before.filter(|b| b.0 == ip);
            next.is_some_and(|b| b.1.since(a.time) <= SOON) || before.is_some_and(|b| b.2 >= a.time)
        };
        yes += usize::from(a.query.addresses().any(|(ip, _)| soon(ip)));
    }
    real(yes) / real(of).max(1.0)
}

/// Which harmless traffic looks like this. Reads every question of the captures: only for what is found.
pub(super) fn benign(
    ground: &Ground<'_>,
    all: &[Asked<'_>],
    look: &Look,
) -> Option<(&'static str, String)> {
    let contacted = look.contacted;
    if contacted >= CONTACTED {
        let says = format!(
            "{:.0} % of the names are contacted afterwards",
            contacted * 100.0
        );
        return Some(("names of servers", says));
    }
    let mut answered = 0;
    let mut loopback = 0;
    for a in all.iter().filter(|a| a.query.rcode.is_some()) {
        let mut addresses = a.query.addresses().peekable();
        if addresses.peek().is_some() {
            answered += 1;
            loopback += usize::from(addresses.all(|(ip, _)| match ip {
                IpAddr::V4(ip) => ip.octets()[0] == LOOPBACK,
                IpAddr::V6(ip) => ip.is_loopback(),
            }));
        } else {
            // An answer in text says why somebody is listed; data would be in most of them.
            let text = |d: &AnswerData| !matches!(d, AnswerData::Address(_));
            answered += usize::from(a.query.answers.iter().any(|r| text(&r.data)));
        }
    }
    if loopback > 0 && loopback * 10 >= answered * 9 {
        let says = format!(
            "{loopback} of {answered} answers are addresses in 127/8, which say yes or no and lead nowhere"
        );
        return Some(("look-up service", says));
    }
    let first = all.first()?;
    let mine = domain(first.query)?;
    let others = askers(ground, &mine, EVERYBODY);
    let active = ground.activity.active() as usize;
    if others >= EVERYBODY && others * 2 >= active {
        let says = format!("at least {others} of {active} hosts ask below this domain");
        return Some(("what everybody uses", says));
    }
    None
}

/// Hosts that ask below a domain, counted up to `most`.
fn askers(ground: &Ground<'_>, wanted: &str, most: usize) -> usize {
    let mut hosts: Vec<u32> = Vec::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for q in c.facts.messages.all::<Query>() {
            let name = q.query.trim_end_matches('.');
            let ends = name.len() > wanted.len()
                && name
                    .get(name.len() - wanted.len()..)
                    .is_some_and(|e| e.eq_ignore_ascii_case(wanted));
            if !ends {
                continue;
            }
            if let Some(host) = ground.env.at(chain, q.client.0, q.meta.time)
                && !hosts.contains(&host.0)
            {
                hosts.push(host.0);
                if hosts.len() >= most.max(ground.activity.active() as usize / 2) {
                    return hosts.len();
                }
            }
        }
    }
    hosts.len()
}

/// Does this host only pass on what others here ask? Then the others are who it is about.
pub(super) fn passes_on(
    ground: &Ground<'_>,
    chain: usize,
    ip: IpAddr,
    time: Timestamp,
    wanted: &str,
) -> bool {
    let id = ground.env.at(chain, ip, time);
    let resolver = id
        .and_then(|id| ground.env.host(id))
        .is_some_and(|h| h.is(crate::environment::Role::Resolver));
    resolver && askers(ground, wanted, 2) > 1
}

/// What speaks for it, as a sentence.
pub(super) fn words(signs: &[Term]) -> String {
    let all: Vec<&str> = signs.iter().map(|s| s.says.as_str()).collect();
    all.join("; ")
}

/// Packets of a finding about answers: these with their questions, the first of them first.
pub(super) fn cited_answers(all: &[&Asked<'_>]) -> Vec<(PacketRef, Timestamp)> {
    let mut out = Vec::new();
    for a in all {
        out.push((a.packet, a.time));
        out.extend(a.query.answered);
    }
    out
}

/// Packets of a finding: the ten longest names with their answers, the first and the last.
pub(super) fn cited(all: &[Asked<'_>]) -> Vec<(PacketRef, Timestamp)> {
    let mut longest: Vec<&Asked<'_>> = all.iter().collect();
    longest.sort_by_key(|a| (std::cmp::Reverse(a.left.len()), a.time, a.packet));
    let mut out = Vec::new();
    let ends = all.first().into_iter().chain(all.last());
    for a in ends.chain(longest.into_iter().take(10)) {
        out.push((a.packet, a.time));
        out.extend(a.query.answered);
    }
    out
}

/// How long the names are.
pub(super) fn lengths(all: &[Asked<'_>]) -> Plot {
    let mut bars: BTreeMap<usize, u64> = BTreeMap::new();
    for a in all {
        *bars.entry(a.left.len() / 10 * 10).or_default() += 1;
    }
    Plot {
        title: "Length of the part left of the domain",
        unit: "characters",
        bars: bars
            .into_iter()
            .map(|(n, count)| (real(n), count))
            .collect(),
    }
}

/// Bytes of a decoded sample that are looked at.
const SAMPLE: usize = 48;
/// Of a hundred bytes so many must be printable.
const PRINTABLE: usize = 90;
/// Fewer bytes can be text by chance.
const LEAST: usize = 6;

/// What the first name that decodes to text says, and by which code. Hostile text.
pub(super) fn decoded(all: &[Asked<'_>]) -> Option<(&'static str, String)> {
    all.iter().take(LOOKED_FOR).find_map(|a| {
        let label = a.asked.split('.').max_by_key(|l| l.len())?;
        let joined: String = a.asked.split('.').collect();
        [label.to_owned(), joined].iter().find_map(|l| decode(l))
    })
}

fn decode(text: &str) -> Option<(&'static str, String)> {
    let bytes = text.as_bytes();
    let codes: [(&str, Option<Vec<u8>>); 3] = [
        ("hexadecimal", hex(bytes)),
        ("base32", base32(bytes)),
        (
            "base64",
            base64::engine::general_purpose::URL_SAFE_NO_PAD
                .decode(text.trim_end_matches('='))
                .ok(),
        ),
    ];
    codes.into_iter().find_map(|(name, bytes)| {
        let bytes = bytes?;
        let text = bytes.get(..SAMPLE).unwrap_or(&bytes);
        let good = text
            .iter()
            .filter(|b| (0x20..0x7f).contains(*b) || b"\r\n\t".contains(b))
            .count();
        let letters = text
            .iter()
            .filter(|b| b.is_ascii_alphabetic() || **b == b' ')
            .count();
        let reads =
            text.len() >= LEAST && good * 100 >= text.len() * PRINTABLE && letters * 2 > text.len();
        reads.then(|| (name, String::from_utf8_lossy(text).into_owned()))
    })
}

fn hex(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |b: u8| {
        char::from(b)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    text.chunks_exact(2)
        .map(|two| match *two {
            [a, b] => Some(digit(a)? << 4 | digit(b)?),
            _ => None,
        })
        .collect()
}

/// RFC 4648 section 6, in either case, without filling.
fn base32(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for b in text {
        let five = match b.to_ascii_lowercase() {
            c @ b'a'..=b'z' => c - b'a',
            c @ b'2'..=b'7' => c - b'2' + 26,
            _ => return None,
        };
        held = (held << 5 | u32::from(five)) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits & 0xff) as u8);
        }
    }
    Some(out)
}

/// Do the names count something up? The label that does and how many steps of a hundred go up by little.
pub(super) fn counts_up(all: &[Asked<'_>]) -> Option<(usize, usize)> {
    let labels = |a: &Asked<'_>| -> Vec<String> {
        a.left.split(['.', '-', '_']).map(str::to_owned).collect()
    };
    let mut seen: Vec<Vec<String>> = Vec::new();
    let mut last = "";
    for a in all {
        if *a.left != *last {
            seen.push(labels(a));
            last = &*a.left;
        }
    }
    let fields = seen.iter().map(Vec::len).max().unwrap_or(0).min(8);
    (0..fields)
        .filter_map(|n| Some((n, steps(&seen, n, 10).or_else(|| steps(&seen, n, 16))?)))
        .max_by_key(|(n, share)| (*share, std::cmp::Reverse(*n)))
}

/// The number that a label is or begins with.
fn number(label: &str, radix: u32) -> Option<u64> {
    let digits: String = label.chars().take_while(|c| c.is_digit(radix)).collect();
    let whole = digits.len() == label.len();
    if digits.is_empty() || digits.len() > 8 || (radix == 16 && !whole) {
        return None;
    }
    u64::from_str_radix(&digits, radix).ok()
}

fn steps(seen: &[Vec<String>], n: usize, radix: u32) -> Option<usize> {
    let numbers: Vec<u64> = seen
        .iter()
        .filter_map(|labels| labels.get(n).and_then(|l| number(l, radix)))
        .collect();
    if numbers.len() * 10 < seen.len() * 9 || numbers.len() < 2 {
        return None;
    }
    let up = numbers
        .windows(2)
        .filter(|w| matches!(w, [a, b] if b > a && b - a <= 3))
        .count();
    let share = up * 100 / (numbers.len() - 1);
    (share >= 80).then_some(share)
}

/// Names whose longest label has one length and looks like noise: how many, and how long.
pub(super) fn constant(all: &[Asked<'_>]) -> Option<(usize, usize)> {
    let mut by_length: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    let mut names: Vec<&str> = all.iter().map(|a| &*a.left).collect();
    names.sort_unstable();
    names.dedup();
    for name in &names {
        if let Some(label) = name.split('.').max_by_key(|l| l.len()) {
            by_length.entry(label.len()).or_default().push(label);
        }
    }
    let (len, labels) = by_length.into_iter().max_by_key(|(_, l)| l.len())?;
    let pooled: Vec<u8> = labels.iter().flat_map(|l| l.bytes()).collect();
    let fits = labels.len() * 10 >= names.len() * 9 && len >= 12 && entropy(&pooled) >= ENCODED;
    fits.then_some((labels.len(), len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read() {
        assert_eq!(
            decode("70617373776f7264206973").unwrap(),
            ("hexadecimal", "password is".to_owned())
        );
        assert_eq!(
            decode("obqxg43xn5zgi").unwrap(),
            ("base32", "password".to_owned())
        );
        assert_eq!(decode("cGFzc3dvcmQ9c2VjcmV0").unwrap().0, "base64");
        for noise in ["", "7061", "9f86d081884c7d659a2feaa0c55ad015", "wwwexample"] {
            assert_eq!(decode(noise), None, "{noise}");
        }
    }

    #[test]
    fn a_domain_and_what_is_left_of_it() {
        for (name, domain, left) in [
            ("a.b.Example.co.uk.", "example.co.uk", "a.b"),
            ("x.corp", "x.corp", ""),
            ("tool.5f3a.09bc", "tool", "5f3a.09bc"),
            ("x.xn--p1ai", "x.xn--p1ai", ""),
        ] {
            assert_eq!(parts(name), Some((domain.to_owned(), left)), "{name}");
        }
        for name in ["", "com", "10.0.0.1"] {
            assert_eq!(parts(name), None, "{name}");
        }
    }

    #[test]
    fn numbers_that_count_up() {
        for (labels, radix, up) in [
            (["1", "2", "3", "4"], 10, Some(100)),
            (["9", "a", "b", "c"], 16, Some(100)),
            (["4", "3", "2", "1"], 10, None),
            (["1", "9", "17", "30"], 10, None),
            (["x", "y", "z", "w"], 10, None),
        ] {
            let seen: Vec<Vec<String>> = labels.iter().map(|l| vec![(*l).to_owned()]).collect();
            assert_eq!(steps(&seen, 0, radix), up, "{labels:?}");
        }
    }
}
