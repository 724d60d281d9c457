//! Fields of syslog.

use weir_model::{Field, Holds, Kind};

pub(super) static FACILITY: Field =
    Field::new("syslog.facility", Kind::Uint(8), "Facility").values(FACILITIES);
pub(super) static LEVEL: Field = Field::new("syslog.level", Kind::Uint(8), "Level").values(LEVELS);
pub(super) static MSG: Field =
    Field::new("syslog.msg", Kind::Text, "Message").holds(Holds::Content);
pub(super) static VERSION: Field = Field::new("syslog.version", Kind::Text, "Syslog version");
pub(super) static TIMESTAMP: Field = Field::new("syslog.timestamp", Kind::Time, "Syslog timestamp");
pub(super) static OLD_TIMESTAMP: Field = Field::new(
    "syslog.timestamp_rfc3164",
    Kind::Text,
    "Syslog timestamp (RFC3164)",
);
pub(super) static HOSTNAME: Field =
    Field::new("syslog.hostname", Kind::Text, "Syslog hostname").holds(Holds::Name);
pub(super) static APPNAME: Field = Field::new("syslog.appname", Kind::Text, "Syslog app name");
pub(super) static PROCID: Field = Field::new("syslog.procid", Kind::Text, "Syslog process id");
pub(super) static MSGID: Field = Field::new("syslog.msgid", Kind::Text, "Syslog message id");
pub(super) static BOM: Field = Field::new("syslog.msgid.bom", Kind::Uint(24), "Syslog BOM").hex();

pub(super) static ALL: &[&Field] = &[
    &FACILITY,
    &LEVEL,
    &MSG,
    &VERSION,
    &TIMESTAMP,
    &OLD_TIMESTAMP,
    &HOSTNAME,
    &APPNAME,
    &PROCID,
    &MSGID,
    &BOM,
];

/// RFC 5424 section 6.2.1, as Wireshark says it.
pub(super) static FACILITIES: &[(u64, &str)] = &[
    (0, "KERN - kernel messages"),
    (1, "USER - random user-level messages"),
    (2, "MAIL - mail system"),
    (3, "DAEMON - system daemons"),
    (4, "AUTH - security/authorization messages"),
    (5, "SYSLOG - messages generated internally by syslogd"),
    (6, "LPR - line printer subsystem"),
    (7, "NEWS - network news subsystem"),
    (8, "UUCP - UUCP subsystem"),
    (9, "CRON - clock daemon"),
    (10, "AUTHPRIV - security/authorization messages (private)"),
    (11, "FTP - ftp daemon"),
    (12, "NTP - ntp subsystem"),
    (13, "LOGAUDIT - log audit"),
    (14, "LOGALERT - log alert"),
    (15, "CRON - clock daemon"),
    (16, "LOCAL0 - reserved for local use"),
    (17, "LOCAL1 - reserved for local use"),
    (18, "LOCAL2 - reserved for local use"),
    (19, "LOCAL3 - reserved for local use"),
    (20, "LOCAL4 - reserved for local use"),
    (21, "LOCAL5 - reserved for local use"),
    (22, "LOCAL6 - reserved for local use"),
    (23, "LOCAL7 - reserved for local use"),
];

pub(super) static LEVELS: &[(u64, &str)] = &[
    (0, "EMERG - system is unusable"),
    (1, "ALERT - action must be taken immediately"),
    (2, "CRIT - critical conditions"),
    (3, "ERR - error conditions"),
    (4, "WARNING - warning conditions"),
    (5, "NOTICE - normal but significant condition"),
    (6, "INFO - informational"),
    (7, "DEBUG - debug-level messages"),
];
