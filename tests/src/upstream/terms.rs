//! Values that both have and write differently: a number and its word, a power and its seconds, a text that is decoded
//! or cut. Each rule is Zeek's own, for a column of a log, whatever capture it is of.

use super::ours::Row;
use weir_dissect::facts::Cell;

/// Column of a log, what Weir writes, what Zeek writes for the same (`consts.zeek` of each protocol).
const WORDS: &[(&str, &str, &str, &str)] = &[
    // The command's name in MySQL's own headers, COM_FIELD_LIST; Wireshark says what it does.
    ("mysql", "cmd", "Show Fields", "field_list"),
    ("ldap", "opcode", "unbindRequest", "unbind"),
    // The password is not shown (`LDAP::default_capture_password`).
    ("ldap", "argument", "simple", "REDACTED"),
    ("mqtt_publish", "qos", "0", "at most once"),
    ("mqtt_publish", "qos", "1", "at least once"),
    ("mqtt_publish", "qos", "2", "exactly once"),
    ("mqtt_subscribe", "action", "SUBSCRIBE", "MQTT::SUBSCRIBE"),
    (
        "mqtt_subscribe",
        "action",
        "UNSUBSCRIBE",
        "MQTT::UNSUBSCRIBE",
    ),
    ("mqtt_connect", "proto_version", "3", "3.1"),
    ("mqtt_connect", "proto_version", "4", "3.1.1"),
    ("mqtt_connect", "proto_version", "5", "5.0"),
    ("mqtt_connect", "connect_status", "0", "Connection Accepted"),
    ("radius", "result", "Access-Accept", "success"),
    ("radius", "result", "Access-Reject", "failed"),
    ("rdp", "result", "agreed", "Success"),
    ("rdp", "security_protocol", "Standard RDP Security", "RDP"),
    ("syslog", "facility", "", "UNSPECIFIED"),
    ("syslog", "severity", "", "UNSPECIFIED"),
    ("dns", "qtype_name", "ANY", "*"),
];

/// Severities and facilities of syslog (RFC 5424 section 6.2.1), as Zeek names them.
const SEVERITIES: [&str; 8] = [
    "EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG",
];
const FACILITIES: [&str; 24] = [
    "KERN", "USER", "MAIL", "DAEMON", "AUTH", "SYSLOG", "LPR", "NEWS", "UUCP", "CRON", "AUTHPRIV",
    "FTP", "NTP", "AUDIT", "ALERT", "CLOCK", "LOCAL0", "LOCAL1", "LOCAL2", "LOCAL3", "LOCAL4",
    "LOCAL5", "LOCAL6", "LOCAL7",
];

/// A value of ours in Zeek's way of writing.
pub(super) fn zeek(log: &str, row: &Row, column: &str, value: String) -> String {
    let word = |(l, c, from, _): &&(&str, &str, &str, &str)| {
        *l == log && *c == column && value.eq_ignore_ascii_case(from)
    };
    if let Some((.., to)) = WORDS.iter().find(word) {
        return (*to).to_owned();
    }
    let listed = |words: &[&str]| {
        let n = value.parse::<usize>().ok();
        n.and_then(|n| words.get(n)).map(|w| (*w).to_owned())
    };
    match (log, column) {
        ("syslog", "severity") => listed(&SEVERITIES).unwrap_or(value),
        ("syslog", "facility") => listed(&FACILITIES).unwrap_or(value),
        // What the server says stands before the word for its code.
        ("kerberos", "error_msg") => match row.text("error_text") {
            said if said.is_empty() => value,
            said => said,
        },
        ("ldap", "opcode") if value == "bindRequest" => {
            let how = if row.text("argument") == "simple" {
                "simple"
            } else {
                "SASL"
            };
            format!("bind {how}")
        }
        // RFC 5905 section 6: a time that is not known is 0.
        ("ntp", "ref_time" | "org_time" | "rec_time" | "xmt_time") if value.is_empty() => {
            "0".to_owned()
        }
        ("radius", "mac") => value.replace('-', ":"),
        // Zeek keeps the front of this line (`split_string1(value, /;[ ]?tag=/)`).
        ("sip", "request_from") => {
            let front = value.split(";tag=").next().unwrap_or_default();
            front.trim_end().to_owned()
        }
        ("http", "uri") => decoded(&value),
        _ => value,
    }
}

/// A value of Zeek's without what it adds to the one that was sent.
pub(super) fn plain(log: &str, column: &str, value: String) -> String {
    match (log, column) {
        // Who has not logged in.
        ("ftp", "user") if value == "<unknown>" => String::new(),
        // Commands on files say the whole URL; a path that is relative to an unknown one begins with a point.
        ("ftp", "arg") => match value.strip_prefix("ftp://") {
            Some(rest) => {
                let path = rest.split_once('/').map_or("", |(_, path)| path);
                path.strip_prefix("./").unwrap_or(path).to_owned()
            }
            None => value,
        },
        // What is no text is written as `?`.
        ("ldap", "diagnostic_message") => value.trim_end_matches('?').to_owned(),
        _ => value,
    }
}

/// Are these equal but for blanks and the order in which parts of a name stand (RFC 4514 turns it)?
pub(super) fn alike(log: &str, column: &str, ours: &str, theirs: &str) -> bool {
    match (log, column) {
        ("ldap" | "ldap_search", "result") => {
            let joined = |t: &str| t.replace(' ', "").to_lowercase();
            joined(ours) == joined(theirs)
        }
        ("ssl", "subject" | "issuer") => {
            let parts = |t: &str| {
                let t = t.replace("Email=", "emailAddress=");
                let t = t.replace("streetAddress=", "street=");
                let mut all: Vec<String> = t.split(',').map(|p| p.trim().to_owned()).collect();
                all.sort();
                all
            };
            parts(ours) == parts(theirs)
        }
        _ => false,
    }
}

/// Escapes with a percent sign undone, as far as what comes out is text.
fn decoded(value: &str) -> String {
    let (mut out, mut rest) = (Vec::new(), value.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let code = rest.get(1..3).filter(|_| *first == b'%');
        let code = code.and_then(|c| std::str::from_utf8(c).ok());
        if let Some(byte) = code.and_then(|c| u8::from_str_radix(c, 16).ok()) {
            out.push(byte);
            rest = rest.get(3..).unwrap_or_default();
        } else {
            out.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Cells of a row as text, `None` where there is none of it.
pub(super) fn texts<'a>(
    log: &'a str,
    row: &'a Row,
    written: &'a dyn Fn(&Cell) -> String,
) -> impl Iterator<Item = (&'static str, String)> + 'a {
    row.columns.iter().map(move |c| {
        let value = row.cells.get(c).map(written).unwrap_or_default();
        (*c, zeek(log, row, c, value))
    })
}
