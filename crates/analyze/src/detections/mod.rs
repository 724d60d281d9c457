//! Detections: each reads facts, never bytes, and states a hypothesis with evidence. Never a verdict;
//! allow lists, verdicts and dismissals act after judging.

pub mod asset_mac_changed;
pub mod asset_rogue_host;
mod attempts;
pub mod baseline_new_agent;
pub mod baseline_new_destination;
pub mod baseline_new_fingerprint;
pub mod baseline_new_host;
pub mod baseline_new_internal_pair;
pub mod baseline_new_service;
pub mod baseline_service_gone;
pub mod baseline_volume_spike;
mod between;
pub mod bruteforce_ftp;
pub mod bruteforce_http;
pub mod bruteforce_kerberos;
pub mod bruteforce_rdp;
pub mod bruteforce_smb;
pub mod bruteforce_smtp;
pub mod bruteforce_spray;
pub mod bruteforce_ssh;
pub mod c2_beacon;
pub mod c2_long_connection;
pub mod capture_checksum_offload;
pub mod capture_clock;
pub mod capture_duplicates;
pub mod capture_loss;
pub mod capture_one_way;
pub mod capture_truncated;
mod claims;
pub mod cred_asrep_roast;
pub mod cred_cleartext;
pub mod cred_kerberoast;
pub mod cred_llmnr_poison;
mod deeds;
mod deviates;
mod directory;
pub mod dns_dga;
pub mod dns_exfil_slow;
mod dns_names;
pub mod dns_resolver_bypass;
pub mod dns_tunnel;
mod driver;
pub mod exfil_drip;
pub mod exfil_ftp;
pub mod exfil_upload;
mod fault;
pub mod file_elf_http;
pub mod file_exe_disguised;
pub mod file_exe_ftp;
pub mod file_exe_http;
pub mod file_exe_mail;
pub mod file_exe_smb;
pub mod file_exe_xored;
pub mod file_same_on_many;
mod finding;
mod foretold;
mod gather;
mod hellos;
pub mod http_bare_ip;
pub mod icmp_tunnel;
pub mod indicator_seen;
pub mod l2_arp_spoof;
pub mod l2_dhcp_starvation;
pub mod l2_rogue_dhcp;
pub mod l2_rogue_ra;
pub mod lateral_dcsync;
pub mod lateral_enumeration;
pub mod lateral_host_to_host;
pub mod lateral_log_clearing;
pub mod lateral_psexec;
pub mod lateral_rdp;
pub mod lateral_smb_sweep;
pub mod lateral_ssh;
pub mod lateral_winrm;
pub mod lateral_wmi;
mod logins;
mod machines;
mod need;
pub mod netissue_broadcast_storm;
pub mod netissue_dhcp_nak;
pub mod netissue_dhcp_no_offer;
pub mod netissue_dns_servfail;
pub mod netissue_dns_slow;
pub mod netissue_dns_timeout;
pub mod netissue_duplicate_ip;
pub mod netissue_fragmentation;
pub mod netissue_half_open;
pub mod netissue_high_rtt;
pub mod netissue_http_5xx;
pub mod netissue_pmtu;
pub mod netissue_retransmissions;
pub mod netissue_rst_storm;
pub mod netissue_slow_server;
pub mod netissue_ttl_exceeded;
pub mod netissue_zero_window;
pub mod pattern_odd_hours;
pub mod pattern_rare_destination;
pub mod pattern_visit_change;
pub mod port_once_bound;
mod programs;
pub mod proto_port_mismatch;
mod quality;
mod requests;
pub mod scan_arp_sweep;
pub mod scan_horizontal;
pub mod scan_icmp_sweep;
pub mod scan_inbound;
pub mod scan_slow;
pub mod scan_syn_flood;
pub mod scan_udp;
pub mod scan_vertical;
mod score;
mod shared;
#[cfg(test)]
mod tested;
mod tickets;
pub mod tls_expired;
pub mod tls_name_mismatch;
pub mod tls_no_sni;
pub mod tls_not_yet_valid;
pub mod tls_rare_client;
pub mod tls_self_signed;
pub mod tls_weak;
mod trigrams;
pub mod tunnel_other;
pub mod ua_missing;
pub mod ua_os_mismatch;
pub mod ua_rare;
pub mod ua_scripted;
pub mod ua_unknown_application;
mod udp_sweep;

