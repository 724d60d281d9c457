//! Which control would have stopped what a detection or an answer shows, and what is done about it now: one table for
//! page and command line. Knows no traffic and no case.

/// When something is to be done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Priority {
    /// Before anything else.
    Now,
    /// Before the day is over.
    Today,
    /// Within the week.
    Week,
    /// When there is time.
    Later,
}

impl Priority {
    /// As the case writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Today => "today",
            Self::Week => "week",
            Self::Later => "later",
        }
    }
}

/// Something that prevents.
#[derive(Debug)]
pub struct Control {
    /// Stable: proposals are known again by it.
    pub key: &'static str,
    /// What to set up, as an instruction.
    pub does: &'static str,
    /// What it would have done to what was seen.
    pub stops: &'static str,
}

const fn control(key: &'static str, does: &'static str, stops: &'static str) -> Control {
    Control { key, does, stops }
}

/// Every control that is proposed.
pub const CONTROLS: &[Control] = &[
    control(
        "dns_block",
        "Block the names at the resolvers and log every refused look-up",
        "a look-up that is refused gives no address to connect to",
    ),
    control(
        "dns_own",
        "Let clients ask only our resolvers: refuse DNS, DoT and DoH to others at the border",
        "every look-up then passes where it can be blocked and is logged",
    ),
    control(
        "dns_limit",
        "Alarm at the resolver on long, many or random names below one domain",
        "names that carry data stand out at the resolver",
    ),
    control(
        "proxy_rule",
        "Let web traffic leave only through the proxy, and refuse programs from unknown sites there",
        "the request would have been refused at the proxy, and logged with the user",
    ),
    control(
        "proxy_inspect",
        "Inspect TLS at the proxy for what leaves the network",
        "content that nobody can read now would have been checked",
    ),
    control(
        "proxy_agents",
        "Allow at the proxy only the programs that are ours, by User-Agent and user",
        "a program that is not ours would have been refused",
    ),
    control(
        "mail_filter",
        "Take programs out of mails at the mail gateway",
        "the attachment would not have reached a mailbox",
    ),
    control(
        "run_allow",
        "Allow only known programs to run on work places",
        "a program that arrived anyway does not run",
    ),
    control(
        "egress_allow",
        "Refuse at the border whatever no server or proxy of ours is allowed to send out",
        "a connection straight from a work place is refused",
    ),
    control(
        "egress_ftp",
        "Refuse FTP at the border; name the transfers that are needed",
        "neither the download nor the upload by FTP would have passed",
    ),
    control(
        "egress_volume",
        "Alarm at the border on uploads far above a host's usual volume",
        "data going out is seen while it goes",
    ),
    control(
        "egress_icmp",
        "Let echoes leave only from hosts that measure, with a limit of size",
        "a tunnel in echoes has no way out",
    ),
    control(
        "egress_tunnel",
        "Refuse tunnels and remote-control services at the border that are not on a list",
        "the tunnel is refused",
    ),
    control(
        "ingress",
        "Refuse from outside whatever is not published, and limit attempts per source",
        "the attempts end at the border",
    ),
    control(
        "flood_limit",
        "Limit half-open connections per source, with SYN cookies on the servers",
        "the service stays usable under a flood",
    ),
    control(
        "segment",
        "Keep work places from reaching each other, and servers only from where they are used",
        "the way from host to host is closed",
    ),
    control(
        "smb_signing",
        "Require SMB signing, and close administrative shares to work places",
        "a share is not opened with another's log-in, and no program is put there",
    ),
    control(
        "admin_path",
        "Administer only from jump hosts, with accounts that work nowhere else",
        "a stolen log-in of a work place opens no other machine",
    ),
    control(
        "mfa",
        "Ask for a second factor wherever a password opens something from outside or for administrators",
        "a guessed or stolen password is not enough",
    ),
    control(
        "lockout",
        "Lock or slow down log-ins after a few wrong ones, and alarm on many accounts from one host",
        "guessing takes too long, and is seen",
    ),
    control(
        "encrypt_logins",
        "Turn off services that take passwords in clear text",
        "there is no password to be read",
    ),
    control(
        "kerberos",
        "Use AES and long random passwords for service accounts, and require pre-authentication",
        "a ticket or reply gives no password away in useful time",
    ),
    control(
        "dc_rights",
        "Take the right to replicate the directory from everybody but domain controllers, and alarm on its use",
        "the secrets of the directory are not handed out",
    ),
    control(
        "name_services",
        "Turn off LLMNR, NetBIOS name service and WPAD",
        "nobody can answer for names of others",
    ),
    control(
        "log_forward",
        "Send event logs to another machine at once",
        "an emptied log is still there",
    ),
    control(
        "dhcp_snooping",
        "Turn on DHCP snooping, with a limit of requests per port",
        "only the port of our DHCP server may answer, and nobody asks all addresses away",
    ),
    control(
        "arp_inspection",
        "Turn on dynamic ARP inspection and IP source guard",
        "an address is accepted only from the machine that has its lease",
    ),
    control(
        "ra_guard",
        "Turn on RA guard",
        "routers are accepted only on the ports of routers",
    ),
    control(
        "nac",
        "Admit machines to the network by 802.1X, and close unused ports",
        "a machine that does not belong gets no connection",
    ),
    control(
        "scan_alarm",
        "Alarm on hosts that try many machines or ports, and cut their port off",
        "a search is seen in its first minute",
    ),
    control(
        "patch",
        "Bring the software that is affected up to date, and name who keeps it so",
        "what was used is closed, or works again",
    ),
    control(
        "certificates",
        "Keep a list of certificates with their ends, and refuse broken ones at the proxy",
        "a wrong certificate is refused, an ending one is renewed in time",
    ),
    control(
        "tls_floor",
        "Refuse TLS below 1.2 and broken ciphers on servers and proxy",
        "the connection is made with what cannot be read or is not made",
    ),
    control(
        "asset_list",
        "Keep the list of hosts, services and programs, and compare captures with it each month",
        "what is new is known to be meant, or is looked at",
    ),
    control(
        "storm_control",
        "Turn on storm control and loop protection on access ports",
        "a loop is cut off at its port",
    ),
    control(
        "monitor_service",
        "Measure the service from where it is used, with an alarm before users notice",
        "the fault is known when it begins",
    ),
    control(
        "capacity",
        "Measure load, loss and errors of the links and devices on the way",
        "the bottleneck is seen before it is full",
    ),
    control(
        "mtu",
        "Use one MTU on the whole way, and let ICMP \u{201c}too big\u{201d} and \u{201c}fragmentation needed\u{201d} pass",
        "packets fit, or their sender learns that they do not",
    ),
    control(
        "addressing",
        "Manage addresses in one place: leases, reservations, ranges",
        "no address is given twice, and ranges do not run out",
    ),
    control(
        "routing_check",
        "Check routes after each change, with a test for loops",
        "a loop is found by the test",
    ),
    control(
        "capture_place",
        "Tap where both directions of all conversations pass, off the hosts themselves",
        "the next capture has both sides as they were on the wire",
    ),
    control(
        "capture_size",
        "Capture whole packets, with a ring buffer on a disk that keeps up",
        "the next capture has every byte",
    ),
    control(
        "capture_clock",
        "Keep the clock of the sensor by NTP or PTP",
        "the next capture has times that can be compared",
    ),
];

