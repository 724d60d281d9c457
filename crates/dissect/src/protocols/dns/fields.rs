//! Fields of DNS, mDNS and LLMNR: one set, named as Wireshark names them.

use weir_model::{Field, Holds, Kind};

pub(crate) static LENGTH: Field = Field::new("dns.length", Kind::Uint(16), "Length");
pub(crate) static ID: Field = Field::new("dns.id", Kind::Uint(16), "Transaction ID").hex();
pub(crate) static FLAGS: Field = Field::new("dns.flags", Kind::Uint(16), "Flags").hex();
pub(crate) static FLAGS_RESPONSE: Field = Field::new("dns.flags.response", Kind::Bool, "Response");
pub(crate) static FLAGS_OPCODE: Field = Field::new("dns.flags.opcode", Kind::Uint(16), "Opcode")
    .values(&[
        (0, "Standard query"),
        (1, "Inverse query"),
        (2, "Server status request"),
        (4, "Zone change notification"),
        (5, "Dynamic update"),
        (6, "DNS Stateful operations (DSO)"),
    ]);
pub(crate) static FLAGS_AUTHORITATIVE: Field =
    Field::new("dns.flags.authoritative", Kind::Bool, "Authoritative");
pub(crate) static FLAGS_TRUNCATED: Field =
    Field::new("dns.flags.truncated", Kind::Bool, "Truncated");
pub(crate) static FLAGS_RECDESIRED: Field =
    Field::new("dns.flags.recdesired", Kind::Bool, "Recursion desired");
pub(crate) static FLAGS_RECAVAIL: Field =
    Field::new("dns.flags.recavail", Kind::Bool, "Recursion available");
pub(crate) static FLAGS_Z: Field = Field::new("dns.flags.z", Kind::Bool, "Z");
pub(crate) static FLAGS_AUTHENTICATED: Field = Field::new(
    "dns.flags.authenticated",
    Kind::Bool,
    "Answer authenticated",
);
pub(crate) static FLAGS_CHECKDISABLE: Field = Field::new(
    "dns.flags.checkdisable",
    Kind::Bool,
    "Non-authenticated data",
);
pub(crate) static FLAGS_CONFLICT: Field = Field::new("dns.flags.conflict", Kind::Bool, "Conflict");
pub(crate) static FLAGS_TENTATIVE: Field =
    Field::new("dns.flags.tentative", Kind::Bool, "Tentative");
pub(crate) static FLAGS_RCODE: Field = Field::new("dns.flags.rcode", Kind::Uint(16), "Reply code")
    .values(&[
        (0, "No error"),
        (1, "Format error"),
        (2, "Server failure"),
        (3, "No such name"),
        (4, "Not implemented"),
        (5, "Refused"),
        (6, "Name exists"),
        (7, "RRset exists"),
        (8, "RRset does not exist"),
        (9, "Not authoritative"),
        (10, "Name out of zone"),
        (11, "DSO-Type not implemented"),
        (16, "Bad OPT Version or TSIG Signature Failure"),
        (17, "Key not recognized"),
        (18, "Signature out of time window"),
        (19, "Bad TKEY Mode"),
        (20, "Duplicate key name"),
        (21, "Algorithm not supported"),
        (22, "Bad Truncation"),
        (23, "Bad/missing Server Cookie"),
    ]);
pub(crate) static COUNT_QUERIES: Field =
    Field::new("dns.count.queries", Kind::Uint(16), "Questions");
pub(crate) static COUNT_ANSWERS: Field =
    Field::new("dns.count.answers", Kind::Uint(16), "Answer RRs");
pub(crate) static COUNT_AUTH_RR: Field =
    Field::new("dns.count.auth_rr", Kind::Uint(16), "Authority RRs");
pub(crate) static COUNT_ADD_RR: Field =
    Field::new("dns.count.add_rr", Kind::Uint(16), "Additional RRs");
pub(crate) static COUNT_ZONES: Field = Field::new("dns.count.zones", Kind::Uint(16), "Zones");
pub(crate) static COUNT_PREREQUISITES: Field =
    Field::new("dns.count.prerequisites", Kind::Uint(16), "Prerequisites");
pub(crate) static COUNT_UPDATES: Field = Field::new("dns.count.updates", Kind::Uint(16), "Updates");
pub(crate) static QRY_NAME: Field =
    Field::new("dns.qry.name", Kind::Text, "Name").holds(Holds::Name);
pub(crate) static QRY_NAME_LEN: Field =
    Field::new("dns.qry.name.len", Kind::Uint(16), "Name Length");
