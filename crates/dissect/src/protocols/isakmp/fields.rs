//! Fields of ISAKMP, IKEv1 and IKEv2.

use crate::fields::{U8, U16, U32, fields};
use weir_model::Holds;
use weir_model::Kind::{Bool, Bytes, Ipv4, Ipv6, None, Text};

/// Payloads of both versions (IANA).
pub(super) static PAYLOADS: &[(u64, &str)] = &[
    (0, "NONE / No Next Payload"),
    (1, "Security Association"),
    (2, "Proposal"),
    (3, "Transform"),
    (4, "Key Exchange"),
    (5, "Identification"),
    (6, "Certificate"),
    (7, "Certificate Request"),
    (8, "Hash"),
    (9, "Signature"),
    (10, "Nonce"),
    (11, "Notification"),
    (12, "Delete"),
    (13, "Vendor ID"),
    (14, "Configuration"),
    (20, "NAT-D (RFC 3947)"),
    (21, "NAT-OA (RFC 3947)"),
    (33, "Security Association"),
    (34, "Key Exchange"),
    (35, "Identification - Initiator"),
    (36, "Identification - Responder"),
    (37, "Certificate"),
    (38, "Certificate Request"),
    (39, "Authentication"),
    (40, "Nonce"),
    (41, "Notify"),
    (42, "Delete"),
    (43, "Vendor ID"),
    (44, "Traffic Selector - Initiator"),
    (45, "Traffic Selector - Responder"),
    (46, "Encrypted and Authenticated"),
    (47, "Configuration"),
    (48, "Extensible Authentication"),
    (53, "Encrypted and Authenticated Fragment"),
    (132, "Cisco-Fragmentation"),
];

static EXCHANGES: &[(u64, &str)] = &[
    (0, "NONE"),
    (1, "Base"),
    (2, "Identity Protection (Main Mode)"),
    (3, "Authentication Only"),
    (4, "Aggressive"),
    (5, "Informational"),
    (6, "Transaction (Config Mode)"),
    (32, "Quick Mode"),
    (33, "New Group Mode"),
    (34, "IKE_SA_INIT"),
    (35, "IKE_AUTH"),
    (36, "CREATE_CHILD_SA"),
    (37, "INFORMATIONAL"),
    (38, "IKE_SESSION_RESUME"),
    (43, "IKE_INTERMEDIATE"),
];

static PROTOCOLS: &[(u64, &str)] = &[
    (0, "RESERVED"),
    (1, "ISAKMP"),
    (2, "IPSEC_AH"),
    (3, "IPSEC_ESP"),
    (4, "IPCOMP"),
];

static GROUPS: &[(u64, &str)] = &[
    (0, "None"),
    (1, "Default 768-bit MODP group"),
    (2, "Alternate 1024-bit MODP group"),
    (5, "1536 bit MODP group"),
    (14, "2048 bit MODP group"),
    (15, "3072 bit MODP group"),
    (16, "4096 bit MODP group"),
    (17, "6144 bit MODP group"),
    (18, "8192 bit MODP group"),
    (19, "256-bit random ECP group"),
    (20, "384-bit random ECP group"),
    (21, "521-bit random ECP group"),
    (31, "Curve25519"),
    (32, "Curve448"),
];

