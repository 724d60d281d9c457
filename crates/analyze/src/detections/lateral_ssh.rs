//! SSH between machines of the network where somebody works.

use super::between::{judge as between, pairs, spoken};
use super::finding::{Severity, rank};
use super::{Detection, Need};
use weir_dissect::flow::Flow;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "lateral.ssh",
    title: "SSH from machine to machine",
    why: "A shell on a machine where somebody works is rarely that somebody's.",
    how: "SSH (port 22, or recognised by content) from one machine of the network to another that fewer than three hosts use in this way, with an answer. Medium where somebody works at the other machine, high where three such are reached within half an hour.",
    innocent: "Remote support from one's own administrators; developers who use each other's machines.",
    settle: "Ask who sits at both machines; look at the logons of the second at that time.",
    techniques: &["T1021.004"],
    severity: Severity::High,
    needs: &[Need::Flows, Need::OtherSide],
    keys: |ground| pairs(ground, wanted),
    judge: |ground, key| between(ground, key, &DETECTION, "SSH", wanted),
    rank,
};

fn wanted(f: &Flow) -> bool {
    f.server.1 == 22 || spoken(f) == "ssh"
}
