//! Fields of SMB2 and words for their values.

use crate::protocols::smb::access::{Bits, STATUS, fields};
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
/// GUIDs are shown as text.
const fn guid(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Text, title)
}
const fn time(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Time, title)
}

fields! {
    PROTOCOL_ID = u32f("smb2.protocol_id", "ProtocolId").hex();
    HEADER_LEN = u16f("smb2.header_len", "Header Length");
    CREDIT_CHARGE = u16f("smb2.credit.charge", "Credit Charge");
    CHANNEL_SEQUENCE = u16f("smb2.channel_sequence", "Channel Sequence");
    NT_STATUS = u32f("smb2.nt_status", "NT Status").hex().values(STATUS);
    CMD = u16f("smb2.cmd", "Command").values(&[
        (0, "Negotiate Protocol"), (1, "Session Setup"), (2, "Session Logoff"), (3, "Tree Connect"),
        (4, "Tree Disconnect"), (5, "Create"), (6, "Close"), (7, "Flush"), (8, "Read"), (9, "Write"), (10, "Lock"),
        (11, "Ioctl"), (12, "Cancel"), (13, "KeepAlive"), (14, "Find"), (15, "Notify"), (16, "GetInfo"),
        (17, "SetInfo"), (18, "Break"),
    ]);
    CREDITS_REQUESTED = u16f("smb2.credits.requested", "Credits requested");
    CREDITS_GRANTED = u16f("smb2.credits.granted", "Credits granted");
    FLAGS = u32f("smb2.flags", "Flags").hex();
    FLAG_RESPONSE = flag("smb2.flags.response", "Response");
    FLAG_ASYNC = flag("smb2.flags.async", "Async command");
    FLAG_CHAINED = flag("smb2.flags.chained", "Chained");
    FLAG_SIGNED = flag("smb2.flags.signature", "Signing");
    FLAG_PRIORITY = flag("smb2.flags.priority_mask", "Priority");
    FLAG_DFS = flag("smb2.flags.dfs", "DFS operation");
    FLAG_REPLAY = flag("smb2.flags.replay", "Replay operation");
    CHAIN_OFFSET = u32f("smb2.chain_offset", "Chain Offset").hex();
    MSG_ID = u64f("smb2.msg_id", "Message ID");
    ASYNC_ID = u64f("smb2.aid", "Async Id").hex();
    PID = u32f("smb2.pid", "Process Id").hex();
    TID = u32f("smb2.tid", "Tree Id").hex();
    SESSION = u64f("smb2.sesid", "Session Id").hex();
    SIGNATURE = bytes("smb2.signature", "Signature");
    TREE = text("smb2.tree", "Tree");
    TREE_FRAME = u32f("smb2.tcon_frame", "Connected in Frame");
    AUTH_FRAME = u32f("smb2.auth_frame", "Authenticated in Frame");
    RESPONSE_TO = Field::new("smb2.response_to", Kind::Packet, "Response to");
    RESPONSE_IN = Field::new("smb2.response_in", Kind::Packet, "Response in");
    TIME = Field::new("smb2.time", Kind::Duration, "Time from request");
    STRUCTURE = u16f("smb2.buffer_code", "StructureSize").hex();
    STRUCTURE_LEN = u16f("smb2.buffer_code.length", "Fixed Part Length");
    STRUCTURE_DYNAMIC = flag("smb2.buffer_code.dynamic", "Dynamic Part");
    RESERVED = bytes("smb2.reserved", "Reserved");
    OLB_OFFSET = u32f("smb2.olb.offset", "Blob Offset").hex();
    OLB_LENGTH = u32f("smb2.olb.length", "Blob Length");
    DIALECT_COUNT = u16f("smb2.dialect_count", "Dialect count");
    DIALECT = u16f("smb2.dialect", "Dialect").hex().values(&[
        (0x0202, "SMB 2.0.2"), (0x0210, "SMB 2.1"), (0x0222, "SMB 2.2.2"), (0x0224, "SMB 2.2.4"),
        (0x02ff, "SMB2 wildcard"), (0x0300, "SMB 3.0"), (0x0302, "SMB 3.0.2"), (0x0310, "SMB 3.1.0"),
        (0x0311, "SMB 3.1.1"),
    ]);
    SEC_MODE = u8f("smb2.sec_mode", "Security mode").hex();
    SEC_SIGN = flag("smb2.sec_mode.sign_enabled", "Signing enabled");
    SEC_SIGN_REQUIRED = flag("smb2.sec_mode.sign_required", "Signing required");
    CAPABILITIES = u32f("smb2.capabilities", "Capabilities").hex();
    CAP_DFS = flag("smb2.capabilities.dfs", "DFS");
    CAP_LEASING = flag("smb2.capabilities.leasing", "LEASING");
    CAP_LARGE_MTU = flag("smb2.capabilities.large_mtu", "LARGE MTU");
    CAP_MULTI_CHANNEL = flag("smb2.capabilities.multi_channel", "MULTI CHANNEL");
    CAP_PERSISTENT = flag("smb2.capabilities.persistent_handles", "PERSISTENT HANDLES");
    CAP_DIRECTORY_LEASING = flag("smb2.capabilities.directory_leasing", "DIRECTORY LEASING");
    CAP_ENCRYPTION = flag("smb2.capabilities.encryption", "ENCRYPTION");
    CLIENT_GUID = guid("smb2.client_guid", "Client Guid");
    SERVER_GUID = guid("smb2.server_guid", "Server Guid");
    MAX_TRANS = u32f("smb2.max_trans_size", "Max Transaction Size");
    MAX_READ = u32f("smb2.max_read_size", "Max Read Size");
    MAX_WRITE = u32f("smb2.max_write_size", "Max Write Size");
    CURRENT_TIME = time("smb2.current_time", "Current Time");
    BOOT_TIME = time("smb2.boot_time", "Boot Time");
    CONTEXT_OFFSET = u32f("smb2.negotiate_context.offset", "NegotiateContextOffset").hex();
    CONTEXT_COUNT = u16f("smb2.negotiate_context.count", "NegotiateContextCount");
    CONTEXT_TYPE = u16f("smb2.negotiate_context.type", "Type").hex().values(&[
        (1, "SMB2_PREAUTH_INTEGRITY_CAPABILITIES"), (2, "SMB2_ENCRYPTION_CAPABILITIES"),
        (3, "SMB2_COMPRESSION_CAPABILITIES"), (5, "SMB2_NETNAME_NEGOTIATE_CONTEXT_ID"),
        (6, "SMB2_TRANSPORT_CAPABILITIES"), (7, "SMB2_RDMA_TRANSFORM_CAPABILITIES"), (8, "SMB2_SIGNING_CAPABILITIES"),
        (0x100, "SMB2_POSIX_EXTENSIONS_CAPABILITIES"),
    ]);
    CONTEXT_LENGTH = u16f("smb2.negotiate_context.data_length", "DataLength");
    HASH_COUNT = u16f("smb2.negotiate_context.hash_alg_count", "HashAlgorithmCount");
    HASH = u16f("smb2.negotiate_context.hash_algorithm", "HashAlgorithm").hex().values(&[(1, "SHA-512")]);
    SALT_LENGTH = u16f("smb2.negotiate_context.salt_length", "SaltLength");
    SALT = bytes("smb2.negotiate_context.salt", "Salt");
    CIPHER_COUNT = u16f("smb2.negotiate_context.cipher_count", "CipherCount");
    CIPHER = u16f("smb2.negotiate_context.cipher_id", "CipherId").hex().values(&[
        (1, "AES-128-CCM"), (2, "AES-128-GCM"), (3, "AES-256-CCM"), (4, "AES-256-GCM"),
    ]);
    COMPRESSION_COUNT = u16f("smb2.negotiate_context.comp_alg_count", "CompressionAlgorithmCount");
    COMPRESSION_FLAGS = u32f("smb2.negotiate_context.comp_alg_flags", "Flags").hex();
    COMPRESSION = u16f("smb2.negotiate_context.comp_alg_id", "CompressionAlgorithmId").hex().values(COMPRESSIONS);
    SIGNING_COUNT = u16f("smb2.negotiate_context.signing_alg_count", "SigningAlgorithmCount");
    SIGNING = u16f("smb2.negotiate_context.signing_id", "SigningAlgorithmId").hex().values(&[
        (0, "HMAC-SHA256"), (1, "AES-CMAC"), (2, "AES-GMAC"),
    ]);
    NETNAME = text("smb2.negotiate_context.netname", "Netname");
    SECURITY_BLOB = bytes("smb2.security_blob", "Security Blob");
    REQUEST_FLAGS = u8f("smb2.ses_req_flags", "Flags");
    REQUEST_BINDING = flag("smb2.ses_req_flags.session_binding", "Session Binding Request");
    CHANNEL = u32f("smb2.channel", "Channel").hex().values(&[
        (0, "None"), (1, "RDMA V1"), (2, "RDMA V1_INVALIDATE"), (3, "RDMA TRANSFORM"),
    ]);
    PREVIOUS_SESSION = u64f("smb2.previous_sesid", "Previous Session Id").hex();
    SESSION_FLAGS = u16f("smb2.session_flags", "Session Flags").hex();
    SESSION_GUEST = flag("smb2.ses_flags.guest", "Guest");
    SESSION_NULL = flag("smb2.ses_flags.null", "Null");
    SESSION_ENCRYPT = flag("smb2.ses_flags.encrypt", "Encrypt");
    TREE_FLAGS = u16f("smb2.tc.flags", "Flags").hex();
    TREE_RECONNECT = flag("smb2.tc.cluster_reconnect", "Cluster Reconnect");
    TREE_REDIRECT = flag("smb2.tc.redirect_to_owner", "Redirect To Owner");
    TREE_EXTENSION = flag("smb2.tc.extension_present", "Extension Present");
    SHARE_TYPE = u8f("smb2.share_type", "Share Type").hex().values(&[
        (1, "Physical disk"), (2, "Named pipe"), (3, "Printer"),
    ]);
    SHARE_FLAGS = u32f("smb2.share_flags", "Share flags").hex();
    SHARE_DFS = flag("smb2.share_flags.dfs", "DFS");
    SHARE_DFS_ROOT = flag("smb2.share_flags.dfs_root", "DFS root");
    SHARE_RESTRICT = flag("smb2.share_flags.restrict_exclusive_opens", "Restrict exclusive opens");
    SHARE_DELETE = flag("smb2.share_flags.force_shared_delete", "Force shared delete");
    SHARE_NAMESPACE = flag("smb2.share_flags.allow_namespace_caching", "Allow namespace caching");
    SHARE_ENUM = flag("smb2.share_flags.access_based_dir_enum", "Access based directory enum");
    SHARE_LEVEL2 = flag("smb2.share_flags.force_levelii_oplock", "Force level II oplock");
    SHARE_HASH1 = flag("smb2.share_flags.enable_hash_v1", "Enable hash V1");
    SHARE_HASH2 = flag("smb2.share_flags.enable_hash_v2", "Enable hash V2");
    SHARE_ENCRYPT = flag("smb2.share_flags.encrypt_data", "Encrypted data required");
    SHARE_IDENTITY = flag("smb2.share_flags.identity_remoting", "Identity Remoting");
    SHARE_COMPRESS = flag("smb2.share_flags.compress_data", "Compressed IO");
    SHARE_CACHING = u32f("smb2.share.caching", "Caching policy").hex();
    SHARE_CAPS = u32f("smb2.share_caps", "Share Capabilities").hex();
    SHARE_CAP_DFS = flag("smb2.share_caps.dfs", "DFS");
    SHARE_CAP_AVAILABLE = flag("smb2.share_caps.continuous_availability", "CONTINUOUS AVAILABILITY");
    SHARE_CAP_SCALEOUT = flag("smb2.share_caps.scaleout", "SCALEOUT");
    SHARE_CAP_CLUSTER = flag("smb2.share_caps.cluster", "CLUSTER");
    SHARE_CAP_ASYMMETRIC = flag("smb2.share_caps.assymetric", "ASSYMETRIC");
    SHARE_CAP_REDIRECT = flag("smb2.share_caps.redirect_to_owner", "REDIRECT_TO_OWNER");
    OPLOCK = u8f("smb2.create.oplock", "Oplock").hex().values(&[
        (0, "No oplock"), (1, "Level2 oplock"), (8, "Exclusive oplock"), (9, "Batch oplock"), (0xff, "Lease"),
    ]);
    IMPERSONATION = u32f("smb2.impersonation.level", "Impersonation level").values(&[
        (0, "Anonymous"), (1, "Identification"), (2, "Impersonation"), (3, "Delegate"),
    ]);
    CREATE_FLAGS = u64f("smb2.create_flags", "Create Flags").hex();
    ATTRIBUTES = u32f("smb2.file_attribute", "File Attributes").hex();
    ATTR_READ_ONLY = flag("smb2.file_attribute.read_only", "Read Only");
    ATTR_HIDDEN = flag("smb2.file_attribute.hidden", "Hidden");
    ATTR_SYSTEM = flag("smb2.file_attribute.system", "System");
    ATTR_DIRECTORY = flag("smb2.file_attribute.directory", "Directory");
    ATTR_ARCHIVE = flag("smb2.file_attribute.archive", "Requires archived");
    ATTR_NORMAL = flag("smb2.file_attribute.normal", "Normal");
    ATTR_TEMPORARY = flag("smb2.file_attribute.temporary", "Temporary");
    ATTR_SPARSE = flag("smb2.file_attribute.sparse", "Sparse");
    ATTR_REPARSE = flag("smb2.file_attribute.reparse", "Reparse Point");
    ATTR_COMPRESSED = flag("smb2.file_attribute.compressed", "Compressed");
    ATTR_OFFLINE = flag("smb2.file_attribute.offline", "Offline");
    ATTR_NOT_INDEXED = flag("smb2.file_attribute.not_content_indexed", "Not Content Indexed");
    ATTR_ENCRYPTED = flag("smb2.file_attribute.encrypted", "Encrypted");
    ATTR_INTEGRITY = flag("smb2.file_attribute.integrity_stream", "Integrity Stream");
    ATTR_NO_SCRUB = flag("smb2.file_attribute.no_scrub_data", "No Scrub Data");
    FILENAME = text("smb2.filename", "Filename");
    FILENAME_LEN = u32f("smb2.filename.len", "Filename Length");
    CREATE_ACTION = u32f("smb2.create.action", "Create Action").values(&[
        (0, "The file existed and was superseded"), (1, "The file existed and was opened"),
        (2, "The file did not exist but was created"), (3, "The file existed and was overwritten"),
    ]);
    CREATE_REPLY = u8f("smb2.create.rep_flags", "Response Flags").hex();
    CREATE_REPARSE = flag("smb2.create.rep_flags.reparse_point", "ReparsePoint");
    CREATED = time("smb2.create.time", "Create");
    ACCESSED = time("smb2.last_access.time", "Last Access");
    WRITTEN = time("smb2.last_write.time", "Last Write");
    CHANGED = time("smb2.last_change.time", "Last Change");
    ALLOCATION = u64f("smb2.allocation_size", "Allocation Size");
    EOF = u64f("smb2.eof", "End Of File");
    FID = guid("smb2.fid", "File Id");
    TAG = text("smb2.tag", "Tag");
    CREATE_CHAIN = u32f("smb2.create.chain_offset", "Chain Offset").hex();
    CLOSE_FLAGS = u16f("smb2.close.flags", "Close Flags").hex();
    CLOSE_QUERY = flag("smb2.close.pq_attrib", "PostQuery Attrib");
    READ_PADDING = u8f("smb2.read_padding", "Padding").hex();
    READ_FLAGS = u8f("smb2.read_flags", "Flags").hex();
    READ_UNBUFFERED = flag("smb2.read_flags.unbuffered", "Unbuffered");
    READ_COMPRESSED = flag("smb2.read_flags.compressed", "Compressed");
    READ_LENGTH = u32f("smb2.read_length", "Read Length");
    READ_REMAINING = u32f("smb2.read_remaining", "Read Remaining");
    READ_BLOB = bytes("smb2.read.blob", "Info").holds(Holds::Content);
    FILE_OFFSET = u64f("smb2.file_offset", "File Offset");
    MIN_COUNT = u32f("smb2.min_count", "Min Count");
    REMAINING = u32f("smb2.remaining_bytes", "Remaining Bytes");
    CHANNEL_OFFSET = u16f("smb2.channel_info_offset", "Channel Info Offset");
    CHANNEL_LENGTH = u16f("smb2.channel_info_length", "Channel Info Length");
    DATA_OFFSET = u16f("smb2.data_offset", "Data Offset").hex();
    WRITE_LENGTH = u32f("smb2.write_length", "Write Length");
    WRITE_FLAGS = u32f("smb2.write.flags", "Write Flags").hex();
    WRITE_THROUGH = flag("smb2.write.flags.write_through", "Write through");
    WRITE_UNBUFFERED = flag("smb2.write.flags.unbuffered", "Unbuffered");
    WRITE_COUNT = u32f("smb2.write.count", "Write Count");
    WRITE_REMAINING = u32f("smb2.write.remaining", "Write Remaining");
    LOCK_COUNT = u16f("smb2.lock_count", "Lock Count");
    LOCK_LENGTH = u64f("smb2.lock_length", "Length");
    LOCK_FLAGS = u32f("smb2.lock_flags", "Flags").hex();
    IOCTL_FUNCTION = u32f("smb2.ioctl.function", "Function").hex().values(&[
        (0x0006_0194, "FSCTL_DFS_GET_REFERRALS"), (0x0006_01b0, "FSCTL_DFS_GET_REFERRALS_EX"),
        (0x0009_009c, "FSCTL_GET_OBJECT_ID"), (0x0009_00a4, "FSCTL_SET_REPARSE_POINT"),
        (0x0009_00a8, "FSCTL_GET_REPARSE_POINT"), (0x0009_00c0, "FSCTL_CREATE_OR_GET_OBJECT_ID"),
        (0x0009_00c4, "FSCTL_SET_SPARSE"), (0x0009_80c8, "FSCTL_SET_ZERO_DATA"),
        (0x0011_0018, "FSCTL_PIPE_WAIT"), (0x0011_400c, "FSCTL_PIPE_PEEK"), (0x0011_c017, "FSCTL_PIPE_TRANSCEIVE"),
        (0x0014_0078, "FSCTL_SRV_REQUEST_RESUME_KEY"), (0x0014_01d4, "FSCTL_LMR_REQUEST_RESILIENCY"),
        (0x0014_0204, "FSCTL_VALIDATE_NEGOTIATE_INFO"), (0x0014_01fc, "FSCTL_QUERY_NETWORK_INTERFACE_INFO"),
        (0x0014_4064, "FSCTL_GET_SHADOW_COPY_DATA"), (0x0014_40f2, "FSCTL_SRV_COPYCHUNK"),
        (0x0014_80f2, "FSCTL_SRV_COPYCHUNK_WRITE"), (0x0014_41bb, "FSCTL_SRV_READ_HASH"),
    ]);
    MAX_IN = u32f("smb2.max_ioctl_in_size", "Max Ioctl In Size");
    MAX_OUT = u32f("smb2.max_ioctl_out_size", "Max Ioctl Out Size");
    IOCTL_FLAGS = u32f("smb2.ioctl.flags", "Flags").hex();
    IOCTL_FSCTL = flag("smb2.ioctl.is_fsctl", "Is FSCTL");
    IOCTL_IN = Field::new("smb2.ioctl.in", Kind::None, "In Data");
    IOCTL_OUT = Field::new("smb2.ioctl.out", Kind::None, "Out Data");
    FIND_LEVEL = u32f("smb2.find.infolevel", "Info Level").values(&[
        (1, "SMB2_FIND_DIRECTORY_INFO"), (2, "SMB2_FIND_FULL_DIRECTORY_INFO"), (3, "SMB2_FIND_BOTH_DIRECTORY_INFO"),
        (4, "SMB2_FIND_INDEX_SPECIFIED"), (12, "SMB2_FIND_NAME_INFO"), (37, "SMB2_FIND_ID_BOTH_DIRECTORY_INFO"),
        (38, "SMB2_FIND_ID_FULL_DIRECTORY_INFO"), (100, "SMB2_FIND_POSIX_INFO"),
    ]);
    FIND_FLAGS = u8f("smb2.find.flags", "Find Flags").hex();
    FIND_RESTART = flag("smb2.find.restart_scans", "Restart Scans");
    FIND_SINGLE = flag("smb2.find.single_entry", "Single Entry");
    FIND_INDEX = flag("smb2.find.index_specified", "Index Specified");
    FIND_REOPEN = flag("smb2.find.reopen", "Reopen");
    FIND_PATTERN = text("smb2.find.pattern", "Search Pattern");
    FILE_INDEX = u32f("smb2.file_index", "File Index").hex();
    FILE_ID = u64f("smb2.file_id", "File Id").hex();
    EA_SIZE = u32f("smb2.ea_size", "EA Size");
    SHORT_LEN = u8f("smb2.short_name_len", "Short Name Length");
    SHORT_NAME = text("smb2.shortname", "Short Name");
    OUTPUT_LEN = u32f("smb2.output_buffer_len", "Output Buffer Length");
    NOTIFY_FLAGS = u16f("smb2.notify.flags", "Notify Flags").hex();
    NOTIFY_TREE = flag("smb2.notify.watch_tree", "Watch Tree");
    NOTIFY_NEXT = u32f("smb2.notify.next_offset", "Next Offset").hex();
    NOTIFY_ACTION = u32f("smb2.notify.action", "Action").hex().values(&[
        (1, "FILE_ACTION_ADDED"), (2, "FILE_ACTION_REMOVED"), (3, "FILE_ACTION_MODIFIED"),
        (4, "FILE_ACTION_RENAMED_OLD_NAME"), (5, "FILE_ACTION_RENAMED_NEW_NAME"),
    ]);
    CLASS = u8f("smb2.class", "Class").hex().values(&[
        (1, "FILE_INFO"), (2, "FS_INFO"), (3, "SEC_INFO"), (4, "QUOTA_INFO"),
    ]);
    LEVEL = u8f("smb2.infolevel", "InfoLevel").hex();
    FILE_LEVEL = u8f("smb2.file_info.infolevel", "InfoLevel").hex().values(&[
        (4, "SMB2_FILE_BASIC_INFO"), (5, "SMB2_FILE_STANDARD_INFO"), (6, "SMB2_FILE_INTERNAL_INFO"),
        (7, "SMB2_FILE_EA_INFO"), (8, "SMB2_FILE_ACCESS_INFO"), (10, "SMB2_FILE_RENAME_INFO"),
        (13, "SMB2_FILE_DISPOSITION_INFO"), (14, "SMB2_FILE_POSITION_INFO"), (15, "SMB2_FILE_FULL_EA_INFO"),
        (16, "SMB2_FILE_MODE_INFO"), (17, "SMB2_FILE_ALIGNMENT_INFO"), (18, "SMB2_FILE_ALL_INFO"),
        (19, "SMB2_FILE_ALLOCATION_INFO"), (20, "SMB2_FILE_ENDOFFILE_INFO"), (21, "SMB2_FILE_ALTERNATE_NAME_INFO"),
        (22, "SMB2_FILE_STREAM_INFO"), (23, "SMB2_FILE_PIPE_INFO"), (28, "SMB2_FILE_COMPRESSION_INFO"),
        (34, "SMB2_FILE_NETWORK_OPEN_INFO"), (35, "SMB2_FILE_ATTRIBUTE_TAG_INFO"),
        (48, "SMB2_FILE_NORMALIZED_NAME_INFO"),
    ]);
    FS_LEVEL = u8f("smb2.fs_info.infolevel", "InfoLevel").hex().values(&[
        (1, "FileFsVolumeInformation"), (2, "FileFsLabelInformation"), (3, "FileFsSizeInformation"),
        (4, "FileFsDeviceInformation"), (5, "FileFsAttributeInformation"), (6, "FileFsControlInformation"),
        (7, "FileFsFullSizeInformation"), (8, "FileFsObjectIdInformation"), (11, "FileFsSectorSizeInformation"),
    ]);
    SECURITY_LEVEL = u8f("smb2.sec_info.infolevel", "InfoLevel").hex();
    MAX_RESPONSE = u32f("smb2.max_response_size", "Max Response Size");
    INPUT_OFFSET = u16f("smb2.getinfo_input_offset", "Getinfo Input Offset").hex();
    INPUT_SIZE = u32f("smb2.getinfo_input_size", "Getinfo Input Size");
    INFO_FLAGS = u32f("smb2.getinfo_flags", "Flags").hex();
    ADDITIONAL = u32f("smb2.getsetinfo_additional", "Additional Info").hex();
    SET_SIZE = u32f("smb2.setinfo_size", "Setinfo Size");
    SET_OFFSET = u16f("smb2.setinfo_offset", "Setinfo Offset").hex();
    SET_RESERVED = u16f("smb2.setinfo_reserved", "Reserved");
    LINKS = u32f("smb2.nlinks", "Number of Links");
    DELETE_PENDING = u8f("smb2.delete_pending", "Delete Pending");
    IS_DIRECTORY = u8f("smb2.is_directory", "Is Directory");
    DELETE_ON_CLOSE = flag("smb2.disposition.delete_on_close", "Delete on close");
    REPLACE = flag("smb2.rename.replace_if", "Replace If");
    POSITION = u64f("smb2.position_info", "Position Information");
    ERROR_CONTEXTS = u8f("smb2.error.context_count", "Error Context Count");
    ERROR_RESERVED = u8f("smb2.error.reserved", "Reserved").hex();
    ERROR_COUNT = u32f("smb2.error.byte_count", "Byte Count");
    ERROR_DATA = bytes("smb2.error.data", "Error Data");
    SEALED_SIGNATURE = bytes("smb2.header.transform.signature", "Signature");
    SEALED_NONCE = bytes("smb2.header.transform.nonce", "Nonce");
    SEALED_SIZE = u32f("smb2.header.transform.msg_size", "Message size");
    SEALED_RESERVED = bytes("smb2.header.transform.reserved", "Reserved");
    SEALED_FLAGS = u16f("smb2.header.transform.flags", "Flags").hex();
    SEALED_ENCRYPTED = flag("smb2.header.transform.flags.encrypted", "Encrypted");
    SEALED_DATA = bytes("smb2.header.transform.enc_data", "Data");
    PACKED_SIZE = u32f("smb2.header.comp_transform.original_size", "OriginalSize");
    PACKED_HOW = u16f("smb2.header.comp_transform.comp_alg", "CompressionAlgorithm").hex().values(COMPRESSIONS);
    PACKED_FLAGS = u16f("smb2.header.comp_transform.flags", "Flags").hex();
    PACKED_OFFSET = u32f("smb2.header.comp_transform.offset", "Offset").hex();
    PACKED_DATA = bytes("smb2.header.comp_transform.data", "CompressedData");
}

