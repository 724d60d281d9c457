//! Fields of SMB1.

pub(super) use super::access::FILE;
use super::access::{Bits, STATUS, fields};
use weir_model::{Field, Holds, Kind};

const fn flag(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Bool, title)
}
const fn u8f(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Uint(8), title)
}
const fn u16f(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Uint(16), title)
}
const fn u32f(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Uint(32), title)
}
const fn u64f(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Uint(64), title)
}
const fn bytes(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Bytes, title)
}
const fn text(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Text, title).holds(Holds::Name)
}
const fn time(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Time, title)
}

fields! {
    COMPONENT = u32f("smb.server_component", "Server Component").hex();
    CMD = u8f("smb.cmd", "SMB Command").hex().values(&[
        (0x00, "Create Directory"), (0x01, "Delete Directory"), (0x02, "Open"), (0x03, "Create"), (0x04, "Close"),
        (0x05, "Flush"), (0x06, "Delete"), (0x07, "Rename"), (0x08, "Query Information"), (0x09, "Set Information"),
        (0x0a, "Read"), (0x0b, "Write"), (0x10, "Check Directory"), (0x24, "Locking AndX"), (0x25, "Trans"),
        (0x26, "Trans Secondary"), (0x2b, "Echo"), (0x2d, "Open AndX"), (0x2e, "Read AndX"), (0x2f, "Write AndX"),
        (0x32, "Trans2"), (0x33, "Trans2 Secondary"), (0x34, "Find Close2"), (0x71, "Tree Disconnect"),
        (0x72, "Negotiate Protocol"), (0x73, "Session Setup AndX"), (0x74, "Logoff AndX"),
        (0x75, "Tree Connect AndX"), (0x80, "Query Information Disk"), (0xa0, "NT Trans"),
        (0xa1, "NT Trans Secondary"), (0xa2, "NT Create AndX"), (0xa4, "NT Cancel"), (0xa5, "NT Rename"),
        (0xff, "No further commands"),
    ]);
    NT_STATUS = u32f("smb.nt_status", "NT Status").hex().values(STATUS);
    ERROR_CLASS = u8f("smb.error_class", "Error Class").hex().values(&[
        (0, "Success"), (1, "DOS Error"), (2, "Server Error"), (3, "Hardware Error"), (0xff, "Error Command"),
    ]);
    ERROR_CODE = u16f("smb.error_code", "Error Code").hex();
    RESERVED = bytes("smb.reserved", "Reserved");
    FLAGS = u8f("smb.flags", "Flags").hex();
    FLAG_RESPONSE = flag("smb.flags.response", "Request/Response");
    FLAG_NOTIFY = flag("smb.flags.notify", "Notify");
    FLAG_OPLOCK = flag("smb.flags.oplock", "Oplocks");
    FLAG_CANON = flag("smb.flags.canon", "Canonicalized Pathnames");
    FLAG_CASELESS = flag("smb.flags.caseless", "Case Sensitivity");
    FLAG_BUFFER = flag("smb.flags.receive_buffer", "Receive Buffer Posted");
    FLAG_LOCK = flag("smb.flags.lock", "Lock and Read");
    FLAGS2 = u16f("smb.flags2", "Flags2").hex();
    F2_STRING = flag("smb.flags2.string", "Unicode Strings");
    F2_ERROR = flag("smb.flags2.nt_error", "Error Code Type");
    F2_READS = flag("smb.flags2.roe", "Execute-only Reads");
    F2_DFS = flag("smb.flags2.dfs", "Dfs");
    F2_EXTENDED = flag("smb.flags2.esn", "Extended Security Negotiation");
    F2_REPARSE = flag("smb.flags2.reparse_path", "Reparse Path");
    F2_LONG_USED = flag("smb.flags2.long_names_used", "Long Names Used");
    F2_SIGN_REQUIRED = flag("smb.flags2.sec_sig_required", "Security Signatures Required");
    F2_COMPRESSED = flag("smb.flags2.compressed", "Compressed");
    F2_SIGN = flag("smb.flags2.sec_sig", "Security Signatures");
    F2_EA = flag("smb.flags2.ea", "Extended Attributes");
    F2_LONG_ALLOWED = flag("smb.flags2.long_names_allowed", "Long Names Allowed");
    PID_HIGH = u16f("smb.pid.high", "Process ID High");
    SIGNATURE = bytes("smb.signature", "Signature");
    TID = u16f("smb.tid", "Tree ID");
    PID = u16f("smb.pid", "Process ID");
    UID = u16f("smb.uid", "User ID");
    MID = u16f("smb.mid", "Multiplex ID");
    PATH = text("smb.path", "Path");
    RESPONSE_TO = Field::new("smb.response_to", Kind::Packet, "Response to");
    RESPONSE_IN = Field::new("smb.response_in", Kind::Packet, "Response in");
    TIME = Field::new("smb.time", Kind::Duration, "Time from request");
    WORDS = u8f("smb.wct", "Word Count (WCT)");
    BYTES = u16f("smb.bcc", "Byte Count (BCC)");
    ANDX_OFFSET = u16f("smb.andxoffset", "AndXOffset");
    BUFFER_FORMAT = u8f("smb.buffer_format", "Buffer Format").values(&[
        (1, "Data Block"), (2, "Dialect"), (3, "Pathname"), (4, "ASCII"), (5, "Variable Block"),
    ]);
    DIALECT = text("smb.dialect.name", "Name");
    DIALECT_INDEX = u16f("smb.dialect.index", "Selected Index");
    SECURITY_MODE = u16f("smb.sm", "Security Mode").hex();
    SM_MODE = flag("smb.sm.mode", "Mode");
    SM_PASSWORD = flag("smb.sm.password", "Password");
    SM_SIGN = flag("smb.sm.signatures", "Signatures");
    SM_REQUIRED = flag("smb.sm.sig_required", "Sig Req");
    MAX_MPX = u16f("smb.max_mpx_count", "Max Mpx Count");
    MAX_VCS = u16f("smb.max_vcs", "Max VCs");
    MAX_BUFFER_SIZE = u32f("smb.max_bufsize", "Max Buffer Size");
    MAX_RAW = u32f("smb.max_raw", "Max Raw Buffer");
    MAX_BUFFER = u16f("smb.max_buf", "Max Buffer");
    VC = u16f("smb.vc", "VC Number");
    SESSION_KEY = u32f("smb.session_key", "Session Key").hex();
    CAPABILITIES = u32f("smb.server_cap", "Capabilities").hex();
    CAP_UNICODE = flag("smb.server_cap.unicode", "Unicode");
    CAP_LARGE_FILES = flag("smb.server_cap.large_files", "Large Files");
    CAP_NT = flag("smb.server_cap.nt_smbs", "NT SMBs");
    CAP_RPC = flag("smb.server_cap.rpc_remote_apis", "RPC Remote APIs");
    CAP_STATUS = flag("smb.server_cap.nt_status", "NT Status Codes");
    CAP_DFS = flag("smb.server_cap.dfs", "Dfs");
    CAP_READX = flag("smb.server_cap.large_readx", "Large ReadX");
    CAP_WRITEX = flag("smb.server_cap.large_writex", "Large WriteX");
    CAP_EXTENDED = flag("smb.server_cap.extended_security", "Extended Security");
    SERVER_TIME = time("smb.server_date_time", "Server Date and Time");
    SERVER_ZONE = Field::new("smb.server_timezone", Kind::Int(16), "Server Time Zone");
    CHALLENGE_LEN = u16f("smb.challenge_length", "Challenge Length");
    CHALLENGE = bytes("smb.challenge", "Challenge");
    SERVER_GUID = Field::new("smb.server_guid", Kind::Text, "Server GUID");
    BLOB_LEN = u16f("smb.security_blob_len", "Security Blob Length");
    BLOB = bytes("smb.security_blob", "Security Blob");
    DOMAIN = text("smb.primary_domain", "Primary Domain");
    SERVER = text("smb.server", "Server");
    ACCOUNT = text("smb.account", "Account");
    ANSI_LEN = u16f("smb.ansi_pwlen", "ANSI Password Length");
    UNICODE_LEN = u16f("smb.unicode_pwlen", "Unicode Password Length");
    PASSWORD_LEN = u16f("smb.pwlen", "Password Length");
    ANSI = bytes("smb.ansi_password", "ANSI Password").holds(Holds::Secret);
    UNICODE = bytes("smb.unicode_password", "Unicode Password").holds(Holds::Secret);
    PASSWORD = bytes("smb.password", "Password").holds(Holds::Secret);
    NATIVE_OS = Field::new("smb.native_os", Kind::Text, "Native OS");
    NATIVE_LANMAN = Field::new("smb.native_lanman", Kind::Text, "Native LAN Manager");
    NATIVE_FS = Field::new("smb.native_fs", Kind::Text, "Native File System");
    ACTION = u16f("smb.setup.action", "Action").hex();
    ACTION_GUEST = flag("smb.setup.action.guest", "Guest");
    CONNECT_FLAGS = u16f("smb.connect.flags", "Flags").hex();
    CONNECT_SUPPORT = u16f("smb.connect.support", "Optional Support").hex();
    SERVICE = Field::new("smb.service", Kind::Text, "Service");
    FID = u16f("smb.fid", "FID").hex();
    OLD_FILE = text("smb.old_file", "Old File Name");
    NAME_LEN = u32f("smb.file_name_len", "File Name Len");
    CREATE_FLAGS = u32f("smb.create_flags", "Create Flags").hex();
    IMPERSONATION = u32f("smb.impersonation.level", "Impersonation").values(&[
        (0, "Anonymous"), (1, "Identification"), (2, "Impersonation"), (3, "Delegation"),
    ]);
    SECURITY_FLAGS = u8f("smb.security.flags", "Security Flags").hex();
    ATTRIBUTES = u16f("smb.file_attribute", "File Attributes").hex();
    CREATE_ACTION = u32f("smb.create.action", "Create action").values(&[
        (0, "The file existed and was superseded"), (1, "The file existed and was opened"),
        (2, "The file did not exist but was created"), (3, "The file existed and was overwritten"),
    ]);
    CREATED = time("smb.create.time", "Created");
    ACCESSED = time("smb.access.time", "Last Access");
    WRITTEN = time("smb.last_write.time", "Last Write");
    CHANGED = time("smb.change.time", "Change");
    FILE_TYPE = u16f("smb.file_type", "File Type").values(&[
        (0, "Disk file or directory"), (1, "Named pipe in byte mode"), (2, "Named pipe in message mode"),
        (3, "Spooled printer"),
    ]);
    IPC_STATE = u16f("smb.ipc_state", "IPC State").hex();
    IS_DIRECTORY = u8f("smb.is_directory", "Is Directory");
    FILE_SIZE = u32f("smb.file_size", "File Size");
    DESIRED = u16f("smb.access.desired", "Desired Access").hex();
    GRANTED = u16f("smb.access.granted", "Granted Access").hex();
    SEARCH_ATTRIBUTES = u16f("smb.search.attribute", "Search Attributes").hex();
    OPEN_FUNCTION = u16f("smb.open.function", "Open Function").hex();
    OFFSET = u32f("smb.offset", "Offset");
    OFFSET_HIGH = u32f("smb.offset_high", "High Offset");
    MAX_COUNT_LOW = u16f("smb.maxcount_low", "Max Count Low");
    MIN_COUNT = u16f("smb.mincount", "Min Count");
    COUNT = u32f("smb.count", "Count");
    COUNT_LOW = u16f("smb.count_low", "Count Low");
    COUNT_HIGH = u16f("smb.count_high", "Count High (multiply with 64K)");
    REMAINING = u32f("smb.remaining", "Remaining");
    COMPACTION = u16f("smb.dcm", "Data Compaction Mode");
    DATA_LOW = u16f("smb.data_len_low", "Data Length Low");
    DATA_HIGH = u16f("smb.data_len_high", "Data Length High (multiply with 64K)");
    DATA_OFFSET = u16f("smb.data_offset", "Data Offset");
    WRITE_MODE = u16f("smb.write.mode", "Write Mode").hex();
    RW_OFFSET = u64f("smb.file.rw.offset", "File Offset");
    RW_LENGTH = u32f("smb.file.rw.length", "File RW Length");
    TOTAL_PARAMETERS = u32f("smb.tpc", "Total Parameter Count");
    TOTAL_DATA = u32f("smb.tdc", "Total Data Count");
    MAX_PARAMETERS = u32f("smb.mpc", "Max Parameter Count");
    MAX_DATA = u32f("smb.mdc", "Max Data Count");
    MAX_SETUP = u8f("smb.msc", "Max Setup Count");
    TRANSACTION_FLAGS = u16f("smb.transaction.flags", "Flags").hex();
    TIMEOUT = u32f("smb.timeout", "Timeout");
    PARAMETER_OFFSET = u16f("smb.po", "Parameter Offset");
    DATA_COUNT = u16f("smb.dc", "Data Count");
    DATA_DISPLACEMENT = u16f("smb.data_disp", "Data Displacement");
    SETUP_COUNT = u8f("smb.sc", "Setup Count");
    TRANSACTION = text("smb.trans_name", "Transaction Name");
    TRANS2 = u16f("smb.trans2.cmd", "Subcommand").hex().values(&[
        (0x00, "OPEN2"), (0x01, "FIND_FIRST2"), (0x02, "FIND_NEXT2"), (0x03, "QUERY_FS_INFO"), (0x04, "SET_FS_INFO"),
        (0x05, "QUERY_PATH_INFO"), (0x06, "SET_PATH_INFO"), (0x07, "QUERY_FILE_INFO"), (0x08, "SET_FILE_INFO"),
        (0x0d, "CREATE_DIRECTORY"), (0x0e, "SESSION_SETUP"), (0x10, "GET_DFS_REFERRAL"),
        (0x11, "REPORT_DFS_INCONSISTENCY"),
    ]);
    NT_FUNCTION = u16f("smb.nt.function", "Function").values(&[
        (1, "NT CREATE"), (2, "NT IOCTL"), (3, "NT SET SECURITY DESC"), (4, "NT NOTIFY"), (5, "NT RENAME"),
        (6, "NT QUERY SECURITY DESC"), (7, "NT GET USER QUOTA"), (8, "NT SET USER QUOTA"),
    ]);
    FIND_LEVEL = u16f("smb.ff2_loi", "Level of Interest");
    QUERY_LEVEL = u16f("smb.qpi_loi", "Level of Interest");
    SET_LEVEL = u16f("smb.spi_loi", "Level of Interest");
    FS_LEVEL = u16f("smb.qfsi_loi", "Level of Interest").hex();
    SEARCH_COUNT = u16f("smb.search_count", "Search Count");
    SEARCH_PATTERN = text("smb.search_pattern", "Search Pattern");
    ECHO_COUNT = u16f("smb.echo.count", "Echo Count");
    ECHO_NUMBER = u16f("smb.echo.seq_num", "Echo Seq Num");
    ECHO_DATA = bytes("smb.echo.data", "Echo Data");
}

