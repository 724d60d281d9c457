//! The protocols whose response times are counted, and where a packet tells them.

/// A protocol whose response times are counted: its name, the field of the time, and that of what was asked.
pub(super) struct Service {
    pub(super) name: &'static str,
    pub(super) time: &'static str,
    /// Without one, answers are told apart by who gave them.
    pub(super) procedure: Option<&'static str>,
}

static SERVICES: [Service; 4] = [
    Service {
        name: "http",
        time: "http.time",
        procedure: None,
    },
    Service {
        name: "dns",
        time: "dns.time",
        procedure: Some("dns.qry.type"),
    },
    Service {
        name: "smb",
        time: "smb.time",
        procedure: Some("smb.cmd"),
    },
    Service {
        name: "smb2",
        time: "smb2.time",
        procedure: Some("smb2.cmd"),
    },
];

impl Service {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        SERVICES.iter().find(|s| s.name == name)
    }
}
