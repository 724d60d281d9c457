//! Hosts that stick out of all hosts of the network: measure by measure, with the statistic in words. Judges nobody.

mod measures;

use crate::activity::Activity;
use crate::environment::{Environment, Host, HostId, Role};
use crate::input::Input;
use crate::rhythm::{mad, median};
use std::collections::BTreeMap;
use weir_model::PacketRef;

/// Distance from the median, in scaled median absolute deviations, from which on a value sticks out (Iglewicz and
/// Hoaglin 1993).
const FAR: f64 = 3.5;
/// Scales the median absolute deviation to a standard deviation, for what is distributed normally.
const SCALE: f64 = 1.4826;
/// Of bytes, a deviation is at least this share of the median: sizes vary so much without a reason.
const SHARE: f64 = 0.5;
/// Hosts below which nobody is told from the others.
pub const CROWD: usize = 5;
/// Rows at most.
pub const ROWS: usize = 200;
/// Packets that a row cites.
const CITED: usize = 4;

/// What is measured of every host.
pub(crate) struct Measure {
    /// `bytes out`.
    name: &'static str,
    /// Values that nobody else has count from the first on; others are compared with what is usual.
    own: bool,
    /// Bytes: they differ by shares, not by the root of their number as counts do.
    bytes: bool,
    /// Each host's number with what it is of, and packets of it; who has none is not there.
    of: fn(&Look<'_>) -> BTreeMap<HostId, Measured>,
}

/// A number of a host.
#[derive(Default)]
pub(crate) struct Measured {
    number: u64,
    /// Of what, in a few words. Hostile text inside.
    says: String,
    packets: Vec<PacketRef>,
}

pub(crate) struct Look<'a> {
    pub(crate) input: &'a Input<'a>,
    pub(crate) env: &'a Environment,
    pub(crate) activity: &'a Activity,
}

/// A host that sticks out by a measure.
#[derive(Clone, PartialEq, Debug)]
pub struct Outlier {
    /// Who.
    pub host: HostId,
    /// By what.
    pub measure: &'static str,
    /// Its number.
    pub value: u64,
    /// The middle one of all hosts.
    pub median: f64,
    /// How far from it, in scaled deviations; at least one is taken for a deviation.
    pub far: f64,
    /// Hosts compared.
    pub hosts: usize,
    /// The statistic in words. Hostile text inside.
    pub says: String,
    /// Packets of it.
    pub packets: Vec<PacketRef>,
}

/// Who is compared: machines of the network that begin something and are nobody's server by their part.
fn compared(h: &Host, activity: &Activity) -> bool {
    let parts = [
        Role::Gateway,
        Role::Resolver,
        Role::Proxy,
        Role::Nat,
        Role::DhcpServer,
        Role::Monitor,
    ];
    // Who hands out addresses without being asked to is told by other means.
    let begins = !activity.of_host(h.id).is_empty();
    h.internal && begins && h.address().is_some() && !parts.iter().any(|r| h.is(*r))
}

/// Everybody who sticks out: the first of each measure before the second of any, each by its distance.
#[must_use]
pub fn outliers(input: &Input<'_>, env: &Environment, activity: &Activity) -> Vec<Outlier> {
    let look = Look {
        input,
        env,
        activity,
    };
    let hosts: Vec<&Host> = env
        .hosts()
        .iter()
        .filter(|h| compared(h, activity))
        .collect();
    if hosts.len() < CROWD {
        return Vec::new();
    }
    let mut all: Vec<(usize, usize, Outlier)> = Vec::new();
    for (place, measure) in measures::ALL.iter().enumerate() {
        let mut by = (measure.of)(&look);
        let measured: Vec<(&Host, Measured)> = hosts
            .iter()
            .map(|h| (*h, by.remove(&h.id).unwrap_or_default()))
            .collect();
        let numbers: Vec<f64> = measured.iter().map(|m| m.1.number as f64).collect();
        let middle = median(&mut numbers.clone());
        let least = if measure.bytes {
            SHARE * middle
        } else {
            libm::sqrt(middle)
        };
        let spread = (SCALE * mad(&mut numbers.clone())).max(least).max(1.0);
        let mut rows: Vec<Outlier> = measured
            .into_iter()
            .filter_map(|(h, m)| row(measure, h, m, middle, spread, hosts.len()))
            .collect();
        rows.sort_by(|a, b| b.far.total_cmp(&a.far).then(a.host.cmp(&b.host)));
        all.extend(rows.into_iter().enumerate().map(|(n, o)| (n, place, o)));
    }
    all.sort_by_key(|(n, place, _)| (*n, *place));
    all.truncate(ROWS);
    all.into_iter().map(|(_, _, o)| o).collect()
}