pub(crate) static COUNT_LABELS: Field =
    Field::new("dns.count.labels", Kind::Uint(16), "Label Count");
pub(crate) static QRY_TYPE: Field = Field::new("dns.qry.type", Kind::Uint(16), "Type");
pub(crate) static QRY_CLASS: Field = Field::new("dns.qry.class", Kind::Uint(16), "Class")
    .hex()
    .values(&[(1, "IN"), (3, "CH"), (4, "HS"), (254, "NONE"), (255, "ANY")]);
pub(crate) static QRY_QU: Field = Field::new("dns.qry.qu", Kind::Bool, "\"QU\" question");
pub(crate) static RESP_NAME: Field =
    Field::new("dns.resp.name", Kind::Text, "Name").holds(Holds::Name);
pub(crate) static RESP_TYPE: Field = Field::new("dns.resp.type", Kind::Uint(16), "Type");
pub(crate) static RESP_CLASS: Field = Field::new("dns.resp.class", Kind::Uint(16), "Class")
    .hex()
    .values(&[(1, "IN"), (3, "CH"), (4, "HS"), (254, "NONE"), (255, "ANY")]);
pub(crate) static RESP_CACHE_FLUSH: Field =
    Field::new("dns.resp.cache_flush", Kind::Bool, "Cache flush");
pub(crate) static RESP_TTL: Field = Field::new("dns.resp.ttl", Kind::Uint(32), "Time to live");
pub(crate) static RESP_LEN: Field = Field::new("dns.resp.len", Kind::Uint(16), "Data length");
pub(crate) static RR_UDP_PAYLOAD_SIZE: Field = Field::new(
    "dns.rr.udp_payload_size",
    Kind::Uint(16),
    "UDP payload size",
)
.hex();
pub(crate) static RESP_EXT_RCODE: Field = Field::new(
    "dns.resp.ext_rcode",
    Kind::Uint(8),
    "Higher bits in extended RCODE",
)
.hex();
pub(crate) static RESP_EDNS0_VERSION: Field =
    Field::new("dns.resp.edns0_version", Kind::Uint(8), "EDNS0 version");
pub(crate) static RESP_Z: Field = Field::new("dns.resp.z", Kind::Uint(16), "Z").hex();
pub(crate) static RESP_Z_DO: Field = Field::new("dns.resp.z.do", Kind::Bool, "DO bit");
pub(crate) static RESP_Z_RESERVED: Field =
    Field::new("dns.resp.z.reserved", Kind::Uint(16), "Reserved").hex();
pub(crate) static A: Field = Field::new("dns.a", Kind::Ipv4, "Address").holds(Holds::Address);
pub(crate) static AAAA: Field =
    Field::new("dns.aaaa", Kind::Ipv6, "AAAA Address").holds(Holds::Address);
pub(crate) static NS: Field = Field::new("dns.ns", Kind::Text, "Name Server").holds(Holds::Name);
pub(crate) static CNAME: Field = Field::new("dns.cname", Kind::Text, "CNAME").holds(Holds::Name);
pub(crate) static DNAME: Field = Field::new("dns.dname", Kind::Text, "Dname").holds(Holds::Name);
pub(crate) static PTR_DOMAIN_NAME: Field =
    Field::new("dns.ptr.domain_name", Kind::Text, "Domain Name").holds(Holds::Name);
pub(crate) static MX_PREFERENCE: Field =
    Field::new("dns.mx.preference", Kind::Uint(16), "Preference");
pub(crate) static MX_MAIL_EXCHANGE: Field =
    Field::new("dns.mx.mail_exchange", Kind::Text, "Mail Exchange").holds(Holds::Name);
pub(crate) static TXT_LENGTH: Field = Field::new("dns.txt.length", Kind::Uint(8), "TXT Length");
pub(crate) static TXT: Field = Field::new("dns.txt", Kind::Text, "TXT");
pub(crate) static SPF_LENGTH: Field = Field::new("dns.spf.length", Kind::Uint(8), "SPF Length");
pub(crate) static SPF: Field = Field::new("dns.spf", Kind::Text, "SPF");
pub(crate) static SOA_MNAME: Field = Field::new("dns.soa.mname", Kind::Text, "Primary name server");
pub(crate) static SOA_RNAME: Field = Field::new(
    "dns.soa.rname",
    Kind::Text,
    "Responsible authority's mailbox",
);
pub(crate) static SOA_SERIAL_NUMBER: Field =
    Field::new("dns.soa.serial_number", Kind::Uint(32), "Serial Number");