/// Notifications of IKEv2 that say most, and those of IKEv1 (RFC 7296 section 3.10.1, RFC 2408 section 3.14.1).
static NOTICES: &[(u64, &str)] = &[
    (4, "INVALID_IKE_SPI"),
    (5, "INVALID_MAJOR_VERSION"),
    (7, "INVALID_SYNTAX"),
    (9, "INVALID_MESSAGE_ID"),
    (11, "INVALID_SPI"),
    (14, "NO_PROPOSAL_CHOSEN"),
    (17, "INVALID_KE_PAYLOAD"),
    (18, "INVALID_ID_INFORMATION"),
    (24, "AUTHENTICATION_FAILED"),
    (35, "NO_ADDITIONAL_SAS"),
    (38, "TS_UNACCEPTABLE"),
    (16384, "INITIAL_CONTACT"),
    (16388, "NAT_DETECTION_SOURCE_IP"),
    (16389, "NAT_DETECTION_DESTINATION_IP"),
    (16390, "COOKIE"),
    (16406, "REDIRECT_SUPPORTED"),
    (16407, "REDIRECT"),
    (16418, "CHILDLESS_IKEV2_SUPPORTED"),
    (16430, "IKEV2_FRAGMENTATION_SUPPORTED"),
    (16431, "SIGNATURE_HASH_ALGORITHMS"),
    (16435, "USE_PPK"),
    (16438, "INTERMEDIATE_EXCHANGE_SUPPORTED"),
    (24576, "RESPONDER-LIFETIME"),
    (24577, "REPLAY-STATUS"),
    (24578, "INITIAL-CONTACT"),
    (36136, "R-U-THERE"),
    (36137, "R-U-THERE-ACK"),
];

static LIFE: &[(u64, &str)] = &[(1, "Seconds"), (2, "Kilobytes")];

static IDENTITIES: &[(u64, &str)] = &[
    (1, "IPV4_ADDR"),
    (2, "FQDN"),
    (3, "USER_FQDN"),
    (4, "IPV4_ADDR_SUBNET"),
    (5, "IPV6_ADDR"),
    (6, "IPV6_ADDR_SUBNET"),
    (7, "IPV4_ADDR_RANGE"),
    (8, "IPV6_ADDR_RANGE"),
    (9, "DER_ASN1_DN"),
    (10, "DER_ASN1_GN"),
    (11, "KEY_ID"),
];

static CERTIFICATES: &[(u64, &str)] = &[
    (1, "PKCS #7 wrapped X.509 certificate"),
    (2, "PGP Certificate"),
    (4, "X.509 Certificate - Signature"),
    (5, "X.509 Certificate - Key Exchange"),
    (7, "Certificate Revocation List (CRL)"),
    (11, "Raw RSA Key"),
    (12, "Hash and URL of X.509 certificate"),
    (13, "Hash and URL of X.509 bundle"),
];