/// What is done now about the host of a finding; `{host}` stands for it. "" where nothing is.
type Solve = (&'static str, Priority);

const ISOLATE: Solve = ("Isolate {host} and examine it", Priority::Now);
const EXAMINE: Solve = (
    "Examine {host}: which program did this, and who asked for it",
    Priority::Today,
);
const PROGRAM: Solve = (
    "Isolate {host}, keep a copy of the program, and find out whether it ran",
    Priority::Now,
);
const DATA: Solve = (
    "Isolate {host}, and find out what was sent and whose it is",
    Priority::Now,
);
const MOVED: Solve = (
    "Isolate {host}, and examine every machine that it reached",
    Priority::Now,
);
const GUESSED: Solve = (
    "Block {host}, and change the passwords of accounts that were guessed",
    Priority::Now,
);
const SECRETS: Solve = (
    "Change the passwords that {host} asked for or showed, administrators' first",
    Priority::Now,
);
const DEVICE: Solve = (
    "Find the switch port of {host} and take the machine off the network",
    Priority::Now,
);
const SEARCH: Solve = (
    "Find out who searches from {host}, and block it where nobody knows of it",
    Priority::Today,
);
const OUTSIDE: Solve = (
    "Block {host} at the border, and check what answered it",
    Priority::Today,
);
const ASK: Solve = (
    "Ask the owner of {host} whether this is meant",
    Priority::Week,
);
const SERVER: Solve = (
    "Repair the service on {host}: its log at these times says why",
    Priority::Today,
);
const PATH: Solve = (
    "Check links and devices on the way of {host} for loss, errors and load",
    Priority::Today,
);
const AGAIN: Solve = (
    "Capture again before what rests on this is decided",
    Priority::Today,
);

/// By detection: what is done now, and which controls would have stopped it, the nearest first.
pub const LINES: &[(&str, Solve, &[&str])] = &[
    ("asset.mac_changed", ASK, &["arp_inspection", "nac"]),
    ("asset.rogue_host", DEVICE, &["nac", "asset_list"]),
    ("baseline.new_agent", ASK, &["proxy_agents", "asset_list"]),
    (
        "baseline.new_destination",
        EXAMINE,
        &["proxy_rule", "asset_list"],
    ),
    (
        "baseline.new_fingerprint",
        EXAMINE,
        &["run_allow", "asset_list"],
    ),
    ("baseline.new_host", ASK, &["nac", "asset_list"]),
    ("baseline.new_internal_pair", ASK, &["segment"]),
    ("baseline.new_service", ASK, &["segment", "asset_list"]),
    ("baseline.service_gone", SERVER, &["monitor_service"]),
    ("baseline.volume_spike", EXAMINE, &["egress_volume"]),
    ("bruteforce.ftp", GUESSED, &["lockout", "egress_ftp"]),
    ("bruteforce.http", GUESSED, &["lockout", "mfa"]),
    ("bruteforce.kerberos", GUESSED, &["lockout", "mfa"]),
    ("bruteforce.rdp", GUESSED, &["ingress", "mfa", "lockout"]),
    ("bruteforce.smb", GUESSED, &["segment", "lockout"]),
    ("bruteforce.smtp", GUESSED, &["lockout", "mfa"]),
    ("bruteforce.spray", GUESSED, &["mfa", "lockout"]),
    ("bruteforce.ssh", GUESSED, &["ingress", "mfa", "lockout"]),
    (
        "c2.beacon",
        ISOLATE,
        &["dns_block", "proxy_rule", "egress_allow"],
    ),
    (
        "c2.long_connection",
        ISOLATE,
        &["egress_allow", "proxy_rule"],
    ),
    ("capture.checksum_offload", AGAIN, &["capture_place"]),
    ("capture.clock", AGAIN, &["capture_clock"]),
    ("capture.duplicates", AGAIN, &["capture_place"]),
    ("capture.loss", AGAIN, &["capture_size"]),
    ("capture.one_way", AGAIN, &["capture_place"]),
    ("capture.truncated", AGAIN, &["capture_size"]),
    ("cred.asrep_roast", SECRETS, &["kerberos"]),
    ("cred.cleartext", SECRETS, &["encrypt_logins"]),
    ("cred.kerberoast", SECRETS, &["kerberos"]),
    (
        "cred.llmnr_poison",
        DEVICE,
        &["name_services", "smb_signing"],
    ),
    ("dns.dga", ISOLATE, &["dns_block", "dns_limit"]),
    ("dns.exfil_slow", DATA, &["dns_limit", "dns_own"]),
    ("dns.resolver_bypass", EXAMINE, &["dns_own"]),
    ("dns.tunnel", DATA, &["dns_limit", "dns_own"]),
    ("exfil.drip", DATA, &["proxy_rule", "egress_volume"]),
    ("exfil.ftp", DATA, &["egress_ftp"]),
    ("exfil.upload", DATA, &["egress_volume", "proxy_rule"]),
    ("file.elf_http", PROGRAM, &["proxy_rule", "run_allow"]),
    ("file.exe_disguised", PROGRAM, &["proxy_rule", "run_allow"]),
    ("file.exe_ftp", PROGRAM, &["egress_ftp", "run_allow"]),
    ("file.exe_http", PROGRAM, &["proxy_rule", "run_allow"]),
    ("file.exe_mail", PROGRAM, &["mail_filter", "run_allow"]),
    (
        "file.exe_smb",
        PROGRAM,
        &["smb_signing", "segment", "run_allow"],
    ),
    ("file.exe_xored", PROGRAM, &["proxy_rule", "run_allow"]),
    ("file.same_on_many", PROGRAM, &["segment", "run_allow"]),
    ("http.bare_ip", EXAMINE, &["proxy_rule", "egress_allow"]),
    ("icmp.tunnel", DATA, &["egress_icmp"]),
    ("indicator.seen", EXAMINE, &["dns_block", "proxy_rule"]),
    ("l2.arp_spoof", DEVICE, &["arp_inspection", "dhcp_snooping"]),
    ("l2.dhcp_starvation", DEVICE, &["dhcp_snooping"]),
    ("l2.rogue_dhcp", DEVICE, &["dhcp_snooping"]),
    ("l2.rogue_ra", DEVICE, &["ra_guard"]),
    ("lateral.dcsync", SECRETS, &["dc_rights", "admin_path"]),
    ("lateral.enumeration", MOVED, &["segment", "admin_path"]),
    ("lateral.host_to_host", EXAMINE, &["segment"]),
    (
        "lateral.log_clearing",
        MOVED,
        &["log_forward", "admin_path"],
    ),
    (
        "lateral.psexec",
        MOVED,
        &["smb_signing", "segment", "admin_path"],
    ),
    ("lateral.rdp", MOVED, &["segment", "mfa", "admin_path"]),
    ("lateral.smb_sweep", MOVED, &["segment", "smb_signing"]),
    ("lateral.ssh", MOVED, &["segment", "admin_path"]),
    ("lateral.winrm", MOVED, &["segment", "admin_path"]),
    ("lateral.wmi", MOVED, &["segment", "admin_path"]),
    (
        "netissue.broadcast_storm",
        (
            "Find the loop or the device behind {host}, and unplug it",
            Priority::Now,
        ),
        &["storm_control"],
    ),
    (
        "netissue.dhcp_nak",
        (
            "Check ranges and reservations on the DHCP servers for {host}",
            Priority::Today,
        ),
        &["addressing"],
    ),
    (
        "netissue.dhcp_no_offer",
        (
            "Check DHCP server, relay and free addresses for {host}",
            Priority::Today,
        ),
        &["addressing", "monitor_service"],
    ),
    ("netissue.dns_servfail", SERVER, &["monitor_service"]),
    (
        "netissue.dns_slow",
        SERVER,
        &["monitor_service", "capacity"],
    ),
    ("netissue.dns_timeout", SERVER, &["monitor_service"]),
    (
        "netissue.duplicate_ip",
        (
            "Give one of the machines with the address {host} another one",
            Priority::Today,
        ),
        &["addressing", "arp_inspection"],
    ),
    ("netissue.fragmentation", PATH, &["mtu"]),
    ("netissue.half_open", SERVER, &["monitor_service"]),
    ("netissue.high_rtt", PATH, &["capacity"]),
    ("netissue.http_5xx", SERVER, &["monitor_service"]),
    ("netissue.pmtu", PATH, &["mtu"]),
    ("netissue.retransmissions", PATH, &["capacity"]),
    ("netissue.rst_storm", SERVER, &["monitor_service"]),
    (
        "netissue.slow_server",
        SERVER,
        &["monitor_service", "capacity"],
    ),
    (
        "netissue.ttl_exceeded",
        (
            "Find the loop on the way of {host}: the routers that answered are on it",
            Priority::Today,
        ),
        &["routing_check"],
    ),
    ("netissue.zero_window", SERVER, &["monitor_service"]),
    ("pattern.odd_hours", ASK, &["proxy_rule"]),
    (
        "pattern.rare_destination",
        EXAMINE,
        &["proxy_rule", "dns_block"],
    ),
    ("pattern.visit_change", EXAMINE, &["proxy_rule"]),
    ("port.once_bound", EXAMINE, &["egress_allow", "segment"]),
    (
        "proto.port_mismatch",
        EXAMINE,
        &["egress_allow", "proxy_inspect"],
    ),
    ("scan.arp_sweep", SEARCH, &["scan_alarm", "nac"]),
    ("scan.horizontal", SEARCH, &["segment", "scan_alarm"]),
    ("scan.icmp_sweep", SEARCH, &["scan_alarm"]),
    ("scan.inbound", OUTSIDE, &["ingress"]),
    ("scan.slow", SEARCH, &["segment", "scan_alarm"]),
    ("scan.syn_flood", OUTSIDE, &["flood_limit"]),
    ("scan.udp", SEARCH, &["segment", "scan_alarm"]),
    ("scan.vertical", SEARCH, &["segment", "scan_alarm"]),
    ("tls.expired", ASK, &["certificates"]),
    ("tls.name_mismatch", ASK, &["certificates"]),
    ("tls.no_sni", EXAMINE, &["proxy_rule"]),
    ("tls.not_yet_valid", ASK, &["certificates"]),
    ("tls.rare_client", EXAMINE, &["run_allow", "proxy_inspect"]),
    ("tls.self_signed", ASK, &["certificates"]),
    (
        "tls.weak",
        ("Bring TLS of {host} up to date", Priority::Week),
        &["tls_floor", "patch"],
    ),
    ("tunnel.other", EXAMINE, &["egress_tunnel"]),
    ("ua.missing", EXAMINE, &["proxy_agents"]),
    ("ua.os_mismatch", EXAMINE, &["proxy_agents"]),
    ("ua.rare", EXAMINE, &["proxy_agents"]),
    ("ua.scripted", EXAMINE, &["proxy_agents"]),
    (
        "ua.unknown_application",
        ASK,
        &["proxy_agents", "run_allow"],
    ),
];

/// By what an answer says: the rung, `sent` where the host sent it, and by what it matched.
pub const RUNGS: &[(&str, &[&str])] = &[
    ("sent", &["egress_volume", "proxy_rule"]),
    ("delivered", &["proxy_rule", "run_allow", "dns_block"]),
    ("partial", &["proxy_rule", "run_allow", "dns_block"]),
    ("hidden", &["proxy_inspect", "dns_block"]),
    ("refused", &["dns_block"]),
    ("contacted", &["dns_block", "egress_allow"]),
    ("looked_up", &["dns_block"]),
    ("ftp", &["egress_ftp"]),
    ("mime", &["mail_filter"]),
    ("subject", &["mail_filter"]),
];

pub(crate) fn by_key(key: &str) -> Option<&'static Control> {
    CONTROLS.iter().find(|c| c.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_control_is_used_and_every_key_is_one() {
        let lines = LINES
            .iter()
            .flat_map(|l| l.2)
            .chain(RUNGS.iter().flat_map(|r| r.1));
        let used: BTreeSet<&str> = lines.copied().collect();
        let known: BTreeSet<&str> = CONTROLS.iter().map(|c| c.key).collect();
        assert_eq!(used, known);
        assert_eq!(known.len(), CONTROLS.len(), "a key is there twice");
        let ids: Vec<&str> = LINES.iter().map(|l| l.0).collect();
        assert!(
            ids.windows(2).all(|w| w[0] < w[1]),
            "in the order of the alphabet, once each"
        );
    }
}