pub(super) static FLAG_BITS: Bits = &[
    (0x80, &FLAG_RESPONSE),
    (0x40, &FLAG_NOTIFY),
    (0x20, &FLAG_OPLOCK),
    (0x10, &FLAG_CANON),
    (0x8, &FLAG_CASELESS),
    (0x2, &FLAG_BUFFER),
    (0x1, &FLAG_LOCK),
];
pub(super) static FLAG2_BITS: Bits = &[
    (0x8000, &F2_STRING),
    (0x4000, &F2_ERROR),
    (0x2000, &F2_READS),
    (0x1000, &F2_DFS),
    (0x800, &F2_EXTENDED),
    (0x400, &F2_REPARSE),
    (0x40, &F2_LONG_USED),
    (0x10, &F2_SIGN_REQUIRED),
    (0x8, &F2_COMPRESSED),
    (0x4, &F2_SIGN),
    (0x2, &F2_EA),
    (0x1, &F2_LONG_ALLOWED),
];
pub(super) static MODE_BITS: Bits = &[
    (1, &SM_MODE),
    (2, &SM_PASSWORD),
    (4, &SM_SIGN),
    (8, &SM_REQUIRED),
];
pub(super) static CAPABILITY_BITS: Bits = &[
    (0x4, &CAP_UNICODE),
    (0x8, &CAP_LARGE_FILES),
    (0x10, &CAP_NT),
    (0x20, &CAP_RPC),
    (0x40, &CAP_STATUS),
    (0x1000, &CAP_DFS),
    (0x4000, &CAP_READX),
    (0x8000, &CAP_WRITEX),
    (0x8000_0000, &CAP_EXTENDED),
];