pub use driver::{Checked, Driver, Findings, MANY_FINDINGS, run};
pub use finding::{Evidence, Finding, Severity, id};
pub use need::Need;
pub(crate) use need::span_words;
pub use score::{Expected, Foretold, Plot, Rhythm, Score, Term};

use crate::activity::Activity;
use crate::answers::Answers;
use crate::applications::Applications;
use crate::baseline::{Current, Deviations, Part, compare, current};
use crate::beacons::{Candidate, candidates};
use crate::environment::Environment;
use crate::input::Input;
use crate::trends::Calendar;
use std::cell::OnceCell;
use weir_model::baseline::Baseline;

/// Every detection, in the order of the reference page.
pub static ALL: &[&Detection] = &[
    &indicator_seen::DETECTION,
    &c2_beacon::DETECTION,
    &c2_long_connection::DETECTION,
    &dns_tunnel::DETECTION,
    &dns_exfil_slow::DETECTION,
    &dns_dga::DETECTION,
    &dns_resolver_bypass::DETECTION,
    &scan_vertical::DETECTION,
    &scan_horizontal::DETECTION,
    &scan_slow::DETECTION,
    &scan_udp::DETECTION,
    &scan_icmp_sweep::DETECTION,
    &scan_arp_sweep::DETECTION,
    &scan_inbound::DETECTION,
    &scan_syn_flood::DETECTION,
    &bruteforce_ssh::DETECTION,
    &bruteforce_ftp::DETECTION,
    &bruteforce_http::DETECTION,
    &bruteforce_smb::DETECTION,
    &bruteforce_kerberos::DETECTION,
    &bruteforce_smtp::DETECTION,
    &bruteforce_rdp::DETECTION,
    &bruteforce_spray::DETECTION,
    &l2_arp_spoof::DETECTION,
    &l2_rogue_dhcp::DETECTION,
    &l2_rogue_ra::DETECTION,
    &l2_dhcp_starvation::DETECTION,
    &asset_rogue_host::DETECTION,
    &asset_mac_changed::DETECTION,
    &lateral_host_to_host::DETECTION,
    &lateral_psexec::DETECTION,
    &lateral_smb_sweep::DETECTION,
    &lateral_rdp::DETECTION,
    &lateral_ssh::DETECTION,
    &lateral_winrm::DETECTION,
    &lateral_wmi::DETECTION,
    &lateral_dcsync::DETECTION,
    &lateral_enumeration::DETECTION,
    &lateral_log_clearing::DETECTION,
    &cred_cleartext::DETECTION,
    &cred_kerberoast::DETECTION,
    &cred_asrep_roast::DETECTION,
    &cred_llmnr_poison::DETECTION,
    &ua_rare::DETECTION,
    &ua_os_mismatch::DETECTION,
    &ua_scripted::DETECTION,
    &ua_missing::DETECTION,
    &ua_unknown_application::DETECTION,
    &port_once_bound::DETECTION,
    &proto_port_mismatch::DETECTION,
    &http_bare_ip::DETECTION,
    &pattern_visit_change::DETECTION,
    &pattern_odd_hours::DETECTION,
    &pattern_rare_destination::DETECTION,
    &file_exe_disguised::DETECTION,
    &file_exe_http::DETECTION,
    &file_exe_ftp::DETECTION,
    &file_exe_smb::DETECTION,
    &file_exe_mail::DETECTION,
    &file_elf_http::DETECTION,
    &file_same_on_many::DETECTION,
    &file_exe_xored::DETECTION,
    &exfil_upload::DETECTION,
    &exfil_ftp::DETECTION,
    &exfil_drip::DETECTION,
    &icmp_tunnel::DETECTION,
    &tunnel_other::DETECTION,
    &tls_self_signed::DETECTION,
    &tls_expired::DETECTION,
    &tls_not_yet_valid::DETECTION,
    &tls_name_mismatch::DETECTION,
    &tls_no_sni::DETECTION,
    &tls_weak::DETECTION,
    &tls_rare_client::DETECTION,
    &netissue_retransmissions::DETECTION,
    &netissue_zero_window::DETECTION,
    &netissue_high_rtt::DETECTION,
    &netissue_slow_server::DETECTION,
    &netissue_dns_slow::DETECTION,
    &netissue_dns_servfail::DETECTION,
    &netissue_dns_timeout::DETECTION,
    &netissue_http_5xx::DETECTION,
    &netissue_pmtu::DETECTION,
    &netissue_fragmentation::DETECTION,
    &netissue_half_open::DETECTION,
    &netissue_rst_storm::DETECTION,
    &netissue_duplicate_ip::DETECTION,
    &netissue_dhcp_nak::DETECTION,
    &netissue_dhcp_no_offer::DETECTION,
    &netissue_broadcast_storm::DETECTION,
    &netissue_ttl_exceeded::DETECTION,
    &capture_loss::DETECTION,
    &capture_one_way::DETECTION,
    &capture_duplicates::DETECTION,
    &capture_truncated::DETECTION,
    &capture_checksum_offload::DETECTION,
    &capture_clock::DETECTION,
    &baseline_new_host::DETECTION,
    &baseline_new_service::DETECTION,
    &baseline_service_gone::DETECTION,
    &baseline_new_internal_pair::DETECTION,
    &baseline_new_destination::DETECTION,
    &baseline_new_agent::DETECTION,
    &baseline_new_fingerprint::DETECTION,
    &baseline_volume_spike::DETECTION,
];

