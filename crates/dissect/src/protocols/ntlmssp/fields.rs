//! Fields of NTLMSSP.

use weir_model::{Field, Holds, Kind};

macro_rules! fields {
    ($($name:ident = $field:expr;)*) => {
        $( pub(super) static $name: Field = $field; )*
        pub(super) static ALL: &[&Field] = &[$(&$name,)*];
    };
}

const fn flag(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Bool, title)
}

const fn name(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Text, title).holds(Holds::Name)
}

const fn secret(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Bytes, title).holds(Holds::Secret)
}

static ITEMS: &[(u64, &str)] = &[
    (0, "End of list"),
    (1, "NetBIOS computer name"),
    (2, "NetBIOS domain name"),
    (3, "DNS computer name"),
    (4, "DNS domain name"),
    (5, "DNS tree name"),
    (6, "Flags"),
    (7, "Timestamp"),
    (8, "Restrictions"),
    (9, "Target Name"),
    (10, "Channel Bindings"),
];

fields! {
    IDENTIFIER = Field::new("ntlmssp.identifier", Kind::Text, "NTLMSSP identifier");
    MESSAGE_TYPE = Field::new("ntlmssp.messagetype", Kind::Uint(32), "NTLM Message Type").hex().values(&[
        (1, "NTLMSSP_NEGOTIATE"),
        (2, "NTLMSSP_CHALLENGE"),
        (3, "NTLMSSP_AUTH"),
    ]);
    FLAGS = Field::new("ntlmssp.negotiateflags", Kind::Uint(32), "Negotiate Flags").hex();
    F_UNICODE = flag("ntlmssp.negotiateunicode", "Negotiate UNICODE");
    F_OEM = flag("ntlmssp.negotiateoem", "Negotiate OEM");
    F_TARGET = flag("ntlmssp.requesttarget", "Request Target");
    F_8 = flag("ntlmssp.negotiate00000008", "Request 0x00000008");
    F_SIGN = flag("ntlmssp.negotiatesign", "Negotiate Sign");
    F_SEAL = flag("ntlmssp.negotiateseal", "Negotiate Seal");
    F_DATAGRAM = flag("ntlmssp.negotiatedatagram", "Negotiate Datagram");
    F_LM_KEY = flag("ntlmssp.negotiatelmkey", "Negotiate Lan Manager Key");
    F_100 = flag("ntlmssp.negotiate00000100", "Negotiate 0x00000100");
    F_NTLM = flag("ntlmssp.negotiatentlm", "Negotiate NTLM key");
    F_NT_ONLY = flag("ntlmssp.negotiatentonly", "Negotiate NT Only");
    F_ANONYMOUS = flag("ntlmssp.negotiateanonymous", "Negotiate Anonymous");
    F_OEM_DOMAIN = flag("ntlmssp.negotiateoemdomainsupplied", "Negotiate OEM Domain Supplied");
    F_OEM_STATION = flag("ntlmssp.negotiateoemworkstationsupplied", "Negotiate OEM Workstation Supplied");
    F_4000 = flag("ntlmssp.negotiate00004000", "Negotiate 0x00004000");
    F_ALWAYS_SIGN = flag("ntlmssp.negotiatealwayssign", "Negotiate Always Sign");
    F_DOMAIN = flag("ntlmssp.targettypedomain", "Target Type Domain");
    F_SERVER = flag("ntlmssp.targettypeserver", "Target Type Server");
    F_SHARE = flag("ntlmssp.targettypeshare", "Target Type Share");
    F_EXTENDED = flag("ntlmssp.negotiatentlm2", "Negotiate Extended Security");
    F_IDENTIFY = flag("ntlmssp.negotiateidentify", "Negotiate Identify");
    F_200000 = flag("ntlmssp.negotiatent00200000", "Negotiate 0x00200000");
    F_NON_NT = flag("ntlmssp.requestnonntsession", "Request Non-NT Session");
    F_TARGET_INFO = flag("ntlmssp.negotiatetargetinfo", "Negotiate Target Info");
    F_1000000 = flag("ntlmssp.negotiatent01000000", "Negotiate 0x01000000");
    F_VERSION = flag("ntlmssp.negotiateversion", "Negotiate Version");
    F_4000000 = flag("ntlmssp.negotiatent04000000", "Negotiate 0x04000000");
    F_8000000 = flag("ntlmssp.negotiatent08000000", "Negotiate 0x08000000");
    F_10000000 = flag("ntlmssp.negotiatent10000000", "Negotiate 0x10000000");
    F_128 = flag("ntlmssp.negotiate128", "Negotiate 128");
    F_KEY_EXCHANGE = flag("ntlmssp.negotiatekeyexch", "Negotiate Key Exchange");
    F_56 = flag("ntlmssp.negotiate56", "Negotiate 56");
    DOMAIN_CALLING = name("ntlmssp.negotiate.domain", "Calling workstation domain");
    STATION_CALLING = name("ntlmssp.negotiate.callingworkstation", "Calling workstation name");
    SERVER_CHALLENGE = Field::new("ntlmssp.ntlmserverchallenge", Kind::Bytes, "NTLM Server Challenge");
    CLIENT_CHALLENGE = Field::new("ntlmssp.ntlmclientchallenge", Kind::Bytes, "LMv2 Client Challenge");
    RESERVED = Field::new("ntlmssp.reserved", Kind::Bytes, "Reserved");
    TARGET_NAME = name("ntlmssp.challenge.target_name", "Target Name");
    DOMAIN = name("ntlmssp.auth.domain", "Domain name");
    USER = name("ntlmssp.auth.username", "User name");
    HOST = name("ntlmssp.auth.hostname", "Host name");
    LM = secret("ntlmssp.auth.lmresponse", "Lan Manager Response");
    NT = secret("ntlmssp.auth.ntresponse", "NTLM Response");
    KEY = secret("ntlmssp.auth.sesskey", "Session Key");
    STRING_LENGTH = Field::new("ntlmssp.string.length", Kind::Uint(16), "Length");
    STRING_MAX = Field::new("ntlmssp.string.maxlen", Kind::Uint(16), "Maxlen");
    STRING_OFFSET = Field::new("ntlmssp.string.offset", Kind::Uint(32), "Offset");
    BLOB_LENGTH = Field::new("ntlmssp.blob.length", Kind::Uint(16), "Length");
    BLOB_MAX = Field::new("ntlmssp.blob.maxlen", Kind::Uint(16), "Maxlen");
    BLOB_OFFSET = Field::new("ntlmssp.blob.offset", Kind::Uint(32), "Offset");
    VERSION = Field::new("ntlmssp.version", Kind::None, "Version");
    MAJOR = Field::new("ntlmssp.version.major", Kind::Uint(8), "Major Version");
    MINOR = Field::new("ntlmssp.version.minor", Kind::Uint(8), "Minor Version");
    BUILD = Field::new("ntlmssp.version.build_number", Kind::Uint(16), "Build Number");
    REVISION = Field::new("ntlmssp.version.ntlm_current_revision", Kind::Uint(8), "NTLM Current Revision");
    INFO = Field::new("ntlmssp.challenge.target_info", Kind::None, "Target Info");
    INFO_LENGTH = Field::new("ntlmssp.challenge.target_info.length", Kind::Uint(16), "Length");
    INFO_MAX = Field::new("ntlmssp.challenge.target_info.maxlen", Kind::Uint(16), "Maxlen");
    INFO_OFFSET = Field::new("ntlmssp.challenge.target_info.offset", Kind::Uint(32), "Offset");
    INFO_TYPE = Field::new("ntlmssp.challenge.target_info.item.type", Kind::Uint(16), "Target Info Item Type").hex().values(ITEMS);
    INFO_ITEM = Field::new("ntlmssp.challenge.target_info.item.length", Kind::Uint(16), "Target Info Item Length");
    INFO_NB_COMPUTER = name("ntlmssp.challenge.target_info.nb_computer_name", "NetBIOS Computer Name");
    INFO_NB_DOMAIN = name("ntlmssp.challenge.target_info.nb_domain_name", "NetBIOS Domain Name");
    INFO_DNS_COMPUTER = name("ntlmssp.challenge.target_info.dns_computer_name", "DNS Computer Name");
    INFO_DNS_DOMAIN = name("ntlmssp.challenge.target_info.dns_domain_name", "DNS Domain Name");
    INFO_DNS_TREE = name("ntlmssp.challenge.target_info.dns_tree_name", "DNS Tree Name");
    INFO_FLAGS = Field::new("ntlmssp.challenge.target_info.flags", Kind::Uint(32), "Flags").hex();
    INFO_TIME = Field::new("ntlmssp.challenge.target_info.timestamp", Kind::Time, "Timestamp");
    INFO_RESTRICTIONS = Field::new("ntlmssp.challenge.target_info.restrictions", Kind::Bytes, "Restrictions");
    INFO_TARGET = name("ntlmssp.challenge.target_info.target_name", "Target Name");
    INFO_CHANNEL = Field::new("ntlmssp.challenge.target_info.channel_bindings", Kind::Bytes, "Channel Bindings");
    V2 = secret("ntlmssp.ntlmv2_response", "NTLMv2 Response");
    V2_PROOF = secret("ntlmssp.ntlmv2_response.ntproofstr", "NTProofStr");
    V2_VERSION = Field::new("ntlmssp.ntlmv2_response.rversion", Kind::Uint(8), "Response Version");
    V2_HI_VERSION = Field::new("ntlmssp.ntlmv2_response.hirversion", Kind::Uint(8), "Hi Response Version");
    V2_Z = Field::new("ntlmssp.ntlmv2_response.z", Kind::Bytes, "Z");
    V2_TIME = Field::new("ntlmssp.ntlmv2_response.time", Kind::Time, "Time");
    V2_CHALLENGE = Field::new("ntlmssp.ntlmv2_response.chal", Kind::Bytes, "NTLMv2 Client Challenge");
    V2_TYPE = Field::new("ntlmssp.ntlmv2_response.item.type", Kind::Uint(16), "NTLMV2 Response Item Type").hex().values(ITEMS);
    V2_ITEM = Field::new("ntlmssp.ntlmv2_response.item.length", Kind::Uint(16), "NTLMV2 Response Item Length");
    V2_NB_COMPUTER = name("ntlmssp.ntlmv2_response.nb_computer_name", "NetBIOS Computer Name");
    V2_NB_DOMAIN = name("ntlmssp.ntlmv2_response.nb_domain_name", "NetBIOS Domain Name");
    V2_DNS_COMPUTER = name("ntlmssp.ntlmv2_response.dns_computer_name", "DNS Computer Name");
    V2_DNS_DOMAIN = name("ntlmssp.ntlmv2_response.dns_domain_name", "DNS Domain Name");
    V2_DNS_TREE = name("ntlmssp.ntlmv2_response.dns_tree_name", "DNS Tree Name");
    V2_FLAGS = Field::new("ntlmssp.ntlmv2_response.flags", Kind::Uint(32), "Flags").hex();
    V2_STAMP = Field::new("ntlmssp.ntlmv2_response.timestamp", Kind::Time, "Timestamp");
    V2_RESTRICTIONS = Field::new("ntlmssp.ntlmv2_response.restrictions", Kind::Bytes, "Restrictions");
    V2_TARGET = name("ntlmssp.ntlmv2_response.target_name", "Target Name");
    V2_CHANNEL = Field::new("ntlmssp.ntlmv2_response.channel_bindings", Kind::Bytes, "Channel Bindings");
    MIC = Field::new("ntlmssp.authenticate.mic", Kind::Bytes, "MIC");
    VERIFIER = Field::new("ntlmssp.verf", Kind::None, "NTLMSSP Verifier");
    VERIFIER_VERSION = Field::new("ntlmssp.verf.vers", Kind::Uint(32), "Version Number");
    VERIFIER_BODY = Field::new("ntlmssp.verf.body", Kind::Bytes, "Verifier Body");
}