pub(crate) static SOA_REFRESH_INTERVAL: Field = Field::new(
    "dns.soa.refresh_interval",
    Kind::Uint(32),
    "Refresh Interval",
);
pub(crate) static SOA_RETRY_INTERVAL: Field =
    Field::new("dns.soa.retry_interval", Kind::Uint(32), "Retry Interval");
pub(crate) static SOA_EXPIRE_LIMIT: Field =
    Field::new("dns.soa.expire_limit", Kind::Uint(32), "Expire limit");
pub(crate) static SOA_MINIMUM_TTL: Field =
    Field::new("dns.soa.minimum_ttl", Kind::Uint(32), "Minimum TTL");
pub(crate) static SRV_SERVICE: Field = Field::new("dns.srv.service", Kind::Text, "Service");
pub(crate) static SRV_PROTO: Field = Field::new("dns.srv.proto", Kind::Text, "Protocol");
pub(crate) static SRV_NAME: Field = Field::new("dns.srv.name", Kind::Text, "Name");
pub(crate) static SRV_PRIORITY: Field = Field::new("dns.srv.priority", Kind::Uint(16), "Priority");
pub(crate) static SRV_WEIGHT: Field = Field::new("dns.srv.weight", Kind::Uint(16), "Weight");
pub(crate) static SRV_PORT: Field = Field::new("dns.srv.port", Kind::Uint(16), "Port");
pub(crate) static SRV_TARGET: Field =
    Field::new("dns.srv.target", Kind::Text, "Target").holds(Holds::Name);
pub(crate) static HINFO_CPU_LENGTH: Field =
    Field::new("dns.hinfo.cpu_length", Kind::Uint(8), "CPU Length");
pub(crate) static HINFO_CPU: Field = Field::new("dns.hinfo.cpu", Kind::Text, "CPU");
pub(crate) static HINFO_OS_LENGTH: Field =
    Field::new("dns.hinfo.os_length", Kind::Uint(8), "OS Length");
pub(crate) static HINFO_OS: Field = Field::new("dns.hinfo.os", Kind::Text, "OS");
pub(crate) static NAPTR_ORDER: Field = Field::new("dns.naptr.order", Kind::Uint(16), "Order");
pub(crate) static NAPTR_PREFERENCE: Field =
    Field::new("dns.naptr.preference", Kind::Uint(16), "Preference");
pub(crate) static NAPTR_FLAGS_LENGTH: Field =
    Field::new("dns.naptr.flags_length", Kind::Uint(8), "Flags Length");
pub(crate) static NAPTR_FLAGS: Field = Field::new("dns.naptr.flags", Kind::Text, "Flags");
pub(crate) static NAPTR_SERVICE_LENGTH: Field =
    Field::new("dns.naptr.service_length", Kind::Uint(8), "Service Length");
pub(crate) static NAPTR_SERVICE: Field = Field::new("dns.naptr.service", Kind::Text, "Service");
pub(crate) static NAPTR_REGEX_LENGTH: Field =
    Field::new("dns.naptr.regex_length", Kind::Uint(8), "Regex Length");
pub(crate) static NAPTR_REGEX: Field = Field::new("dns.naptr.regex", Kind::Text, "Regex");
pub(crate) static NAPTR_REPLACEMENT_LENGTH: Field = Field::new(
    "dns.naptr.replacement_length",
    Kind::Uint(8),
    "Replacement Length",
);
pub(crate) static NAPTR_REPLACEMENT: Field =
    Field::new("dns.naptr.replacement", Kind::Text, "Replacement");
pub(crate) static NULL: Field = Field::new("dns.null", Kind::Bytes, "Null (data)");
pub(crate) static SVCB_SVCPRIORITY: Field =
    Field::new("dns.svcb.svcpriority", Kind::Uint(16), "SvcPriority");
pub(crate) static SVCB_TARGETNAME: Field =
    Field::new("dns.svcb.targetname", Kind::Text, "TargetName");
pub(crate) static SVCB_SVCPARAM_KEY: Field =
    Field::new("dns.svcb.svcparam.key", Kind::Uint(16), "SvcParamKey");
pub(crate) static SVCB_SVCPARAM_VALUE_LENGTH: Field = Field::new(
    "dns.svcb.svcparam.value.length",
    Kind::Uint(16),
    "SvcParamValue length",
);
pub(crate) static SVCB_SVCPARAM_VALUE: Field =
    Field::new("dns.svcb.svcparam.value", Kind::Bytes, "SvcParamValue");
pub(crate) static SVCB_SVCPARAM_ALPN_LENGTH: Field = Field::new(
    "dns.svcb.svcparam.alpn.length",
    Kind::Uint(8),
    "ALPN length",
);
pub(crate) static SVCB_SVCPARAM_ALPN: Field =
    Field::new("dns.svcb.svcparam.alpn", Kind::Text, "ALPN");