/// A detection: help page, report text and code in one.
pub struct Detection {
    /// `family.kind`.
    pub id: &'static str,
    /// A few words.
    pub title: &'static str,
    /// Why one looks for it.
    pub why: &'static str,
    /// How it is found.
    pub how: &'static str,
    /// What harmless thing looks the same.
    pub innocent: &'static str,
    /// What would settle it.
    pub settle: &'static str,
    /// ATT&CK techniques.
    pub techniques: &'static [&'static str],
    /// The highest severity it gives.
    pub severity: Severity,
    /// What it reads.
    pub needs: &'static [Need],
    /// What there is to judge, one by one.
    pub keys: fn(&Ground<'_>) -> Vec<Key>,
    /// One of them.
    pub judge: fn(&Ground<'_>, &Key) -> Option<Finding>,
    /// Strongest first. May put several that say the same into one.
    pub rank: fn(&mut Vec<Finding>),
}

/// What is judged: a subject in canonical form and where its facts stand.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Key {
    /// Names it, independent of time, count and order.
    pub subject: String,
    /// Chain and row of each fact, in order.
    pub rows: Vec<(usize, usize)>,
}

/// What detections stand on.
pub struct Ground<'a> {
    /// Facts.
    pub input: &'a Input<'a>,
    /// Hosts.
    pub env: &'a Environment,
    /// The answers of this pass, where a scope asks something.
    pub answers: Option<&'a Answers>,
    /// Who contacted whom when.
    pub activity: Activity,
    repeating: OnceCell<Vec<Candidate>>,
    against: Option<Against<'a>>,
    deviating: OnceCell<Option<(Current, Deviations)>>,
    ours: Option<Applications>,
    calendar: OnceCell<Calendar>,
    shared: shared::Shared,
}

/// What a ground has worked out, without what it borrows: kept where work pauses.
#[derive(Default)]
pub(crate) struct Prepared {
    activity: Activity,
    repeating: OnceCell<Vec<Candidate>>,
    deviating: OnceCell<Option<(Current, Deviations)>>,
    ours: Option<Applications>,
    calendar: OnceCell<Calendar>,
    shared: shared::Shared,
}

/// What a ground stands on.
#[derive(Clone, Copy)]
pub struct Basis<'a> {
    /// Facts.
    pub input: &'a Input<'a>,
    /// Hosts.
    pub env: &'a Environment,
    /// The answers of this pass, where a scope asks something.
    pub answers: Option<&'a Answers>,
    /// What to compare with, where there is something.
    pub against: Option<Against<'a>>,
}

/// What is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// What was normal.
    pub baseline: &'a Baseline,
    /// Only this is compared: the baseline may be of the same captures.
    pub now: &'a Part,
}

impl<'a> Ground<'a> {
    /// Puts together what every detection asks for.
    #[must_use]
    pub fn new(input: &'a Input<'a>, env: &'a Environment, answers: Option<&'a Answers>) -> Self {
        Self {
            input,
            env,
            answers,
            activity: Activity::new(input, env),
            repeating: OnceCell::new(),
            against: None,
            deviating: OnceCell::new(),
            ours: None,
            calendar: OnceCell::new(),
            shared: shared::Shared::default(),
        }
    }

