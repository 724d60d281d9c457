//! Machines where somebody works talk to each other directly, which few programs do.

use super::between::{judge as between, pairs, spoken};
use super::finding::{Finding, Severity, rank};
use super::gather::flow;
use super::{Detection, Ground, Key, Need};
use weir_dissect::flow::Flow;

/// Ports of administration and of sharing that have no detection of their own.
const HEAVY: [u16; 5] = [135, 139, 445, 23, 5900];
/// Ports of programs that share between work places by themselves: updates, casting, music, printing.
const LIGHT: [u16; 12] = [
    7680, 5353, 1900, 57_621, 8008, 8009, 8443, 7000, 9100, 631, 515, 5357,
];
/// Ports that have detections of their own.
const APART: [u16; 4] = [22, 3389, 5985, 5986];
/// Another port: anything may be.
const OTHER: f64 = 0.45;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "lateral.host_to_host",
    title: "Two work places talked directly",
    why: "People use servers; from work place to work place goes whoever spreads.",
    how: "TCP from one machine of the network to another that serves nobody else on that port, with an answer. Ports of administration (135, 139, 445, 23, 5900) weigh more, others less; those of casting, printing and shared updates are left out, and remote desktop, SSH and WinRM have detections of their own.",
    innocent: "Printers and casting on unusual ports, a folder shared in the office, a program's own discovery.",
    settle: "Ask who sits at both; see which program connected on the first one.",
    techniques: &["T1021"],
    severity: Severity::High,
    needs: &[Need::Flows, Need::OtherSide],
    keys: |ground| pairs(ground, wanted),
    judge,
    rank,
};

fn wanted(f: &Flow) -> bool {
    let port = f.server.1;
    let apart = APART.contains(&port) || matches!(spoken(f), "ssh" | "rdp" | "ftp-data");
    // What FTP announced belongs to FTP; high ports of calls belong to what 135 mapped.
    !apart
        && !LIGHT.contains(&port)
        && f.seldom().setup.is_none()
        && (HEAVY.contains(&port) || spoken(f) != "dcerpc")
}

fn heavy(f: &Flow) -> bool {
    HEAVY.contains(&f.server.1)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let flows = || key.rows.iter().filter_map(|at| flow(ground, *at));
    if flows().any(heavy) {
        let rows = key.rows.iter().copied();
        let rows = rows
            .filter(|at| flow(ground, *at).is_some_and(heavy))
            .collect();
        let key = Key {
            subject: key.subject.clone(),
            rows,
        };
        return between(ground, &key, &DETECTION, "a port of administration", heavy);
    }
    let mut out = between(ground, key, &DETECTION, "an unusual port", |_| false)?;
    // Nothing shows what the other one is, nor what the port is for.
    if out.severity == Severity::Low {
        return None;
    }
    out.confidence = OTHER;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::browse;
    use super::*;
    use crate::tape::Tape;

    fn gone(port: u16, places: u8) -> Vec<Finding> {
        let mut tape = Tape::default();
        browse(&mut tape, [10, 0, 0, 9], places);
        tape.talk(([10, 0, 0, 7], 41_000), ([10, 0, 0, 9], port), b"?", b"!");
        found(&tape, &DETECTION)
    }

    #[test]
    fn by_port_and_by_what_the_other_is() {
        let told = |port, places| {
            gone(port, places)
                .first()
                .map(|f| (f.severity, f.confidence))
        };
        assert_eq!(told(445, 8), Some((Severity::Medium, 0.6)));
        assert_eq!(told(445, 7), Some((Severity::Low, 0.4)));
        assert_eq!(told(8123, 8), Some((Severity::Medium, OTHER)));
        assert_eq!(told(8123, 7), None);
        for port in LIGHT.into_iter().chain(APART) {
            assert_eq!(told(port, 8), None, "{port}");
        }
    }

    #[test]
    fn a_server_is_no_work_place() {
        let mut tape = Tape::default();
        browse(&mut tape, [10, 0, 0, 9], 8);
        for n in 0..3 {
            tape.talk(
                ([10, 0, 0, 20 + n], 41_000),
                ([10, 0, 0, 9], 445),
                b"?",
                b"!",
            );
        }
        assert_eq!(found(&tape, &DETECTION), []);
    }

    #[test]
    fn three_within_half_an_hour() {
        let mut tape = Tape::default();
        for n in 0..3 {
            browse(&mut tape, [10, 0, 0, 20 + n], 8);
            tape.talk(
                ([10, 0, 0, 7], 41_000 + u16::from(n)),
                ([10, 0, 0, 20 + n], 445),
                b"?",
                b"!",
            );
        }
        assert!(
            found(&tape, &DETECTION)
                .iter()
                .all(|f| f.severity == Severity::High)
        );
    }
}