pub(crate) static SVCB_SVCPARAM_PORT: Field =
    Field::new("dns.svcb.svcparam.port", Kind::Uint(16), "Port");
pub(crate) static SVCB_SVCPARAM_IPV4HINT_IP: Field =
    Field::new("dns.svcb.svcparam.ipv4hint.ip", Kind::Ipv4, "IP");
pub(crate) static SVCB_SVCPARAM_IPV6HINT_IP: Field =
    Field::new("dns.svcb.svcparam.ipv6hint.ip", Kind::Ipv6, "IP");
pub(crate) static CAA_FLAGS: Field = Field::new("dns.caa.flags", Kind::Uint(8), "CAA Flags").hex();
pub(crate) static CAA_TAG_LENGTH: Field =
    Field::new("dns.caa.tag_length", Kind::Uint(8), "Tag length");
pub(crate) static CAA_TAG: Field = Field::new("dns.caa.tag", Kind::Text, "Tag");
pub(crate) static CAA_VALUE: Field = Field::new("dns.caa.value", Kind::Text, "Value");
pub(crate) static RRSIG_TYPE_COVERED: Field =
    Field::new("dns.rrsig.type_covered", Kind::Uint(16), "Type Covered");
pub(crate) static RRSIG_ALGORITHM: Field =
    Field::new("dns.rrsig.algorithm", Kind::Uint(8), "Algorithm");
pub(crate) static RRSIG_LABELS: Field = Field::new("dns.rrsig.labels", Kind::Uint(8), "Labels");
pub(crate) static RRSIG_ORIGINAL_TTL: Field =
    Field::new("dns.rrsig.original_ttl", Kind::Uint(32), "Original TTL");
pub(crate) static RRSIG_SIGNATURE_EXPIRATION: Field = Field::new(
    "dns.rrsig.signature_expiration",
    Kind::Time,
    "Signature Expiration",
);
pub(crate) static RRSIG_SIGNATURE_INCEPTION: Field = Field::new(
    "dns.rrsig.signature_inception",
    Kind::Time,
    "Signature Inception",
);
pub(crate) static RRSIG_KEY_TAG: Field = Field::new("dns.rrsig.key_tag", Kind::Uint(16), "Key Tag");
pub(crate) static RRSIG_SIGNERS_NAME: Field =
    Field::new("dns.rrsig.signers_name", Kind::Text, "Signer's name");
pub(crate) static RRSIG_SIGNATURE: Field =
    Field::new("dns.rrsig.signature", Kind::Bytes, "Signature");
pub(crate) static DS_KEY_ID: Field = Field::new("dns.ds.key_id", Kind::Uint(16), "Key id").hex();
pub(crate) static DS_ALGORITHM: Field = Field::new("dns.ds.algorithm", Kind::Uint(8), "Algorithm");
pub(crate) static DS_DIGEST_TYPE: Field =
    Field::new("dns.ds.digest_type", Kind::Uint(8), "Digest Type");
pub(crate) static DS_DIGEST: Field = Field::new("dns.ds.digest", Kind::Bytes, "Digest");
pub(crate) static DNSKEY_FLAGS: Field =
    Field::new("dns.dnskey.flags", Kind::Uint(16), "Flags").hex();
pub(crate) static DNSKEY_PROTOCOL: Field =
    Field::new("dns.dnskey.protocol", Kind::Uint(8), "Protocol");
pub(crate) static DNSKEY_ALGORITHM: Field =
    Field::new("dns.dnskey.algorithm", Kind::Uint(8), "Algorithm");
pub(crate) static DNSKEY_PUBLIC_KEY: Field =
    Field::new("dns.dnskey.public_key", Kind::Bytes, "Public Key");
pub(crate) static NSEC3_ALGO: Field = Field::new("dns.nsec3.algo", Kind::Uint(8), "Hash algorithm");
pub(crate) static NSEC3_FLAGS: Field = Field::new("dns.nsec3.flags", Kind::Uint(8), "NSEC3 flags");
pub(crate) static NSEC3_ITERATIONS: Field =
    Field::new("dns.nsec3.iterations", Kind::Uint(16), "NSEC3 iterations");
pub(crate) static NSEC3_SALT_LENGTH: Field =
    Field::new("dns.nsec3.salt_length", Kind::Uint(8), "Salt length");
pub(crate) static NSEC3_SALT: Field = Field::new("dns.nsec3.salt_value", Kind::Bytes, "Salt value");
pub(crate) static NSEC3_HASH_LENGTH: Field =
    Field::new("dns.nsec3.hash_length", Kind::Uint(8), "Hash length");
