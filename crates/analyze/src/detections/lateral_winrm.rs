//! Windows Remote Management between machines of the network where somebody works.

use super::between::{judge as between, pairs};
use super::finding::{Severity, rank};
use super::{Detection, Need};
use weir_dissect::flow::Flow;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "lateral.winrm",
    title: "Windows Remote Management from machine to machine",
    why: "PowerShell sessions on other machines need nothing but a password, and leave little behind.",
    how: "Connections to port 5985 or 5986 from one machine of the network to another that fewer than three hosts use in this way, with an answer. Medium where somebody works at the other machine, high where three such are reached within half an hour.",
    innocent: "Management from a server; administrators who use PowerShell remoting.",
    settle: "Ask who sits at both machines; look at the logons of the second at that time.",
    techniques: &["T1021.006"],
    severity: Severity::High,
    needs: &[Need::Flows, Need::OtherSide],
    keys: |ground| pairs(ground, wanted),
    judge: |ground, key| between(ground, key, &DETECTION, "Windows Remote Management", wanted),
    rank,
};

fn wanted(f: &Flow) -> bool {
    matches!(f.server.1, 5985 | 5986)
}
