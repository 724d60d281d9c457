//! A program put on another machine over its administrative share and run there as a service or task.

use super::deeds::{Deed, Done, administrative, all, keys as deeds, operations, packets, runs};
use super::finding::{Finding, Severity, rank};
use super::gather::begin;
use super::machines::{Kind, kind};
use super::{Detection, Ground, Key, Need};
use crate::answers::shown;
use weir_model::Duration;

/// What is written and what runs belong together within this.
const TOGETHER: Duration = Duration(600_000_000_000);
/// Written and run.
const BOTH: f64 = 0.9;
/// A service or task made, changed or started; what it runs was not seen to be written.
const RUN: f64 = 0.7;
/// Written to an administrative share, nothing run.
const WRITTEN: f64 = 0.5;
/// An administrative share connected, no more.
const CONNECTED: f64 = 0.4;
/// Who does it from a machine that serves several others: deployment of software looks so.
const DEPLOYS: f64 = 0.5;

/// Techniques: a share was connected; a service was run; something was copied.
const SHARE: &[&str] = &["T1021.002"];
const SERVICE: &[&str] = &["T1021.002", "T1569.002"];
const COPY: &[&str] = &["T1021.002", "T1570"];

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "lateral.psexec",
    title: "An administrative share was used, or a program run on another machine",
    why: "With an administrator's password this is all it takes to go from machine to machine: copy a program to ADMIN$, make a service of it, start it.",
    how: "A write to ADMIN$ or a drive's share, and within ten minutes a service or task made, changed or started there (svcctl, atsvc, the task scheduler), a printer's driver put there (spoolss) or a method of WMI. One of the two alone, and a connected share alone, weigh less. SMB 3 that is encrypted shows neither.",
    innocent: "Distribution of software and remote support from a management server; a monitor that starts a service which has stopped.",
    settle: "Ask who administers that machine from there; look at the service it made and at the file it wrote.",
    techniques: &["T1021.002", "T1569.002", "T1570"],
    severity: Severity::High,
    needs: &[Need::AnyOf(&["smb", "smb2", "dcerpc"]), Need::Content],
    keys: |ground| deeds(ground, 1, wanted),
    judge,
    rank,
};

fn writes(d: &Done<'_>) -> bool {
    matches!(d.what, Deed::File("SMB::FILE_WRITE", share, _) if administrative(share))
}