pub(crate) static NSEC3_HASH: Field =
    Field::new("dns.nsec3.hash_value", Kind::Text, "Next hashed owner");
pub(crate) static CSYNC_SOA: Field = Field::new("dns.csync.soa", Kind::Uint(32), "SOA");
pub(crate) static CSYNC_FLAGS: Field = Field::new("dns.csync.flags", Kind::Uint(16), "Flags").hex();
pub(crate) static NSEC_NEXT_DOMAIN_NAME: Field =
    Field::new("dns.nsec.next_domain_name", Kind::Text, "Next Domain Name");
pub(crate) static OPT: Field = Field::new("dns.opt", Kind::None, "Option");
pub(crate) static OPT_CODE: Field = Field::new("dns.opt.code", Kind::Uint(16), "Option Code");
pub(crate) static OPT_LEN: Field = Field::new("dns.opt.len", Kind::Uint(16), "Option Length");
pub(crate) static OPT_DATA: Field = Field::new("dns.opt.data", Kind::Bytes, "Option Data");
pub(crate) static OPT_CLIENT_FAMILY: Field =
    Field::new("dns.opt.client.family", Kind::Uint(16), "Family");
pub(crate) static OPT_CLIENT_NETMASK: Field =
    Field::new("dns.opt.client.netmask", Kind::Uint(8), "Source Netmask");
pub(crate) static OPT_CLIENT_SCOPE: Field =
    Field::new("dns.opt.client.scope", Kind::Uint(8), "Scope Netmask");
pub(crate) static OPT_CLIENT_ADDR4: Field =
    Field::new("dns.opt.client.addr4", Kind::Ipv4, "Client Subnet");
pub(crate) static OPT_CLIENT_ADDR6: Field =
    Field::new("dns.opt.client.addr6", Kind::Ipv6, "Client Subnet");
pub(crate) static OPT_COOKIE_CLIENT: Field =
    Field::new("dns.opt.cookie.client", Kind::Bytes, "Client Cookie");
pub(crate) static OPT_COOKIE_SERVER: Field =
    Field::new("dns.opt.cookie.server", Kind::Bytes, "Server Cookie");
pub(crate) static DATA: Field = Field::new("dns.data", Kind::Bytes, "Data");
pub(crate) static RESPONSE_IN: Field = Field::new("dns.response_in", Kind::Packet, "Response In");
pub(crate) static RESPONSE_TO: Field = Field::new("dns.response_to", Kind::Packet, "Request In");
pub(crate) static TIME: Field = Field::new("dns.time", Kind::Duration, "Time");
pub(crate) static RETRANSMISSION: Field =
    Field::new("dns.retransmission", Kind::Bool, "Retransmission");
pub(crate) static RETRANSMIT_REQUEST_IN: Field = Field::new(
    "dns.retransmit_request_in",
    Kind::Packet,
    "Retransmitted request. Original request in",
);
pub(crate) static RETRANSMIT_RESPONSE_IN: Field = Field::new(
    "dns.retransmit_response_in",
    Kind::Packet,
    "Retransmitted response. Original response in",
);
pub(crate) static UNSOLICITED: Field = Field::new("dns.unsolicited", Kind::Bool, "Unsolicited");
/// All of them.
pub(crate) static DNSKEY_ZONE: Field =
    Field::new("dns.dnskey.flags.zone_key", Kind::Bool, "Zone Key");
pub(crate) static DNSKEY_REVOKED: Field =
    Field::new("dns.dnskey.flags.key_revoked", Kind::Bool, "Key Revoked");
pub(crate) static DNSKEY_ENTRY: Field = Field::new(
    "dns.dnskey.flags.secure_entry_point",
    Kind::Bool,
    "Key Signing Key",
);
pub(crate) static DNSKEY_RESERVED: Field = Field::new(
    "dns.dnskey.flags.reserved",
    Kind::Uint(16),
    "Key Signing Key",
)
.hex();
pub(crate) static DNSKEY_ID: Field = Field::new("dns.dnskey.key_id", Kind::Uint(16), "Key id");
pub(crate) static NSEC3_OPT_OUT: Field =
    Field::new("dns.nsec3.flags.opt_out", Kind::Bool, "NSEC3 Opt-out flag");
pub(crate) static CAA_CRITICAL: Field = Field::new(
    "dns.caa.flags.issuer_critical",
    Kind::Bool,
    "Issuer Critical",
);
pub(crate) static CAA_ISSUE: Field = Field::new("dns.caa.issue", Kind::Text, "Issue");
pub(crate) static CAA_ISSUEWILD: Field =
    Field::new("dns.caa.issuewild", Kind::Text, "Issue Wildcard");
