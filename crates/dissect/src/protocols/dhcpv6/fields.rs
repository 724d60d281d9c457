//! Fields of DHCPv6.

use weir_model::{Field, Holds, Kind};

pub(super) static MSGTYPE: Field =
    Field::new("dhcpv6.msgtype", Kind::Uint(8), "Message type").values(MESSAGES);
pub(super) static XID: Field = Field::new("dhcpv6.xid", Kind::Uint(24), "Transaction ID").hex();
pub(super) static HOPCOUNT: Field = Field::new("dhcpv6.hopcount", Kind::Uint(8), "Hopcount");
pub(super) static LINKADDR: Field =
    Field::new("dhcpv6.linkaddr", Kind::Ipv6, "Link address").holds(Holds::Address);
pub(super) static PEERADDR: Field =
    Field::new("dhcpv6.peeraddr", Kind::Ipv6, "Peer address").holds(Holds::Address);
pub(super) static OPTION_NAME: Field = Field::new("dhcpv6.option.type_str", Kind::Text, "Option");
pub(super) static OPTION_TYPE: Field =
    Field::new("dhcpv6.option.type", Kind::Uint(16), "Option").values(OPTIONS);
pub(super) static OPTION_LENGTH: Field =
    Field::new("dhcpv6.option.length", Kind::Uint(16), "Length");
pub(super) static DUID: Field =
    Field::new("dhcpv6.duid.bytes", Kind::Bytes, "DUID").holds(Holds::Address);
pub(super) static DUID_TYPE: Field = Field::new("dhcpv6.duid.type", Kind::Uint(16), "DUID Type")
    .values(&[
        (1, "link-layer address plus time"),
        (2, "assigned by vendor based on Enterprise number"),
        (3, "link-layer address"),
        (4, "Universally Unique IDentifier (UUID)"),
    ]);
pub(super) static LLT_HWTYPE: Field =
    Field::new("dhcpv6.duidllt.hwtype", Kind::Uint(16), "Hardware type");
pub(super) static LLT_TIME: Field = Field::new("dhcpv6.duidllt.time", Kind::Time, "DUID Time");
pub(super) static LLT_ADDRESS: Field = Field::new(
    "dhcpv6.duidllt.link_layer_addr",
    Kind::Text,
    "Link-layer address",
)
.holds(Holds::Address);
pub(super) static EN_ENTERPRISE: Field =
    Field::new("dhcpv6.duiden.enterprise", Kind::Uint(32), "Enterprise ID");
pub(super) static EN_IDENTIFIER: Field =
    Field::new("dhcpv6.duiden.identifier", Kind::Bytes, "Identifier");
pub(super) static LL_HWTYPE: Field =
    Field::new("dhcpv6.duidll.hwtype", Kind::Uint(16), "Hardware type");
pub(super) static LL_ADDRESS: Field = Field::new(
    "dhcpv6.duidll.link_layer_addr",
    Kind::Text,
    "Link-layer address",
)
.holds(Holds::Address);
pub(super) static UUID: Field = Field::new("dhcpv6.duiduuid.bytes", Kind::Bytes, "UUID");
pub(super) static IAID: Field = Field::new("dhcpv6.iaid", Kind::Text, "IAID");
pub(super) static IAID_T1: Field = Field::new("dhcpv6.iaid.t1", Kind::Uint(32), "T1");
pub(super) static IAID_T2: Field = Field::new("dhcpv6.iaid.t2", Kind::Uint(32), "T2");
pub(super) static IATA: Field = Field::new("dhcpv6.iata", Kind::Text, "IATA");
pub(super) static IAADDR_IP: Field =
    Field::new("dhcpv6.iaaddr.ip", Kind::Ipv6, "IPv6 address").holds(Holds::Address);