static COMPRESSIONS: &[(u64, &str)] = &[
    (0, "None"),
    (1, "LZNT1"),
    (2, "LZ77"),
    (3, "LZ77+Huffman"),
    (4, "Pattern_V1"),
];

pub(super) static FLAG_BITS: Bits = &[
    (0x1, &FLAG_RESPONSE),
    (0x2, &FLAG_ASYNC),
    (0x4, &FLAG_CHAINED),
    (0x8, &FLAG_SIGNED),
    (0x70, &FLAG_PRIORITY),
    (0x1000_0000, &FLAG_DFS),
    (0x2000_0000, &FLAG_REPLAY),
];
pub(super) static MODE_BITS: Bits = &[(1, &SEC_SIGN), (2, &SEC_SIGN_REQUIRED)];
pub(super) static CAPABILITY_BITS: Bits = &[
    (0x1, &CAP_DFS),
    (0x2, &CAP_LEASING),
    (0x4, &CAP_LARGE_MTU),
    (0x8, &CAP_MULTI_CHANNEL),
    (0x10, &CAP_PERSISTENT),
    (0x20, &CAP_DIRECTORY_LEASING),
    (0x40, &CAP_ENCRYPTION),
];
pub(super) static SHARE_BITS: Bits = &[
    (0x1, &SHARE_DFS),
    (0x2, &SHARE_DFS_ROOT),
    (0x100, &SHARE_RESTRICT),
    (0x200, &SHARE_DELETE),
    (0x400, &SHARE_NAMESPACE),
    (0x800, &SHARE_ENUM),
    (0x1000, &SHARE_LEVEL2),
    (0x2000, &SHARE_HASH1),
    (0x4000, &SHARE_HASH2),
    (0x8000, &SHARE_ENCRYPT),
    (0x4_0000, &SHARE_IDENTITY),
    (0x10_0000, &SHARE_COMPRESS),
    (0x30, &SHARE_CACHING),
];
pub(super) static SHARE_CAP_BITS: Bits = &[
    (0x8, &SHARE_CAP_DFS),
    (0x10, &SHARE_CAP_AVAILABLE),
    (0x20, &SHARE_CAP_SCALEOUT),
    (0x40, &SHARE_CAP_CLUSTER),
    (0x80, &SHARE_CAP_ASYMMETRIC),
    (0x100, &SHARE_CAP_REDIRECT),
];
pub(super) static ATTRIBUTE_BITS: Bits = &[
    (0x1, &ATTR_READ_ONLY),
    (0x2, &ATTR_HIDDEN),
    (0x4, &ATTR_SYSTEM),
    (0x10, &ATTR_DIRECTORY),
    (0x20, &ATTR_ARCHIVE),
    (0x80, &ATTR_NORMAL),
    (0x100, &ATTR_TEMPORARY),
    (0x200, &ATTR_SPARSE),
    (0x400, &ATTR_REPARSE),
    (0x800, &ATTR_COMPRESSED),
    (0x1000, &ATTR_OFFLINE),
    (0x2000, &ATTR_NOT_INDEXED),
    (0x4000, &ATTR_ENCRYPTED),
    (0x8000, &ATTR_INTEGRITY),
    (0x2_0000, &ATTR_NO_SCRUB),
];