pub(crate) static CAA_IODEF: Field =
    Field::new("dns.caa.iodef", Kind::Text, "Report URL").holds(Holds::Content);
pub(crate) static CAA_UNKNOWN: Field = Field::new("dns.caa.unknown", Kind::Text, "Unknown tag");
pub(crate) static RP_MAILBOX: Field =
    Field::new("dns.rp.mailbox", Kind::Text, "Mailbox").holds(Holds::Name);
pub(crate) static RP_TEXT: Field =
    Field::new("dns.rp.txt_rr", Kind::Text, "TXT RR").holds(Holds::Name);
pub(crate) static AFSDB_SUBTYPE: Field = Field::new("dns.afsdb.subtype", Kind::Uint(16), "Subtype");
pub(crate) static AFSDB_HOST: Field =
    Field::new("dns.afsdb.hostname", Kind::Text, "Hostname").holds(Holds::Name);
pub(crate) static CERT_TYPE: Field = Field::new("dns.cert.type", Kind::Uint(16), "Type");
pub(crate) static CERT_TAG: Field = Field::new("dns.cert.key_tag", Kind::Uint(16), "Key Tag").hex();
pub(crate) static CERT_ALGORITHM: Field =
    Field::new("dns.cert.algorithm", Kind::Uint(8), "Algorithm");
pub(crate) static CERT: Field =
    Field::new("dns.cert.certificate", Kind::Bytes, "Certificate (or CRL)");
pub(crate) static SSHFP_ALGORITHM: Field =
    Field::new("dns.sshfp.algorithm", Kind::Uint(8), "Algorithm");
pub(crate) static SSHFP_TYPE: Field = Field::new(
    "dns.sshfp.fingerprint.type",
    Kind::Uint(8),
    "Fingerprint type",
);
pub(crate) static SSHFP: Field = Field::new("dns.sshfp.fingerprint", Kind::Bytes, "Fingerprint");
pub(crate) static TLSA_USAGE: Field = Field::new(
    "dns.tlsa.certificate_usage",
    Kind::Uint(8),
    "Certificate Usage",
);
pub(crate) static TLSA_SELECTOR: Field = Field::new("dns.tlsa.selector", Kind::Uint(8), "Selector");
pub(crate) static TLSA_MATCHING: Field =
    Field::new("dns.tlsa.matching_type", Kind::Uint(8), "Matching Type");
pub(crate) static TLSA_DATA: Field = Field::new(
    "dns.tlsa.certificate_association_data",
    Kind::Bytes,
    "Certificate Association Data",
);
pub(crate) static OPENPGPKEY: Field = Field::new("dns.openpgpkey", Kind::Text, "OpenPGP Key");
pub(crate) static ZONEMD_SERIAL: Field = Field::new("dns.zonemd.serial", Kind::Uint(32), "Serial");
pub(crate) static ZONEMD_SCHEME: Field = Field::new("dns.zonemd.scheme", Kind::Uint(8), "Scheme");
pub(crate) static ZONEMD_HASH: Field =
    Field::new("dns.zonemd.hash_algo", Kind::Uint(8), "Hash Algorithm");
pub(crate) static ZONEMD_DIGEST: Field = Field::new("dns.zonemd.digest", Kind::Bytes, "Digest");
pub(crate) static TSIG_ALGORITHM: Field =
    Field::new("dns.tsig.algorithm_name", Kind::Text, "Algorithm Name");
pub(crate) static TSIG_TIME: Field = Field::new("dns.tsig.time_signed", Kind::Time, "Time Signed");
pub(crate) static TSIG_FUDGE: Field = Field::new("dns.tsig.fudge", Kind::Uint(16), "Fudge");
pub(crate) static TSIG_MAC_SIZE: Field =
    Field::new("dns.tsig.mac_size", Kind::Uint(16), "MAC Size");
pub(crate) static TSIG_MAC: Field = Field::new("dns.tsig.mac", Kind::None, "MAC");
pub(crate) static TSIG_ID: Field =
    Field::new("dns.tsig.original_id", Kind::Uint(16), "Original Id");
pub(crate) static TSIG_ERROR: Field = Field::new("dns.tsig.error", Kind::Uint(16), "Error");
pub(crate) static TSIG_OTHER_LENGTH: Field =
    Field::new("dns.tsig.other_len", Kind::Uint(16), "Other Len");
