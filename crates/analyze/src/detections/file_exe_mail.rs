//! A program came or went by mail.

use super::file_exe_http::base;
use super::finding::{Finding, Severity, rank};
use super::programs::{first, keys as programs};
use super::{Detection, Ground, Key, Need};
use crate::answers::is_program;
use weir_dissect::facts::Artifact;

/// A program by content.
const CONTENT: f64 = 0.8;
/// By its name: what Windows runs when it is opened.
const NAMED: f64 = 0.6;
/// Endings of such names.
const RUNS: [&str; 16] = [
    "exe", "scr", "com", "pif", "bat", "cmd", "js", "jse", "vbs", "vbe", "wsf", "hta", "lnk",
    "iso", "img", "one",
];

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "file.exe_mail",
    title: "A program was in a mail",
    why: "Nobody sends programs by mail any more but those who want them opened by mistake.",
    how: "An attachment that begins as a Windows program does, or whose name ends in what Windows runs when it is opened.",
    innocent: "Developers who send each other a tool; a script as an attachment among administrators.",
    settle: "Look the SHA-256 up; ask whether the receiver opened it; find the same mail in other boxes.",
    techniques: &["T1566.001", "T1204.002"],
    severity: Severity::High,
    needs: &[Need::Artifacts, Need::Content],
    keys: |ground| {
        programs(ground, |a| {
            matches!(a.protocol.info.name, "smtp" | "pop" | "imap" | "imf")
                && (by_content(a) || by_name(a).is_some())
        })
    },
    judge,
    rank,
};

fn by_content(a: &Artifact) -> bool {
    a.found_type.as_ref().is_some_and(is_program)
}

fn by_name(a: &Artifact) -> Option<&str> {
    let names = a
        .names
        .iter()
        .filter_map(|n| Some((&*n.text, n.text.rsplit_once('.')?.1)));
    names
        .filter(|(_, end)| RUNS.iter().any(|r| end.eq_ignore_ascii_case(r)))
        .map(|(name, _)| name)
        .next()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let a = first(ground, key)?;
    let mut out = base(ground, key, &DETECTION)?;
    (out.severity, out.confidence) = if by_content(a) {
        (Severity::High, CONTENT)
    } else {
        (Severity::Medium, NAMED)
    };
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    fn mailed(name: &str) -> Vec<Finding> {
        let (client, server) = (([10, 0, 0, 7], 40_000), ([198, 51, 100, 9], 25));
        let mail = format!(
            "From: a@x\r\nTo: b@y\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\nContent-Type: application/octet-stream; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\nsome content\r\n--z--\r\n.\r\n"
        );
        let lines: [(bool, &str); 11] = [
            (false, "220 x ESMTP\r\n"),
            (true, "EHLO y\r\n"),
            (false, "250 x\r\n"),
            (true, "MAIL FROM:<a@x>\r\n"),
            (false, "250 ok\r\n"),
            (true, "RCPT TO:<b@y>\r\n"),
            (false, "250 ok\r\n"),
            (true, "DATA\r\n"),
            (false, "354 go\r\n"),
            (true, &mail),
            (false, "250 taken\r\n"),
        ];
        let mut tape = Tape::default();
        tape.tcp(client, server, 100, 0, 2, &[]);
        tape.tcp(server, client, 500, 101, 0x12, &[]);
        let (mut a, mut b) = (101, 501);
        for (mine, text) in lines {
            let len = u32::try_from(text.len()).unwrap();
            if mine {
                tape.tcp(client, server, a, b, 0x18, text.as_bytes());
                a += len;
            } else {
                tape.tcp(server, client, b, a, 0x18, text.as_bytes());
                b += len;
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn by_name() {
        for (name, n) in [
            ("bill.pdf", 0),
            ("bill.pdf.js", 1),
            ("setup.EXE", 1),
            ("notes.txt", 0),
            ("exe", 0),
        ] {
            let all = mailed(name);
            assert_eq!(all.len(), n, "{name}");
            assert!(
                all.iter()
                    .all(|f| (f.severity, f.confidence) == (Severity::Medium, NAMED))
            );
        }
    }
}
