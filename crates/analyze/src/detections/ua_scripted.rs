//! A tool, not a browser, asked for something outside.

use super::finding::{Finding, Severity, rank};
use super::gather::begin;
use super::requests::{Sent, all, keys as requests, program};
use super::{Detection, Ground, Key, Need};
use crate::answers::{plural, shown};
use std::net::IpAddr;

/// Tools of administrators, and of whoever has no other at hand.
const TOOLS: [&str; 19] = [
    "powershell",
    "python-requests",
    "python-urllib",
    "aiohttp",
    "curl",
    "wget",
    "certutil",
    "microsoft bits",
    "go-http-client",
    "java/",
    "okhttp",
    "libwww-perl",
    "ruby",
    "winhttp",
    "cscript",
    "axios",
    "node-fetch",
    "httpie",
    "powercat",
];
/// Tools that look for weaknesses.
const ATTACKS: [&str; 12] = [
    "sqlmap",
    "nmap",
    "nikto",
    "zgrab",
    "masscan",
    "gobuster",
    "dirbuster",
    "wpscan",
    "nuclei",
    "hydra",
    "acunetix",
    "metasploit",
];
/// A tool for attacks.
const ATTACK: f64 = 0.8;
/// A tool that fetched a program, or asked a bare address.
const FETCHED: f64 = 0.6;
/// A tool alone.
const ALONE: f64 = 0.4;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "ua.scripted",
    title: "A tool instead of a browser",
    why: "Scripts fetch the next stage with whatever is installed; the tool's name stands in its requests.",
    how: "A User-Agent of a tool or library for scripts. Medium where it fetched a program or asked a bare address; higher where it is a tool that looks for weaknesses.",
    innocent: "Administrators' scripts, installers, monitoring; Windows fetches its updates with BITS.",
    settle: "See on the host which script ran, and who put it there.",
    techniques: &["T1059", "T1105"],
    severity: Severity::Medium,
    needs: &[Need::Messages("http"), Need::Content],
    keys: |ground| requests(ground, |s| Some(tool(s)?.0.to_owned())),
    judge,
    rank,
};

/// Which tool, and is it one for attacks?
fn tool(s: &Sent<'_>) -> Option<(&'static str, bool)> {
    let agent = s.request.user_agent.as_deref()?.to_ascii_lowercase();
    let named = |list: &'static [&'static str]| list.iter().find(|t| agent.contains(*t)).copied();
    if let Some(t) = named(&ATTACKS) {
        return Some((t, true));
    }
    named(&TOOLS).map(|t| (t, false))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut all = all(ground, key);
    let first = *all.first()?;
    let (name, attack) = tool(&first)?;
    let bare = |s: &Sent<'_>| s.place().parse::<IpAddr>().is_ok() && s.out(ground);
    let fetched = all.iter().any(|s| program(ground, s));
    let strong = fetched || all.iter().any(bare);
    // What weighs stands first in the evidence.
    all.sort_by_key(|s| !(program(ground, s) || bare(s)));
    let packets: Vec<_> = all.iter().flat_map(Sent::packets).collect();
    let mut out = begin(
        ground,
        &DETECTION,
        &key.subject,
        (first.chain, first.client),
        &packets,
    )?;
    let strongest = *all.first()?;
    (out.dst, out.dport) = (Some(strongest.server.0), Some(strongest.server.1));
    out.domain = Some(strongest.place().to_owned())
        .filter(|p| !p.is_empty() && p.parse::<IpAddr>().is_err());
    // Updates of Windows come by address too, from caches next to the customer.
    let updates = name == "microsoft bits";
    (out.severity, out.confidence) = match (attack, strong && !updates) {
        (true, _) => (Severity::Medium, ATTACK),
        (_, true) => (Severity::Medium, FETCHED),
        _ => (Severity::Low, ALONE),
    };
    if !super::gather::inside(ground, first.chain, first.client, first.request.first.1) {
        // Whoever is on the internet is looked at all day.
        out.severity = Severity::Low;
    }
    let agent = shown(first.request.user_agent.as_deref().unwrap_or_default());
    out.title = format!("{} asked with \u{201c}{agent}\u{201d}", first.client);
    let how = match (fetched, strong) {
        (true, _) => " It fetched a program.",
        (_, true) => " It asked a bare address.",
        _ => "",
    };
    out.why = format!(
        "{}.{how} {}",
        plural(all.len() as u64, "request"),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::{program, request};
    use super::*;
    use crate::tape::Tape;

    fn asked(agent: &str, host: &str, body: &[u8]) -> Option<(Severity, f64)> {
        let mut tape = Tape::default();
        let extra = format!("User-Agent: {agent}\r\n");
        request(
            &mut tape,
            ([10, 0, 0, 7], 40_000),
            "GET",
            host,
            "/",
            &extra,
            body,
        );
        found(&tape, &DETECTION)
            .first()
            .map(|f| (f.severity, f.confidence))
    }

    #[test]
    fn tools_and_what_they_did() {
        assert_eq!(
            asked("Mozilla/5.0 (Windows NT 10.0)", "198.51.100.9", b"x"),
            None
        );
        assert_eq!(
            asked("curl/8.5.0", "www.example.com", b"x"),
            Some((Severity::Low, ALONE))
        );
        assert_eq!(
            asked("curl/8.5.0", "198.51.100.9", b"x"),
            Some((Severity::Medium, FETCHED))
        );
        assert_eq!(
            asked("python-requests/2.31", "www.example.com", &program()),
            Some((Severity::Medium, FETCHED))
        );
        assert_eq!(
            asked("sqlmap/1.8", "www.example.com", b"x"),
            Some((Severity::Medium, ATTACK))
        );
        assert_eq!(
            asked("Microsoft BITS/7.8", "198.51.100.9", &program()),
            Some((Severity::Low, ALONE))
        );
    }
}