pub(crate) static TSIG_OTHER: Field = Field::new("dns.tsig.other_data", Kind::Bytes, "Other Data");
pub(crate) static OPT_DAU: Field = Field::new("dns.opt.dau", Kind::Uint(8), "DAU");
pub(crate) static OPT_DHU: Field = Field::new("dns.opt.dhu", Kind::Uint(8), "DHU");
pub(crate) static OPT_N3U: Field = Field::new("dns.opt.n3u", Kind::Uint(8), "N3U");
pub(crate) static OPT_TIMEOUT: Field = Field::new(
    "dns.opt.edns_tcp_keepalive.timeout",
    Kind::Uint(16),
    "Timeout",
);
pub(crate) static OPT_PADDING: Field = Field::new("dns.opt.padding", Kind::Bytes, "Padding");
pub(crate) static OPT_CHAIN: Field =
    Field::new("dns.opt.chain.fqdn", Kind::Text, "Closest Trust Point").holds(Holds::Name);
pub(crate) static OPT_ERROR: Field =
    Field::new("dns.opt.ext_error.info_code", Kind::Uint(16), "Info Code");
pub(crate) static OPT_ERROR_TEXT: Field =
    Field::new("dns.opt.ext_error.extra_text", Kind::Text, "Extra Text");
pub(crate) static SVCB_SVCPARAM: Field = Field::new("dns.svcb.svcparam", Kind::None, "SvcParam");
pub(crate) static SVCB_MANDATORY: Field = Field::new(
    "dns.svcb.svcparam.mandatory.key",
    Kind::Uint(16),
    "Mandatory key",
);
pub(crate) static SVCB_ECH: Field =
    Field::new("dns.svcb.svcparam.echconfig", Kind::Bytes, "ECHConfig");
pub(crate) static SVCB_ODOH: Field =
    Field::new("dns.svcb.svcparam.odohconfig", Kind::Bytes, "ODoHConfig");
