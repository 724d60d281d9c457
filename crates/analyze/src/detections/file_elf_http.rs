//! A program for Linux came over HTTP.

use super::file_exe_http::base;
use super::finding::{Finding, Severity, rank};
use super::programs::keys as programs;
use super::{Detection, Ground, Key, Need};
use weir_dissect::facts::Artifact;

/// From a bare address, as bots fetch what they install on cameras and routers.
const BARE: f64 = 0.75;
/// From a named site.
const NAMED: f64 = 0.5;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "file.elf_http",
    title: "A Linux program was downloaded over HTTP",
    why: "Bots of routers and cameras fetch themselves like this; packages of distributions are archives, not bare programs.",
    how: "The content of a response begins as a program in ELF format does. From a bare address it weighs more.",
    innocent: "A tool that is offered as a single program; firmware updates of vendors.",
    settle: "Look the SHA-256 up; see for which processor it is and what fetched it.",
    techniques: &["T1105"],
    severity: Severity::Medium,
    needs: &[Need::Artifacts, Need::Content, Need::OtherSide],
    keys: |ground| {
        programs(ground, |a| {
            !a.sent && a.protocol.info.name == "http" && elf(a)
        })
    },
    judge,
    rank,
};

fn elf(a: &Artifact) -> bool {
    a.found_type
        .as_ref()
        .is_some_and(|f| f.name.starts_with("Executable and Linkable"))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut out = base(ground, key, &DETECTION)?;
    if out.domain.is_none() {
        (out.severity, out.confidence) = (Severity::Medium, BARE);
        out.why += " It came from a bare address, without any name.";
    } else {
        (out.severity, out.confidence) = (Severity::Low, NAMED);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::fetched;
    use super::*;

    #[test]
    fn from_a_bare_address_and_from_a_site() {
        let mut elf = b"\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x28\0".to_vec();
        elf.resize(120, 0);
        for (host, severity) in [
            ("198.51.100.9", Severity::Medium),
            ("get.example.com", Severity::Low),
        ] {
            let one = found(&fetched(host, "/bin.sh", &elf), &DETECTION).remove(0);
            assert_eq!(one.severity, severity);
        }
        assert_eq!(
            found(
                &fetched("198.51.100.9", "/x", b"ELF is what this text is about"),
                &DETECTION
            )
            .len(),
            0
        );
    }
}