fn wanted(d: &Done<'_>) -> bool {
    let shared = matches!(d.what, Deed::Share(share) if administrative(share));
    // WMI alone has a detection of its own.
    shared || writes(d) || runs(&d.what)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all = all(ground, key);
    let wmi = |d: &Done<'_>| matches!(d.what, Deed::Call("IWbemServices", _, _));
    let written: Vec<Done<'_>> = all.iter().copied().filter(writes).collect();
    let run: Vec<Done<'_>> = all.iter().copied().filter(|d| runs(&d.what)).collect();
    let near = |a: &Done<'_>, b: &Done<'_>| a.first.1.since(b.first.1).0.abs() <= TOGETHER.0;
    let pair = run.iter().any(|r| written.iter().any(|w| near(r, w)));
    let service = run.iter().any(|r| !wmi(r));
    let first = *all.first()?;
    let (severity, confidence, how) = if pair {
        (
            Severity::High,
            BOTH,
            "a file was written to its administrative share, and a program run",
        )
    } else if service {
        (
            Severity::Medium,
            RUN,
            "a service or task was made, changed or started; nothing was seen to be written",
        )
    } else if !written.is_empty() {
        (
            Severity::Medium,
            WRITTEN - 0.1,
            "a file was written to its administrative share; nothing was seen to run",
        )
    } else if run.is_empty() {
        (
            Severity::Low,
            CONNECTED,
            "its administrative share was connected, no more",
        )
    } else {
        return None;
    };
    // Strongest evidence first: what runs, what was written, then the rest.
    let cited: Vec<Done<'_>> = run.iter().chain(&written).chain(&all).copied().collect();
    let mut out = begin(
        ground,
        &DETECTION,
        &key.subject,
        (first.chain, first.client),
        &packets(&cited),
    )?;
    (out.severity, out.confidence) = (severity, confidence);
    // What was not seen is not claimed.
    out.techniques = match (written.is_empty(), service) {
        (true, false) => SHARE,
        (true, true) => SERVICE,
        (false, true) => DETECTION.techniques,
        (false, false) if pair => DETECTION.techniques,
        (false, false) => COPY,
    };
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    let mut names: Vec<String> = written
        .iter()
        .filter_map(|d| match d.what {
            Deed::File(_, share, name) => Some(shown(&format!("{share}\\{name}"))),
            _ => None,
        })
        .collect();
    names.dedup();
    names.truncate(4);
    out.title = match (pair, service) {
        (true, _) => format!("{} ran a program on {}", first.client, first.server.0),
        (_, true) => format!(
            "{} changed or started a service of {}",
            first.client, first.server.0
        ),
        _ => format!(
            "{} used the administrative share of {}",
            first.client, first.server.0
        ),
    };
    let wrote = if names.is_empty() {
        String::new()
    } else {
        format!(" Written: {}.", names.join(", "))
    };
    let ran = if run.is_empty() {
        String::new()
    } else {
        format!(" Called: {}.", operations(&run))
    };
    out.why = format!("On {} {how}.{ran}{wrote} {}", first.server.0, DETECTION.why);
    let host = ground.env.at(first.chain, first.client, first.first.1);
    if severity > Severity::Low && host.is_some_and(|h| kind(ground, h) == Kind::Server) {
        (out.severity, out.confidence) = (Severity::Medium, confidence.min(DEPLOYS));
        out.benign = Some((
            "distribution of software",
            "it comes from a machine that serves several others".to_owned(),
        ));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::windows::{self, Talk};
    use super::*;
    use crate::tape::Tape;

    const CLIENT: [u8; 4] = [10, 0, 0, 7];
    const TARGET: [u8; 4] = [10, 0, 0, 9];

    fn findings(talk: impl FnOnce(&mut Talk<'_>)) -> Vec<Finding> {
        let mut tape = Tape::default();
        let mut all = Talk::begin(&mut tape, CLIENT, TARGET);
        talk(&mut all);
        found(&tape, &DETECTION)
    }

    #[test]
    fn written_and_started() {
        let all = findings(|t| {
            t.share("\\\\10.0.0.9\\ADMIN$", false);
            t.write("x.exe", b"MZ");
            t.share("\\\\10.0.0.9\\IPC$", true);
            t.call("svcctl", &windows::SVCCTL, 12);
            t.call_again(19);
        });
        assert_eq!(all.len(), 1);
        let one = &all[0];
        assert_eq!((one.severity, one.confidence), (Severity::High, BOTH));
        assert!(
            one.why
                .contains("svcctl::CreateServiceW, svcctl::StartServiceW"),
            "{}",
            one.why
        );
        assert!(one.why.contains("ADMIN$\\x.exe"), "{}", one.why);
    }

    #[test]
    fn ten_minutes_apart() {
        for (seconds, severity) in [(500, Severity::High), (700, Severity::Medium)] {
            let all = findings(|t| {
                t.share("\\\\10.0.0.9\\ADMIN$", false);
                t.write("x.exe", b"MZ");
                t.pause(seconds);
                t.share("\\\\10.0.0.9\\IPC$", true);
                t.call("svcctl", &windows::SVCCTL, 12);
            });
            assert_eq!(all[0].severity, severity, "{seconds} s");
        }
    }

    #[test]
    fn parts_alone() {
        let started = findings(|t| {
            t.share("\\\\10.0.0.9\\IPC$", true);
            t.call("svcctl", &windows::SVCCTL, 12);
        });
        assert_eq!(
            (started[0].severity, started[0].confidence),
            (Severity::Medium, RUN)
        );
        let connected = findings(|t| t.share("\\\\10.0.0.9\\C$", false));
        assert_eq!(
            (connected[0].severity, connected[0].confidence),
            (Severity::Low, CONNECTED)
        );
        let written = findings(|t| {
            t.share("\\\\10.0.0.9\\C$", false);
            t.write("report.doc", b"text");
        });
        assert!(written[0].confidence < 0.5);
        // Each claims what it shows.
        assert_eq!(started[0].techniques, ["T1021.002", "T1569.002"]);
        assert_eq!(connected[0].techniques, ["T1021.002"]);
        assert_eq!(written[0].techniques, ["T1021.002", "T1570"]);
    }

    #[test]
    fn a_file_share_and_a_look_at_services() {
        assert_eq!(
            findings(|t| {
                t.share("\\\\10.0.0.9\\public", false);
                t.write("x.exe", b"MZ");
                t.share("\\\\10.0.0.9\\IPC$", true);
                t.call("svcctl", &windows::SVCCTL, 6);
            }),
            []
        );
    }
}