pub(crate) static ALL: &[&Field] = &[
    &LENGTH,
    &ID,
    &FLAGS,
    &FLAGS_RESPONSE,
    &FLAGS_OPCODE,
    &FLAGS_AUTHORITATIVE,
    &FLAGS_TRUNCATED,
    &FLAGS_RECDESIRED,
    &FLAGS_RECAVAIL,
    &FLAGS_Z,
    &FLAGS_AUTHENTICATED,
    &FLAGS_CHECKDISABLE,
    &FLAGS_CONFLICT,
    &FLAGS_TENTATIVE,
    &FLAGS_RCODE,
    &COUNT_QUERIES,
    &COUNT_ANSWERS,
    &COUNT_AUTH_RR,
    &COUNT_ADD_RR,
    &COUNT_ZONES,
    &COUNT_PREREQUISITES,
    &COUNT_UPDATES,
    &QRY_NAME,
    &QRY_NAME_LEN,
    &COUNT_LABELS,
    &QRY_TYPE,
    &QRY_CLASS,
    &QRY_QU,
    &RESP_NAME,
    &RESP_TYPE,
    &RESP_CLASS,
    &RESP_CACHE_FLUSH,
    &RESP_TTL,
    &RESP_LEN,
    &RR_UDP_PAYLOAD_SIZE,
    &RESP_EXT_RCODE,
    &RESP_EDNS0_VERSION,
    &RESP_Z,
    &RESP_Z_DO,
    &RESP_Z_RESERVED,
    &A,
    &AAAA,
    &NS,
    &CNAME,
    &DNAME,
    &PTR_DOMAIN_NAME,
    &MX_PREFERENCE,
    &MX_MAIL_EXCHANGE,
    &TXT_LENGTH,
    &TXT,
    &SPF_LENGTH,
    &SPF,
    &SOA_MNAME,
    &SOA_RNAME,
    &SOA_SERIAL_NUMBER,
    &SOA_REFRESH_INTERVAL,
    &SOA_RETRY_INTERVAL,
    &SOA_EXPIRE_LIMIT,
    &SOA_MINIMUM_TTL,
    &SRV_SERVICE,
    &SRV_PROTO,
    &SRV_NAME,
    &SRV_PRIORITY,
    &SRV_WEIGHT,
    &SRV_PORT,
    &SRV_TARGET,
    &HINFO_CPU_LENGTH,
    &HINFO_CPU,
    &HINFO_OS_LENGTH,
    &HINFO_OS,
    &NAPTR_ORDER,
    &NAPTR_PREFERENCE,
    &NAPTR_FLAGS_LENGTH,
    &NAPTR_FLAGS,
    &NAPTR_SERVICE_LENGTH,
    &NAPTR_SERVICE,
    &NAPTR_REGEX_LENGTH,
    &NAPTR_REGEX,
    &NAPTR_REPLACEMENT_LENGTH,
    &NAPTR_REPLACEMENT,
    &NULL,
    &SVCB_SVCPRIORITY,
    &SVCB_TARGETNAME,
    &SVCB_SVCPARAM_KEY,
    &SVCB_SVCPARAM_VALUE_LENGTH,
    &SVCB_SVCPARAM_VALUE,
    &SVCB_SVCPARAM_ALPN_LENGTH,
    &SVCB_SVCPARAM_ALPN,
    &SVCB_SVCPARAM_PORT,
    &SVCB_SVCPARAM_IPV4HINT_IP,
    &SVCB_SVCPARAM_IPV6HINT_IP,
    &CAA_FLAGS,
    &CAA_TAG_LENGTH,
    &CAA_TAG,
    &CAA_VALUE,
    &RRSIG_TYPE_COVERED,
    &RRSIG_ALGORITHM,
    &RRSIG_LABELS,
    &RRSIG_ORIGINAL_TTL,
    &RRSIG_SIGNATURE_EXPIRATION,
    &RRSIG_SIGNATURE_INCEPTION,
    &RRSIG_KEY_TAG,
    &RRSIG_SIGNERS_NAME,
    &RRSIG_SIGNATURE,
    &DS_KEY_ID,
    &DS_ALGORITHM,
    &DS_DIGEST_TYPE,
    &DS_DIGEST,
    &DNSKEY_FLAGS,
    &DNSKEY_PROTOCOL,
    &DNSKEY_ALGORITHM,
    &DNSKEY_PUBLIC_KEY,
    &NSEC3_ALGO,
    &NSEC3_FLAGS,
    &NSEC3_ITERATIONS,
    &NSEC3_SALT_LENGTH,
    &NSEC3_SALT,
    &NSEC3_HASH_LENGTH,
    &NSEC3_HASH,
    &CSYNC_SOA,
    &CSYNC_FLAGS,
    &NSEC_NEXT_DOMAIN_NAME,
    &OPT,
    &OPT_CODE,
    &OPT_LEN,
    &OPT_DATA,
    &OPT_CLIENT_FAMILY,
    &OPT_CLIENT_NETMASK,
    &OPT_CLIENT_SCOPE,
    &OPT_CLIENT_ADDR4,
    &OPT_CLIENT_ADDR6,
    &OPT_COOKIE_CLIENT,
    &OPT_COOKIE_SERVER,
    &DATA,
    &RESPONSE_IN,
    &RESPONSE_TO,
    &TIME,
    &RETRANSMISSION,
    &RETRANSMIT_REQUEST_IN,
    &RETRANSMIT_RESPONSE_IN,
    &UNSOLICITED,
    &DNSKEY_ZONE,
    &DNSKEY_REVOKED,
    &DNSKEY_ENTRY,
    &DNSKEY_RESERVED,
    &DNSKEY_ID,
    &NSEC3_OPT_OUT,
    &CAA_CRITICAL,
    &CAA_ISSUE,
    &CAA_ISSUEWILD,
    &CAA_IODEF,
    &CAA_UNKNOWN,
    &RP_MAILBOX,
    &RP_TEXT,
    &AFSDB_SUBTYPE,
    &AFSDB_HOST,
    &CERT_TYPE,
    &CERT_TAG,
    &CERT_ALGORITHM,
    &CERT,
    &SSHFP_ALGORITHM,
    &SSHFP_TYPE,
    &SSHFP,
    &TLSA_USAGE,
    &TLSA_SELECTOR,
    &TLSA_MATCHING,
    &TLSA_DATA,
    &OPENPGPKEY,
    &ZONEMD_SERIAL,
    &ZONEMD_SCHEME,
    &ZONEMD_HASH,
    &ZONEMD_DIGEST,
    &TSIG_ALGORITHM,
    &TSIG_TIME,
    &TSIG_FUDGE,
    &TSIG_MAC_SIZE,
    &TSIG_MAC,
    &TSIG_ID,
    &TSIG_ERROR,
    &TSIG_OTHER_LENGTH,
    &TSIG_OTHER,
    &OPT_DAU,
    &OPT_DHU,
    &OPT_N3U,
    &OPT_TIMEOUT,
    &OPT_PADDING,
    &OPT_CHAIN,
    &OPT_ERROR,
    &OPT_ERROR_TEXT,
    &SVCB_SVCPARAM,
    &SVCB_MANDATORY,
    &SVCB_ECH,
    &SVCB_ODOH,
];