    /// On the same basis as before, with what was worked out.
    pub(crate) fn resumed(on: Basis<'a>, prepared: Prepared) -> Self {
        Self {
            input: on.input,
            env: on.env,
            answers: on.answers,
            activity: prepared.activity,
            repeating: prepared.repeating,
            against: on.against,
            deviating: prepared.deviating,
            ours: prepared.ours,
            calendar: prepared.calendar,
            shared: prepared.shared,
        }
    }

    /// What was worked out.
    pub(crate) fn pause(self) -> Prepared {
        Prepared {
            activity: self.activity,
            repeating: self.repeating,
            deviating: self.deviating,
            ours: self.ours,
            calendar: self.calendar,
            shared: self.shared,
        }
    }

    /// With something to compare with.
    #[must_use]
    pub fn against(mut self, against: Option<Against<'a>>) -> Self {
        self.against = against;
        self.deviating = OnceCell::new();
        self
    }

    /// With a list of the organisation's own programs.
    #[must_use]
    pub fn ours(mut self, ours: Option<Applications>) -> Self {
        self.ours = ours;
        self
    }

    /// The organisation's own programs, where somebody named them.
    pub(crate) fn applications(&self) -> Option<&Applications> {
        self.ours.as_ref()
    }

    /// Days that the captures cover.
    pub(crate) fn calendar(&self) -> &Calendar {
        self.calendar.get_or_init(|| Calendar::new(self.input))
    }

    fn compared(&self) -> Option<&(Current, Deviations)> {
        let made = self.deviating.get_or_init(|| {
            let against = self.against?;
            let now = current(self.input, self.env, &self.activity, against.now);
            let deviations = compare(against.baseline, &now);
            Some((now, deviations))
        });
        made.as_ref()
    }

    /// What deviates from the baseline, where there is one.
    #[must_use]
    pub fn deviations(&self) -> Option<&Deviations> {
        self.compared().map(|c| &c.1)
    }

    /// What is seen now, as a baseline counts it, where there is one to compare with.
    #[must_use]
    pub fn current(&self) -> Option<&Current> {
        self.compared().map(|c| &c.0)
    }

    /// What is compared with, and which part of what is loaded.
    pub(crate) fn earlier(&self) -> Option<Against<'a>> {
        self.against
    }

    /// Contacts that look regular at a glance; found when first asked for.
    pub(crate) fn repeating(&self) -> &[Candidate] {
        self.repeating
            .get_or_init(|| candidates(&self.activity, self.env))
    }
}

/// What one detection finds on a tape.
#[cfg(test)]
pub(crate) fn found(tape: &crate::tape::Tape, detection: &Detection) -> Vec<Finding> {
    let dissector = tape.load();
    let input = Input::of(dissector.facts(), vec![tape.span()]);
    let env = Environment::new(&input);
    let ground = Ground::new(&input, &env, None);
    let keys = (detection.keys)(&ground);
    let mut all: Vec<Finding> = keys
        .iter()
        .filter_map(|key| (detection.judge)(&ground, key))
        .collect();
    (detection.rank)(&mut all);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_unique_and_texts_are_there() {
        let ids: BTreeSet<_> = ALL.iter().map(|d| d.id).collect();
        assert_eq!(ids.len(), ALL.len());
        for d in ALL {
            assert!(d.id.contains('.'), "{}", d.id);
            for text in [d.title, d.why, d.how, d.innocent, d.settle] {
                assert!(!text.is_empty(), "{}", d.id);
            }
            assert!(!d.needs.is_empty(), "{}", d.id);
        }
    }

    #[test]
    fn nothing_found_is_said() {
        let facts = weir_dissect::Facts::default();
        let input = Input::of(&facts, Vec::new());
        let env = Environment::new(&input);
        let all = run(Ground::new(&input, &env, None));
        assert!(all.rows.is_empty());
        assert_eq!(all.checked.len(), ALL.len());
        for one in &all.checked {
            assert!(one.says.starts_with("not checked: "), "{}", one.says);
        }
    }
}
