//! Files went out of the network by FTP.

use super::exfil_upload::size;
use super::file_exe_http::artifact;
use super::finding::{Finding, Severity, rank};
use super::gather::{Groups, begin, inside, named};
use super::{Detection, Ground, Key, Need};
use crate::answers::{plural, shown};
use std::collections::BTreeSet;

/// Bytes from which on it is more than a page of a site.
const MUCH: u64 = 1 << 20;
/// Names of what somebody packed before sending it.
const PACKED: [&str; 9] = ["zip", "rar", "7z", "gz", "tgz", "tar", "cab", "bak", "sql"];
/// Much, or packed.
const LIKELY: f64 = 0.6;
/// Little.
const LITTLE: f64 = 0.4;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "exfil.ftp",
    title: "Files were sent out by FTP",
    why: "FTP out of the network is rare, in clear text, and needs nothing installed: password stealers and hurried insiders use it.",
    how: "Files that a host of the network stored on an FTP server outside: medium where they are 1 MiB or more together or an archive is among them.",
    innocent: "Web pages that are published by FTP; exchange of files with a partner.",
    settle: "Open the files: they are in the capture. Ask who owns the account on that server.",
    techniques: &["T1048.003"],
    severity: Severity::Medium,
    needs: &[Need::Messages("ftp"), Need::Content],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: Groups<(String, String)> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, a) in c.facts.artifacts.iter().enumerate() {
            let outside = !inside(ground, chain, a.server.0, a.begun)
                && inside(ground, chain, a.client.0, a.begun);
            if a.sent && a.protocol.info.name == "ftp-data" && outside {
                let (_, who) = named(ground, chain, a.client.0, a.begun);
                out.put((who, a.server.0.to_string()), (chain, n));
            }
        }
    }
    out.keys(1, |(who, server)| format!("{who}|{server}"))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let files: Vec<_> = key
        .rows
        .iter()
        .filter_map(|at| artifact(ground, *at))
        .collect();
    let first = files.first()?;
    let packets: Vec<_> = files
        .iter()
        .flat_map(|a| {
            [
                a.asked.unwrap_or((a.first, a.begun)),
                (a.first, a.begun),
                (a.last, a.ended),
            ]
        })
        .collect();
    let mut out = begin(
        ground,
        &DETECTION,
        &key.subject,
        (key.rows.first()?.0, first.client.0),
        &packets,
    )?;
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    let bytes: u64 = files.iter().map(|a| a.wire_size).sum();
    let names: BTreeSet<String> = files
        .iter()
        .filter_map(|a| a.names.first())
        .map(|n| shown(&n.text))
        .collect();
    let packed = names.iter().any(|n| {
        let end = n
            .rsplit_once('.')
            .map_or("", |(_, e)| e)
            .to_ascii_lowercase();
        PACKED.contains(&end.as_str())
    });
    (out.severity, out.confidence) = if bytes >= MUCH || packed {
        (Severity::Medium, LIKELY)
    } else {
        (Severity::Low, LITTLE)
    };
    out.title = format!(
        "{} sent {} by FTP to {}",
        first.client.0,
        plural(files.len() as u64, "file"),
        first.server.0
    );
    let told: Vec<&str> = names.iter().take(6).map(String::as_str).collect();
    out.why = format!(
        "{} in all: {}. {}",
        size(bytes),
        told.join(", "),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    fn stored(name: &str, bytes: usize, server: [u8; 4]) -> Option<(Severity, f64)> {
        let (client, ftp, data) = (([10, 0, 0, 7], 40_000), (server, 21), (server, 50_001));
        let mut tape = Tape::default();
        tape.tcp(client, ftp, 100, 0, 2, &[]);
        tape.tcp(ftp, client, 500, 101, 0x12, &[]);
        let mut at = [101, 501];
        let mut say = |tape: &mut Tape, back: bool, text: &str| {
            let (from, to) = if back { (ftp, client) } else { (client, ftp) };
            let way = usize::from(back);
            tape.tcp(from, to, at[way], at[1 - way], 0x18, text.as_bytes());
            at[way] += u32::try_from(text.len()).unwrap();
        };
        say(&mut tape, true, "220 hi\r\n");
        let [a, b, c, d] = server;
        say(&mut tape, false, "PASV\r\n");
        say(
            &mut tape,
            true,
            &format!("227 Entering Passive Mode ({a},{b},{c},{d},195,81).\r\n"),
        );
        say(&mut tape, false, &format!("STOR {name}\r\n"));
        say(&mut tape, true, "150 go\r\n");
        super::super::tested::push(&mut tape, (client.0, 40_001), data, bytes, 0);
        say(&mut tape, true, "226 done\r\n");
        found(&tape, &DETECTION)
            .first()
            .map(|f| (f.severity, f.confidence))
    }

    #[test]
    fn how_much_and_what() {
        let outside = [198, 51, 100, 9];
        assert_eq!(
            stored("index.html", 1000, outside),
            Some((Severity::Low, LITTLE))
        );
        assert_eq!(
            stored("files.ZIP", 1000, outside),
            Some((Severity::Medium, LIKELY))
        );
        assert_eq!(
            stored("index.html", (1 << 20) - 1, outside),
            Some((Severity::Low, LITTLE))
        );
        assert_eq!(
            stored("index.html", 1 << 20, outside),
            Some((Severity::Medium, LIKELY))
        );
        assert_eq!(stored("files.zip", 1000, [10, 0, 0, 9]), None, "inside");
    }
}