fn row(
    measure: &Measure,
    host: &Host,
    m: Measured,
    middle: f64,
    spread: f64,
    hosts: usize,
) -> Option<Outlier> {
    let far = (m.number as f64 - middle) / spread;
    let sticks = if measure.own {
        m.number > 0 && middle == 0.0
    } else {
        far >= FAR
    };
    if !sticks {
        return None;
    }
    let says = if measure.own {
        format!("{}; 1 of {hosts} hosts", m.says)
    } else if middle == 0.0 {
        // Of nothing there is no usual distance.
        format!("{}; at least half of {hosts} hosts have none", m.says)
    } else {
        format!(
            "{}; {far:.1} deviations above the median of {hosts} hosts ({middle:.0})",
            m.says
        )
    };
    let mut packets = m.packets;
    packets.truncate(CITED);
    Some(Outlier {
        host: host.id,
        measure: measure.name,
        value: m.number,
        median: middle,
        far,
        hosts,
        says,
        packets,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::Tape;
    use weir_model::Duration;

    const SHOP: [u8; 4] = [198, 51, 100, 9];

    fn of(tape: &Tape) -> Vec<(&'static str, u64, String)> {
        let dissector = tape.load();
        let input = Input::of(dissector.facts(), vec![tape.span()]);
        let env = Environment::new(&input);
        let activity = Activity::new(&input, &env);
        let all = outliers(&input, &env, &activity);
        assert!(all.iter().all(|o| !o.packets.is_empty()), "{all:?}");
        all.into_iter()
            .map(|o| {
                let ip = env.host(o.host).and_then(Host::address).expect("one");
                (o.measure, o.value, format!("{ip}: {}", o.says))
            })
            .collect()
    }

    fn people(n: u8) -> Tape {
        let mut tape = Tape {
            pace: Duration(1_000_000),
            ..Tape::default()
        };
        for host in 0..n {
            let who = ([10, 0, 0, 7 + host], 40_000);
            tape.look_up(who, "www.shop.example", Some(SHOP));
            tape.talk(who, (SHOP, 80), b"?", b"!");
        }
        tape
    }

    #[test]
    fn alike_nobody_sticks_out_and_few_are_not_compared() {
        assert_eq!(of(&people(8)), []);
        let mut few = people(4);
        few.talk(([10, 0, 0, 7], 1), (SHOP, 81), &[0; 1200], b"!");
        assert_eq!(of(&few), []);
    }

    #[test]
    fn bytes_stick_out_by_shares_and_none_is_said_in_words() {
        for (bytes, n) in [(10_400, 0), (27_000, 0), (28_000, 1)] {
            let mut tape = people(0);
            for host in 0..7_u8 {
                let size = if host == 6 { bytes } else { 10_000 };
                let from = u16::from(host) * 100 + 20_000;
                for part in 0..(size / 1_000) as u16 {
                    let who = ([10, 0, 0, 7 + host], from + part);
                    tape.talk(who, (SHOP, 80), &[7; 1_000], b"!");
                }
                tape.talk(
                    ([10, 0, 0, 7 + host], from + 90),
                    (SHOP, 80),
                    &vec![7; size % 1_000 + 1],
                    b"!",
                );
            }
            let all = of(&tape);
            let mine = all.iter().filter(|o| o.0 == "bytes sent outside").count();
            assert_eq!(mine, n, "{bytes}: {all:?}");
        }
        let mut tape = people(8);
        for n in 0..9_u8 {
            tape.look_up(
                ([10, 0, 0, 8], 42_000),
                &format!("x{n}.nowhere.example"),
                None,
            );
        }
        let all = of(&tape);
        let one = all.iter().find(|o| o.0 == "names that do not exist");
        assert_eq!(
            one.map(|o| o.2.as_str()),
            Some("10.0.0.8: 9 names that do not exist; at least half of 8 hosts have none")
        );
    }

    #[test]
    fn each_measure_has_its_first() {
        let mut tape = people(8);
        for n in 0..40_u8 {
            tape.talk(([10, 0, 0, 7], 41_000), ([10, 0, 9, n], 3389), b"?", b"!");
            let name = format!("x{n}.nowhere.example");
            tape.look_up(([10, 0, 0, 8], 42_000), &name, None);
        }
        tape.talk(([10, 0, 0, 9], 43_000), (SHOP, 443), &[7; 1400], b"!");
        let agent = b"GET / HTTP/1.1\r\nHost: www.shop.example\r\nUser-Agent: odd/1\r\n\r\n";
        tape.talk(([10, 0, 0, 10], 44_000), (SHOP, 80), agent, b"!");
        let all = of(&tape);
        let first = |measure: &str| all.iter().find(|o| o.0 == measure).expect(measure);
        assert_eq!(first("addresses contacted").1, 41);
        assert!(first("addresses contacted").2.starts_with("10.0.0.7: "));
        assert_eq!(first("names that do not exist").1, 40);
        assert!(first("bytes sent outside").2.starts_with("10.0.0.9: "));
        assert_eq!(
            first("User-Agents nobody else has").2,
            "10.0.0.10: odd/1; 1 of 8 hosts"
        );
        assert!(
            first("addresses contacted")
                .2
                .contains("deviations above the median of 8 hosts (1)"),
            "{all:?}"
        );
    }
}