pub(super) static IAADDR_PREFERRED: Field = Field::new(
    "dhcpv6.iaaddr.pref_lifetime",
    Kind::Uint(32),
    "Preferred lifetime",
);
pub(super) static IAADDR_VALID: Field = Field::new(
    "dhcpv6.iaaddr.valid_lifetime",
    Kind::Uint(32),
    "Valid lifetime",
);
pub(super) static PREFIX_PREFERRED: Field = Field::new(
    "dhcpv6.iaprefix.pref_lifetime",
    Kind::Uint(32),
    "Preferred lifetime",
);
pub(super) static PREFIX_VALID: Field = Field::new(
    "dhcpv6.iaprefix.valid_lifetime",
    Kind::Uint(32),
    "Valid lifetime",
);
pub(super) static PREFIX_LENGTH: Field =
    Field::new("dhcpv6.iaprefix.pref_len", Kind::Uint(8), "Prefix length");
pub(super) static PREFIX_ADDRESS: Field =
    Field::new("dhcpv6.iaprefix.pref_addr", Kind::Ipv6, "Prefix address").holds(Holds::Address);
pub(super) static REQUESTED: Field = Field::new(
    "dhcpv6.requested_option_code",
    Kind::Uint(16),
    "Requested Option code",
)
.values(OPTIONS);
pub(super) static PREFERENCE: Field =
    Field::new("dhcpv6.option_preference", Kind::Uint(8), "Pref-value");
pub(super) static ELAPSED: Field =
    Field::new("dhcpv6.elapsed_time", Kind::Uint(16), "Elapsed time");
pub(super) static UNICAST: Field =
    Field::new("dhcpv6.unicast", Kind::Ipv6, "IPv6 address").holds(Holds::Address);
pub(super) static STATUS: Field = Field::new("dhcpv6.status_code", Kind::Uint(16), "Status Code")
    .values(&[
        (0, "Success"),
        (1, "UnspecFail"),
        (2, "NoAddrAvail"),
        (3, "NoBinding"),
        (4, "NotOnLink"),
        (5, "UseMulticast"),
        (6, "NoPrefixAvail"),
    ]);
pub(super) static STATUS_MESSAGE: Field =
    Field::new("dhcpv6.status_msg", Kind::Text, "Status Message");
pub(super) static VENDOR_ENTERPRISE: Field = Field::new(
    "dhcpv6.vendorclass.enterprise",
    Kind::Uint(32),
    "Enterprise ID",
);
pub(super) static VENDOR_DATA: Field =
    Field::new("dhcpv6.vendorclass.data", Kind::Text, "vendor-class-data");
pub(super) static USERCLASS_LENGTH: Field =
    Field::new("dhcpv6.userclass.length", Kind::Uint(16), "Length");
pub(super) static USERCLASS_DATA: Field =
    Field::new("dhcpv6.userclass.opaque_data", Kind::Bytes, "Suboption");
pub(super) static INTERFACE_ID: Field =
    Field::new("dhcpv6.interface_id", Kind::Bytes, "Interface-ID");
pub(super) static RECONFIGURE: Field = Field::new(
    "dhcpv6.reconf_msg",
    Kind::Uint(8),
    "Reconfigure message type",
)
.values(MESSAGES);
pub(super) static DNS_SERVER: Field =
    Field::new("dhcpv6.dns_server", Kind::Ipv6, "DNS server address").holds(Holds::Address);
pub(super) static SEARCH: Field =
    Field::new("dhcpv6.search_list_entry", Kind::Text, "List entry").holds(Holds::Name);
pub(super) static SNTP_SERVER: Field =
    Field::new("dhcpv6.sntp_server", Kind::Ipv6, "SNTP server address").holds(Holds::Address);
pub(super) static REMOTE_ENTERPRISE: Field = Field::new(
    "dhcpv6.remoteid.enterprise",
    Kind::Uint(32),
    "Enterprise ID",
);
pub(super) static REMOTE_ID: Field =
    Field::new("dhcpv6.remoteid_enterprise_id", Kind::Bytes, "Remote-ID");