/// The flags, from the lowest bit on.
pub(super) static BITS: [&Field; 32] = [
    &F_UNICODE,
    &F_OEM,
    &F_TARGET,
    &F_8,
    &F_SIGN,
    &F_SEAL,
    &F_DATAGRAM,
    &F_LM_KEY,
    &F_100,
    &F_NTLM,
    &F_NT_ONLY,
    &F_ANONYMOUS,
    &F_OEM_DOMAIN,
    &F_OEM_STATION,
    &F_4000,
    &F_ALWAYS_SIGN,
    &F_DOMAIN,
    &F_SERVER,
    &F_SHARE,
    &F_EXTENDED,
    &F_IDENTIFY,
    &F_200000,
    &F_NON_NT,
    &F_TARGET_INFO,
    &F_1000000,
    &F_VERSION,
    &F_4000000,
    &F_8000000,
    &F_10000000,
    &F_128,
    &F_KEY_EXCHANGE,
    &F_56,
];

/// Fields of a list of attributes: type, length, and the values of types 1 to 10.
pub(super) struct List {
    pub(super) kind: &'static Field,
    pub(super) len: &'static Field,
    pub(super) values: [&'static Field; 10],
}

pub(super) static CHALLENGED: List = List {
    kind: &INFO_TYPE,
    len: &INFO_ITEM,
    values: [
        &INFO_NB_COMPUTER,
        &INFO_NB_DOMAIN,
        &INFO_DNS_COMPUTER,
        &INFO_DNS_DOMAIN,
        &INFO_DNS_TREE,
        &INFO_FLAGS,
        &INFO_TIME,
        &INFO_RESTRICTIONS,
        &INFO_TARGET,
        &INFO_CHANNEL,
    ],
};

pub(super) static ANSWERED: List = List {
    kind: &V2_TYPE,
    len: &V2_ITEM,
    values: [
        &V2_NB_COMPUTER,
        &V2_NB_DOMAIN,
        &V2_DNS_COMPUTER,
        &V2_DNS_DOMAIN,
        &V2_DNS_TREE,
        &V2_FLAGS,
        &V2_STAMP,
        &V2_RESTRICTIONS,
        &V2_TARGET,
        &V2_CHANNEL,
    ],
};