fields! {
    ISPI "isakmp.ispi" Bytes, "Initiator SPI";
    RSPI "isakmp.rspi" Bytes, "Responder SPI";
    PAYLOAD "isakmp.typepayload" U8, "Payload" .values(PAYLOADS);
    NEXT "isakmp.nextpayload" U8, "Next payload" .values(PAYLOADS);
    CRITICAL "isakmp.criticalpayload" Bool, "Critical Bit";
    RESERVED7 "isakmp.reserved7" U8, "Reserved" .hex();
    RESERVED "isakmp.reserved" Bytes, "Reserved";
    DATA "isakmp.datapayload" Bytes, "Data Payload";
    VERSION "isakmp.version" U8, "Version" .hex();
    MAJOR "isakmp.mjver" U8, "MjVer" .hex();
    MINOR "isakmp.mnver" U8, "MnVer" .hex();
    EXCHANGE "isakmp.exchangetype" U8, "Exchange type" .values(EXCHANGES);
    FLAGS "isakmp.flags" U8, "Flags" .hex();
    FLAG_E "isakmp.flag_e" Bool, "Encryption";
    FLAG_C "isakmp.flag_c" Bool, "Commit";
    FLAG_A "isakmp.flag_a" Bool, "Authentication";
    FLAG_I "isakmp.flag_i" Bool, "Initiator";
    FLAG_V "isakmp.flag_v" Bool, "Version";
    FLAG_R "isakmp.flag_r" Bool, "Response";
    MESSAGE_ID "isakmp.messageid" U32, "Message ID" .hex();
    LENGTH "isakmp.length" U32, "Length";
    PAYLOAD_LENGTH "isakmp.payloadlength" U16, "Payload length";
    DOI "isakmp.sa.doi" U32, "Domain of interpretation" .values(&[(0, "ISAKMP"), (1, "IPSEC"), (2, "GDOI")]);
    SITUATION "isakmp.sa.situation" Bytes, "Situation";
    IDENTITY_ONLY "isakmp.sa.situation.identity_only" Bool, "Identity Only";
    SECRECY "isakmp.sa.situation.secrecy" Bool, "Secrecy";
    INTEGRITY "isakmp.sa.situation.integrity" Bool, "Integrity";
    PROTOCOL_ID "isakmp.prop.protoid" U32, "Protocol ID" .values(PROTOCOLS);
    PROPOSAL "isakmp.prop.number" U8, "Proposal number";
    SPI_SIZE "isakmp.spisize" U8, "SPI Size";
    SPI "isakmp.spi" Bytes, "SPI";
    TRANSFORMS "isakmp.prop.transforms" U8, "Proposal transforms";
    TRANSFORM "isakmp.trans.number" U8, "Transform number";
    TRANSFORM_ID "isakmp.trans.id" U8, "Transform ID";
    ID_TYPE "isakmp.id.type" U8, "ID type" .values(IDENTITIES);
    ID_PROTOCOL "isakmp.id.protoid" U8, "Protocol ID";
    ID_PORT "isakmp.id.port" U16, "Port";
    ID_DATA "isakmp.id.data" None, "Identification Data:";
    ID_IPV4 "isakmp.id.data.ipv4_addr" Ipv4, "ID_IPV4_ADDR" .holds(Holds::Address);
    ID_FQDN "isakmp.id.data.fqdn" Text, "ID_FQDN" .holds(Holds::Name);
    ID_USER "isakmp.id.data.user_fqdn" Text, "ID_FQDN" .holds(Holds::Name);
    ID_IPV4_SUBNET "isakmp.id.data.ipv4_subnet" Ipv4, "ID_IPV4_SUBNET" .holds(Holds::Address);
    ID_IPV4_START "isakmp.id.data.ipv4_range_start" Ipv4, "ID_IPV4_RANGE (Start)" .holds(Holds::Address);
    ID_IPV4_END "isakmp.id.data.ipv4_range_end" Ipv4, "ID_IPV4_RANGE (End)" .holds(Holds::Address);
    ID_IPV6 "isakmp.id.data.ipv6_addr" Ipv6, "ID_IPV6_ADDR" .holds(Holds::Address);
    ID_IPV6_SUBNET "isakmp.id.data.ipv6_subnet" Ipv6, "ID_IPV6A_ADDR_SUBNET" .holds(Holds::Address);
    ID_IPV6_START "isakmp.id.data.ipv6_range_start" Ipv6, "ID_IPV6_ADDR_RANGE (Start)" .holds(Holds::Address);
    ID_IPV6_END "isakmp.id.data.ipv6_range_end" Ipv6, "ID_IPV6_ADDR_RANGE (End)" .holds(Holds::Address);
    ID_KEY "isakmp.id.data.key_id" Bytes, "ID_KEY_ID" .holds(Holds::Name);
    CERT_ENCODING "isakmp.cert.encoding" U8, "Certificate Encoding" .values(CERTIFICATES);
    CERT "isakmp.cert.data" None, "Certificate Data";
    CERT_HASH "isakmp.cert.x509.hash" Bytes, "Hash";
    CERT_URL "isakmp.cert.x509.url" Text, "URL" .holds(Holds::Content);
    CERTREQ "isakmp.certreq.type" U8, "Certificate Type" .values(CERTIFICATES);
    AUTHORITY "isakmp.ike.certreq.authority" Bytes, "Certificate Authority Data";
    AUTH_METHOD "isakmp.auth.method" U8, "Authentication Method";
    AUTH "isakmp.auth.data" Bytes, "Authentication Data";
    NOTIFY_DOI "isakmp.notify.doi" U32, "Domain of interpretation";
    NOTIFY_PROTOCOL "isakmp.notify.protoid" U32, "Protocol ID" .values(PROTOCOLS);
    NOTICE "isakmp.notify.msgtype" U16, "Notify Message Type" .values(NOTICES);
    NOTIFY_DATA "isakmp.notify.data" Bytes, "Notification DATA";
    R_U_THERE "isakmp.notify.data.dpd.are_you_there" U32, "DPD ARE-YOU-THERE sequence";
    R_U_THERE_ACK "isakmp.notify.data.dpd.are_you_there_ack" U32, "DPD ARE-YOU-THERE-ACK sequence";
    ACCEPTED_GROUP "isakmp.notify.data.accepted_dh_group" U16, "Accepted DH group number" .values(GROUPS);
    SIGNATURE_HASH "isakmp.notify.data.signature_hash_algorithms" U16, "Supported Signature Hash Algorithm" .values(&[
        (1, "SHA1"), (2, "SHA2-256"), (3, "SHA2-384"), (4, "SHA2-512"), (5, "Identity"),
    ]);
    DELETE_DOI "isakmp.delete.doi" U32, "Domain of interpretation";
    DELETE_PROTOCOL "isakmp.delete.protoid" U32, "Protocol ID" .values(PROTOCOLS);
    SPI_COUNT "isakmp.spinum" U16, "Number of SPIs";
    DELETE_SPI "isakmp.delete.spi" Bytes, "Delete SPI";
    VENDOR "isakmp.vid_bytes" Bytes, "Vendor ID";
    VENDOR_NAME "isakmp.vid_string" Text, "Vendor ID";
    UNITY_MAJOR "isakmp.vid.cisco_unity.major" U8, "CISCO-UNITY Major version";
    UNITY_MINOR "isakmp.vid.cisco_unity.minor" U8, "CISCO-UNITY Minor version";
    FORTIGATE_RELEASE "isakmp.vid.fortinet.fortigate.release" U16, "Release";
    FORTIGATE_BUILD "isakmp.vid.fortinet.fortigate.build" U16, "Build";
    MS_VERSION "isakmp.vid.ms_nt5_isakmpoakley" U32, "MS NT5 ISAKMPOAKLEY";
    HASH "isakmp.hash" Bytes, "Hash DATA";
    SIGNATURE "isakmp.sig" Bytes, "Signature DATA";
    NONCE "isakmp.nonce" Bytes, "Nonce DATA";
    FRAGMENT "isakmp.frag.number" U16, "Fragment Number";
    FRAGMENTS "isakmp.frag.total" U16, "Total Fragments";
    CISCO_ID "isakmp.frag.packetid" U16, "Frag ID" .hex();
    CISCO_SEQ "isakmp.frag.seq" U8, "Frag seq";
    CISCO_LAST "isakmp.frag.last" U8, "Frag last";
    NAT_HASH "isakmp.ike.nat_hash" Bytes, "HASH of the address and port";
    NAT_IPV4 "isakmp.ike.nat_original_address_ipv4" Ipv4, "NAT Original IPv4 Address" .holds(Holds::Address);
    NAT_IPV6 "isakmp.ike.nat_original_address_ipv6" Ipv6, "NAT Original IPv6 Address" .holds(Holds::Address);
    IKE_ATTR "isakmp.ike.attr" None, "IKE Attribute";
    IKE_TYPE "isakmp.ike.attr.type" U16, "Type";
    IKE_FORMAT "isakmp.ike.attr.format" Bool, "Format";
    IKE_LENGTH "isakmp.ike.attr.length" U16, "Length";
    IKE_VALUE "isakmp.ike.attr.value" Bytes, "Value";
    IKE_CIPHER "isakmp.ike.attr.encryption_algorithm" U16, "Encryption Algorithm" .values(&[
        (1, "DES-CBC"), (2, "IDEA-CBC"), (3, "BLOWFISH-CBC"), (4, "RC5-R16-B64-CBC"), (5, "3DES-CBC"), (6, "CAST-CBC"),
        (7, "AES-CBC"), (8, "CAMELLIA-CBC"),
    ]);
    IKE_HASH "isakmp.ike.attr.hash_algorithm" U16, "HASH Algorithm" .values(&[
        (1, "MD5"), (2, "SHA"), (3, "TIGER"), (4, "SHA2-256"), (5, "SHA2-384"), (6, "SHA2-512"),
    ]);
    IKE_METHOD "isakmp.ike.attr.authentication_method" U16, "Authentication Method" .values(&[
        (1, "Pre-shared key"), (2, "DSS signatures"), (3, "RSA signatures"), (4, "Encryption with RSA"),
        (5, "Revised encryption with RSA"), (9, "ECDSA with SHA-256 on the P-256 curve"), (64221, "HybridInitRSA"),
        (65001, "XAUTHInitPreShared"), (65005, "XAUTHInitRSA"),
    ]);
    IKE_GROUP "isakmp.ike.attr.group_description" U16, "Group Description" .values(GROUPS);
    IKE_LIFE "isakmp.ike.attr.life_type" U16, "Life Type" .values(LIFE);
    IKE_DURATION "isakmp.ike.attr.life_duration" U32, "Life Duration";
    IKE_KEY "isakmp.ike.attr.key_length" U16, "Key Length";
    IPSEC_ATTR "isakmp.ipsec.attr" None, "IPsec Attribute";
    IPSEC_TYPE "isakmp.ipsec.attr.type" U16, "Type";
    IPSEC_FORMAT "isakmp.ipsec.attr.format" Bool, "Format";
    IPSEC_LENGTH "isakmp.ipsec.attr.length" U16, "Length";
    IPSEC_VALUE "isakmp.ipsec.attr.value" Bytes, "Value";
    IPSEC_LIFE "isakmp.ipsec.attr.life_type" U16, "Life Type" .values(LIFE);
    IPSEC_DURATION "isakmp.ipsec.attr.life_duration" U32, "Life Duration";
    IPSEC_GROUP "isakmp.ipsec.attr.group_description" U16, "Group Description" .values(GROUPS);
    IPSEC_MODE "isakmp.ipsec.attr.encap_mode" U16, "Encapsulation Mode" .values(&[
        (1, "Tunnel"), (2, "Transport"), (3, "UDP-Encapsulated-Tunnel"), (4, "UDP-Encapsulated-Transport"),
    ]);
    IPSEC_AUTH "isakmp.ipsec.attr.auth_algorithm" U16, "Authentication Algorithm" .values(&[
        (1, "HMAC-MD5"), (2, "HMAC-SHA"), (3, "DES-MAC"), (5, "HMAC-SHA2-256"), (6, "HMAC-SHA2-384"), (7, "HMAC-SHA2-512"),
    ]);
    IPSEC_KEY "isakmp.ipsec.attr.key_length" U16, "Key Length";
    TF_TYPE "isakmp.tf.type" U8, "Transform Type" .values(&[
        (1, "Encryption Algorithm (ENCR)"), (2, "Pseudo-random Function (PRF)"), (3, "Integrity Algorithm (INTEG)"),
        (4, "Diffie-Hellman Group (D-H)"), (5, "Extended Sequence Numbers (ESN)"),
    ]);
    TF_CIPHER "isakmp.tf.id.encr" U16, "Transform ID (ENCR)" .values(&[
        (2, "ENCR_DES"), (3, "ENCR_3DES"), (11, "ENCR_NULL"), (12, "ENCR_AES_CBC"), (13, "ENCR_AES_CTR"),
        (14, "AES-CCM with a 8 octet ICV"), (16, "AES-CCM with a 16 octet ICV"), (18, "AES-GCM with a 8 octet ICV"),
        (19, "AES-GCM with a 12 octet ICV"), (20, "AES-GCM with a 16 octet ICV"), (23, "ENCR_CAMELLIA_CBC"),
        (28, "ENCR_CHACHA20_POLY1305"),
    ]);
    TF_PRF "isakmp.tf.id.prf" U16, "Transform ID (PRF)" .values(&[
        (1, "PRF_HMAC_MD5"), (2, "PRF_HMAC_SHA1"), (4, "PRF_AES128_CBC"), (5, "PRF_HMAC_SHA2_256"),
        (6, "PRF_HMAC_SHA2_384"), (7, "PRF_HMAC_SHA2_512"),
    ]);
    TF_INTEGRITY "isakmp.tf.id.integ" U16, "Transform ID (INTEG)" .values(&[
        (0, "NONE"), (1, "AUTH_HMAC_MD5_96"), (2, "AUTH_HMAC_SHA1_96"), (5, "AUTH_AES_XCBC_96"),
        (12, "AUTH_HMAC_SHA2_256_128"), (13, "AUTH_HMAC_SHA2_384_192"), (14, "AUTH_HMAC_SHA2_512_256"),
    ]);
    TF_GROUP "isakmp.tf.id.dh" U16, "Transform ID (D-H)" .values(GROUPS);
    TF_ESN "isakmp.tf.id.esn" U16, "Transform ID (ESN)" .values(&[
        (0, "No Extended Sequence Numbers"), (1, "Extended Sequence Numbers"),
    ]);
    TF_ID "isakmp.tf.id" U16, "Transform ID";
    IKE2_ATTR "isakmp.ike2.attr" None, "Transform Attribute";
    IKE2_TYPE "isakmp.ike2.attr.type" U16, "Type";
    IKE2_FORMAT "isakmp.ike2.attr.format" Bool, "Format";
    IKE2_LENGTH "isakmp.ike2.attr.length" U16, "Length";
    IKE2_VALUE "isakmp.ike2.attr.value" Bytes, "Value";
    IKE2_KEY "isakmp.ike2.attr.key_length" U16, "Key Length";
    GROUP "isakmp.key_exchange.dh_group" U16, "DH Group #" .values(GROUPS);
    KEY "isakmp.key_exchange.data" Bytes, "Key Exchange Data";
    SEALED "isakmp.enc.data" None, "Encrypted Data";
    IV "isakmp.enc.iv" Bytes, "Initialization Vector";
}