pub(super) static FQDN_FLAGS: Field =
    Field::new("dhcpv6.client_fqdn_flags", Kind::Uint(8), "Flags").hex();
pub(super) static CLIENT_DOMAIN: Field =
    Field::new("dhcpv6.client_domain", Kind::Text, "Client Domain Name").holds(Holds::Name);
pub(super) static TIMEZONE: Field = Field::new("dhcpv6.timezone", Kind::Text, "Time-zone");

pub(super) static ALL: &[&Field] = &[
    &MSGTYPE,
    &XID,
    &HOPCOUNT,
    &LINKADDR,
    &PEERADDR,
    &OPTION_NAME,
    &OPTION_TYPE,
    &OPTION_LENGTH,
    &DUID,
    &DUID_TYPE,
    &LLT_HWTYPE,
    &LLT_TIME,
    &LLT_ADDRESS,
    &EN_ENTERPRISE,
    &EN_IDENTIFIER,
    &LL_HWTYPE,
    &LL_ADDRESS,
    &UUID,
    &IAID,
    &IAID_T1,
    &IAID_T2,
    &IATA,
    &IAADDR_IP,
    &IAADDR_PREFERRED,
    &IAADDR_VALID,
    &PREFIX_PREFERRED,
    &PREFIX_VALID,
    &PREFIX_LENGTH,
    &PREFIX_ADDRESS,
    &REQUESTED,
    &PREFERENCE,
    &ELAPSED,
    &UNICAST,
    &STATUS,
    &STATUS_MESSAGE,
    &VENDOR_ENTERPRISE,
    &VENDOR_DATA,
    &USERCLASS_LENGTH,
    &USERCLASS_DATA,
    &INTERFACE_ID,
    &RECONFIGURE,
    &DNS_SERVER,
    &SEARCH,
    &SNTP_SERVER,
    &REMOTE_ENTERPRISE,
    &REMOTE_ID,
    &FQDN_FLAGS,
    &CLIENT_DOMAIN,
    &TIMEZONE,
];

/// RFC 8415 section 7.3.
pub(super) static MESSAGES: &[(u64, &str)] = &[
    (1, "Solicit"),
    (2, "Advertise"),
    (3, "Request"),
    (4, "Confirm"),
    (5, "Renew"),
    (6, "Rebind"),
    (7, "Reply"),
    (8, "Release"),
    (9, "Decline"),
    (10, "Reconfigure"),
    (11, "Information-request"),
    (12, "Relay-forw"),
    (13, "Relay-reply"),
    (14, "Leasequery"),
    (15, "Leasequery-reply"),
];

/// IANA's list, as far as it is met.
pub(super) static OPTIONS: &[(u64, &str)] = &[
    (1, "Client Identifier"),
    (2, "Server Identifier"),
    (3, "Identity Association for Non-temporary Address"),
    (4, "Identity Association for Temporary Address"),
    (5, "IA Address"),
    (6, "Option Request"),
    (7, "Preference"),
    (8, "Elapsed time"),
    (9, "Relay Message"),
    (11, "Authentication"),
    (12, "Server unicast"),
    (13, "Status code"),
    (14, "Rapid Commit"),
    (15, "User Class"),
    (16, "Vendor Class"),
    (17, "Vendor-specific Information"),
    (18, "Interface-Id"),
    (19, "Reconfigure Message"),
    (20, "Reconfigure Accept"),
    (23, "DNS recursive name server"),
    (24, "Domain Search List"),
    (25, "Identity Association for Prefix Delegation"),
    (26, "IA Prefix"),
    (31, "Simple Network Time Protocol Server"),
    (32, "Lifetime"),
    (37, "Remote Identifier"),
    (38, "Subscriber Identifier"),
    (39, "Client Fully Qualified Domain Name"),
    (41, "Time Zone"),
    (56, "NTP Server"),
    (59, "Boot File URL"),
    (79, "Client Link-Layer Address"),
    (82, "SOL_MAX_RT"),
    (83, "INF_MAX_RT"),
];