/// The fields of a family of attributes: itself, format, type, length, value, and those of its types.
pub(super) struct Attributes {
    pub(super) parts: [&'static weir_model::Field; 5],
    pub(super) known: &'static [(u16, &'static weir_model::Field)],
}

/// Of IKEv1's own transforms (RFC 2409 appendix A).
pub(super) static IKE: Attributes = Attributes {
    parts: [&IKE_ATTR, &IKE_FORMAT, &IKE_TYPE, &IKE_LENGTH, &IKE_VALUE],
    known: &[
        (1, &IKE_CIPHER),
        (2, &IKE_HASH),
        (3, &IKE_METHOD),
        (4, &IKE_GROUP),
        (11, &IKE_LIFE),
        (12, &IKE_DURATION),
        (14, &IKE_KEY),
    ],
};

/// Of IKEv1's transforms for IPsec (RFC 2407 section 4.5).
pub(super) static IPSEC: Attributes = Attributes {
    parts: [
        &IPSEC_ATTR,
        &IPSEC_FORMAT,
        &IPSEC_TYPE,
        &IPSEC_LENGTH,
        &IPSEC_VALUE,
    ],
    known: &[
        (1, &IPSEC_LIFE),
        (2, &IPSEC_DURATION),
        (3, &IPSEC_GROUP),
        (4, &IPSEC_MODE),
        (5, &IPSEC_AUTH),
        (6, &IPSEC_KEY),
    ],
};

/// Of IKEv2 (RFC 7296 section 3.3.5).
pub(super) static IKE2: Attributes = Attributes {
    parts: [
        &IKE2_ATTR,
        &IKE2_FORMAT,
        &IKE2_TYPE,
        &IKE2_LENGTH,
        &IKE2_VALUE,
    ],
    known: &[(14, &IKE2_KEY)],
};
